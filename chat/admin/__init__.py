"""What moderators work with."""

from chat.admin import held, messages, people, rooms

__all__ = ["held", "messages", "people", "rooms"]
