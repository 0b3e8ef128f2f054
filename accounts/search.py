"""People and rooms found by what one types: no accents, no capitals, any script."""

import unicodedata
from functools import lru_cache

from anyascii import anyascii
from django.db.models import Q

LONGEST = 100  # characters of a search
WORDS = 8  # of a search; each is a condition


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """`text` in small Latin letters, a space before each word: " lukasz kowalski" of "Łukasz Kowalski"."""
    one = unicodedata.normalize("NFKC", text).casefold()  # first, so that й is one letter however it was typed
    letters = "".join(_latin(letter) for letter in one)
    return "".join(f" {word}" for word in letters.split())


def _latin(letter: str) -> str:
    """What stands for it in Latin letters and digits; a space where a word ends, nothing for what only joins (O'Brien)."""
    if letter in "'’ʼ":
        return ""
    latin = anyascii(letter).lower()
    if not latin and letter.isalnum():
        return letter  # nothing stands for it but itself
    return "".join(sign if sign.isalnum() or sign == "_" else " " for sign in latin if sign not in "'`")


def called(text: str, of: str = "", *, beginning: bool = False) -> Q | None:
    """The condition that each word of `text` is in somebody's name or handle, or is the beginning of a word of them.

    A leading @ means the handle. `of` is the way to the person ("room__direct_low__"). None when nothing can match.
    """
    conditions = [_has(word, of, beginning=beginning) for word in text[:LONGEST].split()[:WORDS]]
    found = [condition for condition in conditions if condition is not None]
    return Q(*found) if found or not conditions else None


def _has(word: str, of: str, *, beginning: bool) -> Q | None:
    """None for a word that says nothing, such as a dash between two others."""
    parts = plain(word).split()
    handle = f"{of}handle__{'startswith' if beginning else 'contains'}"
    if word.startswith("@"):
        return Q(**{handle: word[1:].lower()})
    start = " " if beginning else ""
    each = [Q(**{f"{of}plain_name__contains": start + part}) | Q(**{handle: part}) for part in parts]
    return Q(*each) if each else None
