"""What comes of each address of the admin, for whom. The notation is that of elsewhere.py.

`<model>/` stands for each of the admin's models; a line with a model's own name says where that one differs. A POST is the form
as it is shown, sent back; a deletion is confirmed. A `>door` leads to the admin's own log-in, which sends who is not staff away
with 403, and everybody else to the one log-in for all.
"""

PEOPLE = ("nobody", "anyone", "clerk", "keeper", "root")

TABLE = """
address                                       method   nobody     anyone     clerk      keeper     root
.                                             GET      >door      >door      200        "          "
.                                             POST     >door      >door      200        "          "
<app_label>/                                  GET      >door      >door      404        "          200
<app_label>/                                  POST     >door      >door      404        "          200
<url>                                         GET      >door      >door      404        "          "
<url>                                         POST     >door      >door      404        "          "
autocomplete/                                 GET      >door      >door      403        "          "
jsi18n/                                       GET      >door      >door      200        "          "
login/                                        GET      >log-in    403        >start     "          "
login/                                        POST     >log-in    403        200        "          "
logout/                                       POST     >door      >start     200+       "          "
logout/                                       GET      >door      >start     405        "          "
password_change/                              GET      >door      >door      200        "          "
password_change/                              POST     >door      >door      200        "          "
password_change/done/                         GET      >door      >door      200        "          "
r/<path:content_type_id>/<path:object_id>/    GET      >door      >door      404        "          "
r/<path:content_type_id>/<path:object_id>/    POST     >door      >door      404        "          "

<model>/                                      GET      >log-in    >door      403        "          200
<model>/                                      POST     >log-in    >door      403        "          200
<model>/add/                                  GET      >log-in    >door      403        "          200
<model>/add/                                  POST     >log-in    >door      403        "          200
<model>/<path:object_id>/                     GET      >log-in    >door      >change    "          "
<model>/<path:object_id>/                     POST     >log-in    >door      >change    "          "
<model>/<path:object_id>/change/              GET      >log-in    >door      403        "          200
<model>/<path:object_id>/change/              POST     >log-in    >door      403        "          >list+
<model>/<path:object_id>/delete/              GET      >log-in    >door      403        "          200
<model>/<path:object_id>/delete/              POST     >log-in    >door      403        "          >list+
<model>/<path:object_id>/history/             GET      >log-in    >door      403        "          200
<model>/<path:object_id>/history/             POST     >log-in    >door      403        "          200

accounts/user/                                GET      >log-in    >door      403        200        "
accounts/user/                                POST     >log-in    >door      403        200        "
accounts/user/<path:object_id>/change/        GET      >log-in    >door      403        200        "
accounts/user/<path:object_id>/change/        POST     >log-in    >door      403        >list+     "
accounts/user/<path:object_id>/delete/        POST     >log-in    >door      403        "          200
accounts/user/<path:object_id>/history/       GET      >log-in    >door      403        200        "
accounts/user/<path:object_id>/history/       POST     >log-in    >door      403        200        "
accounts/user/<path:object_id>/suspension/    GET      >log-in    >door      403        "          200
accounts/user/<path:object_id>/suspension/    POST     >log-in    >door      403        "          422
accounts/user/<path:object_id>/suspension/end/ GET     >log-in    >door      403        "          >change
accounts/user/<path:object_id>/suspension/end/ POST    >log-in    >door      403        "          >change
accounts/user/<path:object_id>/exclusion/     GET      >log-in    >door      403        200        "
accounts/user/<path:object_id>/exclusion/     POST     >log-in    >door      403        >change+   "
accounts/user/<path:object_id>/readmission/   GET      >log-in    >door      403        >change    "
accounts/user/<path:object_id>/readmission/   POST     >log-in    >door      403        >change    "
accounts/user/<path:object_id>/sign-out/      GET      >log-in    >door      403        "          200
accounts/user/<path:object_id>/sign-out/      POST     >log-in    >door      403        "          >change+
accounts/user/<path:object_id>/two-factor/    GET      >log-in    >door      403        "          200
accounts/user/<path:object_id>/two-factor/    POST     >log-in    >door      403        "          >change
accounts/user/<path:object_id>/messages/      GET      >log-in    >door      403        "          200
accounts/user/<path:object_id>/messages/      POST     >log-in    >door      403        "          422
accounts/auditentry/add/                      GET      >log-in    >door      403        "          "
accounts/auditentry/add/                      POST     >log-in    >door      403        "          "
accounts/auditentry/<path:object_id>/change/  POST     >log-in    >door      403        "          "
accounts/auditentry/<path:object_id>/delete/  GET      >log-in    >door      403        "          "
accounts/auditentry/<path:object_id>/delete/  POST     >log-in    >door      403        "          "
accounts/auditentry/export/                   GET      >log-in    >door      403        "          >list
accounts/auditentry/export/                   POST     >log-in    >door      403        "          200+
chat/heldmessage/add/                         GET      >log-in    >door      403        "          "
chat/heldmessage/add/                         POST     >log-in    >door      403        "          "
chat/heldmessage/<path:object_id>/delete/     GET      >log-in    >door      403        "          "
chat/heldmessage/<path:object_id>/delete/     POST     >log-in    >door      403        "          "
chat/message/add/                             GET      >log-in    >door      403        "          "
chat/message/add/                             POST     >log-in    >door      403        "          "
chat/message/<path:object_id>/change/         POST     >log-in    >door      403        "          "
chat/message/<path:object_id>/delete/         GET      >log-in    >door      403        "          "
chat/message/<path:object_id>/delete/         POST     >log-in    >door      403        "          "
chat/report/add/                              GET      >log-in    >door      403        "          "
chat/report/add/                              POST     >log-in    >door      403        "          "
chat/report/<path:object_id>/change/          POST     >log-in    >door      403        "          422
chat/report/<path:object_id>/delete/          GET      >log-in    >door      403        "          "
chat/report/<path:object_id>/delete/          POST     >log-in    >door      403        "          "
chat/membership/add/                          GET      >log-in    >door      403        "          "
chat/membership/add/                          POST     >log-in    >door      403        "          "
chat/membership/<path:object_id>/change/      POST     >log-in    >door      403        "          "
chat/membership/<path:object_id>/delete/      GET      >log-in    >door      403        "          "
chat/membership/<path:object_id>/delete/      POST     >log-in    >door      403        "          "
chat/room/add/                                GET      >log-in    >door      403        "          "
chat/room/add/                                POST     >log-in    >door      403        "          "
chat/room/<path:object_id>/delete/            GET      >log-in    >door      403        "          "
chat/room/<path:object_id>/delete/            POST     >log-in    >door      403        "          "
account/emailaddress/add/                     GET      >log-in    >door      403        "          "
account/emailaddress/add/                     POST     >log-in    >door      403        "          "
account/emailaddress/<path:object_id>/change/ POST     >log-in    >door      403        "          "
account/emailaddress/<path:object_id>/delete/ GET      >log-in    >door      403        "          "
account/emailaddress/<path:object_id>/delete/ POST     >log-in    >door      403        "          "
mfa/authenticator/add/                        GET      >log-in    >door      403        "          "
mfa/authenticator/add/                        POST     >log-in    >door      403        "          "
mfa/authenticator/<path:object_id>/change/    POST     >log-in    >door      403        "          "
mfa/authenticator/<path:object_id>/delete/    POST     >log-in    >door      403        "          >start+
presence/connection/add/                      GET      >log-in    >door      403        "          "
presence/connection/add/                      POST     >log-in    >door      403        "          "
presence/connection/<path:object_id>/change/  POST     >log-in    >door      403        "          "
presence/connection/<path:object_id>/delete/  POST     >log-in    >door      403        "          >start+
usersessions/usersession/add/                 GET      >log-in    >door      403        "          "
usersessions/usersession/add/                 POST     >log-in    >door      403        "          "
usersessions/usersession/<path:object_id>/change/ POST >log-in    >door      403        "          "
usersessions/usersession/<path:object_id>/delete/ POST >log-in    >door      403        "          >start+
"""

PLACES = {
    "log-in": r"/accounts/login/\?next=.*",
    "door": r"/admin/login/\?next=.*",
    "start": "/admin/",
    "change": r"/admin/\w+/\w+/[\w-]+/change/",
    "list": r"/admin/\w+/\w+/",
}
# Somebody who said something, and a room in which somebody did, are not deleted: what they said would go, too.
