"""python -m tests.load.admin.fill 1000000: a database with so many messages, made at once. Prints the sessions of who looks at
them, as JSON. What is shown on a page is the same in any: a newer one of the same chat."""

import json
import sys
from typing import Any

import django

PEOPLE, ROOMS, AUTHORS = 300, 4, 5  # one of the rooms is direct

FIELDS = (
    "room_id, seq, version, author_id, client_id, body, created_at, edited_at, deleted_at, deleted_by_id, deleted_because,"
    " event, about_id, until"
)
# One in ten each is edited, deleted by a moderator, by its author, a line, or about tulips: also of a thousand there are enough
# to fill a page.
BODY = (
    "'number ' || n || CASE WHEN (n / 11) % 10 = 0 THEN ' tulips ' ELSE ' ' END || substr('{filler}', 1, 40 + n % 120)"
).format(filler="what one says of a day, of the weather and of the beans " * 3)
ROW = """
    SELECT {room} + n % {rooms}, (n - 1) / {rooms} + 1, (n - 1) / {rooms} + 1, {author} + (n / {rooms}) % {authors}, {uuid},
      {body}, {at}, CASE WHEN (n / 3) % 10 = 0 THEN {at} END, CASE WHEN (n / 7) % 10 IN (0, 1) THEN {at} END,
      CASE WHEN (n / 7) % 10 = 0 THEN {author} END, '', CASE WHEN (n / 7) % 10 = 2 THEN 'silenced' ELSE '' END,
      CASE WHEN (n / 7) % 10 = 2 THEN {author} + 1 END, NULL
"""
NUMBERS = {
    "postgresql": "FROM generate_series(1, {count}) n",
    "sqlite": "FROM (WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) SELECT n FROM s)",
}
UUID = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}
AT = {  # one every half a minute
    "postgresql": "now() - ({count} - n) * interval '30 seconds'",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || (({count} - n) * 30) || ' seconds')",
}


def main(count: int) -> dict[str, str]:
    from django.core.management import call_command
    from django.db import connection

    from chat.models import Room
    from tests.load.logins import session_of

    call_command("migrate", verbosity=0, interactive=False)
    people, rooms = make_people_and_rooms()
    say_all(count, people[0].pk, rooms[0].pk)
    Room.objects.update(last_seq=count // ROOMS, version=count // ROOMS)
    if connection.vendor == "postgresql":  # as it does by itself, in time
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return {"moderator": session_of(people[-1]), "root": session_of(people[-2])}


def make_people_and_rooms() -> Any:
    from django.contrib.auth.models import Permission

    from accounts.models import User
    from chat.models import Membership, Room

    people = User.objects.bulk_create(
        User(email=f"person{n}@example.com", handle=f"person{n}", name=f"Person {n}", password="!")
        for n in range(PEOPLE)
    )
    *_others, root, moderator = people
    User.objects.filter(pk__in=[root.pk, moderator.pk]).update(is_staff=True)
    User.objects.filter(pk=root.pk).update(is_superuser=True)
    may = Permission.objects.filter(codename__in=["view_message", "delete_message", "view_room", "view_membership"])
    moderator.user_permissions.set(may)
    rooms = Room.objects.bulk_create(
        Room(kind="direct", direct_low=people[n], direct_high=people[n + 1])
        if n == 3
        else Room(kind="open", name=f"Room {n}")
        for n in range(ROOMS)
    )
    Membership.objects.bulk_create(Membership(room=room, user=user) for user in people for room in rooms if room.name)
    return people, rooms


def say_all(count: int, author: int, room: int) -> None:
    from django.db import connection

    vendor = connection.vendor
    at = AT[vendor].format(count=count)
    row = ROW.format(author=author, authors=AUTHORS, room=room, rooms=ROOMS, uuid=UUID[vendor], body=BODY, at=at)
    with connection.cursor() as cursor:
        sql = f"INSERT INTO chat_message ({FIELDS}) {row} {NUMBERS[vendor].format(count=count)}"
        cursor.execute(sql.replace("%", "%%"), [])


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(int(sys.argv[1]))))
