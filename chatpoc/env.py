"""Settings from the environment, read loudly: what is missing or unsafe names its own cure."""

import fcntl
import os
import re
import secrets
from collections.abc import Callable, Collection
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from chatpoc import pool, pooler
from chatpoc.limits import table
from chatpoc.limits.table import Limit

BASE = Path(__file__).resolve().parent.parent
VAR = BASE / "var"  # everything that a running embedded chat writes; git ignores it

environ.Env.read_env(str(BASE / ".env"))
env: Any = environ.Env()
env.ENVIRON = {name: value for name, value in os.environ.items() if value.strip()}  # NAME= is the same as no NAME


def one_of(name: str, choices: Collection[str], default: str) -> str:
    """The variable `name`, which is one of `choices`."""
    value: str = env.str(name, default)
    if value in choices:
        return value
    raise ImproperlyConfigured(f"{name}={value} is not known. Set it to one of these: {', '.join(choices)}")


PRODUCTION = one_of("MODE", ("development", "production"), "development") == "production"


def needed(name: str, embedded: str, *, why: str) -> str:
    """The variable `name`; `embedded` stands in for it outside production, where it must be given."""
    value: str = env.str(name, "")
    if value or not PRODUCTION:
        return value or embedded
    raise ImproperlyConfigured(f"{name} is not set, and production needs it: {why}")


def secret_key() -> str:
    """SECRET_KEY; outside production one is drawn once and kept in var/, so that sessions survive a restart."""
    if PRODUCTION:
        key = needed("SECRET_KEY", "", why='python -c "import secrets; print(secrets.token_urlsafe(50))" makes one.')
        if len(key) < 50 or len(set(key)) < 5 or key.startswith("django-insecure-") or len(key.split()) > 1:
            raise ImproperlyConfigured(
                "SECRET_KEY is too weak: it must be random and at least 50 characters long, without spaces. "
                'python -c "import secrets; print(secrets.token_urlsafe(50))" makes one.'
            )
        return key
    if given := env.str("SECRET_KEY", ""):
        return str(given)
    VAR.mkdir(exist_ok=True)
    with os.fdopen(os.open(VAR / "secret_key", os.O_RDWR | os.O_CREAT, 0o600), "r+") as kept:
        fcntl.flock(
            kept, fcntl.LOCK_EX
        )  # of several that start at once one draws it, and the others wait for all of it
        if not (key := kept.read()):
            key = secrets.token_urlsafe(50)
            kept.write(key)
    return key


def notify_socket() -> str:
    """Where systemd wants to hear from a service of Type=notify; it sets this itself."""
    place: str = env.ENVIRON.get("NOTIFY_SOCKET", "")
    return place


def metrics_token() -> str:
    """METRICS_TOKEN, which opens /metrics; without it nobody can."""
    token: str = env.str("METRICS_TOKEN", "")
    if token and (len(token) < 20 or len(token.split()) > 1):
        raise ImproperlyConfigured(
            "METRICS_TOKEN can be guessed: it must be at least 20 characters long, without spaces. "
            'python -c "import secrets; print(secrets.token_urlsafe(30))" makes one.'
        )
    return token


def drain() -> int:
    """DRAIN_SECONDS: how long /readyz says no, before the server stops listening."""
    given: str = env.str("DRAIN_SECONDS", "0")
    if given.isdecimal() and int(given) <= 600:
        return int(given)
    raise ImproperlyConfigured(
        f"DRAIN_SECONDS={given} is no number of seconds, 600 at most. Leave it out, or: DRAIN_SECONDS=10"
    )


def sentry_dsn() -> str:
    """SENTRY_DSN: where errors are sent to; without it nothing is."""
    dsn: str = env.str("SENTRY_DSN", "")
    if dsn and not re.fullmatch(r"https?://[^\s/@:]+@[^\s/@]+/(\S*/)?\d+", dsn):
        raise ImproperlyConfigured(
            "SENTRY_DSN is not what Sentry calls a DSN: SENTRY_DSN=https://key@sentry.example.org/1"
        )
    if dsn and find_spec("sentry_sdk") is None:
        raise ImproperlyConfigured(
            "SENTRY_DSN is set, and the package that sends to it is not installed: pip install sentry-sdk, or leave it out."
        )
    return dsn


