"""What moderators work with."""

from chat.admin import messages, people, rooms

__all__ = ["messages", "people", "rooms"]
