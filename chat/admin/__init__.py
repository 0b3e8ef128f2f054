"""What moderators work with."""

from chat.admin import messages, reports, rooms

__all__ = ["messages", "reports", "rooms"]
