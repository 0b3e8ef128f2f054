"""What people say to each other: somebody begins, others answer, some throw something in."""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from chat.seeding.stock import Stock, Turn, code_blocks

Draw = Callable[[], float]  # from 0 to 1

LINKS = [
    "https://example.org/notes/", "https://example.org/board/", "https://docs.example.com/guide#step-",
    "https://example.com/tickets/", "https://wiki.example.net/page/",
]  # fmt: skip
EMOJI = ["🙂", "😄", "👍", "🙏", "😅", "🎉", "❤️", "👀", "🤔", "🔥", "✨", "☕"]
ONLY_EMOJI = ["👍", "🎉", "😂", "❤️", "🙏", "👏", "🙌", "😍", "👀", "💯", "🚀", "😅😅", "🎉🎉🎉"]
BRIEF, CHOPPED, CHEERFUL = 1, 2, 3  # how some people write
STYLES = [0, 0, 0, 0, BRIEF, BRIEF, CHOPPED, CHEERFUL]
QUOTED = 120  # characters of a quote


class Cast:
    """Who talks in a room, by place among its members; few of them say most."""

    def __init__(self, names: Sequence[str], weights: Sequence[float], styles: Sequence[int]) -> None:
        self.names, self.styles = names, styles
        self._upto = list(accumulate(weights))
        self._all = self._upto[-1]

    def pick(self, draw: Draw) -> int:
        return min(bisect_right(self._upto, draw() * self._all), len(self._upto) - 1)

    def three(self, draw: Draw) -> tuple[int, int, int]:
        """Who begins, who answers, who joins them: different people, as far as there are any."""
        first = self.pick(draw)
        second = self._other_than(draw, first, first)
        third = self._other_than(draw, first, second) if len(self.names) > 2 else second
        return first, second, third

    def _other_than(self, draw: Draw, one: int, other: int) -> int:
        for _ in range(4):
            if (found := self.pick(draw)) not in (one, other):
                return found
        count = len(self.names)
        return next((at for at in ((one + step) % count for step in range(1, count)) if at != other), one)


@dataclass
class Conversation:
    authors: list[int]  # by place among the members
    bodies: list[str]
    pauses: list[float]  # seconds before each

    def say(self, author: int, body: str, style: int, draw: Draw) -> None:
        if style and "\n" not in body:
            if style == CHOPPED and ". " in body:
                for part in body.split(". "):
                    self._add(author, part, draw)
                return
            if style == BRIEF:
                body = body[:1].lower() + body[1:].rstrip(".。")
            elif style == CHEERFUL and draw() < 0.5:
                body = f"{body} {EMOJI[int(draw() * len(EMOJI))]}"
        self._add(author, body, draw)

    def _add(self, author: int, body: str, draw: Draw) -> None:
        typing = 2 + len(body) / 7
        if not self.authors or self.authors[-1] != author:
            typing += 3 - 28 * math.log(1 - draw())
            if draw() < 0.05:
                typing *= 15  # somebody was away for a while
        self.authors.append(author)
        self.bodies.append(body)
        self.pauses.append(typing)


def conversation(stock: Stock, tone: str, cast: Cast, draw: Draw) -> Conversation:
    """`tone` is that of the room: "work" or "home"."""
    said = Conversation([], [], [])
    roles = cast.three(draw)
    words = {kind: options[int(draw() * len(options))] for kind, options in stock.words.items()}
    words["a"], words["b"], words["c"] = (cast.names[role] for role in roles)
    threads, way = stock.talk[tone], draw()
    for turn in threads[int(draw() * len(threads))]:
        if turn.optional and draw() < 0.45:
            continue
        author = roles[turn.role]
        said.say(author, _one_of(turn, words, way if turn.together else draw()), cast.styles[author], draw)
    _go_on(said, stock, tone, roles, draw)
    while draw() < 0.38:
        author = cast.pick(draw)
        options = ONLY_EMOJI if draw() < 0.4 else stock.asides
        said.say(author, options[int(draw() * len(options))], cast.styles[author], draw)
    return said


def _one_of(turn: Turn, words: dict[str, str], place: float) -> str:
    text = turn.variants[int(place * len(turn.variants))]
    return text.format_map(words) if "{" in text else text


def _go_on(said: Conversation, stock: Stock, tone: str, roles: tuple[int, int, int], draw: Draw) -> None:
    """Now and then with code, a link, a list, or a quote."""
    kind = draw()
    if kind > 0.3:
        return
    opener, answerer, third = roles
    if kind < 0.05:
        if tone == "work":
            blocks = code_blocks()
            said.say(opener, f"{_any(stock.code, draw)}\n{blocks[int(draw() * len(blocks))]}", 0, draw)
    elif kind < 0.13:
        link = f"{LINKS[int(draw() * len(LINKS))]}{int(draw() * 900) + 7}"
        said.say(answerer, _any(stock.links, draw).replace("{link}", link), 0, draw)
    elif kind < 0.18:
        first = int(draw() * len(stock.steps))
        steps = [stock.steps[(first + step * 5) % len(stock.steps)] for step in range(2 + int(draw() * 3))]
        marks = [f"{number}." for number in range(1, 6)] if draw() < 0.5 else ["-"] * 5
        lines = "\n".join(f"{mark} {step}" for mark, step in zip(marks, steps, strict=False))
        said.say(opener, f"{_any(stock.lists, draw)}\n\n{lines}", 0, draw)
    else:
        begun = said.bodies[0].partition("\n")[0][:QUOTED]
        said.say(third, f"> {begun}\n\n{_any(stock.quoting, draw)}", 0, draw)


def _any(options: Sequence[str], draw: Draw) -> str:
    return options[int(draw() * len(options))]
