"""What `make test`, `make timed` and `make check` do.

python -m tests.run          everything; what is not about the database (`once`) on one of the two
python -m tests.run twice    everything on both
python -m tests.run check    linters, types, missing migrations
python -m tests.run timed    what is promised within a second, to the letter: with nothing beside it
"""

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.lanes import Environment, Step, run_all, say
from tests.servers import ROOT, postgres_program, postgres_server, redis_server, system_program

PROGRAMS = {  # what the tests need of the system, and Debian's package that brings it
    "redis-server": "redis-server",
    "postgres": "postgresql",
    "chromium-headless-shell": "chromium-headless-shell",
    "nginx": "nginx",
    "pgbouncer": "pgbouncer",
}
IN_ITS_PLACE = {
    "chromium-headless-shell": "chromium"
}  # the same browser with all that nobody looks at, at twice the cost
OURS = (
    "DATABASE_URL",
    "REPLICA_URL",
    "REDIS_URL",
    "CACHE_URL",
    "EMAIL_URL",
    "MODE",
    "DEBUG",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
)
EMBEDDED = dict.fromkeys(OURS, "")
JOURNEYS = ["tests/browser", "tests/production"]
WITHOUT_JOURNEYS = [f"--ignore={each}" for each in JOURNEYS]  # to look through all tests takes ten seconds


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each of some hundred processes compiles all of it anew
    if "check" in arguments:
        check()
    else:
        install_programs()
        with postgres_server() as database, ExitStack() as stack:
            environments, *for_waiting = [on_both(database, name, stack) for name in ("", "waiting", "journeys")]
            if "timed" in arguments:
                to_the_letter(environments)
            else:
                everything(environments, for_waiting, twice="twice" in arguments)
    say(f"All is well, after {time.monotonic() - started:.0f} s.")
    return 0


def on_both(database: str, name: str, stack: ExitStack) -> dict[str, Environment]:
    """Two environments that share nothing with those of another name."""
    redis = stack.enter_context(redis_server()).url
    on_sqlite = {"DATABASE_URL": f"sqlite:///{ROOT}/var/{name}.sqlite3"} if name else {}
    on_postgres = {"DATABASE_URL": f"{database.rpartition('/')[0]}/{name}" if name else database, "REDIS_URL": redis}
    return {"SQLite, in-process layer": EMBEDDED | on_sqlite, "PostgreSQL, Redis": EMBEDDED | on_postgres}


def everything(environments: dict[str, Environment], for_waiting: list[dict[str, Environment]], *, twice: bool) -> None:
    """On each database one lane works, since more of them would be in each other's way; what mostly waits does so beside
    them, in databases of its own. PostgreSQL has more to wait for, with a browser and without: a lane has either."""
    with tempfile.TemporaryDirectory(prefix="chatpoc-claims-") as folder:
        dealt = [] if twice else ["-p", "tests.dealing", f"--claims={folder}"]

        def beside_others(marked: str, *where: str, its: Environment) -> Step:
            """What needs its time, and has a second try."""
            cache = Path(folder, f"cache-{next(number)}")
            return Step(pytest(marked, *where, *dealt, "-o", f"cache_dir={cache}"), its, cache)

        number = itertools.count()
        lanes = {"Linters, types, migrations": [Step([sys.executable, "-m", "tests.run", "check"], EMBEDDED)]}
        for title, its in environments.items():  # one process cannot hold Playwright's loop and those of other tests
            lanes[f"Working, {title}"] = [
                Step(pytest("not browser and not waits", *WITHOUT_JOURNEYS, *dealt), its),
                beside_others("browser and not timed and not waits", *JOURNEYS, its=its),
            ]
        waits, journeys = for_waiting
        for (title, its), others in zip(waits.items(), reversed(journeys.values()), strict=True):
            lanes[f"Waiting, {title}; and then the other's journeys"] = [
                beside_others("waits and not browser", *WITHOUT_JOURNEYS, its=its),
                beside_others("browser and (timed or waits)", *JOURNEYS, its=others),
            ]
        run_all(lanes)


def to_the_letter(environments: dict[str, Environment]) -> None:
    """One environment after the other."""
    for title, its in environments.items():
        run_all({f"Timed, {title}": [Step(pytest("timed", "-s"), its | {"SECOND": "1"})]})


def pytest(marked: str, *more: str) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", "-m", marked, *more]


def check() -> None:
    say("Linters, types, migrations")
    run(["ruff", "check", "."])
    run(["ruff", "format", "--check", "-q", "."])
    run(["mypy", "."])
    run([sys.executable, "manage.py", "makemigrations", "--check", "--dry-run", "-v0"])


def install_programs() -> None:
    """Install what is missing, where that is allowed; else say by name what to install."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if missing() and shutil.which("apt-get") and may_install(sudo):
        say(f"Installing {', '.join(missing())}")
        apt(sudo, "update")
        for package in missing():
            if not apt(sudo, "install", "-y", package) and package in IN_ITS_PLACE:
                apt(sudo, "install", "-y", IN_ITS_PLACE[package])
    if lacking := [package for package in missing() if not find(IN_ITS_PLACE.get(package, ""))]:
        sys.exit(f"The tests need these programs; please install them: {', '.join(lacking)}")


def missing() -> list[str]:
    return [package for program, package in PROGRAMS.items() if not find(program)]


def apt(sudo: list[str], *arguments: str) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = [*sudo, "apt-get", "-q", *arguments]
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=environment).returncode == 0


def may_install(sudo: list[str]) -> bool:
    """As root, or where sudo asks for no password."""
    return not sudo or (bool(shutil.which("sudo")) and subprocess.run([*sudo, "true"], check=False).returncode == 0)


def find(program: str) -> str | None:
    return postgres_program(program) if program == "postgres" else system_program(program)


def run(command: list[str]) -> None:
    program = shutil.which(command[0], path=os.path.dirname(sys.executable)) or command[0]  # noqa: PTH120
    done = subprocess.run([program, *command[1:]], cwd=ROOT, env=os.environ | EMBEDDED, check=False)
    if done.returncode:
        sys.exit(f"Failed: {' '.join(command)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
