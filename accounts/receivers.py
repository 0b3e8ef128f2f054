"""A session's end closes its sockets, in every tab and on every process."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from chatpoc import live
from chatpoc.live.consumer import SIGNED_OUT
from chatpoc.live.handshake import session_topic


@receiver(user_logged_out)
def close_sockets_of_session(request: HttpRequest, **_: Any) -> None:
    """Sent before the session is flushed; a socket that opens in between checks its session once more after it listens."""
    if key := request.session.session_key:
        request.session.flush()
        live.close(session_topic(key), SIGNED_OUT)
