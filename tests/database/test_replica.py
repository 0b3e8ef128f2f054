"""A real streaming replica, read for the past: it lags, and shows nothing that is true no longer; it dies, and pages come."""

import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator

import psycopg
import pytest

from tests.database.chat_of_alice import chat_of_alice
from tests.database.replicated import MANY, TOKEN, Replicated, wait_for
from tests.servers import ROOT, postgres, postgres_replica

pytestmark = [pytest.mark.once("postgresql"), pytest.mark.waits, pytest.mark.processes]


@pytest.fixture(scope="module")
def here() -> Iterator[Replicated]:
    with postgres() as primary, postgres_replica(primary) as replica:
        urls = {"DATABASE_URL": primary.url, "REPLICA_URL": replica.url}
        with chat_of_alice(**urls, METRICS_TOKEN=TOKEN, LIMITS="off") as chat:
            found = Replicated(primary, replica, chat)
            found.catch_up()
            wait_for(lambda: found.where("messages/?before=51")[1] == "replica")  # it is looked at first
            yield found


PAST = {
    "messages/?before=51": range(1, 51),
    "messages/?after=20": range(21, 71),
    "messages/?around=100": range(75, 126),
    "messages/100/": range(75, 126),
    "?before=51": range(1, 51),
}


@pytest.mark.parametrize("path", PAST)
def test_the_past_is_read_there(here: Replicated, path: str) -> None:
    text, who = here.where(path)
    assert who == "replica"
    assert here.said(text) == list(PAST[path])
    assert "Alice Moreau" in text
    assert "Bob Okafor" in text


@pytest.mark.parametrize("path", ["", "messages/", "messages/?since=199", "messages/?since=5&at=50"])
def test_the_newest_page_and_what_changed_are_not(here: Replicated, path: str) -> None:
    text, who = here.where(path)
    assert who == ""
    assert here.said(text)


def test_what_it_does_not_have_yet_is_not_missing(here: Replicated) -> None:
    with here.lagging():
        said = f"it is {uuid.uuid4()}"
        assert here.chat.send(said, uuid.uuid4()).status == 201
        text, who = here.where(f"messages/?after={MANY - 3}")
        assert who == "behind"
        assert said in text
        text, who = here.where("messages/?before=51")
        assert who == "behind", "it cannot know that nothing changed there"
        assert here.said(text) == list(range(1, 51))
    here.catch_up()
    assert here.where("messages/?before=51")[1] == "replica"


def test_what_was_deleted_or_edited_does_not_come_back(here: Replicated) -> None:
    with here.lagging():
        assert here.chat.ask(f"{here.chat.room}messages/11/deletion/", {}, fetch=True).status in {200, 204}
        assert here.chat.ask(f"{here.chat.room}messages/13/text/", {"body": "better"}, fetch=True).status in {200, 204}
        for path in ("messages/?before=51", "messages/?around=12", "messages/12/", "?before=51"):
            text, who = here.where(path)
            assert who == "behind", path
            assert {11, 13}.isdisjoint(here.said(text)), path
            assert "better" in text
    here.catch_up()
    text, who = here.where("messages/?before=51")
    assert (who, "better" in text, 11 in here.said(text)) == ("replica", True, False)


def test_whose_name_changed_or_is_deleted_is_not_called_so_again(here: Replicated) -> None:
    """No version of the room tells that, so the replica answers: and its people are read where they are true."""
    with here.lagging():
        here.write("UPDATE accounts_user SET name = 'Deleted account' WHERE handle = 'bob'")
        for path in ("messages/?before=51", "messages/?around=100"):
            text, who = here.where(path)
            assert who == "replica"
            assert "Bob Okafor" not in text
            assert "Deleted account" in text
        here.write("UPDATE accounts_user SET name = 'Bob Okafor' WHERE handle = 'bob'")


