"""The live engine: whoever writes, every open page hears of it. It knows no app.

tags      what may be watched, by whom, and at which version it is
publish   a frame for everyone who watches a topic, in every process
hub       the one object per process between the channel layer and this process's sockets
consumer  one socket: watch up, frames down
"""

from chatpoc.live.publishing import close, publish
from chatpoc.live.tags import register

__all__ = ["close", "publish", "register"]
