"""Code in messages, coloured by classes: the policy allows no inline style, and each theme has colours of its own."""

from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES

CLASSES = set(STANDARD_TYPES.values()) - {""}
LONGEST = 1_600  # characters; several lexers take the square of the length for hostile code, 18 ms for this many

# What people write after the fence, and Pygments' name for it. Java, C# and TypeScript have near kin here: their own lexers
# need seconds for a few thousand characters of bait. A language that is not listed stays plain.
LEXERS = "bash c cpp css diff django docker go html ini javascript json kotlin lua php python ruby rust sql swift toml xml yaml"
ALSO = (
    "c++:cpp console:bash cs:cpp csharp:cpp dockerfile:docker golang:go java:cpp js:javascript jsx:javascript kt:kotlin"
)
ALSO += " patch:diff py:python rb:ruby rs:rust sh:bash shell:bash ts:javascript tsx:javascript typescript:javascript yml:yaml"
LANGUAGES = {name: name for name in LEXERS.split()} | dict(pair.split(":") for pair in ALSO.split())
formatter = HtmlFormatter(nowrap=True)
lexers: dict[str, Lexer] = {}


def highlighted(code: str, language: str) -> str:
    """The code as HTML: spans with Pygments' short classes, or just escaped. Take care that `code` is not long."""
    name = LANGUAGES.get(language.lower())
    if name is None:
        return escape(code)
    if name not in lexers:
        lexers[name] = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    return highlight(code, lexers[name], formatter)
