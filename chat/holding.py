"""Words, and domains of links, with which a message waits until a moderator has looked at it. There are none until staff make
some, and switch them on. What two people say to each other is never held."""

from urllib.parse import urlsplit

from django.core.cache import cache

from accounts.search import plain
from chat.formatting import markdown

RULES = "hold-rules"  # in the cache
KEPT = 10  # seconds; a save forgets them at once, a statement from a shell does not

letters_of = plain.__wrapped__  # without what plain() keeps: messages are long, and each is looked at once


def found_in(body: str) -> list[str]:
    """The rules that are on and that `body` meets, by their texts."""
    words, domains = rules()
    if not words and not domains:
        return []
    said = words_of(body) if words else ""
    hosts = hosts_in(body) if domains else set()
    met = [text for text in words if words_of(text) in said]
    return met + [domain for domain in domains if any(f".{host}".endswith(f".{domain}") for host in hosts)]


def rules() -> tuple[list[str], list[str]]:
    """The words and the domains of those that are on."""
    kept = cache.get(RULES)
    if kept is None:
        from chat.models import HoldRule  # which looks here

        on = list(HoldRule.objects.filter(is_on=True).values_list("kind", "text"))
        kept = [[text for kind, text in on if kind == of] for of in (HoldRule.Kind.WORD, HoldRule.Kind.LINK)]
        cache.set(RULES, kept, KEPT)
    words, domains = kept
    return words, domains


def forget_rules() -> None:
    cache.delete(RULES)


def words_of(text: str) -> str:
    """In small Latin letters, each word between spaces, so that only whole ones are found."""
    found = str(letters_of(text))
    return f"{found} " if found else ""


def hosts_in(body: str) -> set[str]:
    """Of what the page makes links from, and of what is written as an address elsewhere, such as in code."""
    assert markdown.linkify  # noqa: S101  (for the types)
    links = markdown.linkify.match(body) or []
    return {host for link in links if (host := host_of(link.url))}


def host_of(address: str) -> str:
    """Of an address, or of a domain alone: its name in ASCII, as it is asked for; empty if there is none."""
    text = address.strip().lower()
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        host = host.strip(".").encode("idna").decode()
    except (ValueError, UnicodeError):
        return ""
    return host if "." in host else ""
