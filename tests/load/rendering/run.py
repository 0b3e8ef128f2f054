"""How long each hostile text of tests/chat/hostile.py takes to become HTML, beside a plain one of the same length."""

import os
import statistics
import time

import django

from tests.load.chapter import Chapter
from tests.load.sections import Section, rounded, spread

GOAL = 50  # ms for each
FULL, QUICK = 9, 1  # rounds
INTRODUCTION = """# What hostile text costs

CPU of one process, without the cache of formatted messages. Made by `make bench`.
"""
SENTENCE = "People write to each other, and most of it is as plain as this sentence is. "


def main(*, quick: bool) -> Chapter:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatpoc.settings")
    django.setup()
    return Chapter(INTRODUCTION, [measured(QUICK if quick else FULL)])


def measured(rounds: int) -> Section:
    from tests.chat.hostile import BAIT, PAYLOADS

    texts = BAIT | {"all payloads in one message": "\n\n".join(PAYLOADS)[:10_000]}
    times = {name: compared(body, rounds) for name, body in texts.items()}
    slowest = sorted(times, key=lambda name: -statistics.median(times[name][0]))
    most = statistics.median(times[slowest[0]][0])
    rows = [
        [
            name,
            f"{len(texts[name]):,}",
            spread(times[name][0], 1),
            spread(times[name][1], 1),
            f"{ratio(times[name]):.1f}",
        ]
        for name in slowest
    ]
    return Section(
        title=f"{len(texts)} texts of up to 10,000 characters",
        text="Hostile and plain take turns. The ratio is that of the medians. Those that"
        " hold more signs than anybody writes are shown as they were typed.",
        columns=["text", "characters", "ms", "ms for plain text", "times as long"],
        rows=rows,
        verdict=f"The slowest, “{slowest[0]}”, takes {most:.1f} ms (goal: each under {GOAL} ms).",
        reached=most < GOAL,
        figures={
            name: {"hostile": rounded(hostile), "plain": rounded(plain)} for name, (hostile, plain) in times.items()
        },
    )


Times = tuple[list[float], list[float]]  # of the hostile text, and of the plain one, in ms


def ratio(times: Times) -> float:
    return statistics.median(times[0]) / max(statistics.median(times[1]), 0.01)


def compared(body: str, rounds: int) -> Times:
    plain = (SENTENCE * (len(body) // len(SENTENCE) + 1))[: len(body)]
    milliseconds(body)  # what is made once: a lexer, a table
    both = [(milliseconds(body), milliseconds(plain)) for _ in range(rounds)]
    return [one for one, _ in both], [other for _, other in both]


def milliseconds(body: str) -> float:
    from chat.formatting import html_of

    start = time.process_time()
    html_of(body)
    return 1000 * (time.process_time() - start)