def allowed_hosts() -> list[str]:
    """ALLOWED_HOSTS, comma-separated; `*` is refused in production."""
    given = needed("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", why="ALLOWED_HOSTS=chat.example.org")
    hosts = [host.strip() for host in given.split(",") if host.strip()]
    if PRODUCTION and "*" in hosts:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS=* lets any site pose as this one. Name the hosts: ALLOWED_HOSTS=chat.example.org"
        )
    if not hosts or any("/" in host for host in hosts):
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS takes names of hosts, without https:// and separated by commas: ALLOWED_HOSTS=chat.example.org"
        )
    return hosts


def database() -> dict[str, Any]:
    """DATABASE_URL as Django's setting: PostgreSQL through a pool, or the embedded SQLite."""
    url = needed(
        "DATABASE_URL",
        f"sqlite:///{VAR / 'chat.sqlite3'}",
        why="DATABASE_URL=postgres://user:password@host/name",
    )
    config: dict[str, Any] = {"ENGINE": "", "NAME": ""} | parsed(environ.Env.db_url_config, url)
    if "postgresql" in config["ENGINE"] and config["NAME"]:
        given = dict(config.get("OPTIONS", {}))
        pooled = pooler.said_in(given)
        options = pool.options(given, pool_size(), pooled=pooled)
        # A connection is checked when it is lent, which costs a round trip: nobody meets one that was killed.
        lent = {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "DISABLE_SERVER_SIDE_CURSORS": pooled}
        return config | lent | {"OPTIONS": options}
    if "sqlite" in config["ENGINE"] and not PRODUCTION:
        VAR.mkdir(exist_ok=True)
        # IMMEDIATE: a read that turns into a write cannot wait for another writer, it fails at once.
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        # 15 s: the browser waits 20 for an answer, and shall hear that it may come again.
        options = {"timeout": 15, "transaction_mode": "IMMEDIATE", "init_command": pragmas}
        return config | {"OPTIONS": options, "TEST": {"NAME": str(VAR / f"test-{Path(config['NAME']).stem}.sqlite3")}}
    raise ImproperlyConfigured(
        "DATABASE_URL does not name a PostgreSQL database, and production needs one: DATABASE_URL=postgres://user:password@host/name"
    )


def replica() -> dict[str, Any]:
    """REPLICA_URL as Django's setting: a streaming replica of the database, from which the past is read."""
    if not (url := env.str("REPLICA_URL", "")):
        return {}
    config: dict[str, Any] = {"ENGINE": "", "NAME": ""} | parsed(environ.Env.db_url_config, url)
    if "postgresql" not in config["ENGINE"] or not config["NAME"] or "postgresql" not in database()["ENGINE"]:
        raise ImproperlyConfigured(
            "REPLICA_URL does not name a PostgreSQL that follows the one of DATABASE_URL: "
            "REPLICA_URL=postgres://user:password@host/name"
        )
    if url == env.str("DATABASE_URL", ""):
        raise ImproperlyConfigured("REPLICA_URL is the same as DATABASE_URL, which is asked anyway. Leave it out.")
    if "pgbouncer" in config.get("OPTIONS", {}):
        raise ImproperlyConfigured(
            "REPLICA_URL has pgbouncer=, and a replica is read without one: give its own address, and leave that out."
        )
    options = pool.options_of_replica(config.get("OPTIONS", {}), pool_size())
    more = {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "OPTIONS": options, "TEST": {"MIRROR": "default"}}
    return {"replica": config | more}


def days(name: str, default: int) -> timedelta:
    """The variable `name`, which is a number of days; half a day is 0.5. Use is noted every five minutes, hence the least."""
    given: str = env.str(name, str(default))
    if re.fullmatch(r"\d{1,4}(\.\d{1,3})?", given) and float(given) >= 0.02:
        return timedelta(days=float(given))
    raise ImproperlyConfigured(
        f"{name}={given} is no number of days, 0.02 at least. Leave it out, or: {name}={default}"
    )


def media_accel() -> str:
    """MEDIA_ACCEL: where the proxy has pictures, which it sends when we say so; without it they are sent from here."""
    place: str = env.str("MEDIA_ACCEL", "")
    if place and not re.fullmatch(r"/([\w-]+/)+", place):
        raise ImproperlyConfigured(
            f"MEDIA_ACCEL={place} is no place of the proxy's own, with a slash at both ends. "
            "Leave it out, or: MEDIA_ACCEL=/protected-media/"
        )
    return place


