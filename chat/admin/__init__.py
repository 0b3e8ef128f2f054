"""What moderators work with."""

from chat.admin import held, memberships, messages, people, reports, rooms

__all__ = ["held", "memberships", "messages", "people", "reports", "rooms"]
