"""The version of each tag: an opaque text in Django's cache that changes whenever the tag is invalidated.

A version that is lost is drawn anew, so it compares as different, and the worst that a flushed cache costs is one refetch.
"""

import secrets
from collections.abc import Iterable

from django.core.cache import caches

KEPT = 7 * 24 * 3600  # seconds since it was last renewed


def whole(type_: str) -> str:
    """The topic and key of "every id of this type"; no tag has this id."""
    return f"{type_}:_all"


def current(tags: Iterable[str]) -> dict[str, str]:
    """The version of each tag. Read them before the data that they stand for. One round trip, unless some are new."""
    keys = {tag: _keys(tag) for tag in tags}
    try:
        values = _read({key for pair in keys.values() for key in pair})
    except Exception:  # noqa: BLE001  (whatever the cache raises; unknown is different from everything)
        return {tag: f"?{_new()}" for tag in keys}
    return {tag: ".".join(values[key] for key in pair) for tag, pair in keys.items()}


def renew(tags: Iterable[str]) -> None:
    """Give these tags, and what contains them, new versions. Raises what the cache raises."""
    caches["live"].set_many({key: _new() for tag in set(tags) for key in keys_renewed_by(tag)}, KEPT)


def keys_of(tags: Iterable[str]) -> set[str]:
    """What the versions of these tags are made of."""
    return {key for tag in tags for key in _keys(tag)}


def keys_renewed_by(tag: str) -> set[str]:
    """A tag with an id, or a whole type, and the type that contains it."""
    return {_key(tag if ":" in tag else whole(tag)), _key(tag.partition(":")[0])}


def _keys(tag: str) -> list[str]:
    """A tag with an id is as new as itself and as every id of its type."""
    type_, _, id_ = tag.partition(":")
    return [_key(whole(type_)), _key(tag)] if id_ else [_key(tag)]


def _read(keys: set[str]) -> dict[str, str]:
    values: dict[str, str] = caches["live"].get_many(keys)
    for key in keys - values.keys():
        drawn = _new()
        values[key] = drawn if caches["live"].add(key, drawn, KEPT) else caches["live"].get(key, drawn)
    return values


def _key(tag: str) -> str:
    return f"live:{tag}"


def _new() -> str:
    return secrets.token_urlsafe(6)
