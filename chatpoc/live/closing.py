"""Why the server closes a socket: the code that its page reads, and what is counted and logged of it."""

import logging

from chatpoc.live import counters
from chatpoc.live.rechecks import COME_AGAIN

logger = logging.getLogger("chatpoc.sockets")

# Close codes; autobahn allows 1000 and 3000-4999 only.
SIGNED_OUT, FORBIDDEN = 4401, 4403
TOO_SLOW, TOO_FAST, TOO_MANY = 4008, 4029, 4030
SUSPENDED = 4031  # the page loads anew, and says until when and why
AT_ONCE = {SIGNED_OUT, SUSPENDED, COME_AGAIN}  # what waits for the browser must not reach it any more

WHY = {
    SIGNED_OUT: "signed out",
    FORBIDDEN: "of another site",
    TOO_SLOW: "too slow",
    TOO_FAST: "too fast",
    TOO_MANY: "too many",
    SUSPENDED: "suspended",
    COME_AGAIN: "come again",
}
LOST = "lost access"  # and had not taken yet what it must not see any more
FLOODING = "flooding"  # with frames that wait
OTHER = "other"


def note(why: str) -> None:
    counters.closes.labels(why).inc()


def log(what: str, why: str) -> None:
    """A line of the socket whose task this is: `opened`, or `closed`, with why if it was not the browser that left."""
    if logger.isEnabledFor(logging.INFO):
        told = {"event": what, "why": why} if why else {"event": what}
        logger.info("%s %s" if why else "%s%s", what, why, extra={"told": told})
