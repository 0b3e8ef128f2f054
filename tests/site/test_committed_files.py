"""What is committed is complete and fits together."""

import fnmatch
import json
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatpoc.env import BASE
from chatpoc.theme.sources import fingerprint, sources, stamped

pytestmark = pytest.mark.once

LOCKS = ["requirements.txt", "requirements-dev.txt"]
REQUIREMENT = re.compile(
    r"^([a-z0-9][a-z0-9.-]*)==(\S+)(?: ; [^\\]+)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE
)
PLAN = tomllib.loads((BASE / "pyproject.toml").read_text())["project"]


def test_the_built_css_is_as_new_as_its_sources() -> None:
    assert stamped() == fingerprint(), "static/css/app.css is older than its sources: make css"


def test_every_template_and_script_counts_as_a_source_of_the_css() -> None:
    assert set(sources()) > {*BASE.glob("templates/**/*.html"), *BASE.glob("static/js/*.js")}


def locked(name: str) -> dict[tuple[str, str], str]:
    return {(found[1], found[2]): found[0] for found in REQUIREMENT.finditer((BASE / name).read_text())}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_pins_everything_with_hashes_and_names_no_address(name: str) -> None:
    text = (BASE / name).read_text()
    assert REQUIREMENT.sub("", text).strip() == "", "neither an option nor anything without a hash"
    assert "://" not in text


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("requirements.txt", PLAN["dependencies"]), ("requirements-dev.txt", PLAN["optional-dependencies"]["dev"])],
)
def test_a_lock_file_holds_every_dependency(name: str, wanted: list[str]) -> None:
    names = {re.split(r"[\[<>=]", requirement)[0] for requirement in wanted}
    assert names <= {package for package, _ in locked(name)}


def test_tests_run_with_the_versions_that_production_has() -> None:
    assert locked("requirements.txt").items() <= locked("requirements-dev.txt").items()


def test_node_packages_are_pinned_by_their_content_and_name_no_address() -> None:
    lock = json.loads((BASE / "chatpoc/theme/static_src/package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert all("integrity" in package or package.get("inBundle") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())


@pytest.mark.parametrize("folder", sorted(path.name for path in (BASE / "static/vendor").iterdir()))
def test_vendored_files_have_their_version_and_licence(folder: str) -> None:
    assert re.search(r"-\d+\.\d+\.\d+$", folder)
    assert list((BASE / "static/vendor" / folder).glob("LICENSE*"))


def committed() -> Iterator[Path]:
    """Every file that git does not ignore."""
    ignored = [line.strip("/") for line in (BASE / ".gitignore").read_text().split()]
    for folder, folders, files in os.walk(BASE):
        folders[:] = [name for name in folders if name != ".git" and not is_one_of(name, ignored)]
        yield from (Path(folder, name) for name in files if not is_one_of(name, ignored))


def is_one_of(name: str, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    place = re.compile(rb"(?<![\w.:/-])/(?:root|home|Users|work)/\w|[A-Z]:\\Users")
    found = {str(path.relative_to(BASE)): place.findall(path.read_bytes()) for path in committed()}
    assert {path: places for path, places in found.items() if places} == {}
    assert "manage.py" in found
