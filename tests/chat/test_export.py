"""Exports: a room, or what is somebody's own; complete or not there, readable by their owner alone, and nobody else's."""

import base64
import hashlib
import json
import os
import signal
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.audit import record
from accounts.models import AuditEntry, Block, User
from accounts.pictures.storing import path_of
from chat.models import Complaint, HeldMessage, Message, Report, Room
from tests.chat.rooms import room_of
from tests.commands import Ran, manage
from tests.conftest import Say, Statements, make_person
from tests.long_room import say_many

pytestmark = pytest.mark.once

Lines = dict[str, list[dict[str, Any]]]
PICTURE = b"a small square"


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    monkeypatch.setattr("chatpoc.batches.by_key.__defaults__", ("pk", 7))
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def room(alice: User, bob: User) -> Room:
    """Alice, who has a picture, and Bob talk; Charlie is elsewhere."""
    room = room_of(alice, bob)
    say_many(room, [alice, bob], 40)
    User.objects.filter(pk=alice.pk).update(picture_name=f"{alice.pk}-x")
    default_storage.save(path_of(f"{alice.pk}-x", 384), ContentFile(PICTURE))
    return room


@pytest.fixture
def talk(room: Room, direct: Room, alice: User, bob: User, charlie: User, say: Say) -> Room:
    """What Bob said and did, and what others did to him."""
    mine, theirs = say(direct, bob, "bob to alice"), say(direct, alice, "alice to bob, a secret")
    gone = say(room, bob, "bob takes this back")
    gone.delete_by(bob)
    say(room, bob, "bob advertises").take_down(by=alice, because="spam")
    Block.objects.create(by=bob, person=charlie)
    Block.objects.create(by=alice, person=bob)
    report = Report.objects.create(person=alice, message=theirs, body=theirs.body)
    Complaint.objects.create(report=report, by=bob, reason="spam", details="bob complains")
    about_bob = Report.objects.create(person=bob, message=mine, body=mine.body, note="a moderator's note")
    Complaint.objects.create(report=about_bob, by=charlie, reason="hate", details="charlie complains")
    for author in (alice, bob):
        HeldMessage.objects.create(room=room, author=author, body=f"{author.handle} is held", found="x")
    EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)
    Authenticator.objects.create(user=bob, type="totp", data={"secret": "totp-seed"})
    UserSession.objects.create(user=bob, session_key="key-of-session", ip="192.0.2.7", user_agent="Firefox")
    record("silenced", by=charlie, person=bob, room=room.pk, reason="noise")
    return room


def export(*options: str) -> Ran:
    ran = manage("export", *options)
    assert (ran.code, ran.err) == (0, "")
    return ran


def parsed(text: str) -> Lines:
    found: Lines = {}
    for line in text.splitlines():
        found.setdefault(json.loads(line)["type"], []).append(json.loads(line))
    return found


def stream(*options: str) -> Lines:
    lines = parsed(export(*options, "--to", "-").out)
    assert lines["manifest"][0]["counts"] == {
        type_: len(those) for type_, those in lines.items() if type_ != "manifest"
    }
    return lines


