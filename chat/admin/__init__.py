"""What moderators work with."""

from chat.admin import memberships, messages, rooms

__all__ = ["memberships", "messages", "rooms"]
