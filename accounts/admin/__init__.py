"""The admin gives nobody more power than they have."""

from accounts.admin import auditlog, entrance, people, ways_in

__all__ = ["auditlog", "entrance", "people", "ways_in"]
