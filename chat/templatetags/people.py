from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import template
from django.utils.timezone import now

register = template.Library()


@register.filter
def time_now(zone: str) -> str:
    """What time it is there; nothing where this machine does not know the zone. Browsers go on from here."""
    try:
        return f"{now().astimezone(ZoneInfo(zone)):%H:%M}"
    except (ZoneInfoNotFoundError, ValueError):
        return ""
