"""Which files static/css/app.css is built from, and whether it still is."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from chatpoc.env import BASE

BUILT = BASE / "static" / "css" / "app.css"
STAMP = re.compile(r"/\* sources ([0-9a-f]{16}) \*/\n?\Z")


def sources() -> Iterator[Path]:
    theme = BASE / "chatpoc" / "theme" / "static_src"
    yield from (theme / "package.json", theme / "package-lock.json", theme / "src" / "styles.css")
    for folder, pattern in (("templates", "*.html"), ("static/js", "*.js")):
        yield from sorted((BASE / folder).rglob(pattern))


def fingerprint() -> str:
    """A digest of the sources' names and contents."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(str(path.relative_to(BASE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def stamped() -> str:
    """The fingerprint that the built file carries, or an empty text."""
    match = STAMP.search(BUILT.read_text())
    return match[1] if match else ""


def stamp() -> None:
    BUILT.write_text(STAMP.sub("", BUILT.read_text()).rstrip() + f"\n/* sources {fingerprint()} */\n")
