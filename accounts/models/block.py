from collections import defaultdict
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chatpoc import live
from chatpoc.database import again_after_conflict
from chatpoc.live.models import Tagged

if TYPE_CHECKING:
    from accounts.models.user import User

MOST = 1000  # people whom one can block; every page of theirs knows them all


class CannotBlock(Exception):
    """It was not done; the text says why."""


class BlockQuerySet(models.QuerySet["Block"]):
    def between(self, one: int, other: int) -> "BlockQuerySet":
        """Whoever of these two, by their ids, blocked the other."""
        return self.filter(Q(by=one, person=other) | Q(by=other, person=one))

    def apart(self, people: "list[int]") -> "dict[int, set[int]]":
        """Of each of these, those whom they blocked, and who blocked them. One statement."""
        found: dict[int, set[int]] = defaultdict(set)
        for one, other in self.about(people).values_list("by", "person"):
            found[one].add(other)
            found[other].add(one)
        return found

    def about(self, people: "list[int]") -> "BlockQuerySet":
        """Those that one of these made, or is meant by."""
        return self.filter(Q(by__in=people) | Q(person__in=people))


class BlockManager(models.Manager["Block"].from_queryset(BlockQuerySet)):  # type: ignore[misc]
    @again_after_conflict
    def set(self, *, by: "User", person: "User") -> bool:
        """From now on; False if it was so already. Raises CannotBlock. Private: no list of anybody else's, and no audit log,
        has it."""
        if by.pk == person.pk:
            raise CannotBlock(_("You cannot block yourself."))
        with transaction.atomic():
            # Both, and in one order: nobody is erased meanwhile, nor blocks more than MOST in two tabs at once.
            both = get_user_model()._default_manager.select_for_update(no_key=True).filter(pk__in=[by.pk, person.pk])
            if sum(1 for one in both.order_by("pk") if not one.deleted_at) < 2:
                raise CannotBlock(_("This account was deleted, so there is nobody to block."))
            blocks = self.filter(by=by)
            if blocks.filter(person=person).exists():
                return False
            if blocks.count() >= MOST:
                text = ngettext("You can block %(most)d person.", "You can block %(most)d people.", MOST)
                raise CannotBlock(text % {"most": MOST})
            self.create(by=by, person=person)
        return True

    def lift(self, *, by: "User", person: "User") -> bool:
        """False if there was none. Only who made it can."""
        with transaction.atomic():
            blocks = list(self.filter(by=by, person=person))
            for block in blocks:
                block.delete()
            if blocks:
                transaction.on_commit(lambda: _let_watch_again(by.pk, person.pk), robust=True)
        return bool(blocks)


class Block(Tagged):
    """`by` wants to have nothing to do with `person`, who is not told."""

    tagged: ClassVar = {"blocks": "by_id", "pairs": "pair", "access": "by_id"}

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocked_by")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[BlockManager] = BlockManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "person"], name="one_block_per_pair"),
            models.CheckConstraint(condition=~Q(by=F("person")), name="nobody_blocks_themselves"),
        ]

    def __str__(self) -> str:
        """Says nothing of whose it is: the admin lists what goes with an account that is deleted."""
        return f"block {self.pk}"

    @property
    def pair(self) -> str:
        return pair_of(self.by_id, self.person_id)

    def live_tags(self) -> set[str]:
        """The sockets of both look again: neither follows the other any more. What both pages show has the tag of the pair,
        which does not say who did it; `blocks` is their own who did."""
        return super().live_tags() | {f"access:{self.person_id}"}


def pair_of(one: int, other: int) -> str:
    """The id of what two people have in common, whoever asks."""
    low, high = sorted([one, other])
    return f"{low}.{high}"


def _let_watch_again(*people: int) -> None:
    """What they were refused meanwhile, their pages ask for once more."""
    for person in people:
        live.publish(f"user:{person}", {"rewatch": True})
