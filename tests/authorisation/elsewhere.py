"""What comes of each address outside of rooms, for whom. The notation is that of the rooms.

`"` is the answer to the left. `log-in`: a redirect to the log-in that leads back, and 401 for a fetch. Everybody asks about
themselves, where an address is about oneself, and about the member where it names somebody's own: a session, a key.

    nobody   not signed in, or deactivated           keeper   staff who may change people
    anyone   signed in; who is in a room is no more  root     a superuser
    clerk    staff with no permission
"""

from typing import Any

from tests.authorisation.people import PASSWORD

PEOPLE = ("nobody", "anyone", "member", "clerk", "keeper", "root")
WHO = {"nobody": ("anonymous", "deactivated"), "anyone": ("stranger",)}

TABLE = """
address                                       method   nobody     anyone     member     clerk      keeper     root
.                                             GET      log-in     200        "          "          "          "
conversations/                                GET      log-in     200        "          "          "          "
conversations/read/                           GET      log-in     >home      "          "          "          "
conversations/read/                           POST     log-in     >home+     "          "          "          "
conversations/read/                           POST-HX  log-in     204+       "          "          "          "
find/                                         GET      log-in     >people    "          "          "          "
find/                                         GET-HX   log-in     200        "          "          "          "
notifications/                                GET      log-in     200        "          "          "          "
people/                                       GET      log-in     200        "          "          "          "
people/<id:person_id>/                        GET      log-in     200        "          "          "          "
people/<id:person_id>/                        POST     log-in     404        "          "          >people+   "
people/<id:person_id>/                        POST-HX  log-in     404        "          "          200+       "
people/<id:person_id>/card/                   GET      log-in     200        "          "          "          "
people/<id:person_id>/block/                  GET      log-in     200        "          "          "          "
people/<id:person_id>/block/                  POST     log-in     >person+   "          "          "          "
people/<id:person_id>/unblock/                GET      log-in     >person    "          "          "          "
people/<id:person_id>/unblock/                POST     log-in     >person    "          "          "          "
people/<id:person_id>/unblock/                POST-HX  log-in     200        "          "          "          "
people/<id:person_id>/report/                 GET      log-in     200        "          "          "          "
people/<id:person_id>/report/                 POST     log-in     >reports+  "          "          "          "
people/<str:handle>/conversation/             GET      log-in     >person    "          "          "          "
people/<str:handle>/conversation/             POST     log-in     >room+     "          "          "          "
people/list/                                  GET      log-in     200        "          "          "          "
presence/appearance/                          GET      log-in     >home      "          "          "          "
presence/appearance/                          POST     log-in     >home+     "          "          "          "
presence/appearance/                          POST-HX  log-in     200+       "          "          "          "
presence/visibility/                          GET      log-in     200        "          "          "          "
reports/                                      GET      log-in     200        "          "          "          "
reports/list/                                 GET      log-in     200        "          "          "          "
reports/open/                                 GET      log-in     404        "          "          "          200
reports/outcomes/                             GET      log-in     200        "          "          "          "
reports/<id:complaint_id>/told/               GET      log-in     404        >reports   404        "          "
reports/<id:complaint_id>/told/               POST     log-in     404        >reports+  404        "          "
reports/<id:complaint_id>/told/               POST-HX  log-in     404        200+       404        "          "
rooms/                                        GET      log-in     200        "          "          "          "
rooms/list/                                   GET      log-in     200        "          "          "          "
rooms/new/                                    GET      log-in     200        "          "          "          "
rooms/new/                                    POST     log-in     >room+     "          "          "          "
dev/mailbox/                                  GET      200        "          "          "          "          "
language/                                     GET      >home      "          "          "          "          "
language/                                     POST     >home      "          "          "          "          "
live/                                         GET      log-in     404        "          200        "          "
live/figures/                                 GET      log-in     404        "          200        "          "
words/<str:language>-<str:version>.js         GET      200        "          "          "          "          "
accounts/2fa/                                 GET      log-in     200        "          "          "          "
accounts/2fa/authenticate/                    GET      >log-in    >home      "          "          "          "
accounts/2fa/authenticate/                    POST     >log-in    >home      "          "          "          "
accounts/2fa/reauthenticate/                  GET      log-in     >proof     "          "          "          "
accounts/2fa/reauthenticate/                  POST     log-in     >proof     "          "          "          "
accounts/2fa/recovery-codes/                  GET      log-in     404        "          "          "          "
accounts/2fa/recovery-codes/download/         GET      log-in     404        "          "          "          "
accounts/2fa/recovery-codes/download/         POST     log-in     404        "          "          "          "
accounts/2fa/recovery-codes/generate/         GET      log-in     200        "          "          "          "
accounts/2fa/recovery-codes/generate/         POST     log-in     200        >codes+    200        "          "
accounts/2fa/totp/activate/                   GET      log-in     200        "          "          "          "
accounts/2fa/totp/activate/                   POST     log-in     200        "          "          "          "
accounts/2fa/totp/deactivate/                 GET      log-in     404        "          "          "          "
accounts/2fa/totp/deactivate/                 POST     log-in     404        "          "          "          "
accounts/2fa/webauthn/                        GET      log-in     200        "          "          "          "
accounts/2fa/webauthn/add/                    GET      log-in     200        "          "          "          "
accounts/2fa/webauthn/add/                    POST     log-in     200        "          "          "          "
accounts/2fa/webauthn/keys/<int:pk>/edit/     GET      log-in     404        200        404        "          "
accounts/2fa/webauthn/keys/<int:pk>/edit/     POST     log-in     404        >keys+     404        "          "
accounts/2fa/webauthn/keys/<int:pk>/remove/   GET      log-in     404        200        404        "          "
accounts/2fa/webauthn/keys/<int:pk>/remove/   POST     log-in     404        >keys+     404        "          "
accounts/2fa/webauthn/login/                  GET      >log-in    >home      "          "          "          "
accounts/2fa/webauthn/login/                  POST     >log-in    >home      "          "          "          "
accounts/2fa/webauthn/reauthenticate/         GET      log-in     >proof     200        >proof     "          "
accounts/2fa/webauthn/reauthenticate/         POST     log-in     >proof     >log-in    >proof     "          "
accounts/account/                             GET      log-in     200        "          "          "          "
accounts/account/deactivation/                GET      log-in     200        "          "          "          "
accounts/account/deactivation/                POST     log-in     >log-in+   "          "          "          "
accounts/account/deletion/                    GET      log-in     200        "          "          "          "
accounts/account/deletion/                    POST     log-in     >log-in+   "          "          "          "
accounts/account/return/<str:key>/            GET      200        "          "          "          "          "
accounts/account/return/<str:key>/            POST     >log-in+   "          "          "          "          "
accounts/blocked/                             GET      log-in     200        "          "          "          "
accounts/cast/<numbers:people>/               GET      log-in     200        "          "          "          "
accounts/confirm-email/                       GET      200        "          "          "          "          "
accounts/confirm-email/<key>/                 GET      200        "          "          "          "          "
accounts/confirm-email/<key>/                 POST     404        "          "          "          "          "
accounts/email/                               GET      log-in     200        "          "          "          "
accounts/email/                               POST     log-in     >email+    "          "          "          "
accounts/inactive/                            GET      200        "          "          "          "          "
accounts/login/                               GET      200        >home      "          "          "          "
accounts/login/                               POST     >home+     >home      "          "          "          "
accounts/login/code/                          GET      200        >home      "          "          "          "
accounts/login/code/                          POST     >code      >home      "          "          "          "
accounts/login/code/confirm/                  GET      >code      >home      "          "          "          "
accounts/login/code/confirm/                  POST     >code      >home      "          "          "          "
accounts/logout/                              GET      >home      200        "          "          "          "
accounts/logout/                              POST     >home      >home+     "          "          "          "
accounts/me/                                  GET      log-in     200        "          "          "          "
accounts/password/change/                     GET      log-in     200        "          "          "          "
accounts/password/change/                     POST     log-in     >change+   "          "          "          "
accounts/password/reset/                      GET      200        "          "          "          "          "
accounts/password/reset/                      POST     >done      "          "          "          "          "
accounts/password/reset/done/                 GET      200        "          "          "          "          "
accounts/password/reset/key/<uidb36>-<key>/   GET      200        "          "          "          "          "
accounts/password/reset/key/<uidb36>-<key>/   POST     200        "          "          "          "          "
accounts/password/reset/key/done/             GET      200        "          "          "          "          "
accounts/password/set/                        GET      log-in     >change    "          "          "          "
accounts/password/set/                        POST     log-in     >change    "          "          "          "
accounts/pictures/<picture_name:name>-<side:side>.webp GET log-in     200        "          "          "          "
accounts/profile/                             GET      log-in     200        "          "          "          "
accounts/profile/                             POST     log-in     >profile+  "          "          "          "
accounts/profile/picture/                     GET      log-in     >profile   "          "          "          "
accounts/profile/picture/                     POST     log-in     >profile+  "          "          "          "
accounts/reauthenticate/                      GET      log-in     200        "          "          "          "
accounts/reauthenticate/                      POST     log-in     >home      "          "          "          "
accounts/sessions/                            GET      log-in     200        "          "          "          "
accounts/sessions/                            POST     log-in     >sessions  >sessions+ >sessions  "          "
accounts/sessions/<int:session_id>/           GET      log-in     >sessions  "          "          "          "
accounts/sessions/<int:session_id>/           POST     log-in     404        >sessions+ 404        "          "
accounts/signup/                              GET      200        >home      "          "          "          "
accounts/signup/                              POST     >home+     >home      "          "          "          "
"""


