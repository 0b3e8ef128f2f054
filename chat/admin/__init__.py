"""What moderators work with."""

from chat.admin import messages, rooms

__all__ = ["messages", "rooms"]
