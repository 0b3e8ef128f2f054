"""What every template of the accounts may ask for."""

import ipaddress

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.request import split_domain_port


def passkeys(request: HttpRequest) -> dict[str, bool]:
    """Can there be passkeys at this address? A browser ties them to a name, and refuses a number."""
    try:
        host = split_domain_port(request.get_host())[0]
        ipaddress.ip_address(host.strip("[]"))
    except DisallowedHost:
        return {"passkeys": False}
    except ValueError:
        return {"passkeys": True}
    return {"passkeys": False}
