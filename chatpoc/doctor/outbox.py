"""What waits for a server to tell it to open pages."""

import time
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, Min

from chatpoc.doctor import Finding, check, doubtful, well
from chatpoc.live.models import Outbox
from chatpoc.live.outbox import LOOKS

MANY = 1_000  # rows; the next server that starts takes them all at once


@check("outbox", needs="migrations")
def outbox() -> Iterator[Finding]:
    """A server that shares its memory with nobody takes them within LOOKS; another, now and then."""
    first = waiting()
    if first["count"] and settings.LIVE_OUTBOX:
        time.sleep(4 * LOOKS)
    second = waiting()
    stuck = second["count"] and (
        second["oldest"] == first["oldest"] if settings.LIVE_OUTBOX else second["count"] > MANY
    )
    if stuck:
        yield doubtful(
            f"{second['count']:,} words to open pages wait in live_outbox, and no server takes them.",
            "Start the server: the first thing that it does is to take them. If it runs, its log says why it does not.",
        )
    else:
        yield well("Nothing waits to be told to open pages." if not second["count"] else "What waits is being taken.")


def waiting() -> dict[str, int]:
    return Outbox.objects.aggregate(count=Count("pk"), oldest=Min("pk"))
