"""`manage.py doctor`: each fault is found, in words that mend it, in time, and without a secret."""

import functools
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from accounts.models import User
from chat.management.commands import doctor as command
from chatpoc import doctor
from chatpoc.doctor import clock, files
from chatpoc.doctor.masking import masked
from chatpoc.live.models import Outbox
from presence.models import Connection, Process
from tests.commands import Ran, manage
from tests.conftest import make_person
from tests.servers import free_port

Doctor = Callable[..., list[tuple[str, str, str]]]


@pytest.fixture
def findings(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """What it says of some of the checks: (level, text, cure). In this thread, which has the test's transaction."""
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr("chatpoc.doctor.connections.close_all", lambda: None)
    monkeypatch.setattr("chatpoc.doctor.database.say_why_not", lambda: None)
    monkeypatch.setattr("chatpoc.doctor.threading.Thread", AtOnce)

    def look(*names: str) -> list[tuple[str, str, str]]:
        ran = manage("doctor", "--json", "--only", *names)
        assert ran.err == ""
        told = json.loads(ran.out)
        assert ran.code == (0 if told["well"] else 1)
        return [(it["level"], it["text"], it["cure"]) for look in told["checks"] for it in look["findings"]]

    return look


class AtOnce:
    def __init__(self, target: Callable[..., None], args: list[Any], daemon: bool) -> None:  # noqa: FBT001
        self.run = functools.partial(target, *args)

    def start(self) -> None:
        self.run()

    def join(self, _timeout: float) -> None: ...

    def is_alive(self) -> bool:
        return False


def levels(found: list[tuple[str, str, str]]) -> set[str]:
    return {level for level, *_ in found}


def one(found: list[tuple[str, str, str]], words: str) -> tuple[str, str]:
    """The level and the cure of the finding with these words."""
    [it] = [(level, cure) for level, text, cure in found if words in text]
    return it


def test_it_knows_every_check_and_its_order() -> None:
    assert set(command.ORDER) == {name for name in doctor.checks if name != "sending"}


def test_what_is_well_is_said_to_be(findings: Doctor) -> None:
    found = findings("migrations", "redis", "layer", "cache", "media", "static", "clock", "outbox")
    assert levels(found) == {"well"}, found
    assert {level for level, text, _ in findings("database") if "fsync" not in text and "superuser" not in text} == {
        "well"
    }


def test_a_migration_that_is_not_applied(findings: Doctor) -> None:
    MigrationRecorder(connection).record_unapplied("chat", "0003_moderation")
    MigrationRecorder(connection).record_applied("chat", "0999_from_the_future")
    found = findings("migrations", "people")
    assert one(found, "are not applied: chat.0003_moderation") == ("wrong", "manage.py migrate")
    assert one(found, "chat.0999_from_the_future")[0] == "doubtful"
    assert one(found, "“migrations” has to be well first")[0] == "doubtful"


@pytest.mark.parametrize(("off", "level"), [(-3.0, "doubtful"), (3600.0, "wrong"), (0.0, "well")])
def test_a_clock_that_is_wrong(findings: Doctor, monkeypatch: pytest.MonkeyPatch, off: float, level: str) -> None:
    right = clock.now
    monkeypatch.setattr(clock, "now", lambda: right() + off)
    assert one(findings("clock"), "The clock of the database")[0] == level


def test_a_clock_that_was_never_set(findings: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: 1000.0)
    assert one(findings("clock"), "takes today for 1970-01-01")[0] == "wrong"


@pytest.mark.parametrize("place", ["/proc/media", __file__])
def test_a_media_folder_that_cannot_be_written(findings: Doctor, settings: Any, place: str) -> None:
    settings.MEDIA_ROOT = place
    [(level, text, cure)] = findings("media")
    assert level == "wrong"
    assert "Error" in text
    assert "MEDIA_ROOT" in cure


def test_uploads_that_would_be_served_as_pages(findings: Doctor, settings: Any) -> None:
    settings.MEDIA_ROOT = str(settings.STATIC_ROOT / "uploads")
    settings.SECURE_CONTENT_TYPE_NOSNIFF = False
    settings.MEDIA_URL = "/accounts/login/?"
    found = list(files.as_what_they_are_served())
    assert [finding.level for finding in found][:2] == ["wrong", "wrong"]


def test_a_disk_that_is_nearly_full(findings: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 50 << 20})()
    monkeypatch.setattr("chatpoc.doctor.database.shutil.disk_usage", lambda _folder: usage)
    assert one(findings("media"), "free for pictures")[0] == "wrong"


def test_processes_alive_and_gone(findings: Doctor, alice: User) -> None:
    assert one(findings("leases"), "No server process is running")[0] == "doubtful"
    now = timezone.now()
    for name, ends in (("here, process 7", 30), ("gone, process 8", -60)):
        process = Process.objects.create(
            name=name, started_at=now, renewed_at=now, expires_at=now + timedelta(seconds=ends)
        )
        Connection.objects.create(process=process, user=alice, opened_at=now)
    found = findings("leases")
    assert one(found, "here, process 7: 1 sockets, lease renewed")[0] == "well"
    assert one(found, "1 processes ended without a word and left 1 sockets")[0] == "doubtful"


def test_an_outbox_that_nobody_empties(findings: Doctor, settings: Any) -> None:
    settings.LIVE_OUTBOX = True
    Outbox.objects.create(tags="[]")
    assert one(findings("outbox"), "1 words to open pages wait")[0] == "doubtful"


