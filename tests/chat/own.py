"""What the tests of one's own messages share."""

from collections.abc import Callable

from accounts.models import User
from chat.models import Message

HX = {"HX-Request": "true"}
SECRET = "the secret of Kraków"

Verb = Callable[[Message, User], None]
VERBS: dict[str, Verb] = {
    "edit": lambda message, by: message.edit_by(by, body="something else"),
    "delete": lambda message, by: message.delete_by(by),
    "restore": lambda message, by: message.restore_by(by),
}


def url(message: Message, name: str) -> str:
    return f"/rooms/{message.room_id}/messages/{message.seq}/{name}/"
