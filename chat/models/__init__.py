"""What is said: rooms, their members and their messages."""

from chat.models.membership import Membership
from chat.models.message import Message
from chat.models.room import Room

__all__ = ["Membership", "Message", "Room"]
