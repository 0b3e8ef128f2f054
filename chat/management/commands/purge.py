import argparse
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.db.models import QuerySet
from django.utils import timezone

from accounts.audit import record
from chat.models import Room
from chat.naming import room_named
from chat.purging import KINDS, Kind, Part, purge, what_goes
from chatpoc import commands
from chatpoc.commands import BadArguments, Progress, Refused

DAYS = {"d": 1, "w": 7, "y": 365}
LONGEST = 200 * 365  # days


def age(text: str) -> timedelta:
    """`90d`, `12w` or `2y`: a day at least, since what was deleted may be brought back for minutes."""
    match = re.fullmatch(r"(\d{1,5})([dwy])", text.strip().lower())
    if match and 1 <= (days := int(match[1]) * DAYS[match[2]]) <= LONGEST:
        return timedelta(days=days)
    raise argparse.ArgumentTypeError(f"“{text}” is no age: say 90d, 12w or 2y (days, weeks, years of 365 days)")


class Command(commands.Command):
    help = """Deletes for good what is older than an age. Without --yes it deletes nothing, and says what would go.

Of each room the messages from its beginning on go, until the first one that is younger; the room, its members and the
numbers of what is left stay as they are, and nobody has more unread than is left. Open pages show it within a second. Reports
keep what they quote. It runs beside the server, in small batches with pauses. Interrupted, it leaves rows that nobody is shown;
the next run takes them away. Each room leaves a line in the audit log. The database uses the space again; an SQLite file
becomes smaller by VACUUM only."""
    examples = """
  manage.py purge --older-than 90d                    what would go: a number for each room
  manage.py purge --older-than 90d --yes              delete it
  manage.py purge --older-than 2y --room Lobby --room 42 --yes
  manage.py purge --older-than 12w --kind direct --yes
  manage.py purge --older-than 30d --deleted --yes    only the texts of messages that were deleted 30 days ago
  manage.py purge --older-than 1y --messages --audit --sessions --reports --held --yes

  every night, from cron:
  17 3 * * *  cd /srv/chat && .venv/bin/python manage.py purge --older-than 1y --yes
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--older-than", type=age, required=True, metavar="AGE", help="90d, 12w or 2y; 1d at least")
        parser.add_argument("--yes", action="store_true", help="delete; without it, only count")
        parser.add_argument(
            "--room", action="append", default=[], metavar="ROOM", help="only this one, by number or name; repeatable"
        )
        parser.add_argument("--kind", choices=Room.Kind.values, help="only rooms of this kind")
        parser.add_argument("--messages", action="store_true", help="messages; also if nothing below is named")
        for kind in KINDS:
            parser.add_argument(f"--{kind.name}", action="store_true", help=kind.help)

    def run(self, **options: Any) -> None:
        before = timezone.now() - options["older_than"]
        kinds = [kind for kind in KINDS if options[kind.name]]
        rooms = chosen(options["room"], options["kind"])
        messages = options["messages"] or not kinds
        if rooms is not None and (elsewhere := [kind.name for kind in kinds if not kind.by_room]):
            raise BadArguments(f"--room and --kind choose among messages; --{elsewhere[0]} is of the whole chat.")
        doing = self.do if options["yes"] else self.tell
        self.stdout.write(f"Older than {before:%Y-%m-%d %H:%M} UTC:")
        if messages:
            doing(what_goes(Room.objects.all() if rooms is None else rooms, before), before)
        for kind in kinds:
            self.go_on_with(kind, before, rooms, delete=options["yes"])
        if not options["yes"]:
            self.stdout.write("Nothing was deleted. The same with --yes deletes it for good.")

    def tell(self, parts: Iterable[Part], _before: datetime) -> None:
        total = rooms = 0
        for part in parts:
            self.stdout.write(f"{part.count:>12,}  {name_of(part.room)}")
            total, rooms = total + part.count, rooms + 1
        self.stdout.write(f"{total:>12,}  messages in {rooms:,} rooms would go")

    def do(self, parts: Iterable[Part], before: datetime) -> None:
        total = rooms = 0
        try:
            for part in parts:
                progress = Progress(self.stderr, name_of(part.room), part.count)
                for gone in purge(part, before):
                    total += gone
                    progress(gone)
                progress.end()
                rooms += 1
                self.stdout.write(f"{part.count:>12,}  {name_of(part.room)}")
        except KeyboardInterrupt:
            raise Refused(
                f"Interrupted: {total:,} messages are deleted. Those of the room that it was at are out of sight; "
                "the same command again goes on."
            ) from None
        self.stdout.write(f"{total:>12,}  messages in {rooms:,} rooms are deleted")

    def go_on_with(self, kind: Kind, before: datetime, rooms: QuerySet[Room] | None, *, delete: bool) -> None:
        count = kind.old(before, rooms).count()
        if not delete:
            self.stdout.write(f"{count:>12,}  {kind.words} would go")
            return
        progress, total = Progress(self.stderr, kind.words, count), 0
        try:
            for gone in kind.purge(before, rooms):
                total += gone
                progress(gone)
        finally:  # also of what was done before somebody interrupted it
            if total:
                record("purged", by=None, thing=kind.words, details=f"{total} from before {before:%Y-%m-%d %H:%M} UTC")
        progress.end()
        self.stdout.write(f"{total:>12,}  {kind.words} are gone")


def chosen(names: list[str], kind: str | None) -> QuerySet[Room] | None:
    """None for all."""
    rooms = Room.objects.filter(pk__in=[room_named(name).pk for name in names]) if names else Room.objects.all()
    if not names and not kind:
        return None
    found: QuerySet[Room] = rooms.filter(kind=kind) if kind else rooms
    if names and not found.exists():
        raise BadArguments(f"None of these rooms is {kind}.")
    return found


def name_of(room: Room) -> str:
    return f"room {room.pk}, {room.name}" if room.name else f"room {room.pk}, direct"
