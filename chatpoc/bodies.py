"""How large a request may be, and how long it may take to come.

Twisted takes a whole body, into a file on the disk, before anything else looks at the request: anyone could fill the disk,
without signing in. So it is refused here, by the length that is announced, or when more has come than fits.
"""

from typing import Any

from daphne.http_protocol import WebRequest
from django.conf import settings
from django.utils.translation import gettext, gettext_noop, override
from twisted.internet import reactor

from chatpoc.live.handshake import language

BODY = 1024 * 1024  # bytes: the longest message, as a form encodes it, has 120,000
PICTURE = 32 * 1024 * 1024  # what a camera makes: the form says in its own words that it is too large
UNDER_WAY = (
    256 * 1024 * 1024
)  # bytes of all bodies that come just now: who brings none of their own cookie fills no disk
PICTURES = b"/accounts/profile/picture/"
IN_TIME = 180  # seconds: a picture over a slow phone; Twisted itself only asks that something comes each minute
LINGER = 3  # seconds that a refused sender is still listened to: one that writes while we close never reads our answer

clock: Any = reactor


class BoundedRequest(WebRequest):
    under_way = 0  # bytes that have come of all those that are not whole yet

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Twisted would read the forms too, on the loop: a second of it for a million of small fields.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)
        self.size = 0
        self.refused = False
        self.alarm: Any = None

    def gotLength(self, length: int | None) -> None:  # noqa: N802  (Twisted's names)
        """The headers are there. `length` is None where the body comes in chunks, and only its end says that it was all."""
        self.most = PICTURE if self._is_picture() else BODY
        too_large = length is not None and length > self.most
        super().gotLength(0 if too_large else length)
        if too_large:
            self._refuse(413, self._too_large())
        elif length != 0:
            self.alarm = clock.callLater(IN_TIME, self._refuse, 408)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        if self.refused:
            return
        self.size += len(data)
        BoundedRequest.under_way += len(data)
        if self.size > self.most:
            self._refuse(413, self._too_large())
        elif BoundedRequest.under_way > UNDER_WAY:
            text = gettext_noop("Many large things are sent just now. Please try again in a minute.")
            self._refuse(503, self._in_words(text))
        else:
            super().handleContentChunk(data)

    def requestReceived(self, *args: Any) -> None:  # noqa: N802
        if not self.refused:
            self._stop_alarm()
            self._let_go()
            super().requestReceived(*args)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        self._stop_alarm()
        self._let_go()
        super().connectionLost(reason)

    def _let_go(self) -> None:
        """It is whole, or no longer kept."""
        BoundedRequest.under_way -= self.size
        self.size = 0

    def _stop_alarm(self) -> None:
        if self.alarm and self.alarm.active():
            self.alarm.cancel()

    def _is_picture(self) -> bool:
        """From somebody who may be signed in; whether they are is asked when it is all here."""
        path = self.channel._path.partition(b"?")[0]
        return path == PICTURES and settings.SESSION_COOKIE_NAME.encode() in self.received_cookies

    def _too_large(self) -> str:
        text = self._in_words(gettext_noop("This is too large: at most %(most)s MB can be sent."))
        return text % {"most": self.most // 2**20}

    def _in_words(self, text: str) -> str:
        raw = self.requestHeaders.getAllRawHeaders()
        with override(language({"headers": [(name.lower(), value) for name, values in raw for value in values]})):
            return gettext(text)

    def _refuse(self, status: int, text: str = "") -> None:
        """Answer, and take no notice of what still comes."""
        self.refused = True
        self.requestHeaders.removeHeader(b"expect")  # else Twisted asks for the body after all
        self._stop_alarm()
        self._let_go()
        body, channel = text.encode(), self.channel
        channel.dataReceived = channel.lineReceived = channel.rawDataReceived = lambda *_: None
        reason = {408: b"Request Timeout", 413: b"Content Too Large", 503: b"Service Unavailable\r\nRetry-After: 60"}[
            status
        ]
        head = b"HTTP/1.1 %d %b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        channel.transport.write(head % (status, reason, len(body)) + body)
        self.alarm = clock.callLater(LINGER, channel.loseConnection)
