"""A chat of its own, with a database that a test may take away: Alice's browser, without JavaScript and with."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.run import EMBEDDED
from tests.servers import ROOT, ChatServer, chat_server

TOKEN = "t" * 32
KEY = "a-key-of-these-tests-alone-0123456789-abcdefghijklmnop"
PROGRAM = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from chat.models import Room
from tests.conftest import make_person
from tests.live.conftest import session_of
alice = make_person("alice", "Alice Moreau", password="wonderland-9", is_staff=True, is_superuser=True)
room = Room.objects.direct(alice, make_person("bob", "Bob Okafor"))
print(json.dumps([room.pk, session_of(alice)]))
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def comes_again(self) -> bool:
        return self.status == 503 and int(self.headers["Retry-After"]) > 0


class Chat:
    def __init__(self, server: ChatServer, room: int, session: str) -> None:
        self.server, self.room, self.session = server, f"/rooms/{room}/", session
        self.topic = f"room:{room}"

    def ask(self, path: str, fields: Mapping[str, str] | None = None, *, fetch: bool = False) -> Answer:
        """GET, or POST of these fields; `fetch` as htmx does it."""
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={TOKEN}"} | ({"HX-Request": "true"} if fetch else {})
        body = None
        if fields is not None:
            body = urlencode({**fields, "csrfmiddlewaretoken": TOKEN})
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": TOKEN}
        try:
            connection.request("POST" if body else "GET", path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read().decode())
        finally:
            connection.close()

    def send(self, body: str, client_id: uuid.UUID, *, fetch: bool = True) -> Answer:
        return self.ask(f"{self.room}messages/", {"body": body, "client_id": str(client_id)}, fetch=fetch)

    def messages(self) -> str:
        answer = self.ask(f"{self.room}messages/", fetch=True)
        assert answer.status == 200, (answer.status, answer.text[-400:])
        return answer.text

    def all_at_once(self) -> dict[str, Answer]:
        """What somebody may want of it."""
        wanted: dict[str, Any] = {
            "a page": (self.room,),
            "the admin": ("/admin/chat/room/",),
            "a log-in": ("/accounts/login/?next=/", {"login": "alice", "password": "wonderland-9"}),
        }
        fetched: dict[str, Any] = {
            "a fragment": (f"{self.room}header/",),
            "what was said": (f"{self.room}messages/?since=0",),
            "read marks": ("/conversations/read/", {}),
        }
        with ThreadPoolExecutor(len(wanted) + len(fetched)) as pool:
            asked = {name: pool.submit(self.ask, *args) for name, args in wanted.items()}
            asked |= {name: pool.submit(self.ask, *args, fetch=True) for name, args in fetched.items()}
            return {name: answer.result() for name, answer in asked.items()}

    def watch(self) -> int | None:
        """The code that a new socket is closed with; None if it is answered."""
        url = f"ws://127.0.0.1:{self.server.port}"
        headers = {"Cookie": f"sessionid={self.session}"}
        with connect(f"{url}/ws/", origin=url.replace("ws", "http"), additional_headers=headers) as socket:  # type: ignore[call-overload]
            try:
                socket.send(json.dumps({"watch": {self.topic: ""}}))
                while "watching" not in json.loads(socket.recv(timeout=20)):
                    pass
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 1006
        return None


@contextmanager
def chat_of_alice(**environment: str) -> Iterator[Chat]:
    environment = EMBEDDED | {"SECRET_KEY": KEY, "DJANGO_SETTINGS_MODULE": "chatpoc.settings"} | environment
    made = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, check=True
    )
    with chat_server(**environment) as server:
        yield Chat(server, *json.loads(made.stdout.splitlines()[-1]))
