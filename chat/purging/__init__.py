"""Retention: what is older than an age goes for good. See `manage.py purge --help`."""

from chat.purging.forgetting import KINDS, Kind
from chat.purging.messages import Part, purge, what_goes

__all__ = ["KINDS", "Kind", "Part", "purge", "what_goes"]