def pool_size() -> int:
    """DATABASE_POOL: connections per process, at most."""
    size: str = env.str("DATABASE_POOL", "10")
    if size.isdecimal() and int(size) > 0:
        return int(size)
    raise ImproperlyConfigured(f"DATABASE_POOL={size} is no number of connections. Leave it out, or: DATABASE_POOL=10")


def layer_and_cache() -> tuple[dict[str, Any], dict[str, Any]]:
    """REDIS_URL as the channel layer, spread over all that it names, and as the cache, which is on the first of them, or where
    CACHE_URL says; without it both in this process's memory."""
    given = needed("REDIS_URL", "", why="REDIS_URL=redis://host:6379/0")
    urls = [redis_url("REDIS_URL", url) for url in given.split(",")] if given else []
    if len({url.rstrip("/") for url in urls}) < len(urls):
        raise ImproperlyConfigured(
            "REDIS_URL names the same Redis twice, which would carry twice as much. Name each once."
        )
    kept = env.str("CACHE_URL", "")
    if kept and not urls:
        raise ImproperlyConfigured(
            "CACHE_URL is set, and REDIS_URL is not, so processes could not tell each other: set both."
        )
    if urls:
        layer = {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": urls, "prefix": "chatpoc"},
        }
        return layer, {
            "BACKEND": "chatpoc.cache.SharedRedisCache",
            "LOCATION": redis_url("CACHE_URL", kept) if kept else urls[0],
            "KEY_PREFIX": "chatpoc",
            "VERSION": 2,  # the first one held pickles
        }
    # Its capacity drops the newest silently; its expiries take a slow reader, or after a day anyone, out of every group.
    layer = {
        "BACKEND": "channels.layers.InMemoryChannelLayer",
        "CONFIG": {"capacity": 10_000, "expiry": 3600, "group_expiry": 10**9},
    }
    return layer, {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 200_000}}


def redis_url(name: str, given: str) -> str:
    """One address of the variable `name`."""
    url = given.strip()
    try:
        known = urlsplit(url).scheme in {"redis", "rediss", "unix"} and urlsplit(url).port != 0
    except ValueError:  # the port is none
        known = False
    if known:
        return url
    more = ", and several with commas between; a comma in a password is %2C" if name == "REDIS_URL" else ""
    raise ImproperlyConfigured(f"{name} is not the address of a Redis: {name}=redis://host:6379/0{more}")


def limits() -> dict[str, Limit]:
    """LIMITS: what one person, and one address, may do at once. The table is in chatpoc/limits/table.py."""
    return table.parsed(env.str("LIMITS", ""))


def email() -> dict[str, Any]:
    """EMAIL_URL as Django's settings; outside production mail is kept in var/mail and read at /dev/mailbox/."""
    url = needed("EMAIL_URL", "", why="EMAIL_URL=smtp+tls://user:password@host:587")
    if url:
        config: dict[str, Any] = {"EMAIL_BACKEND": "", "EMAIL_HOST": ""} | parsed(environ.Env.email_url_config, url)
        smtp = "smtp" in config["EMAIL_BACKEND"]
        if not config["EMAIL_BACKEND"] or (smtp and not config["EMAIL_HOST"]) or (PRODUCTION and not smtp):
            raise ImproperlyConfigured(
                "EMAIL_URL does not name a mail server, and without one nobody can confirm an email or reset a password: "
                "EMAIL_URL=smtp+tls://user:password@host:587"
            )
        if smtp:
            del config["EMAIL_FILE_PATH"]  # it stands for the mailbox, and mail that is sent is not kept
        return config
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(VAR / "mail"),
    }


def parsed(parse: Callable[[str], dict[str, Any]], url: str) -> dict[str, Any]:
    """What `parse` makes of the URL; nothing if it is none."""
    try:
        return parse(url)
    except (ValueError, ImproperlyConfigured):
        return {}


def forgetful(backend: str) -> str:
    """The same cache for packages that do not expect it to fail: a log-in must not break because Redis is away."""
    return "chatpoc.cache.ForgetfulRedisCache" if backend.endswith("SharedRedisCache") else backend
