from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import CommandParser

from accounts.models import User
from accounts.moderators import ADMINISTRATORS, MODERATORS, appoint, dismiss
from accounts.naming import person_named
from chatpoc import commands
from chatpoc.commands import Refused


class Command(commands.Command):
    help = """Makes somebody who has an account a moderator of the whole chat: staff, in the group Moderators or Administrators.

They work at /admin/, with the permissions of the group, which a superuser may change there. In production the admin asks them
for a second factor, which they set up under "Account" first. Their open pages follow at once. The audit log notes it. Doing it
again changes nothing."""
    examples = """
  manage.py createmoderator alice
  manage.py createmoderator alice@example.com --administrator
  manage.py createmoderator alice --remove                    no longer in Moderators
  manage.py createmoderator alice --administrator --remove    no longer in Administrators
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", metavar="PERSON", help="a handle, an email, or a person's number")
        parser.add_argument(
            "--administrator", action="store_true", help="the group Administrators in place of Moderators"
        )
        parser.add_argument("--remove", action="store_true", help="take it away from them")

    def run(self, **options: Any) -> None:
        person = person_named(options["person"])
        group = ADMINISTRATORS if options["administrator"] else MODERATORS
        if options["remove"]:
            self.dismiss(person, group)
        else:
            self.appoint(person, group)

    def appoint(self, person: User, group: str) -> None:
        if why := refusal(person):
            raise Refused(f"{person} cannot be made a moderator: {why}.")
        new = appoint(person, group)
        self.stdout.write(f"{person} is {'now' if new else 'already'} in the group {group}, and staff. They may:")
        for line in permissions(group):
            self.stdout.write(f"  {line}")
        self.stdout.write(self.way_in(person))

    def dismiss(self, person: User, group: str) -> None:
        gone = dismiss(person, group)
        self.stdout.write(f"{person} is {'no longer' if gone else 'not'} in the group {group}.")
        left = ", ".join(person.groups.order_by("name").values_list("name", flat=True))
        if person.is_superuser:
            self.stdout.write(
                "They are a superuser, and may do everything still. Only a superuser takes that away, in /admin/."
            )
        elif person.is_staff:
            self.stdout.write(
                f"They are still staff, by {f'the group {left}' if left else 'permissions of their own'}."
            )

    def way_in(self, person: User) -> str:
        if Authenticator.objects.filter(user=person).exists():
            return "They have a second factor, which the admin asks for where ADMIN_SECOND_FACTOR says so."
        if settings.ADMIN_SECOND_FACTOR:
            return "The admin asks for a second factor, and they have none: they set one up under “Account” first."
        return "They have no second factor. The admin asks for none here, but will in production: better set one up."


def refusal(person: User) -> str:
    if person.deleted_at:
        return "the account is deleted"
    if person.deactivated_at:
        return "they deactivated their account, and have to come back first"
    if not person.is_active:
        return "they are shut out; let them in first, in /admin/"
    if person.suspended_until and person.is_suspended:
        return f"they are suspended until {person.suspended_until:%Y-%m-%d %H:%M} UTC"
    return ""


def permissions(name: str) -> list[str]:
    found = Group.objects.get(name=name).permissions.select_related("content_type")
    names = found.order_by("content_type__app_label", "content_type__model", "codename").values_list("name", flat=True)
    return list(names) or [
        "nothing yet: the group has no permissions. `manage.py migrate` gives it some, or /admin/ does."
    ]
