from typing import Any

from django import template
from django.utils.safestring import SafeString

from chat import formatting
from chat.models import Room
from chat.partials import message_html

register = template.Library()
register.filter(formatting.formatted)
register.filter(formatting.is_only_emoji)
register.filter(Room.other_than)


@register.simple_tag(takes_context=True)
def message(context: dict[str, Any]) -> SafeString:
    """The context's `message`, by the function that renders pushes: one template cannot drift from the other."""
    return message_html(context["message"])
