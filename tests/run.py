"""What `make test` and `make check` do, in order; the first failure ends it.

python -m tests.run          everything; what is not about the database (`once`) on one of the two
python -m tests.run twice    everything on both
python -m tests.run check    linters, types, missing migrations
python -m tests.run waits    what mostly waits, in the environment as it is
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time

from tests.servers import ROOT, postgres_program, postgres_server, redis_server

PROGRAMS = {  # what the tests need of the system, and Debian's package that brings it
    "redis-server": "redis-server",
    "postgres": "postgresql",
    "chromium": "chromium",
}
EMBEDDED = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MODE", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS"), "")
CHECK = [sys.executable, "-m", "tests.run", "check"]
WAITS = [sys.executable, "-m", "tests.run", "waits"]
Environment = dict[str, str]


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    if "check" in arguments:
        check()
    elif "waits" in arguments:  # one process cannot hold Playwright's loop and those of other tests
        for kind in ("not browser", "browser"):
            run(pytest(f"waits and {kind}"), dict(os.environ))
    else:
        install_programs()
        with postgres_server() as database, redis_server() as redis, redis_server() as another:
            production_like = EMBEDDED | {"DATABASE_URL": database, "REDIS_URL": redis.url}
            waiting = {"DATABASE_URL": f"{database.rpartition('/')[0]}/waiting", "REDIS_URL": another.url}
            everything(
                {"SQLite, in-process layer": EMBEDDED, "PostgreSQL, Redis": production_like},
                {
                    "SQLite, in-process layer": EMBEDDED | {"DATABASE_URL": f"sqlite:///{ROOT}/var/waiting.sqlite3"},
                    "PostgreSQL, Redis": EMBEDDED | waiting,
                },
                twice="twice" in arguments,
            )
    say(f"All is well, after {time.monotonic() - started:.0f} s.")
    return 0


def everything(environments: dict[str, Environment], for_waiting: dict[str, Environment], *, twice: bool) -> None:
    """What mostly waits runs beside what computes, in databases of its own; what is timed runs alone."""

    def on_each(marked: str) -> dict[str, tuple[list[str], Environment]]:
        shares = ["1/1" if twice else f"{turn}/{len(environments)}" for turn in range(1, len(environments) + 1)]
        return {
            title: (pytest(marked, f"--share={share}"), its)
            for (title, its), share in zip(environments.items(), shares, strict=True)
        }

    lanes: dict[str, tuple[list[str], Environment]] = {"Linters, types, migrations": (CHECK, EMBEDDED)}
    lanes |= on_each("not browser and not waits")
    lanes |= {f"Waiting, {title}": (WAITS, its) for title, its in for_waiting.items()}
    side_by_side(lanes)
    side_by_side({f"Chromium, {title}": lane for title, lane in on_each("browser and not timed and not waits").items()})
    for title, lane in on_each("timed").items():
        side_by_side({f"Timed in Chromium, {title}": lane})


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
    missing = [package for program, package in PROGRAMS.items() if not find(program)]
    if not missing:
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and may_install(sudo):
        say(f"Installing {', '.join(missing)}")
        quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run([*sudo, "apt-get", "update", "-q"], check=True, **quiet)  # type: ignore[call-overload]
        subprocess.run([*sudo, "apt-get", "install", "-y", "-q", *missing], check=True, **quiet)  # type: ignore[call-overload]
        missing = [package for program, package in PROGRAMS.items() if not find(program)]
    if missing:
        sys.exit(f"The tests need these programs; please install them: {', '.join(missing)}")


def may_install(sudo: list[str]) -> bool:
    """As root, or where sudo asks for no password."""
    return not sudo or (bool(shutil.which("sudo")) and subprocess.run([*sudo, "true"], check=False).returncode == 0)


def find(program: str) -> str | None:
    return postgres_program(program) if program == "postgres" else shutil.which(program)


def side_by_side(lanes: dict[str, tuple[list[str], Environment]]) -> None:
    """Run these at once, since they share nothing; what each says comes in one piece."""
    say(f"Running: {'; '.join(lanes)}")
    outputs = {title: tempfile.TemporaryFile() for title in lanes}  # noqa: SIM115  (they outlive this line)
    running = {
        title: subprocess.Popen(
            command, cwd=ROOT, env=os.environ | its, stdout=outputs[title], stderr=subprocess.STDOUT
        )
        for title, (command, its) in lanes.items()
    }
    codes = {title: program.wait() for title, program in running.items()}
    for title, output in outputs.items():
        say(title)
        output.seek(0)
        print(output.read().decode(), end="", flush=True)
        output.close()
    if failed := [title for title, code in codes.items() if code]:
        sys.exit(f"Failed: {'; '.join(failed)}")


def run(command: list[str], environment: dict[str, str] | None = None) -> None:
    program = shutil.which(command[0], path=os.path.dirname(sys.executable)) or command[0]  # noqa: PTH120
    done = subprocess.run([program, *command[1:]], cwd=ROOT, env=os.environ | (environment or EMBEDDED), check=False)
    if done.returncode:
        sys.exit(f"Failed: {' '.join(command)}")


def say(text: str) -> None:
    print(f"\n\033[1m— {text}\033[0m" if sys.stdout.isatty() else f"\n— {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
