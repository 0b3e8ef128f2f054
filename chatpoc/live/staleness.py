"""How long a fragment was stale before its browser had a new one, as far as this process can know.

It remembers the ptags that it served lately, and when the first of their tags became stale. A write of another process is known
by its hint, which comes while somebody here watches; a ptag that another process served is not known. So with several processes
this is a sample.
"""

import sys
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from chatpoc.live import versions

KEPT = 10_000  # ptags
KEYS = 200_000  # of them together: about 30 MB; a sidebar of 300 conversations has 600


@dataclass(slots=True)
class Served:
    keys: frozenset[str]  # what its tags are as new as; none once it is stale
    read_at: float  # when its versions had been read
    stale_at: float = 0
    type_: str = ""  # of the tag that became stale


_served: OrderedDict[str, Served] = OrderedDict()
_ptags: defaultdict[str, set[str]] = defaultdict(set)  # of each key, those that are not known to be stale
_held = [0]  # keys of all that is not known to be stale
_lock = threading.Lock()


def served(ptag: str, tags: Iterable[str], read_at: float) -> None:
    """A browser gets a fragment that was made from `tags`, whose versions had been read at `read_at`, in Unix time."""
    keys = frozenset(map(sys.intern, versions.keys_of(tags)))
    with _lock:
        _forget(ptag)
        _served[ptag] = Served(keys, read_at)
        _held[0] += len(keys)
        for key in keys:
            _ptags[key].add(ptag)
        while len(_served) > KEPT or _held[0] > KEYS:
            _forget(next(iter(_served)))


def stale(tags: Iterable[str], at: float) -> None:
    """These tags, or whole types, get new versions after `at`. What was read later may have them already."""
    with _lock:
        for tag in tags:
            for key in versions.keys_renewed_by(tag):
                for ptag in list(_ptags.get(key, ())):
                    if (found := _served[ptag]).read_at < at:
                        found.stale_at, found.type_ = at, tag.partition(":")[0]
                        _close(ptag)


def since(ptag: str) -> tuple[float, str] | None:
    """When the fragment with this ptag became stale, and a tag of which type made it so; None if that is not known."""
    with _lock:
        found = _served.get(ptag)
        return (found.stale_at, found.type_) if found and found.stale_at else None


def _forget(ptag: str) -> None:
    if ptag in _served:
        _close(ptag)
        del _served[ptag]


def _close(ptag: str) -> None:
    """Nothing more can make it stale."""
    found = _served[ptag]
    keys, found.keys = found.keys, frozenset()
    _held[0] -= len(keys)
    for key in keys:
        if ptags := _ptags.get(key):
            ptags.discard(ptag)
            if not ptags:
                del _ptags[key]
