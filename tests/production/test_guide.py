"""The commands in docs/deploy.md do what it says."""

import re

import psycopg
import pytest

from tests.production.made import Made
from tests.production.shape import Shape, procfile
from tests.production.unit import command_line
from tests.servers import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.waits, pytest.mark.processes, pytest.mark.once("postgresql")]


ALIVE = {"presence_process", "presence_connection", "presence_lastseen", "django_session"}  # what goes on meanwhile


def blocks() -> list[str]:
    text = (ROOT / "docs/deploy.md").read_text()
    return re.findall(r"^```sh tested\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def here(shape: Shape, block: str) -> str:
    """As it is on this machine, where all of it belongs to whoever runs the tests."""
    places = {
        "/srv/chatpoc": str(ROOT),
        ".venv/bin/python": "python",
        "/var/lib/chatpoc": str(shape.folder),
        "/var/backups/chatpoc": f"{shape.folder}/backups",
        "sudo -u postgres ": "",
        " -o postgres": "",
    }
    for place, instead in places.items():
        block = block.replace(place, instead)
    return block


def rows(shape: Shape, database: str) -> dict[str, int]:
    with psycopg.connect(shape.straight.removesuffix("chat") + database) as session:
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        names = [name for (name,) in session.execute(tables)]
        return {name: session.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # type: ignore[index]  # noqa: S608


def test_it_sets_up_what_the_procfile_releases(shape: Shape) -> None:
    """Which this production was set up with; so the last line alone is left to run."""
    set_up, *_ = blocks()
    place, *release, check = set_up.splitlines()
    assert place == "cd /srv/chatpoc"
    assert " && ".join(release).replace(".venv/bin/python", "python") == procfile()["release"]
    assert "no issues" in command_line(here(shape, check), shape.environment)


def test_what_it_backs_up_can_be_restored(shape: Shape, made: Made) -> None:
    libpq = {"PGHOST": "127.0.0.1", "PGPORT": str(shape.database.port), "PGUSER": "chat"}
    _, back_up, restore = blocks()
    for block in (back_up, restore):
        command_line(here(shape, block), libpq)
    kept, restored = rows(shape, "chat"), rows(shape, "chat_restored")
    assert {name: kept[name] for name in kept if name not in ALIVE} == {
        name: restored[name] for name in restored if name not in ALIVE
    }
    assert restored["accounts_user"] == 3
    pictures = [path.name for path in (shape.folder / "media" / "avatars").iterdir()]
    assert len(pictures) == 3
    for name in pictures:
        original, copy = (shape.folder / place / "avatars" / name for place in ("media", "restored/media"))
        assert copy.read_bytes() == original.read_bytes()
