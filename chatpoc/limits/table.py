"""How much of each kind one person, and all behind one address, may do. LIMITS changes it from the environment."""

import re
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured

UNITS = {"s": 1, "m": 60, "h": 3600}


class Rate(NamedTuple):
    """`amount` at once, and as many again in each `period`, in seconds, one after the other. Without a period: at a time."""

    amount: int
    period: int


class Limit(NamedTuple):
    person: Rate
    address: Rate  # there may be a school behind it, or a whole company: many at once, each as fast as people are


# Generous: who meets one of these is a program, or a finger that lies on a key. What a person does fast is in tests/limits.
DEFAULTS = {
    "read": "600/15s 6000/15s",  # pages, fragments, history: ten tabs restored at once; a busy hour in all of them
    "search": "60/12s 1200/12s",  # a letter each 200 ms, all day
    "picture": "900/30s 9000/30s",  # a page of faces, which the browser then keeps
    "send": "30/15s 900/15s",
    "write": "60/30s 1200/30s",  # whatever else is posted: edits, deletions, marks, settings, log-ins
    "invite": "20/2m 300/2m",  # each may name fifty people; and a conversation with somebody new
    "room": "10/10m 150/10m",
    "report": "5/30m 100/30m",  # ten an hour, of messages and people
    "upload": "6/2m 120/2m",
    "socket": "60/20s 6000/20s",  # opened: all tabs of a company come back within 4 s of a restart
    "frame": "300/15s 6000/15s",  # up the sockets; a tab says one or two a second while one scrolls and types
    "watch": "150/15s 6000/15s",  # of these, the ones that look into the database
    "tabs": "50 5000",  # sockets open at a time, in one process
}


def parsed(text: str) -> dict[str, Limit]:
    """The table, with what `text` changes: `send=30/15s 900/15s` is per person and per address. `off` is no limits at all."""
    if text.strip() == "off":
        return {}
    table = {name: _limit(name, value) for name, value in DEFAULTS.items()}
    for entry in filter(str.strip, text.split(",")):
        name, _, value = (part.strip() for part in entry.partition("="))
        if name not in DEFAULTS:
            raise ImproperlyConfigured(
                f"LIMITS names {name!r}, which is none of: {', '.join(DEFAULTS)}. {_cure('send')}"
            )
        table[name] = _limit(name, value)
    return table


def _limit(name: str, value: str) -> Limit:
    pattern = r"([1-9]\d{0,6})" if name == "tabs" else r"([1-9]\d{0,6})/([1-9]\d{0,3})([smh])"
    found = [re.fullmatch(pattern, part) for part in value.split()]
    if len(found) != 2 or None in found:
        raise ImproperlyConfigured(
            f"LIMITS has {name}={value}; it takes one for a person and one for an address. {_cure(name)}"
        )
    return Limit(*(_rate(*match.groups()) for match in found if match))


def _rate(amount: str, time: str = "0", unit: str = "s") -> Rate:
    return Rate(int(amount), int(time) * UNITS[unit])


def _cure(name: str) -> str:
    how = "so many at a time" if name == "tabs" else "so many at once and in each time"
    return f"Say {how}, or LIMITS=off for a load test: LIMITS={name}={DEFAULTS[name]}"
