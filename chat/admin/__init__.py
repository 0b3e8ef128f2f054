"""What moderators work with."""

from chat.admin import held, messages, people, reports, rooms

__all__ = ["held", "messages", "people", "reports", "rooms"]
