"""One socket. Up come `watch` and the apps' own words; down go partials, stale tags, states and errors, as JSON."""

import asyncio
import json
import uuid
from collections.abc import Iterable
from typing import Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth.models import AbstractBaseUser
from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from chatpoc import ids
from chatpoc.database import noted
from chatpoc.limits import buckets, tabs, whose
from chatpoc.live import closing, tags
from chatpoc.live.allowance import Pace
from chatpoc.live.closing import AT_ONCE, FORBIDDEN, SIGNED_OUT, SUSPENDED, TOO_FAST, TOO_MANY, TOO_SLOW
from chatpoc.live.handshake import kept_out, language, same_origin, session_key, session_topic, viewer_of_session
from chatpoc.live.hearing import FrameError, NotYet, TooFast, Unavailable, handlers
from chatpoc.live.hub import Hub, current_hub
from chatpoc.live.rechecks import COME_AGAIN
from chatpoc.live.states import TOPIC
from chatpoc.live.threads import in_thread
from chatpoc.live.versions import whole

FRAME_LIMIT = 64 * 1024  # bytes of a frame from the browser
TAG_LIMIT = 2000  # tags that one socket may watch
FIRST_LOOK = 0.5  # seconds from the first that a socket hears until who it belongs to is looked at once more
UNREAD_LIMIT = 1024 * 1024  # bytes written and not taken by the browser


