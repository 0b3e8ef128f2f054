"""A session's end closes its sockets, in every tab and on every process."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from chatpoc import live
from chatpoc.live.consumer import COME_AGAIN, SIGNED_OUT
from chatpoc.live.handshake import session_topic


@receiver(user_logged_out)
def close_sockets_of_session(request: HttpRequest, **_: Any) -> None:
    """Sent before the session is flushed; a socket that opens in between checks its session once more after it listens."""
    if key := request.session.session_key:
        request.session.flush()
        live.close(session_topic(key), SIGNED_OUT)


@receiver([password_changed, password_reset, password_set])
def recheck_sockets_of_person(user: User, **_: Any) -> None:
    """A new password ends the person's other sessions: every socket comes again, and those are then told that they are out."""
    live.close(f"user:{user.pk}", COME_AGAIN)
