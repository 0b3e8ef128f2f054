"""How many sockets are open in this process, of each person and of each address. Of all processes together, only how fast they
are opened is limited: what is open, a killed process could not take back."""

from collections import Counter

from django.conf import settings

from chatpoc.limits.whose import Owners

_open: Counter[str] = Counter()  # by owner; used on the loop alone


def enter(owners: Owners) -> bool:
    """Count one more, if each of them may have it; then `leave` must follow."""
    limit = settings.LIMITS.get("tabs")
    if limit and any(
        _open[owner] >= rate.amount for owner, rate in zip(owners, (limit.address, limit.person), strict=False)
    ):
        return False
    _open.update(owners)
    return True


def leave(owners: Owners) -> None:
    _open.subtract(owners)
    for owner in owners:
        if _open[owner] <= 0:
            del _open[owner]
