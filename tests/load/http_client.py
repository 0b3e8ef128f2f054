"""Requests of one signed-in browser over one connection that is kept."""

import http.client
import secrets
from urllib.parse import urlencode
from uuid import uuid4

HX = {"HX-Request": "true"}


class Client:
    def __init__(self, port: int, session: str) -> None:
        self.token = secrets.token_hex(16)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.headers = {"Cookie": f"sessionid={session}; csrftoken={self.token}"}

    def get(self, path: str, **headers: str) -> tuple[int, str, int]:
        """Status, ptag, and bytes of the body."""
        self.connection.request("GET", path, headers=self.headers | headers)
        answer = self.connection.getresponse()
        return answer.status, answer.headers.get("HX-PTag", ""), len(answer.read())

    def post_message(self, room_id: int, body: str) -> int:
        """The status."""
        form = urlencode({"client_id": str(uuid4()), "body": body})
        headers = {"X-CSRFToken": self.token, "Content-Type": "application/x-www-form-urlencoded"} | HX
        self.connection.request("POST", f"/rooms/{room_id}/messages/", form, self.headers | headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status
