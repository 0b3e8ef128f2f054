"""Who asks: their session and they themselves in one statement, where Django asks one after the other. Every request does."""

from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.backends import db
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from accounts.models import User

# The list of somebody's sessions names whose it is; the session itself says so only in what is signed. One that is not listed
# yet comes with nobody.
WITH_OWNER = """SELECT person.*, session.session_data FROM django_session session
 LEFT JOIN usersessions_usersession entry ON entry.session_key = session.session_key
 LEFT JOIN accounts_user person ON person.id = entry.user_id
 WHERE session.session_key = %s AND session.expire_date > %s"""


class SessionStore(db.SessionStore):
    owner: User | None = None  # whose it may be, read with it; is_owner says whether it is

    def load(self) -> dict[str, Any]:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        for person in User.objects.raw(WITH_OWNER, [self.session_key, now]):
            data: dict[str, Any] = self.decode(person.__dict__.pop("session_data"))
            self.owner = person if person.pk else None
            return data
        self._session_key = None  # as Django does where there is none
        return {}


class ViewerMiddleware(AuthenticationMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _viewer(request))  # type: ignore[assignment]


def _viewer(request: Any) -> Any:
    if not hasattr(request, "_cached_user"):  # Django's name: it is asked in more than one place
        session = request.session
        request._cached_user = session.owner if _is_owner(session) else get_user(request)
        request.user = request._cached_user  # a page asks for it two hundred times, and what is lazy passes each on
    return request._cached_user


def _is_owner(session: Any) -> bool:
    """What Django asks, of the common case. Whatever else there may be, such as a hash made with an older key, Django asks."""
    number = session.get(SESSION_KEY)  # which reads the session
    person = session.owner
    return (
        person is not None
        and str(person.pk) == number
        and person.is_active
        and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())
    )
