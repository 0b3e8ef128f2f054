"""Tags: the names of what a page was rendered from, and who may watch them."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # an app may name its tags before the models are loaded
    from django.contrib.auth.models import AbstractBaseUser

TAG = re.compile(r"\A([a-z]+)(?::([A-Za-z0-9_.-]{1,60}))?\Z")  # also what fits into a group name of the layer

# Of these ids, those that the viewer may watch, each with its version now. Ids and versions are opaque texts.
Versions = Callable[["AbstractBaseUser", list[str]], dict[str, str]]

_types: dict[str, Versions] = {}


def register(name: str, versions: Versions) -> None:
    """Declare the tag type `name`; raises ValueError when it is declared already or is not a small word."""
    if name in _types or not TAG.match(f"{name}:1"):
        raise ValueError(f"The tag type {name!r} is declared twice, or is not one word in small letters.")
    _types[name] = versions


def versions(viewer: "AbstractBaseUser", tags: Iterable[str]) -> dict[str, str]:
    """The versions of those `tags` that `viewer` may watch; the others, and what is no tag, are left out."""
    ids_by_type: dict[str, list[str]] = defaultdict(list)
    for tag in tags:
        if (match := TAG.match(tag)) and match[1] in _types:
            ids_by_type[match[1]].append(match[2] or "")
    return {
        f"{name}:{id_}" if id_ else name: version
        for name, ids in ids_by_type.items()
        for id_, version in _types[name](viewer, ids).items()
    }