def test_who_was_shut_out_reads_nothing_there(here: Replicated) -> None:
    """Who may is asked of the primary, whatever the replica still has."""
    mine = f"room_id = {here.number} AND user_id = (SELECT id FROM accounts_user WHERE handle = 'alice')"  # noqa: S608
    with here.lagging():
        here.write(f"CREATE TABLE kept AS SELECT * FROM chat_membership WHERE {mine}")  # noqa: S608
        here.write(f"DELETE FROM chat_membership WHERE {mine}")  # noqa: S608
        answers = [here.chat.ask(here.chat.room + path, fetch=True) for path in PAST]
        here.write("INSERT INTO chat_membership SELECT * FROM kept", "DROP TABLE kept")
    assert {answer.status for answer in answers} == {404}
    assert not any(here.said(answer.text) for answer in answers)


@pytest.mark.parametrize("rudely", [True, False])
def test_it_dies_and_pages_come_at_once_and_it_is_read_again_when_it_is_back(here: Replicated, *, rudely: bool) -> None:
    here.catch_up()
    assert here.where("messages/?before=51")[1] == "replica"
    told = here.chat.server.output().count("The replica is out of reach")
    here.replica.stop(9) if rudely else here.replica.stop()
    for number in range(4):
        began = time.monotonic()
        text, who = here.where("messages/?before=51")
        took = time.monotonic() - began
        assert (who, len(here.said(text))) == ("away", len(here.said(text)))
        assert len(here.said(text)) >= 48
        assert took < (1.5 if number == 0 else 0.5)
    time.sleep(2.5)
    output = here.chat.server.output()
    assert output.count("The replica is out of reach") == told + 1
    assert "Traceback" not in output
    assert "replica'" not in output, "its pool says nothing beside"
    here.replica.start()
    assert wait_for(lambda: here.where("messages/?before=51")[1] == "replica") < 8


def test_what_is_purged_does_not_come_back(here: Replicated) -> None:
    """The last of these tests: the beginning is gone then."""
    with here.lagging():
        here.write(f"UPDATE chat_message SET created_at = now() WHERE seq > 60 AND room_id = {here.number}")  # noqa: S608
        purge = ["manage.py", "purge", "--older-than", "5d", "--yes"]
        environment = os.environ | here.chat.server.environment
        subprocess.run([sys.executable, *purge], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        for path in ("messages/?before=90", "messages/?after=1", "messages/?around=61", "?before=90"):
            text, who = here.where(path)
            assert who == "behind", path
            assert min(here.said(text)) == 61
    here.catch_up()
    text, who = here.where("messages/?before=90")
    assert (who, min(here.said(text))) == ("replica", 61)


def test_doctor_says_how_far_behind_it_is(here: Replicated) -> None:
    here.catch_up()
    assert re.search(r"✓ replica: +The replica is \d+ KB of write-ahead log behind", doctor(here))
    here.replica.stop()
    assert "→ Start it, and look at REPLICA_URL" in doctor(here)
    here.replica.start()


def doctor(here: Replicated) -> str:
    command = [sys.executable, "manage.py", "doctor", "--only", "database", "replica"]
    environment = os.environ | here.chat.server.environment
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False).stdout


PROGRAM = """
import json, django
django.setup()
from chatpoc import replica
try:
    replica.check_it()
except replica.NoReplica as error:
    print(json.dumps(str(error)))
"""


def test_another_database_is_no_replica(here: Replicated) -> None:
    """What it has is somebody else's, under the same numbers."""
    with psycopg.connect(here.primary.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE another")
    here.catch_up()
    base = here.replica.url.rpartition("/")[0]
    for url in (f"{base}/another", here.primary.url.replace("127.0.0.1", "localhost")):
        environment = os.environ | here.chat.server.environment | {"REPLICA_URL": url}
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, capture_output=True, check=True
        )
        assert json.loads(ran.stdout) == "REPLICA_URL names no replica of the database"
