"""The admin gives nobody more power than they have."""

from accounts.admin import entrance, people, ways_in

__all__ = ["entrance", "people", "ways_in"]
