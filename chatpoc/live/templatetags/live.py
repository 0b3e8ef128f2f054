from functools import lru_cache
from typing import Any

from django import template
from django.urls import get_script_prefix, resolve, reverse
from django.utils.safestring import SafeString

from chatpoc.live.fragments import Fragment, attributes

register = template.Library()


@register.simple_tag(takes_context=True)
def fragment(context: dict[str, Any], name: str, **arguments: Any) -> SafeString:
    """The fragment of this URL name, as it is now: `{% fragment "chat:members" room_id=7 %}`."""
    path, view = _found(get_script_prefix(), name, **arguments)
    return view.render(context["request"], path, arguments)


@lru_cache(2_000)  # a page has ten, and the way there and back takes as long as one that is kept
def _found(_prefix: str, name: str, **arguments: Any) -> tuple[str, Fragment]:
    path = reverse(name, kwargs=arguments)
    view = resolve(path).func
    if not isinstance(view, Fragment):
        raise template.TemplateSyntaxError(f"{name} is not a fragment. Decorate its view with @live.fragment.")
    return path, view


@register.simple_tag(takes_context=True)
def live(context: dict[str, Any]) -> SafeString:
    """The attributes of a fragment's root element."""
    return attributes(context["live"])
