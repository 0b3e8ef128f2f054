"""The live engine: whoever writes, every open page hears of it. It knows no app.

tags          what may be watched, by whom
versions      how new each tag is
capture       every committed write becomes stale tags
invalidation  a stale tag: a new version, and a hint
fragments     a piece of page that says what it was made from, and can be fetched alone
publishing    a frame for everyone who watches a topic, in every process
hub           the one object per process between the channel layer and this process's sockets
hearing       what else a socket takes from the browser: the apps' own words
consumer      one socket: `watch` up, frames down
counters      what was done, for the page at /live/ (insight) and for Prometheus
staleness     since when a fragment was stale
"""

from chatpoc.live.capture import changed, exactly, track
from chatpoc.live.fragments import fragment
from chatpoc.live.hearing import FrameError, hear
from chatpoc.live.invalidation import invalidate
from chatpoc.live.publishing import close, publish
from chatpoc.live.tags import declare, register

__all__ = [
    "FrameError",
    "changed",
    "close",
    "declare",
    "exactly",
    "fragment",
    "hear",
    "invalidate",
    "publish",
    "register",
    "track",
]
