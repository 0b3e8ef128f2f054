import sys
from argparse import RawDescriptionHelpFormatter
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from django.db import DatabaseError, IntegrityError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from accounts.audit import record
from chat import demo
from chat.models import Room
from chat.seeding.plan import BadPlan, Plan
from chat.seeding.progress import Progress
from chat.seeding.sowing import Sowing, Stopped
from chat.seeding.stock import LOCALES
from chat.seeding.stopping import Stop
from chatpoc.database import trouble
from chatpoc.env import PRODUCTION

DEFAULTS: dict[str, Any] = {"people": 50, "rooms": 12, "messages": 10_000, "days": 90, "locale": "en", "random_seed": 1}
EXAMPLES = """
without any option
  The demo people, rooms and history, if nobody is there yet; `make run` does that by itself.

with any of the first six options
  A chat that looks used. The others have the values said above. People, rooms, and what is said when by whom follow from the
  options, so the same command makes the same chat elsewhere; done again, it adds nothing. What was stopped goes on where it
  stopped. With more --messages the rest is said after what is there, up to now. With another number of people, rooms or
  days, other languages or another random seed, it is another chat beside the first.

examples
  manage.py seed --people 20                                a small one, in English
  manage.py seed --people 300 --rooms 40 --messages 200000 --locale all
                                                            a large one in seven languages
  manage.py seed --locale pl,de --days 365 --random-seed 7  a year, in two languages
  manage.py seed --messages 5000 --until 2026-03-01T12:00   the same to the second, for tests
  manage.py seed --messages 1000000 --dry-run               what that would make

while the chat runs
  It may. Each 5,000 messages are one transaction, after what others wrote in the meantime, and open pages follow. Ctrl-C ends
  after the transaction under way; pressed twice, it rolls that one back. Nothing is ever half written.

who they are
  Their emails end in @seeded.example, which no mail reaches. All have the password “demo”; in production they have none, and
  nobody can sign in as them.

in production
  Refused, unless it is told twice: by --in-production, and by the name of the site, after --yes-really or typed when asked.

exit status
  0 done, or nothing to do; 1 refused, or the options do not fit; 2 the options cannot be read; 130 stopped by Ctrl-C (143: by
  SIGTERM).
"""


class Examples(RawDescriptionHelpFormatter, DjangoHelpFormatter):
    """The epilog keeps its lines."""


