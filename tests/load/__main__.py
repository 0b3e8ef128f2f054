"""What the chat costs the server, beside a peer or a floor in the same run: `make bench`, about 25 minutes.

python -m tests.load                 a delivery, beside stock Channels; status 1 when ours is not 3 times cheaper
python -m tests.load invalidation    what tag invalidation costs; status 1 when a goal is missed
python -m tests.load rendering       how long hostile text takes to become HTML; status 1 when a goal is missed
python -m tests.load typing          what a keystroke costs beside 400 messages; status 1 when a goal is missed
python -m tests.load presence        what 2,000 connected people cost, idle and in a storm; status 1 when a goal is missed
python -m tests.load history         what a room of 200,000 messages costs; status 1 when a goal is missed
python -m tests.load admin           what the admin's lists cost with 1,000,000 messages; status 1 when a goal is missed
python -m tests.load growth          what 10,000 members and 5,000 rooms cost; status 1 when a goal is missed
python -m tests.load seeding         how fast `manage.py seed` is, and how much memory it takes; status 1 when a goal is missed
… --quick                            a smoke test, about a minute

Each writes docs/benchmarks/<its name>.md (the first: delivery.md), and the same as .json; a smoke test writes nothing.
"""

import resource
import sys
import tempfile
from importlib import import_module

import django

from tests.load.environment import configure, publish, say
from tests.servers import redis_server

REPORTS = ("invalidation", "rendering", "typing", "presence", "history", "admin", "seeding", "growth")


def main(arguments: list[str]) -> int:
    allow_files()
    for name in REPORTS:
        if name in arguments:
            return int(import_module(f"tests.load.{name}.run").main(quick="--quick" in arguments))
    with redis_server() as redis, tempfile.TemporaryDirectory(prefix="chatpoc-load-") as folder:
        configure(redis=redis.url, database=f"sqlite:///{folder}/chat.sqlite3")
        django.setup()
        return compare(quick="--quick" in arguments)


def compare(*, quick: bool) -> int:
    # Only importable once Django knows its settings, which name the servers above.
    from tests.load.contestants import all_running
    from tests.load.measuring import Failed, Load, crowd_running, join, one_round
    from tests.load.report import Results, as_json, markdown, verdict
    from tests.load.room import make_room

    full = [Load(sockets=200, frames=50, per_second=10), Load(sockets=1000, frames=10, per_second=1.5)]
    brief = [Load(sockets=200, frames=20, per_second=10), Load(sockets=400, frames=6, per_second=3)]
    loads, rounds_each = (brief, 1) if quick else (full, 3)
    results: Results = []
    topic, sessions = make_room(people=loads[-1].sockets)
    try:
        with all_running(topic) as contestants, crowd_running() as crowd:
            for load in loads:
                say(f"Opening {load.sockets} sockets to each of {', '.join(one.name for one in contestants)}")
                for contestant in contestants:
                    join(crowd, contestant, sessions, load.sockets)
                rounds = []
                for number in range(1, rounds_each + 1):
                    rounds.append(one_round(crowd, contestants, load))
                    figures = ", ".join(f"{name} {sample.cpu:.0f}" for name, sample in rounds[-1].items())
                    say(f"Round {number} of {rounds_each}, µs of CPU per delivery: {figures}")
                results.append((load, rounds))
    except Failed as failure:
        say(str(failure))
        return 1
    publish("delivery", markdown=markdown(results), json=as_json(results), quick=quick)
    return 0 if verdict(results)[0] else 1


def allow_files() -> None:
    """Each socket is an open file; the limit is inherited by the servers and the browsers."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
