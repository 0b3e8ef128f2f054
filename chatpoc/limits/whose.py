"""Whom a limit counts: the signed-in person, and the address that they come from. Neither can be read in a key."""

import ipaddress
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from chatpoc.limits.buckets import Bucket
from chatpoc.live.handshake import header

Owners = tuple[str, ...]  # the address' key, and after it that of the person, if one is signed in


def of_request(request: HttpRequest) -> Owners:
    address = _address(lambda name: request.headers.get(name, ""), request.META.get("REMOTE_ADDR") or "")
    return (address, person(request.user.pk)) if request.user.is_authenticated else (address,)


def of_handshake(scope: dict[str, Any]) -> Owners:
    """Who opens the socket is not known yet."""
    peer = (scope.get("client") or [""])[0] or ""
    return (_address(lambda name: header(scope, name.lower().encode()), peer),)


def person(pk: Any) -> str:
    return f"person:{pk}"


def buckets(name: str, owners: Owners) -> list[Bucket]:
    """Those that are asked when these do `name`; none where limits are off."""
    if not (limit := settings.LIMITS.get(name)):
        return []
    rates = (limit.address, limit.person)
    return [Bucket(f"limit:{name}:{owner}", rate) for owner, rate in zip(owners, rates, strict=False)]


def _address(said: Callable[[str], str], peer: str) -> str:
    """In production the proxy says it, in a header that it sets itself; elsewhere a browser could say what it likes in it."""
    trusted = getattr(settings, "ALLAUTH_TRUSTED_CLIENT_IP_HEADER", None)
    return _key((trusted and _network(said(trusted))) or _network(peer))


@lru_cache(maxsize=10_000)
def _network(address: str) -> str:
    """An IPv6 customer has 2^64 addresses, and could take another for each request. What is no address is none."""
    try:
        ip = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


@lru_cache(maxsize=10_000)
def _key(network: str) -> str:
    return f"address:{salted_hmac('chatpoc.limits', network, algorithm='sha256').hexdigest()[:32]}"