class Command(BaseCommand):
    help = "Makes people, rooms and conversations that look real; without options the demo, if nobody is there yet."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, epilog=EXAMPLES, formatter_class=Examples, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        def number(name: str, what: str) -> None:
            default = DEFAULTS[name.replace("-", "_")]
            parser.add_argument(f"--{name}", type=int, metavar="N", help=f"{what} ({default:,})")

        number("people", "how many people")
        number("rooms", "how many rooms, beside conversations of two")
        number("messages", "how many messages, in rooms and between two")
        number("days", "over how many days they are spread, up to now")
        parser.add_argument(
            "--locale", help=f"languages: {', '.join(LOCALES)}, several with commas between, or all (en)"
        )
        number("random-seed", "another number makes another chat")
        parser.add_argument("--until", metavar="TIME", help="when the last word was said, as 2026-03-01T12:00 (now)")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be made")
        parser.add_argument("--in-production", action="store_true", help="do it although this is production")
        parser.add_argument("--yes-really", metavar="SITE", help="in production: the first of ALLOWED_HOSTS")

    def handle(self, *args: Any, **options: Any) -> None:
        if all(options[name] is None for name in DEFAULTS) and not options["dry_run"] and options["until"] is None:
            self.make_demo(options["verbosity"])
            return
        try:
            sowing = Sowing.of(*asked_for(options))
            if options["dry_run"]:
                self.stdout.write(outline(sowing))
                return
            self.insist(in_production=options["in_production"], site=options["yes_really"])
            self.sow(sowing)
        except BadPlan as error:
            raise CommandError(str(error)) from None

    def make_demo(self, verbosity: int) -> None:
        if PRODUCTION:
            raise CommandError(
                "The demo people have a password that everyone knows, so they are not made in production."
            )
        if demo.seed():
            self.stdout.write(f"Made {len(demo.PEOPLE)} demo people and their conversations.")
        elif verbosity > 1:
            self.stdout.write("There are people already; nothing was changed.")

    def insist(self, *, in_production: bool, site: str | None) -> None:
        if not PRODUCTION:
            return
        name = settings.ALLOWED_HOSTS[0]
        twice = f"add --in-production --yes-really {name}"
        if not in_production:
            raise CommandError(f"This is production, where invented people confuse real ones. If you mean it, {twice}")
        if site is None and sys.stdin.isatty():
            site = input(f"Invented people will appear beside the real ones. Type {name} to go on: ").strip()
        if site != name:
            raise CommandError(f"Nothing was made: {site or 'no name'} is not this site. If you mean it, {twice}")

    def sow(self, sowing: Sowing) -> None:
        progress = Progress(self.write_on, terminal=self.stdout.isatty())
        with Stop() as stop:
            try:
                sowing.sow("" if PRODUCTION else demo.PASSWORD, progress, stop.asked)
            except (Stopped, KeyboardInterrupt):
                note(sowing)
                raise CommandError(f"Stopped. {so_far(sowing)}", returncode=stop.status) from None
            except IntegrityError as error:
                raise CommandError(
                    "What is there is not what an earlier run made: people, rooms or messages of it were deleted since."
                    f" Choose another --random-seed. ({str(error).partition(chr(10))[0]})"
                ) from error
            except DatabaseError as error:
                if why := trouble(error):
                    raise CommandError(f"The database is out of reach ({why}). {so_far(sowing)}") from error
                raise
            finally:
                progress.end()
        note(sowing)
        self.say_what_was_made(sowing)

    def write_on(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()

    def say_what_was_made(self, sowing: Sowing) -> None:
        if not any(sowing.made.values()):
            self.stdout.write("All of it is there already; nothing was added.")
            return
        self.stdout.write(f"Made {in_words(sowing.made)}.")
        if not PRODUCTION:
            somebody = sowing.people[sowing.rooms[0].members[0] if sowing.rooms else 0]
            self.stdout.write(f"Sign in as {somebody.email}, for one; the password of all is “{demo.PASSWORD}”.")


def asked_for(options: dict[str, Any]) -> tuple[Plan, datetime | None]:
    """Raises BadPlan, also for a moment that cannot be read."""
    values = {name: default if options[name] is None else options[name] for name, default in DEFAULTS.items()}
    now = timezone.now().replace(second=0, microsecond=0)
    until = moment(options["until"]) if options["until"] is not None else None
    if until and until > timezone.now():
        raise BadPlan(f"--until {options['until']} is yet to come, and nobody has said anything then.")
    return Plan(
        people=values["people"], rooms=values["rooms"], messages=values["messages"], days=values["days"],
        locales=locales(values["locale"]), random_seed=values["random_seed"], until=until or now,
    ), until  # fmt: skip


def locales(text: str) -> tuple[str, ...]:
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    return LOCALES if names == ["all"] else tuple(dict.fromkeys(names))


def moment(text: str) -> datetime:
    try:
        found = parse_datetime(text)
        if not found and (day := parse_date(text)):
            found = datetime(day.year, day.month, day.day)  # noqa: DTZ001  (it gets its zone below)
    except ValueError:
        found = None
    if not found:
        raise BadPlan(f"--until {text} is no moment. Write it as 2026-03-01T12:00.")
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def note(sowing: Sowing) -> None:
    """In the log of what was done to people and rooms."""
    if any(sowing.made.values()):
        record("seeded", by=None, details=in_words(sowing.made))


def so_far(sowing: Sowing) -> str:
    return f"Made {in_words(sowing.made)}; nothing is half written. The same command goes on from here."


def in_words(made: dict[str, int]) -> str:
    people = count(made["people"], "person", "people")
    return f"{people}, {count(made['rooms'], 'conversation')} and {count(made['messages'], 'message')}"


def count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def outline(sowing: Sowing) -> str:
    """What would be made, for --dry-run."""
    plan, there = sowing.plan, sowing.there()
    named = [room for room in sowing.rooms if room.kind != Room.Kind.DIRECT]
    pairs = len(sowing.rooms) - len(named)
    lines = [
        f"{count(len(sowing.people), 'person', 'people')} in {', '.join(plan.locales)}; {there['people']:,} of them are there.",
        f"{count(len(named), 'room')}, {count(pairs, 'conversation')} of two; {there['rooms']:,} of them are there.",
        f"{count(plan.messages, 'message')} from {plan.begin:%Y-%m-%d %H:%M} to {plan.until:%Y-%m-%d %H:%M} UTC.",
        "",
        f"{'messages':>11} {'people':>7}  room",
    ]
    for room, share in sorted(zip(sowing.rooms, sowing.counts, strict=True), key=lambda pair: -pair[1])[:10]:
        name = room.name or " and ".join(sowing.people[number].name for number in room.members)
        lines.append(f"{share:>11,} {len(room.members):>7,}  {name} ({room.kind}, {room.locale})")
    return "\n".join([*lines, "", "Nothing was written: this was a dry run."])
