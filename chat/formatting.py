"""What people type, as HTML: a small Markdown, the same for every viewer.

Bold, italic, strike, code, quotes, lists and links made from addresses. No HTML, no pictures, no headings, and no links whose
words say another place than they lead to. Whatever cannot be shown so, or would take too long, is shown as it was typed.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.blockquote import blockquote
from markdown_it.rules_block.paragraph import paragraph as block_of_text
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.escape import escape as markdown_escape
from markdown_it.token import Token

from chat.highlighting import CLASSES, LONGEST, highlighted

NESTING = 20  # levels; the parser leaves out what lies deeper
ADDRESSES = 150  # "://" in one message; each costs a look back over the text before it
LINES = 600
SIGNS = 1_500  # twice as many as in ten thousand characters of code; the work for a message grows with them
CACHED = 1_000  # characters; longer ones are rare, and would fill the memory
RULES = ["fence", "blockquote", "list", "linkify", "escape", "backticks", "strikethrough", "emphasis"]
RULES += ["balance_pairs", "fragments_join"]

MAY_MEAN = re.compile(r"[\w\\]")  # beside a "_", it may be emphasis
FOREIGN = re.compile(r"[^\x00-\x7f][\w-]{0,60}\.\w")  # may be an address; its letters are written in others
SIGN = re.compile(r"[*_~`@.:]")

# What makes the text run backwards, or pretend to. Right-to-left letters need none of these.
BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])

PICTURE = r"(?:[\U0001F000-\U0001FAFF]|[\u203C-\u3299]\uFE0F|[\u231A-\u23FF\u2600-\u27BF\u2B05-\u2B55])"
LOOKS = r"[\uFE0F\U0001F3FB-\U0001F3FF\U000E0020-\U000E007F]*"  # variation, skin tone, region
JOINED = rf"{PICTURE}{LOOKS}(?:\u200D{PICTURE}{LOOKS})*"
ONLY_EMOJI = re.compile(rf"\s*(?:(?:[\U0001F1E6-\U0001F1FF]{{2}}|[0-9#*]\uFE0F?\u20E3|{JOINED})\s*){{1,8}}")

cleaner = nh3.Cleaner(
    tags={"p", "strong", "em", "s", "code", "pre", "span", "blockquote", "ul", "ol", "li", "a"},
    attributes={
        "a": {"href"},
        "ol": {"start"},
        **{tag: {"dir"} for tag in ("p", "blockquote", "li")},
        "pre": {"dir", "tabindex"},  # what is wider than the page is scrolled by the keyboard too
    },
    allowed_classes={"span": CLASSES},
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener nofollow ugc",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)


def formatted(body: str) -> SafeString:
    return cached_html(body) if len(body) <= CACHED else html_of(body)


def is_only_emoji(body: str) -> bool:
    """Whether it is one to eight emoji and nothing else."""
    return ONLY_EMOJI.fullmatch(body) is not None


def html_of(body: str) -> SafeString:
    body = body.translate(BIDI)
    if is_bait(body):
        return plain(body)
    tokens = markdown.parse(body)
    if not says_something(tokens) or max(token.level for token in tokens) >= NESTING - 2:
        return plain(body)
    give_directions(tokens)
    html = markdown.renderer.render(tokens, markdown.options, {})
    return mark_safe(cleaner.clean(html).strip())  # noqa: S308


cached_html = lru_cache(maxsize=2048)(html_of)  # a room's page asks for the same fifty again and again


def plain(body: str) -> SafeString:
    return format_html('<p dir="auto">{}</p>', body)


def is_bait(body: str) -> bool:
    """Whether it would take longer to format than a message may: more of something than anybody writes."""
    addresses = body.count("://") + len(FOREIGN.findall(body))
    return addresses > ADDRESSES or body.count("\n") > LINES or len(SIGN.findall(body)) > SIGNS


def says_something(tokens: list[Token]) -> bool:
    """Not when it is an empty list, quote or fence: who sends "-" wants it shown."""
    return any(token.content.strip() for token in tokens)


def give_directions(tokens: list[Token]) -> None:
    """Each block runs the way its own letters do. A direction looks no further than the next one inside it, so a paragraph
    in a list or quote takes its parent's: the bullet and the bar stand where the text begins."""
    for token in tokens:
        token.hidden = False  # else the words of a list's item would stand there without a paragraph
        if token.type == "list_item_open" or (token.type in {"paragraph_open", "blockquote_open"} and token.level == 0):
            token.attrSet("dir", "auto")


def quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001  (the parser's own signature)
    """Only with a space after the sign: ">:(" is a face."""
    after = state.bMarks[start] + state.tShift[start] + 1
    return state.src[after : after + 1] in {" ", "\n", ">", ""} and blockquote(state, start, end, silent)


def paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """The first line keeps its indentation, as the others do."""
    top = state.level == 0
    first = state.getLines(start, start + 1, 0, keepLastLF=False)
    found = block_of_text(state, start, end, silent)
    if top and not silent:
        text = state.tokens[-2]
        text.content = first[: len(first) - len(first.lstrip(" \t"))] + text.content
    return found


def escape(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    r"""A backslash stays before a "_" that would mean nothing anyway: ¯\_(ツ)_/¯ has two arms."""
    before, after = state.src[max(0, state.pos - 1) : state.pos], state.src[state.pos + 2 : state.pos + 3]
    if not state.src.startswith(r"\_", state.pos) or MAY_MEAN.search(before + after):
        return markdown_escape(state, silent)
    if not silent:
        state.pending += r"\_"
    state.pos += 2
    return True


def fence(_: RendererHTML, tokens: Sequence[Token], index: int, *__: Any) -> str:
    """All fences of a message share what may be highlighted."""
    token = tokens[index]
    so_far = sum(len(fence.content) for fence in tokens[: index + 1] if fence.type == "fence")
    language = token.info.strip().split(" ")[0] if so_far <= LONGEST else ""
    return f'<pre dir="ltr" tabindex="0"><code>{highlighted(token.content, language)}</code></pre>'


class Markdown(MarkdownIt):
    def normalizeLinkText(self, link: str) -> str:  # noqa: N802  (its name in the base)
        """An address as it was typed: "xn--…" in letters could pass for another."""
        return link


def parser() -> Markdown:
    made = Markdown("zero", {"linkify": True, "maxNesting": NESTING})
    made.enable(RULES)
    made.block.ruler.at("blockquote", quote, {"alt": ["paragraph", "blockquote", "list"]})
    made.block.ruler.at("paragraph", paragraph)
    made.inline.ruler.at("escape", escape)
    made.add_render_rule("fence", fence)
    assert made.linkify  # noqa: S101  (for the types: linkify-it-py is installed)
    made.linkify.tlds(["com", "edu", "gov", "int", "mil", "net", "org"])  # README.md and main.py are no addresses
    made.linkify.add("ftp:", None).add("//", None)
    return made


markdown = parser()
