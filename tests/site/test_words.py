"""Every word that people read can be translated, and is."""

import gettext
import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from babel.messages.pofile import read_po

from chatpoc.env import BASE
from tests.words import LANGUAGES, SOURCES, faults, messages, mo, path, po, renewed

pytestmark = pytest.mark.once

CATALOGUES = [(language, domain) for language in LANGUAGES for domain in SOURCES]
TEMPLATES = sorted(str(path.relative_to(BASE)) for path in BASE.glob("templates/**/*.*"))
NAMES = re.compile(r"ChatPOC|\bms\b|\b(?:Esc|Enter|End)\b|[·@]")  # the same in every language
SAID = {"aria-label", "title", "placeholder", "alt", "aria-description", "aria-roledescription"}


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_everything_is_translated_and_nothing_else_is_kept(language: str, domain: str) -> None:
    catalog = renewed(language, domain)
    lacking = {message.id: faults(message, catalog.num_plurals) for message in messages(catalog)}
    assert {text: found for text, found in lacking.items() if found} == {}, "make words lists them"
    assert path(language, domain, "po").read_text() == po(catalog, language, domain), "make words"


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_what_is_compiled_is_what_was_written(language: str, domain: str) -> None:
    written = mo(read_po(io.BytesIO(path(language, domain, "po").read_bytes()), locale=language))
    assert words_in(path(language, domain, "mo").read_bytes()) == words_in(written), "make words"


def words_in(compiled: bytes) -> dict[Any, str]:
    catalog: dict[Any, str] = gettext.GNUTranslations(io.BytesIO(compiled))._catalog  # type: ignore[attr-defined]
    return {key: value for key, value in catalog.items() if key}


class Bare(HTMLParser):
    """Collects the words that stand in a template as they are."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.data = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.data = tag in {"script", "style"}
        self.found += [
            value for name, value in attrs if name in SAID and value and re.search(r"[^\W\d_]", NAMES.sub("", value))
        ]

    def handle_data(self, data: str) -> None:
        words = NAMES.sub("", data).strip()
        if re.search(r"[^\W\d_]{2}", words) and not self.data:
            self.found.append(words)


def bare(source: str) -> list[str]:
    marked = re.sub(
        r"{%\s*blocktrans.*?{%\s*endblocktrans(?:late)?\s*%}|{% comment.*?endcomment %}", "", source, flags=re.DOTALL
    )
    blocks = re.sub(r"{%\s*block (?:body_class|bodyclass|sheet_class)\s*%}.*?{% endblock %}", "", marked)
    return Bare(re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", blocks, flags=re.DOTALL)).found


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_word_of_a_template_stands_there_as_it_is(template: str) -> None:
    assert bare((BASE / template).read_text()) == []


@pytest.mark.parametrize(
    "html", ["<p>Hello</p>", '<a title="Hello">{% translate "Hello" %}</a>', "{% if a %}Hello{% endif %}"]
)
def test_the_search_itself_finds(html: str) -> None:
    assert bare(html) == ["Hello"]
