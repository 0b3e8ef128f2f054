"""The chat sees who calls, though nginx is between; and believes nobody who says to be another."""

from collections.abc import Callable
from contextlib import ExitStack

import psycopg
import pytest
from websockets import ConnectionClosed

from tests.production.asking import Visitor, heard, open_socket
from tests.production.made import Made
from tests.production.shape import Shape

pytestmark = [pytest.mark.browser, pytest.mark.waits, pytest.mark.processes, pytest.mark.once("postgresql")]

LIES = {
    "X_Real_IP": "192.0.2.66",
    "X_Forwarded_For": "192.0.2.66",
    "X_Forwarded_Proto": "http",
    "X_Forwarded_Port": "66",
}
TABS = 12  # sockets of one address in one process, by LIMITS (conftest)


def test_a_session_knows_the_address_of_its_log_in(shape: Shape, made: Made, visit: Callable[..., Visitor]) -> None:
    stranger = visit(address="127.0.0.2")
    fields = {"login": "charlie", "password": made.people["charlie"].password}
    answer = stranger.post("/accounts/login/", fields, **LIES)
    assert (answer.status, answer.headers["location"]) == (302, "/")
    with psycopg.connect(shape.straight) as session:
        found = session.execute("SELECT host(ip) FROM usersessions_usersession ORDER BY created_at DESC LIMIT 1")
        assert found.fetchone() == ("127.0.0.2",)


def test_plain_http_is_sent_to_https_whatever_it_says(visit: Callable[..., Visitor]) -> None:
    """X-Forwarded-Proto comes from nginx alone: else the chat would redirect for ever, or not at all."""
    assert visit().ask("/accounts/login/", **LIES).status == 200


def test_sockets_are_counted_by_the_address_they_come_from(shape: Shape, made: Made) -> None:
    bob = made.people["bob"].session
    closed = []
    with ExitStack() as stack:
        lies = [LIES | {"X_Real_IP": f"192.0.2.{number}"} for number in range(2 * TABS + 1)]
        opened = [stack.enter_context(open_socket(shape, bob, "127.0.0.3", **lie)) for lie in lies]
        for socket in opened:
            try:
                socket.send('{"watch": {}}')
                heard(socket, "watching")
            except ConnectionClosed as end:
                closed.append(end.rcvd.code if end.rcvd else 0)
        with open_socket(shape, bob, "127.0.0.4") as another:
            another.send('{"watch": {}}')
            assert heard(another, "watching")
    assert closed
    assert set(closed) == {4030}
