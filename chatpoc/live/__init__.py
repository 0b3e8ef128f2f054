"""The live engine: whoever writes, every open page hears of it. It knows no app.

tags          what may be watched, by whom
versions      how new each tag is
capture       every committed write becomes stale tags
invalidation  a stale tag: a new version, and a hint
fragments     a piece of page that says what it was made from, and can be fetched alone
publishing    a frame for everyone who watches a topic, in every process
hub           the one object per process between the channel layer and this process's sockets
subscriptions which groups of the layer this process belongs to
rechecks      what a socket may still hear, looked at again and again; looking asks for many at once
sessions      the end of a session, whoever ends it
states        small values that are told outright, such as who is here; signals, which nothing keeps
companions    what an app keeps beside the sockets of a process
hearing       what else a socket takes from the browser: the apps' own words
consumer      one socket: `watch` up, frames down
closing       why the server ends a socket: codes, counts, lines of the log
reaching      whether the channel layer carries what is given to it
counters      what was done, for the page at /live/ (insight) and for Prometheus; gauges: what there is now
staleness     since when a fragment was stale
"""

from chatpoc.live.capture import changed, exactly, track
from chatpoc.live.companions import accompany
from chatpoc.live.fragments import fragment
from chatpoc.live.hearing import FrameError, hear
from chatpoc.live.invalidation import invalidate
from chatpoc.live.publishing import close, look_again, publish, signal
from chatpoc.live.states import declare_state
from chatpoc.live.tags import ask_together, declare, register

__all__ = [
    "FrameError",
    "accompany",
    "ask_together",
    "changed",
    "close",
    "declare",
    "declare_state",
    "exactly",
    "fragment",
    "hear",
    "invalidate",
    "look_again",
    "publish",
    "register",
    "signal",
    "track",
]
