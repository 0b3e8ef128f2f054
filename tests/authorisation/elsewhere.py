"""What comes of each address outside of rooms, for whom. The notation is that of the rooms.

`"` is the answer to the left. `log-in`: a redirect to the log-in that leads back, and 401 for a fetch. Everybody asks about
themselves, where an address is about oneself, and about the member where it names somebody's own: a session, a key.

    nobody   not signed in, or deactivated           keeper   staff who may change people
    anyone   signed in; a moderator is no more here  root     a superuser
    clerk    staff with no permission
"""

from typing import Any

TABLE = """
address                          method  nobody  anyone  member  clerk  keeper  root
"""


def bodies(person: Any, fellow: Any) -> dict[str, dict[str, object]]:
    """What somebody's forms send, filled in rightly, by address."""
    return {
        "rooms/new/": {"name": "Another", "subject": "", "kind": "closed"},
        "people/<id:person_id>/": {
            "name": "Renamed", "initial-name": fellow.name, "handle": fellow.handle, "initial-handle": fellow.handle,
            "is_active": "on", "initial-is_active": "True",
        },
        "presence/appearance/": {"appear": "offline"},
        "accounts/profile/": {"name": "Renamed", "handle": person.handle, "bio": "", "time_zone": ""},
        "accounts/profile/picture/": {"remove": ""},
        "accounts/email/": {"action_add": "", "email": "another@example.com"},
        "accounts/password/change/": {"oldpassword": "wonderland-9", "password1": "another-9-one"},
        "accounts/password/set/": {"password1": "another-9-one"},
        "accounts/reauthenticate/": {"password": "wonderland-9"},
        "accounts/2fa/reauthenticate/": {"code": "123456"},
        "accounts/2fa/webauthn/keys/<int:pk>/edit/": {"name": "Renamed"},
        "accounts/login/": {"login": "newcomer", "password": "wonderland-9"},
        "accounts/login/code/": {"email": "newcomer@example.com"},
        "accounts/signup/": {"name": "New", "username": "another", "email": "another@example.com", "password1": "another-9-one"},
        "accounts/password/reset/": {"email": "newcomer@example.com"},
        "language/": {"language": "pl"},
    }


def places() -> dict[str, str]:
    return {
        "home": "/", "room": r"/rooms/\d+/", "people": "/people/", "person": r"/people/\d+/", "profile": "/accounts/profile/",
        "log-in": "/accounts/login/", "sessions": "/accounts/sessions/",
    }
