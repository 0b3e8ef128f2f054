"""What moderators work with."""

from chat.admin import held, messages, rooms

__all__ = ["held", "messages", "rooms"]
