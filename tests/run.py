"""What `make test` and `make check` do. A lane goes on after a failure, so that a run tells all; what failed is said last.

python -m tests.run          everything; what is not about the database (`once`) on one of the two
python -m tests.run twice    everything on both
python -m tests.run check    linters, types, missing migrations
python -m tests.run works    what computes, and then the journeys, in the environment as it is
python -m tests.run waits    what mostly waits, so that it may run beside that
python -m tests.run again    these tests, by their ids
python -m tests.run timed    what is promised within a second, to the letter: with nothing beside it
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.failures import failures_in
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
FEW = 5  # so many that failed may have been in each other's way; more of them are broken
SOME_FAILED = 1  # pytest's code: any other says that the run itself did not end as it should
IN_TURN = {  # what of pytest's marks, and where: to look through all tests takes ten seconds
    "works": (["not browser and not waits"], ["browser and not timed and not waits", *JOURNEYS]),
    "waits": (["waits and not browser"], ["browser and (timed or waits)", *JOURNEYS]),
}
FINE = {0, 5}  # pytest's codes; 5: nothing to run, since all of it is dealt to the run on the other database
Environment = dict[str, str]


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each of some hundred processes compiles all of it anew
    if "check" in arguments:
        check()
    elif arguments and arguments[0] == "again":
        again(arguments[1:])
    elif arguments and arguments[0] in IN_TURN:  # one process cannot hold Playwright's loop and those of other tests
        in_turn([pytest(*which, *arguments[1:]) for which in IN_TURN[arguments[0]]])
    else:
        install_programs()
        with postgres_server() as database, redis_server() as redis, redis_server() as another:
            production_like = EMBEDDED | {"DATABASE_URL": database, "REDIS_URL": redis.url}
            environments = {"SQLite, in-process layer": EMBEDDED, "PostgreSQL, Redis": production_like}
            waiting = {"DATABASE_URL": f"{database.rpartition('/')[0]}/waiting", "REDIS_URL": another.url}
            for_waiting = {
                "SQLite, in-process layer": EMBEDDED | {"DATABASE_URL": f"sqlite:///{ROOT}/var/waiting.sqlite3"},
                "PostgreSQL, Redis": EMBEDDED | waiting,
            }
            if "timed" in arguments:
                to_the_letter(environments)
            else:
                everything(environments, for_waiting, twice="twice" in arguments)
    say(f"All is well, after {time.monotonic() - started:.0f} s.")
    return 0


def everything(environments: dict[str, Environment], for_waiting: dict[str, Environment], *, twice: bool) -> None:
    """On each database one lane works, since more of them would be in each other's way; what mostly waits does so beside
    them, in databases of its own. A few that failed have a second try with nothing beside them, and are named."""
    with tempfile.TemporaryDirectory(prefix="chatpoc-claims-") as folder:
        dealt = [] if twice else ["-p", "tests.dealing", f"--claims={folder}"]
        environment = {f"Working, {title}": its for title, its in environments.items()}
        environment |= {f"Waiting, {title}": its for title, its in for_waiting.items()}
        notes = {title: Path(folder, f"failures-{number}") for number, title in enumerate(environment)}
        lanes: dict[str, tuple[list[str], Environment]] = {"Linters, types, migrations": (tests_run("check"), EMBEDDED)}
        for title, its in environment.items():
            noting = ["-p", "tests.failures", f"--failures={notes[title]}"]
            lanes[title] = tests_run("works" if title.startswith("Working") else "waits", *dealt, *noting), its
        codes = side_by_side(lanes)
        failures = {title: failures_in(file) for title, file in notes.items() if codes[title] == SOME_FAILED}
        if sum(map(len, failures.values())) <= FEW:
            for title in [title for title, ids in failures.items() if ids and passed_alone(ids, environment[title])]:
                say(f"Failed beside others, passed alone: {', '.join(failures[title])}")
                codes[title] = 0
        end_with(codes)


def passed_alone(ids: list[str], its: Environment) -> bool:
    say(f"Once more, alone: {', '.join(ids)}")
    return not subprocess.run(tests_run("again", *ids), cwd=ROOT, env=os.environ | its, check=False).returncode


def in_turn(commands: list[list[str]]) -> None:
    """Run all of them in the environment as it is; leave with SOME_FAILED if tests failed and nothing else is wrong."""
    codes = [subprocess.run(command, cwd=ROOT, check=False).returncode for command in commands]
    if failed := [(command, code) for command, code in zip(commands, codes, strict=True) if code not in FINE]:
        say(f"Failed: {'; '.join(' '.join(command) for command, _ in failed)}")
        sys.exit(SOME_FAILED if all(code == SOME_FAILED for _, code in failed) else 2)


def again(ids: list[str]) -> None:
    """These tests; one process cannot hold Playwright's loop and those of other tests."""
    journeys = [each for each in ids if each.startswith(tuple(JOURNEYS))]
    others = [each for each in ids if each not in journeys]
    in_turn([[sys.executable, "-m", "pytest", "-q", *some] for some in (others, journeys) if some])


def to_the_letter(environments: dict[str, Environment]) -> None:
    """One environment after the other."""
    for title, its in environments.items():
        end_with(side_by_side({f"Timed, {title}": (pytest("timed", "-s"), its | {"SECOND": "1"})}))


def pytest(marked: str, *more: str) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", "-m", marked, *more]


def tests_run(*what: str) -> list[str]:
    return [sys.executable, "-m", "tests.run", *what]


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


def side_by_side(lanes: dict[str, tuple[list[str], Environment]]) -> dict[str, int]:
    """Run these at once, since they share nothing; what each says comes in one piece, what failed at the end."""
    say(f"Running: {'; '.join(lanes)}")
    outputs = {title: tempfile.TemporaryFile() for title in lanes}  # noqa: SIM115  (they outlive this line)
    running = {
        title: subprocess.Popen(
            command, cwd=ROOT, env=os.environ | its, stdout=outputs[title], stderr=subprocess.STDOUT
        )
        for title, (command, its) in lanes.items()
    }
    codes = {title: program.wait() for title, program in running.items()}
    for title, output in sorted(outputs.items(), key=lambda lane: bool(codes[lane[0]])):
        say(title)
        output.seek(0)
        print(output.read().decode(), end="", flush=True)
        output.close()
    return codes


def end_with(codes: dict[str, int]) -> None:
    if failed := [title for title, code in codes.items() if code]:
        sys.exit(f"Failed: {'; '.join(failed)}")


def run(command: list[str]) -> None:
    program = shutil.which(command[0], path=os.path.dirname(sys.executable)) or command[0]  # noqa: PTH120
    done = subprocess.run([program, *command[1:]], cwd=ROOT, env=os.environ | EMBEDDED, check=False)
    if done.returncode:
        sys.exit(f"Failed: {' '.join(command)}")


def say(text: str) -> None:
    print(f"\n\033[1m— {text}\033[0m" if sys.stdout.isatty() else f"\n— {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
