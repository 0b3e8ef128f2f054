"""Who you are, whom you keep away, and what was decided about whom."""

from accounts.models.audit import AuditEntry
from accounts.models.block import Block
from accounts.models.user import BIO_LIMIT, EMAIL_LIMIT, GONE, HANDLE_VALIDATORS, HUES, User, UserManager, UserQuerySet

__all__ = [
    "BIO_LIMIT",
    "EMAIL_LIMIT",
    "GONE",
    "HANDLE_VALIDATORS",
    "HUES",
    "AuditEntry",
    "Block",
    "User",
    "UserManager",
    "UserQuerySet",
]
