"""Tags: the names of what a page was rendered from, and who may watch them."""

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from chatpoc.live import versions

if TYPE_CHECKING:  # an app may name its tags before the models are loaded
    from django.contrib.auth.models import AbstractBaseUser

TAG = re.compile(r"\A([a-z]+)(?::([A-Za-z0-9_.-]{1,60}))?\Z")  # also what fits into a group name of the layer

# Of these ids, those that the viewer may watch, each with its version now. Ids and versions are opaque texts.
Versions = Callable[["AbstractBaseUser", list[str]], dict[str, str]]
# Of these ids, those that the viewer may watch; the id "" is the whole type.
MayWatch = Callable[["AbstractBaseUser", list[str]], Iterable[str]]

_types: dict[str, Versions] = {}
_whole: set[str] = set()
_topics_of: dict[str, str] = {}


class UnknownTag(LookupError):
    """A tag of a type that nobody declared."""


def declare(name: str, may_watch: MayWatch, *, whole: bool = False, topics_of: str = "") -> None:
    """A tag type whose versions capture renews.

    `whole`: it may be watched without an id too, and every write of it tells so. `topics_of`: its hints travel on the topics
    of that other type, so that one frame can carry a partial and the hints that go with it.
    """

    def current(viewer: "AbstractBaseUser", ids: list[str]) -> dict[str, str]:
        allowed = [id_ for id_ in may_watch(viewer, ids) if id_ or whole]
        found = versions.current([f"{name}:{id_}" if id_ else name for id_ in allowed])
        return dict(zip(allowed, found.values(), strict=True))

    register(name, current)
    _topics_of[name] = topics_of or name
    if whole:
        _whole.add(name)


def register(name: str, current: Versions) -> None:
    """Declare a tag type that knows its own versions; raises ValueError when it is declared already or is not a small word."""
    if name in _types or not TAG.match(f"{name}:1"):
        raise ValueError(f"The tag type {name!r} is declared twice, or is not one word in small letters.")
    _types[name] = current


def topic(name: str) -> str:
    """What a socket listens to for the sake of this tag."""
    type_, colon, id_ = name.partition(":")
    return sys.intern(_topics_of.get(type_, type_) + colon + id_)


def watched_whole() -> set[str]:
    return _whole


def check(names: Iterable[str]) -> None:
    """Raises UnknownTag for the first of these tags or types that nobody declared."""
    for name in names:
        if not (match := TAG.match(name)) or match[1] not in _types:
            raise UnknownTag(f"{name!r} is not a declared tag. Declare its type with chatpoc.live.declare().")


def allowed(viewer: "AbstractBaseUser", names: Iterable[str]) -> dict[str, str]:
    """The versions of those tags that `viewer` may watch; the others, and what is no tag, are left out."""
    ids_by_type: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if (match := TAG.match(name)) and match[1] in _types and match[2] != "_all":
            ids_by_type[match[1]].append(match[2] or "")
    asked = {type_: set(ids) for type_, ids in ids_by_type.items()}
    return {
        sys.intern(f"{type_}:{id_}" if id_ else type_): version  # one text for all sockets that keep it
        for type_, ids in ids_by_type.items()
        for id_, version in _types[type_](viewer, ids).items()
        if id_ in asked[type_]  # and not "1" for "01"
    }


# Not for pages: its hints make the sockets of a person look again what they may hear.
declare("access", lambda *_: [])
