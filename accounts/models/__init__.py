"""Who you are, whom you keep away, and what was decided about whom."""

from accounts.models.audit import AuditEntry
from accounts.models.block import Block, CannotBlock, pair_of
from accounts.models.user import BIO_LIMIT, EMAIL_LIMIT, GONE, HANDLE_VALIDATORS, HUES, User, UserManager, UserQuerySet

__all__ = [
    "BIO_LIMIT",
    "EMAIL_LIMIT",
    "GONE",
    "HANDLE_VALIDATORS",
    "HUES",
    "AuditEntry",
    "Block",
    "CannotBlock",
    "User",
    "UserManager",
    "UserQuerySet",
    "pair_of",
]
