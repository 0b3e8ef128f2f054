from typing import Any

from django import template

from chat.complaints import waiting_for
from chat.tags import may_look_at_reports

register = template.Library()


@register.simple_tag(takes_context=True)
def open_reports(context: dict[str, Any]) -> int:
    """How many wait; none for who may not look at them."""
    viewer = context["request"].user
    return waiting_for(viewer) if may_look_at_reports(viewer) else 0