class LiveConsumer(AsyncWebsocketConsumer):
    def __init__(self) -> None:
        super().__init__()
        self.id = uuid.uuid4().hex
        self.topics: set[str] = set()  # what the hub hands on
        self.own: tuple[str, ...] = ()  # of these, what every socket of this viewer hears
        self.watched: set[str] = set()  # the tags on the page
        self.key = ""  # of the session
        self.language = ""  # of the page
        self.watching = False  # it is being answered which of these it may
        self.looking = asyncio.Lock()
        self.looked = False  # since we listen
        self.hub: Hub
        self.viewer: AbstractBaseUser
        self.pace: Pace
        self.counted: whose.Owners = ()  # among the sockets that are open
        self.why = ""  # we closed it

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.hub = current_hub()
        extensions = scope.get("extensions", {})
        self.unsent = extensions.get("chatpoc.unsent", _none_unsent)
        self.write = extensions.get("chatpoc.write")  # our own server's shorter way, without ASGI's
        self.cut = extensions.get("chatpoc.cut", _none_cut)
        self.scope, self.base_send = scope, send
        ids.connection.set(self.id)
        ids.request.set(ids.of_request(scope["headers"]))
        try:
            while True:  # in one task; Channels starts another to wait for a layer's messages too, which the hub hears
                await self.dispatch(await receive())
        except StopConsumer:
            pass
        finally:  # after a handler's error and a cancellation too, when `disconnect` is not called
            self.hub.remove(self)
            tabs.leave(self.counted)
            closing.log("closed", self.why)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Channels closes old database connections here, on the one thread that all sockets share; we use none of them."""
        try:
            await getattr(self, get_handler_name(message))(message)
        except (DatabaseError, InterfaceError) as error:
            if not noted(error, "A socket is told to come again"):
                raise
            await self.shut(COME_AGAIN)  # and says then what it has to say

    # From the browser

    async def connect(self) -> None:
        """Always accepts: a browser cannot tell a refused handshake from a broken network, but it can read a close code."""
        await self.accept()
        scope: Any = self.scope
        if not same_origin(scope):
            return await self.close(FORBIDDEN)
        self.key, self.language = session_key(scope), language(scope)
        viewer, owners, wait = await in_thread(_enter, self.key, whose.of_handshake(scope))
        if wait:
            return await self.close(TOO_FAST)
        if viewer is None or kept_out(viewer):
            return await self.close(_code_for(viewer))
        if not tabs.enter(owners):
            return await self.close(TOO_MANY)
        self.viewer, self.pace, self.counted = viewer, Pace(owners), owners
        self.own = (session_topic(self.key), whole("session"), f"user:{viewer.pk}", whole("user"), TOPIC)
        self.hub.add(self)
        await self.hub.subscriptions.join(self, set(self.own))
        self.hub.opened(self)
        closing.log("opened", "")
        self.hub.loop.call_later(FIRST_LOOK, self._look_once)
        return None

    def _look_once(self) -> None:
        """The session may have ended before we listened for its end. Mostly the first watch has looked by now."""
        if not self.looked:
            self.hub.rechecks.doubt([self])

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self not in self.hub.sockets:  # told to go, and not gone yet
            return
        try:
            self.pace.frame()
            await self._act(_decoded(text_data))
        except FrameError as error:
            await self._complain(error)

    async def _complain(self, error: FrameError) -> None:
        """Who goes on at the same pace after having been told is closed."""
        if isinstance(error, TooFast) and not self.pace.patience.take():
            await self.shut(TOO_FAST)
            return
        with override(self.language):
            told = {"code": error.code, "text": str(error)}
        wait = {"wait": error.wait} if isinstance(error, NotYet) else {}
        await self.deliver(json.dumps({"error": told | wait}))

    async def _act(self, frame: dict[str, Any]) -> None:
        match frame:
            case {"watch": dict() as watched} if len(frame) == 1:
                self.pace.watch()
                await self.watch(watched)
            case dict() if (
                len(frame) == 1 and (name := next(iter(frame))) in handlers and isinstance(frame[name], dict)
            ):
                await self._hear(name, frame[name])
            case dict() if len(frame) == 1 and (hear := self.hub.hears(next(iter(frame)))):
                hear(self, next(iter(frame.values())))
            case _:
                raise FrameError(
                    "unknown-frame", _("This page sent something that the chat does not know. Please reload it.")
                )

    async def _hear(self, name: str, value: dict[str, Any]) -> None:
        """A word that cannot be kept just now ends no socket: a full disk would have all pages come again each second."""
        try:
            await in_thread(handlers[name], self.viewer, value)
        except (DatabaseError, InterfaceError) as error:
            if not noted(error, "A page is asked to say it again"):
                raise
            raise Unavailable from error

    async def watch(self, watched: dict[str, object]) -> None:
        """Listen to just these tags, and answer which of them are newer than the page. `watched`: tag → version it has."""
        if len(watched) > TAG_LIMIT or not all(isinstance(version, str) for version in watched.values()):
            raise FrameError(
                "bad-watch", _("A page can watch at most %(most)d tags, each with its version.") % {"most": TAG_LIMIT}
            )
        self.watching = True
        try:
            async with self.looking:
                await self._follow(watched)
        finally:
            self.watching = False
            self.hub.rechecks.free(self)

    async def _follow(self, watched: dict[str, object]) -> None:
        now = await self._allowed_now(watched)
        if now is None:
            return
        stale = {tag: version for tag, version in now.items() if not tags.is_state(tag) and version != watched[tag]}
        refused = sorted(set(watched) - self.watched)
        await self.deliver(json.dumps({"watching": sorted(self.watched), "refused": refused, "stale": stale}))
        if self in self.hub.sockets:
            self.hub.states.follow(self, {tag: str(watched[tag]) for tag in self.watched if tags.is_state(tag)})

    async def _allowed_now(self, watched: dict[str, object]) -> dict[str, str] | None:
        """Listen to those of these that the viewer may watch, and return their versions; None when the session has ended."""
        viewer, allowed = await in_thread(_look, self.key, set(watched))
        self.looked = True
        if viewer is None or kept_out(viewer):
            await self.shut(_code_for(viewer))
            return None
        self.hub.rechecks.looked(self)
        self.hub.subscriptions.leave(self, self.topics.difference(_topics(allowed), self.own))
        await self.hub.subscriptions.join(self, _topics(allowed))
        # Compared only now: what is written from here on is heard, what was written before is in these versions. Who may
        # watch no longer what they could a moment ago is told by the recheck that waits for this.
        now = await in_thread(tags.versions_now, viewer, set(allowed))
        if self not in self.hub.sockets:  # shut out meanwhile
            self.hub.remove(self)
            return None
        self.watched = set(now)
        self.hub.subscriptions.leave(self, self.topics.difference(_topics(now), self.own))
        return now

    # From the hub

    async def deliver(self, text: str) -> None:
        """Write a frame, or let go of a browser that does not read: it catches up by version when it comes back."""
        if self.unsent() > UNREAD_LIMIT:
            await self.shut(TOO_SLOW)
            return
        if self.write:
            self.write(text)
            return
        event: Any = {"type": "websocket.send", "text": text}
        await self.base_send(event)

    async def found(self, viewer: AbstractBaseUser | None, allowed: set[str]) -> None:
        """What a look at what this viewer may hear found out; see chatpoc.live.rechecks."""
        if viewer is None or kept_out(viewer):
            await self.shut(_code_for(viewer))
            return
        self.viewer = viewer
        await self._lose(self.watched - allowed)
        self.hub.renewed(self)

    async def _lose(self, lost: set[str]) -> None:
        if not lost:
            return
        self.watched -= lost
        self.hub.subscriptions.leave(self, self.topics.difference(_topics(self.watched), self.own))
        if self.cut():  # what waited for the browser may be of what it lost; it comes back, and fetches the rest
            self._ends(closing.LOST)
            self.hub.remove(self)
            return
        self.hub.states.lose(self, lost)
        await self.deliver(json.dumps({"refused": sorted(lost)}))

    async def shut(self, code: int) -> None:
        """A browser that was cut off comes back, and is told then."""
        self.hub.remove(self)  # at once: nothing that is queued may still arrive
        if code in AT_ONCE and self.cut():
            self._ends(closing.WHY[code])
        else:
            await self.close(code)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        self._ends(closing.WHY.get(code or 0, closing.OTHER))
        await super().close(code, reason)

    def _ends(self, why: str) -> None:
        if not self.why:
            self.why = why
            closing.note(why)


def _code_for(viewer: AbstractBaseUser | None) -> int:
    return SIGNED_OUT if viewer is None else SUSPENDED


def _enter(key: str, address: whose.Owners) -> tuple[AbstractBaseUser | None, whose.Owners, float]:
    """Who opens a socket, whom it is counted for, and how long they have to wait with it."""
    viewer = viewer_of_session(key)
    owners = (*address, whose.person(viewer.pk)) if viewer else address
    return viewer, owners, buckets.take(whose.buckets("socket", owners))


def _look(key: str, names: set[str]) -> tuple[AbstractBaseUser | None, dict[str, str]]:
    """Who has this session now, and the versions of those tags that they may watch."""
    viewer = viewer_of_session(key)
    return viewer, tags.allowed(viewer, names) if viewer else {}


def _topics(names: Iterable[str]) -> set[str]:
    """A tag with an id becomes stale with its whole type too. States have no topics of their own."""
    names = [name for name in names if not tags.is_state(name)]
    wider = {whole(name.partition(":")[0]) for name in names if ":" in name}
    return {tags.topic(name) for name in {*names, *wider}}


def _none_unsent() -> int:
    """For servers other than ours, which do not tell how much they hold."""
    return 0


def _none_cut() -> bool:
    return False


def _decoded(text: str | None) -> dict[str, Any]:
    if text is None:
        raise FrameError("binary-frame", _("The chat speaks text, and got binary data."))
    if len(text) > FRAME_LIMIT or len(text.encode("utf-8", "surrogatepass")) > FRAME_LIMIT:
        raise FrameError("frame-too-large", _("What this page sent is too large."))
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise FrameError("bad-json", _("The chat could not read what this page sent.")) from None
    if not isinstance(frame, dict):
        raise FrameError("bad-json", _("The chat could not read what this page sent."))
    return frame
