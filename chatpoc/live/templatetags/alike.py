"""{% load alike %}{% alike room=room.pk title=title %} … {% endalike %}: what stands in it is made once for these values.

Most of a page is the same for everyone, but for a few names. In it there is nothing but the values that are given, the language
and the form's CSRF token: no viewer, no request. So it cannot show one person what was made for another.
"""

from typing import Any

from django.template import Library, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from chatpoc.live.kept import TOKEN
from chatpoc.memory import Memory

PLAIN = (str, int, bool, type(None))  # what cannot change, and holds nothing else

register = Library()
_made: Memory[tuple[Any, ...], SafeString] = Memory(2_000, megabytes=16)


class Alike(Node):
    def __init__(self, given: dict[str, FilterExpression], nodes: NodeList) -> None:
        self.given, self.nodelist = given, nodes

    def render(self, context: Any) -> SafeString:
        values = {name: expression.resolve(context) for name, expression in self.given.items()}
        # Types count: 1 is True, and a text that is safe is equal to one that is not. A template read anew has other nodes.
        key = (self, get_language(), *((type(value), value) for value in map(_plain, values.values())))
        if (html := _made.get(key)) is None:
            html = self.nodelist.render(context.new(values | {"csrf_token": TOKEN}))
            _made.keep(key, html)
        return SafeString(html.replace(TOKEN, str(context.get("csrf_token", "")))) if TOKEN in html else html


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple((type(one), one) for one in map(_plain, value))
    if isinstance(value, Promise):
        return str(value)  # the language is in the key
    if not isinstance(value, PLAIN):
        raise TypeError(
            f"alike takes texts and numbers, and got {type(value).__name__}: give it what is shown of that."
        )
    return value


@register.tag
def alike(parser: Parser, token: Token) -> Alike:
    name, *rest = token.split_contents()
    given = token_kwargs(rest, parser)
    if rest:
        raise TemplateSyntaxError(f"{name} takes name=value alone: {rest[0]!r}.")
    nodes = parser.parse((f"end{name}",))
    parser.delete_first_token()
    return Alike(given, nodes)
