"""Which modules a page needs: told at once, the browser fetches them together and not one import after the other."""

import re
from functools import lru_cache

from django.templatetags.static import static

from chatpoc.env import BASE

SOURCES = BASE / "static" / "js"
IMPORT = re.compile(
    r'^import (?:[^"]* from )?"\./([\w-]+\.js)";', re.MULTILINE
)  # not import(): that is fetched on first use


@lru_cache(maxsize=1)
def modules() -> tuple[str, ...]:
    """The addresses of all that app.js imports, and what that imports."""
    found: dict[str, None] = {}
    waiting = ["app.js"]
    while waiting:
        for name in IMPORT.findall((SOURCES / waiting.pop()).read_text()):
            if name not in found:
                found[name] = None
                waiting.append(name)
    return tuple(static(f"js/{name}") for name in found)
