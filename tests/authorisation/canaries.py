"""Strings that exist once in the world, and who may meet them."""

import pickle
from typing import Any

from django.core.cache import caches

from tests.authorisation.people import INSIDE, KINDS, SIGNED_IN

PRIVATE = ("closed", "direct", "archived")  # of these an outsider may not even know that they are there
NOT_DIRECT = tuple(kind for kind in KINDS if kind != "direct")

SAID = {f"canary-{kind}-{what}" for kind in KINDS for what in ("body-1", "body-3", "edited-4")}
CALLED = {f"canary-{kind}-{what}" for kind in NOT_DIRECT for what in ("name", "subject")}
PRIVATELY_CALLED = {text for text in CALLED if text.split("-")[1] in PRIVATE}
TOLD_MODERATORS = {f"canary-{kind}-details" for kind in ("open", "closed", "direct")}
FOR_MODERATORS = {"canary-note"}
TAKEN_BACK = {f"canary-{kind}-body-{seq}" for kind in KINDS for seq in (2, 4)}  # deleted, and edited away


def secrets_from(who: str) -> set[str]:
    """What must never reach this person."""
    if who in {"anonymous", "deactivated"}:
        return {"canary-"}
    never = TAKEN_BACK | FOR_MODERATORS | ({"canary-own-details"} if who != "member" else set())
    never |= TOLD_MODERATORS if who != "moderator" else set()
    emails = {f"canary-email-{other}" for other in SIGNED_IN if other != who} | {"canary-email-fellow"}
    if who in INSIDE:
        return never | emails
    return never | emails | SAID | PRIVATELY_CALLED


def what_members_meet(who: str) -> set[str]:
    return SAID | CALLED | {f"canary-email-{who}"} | ({"canary-own-details"} if who == "member" else set())


def met(secrets: set[str], text: str) -> set[str]:
    return {secret for secret in secrets if secret in text}


def kept_in_cache(alias: str) -> str:
    """Every key and every value, of this process' cache or of Redis."""
    return "\n".join(f"{key!r} {value!r}" for key, value in rows_of(caches[alias]))


def rows_of(cache: Any) -> list[tuple[Any, Any]]:
    if hasattr(cache, "_expire_info"):  # in the process
        return [(key, pickle.loads(value)) for key, value in list(cache._cache.items())]  # noqa: S301
    client = cache._cache.get_client(write=True)
    keys = list(client.scan_iter("*"))
    return [(key, client.get(key)) for key in keys if client.type(key) == b"string"]
