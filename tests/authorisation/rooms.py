"""What comes of each address of a room, for whom. Read it as a reviewer would: each line is a promise.

Cells are `outsider/member/moderator`; in a direct room the last is the other of the two. One word stands for all, two for
outsider and insiders. An outsider is a stranger, a former member, staff of any power: one answer for all, and for a room that
does not exist the very same, with the same statements to the database.

    200 …      the status                      >room      a redirect: to the room's page, or one below it (>people, >deletion)
    +          and something is written        >home      to the start
    without +  nothing in the database changes, whatever the answer
    HX         how a fetch by a script is answered where that differs

HEAD is GET without a body. What has no line for GET or POST answers 405, and so does everything for every other method.
Who is not signed in, or was deactivated, is led to the log-in, or as a fetch told so with 401: not one line here is for them.
"""

# closed and archived, open and archived: the last two columns
TABLE = """
address                       method       open              closed          direct          archived        shut
.                             GET          200               404/200         404/200         404/200         200
settings/                     GET          404/403/200       404/403/200     404             404/403/200     404/403/200
settings/                     POST         404/403/>room+    404/403/>room+  404             404/403/403     404/403/403
archiving/                    GET          404/200           404/200         404/200         404/200         404/200
archive/                      GET          404/>room         404/>room       404/>room       404/>room       404/>room
archive/                      POST         404/403/>room+    404/403/>room+  404/403         404/403/>room   404/403/>room
archive/                      POST-reopen  404/403/>room     404/403/>room   404/403         404/403/>room+  404/403/>room+
membership/                   GET          >room             404/>room       404/>room       404/>room       >room
membership/                   POST         >room+/>room      404/>room       404/>room       404/>room       200/>room
leaving/                      GET          404/200           404/200         404             404/200         404/200
leaving/                      POST         404/>home+        404/>home+      404             404/>home+      404/>home+
invitations/                  GET          404/200           404/403/200     404             404/403/403     404/403
invitations/                  POST         404/>room+        404/403/>room+  404             404/403/403     404/403
candidates/                   GET          404/200           404/200         404             404/200         404/200
people/                       GET          404/200           404/200         404             404/200         404/200
roster/                       GET          404/200           404/200         404             404/200         404/200
people/<id:person_id>/role/   GET          404/>people       404/>people     404             404/>people     404/>people
people/<id:person_id>/role/   POST         404/403/>people+  404/403/>people+ 404            404/403/>people+ 404/403/>people+
people/<id:person_id>/removal/ GET         404/403/200       404/403/200     404             404/403/200     404/403/200
people/<id:person_id>/removal/ POST        404/403/>people+  404/403/>people+ 404            404/403/>people+ 404/403/>people+
people/<id:person_id>/silence/ GET         404/403/200       404/403/200     404             404/403/200     404/403/200
people/<id:person_id>/silence/ POST        404/403/>people+  404/403/>people+ 404            404/403/>people+ 404/403/>people+
people/<id:person_id>/speech/ GET          404/403/>people   404/403/>people 404             404/403/>people 404/403/>people
people/<id:person_id>/speech/ POST         404/403/>people   404/403/>people 404             404/403/>people 404/403/>people
silence/                      GET          404/200           404/200         404/200         404/200         404/200
parting/                      GET          404               404             404             404             404
header/                       GET          404/200           404/200         404/200         404/200         404/200
members/                      GET          404/200           404/200         404/200         404/200         404/200
preview/                      GET          200               404             404             404             200
notify/                       GET          404/>room         404/>room       404/>room       404/>room       404/>room
notify/                       POST         404/>room+        404/>room+      404/>room+      404/>room+      404/>room+
notify/                       POST-HX      404/200+          404/200+        404/200+        404/200+        404/200+
notify/choice/                GET          404/200           404/200         404/200         404/200         404/200
held/                         GET          404/200           404/200         404/200         404/200         404/200
unread/                       GET          404/>home         404/>home       404/>home       404/>home       404/>home
unread/                       POST         404/>home+        404/>home+      404/>home+      404/>home+      404/>home+
unread/                       POST-HX      404/204+          404/204+        404/204+        404/204+        404/204+
messages/                     GET          404/200           404/200         404/200         404/200         404/200
messages/                     POST         404/>room+        404/>room+      404/>room+      404/403         404/403
messages/                     POST-HX      404/201+          404/201+        404/201+        404/403         404/403
messages/own/                 GET          404/200           404/200         404/200         404/200         404/200
messages/<id:seq>/            GET          404/200           404/200         404/200         404/200         404/200
"""

