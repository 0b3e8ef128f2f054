"""Tags: the names of what a page was rendered from, and who may watch them."""

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from chatpoc.live import versions

if TYPE_CHECKING:  # an app may name its tags before the models are loaded
    from django.contrib.auth.models import AbstractBaseUser

TAG = re.compile(r"\A([a-z]+)(?::([A-Za-z0-9_.-]{1,60}))?\Z")  # also what fits into a group name of the layer

# Of these ids, those that the viewer may watch, each with its version now. Ids and versions are opaque texts.
Versions = Callable[["AbstractBaseUser", list[str]], dict[str, str]]
# Of these ids, those that the viewer may watch; the id "" is the whole type.
MayWatch = Callable[["AbstractBaseUser", list[str]], Iterable[str]]

# The same questions about several viewers at once: for each, those of these ids that they may watch.
Wanted = Mapping["AbstractBaseUser", set[str]]
Together = Callable[[Wanted], Mapping["AbstractBaseUser", Collection[str]]]

_types: dict[str, Versions] = {}
_may_watch: dict[str, MayWatch] = {}  # of those whose versions capture renews, and of states
_whole: set[str] = set()
_states: set[str] = set()
_about_themselves: set[str] = set()
_topics_of: dict[str, str] = {}
_together: dict[Versions | MayWatch, Together] = {}


class UnknownTag(LookupError):
    """A tag of a type that nobody declared."""


def declare(
    name: str, may_watch: MayWatch, *, whole: bool = False, topics_of: str = "", about_itself: bool = False
) -> None:
    """A tag type whose versions capture renews.

    `whole`: it may be watched without an id too, and every write of it tells so. `topics_of`: its hints travel on the topics
    of that other type, so that one frame can carry a partial and the hints that go with it. `about_itself`: what makes it stale
    may be that fewer may watch it, so who does is looked at before they are told.
    """
    register(name, may_watch=may_watch)
    _topics_of[name] = topics_of or name
    if whole:
        _whole.add(name)
    if about_itself:
        _about_themselves.add(name)


def register(
    name: str, current: Versions | None = None, *, may_watch: MayWatch | None = None, state: bool = False
) -> None:
    """Declare a tag type that knows its own versions, or has none, as a state.

    Raises ValueError when it is declared already or is not a small word.
    """
    if name in known_types() or not TAG.match(f"{name}:1"):
        raise ValueError(f"The tag type {name!r} is declared twice, or is not one word in small letters.")
    if current:
        _types[name] = current
    if may_watch:
        _may_watch[name] = may_watch
    if state:
        _states.add(name)


def is_right(tag: str) -> bool:
    return tag.partition(":")[0] in {"access", "session"}


def is_about_itself(tag: str) -> bool:
    return tag.partition(":")[0] in _about_themselves


def ask_together(question: Versions | MayWatch, together: Together) -> None:
    """Who asks `question` about many viewers can ask `together` instead, in one statement. It may be wrong only in what it
    leaves out: that is asked once more."""
    _together[question] = together


def is_state(tag: str) -> bool:
    return tag.partition(":")[0] in _states


def known_types() -> set[str]:
    return {*_types, *_may_watch}


def topic(name: str) -> str:
    """What a socket listens to for the sake of this tag."""
    type_, colon, id_ = name.partition(":")
    return sys.intern(_topics_of.get(type_, type_) + colon + id_)


def watched_whole() -> set[str]:
    return _whole


def check(names: Iterable[str]) -> None:
    """Raises UnknownTag for the first of these tags or types that nobody declared."""
    for name in names:
        if not (match := TAG.match(name)) or match[1] not in known_types():
            raise UnknownTag(f"{name!r} is not a declared tag. Declare its type with chatpoc.live.declare().")


def allowed(viewer: "AbstractBaseUser", names: Iterable[str]) -> dict[str, str]:
    """The versions of those tags that `viewer` may watch; the others, and what is no tag, are left out."""
    ids = _ids_by_type(names)
    return _own_versions(viewer, ids) | _kept_versions(_permitted(viewer, ids))