def bodies(person: Any, fellow: Any) -> dict[str, dict[str, object]]:
    """What somebody's forms send, filled in rightly, by address."""
    another = {"name": "New", "username": "another", "email": "another@example.com", "password1": "a-fine-pass-99"}
    renamed = {"name": "Renamed", "initial-name": fellow.name, "handle": fellow.handle, "initial-handle": fellow.handle}
    new = {"password1": "a-fine-pass-99", "password2": "a-fine-pass-99"}
    return {
        "rooms/new/": {"name": "Another", "subject": "", "kind": "closed"},
        "people/<id:person_id>/report/": {"reason": "spam", "details": ""},
        "people/<id:person_id>/": renamed | {"is_active": "on", "initial-is_active": "True"},
        "presence/appearance/": {"appear": "offline"},
        "accounts/profile/": {"name": "Renamed", "handle": person.handle, "bio": "", "time_zone": ""},
        "accounts/profile/picture/": {"remove": ""},
        "accounts/email/": {"action_add": "", "email": "another@example.com"},
        "accounts/password/change/": {"oldpassword": PASSWORD, **new},
        "accounts/password/set/": new,
        "accounts/reauthenticate/": {"password": PASSWORD},
        "accounts/2fa/webauthn/keys/<int:pk>/edit/": {"name": "Renamed"},
        "accounts/login/": {"login": "newcomer", "password": PASSWORD},
        "accounts/login/code/": {"email": "canary-email-newcomer@example.com"},
        "accounts/signup/": another,
        "accounts/password/reset/": {"email": "canary-email-newcomer@example.com"},
        "language/": {"language": "pl"},
    }


PLACES = {
    "home": "/",
    "room": r"/rooms/\d+/",
    "people": "/people/",
    "person": r"/people/\d+/(\?blocked=\d+)?",
    "reports": r"/reports/(\?sent=\d+)?",
    "profile": "/accounts/profile/",
    "log-in": "/accounts/login/",
    "proof": r"/accounts/reauthenticate/.*",
    "keys": "/accounts/2fa/webauthn/",
    "codes": "/accounts/2fa/recovery-codes/",
    "code": "/accounts/login/code/(confirm/)?",
    "email": "/accounts/email/",
    "change": "/accounts/password/change/",
    "done": "/accounts/password/reset/done/",
    "sessions": "/accounts/sessions/",
}
