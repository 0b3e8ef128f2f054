"""The server fetches nothing that somebody names, runs nothing that somebody writes, and imports nothing that could."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatpoc.env import BASE

pytestmark = pytest.mark.once

FETCHES = {"urllib.request", "urllib3", "http.client", "requests", "httpx", "aiohttp", "ftplib", "telnetlib"}
UNPACKS = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "zipfile", "tarfile"}
PACKS = {"chat/exporting/archive.py"}  # writes zip files, and reads none
RUNS = {"eval", "exec", "compile", "__import__"}
MAY_RUN = {"accounts/pictures/making.py", "chatpoc/theme/management/commands/buildcss.py", "manage.py"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for app in ("accounts", "chat", "chatpoc", "presence"):
        for path in (BASE / app).rglob("*.py"):
            if "node_modules" not in path.parts:
                yield str(path.relative_to(BASE)), ast.parse(path.read_text())


def imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def taken_from_socket(tree: ast.Module) -> set[str]:
    """What a module uses of Python's own `socket`; elsewhere it is the name of one of ours."""
    parts = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)] if "socket" in imported(tree) else []
    return {part.attr for part in parts if ast.unparse(part.value) == "socket"}


def of(names: set[str], wanted: set[str]) -> set[str]:
    return {name for name in names for module in wanted if name == module or name.startswith(f"{module}.")}


def test_nothing_fetches_and_nothing_unpacks_what_could_run() -> None:
    found = {
        path: of(imported(tree), FETCHES | UNPACKS - ({"zipfile"} if path in PACKS else set()))
        for path, tree in sources()
    }
    assert {path: modules for path, modules in found.items() if modules} == {}
    assert len(found) > 100
    taken = {path: names for path, tree in sources() if (names := taken_from_socket(tree))}
    told = taken.pop("chatpoc/supervisor.py")  # systemd, by a socket of this machine
    assert told == {"socket", "AF_UNIX", "SOCK_DGRAM"}
    assert set().union(*taken.values()) == {"gethostname"}


def test_other_programs_are_run_in_two_places_and_never_by_a_shell() -> None:
    running = {path for path, tree in sources() if of(imported(tree), {"subprocess", "os.system", "pty"})}
    assert running <= MAY_RUN
    for path in running:
        assert "shell=" not in (BASE / path).read_text()


def test_no_text_becomes_code() -> None:
    for path, tree in sources():
        calls = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not calls & RUNS, path
    for script in (BASE / "static/js").glob("*.js"):
        text = script.read_text()
        assert not any(bad in text for bad in ("eval(", "new Function", "document.write", "insertAdjacentHTML")), (
            script.name
        )


def test_nothing_unguessable_is_drawn_by_chance() -> None:
    """Keys and codes come from `secrets` and `uuid`, which ask the operating system; what `random` draws can be foretold."""
    drawn = {path for path, tree in sources() if of(imported(tree), {"random"})}
    moments = {f"chatpoc/{name}.py" for name in ("database", "unavailable", "live/hearing", "live/rechecks")}
    invented = {f"chat/seeding/{name}.py" for name in ("clock", "plan")}  # the same chat again for the same seed
    assert drawn == moments | invented


def test_no_sql_is_put_together_from_values() -> None:
    """Who writes SQL by hand passes what people typed beside it."""
    for path, tree in sources():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"raw", "extra"}
                and not (
                    node.args and isinstance(node.args[0], ast.Name) and node.args[0].id.isupper()
                )  # one fixed text
            ):
                raise AssertionError(f"{path}:{node.lineno}")


def test_the_search_itself_finds() -> None:
    tree = ast.parse("import requests\nfrom urllib import request\nfrom xml.etree import ElementTree")
    assert of(imported(tree), FETCHES | UNPACKS) >= {"requests", "urllib.request", "xml.etree"}
    assert Path(BASE / "manage.py").exists()