# Of a message by the member: to the moderator, and to the other of two, it is somebody else's.
WHAT_THE_MEMBER_SAID = """
address                       method       open              closed          direct          archived        shut
messages/<id:seq>/text/       GET          404/200/404       404/200/404     404/200/404     404/200/404     404/200/404
messages/<id:seq>/text/       POST         404/>room+/404    404/>room+/404  404/>room+/404  404/403/404     404/403/404
messages/<id:seq>/text/       POST-HX      404/200+/404      404/200+/404    404/200+/404    404/403/404     404/403/404
messages/<id:seq>/deletion/   GET          404/200/404       404/200/404     404/200/404     404/200/404     404/200/404
messages/<id:seq>/deletion/   POST         404/>deletion+/404 404/>deletion+/404 404/>deletion+/404 404/403/404 404/403/404
messages/<id:seq>/deletion/   POST-HX      404/200+/404      404/200+/404    404/200+/404    404/403/404     404/403/404
messages/<id:seq>/deletion/undo/ POST      404/>room+/404    404/>room+/404  404/>room+/404  404/403/404     404/403/404
messages/<id:seq>/deletion/undo/ POST-HX   404/200+/404      404/200+/404    404/200+/404    404/403/404     404/403/404
messages/<id:seq>/taking-down/ GET         404/403/200       404/403/200     404             404/403/200     404/403/200
messages/<id:seq>/taking-down/ POST        404/403/>room+    404/403/>room+  404             404/403/>room+  404/403/>room+
messages/<id:seq>/taking-down/ POST-HX     404/403/200+      404/403/200+    404             404/403/200+    404/403/200+
messages/<id:seq>/putting-back/ GET        404/403/200       404/403/200     404             404/403/200     404/403/200
messages/<id:seq>/putting-back/ POST       404/403/>room     404/403/>room   404             404/403/>room   404/403/>room
messages/<id:seq>/putting-back/ POST-HX    404/403/200       404/403/200     404             404/403/200     404/403/200
held/<id:held_id>/away/       GET          404/>room/404     404/>room/404   404/>room/404   404/>room/404   404/>room/404
held/<id:held_id>/away/       POST         404/>room+/404    404/>room+/404  404/>room+/404  404/>room+/404  404/>room+/404
held/<id:held_id>/away/       POST-HX      404/204+/404      404/204+/404    404/204+/404    404/204+/404    404/204+/404
"""


def bodies(kind: str, people: dict[str, int], client_id: str) -> dict[str, dict[str, object]]:
    """What a form sends that is filled in rightly, by address."""
    sort = {"archived": "closed", "shut": "open"}.get(kind, kind)
    return {
        "settings/": {"name": "Renamed", "subject": "Elsewhere", "kind": sort},
        "archive/ reopen": {"reopen": ""},
        "invitations/": {"people": [people["newcomer"]]},
        "people/<id:person_id>/role/": {"role": "moderator"},
        "people/<id:person_id>/silence/": {"minutes": "60", "because": "too loud"},
        "messages/<id:seq>/taking-down/": {"because": "advertising"},
        "notify/": {"notify": "nothing"},
        "unread/": {"seq": 1},
        "messages/": {"body": "hello", "client_id": client_id},
        "messages/<id:seq>/text/": {"body": "hello instead"},
    }
