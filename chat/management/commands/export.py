import tomllib
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from accounts.naming import person_named
from chat.exporting import archive, export_person, export_room
from chat.exporting.archive import FORMAT
from chat.models import Room
from chat.naming import room_named
from chatpoc import commands
from chatpoc.commands import Progress
from chatpoc.env import BASE


def version() -> str:
    project = tomllib.loads((BASE / "pyproject.toml").read_text())["project"]
    return f"ChatPOC {project['version']}"


class Command(commands.Command):
    help = """Writes a room, or all that is somebody's own, as JSON lines and files.

A room: itself, its members with their roles, its messages and lines with author, times and edits, the people in it, their
pictures. The text of what is deleted is left out. A person: account, emails, settings, sessions, memberships with read marks,
what they said in every room (also what is deleted and still kept), blocks, complaints, decisions about them; never what others
said, passwords or keys. Each line is a JSON object with a "type"; manifest.json says what it is, when it was made, and the
SHA-256 of every file. It is read while the chat runs, in constant memory, and has its name only when it is complete. The audit
log notes it."""
    examples = """
  manage.py export --room Lobby --to lobby                 a new folder
  manage.py export --room 42 --to /backup/room-42.zip      a zip file
  manage.py export --person alice --to alice.zip --force   replace the one that is there
  manage.py export --person alice@example.com --to -       one stream of lines; the manifest is the last
  manage.py export --room 42 --to - | gzip > room-42.jsonl.gz
"""

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--room", metavar="ROOM", help="its number, or its name")
        what.add_argument("--person", metavar="PERSON", help="a handle, an email, or a person's number")
        parser.add_argument(
            "--to", required=True, metavar="PLACE", help="a new folder, a file.zip, or - (standard output)"
        )
        parser.add_argument("--force", action="store_true", help="replace an export that is there already")

    def run(self, **options: Any) -> None:
        to: str = options["to"]
        what = room_named(options["room"]) if options["room"] else person_named(options["person"])
        with archive(to, self.stdout, force=options["force"]) as out:
            place = "standard output" if to == "-" else "a zip file" if to.endswith(".zip") else "a folder"
            if isinstance(what, Room):
                record(
                    "exported", by=None, room=what.pk, details=f"to {place}"
                )  # first: what left unnoted would be worse
            else:
                record("exported", by=None, person=what, details=f"to {place}")
            out.progress = progress = Progress(self.stderr, "lines", what.last_seq if isinstance(what, Room) else None)
            manifest = {
                "format": "chatpoc-export",
                "format_version": FORMAT,
                "made_by": version(),
                "made_at": timezone.now(),
            }
            self.write(out, what, manifest)
            progress.end()
        if to != "-":
            self.stdout.write(f"{to}: {out.counts['message']:,} messages, {out.counts['file']:,} files.")

    def write(self, out: Any, what: Room | User, manifest: dict[str, Any]) -> None:
        if isinstance(what, Room):
            export_room(out, what, manifest)
        else:
            export_person(out, what, manifest)
