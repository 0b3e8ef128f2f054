"""The chart of the report, as an SVG of its own: two rows of bars, readable on white and on black."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from tests.load.goals import Figures

WIDTH, LABEL, BAR, GAP, HEAD = 760, 96, 22, 10, 54  # px
ROOM = WIDTH - LABEL - 120  # for the longest bar; what it says stands behind it
STYLE = """
  text { font: 14px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .bar { fill: #8c959f } .ours { fill: #1f883d }
  @media (prefers-color-scheme: dark) { text { fill: #f0f6fc } .bar { fill: #7d8590 } .ours { fill: #3fb950 } }
"""


class Panel(NamedTuple):
    title: str
    figure: str  # with {name} for that of a contestant
    unit: str
    digits: int = 0


PANELS = [
    Panel("CPU per delivery, 1,000 sockets in one room", "µs per delivery, {name}, 1000 sockets in one room", "µs"),
    Panel(
        "From a POST to the other socket, median, nothing else going on", "p50, ms, {name}, idle, 2 sockets", "ms", 1
    ),
]
NAMES = ["ours", "stock", "ws", "socket.io", "floor"]
LABELS = {"ours": "ChatPOC", "stock": "Channels", "ws": "Node ws", "socket.io": "socket.io", "floor": "bare ASGI"}


def svg(figures: Figures, panels: Sequence[Panel] = PANELS) -> str:
    parts, top = [], 0
    for panel in panels:
        drawn, height = bars(panel, figures, top)
        parts.append(drawn)
        top += height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" width="{WIDTH}" height="{top}" role="img">\n'
        f"<title>{escape('; '.join(told(panel, figures) for panel in panels))}</title>\n<style>{STYLE}</style>\n"
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def values(panel: Panel, figures: Figures) -> dict[str, float]:
    """Those that were measured."""
    found = {name: figures.get(panel.figure.format(name=name)) for name in NAMES}
    return {name: value for name, value in found.items() if value is not None}


def bars(panel: Panel, figures: Figures, top: int) -> tuple[str, int]:
    """The elements, and how high they are."""
    found = values(panel, figures)
    scale = ROOM / max([*found.values(), 1e-9])
    lines = [f'<text class="title" x="0" y="{top + 24}">{escape(panel.title)}</text>']
    for number, name in enumerate(NAMES):
        y = top + HEAD - 14 + number * (BAR + GAP)
        lines.append(f'<text x="0" y="{y + 16}">{LABELS[name]}</text>')
        value = found.get(name)
        if value is not None:
            long, kind = max(1, value * scale), "bar ours" if name == "ours" else "bar"
            lines.append(f'<rect class="{kind}" x="{LABEL}" y="{y}" width="{long:.1f}" height="{BAR}" rx="3"/>')
        says = "not measured" if value is None else f"{value:,.{panel.digits}f} {panel.unit}"
        lines.append(f'<text x="{LABEL + (0 if value is None else long) + 8:.1f}" y="{y + 16}">{says}</text>')
    return "\n".join(lines), HEAD + len(NAMES) * (BAR + GAP)


def told(panel: Panel, figures: Figures) -> str:
    """For those who do not see it."""
    found = values(panel, figures)
    said = ", ".join(f"{LABELS[name]} {value:,.{panel.digits}f} {panel.unit}" for name, value in found.items())
    return f"{panel.title}: {said or 'not measured'}"
