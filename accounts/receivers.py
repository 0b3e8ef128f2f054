"""A session's end closes its sockets, in every tab and on every process."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.db import DatabaseError, transaction
from django.db.models.signals import post_delete  # noqa: TID251  (a model of allauth's has no verb of ours)
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.sessions import BEGAN, forget_what_is_over
from chatpoc import live
from chatpoc.database import noted
from chatpoc.live.closing import SIGNED_OUT
from chatpoc.live.handshake import session_topic


@receiver(user_logged_in)
def begin_session(request: HttpRequest, **_: Any) -> None:
    request.session[BEGAN] = timezone.now().isoformat()
    try:
        with transaction.atomic():
            forget_what_is_over()
    except DatabaseError as error:  # nobody is kept out for it
        if not noted(error, "Sessions that are over were not forgotten"):
            raise


@receiver(user_logged_out)
def close_sockets_of_session(request: HttpRequest, **_: Any) -> None:
    """Sent before the session is flushed; a socket that opens in between checks its session once more after it listens."""
    request.is_signed_out = True  # type: ignore[attr-defined]  # see chatpoc.middleware.keep_private
    if key := request.session.session_key:
        request.session.flush()
        UserSession.objects.filter(session_key=key).delete()
        live.close(session_topic(key), SIGNED_OUT)


@receiver(post_delete, sender=UserSession)
def end_session(instance: UserSession, **_: Any) -> None:
    """Whoever deletes the entry ends the session: its owner, the admin, a shell. Its sockets look again, and find it gone."""
    Session.objects.filter(session_key=instance.session_key).delete()
    live.changed(f"access:{instance.user_id}")