def test_a_room_as_a_folder(room: Room, alice: User, bob: User, tmp_path: Path) -> None:
    place = tmp_path / "garden"
    assert "40 messages, 1 files" in export("--room", "garden", "--to", str(place)).out
    lines = parsed("".join(path.read_text() for path in place.glob("*.jsonl")))
    assert [message["seq"] for message in lines["message"]] == list(range(1, 41))
    first = room.messages.get(seq=1)
    assert lines["message"][0] == {
        "type": "message", "seq": 1, "version": 1, "body": first.body, "event": "", "until": None, "edited_at": None,
        "created_at": first.created_at.isoformat(),
        "deleted_at": None, "deleted_by": None, "deleted_because": "", "about": None,
        "author": {"id": alice.pk, "handle": "alice"},
    }  # fmt: skip
    assert lines["room"][0]["name"] == "Garden"
    assert [(place["person"]["handle"], place["role"]) for place in lines["member"]] == [
        ("alice", "moderator"), ("bob", "member"),
    ]  # fmt: skip
    assert [person["picture"] for person in lines["person"]] == [f"files/avatars/{alice.pk}.webp", None]
    manifest = json.loads((place / "manifest.json").read_text())
    assert (manifest["format"], manifest["format_version"], manifest["room"]) == ("chatpoc-export", 1, room.pk)
    assert manifest["made_by"].startswith("ChatPOC ")
    assert datetime.fromisoformat(manifest["made_at"]) <= timezone.now()
    assert manifest["counts"] == {"room": 1, "member": 2, "message": 40, "person": 2, "file": 1}
    for file in manifest["files"]:
        data = (place / file["name"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file["bytes"], file["sha256"])
    written = {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}
    assert written == {"manifest.json", *(file["name"] for file in manifest["files"])}
    entry = AuditEntry.objects.get()
    assert (entry.what, entry.by, entry.room_number, entry.details) == ("exported", None, room.pk, "to a folder")


def test_a_page_costs_the_same_at_any_depth(room: Room, statements: Statements) -> None:
    """As in test_purge: one lower bound in each statement."""
    Room.objects.filter(pk=room.pk).update(purged_seq=10)
    assert [message["seq"] for message in stream("--room", "Garden")["message"]] == list(range(11, 41))
    pages = [sql for sql in statements.seen if '"chat_message"."seq" >' in sql]
    assert len(pages) == 5
    assert all(sql.count('"chat_message"."seq" >') == 1 for sql in pages)


def test_a_zip_file_and_a_stream_hold_the_same(room: Room, alice: User, tmp_path: Path) -> None:
    place = tmp_path / "garden.zip"
    export("--room", str(room.pk), "--to", str(place))
    with zipfile.ZipFile(place) as packed:
        assert packed.testzip() is None
        lines = parsed("".join(packed.read(name).decode() for name in packed.namelist() if name.endswith(".jsonl")))
        assert packed.read(f"files/avatars/{alice.pk}.webp") == PICTURE
    said = stream("--room", "#Garden")
    assert base64.b64decode(said["file"][0]["base64"]) == PICTURE
    assert {type_: said[type_] for type_ in lines} == lines


def test_only_who_made_it_can_read_it(room: Room, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        export("--room", "Garden", "--to", str(tmp_path / "folder"))
        export("--room", "Garden", "--to", str(tmp_path / "file.zip"))
    finally:
        os.umask(before)
    for path in (tmp_path / "folder", tmp_path / "file.zip", *(tmp_path / "folder").rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_of_what_is_deleted_a_room_s_export_has_no_text(talk: Room) -> None:
    lines = stream("--room", "Garden")
    gone = [message for message in lines["message"] if message["deleted_at"]]
    assert [message["body"] for message in gone] == [None, None]
    assert gone[1]["deleted_by"]["handle"] == "alice"
    text = json.dumps(lines)
    for secret in ("takes this back", "advertises", "example.com", "alice to bob", "bob is held"):
        assert secret not in text


def test_lines_and_who_left_are_in_it(room: Room, alice: User, bob: User, say: Say) -> None:
    dora = make_person("dora", "Dora")
    room.join(dora)
    say(room, dora, "bye")
    room.leave(dora)
    Room.objects.filter(pk=room.pk).update(last_seq=42, version=42)
    until = timezone.now() + timedelta(hours=1)
    Message.objects.create(
        room=room, author=alice, seq=42, version=42, client_id="6" * 32, event="silenced", about=bob, until=until
    )
    lines = stream("--room", "Garden")
    assert (lines["message"][-1]["event"], lines["message"][-1]["about"]["handle"]) == ("silenced", "bob")
    assert [person["handle"] for person in lines["person"]] == ["alice", "bob", "dora"]


def test_a_person_gets_what_is_theirs_and_nobody_else_s(talk: Room, direct: Room, alice: User, bob: User) -> None:
    lines = stream("--person", "bob@example.com")
    assert (lines["account"][0]["email"], lines["account"][0]["handle"]) == ("bob@example.com", "bob")
    assert lines["email"][0]["email"] == "bob@example.com"
    assert (lines["session"][0]["ip"], lines["session"][0]["user_agent"]) == ("192.0.2.7", "Firefox")
    bodies = [message["body"] for message in lines["message"]]
    assert bodies[-3:] == ["bob to alice", "bob takes this back", "bob advertises"]
    assert len(bodies) == Message.objects.filter(author=bob).count()
    assert lines["message"][-1]["deleted_by_moderator"]
    assert [place["room"] for place in lines["membership"]] == [
        {"id": talk.pk, "kind": "closed", "name": "Garden"},
        {"id": direct.pk, "kind": "direct", "name": "", "with": alice.pk},
    ]
    assert [block["handle"] for block in lines["block"]] == ["charlie"]
    assert [(it["details"], it["about_person"]) for it in lines["complaint"]] == [("bob complains", alice.pk)]
    assert [(entry["what"], entry["reason"]) for entry in lines["decision"]][:2] == [
        ("deleted", "spam"),
        ("silenced", "noise"),
    ]
    assert [held["body"] for held in lines["held_message"]] == ["bob is held"]
    text = json.dumps(lines)
    for secret in (
        "alice to bob", "charlie complains", "a moderator's note", "totp-seed", "key-of-session", bob.password[10:],
        "alice@example.com",
    ):  # fmt: skip
        assert secret not in text
    assert AuditEntry.objects.filter(what="exported", person=bob).exists()


def test_a_deleted_account_has_a_number(talk: Room, bob: User) -> None:
    bob.erase()
    lines = stream("--person", str(bob.pk))
    assert lines["account"][0]["deleted_at"]
    assert "bob@example.com" not in json.dumps(lines)


def test_nothing_is_overwritten_unless_forced(room: Room, tmp_path: Path) -> None:
    for name in ("folder", "file.zip"):
        place = str(tmp_path / name)
        export("--room", "Garden", "--to", place)
        again = manage("export", "--room", "Garden", "--to", place)
        assert (again.code, "there already" in again.err) == (1, True)
        Room.objects.filter(pk=room.pk).update(subject="changed")
        export("--room", "Garden", "--to", place, "--force")
    assert "changed" in (tmp_path / "folder" / "room.jsonl").read_text()
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "media") == ["file.zip", "folder"]


def test_force_replaces_no_folder_that_is_no_export(room: Room, tmp_path: Path) -> None:
    for name, holds in (("photos", "one.jpg"), ("other.zip", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / (holds or "x")).write_text("precious")
        ran = manage("export", "--room", "Garden", "--to", str(tmp_path / name), "--force")
        assert (ran.code, "Choose another name" in ran.err) == (1, True)
        assert (tmp_path / name / (holds or "x")).read_text() == "precious"


@pytest.mark.parametrize("name", ["folder", "file.zip"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_nothing(
    room: Room, tmp_path: Path, name: str, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any) -> Iterator[Any]:
        os.kill(os.getpid(), number)
        yield from ()

    monkeypatch.setattr("chat.exporting.rooms.people", stop)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background has none
    ran = manage("export", "--room", "Garden", "--to", str(tmp_path / name))
    signal.signal(signal.SIGINT, before)
    assert (ran.code, ran.err.splitlines()[-1]) == (1, "Refused: Interrupted.")
    assert [path.name for path in tmp_path.iterdir() if path.name != "media"] == []


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--room", "Garden"], 2, "--to"),
        (["--to", "x"], 2, "--room --person"),
        (["--room", "Garden", "--person", "bob", "--to", "x"], 2, "not allowed with"),
        (["--room", "Nowhere", "--to", "x"], 2, "There is no room “Nowhere”"),
        (["--person", "nobody", "--to", "x"], 2, "There is nobody called “nobody”"),
        (["--room", "Garden", "--to", "/nowhere/at/all"], 1, "/nowhere/at is no folder"),
        (["--room", "Garden", "--to", "/proc/garden"], 1, "/proc/"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(room: Room, options: list[str], code: int, said: str) -> None:
    ran = manage("export", *options)
    assert ran.code == code
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert not Path("x").exists()
