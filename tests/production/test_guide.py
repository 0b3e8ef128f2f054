"""The commands in docs/deploy.md do what it says."""

import re
import tarfile
from pathlib import Path

import psycopg
import pytest

from tests.production.made import Made
from tests.production.shape import Shape
from tests.production.unit import command_line
from tests.servers import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.waits, pytest.mark.processes, pytest.mark.once("postgresql")]


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


def test_its_commands_set_up_back_up_and_restore(shape: Shape, made: Made) -> None:
    libpq = {"PGHOST": "127.0.0.1", "PGPORT": str(shape.database.port), "PGUSER": "chat"}
    found = blocks()
    assert len(found) == 3
    for block in found:
        command_line(here(shape, block), shape.environment | libpq)
    before, after = rows(shape, "chat"), rows(shape, "chat_restored")
    alive = {"presence_process", "presence_connection", "presence_activity", "django_session"}
    assert {name: count for name, count in before.items() if name not in alive} == {
        name: count for name, count in after.items() if name not in alive
    }
    assert before["accounts_user"] == 3
    names = [path.name for path in (shape.folder / "media" / "avatars").iterdir()]
    assert len(names) == 3
    for name in names:
        restored = Path(shape.folder / "restored" / "media" / "avatars" / name)
        assert restored.read_bytes() == (shape.folder / "media" / "avatars" / name).read_bytes()
    with tarfile.open(shape.folder / "backups" / "media.tar.gz") as kept:
        assert len(kept.getnames()) >= len(names)
