"""A tag becomes stale: a new version, and a hint to those who watch it."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable

from chatpoc.live import counters, outbox, publishing, staleness, tags, versions
from chatpoc.live.hub import running_hub

logger = logging.getLogger(__name__)

MANY = 50  # tags of one type in one commit; beyond that a hint for the whole type is cheaper for everyone
AGAIN = 0.5  # seconds between tries while the cache is out of reach

_waiting: set[str] = set()  # tags whose new version could not be stored
_lock = threading.Lock()


def invalidate(stale: Iterable[str]) -> None:
    """Tell every page that shows these tags, or whole types, to fetch them anew. Never raises: the write stands."""
    names, at = _gathered(set(stale)), time.time()
    # First of all: a cache that does not answer takes seconds.
    if rights := {name for name in names if tags.is_right(name)}:
        _hint_at_rights(rights, at)
    if names := names - rights:
        renew(names, at)
        _hint(names, at)


def renew(names: set[str], at: float) -> None:
    """New versions now, or, while the cache is out of reach, as soon as it is back, with hints of their own then."""
    for name in names:
        counters.invalidations.labels(counters.type_of(name)).inc()
    staleness.stale(names, at)
    try:
        versions.renew(names)
    except Exception as error:  # noqa: BLE001  (whatever the cache raises)
        logger.warning("The cache is out of reach (%s); %d tags are renewed when it is back.", error, len(names))
        _try_again(names)


def _gathered(names: set[str]) -> set[str]:
    """Many tags of one type become the type."""
    count = Counter(name.partition(":")[0] for name in names if ":" in name)
    crowded = {type_ for type_, many in count.items() if many > MANY}
    return {name for name in names if name.partition(":")[0] not in crowded} | crowded


def _hint_at_rights(names: set[str], at: float) -> None:
    """No page shows them, so they have no versions."""
    for name in names:
        counters.invalidations.labels(counters.type_of(name)).inc()
        publishing.hint(tags.topic(name if ":" in name else versions.whole(name)), name, {}, at)


def _hint(names: set[str], at: float) -> None:
    """Hints carry no data. The topic of a type reaches those who watch it whole; `whole()`, those who watch any id of it."""
    current = versions.current(name for name in names if ":" in name)
    for name in names:
        if ":" in name:
            publishing.hint(tags.topic(name), name, {"stale": {name: current[name]}}, at)
        else:
            publishing.hint(tags.topic(versions.whole(name)), name, {"stale_type": name}, at)
    for type_ in {name.partition(":")[0] for name in names} & tags.watched_whole():
        publishing.hint(tags.topic(type_), type_, {"stale": versions.current([type_])}, at)


def _try_again(names: set[str]) -> None:
    if not running_hub():
        outbox.keep(names)  # this process may end first
    with _lock:
        idle = not _waiting
        _waiting.update(names)
    if idle:
        timer = threading.Timer(AGAIN, _retry)
        timer.daemon = True
        timer.start()


def _retry() -> None:
    with _lock:
        names = set(_waiting)
        _waiting.clear()
    invalidate(names)