def test_nobody_looks_after_the_chat(findings: Doctor, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert one(findings("people"), "Nobody moderates")[0] == "doubtful"
    manage("createmoderator", "alice")
    assert one(findings("people"), "1 people moderate the chat")[0] == "well"
    monkeypatch.setattr("accounts.doctor.PRODUCTION", True)
    User.objects.filter(pk=alice.pk).delete()
    make_person("alice", "Alice", password="demo", is_staff=True)
    found = findings("people")
    assert one(found, "everybody knows the password")[0] == "wrong"
    assert one(found, "1 of the staff have no second factor")[0] == "doubtful"


def test_settings_that_are_weak(findings: Doctor, settings: Any) -> None:
    settings.SECRET_KEY = "short and weak"
    settings.DEBUG = True
    found = findings("settings")
    assert one(found, "SECRET_KEY can be guessed")[0] == "doubtful"
    assert one(found, "DEBUG is on")[0] == "doubtful"
    assert "short and weak" not in str(found)


def test_static_files_that_are_not_collected_or_old(
    findings: Doctor, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PRODUCTION", True)
    settings.STATIC_ROOT = tmp_path
    assert one(findings("static"), "are not collected") == ("wrong", files.COLLECT)
    (tmp_path / "staticfiles.json").write_text("{}")
    for name, source in list(files.sources()):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).symlink_to(source)
    assert levels(findings("static")) == {"well"}
    (tmp_path / "js/app.js").unlink()
    (tmp_path / "js/app.js").write_text("old")
    assert one(findings("static"), "1 static files are of another version, as js/app.js")[0] == "wrong"


def test_a_mail_server_that_is_not_there(findings: Doctor, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.EMAIL_HOST_PASSWORD = "letters-of-the-mailman"
    [(level, text, cure)] = findings("mail")
    assert (level, "refused" in text, "EMAIL_URL" in cure) == ("wrong", True, True)


def test_a_mail_is_sent_to_who_is_named(findings: Doctor, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    ran = manage("doctor", "--only", "clock", "--mail-to", "me@example.org")
    assert (ran.code, "A mail to me@example.org was handed over" in ran.out) == (0, True)
    assert mail.outbox[-1].to == ["me@example.org"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--mail-to", "nobody"], "is no email address"),
        (["--only", "stars"], "invalid choice"),
        (["--timeout", "0"], "--timeout"),
        (["--timeout", "soon"], "invalid float"),
    ],
)
def test_what_makes_no_sense(options: list[str], said: str) -> None:
    ran = manage("doctor", *options)
    assert (ran.code, said in ran.err, "Traceback" in ran.err) == (2, True, False)


@pytest.fixture
def faked() -> Iterator[Callable[..., Ran]]:
    """With checks of the test's own."""

    def look(check: Callable[[], Iterator[doctor.Finding]], *options: str) -> Ran:
        doctor.checks["clock"] = doctor.Check("clock", check, "", "wind it up")
        return manage("doctor", "--only", "clock", *options)

    before = dict(doctor.checks)
    yield look
    doctor.checks.clear()
    doctor.checks.update(before)


def test_codes_signs_and_strictness(faked: Callable[..., Ran]) -> None:
    def well() -> Iterator[doctor.Finding]:
        yield doctor.well("right")

    def doubtful() -> Iterator[doctor.Finding]:
        yield doctor.doubtful("maybe", "think")

    def wrong() -> Iterator[doctor.Finding]:
        yield doctor.well("the first half")
        raise ValueError(f"redis://chat:{uuid.UUID(int=7)}@host/ is bad,\n password=hunter2 too")

    assert (faked(well).code, faked(well).out) == (0, "✓ clock:       right\nAll is well.\n")
    assert (faked(doubtful).code, faked(doubtful, "--strict").code) == (0, 1)
    assert "! clock:       maybe\n               → think\n" in faked(doubtful).out
    ran = faked(wrong)
    assert ran.code == 1
    assert "✓ clock:       the first half\n✗ clock:       ValueError: redis://chat:•••@host/ is bad" in ran.out
    assert "→ wind it up" in ran.out
    assert "hunter2" not in ran.out
    assert str(uuid.UUID(int=7)) not in ran.out


def test_no_secret_of_the_settings_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = SimpleNamespace(
        SECRET_KEY="k" * 60, SECRET_KEY_FALLBACKS=["f" * 60], METRICS_TOKEN="", SENTRY_DSN="",
        EMAIL_HOST_PASSWORD="letters-of-the-mailman",
        DATABASES={"default": {"PASSWORD": "elephants"}}, CACHES={"live": {"LOCATION": "redis://:a%2Fb%2Fc-d@host/0"}},
        CHANNEL_LAYERS={"default": {"CONFIG": {"hosts": ["redis://:of-the-layer@host/0"]}}},
    )  # fmt: skip
    monkeypatch.setattr("chatpoc.doctor.masking.settings", settings)
    said = masked(
        f"{'k' * 60} {'f' * 60} letters-of-the-mailman elephants a/b/c-d a%2Fb%2Fc-d of-the-layer postgres://chat:x@host/ :6379"
    )
    assert said == "••• ••• ••• ••• ••• ••• ••• postgres://chat:•••@host/ :6379"
