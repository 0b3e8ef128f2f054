"""What people may ask of a room, and how they are told when they may not."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.addresses import is_id
from accounts.models import User
from accounts.text import can_be_read
from chat.models import Membership, Room

AT_ONCE = 50  # people in one invitation


class RoomForm(forms.Form):
    """What a room is called and about, and who may come in. `room` is the one that is changed."""

    name = forms.CharField(
        label=pgettext_lazy("of a room", "Name"),
        max_length=80,
        error_messages={"required": _("Give the room a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    subject = forms.CharField(
        label=_("Topic"),
        max_length=250,
        required=False,
        help_text=_("What is talked about, in a line. It stands under the name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    kind = forms.ChoiceField(
        label=_("Who may come in"),
        choices=[(Room.Kind.OPEN.value, _("Open")), (Room.Kind.CLOSED.value, _("Closed"))],
        widget=forms.RadioSelect,
    )
    use_required_attribute = False  # the answer says it where it is missing, in our words
    hints = {
        "open": _("Anyone can find it and join. Every member may invite others."),
        "closed": _("Only who is invited sees that it exists. Only moderators invite."),
    }

    def __init__(self, *data: Any, room: Room | None = None, **options: Any) -> None:
        super().__init__(*data, **options)
        self.room = room

    @property
    def kinds(self) -> list[tuple[Any, Any]]:
        """Each way in, with what it means."""
        return [(choice, self.hints[choice.data["value"]]) for choice in self["kind"]]

    def clean_name(self) -> str:
        return self._readable("name")

    def clean_subject(self) -> str:
        return self._readable("subject") if self.cleaned_data["subject"].strip() else ""

    def _readable(self, field: str) -> str:
        text = " ".join(self.cleaned_data[field].split())
        if not can_be_read(text):
            raise forms.ValidationError(_("Others could not read this. Please write it with letters or signs."))
        return text

    def clean(self) -> dict[str, Any]:
        """Of two open rooms with one name nobody would know which is which. Two that are made in one moment may have it."""
        cleaned = self.cleaned_data
        if cleaned.get("kind") == Room.Kind.OPEN and (name := cleaned.get("name")):
            others = Room.objects.listed().exclude(pk=self.room and self.room.pk)
            if others.filter(name__iexact=name).exists():
                self.add_error(
                    "name", _("There is an open room of this name already. Join it, or choose another name.")
                )
        if self.room and self.room.is_lobby and cleaned.get("kind") == Room.Kind.CLOSED:
            self.add_error("kind", _("The room that everyone joins cannot be closed."))
        return cleaned


class PeopleField(forms.ModelMultipleChoiceField):
    def clean(self, value: Any) -> Any:
        if not all(map(is_id, value or [])):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


class InvitationForm(forms.Form):
    people: Any = PeopleField(
        queryset=User.objects.none(),
        error_messages={
            "required": _("Pick somebody first."),
            "invalid_choice": _("Somebody you picked is no longer here."),
        },
    )

    def __init__(self, *data: Any, viewer: User) -> None:
        super().__init__(*data)
        self.fields["people"].queryset = User.objects.visible_to(viewer)  # type: ignore[attr-defined]

    def clean_people(self) -> Any:
        people = self.cleaned_data["people"]
        if len(people) > AT_ONCE:
            raise forms.ValidationError(_("Please invite at most %(count)s people at once."), params={"count": AT_ONCE})
        return people

    def picked(self, data: QueryDict) -> list[User]:
        """Who is chosen so far."""
        ids = [int(id_) for id_ in data.getlist("people") if is_id(id_)]
        return list(self.fields["people"].queryset.filter(pk__in=ids[:AT_ONCE]))  # type: ignore[attr-defined]

    def asked_for(self) -> str:
        """The search and who is chosen, as the query of an address."""
        assert isinstance(self.data, QueryDict)  # noqa: S101  (for the types: what was posted)
        people = [person.pk for person in self.picked(self.data)]
        return urlencode({"q": self.data.get("q", ""), "people": people}, doseq=True)


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Membership.Role.choices)