def permitted(viewer: "AbstractBaseUser", names: Iterable[str]) -> set[str]:
    """Those tags that `viewer` may watch. It asks the database alone: a cache that does not answer keeps nobody listening."""
    ids = _ids_by_type(names)
    return {*_own_versions(viewer, ids), *_permitted(viewer, ids)}


def versions_now(viewer: "AbstractBaseUser", names: Iterable[str]) -> dict[str, str]:
    """The same, for tags that `viewer` was allowed a moment ago: asks nobody again who may watch what."""
    ids = _ids_by_type(names)
    return _own_versions(viewer, ids) | _kept_versions(_names({type_: ids[type_] for type_ in ids.keys() & _may_watch}))


def allowed_together(asked: "Sequence[tuple[AbstractBaseUser, set[str]]]") -> list[set[str]]:
    """For each viewer and these tags: those that they may watch."""
    wanted: dict[Versions | MayWatch, dict[AbstractBaseUser, dict[str, set[str]]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for viewer, names in asked:
        for type_, ids in _ids_by_type(names).items():
            if question := _types.get(type_) or _may_watch.get(type_):
                wanted[question][viewer].setdefault(type_, set()).update(ids)
    found: dict[AbstractBaseUser, set[str]] = defaultdict(set)
    for question, types_of in wanted.items():
        may = _ask(question, {viewer: set().union(*ids_of.values()) for viewer, ids_of in types_of.items()})
        for viewer, ids_of in types_of.items():
            mine = set(may.get(viewer, ()))
            found[viewer].update(_names({type_: these & mine for type_, these in ids_of.items()}))
    return [names & found[viewer] for viewer, names in asked]


def _ask(question: Versions | MayWatch, wanted: Wanted) -> Mapping["AbstractBaseUser", Collection[str]]:
    if together := _together.get(question):
        return together(wanted)
    return {viewer: set(question(viewer, list(ids))) for viewer, ids in wanted.items()}


def _ids_by_type(names: Iterable[str]) -> dict[str, set[str]]:
    ids: dict[str, set[str]] = defaultdict(set)
    for name in names:
        if (match := TAG.match(name)) and match[2] != "_all":
            ids[match[1]].add(match[2] or "")
    return ids


def _own_versions(viewer: "AbstractBaseUser", ids: dict[str, set[str]]) -> dict[str, str]:
    found = {type_: _types[type_](viewer, list(ids[type_])) for type_ in ids.keys() & _types}
    return {
        sys.intern(f"{type_}:{id_}"): version
        for type_, versions_of in found.items()
        for id_, version in versions_of.items()
        if id_ in ids[type_]  # and not "1" for "01"
    }


def _permitted(viewer: "AbstractBaseUser", ids: dict[str, set[str]]) -> list[str]:
    """Types that may be watched by the same people ask once, for all ids of theirs."""
    asked: dict[MayWatch, set[str]] = defaultdict(set)
    for type_ in ids.keys() & _may_watch:
        asked[_may_watch[type_]] |= ids[type_]
    may = {question: set(question(viewer, list(wanted))) for question, wanted in asked.items()}
    return _names({type_: ids[type_] & may[_may_watch[type_]] for type_ in ids.keys() & _may_watch})


def _names(ids: dict[str, set[str]]) -> list[str]:
    """One text for all sockets that keep it."""
    whole = [type_ for type_ in ids if "" in ids[type_] and type_ in _whole]
    return whole + [sys.intern(f"{type_}:{id_}") for type_ in ids for id_ in ids[type_] if id_]


def _kept_versions(names: list[str]) -> dict[str, str]:
    """In one look at the cache; a state has none."""
    return dict.fromkeys(names, "") | versions.current(name for name in names if not is_state(name))


# Not for pages: their hints make the sockets of a person, or of a session, look again what they may hear.
declare("access", lambda *_: [], topics_of="user")
declare("session", lambda *_: [])
