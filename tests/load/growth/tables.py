"""The figures as sections of the report."""

from tests.load.environment import say
from tests.load.growth.asking import Samples, measured, of_people, of_rooms
from tests.load.growth.fill import make_world
from tests.load.sections import Section, rounded, spread

GOAL = 1.5  # times as long in the largest as in the one before
LEAST = 1.0  # ms of difference that count


def sections(members: tuple[int, ...], counts: tuple[int, ...], rounds: int, database: int) -> list[Section]:
    world = make_world(members, counts)
    say("Asking about the rooms")
    rooms = measured(of_rooms(world), rounds, database)
    say("Asking about the people")
    people = measured(of_people(world), rounds, database)
    return [
        table(f"A room of {members[-1]:,} members", "members", rooms),
        table(f"A person in {counts[-1]:,} rooms, of which the sidebar shows 300", "rooms", people),
    ]


def table(title: str, what: str, found: dict[str, dict[int, Samples]]) -> Section:
    sizes = list(next(iter(found.values())))
    grown = [name for name, by_size in found.items() if grows(*list(by_size.values())[-2:])]
    [samples, *_] = next(iter(found.values())).values()
    return Section(
        title=title,
        text=f"Statements, and ms of CPU: median, and the middle half of {len(samples.ms)}.",
        columns=["", *(f"{size:,} {what}" for size in sizes), "ratio of the last two"],
        rows=[[name, *map(shown, by_size.values()), f"{ratio(by_size):.2f}"] for name, by_size in found.items()],
        verdict=verdict(grown),
        reached=not grown,
        figures={
            name: {str(size): {"statements": it.statements, "ms": rounded(it.ms)} for size, it in by_size.items()}
            for name, by_size in found.items()
        },
    )


def grows(less: Samples, more: Samples) -> bool:
    return more.statements > less.statements or (more.median > less.median * GOAL and more.median - less.median > LEAST)


def ratio(by_size: dict[int, Samples]) -> float:
    *_, less, more = by_size.values()
    return more.median / less.median


def shown(samples: Samples) -> str:
    return f"{samples.statements}: {spread(samples.ms, 1)}"


def verdict(grown: list[str]) -> str:
    goal = f"no more statements, and at most {GOAL} times as long, or {LEAST:g} ms more"
    return f"**Missed:** {', '.join(grown)} (goal: {goal})." if grown else f"**Reached:** {goal}."
