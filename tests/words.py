"""`make words`: what people read, from the sources into chatpoc/locale/, and that compiled. Says what is not translated yet.

Two catalogues a language, as Django has them: `django` for Python and templates, `djangojs` for what the browser says.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "chatpoc" / "locale"
LANGUAGES = ["pl"]  # English is in the sources
SOURCES = {  # domain → folder, pattern, Babel's extractor
    "django": [
        *((folder, "*.py", "python") for folder in ("accounts", "chat", "chatpoc", "presence")),
        ("templates", "*.html", "template"),
        ("templates", "*.txt", "template"),
    ],
    "djangojs": [("static/js", "*.js", "javascript")],
}
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = """# {domain} in {language}. `make words` adds what is new, takes out what is gone, and compiles it.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""
PLACE = re.compile(r"%(?:\(\w+\))?[sd]")


def main() -> int:
    missing = 0
    for language in LANGUAGES:
        for domain in SOURCES:
            catalog = renewed(language, domain)
            path(language, domain, "po").write_text(po(catalog, language, domain))
            path(language, domain, "mo").write_bytes(mo(catalog))
            lacking = [message for message in messages(catalog) if faults(message, catalog.num_plurals)]
            missing += len(lacking)
            for message in lacking:
                print(f"{language} {domain}: {message.id!r}: {', '.join(faults(message, catalog.num_plurals))}")
    print(
        f"{missing} to translate: fill them in, and make words once more." if missing else "Every word is translated."
    )
    return 1 if missing else 0


def renewed(language: str, domain: str) -> Catalog:
    """What is committed, without what is no longer said, and with what is new, empty."""
    catalog = Catalog(locale=language, domain=domain)
    before = path(language, domain, "po")
    known = read_po(io.BytesIO(before.read_bytes()), locale=language) if before.exists() else catalog
    for place, words, context in said(domain):
        old = known.get(words if isinstance(words, str) else words[0], context)
        same = old and old.pluralizable == isinstance(words, tuple)
        string = old.string if old and same else None
        catalog.add(words, string, locations=[(place, 0)], context=context)
    return catalog


def said(domain: str) -> Iterator[tuple[str, Any, str | None]]:
    """Where, what (one text, or singular and plural), and in which context."""
    for folder, pattern, kind in SOURCES[domain]:
        for file in sorted((ROOT / folder).rglob(pattern)):
            if "migrations" in file.parts or "theme" in file.parts:
                continue
            source, method = file.read_text(), kind
            if kind == "template":
                # Django makes something like Python of it; indented it would not be one.
                source, method = "\n".join(line.strip() for line in templatize(source).splitlines()), "python"
            options = {"encoding": "utf-8", "parse_template_string": True}
            for _, words, _, context in extract(method, io.BytesIO(source.encode()), KEYWORDS, options=options):
                yield str(file.relative_to(ROOT)), words, context


def messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def faults(message: Message, plurals: int) -> list[str]:
    """What is wrong with a translation: not all forms are there, it is doubtful, or its places are not those of the English."""
    strings = list(message.string) if isinstance(message.string, (tuple, list)) else [message.string or ""]
    wanted = plurals if message.pluralizable else 1
    found = [] if len(strings) == wanted and all(strings) else ["not translated"]
    english = message.id if isinstance(message.id, str) else message.id[1]
    places = sorted(PLACE.findall(english))
    if not found and any(sorted(PLACE.findall(string)) != places for string in strings):
        found.append(f"does not have just the places {places}")
    return found + (["fuzzy"] if message.fuzzy else [])


def po(catalog: Catalog, language: str, domain: str) -> str:
    """Sorted by text and without line numbers, so that branches rarely meet in it."""
    out = io.BytesIO()
    write_po(out, catalog, width=0, omit_header=True, sort_output=True, include_lineno=False)
    return HEADER.format(domain=domain, language=language, plurals=catalog.plural_forms) + out.getvalue().decode()


def mo(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def path(language: str, domain: str, ending: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.{ending}"


if __name__ == "__main__":
    sys.exit(main())
