"""All of production on one machine and without root: nginx, two processes of the chat, PgBouncer, PostgreSQL and Redis, in a
temporary folder and on free ports, with the files of deploy/ and the lines of the Procfile."""

import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg

from tests.production.certificate import write_certificate
from tests.production.filling import filled
from tests.production.unit import Unit, command_line
from tests.servers import PATIENCE, ROOT, Daemon, PostgresServer, RedisServer, free_port, postgres, redis_server

PASSWORD = "only-here-9"
SERVER_CONNECTIONS = (
    "4"  # fewer than the chat holds, so that each of its transactions meets another session than the last
)


@dataclass
class Shape:
    folder: Path
    database: PostgresServer
    redis: RedisServer
    environment: dict[str, str]
    bouncer: Daemon
    units: list[Unit]
    proxy: Daemon

    @property
    def url(self) -> str:
        return f"https://localhost:{self.proxy.port}"

    @cached_property
    def straight(self) -> str:
        """DATABASE_URL, past PgBouncer."""
        return f"postgres://chat@127.0.0.1:{self.database.port}/chat"


@contextmanager
def production(**more: str) -> Iterator[Shape]:
    """`more` goes into the chat's environment."""
    with ExitStack() as stack:
        base = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chatpoc-", ignore_cleanup_errors=True)))
        base.chmod(0o755)  # nginx and PgBouncer are other users, where root starts all this
        folders = {name: base / name for name in ("bouncer", "nginx", "static", "media", "units")}
        for folder in folders.values():
            folder.mkdir()
        database, redis = stack.enter_context(postgres()), stack.enter_context(redis_server())
        make_database(database.url)
        bouncer = pgbouncer(folders["bouncer"], database)
        stack.callback(bouncer.stop)
        environment = settings(bouncer.port, redis, folders) | more
        command_line(procfile()["release"], environment)
        units = []
        for number in range(2):
            units.append(Unit(folders["units"], number, environment))
            stack.callback(units[-1].close)
        proxy = nginx(folders, [unit.port for unit in units])
        stack.callback(proxy.stop)
        yield Shape(base, database, redis, environment, bouncer, units, proxy)


def make_database(url: str) -> None:
    """PostgreSQL listens a moment before it takes anybody."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with psycopg.connect(url, autocommit=True) as session:
                session.execute("CREATE DATABASE chat")
                return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def procfile() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return {name: command.strip() for name, _, command in (line.partition(":") for line in lines)}


def settings(port: int, redis: RedisServer, folders: dict[str, Path]) -> dict[str, str]:
    return {
        "MODE": "production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "localhost",
        "DATABASE_URL": f"postgres://chat:{PASSWORD}@127.0.0.1:{port}/chat?pgbouncer=transaction",
        "REDIS_URL": redis.url,
        "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
        "MEDIA_ROOT": str(folders["media"]),
        "MEDIA_ACCEL": "/protected-media/",
        "STATIC_ROOT": str(folders["static"]),
        "DJANGO_ALLOW_ASYNC_UNSAFE": "",  # what Playwright needs in its own process
    }


def pgbouncer(folder: Path, database: PostgresServer, changes: dict[str, str] | None = None) -> Daemon:
    port = free_port()
    (folder / "userlist.txt").write_text(f'"chat" "{PASSWORD}"\n')
    text = filled(
        "pgbouncer.ini",
        {
            "port=5432": f"port={database.port}",
            "listen_port = 6432": f"listen_port = {port}",
            "default_pool_size = 20": f"default_pool_size = {SERVER_CONNECTIONS}",
            "reserve_pool_size = 5": "reserve_pool_size = 0",
            "/etc/pgbouncer/userlist.txt": f"{folder}/userlist.txt",
            "unix_socket_dir = /run/postgresql": f"unix_socket_dir = {folder}",
            "/var/log/postgresql/pgbouncer.log": f"{folder}/pgbouncer.log",
            "/run/postgresql/pgbouncer.pid": f"{folder}/pgbouncer.pid",
        },
    )
    for old, new in (changes or {}).items():
        text = text.replace(old, new)
    (folder / "pgbouncer.ini").write_text(text)
    return Daemon(["pgbouncer", str(folder / "pgbouncer.ini")], folder, port, user="postgres")


AROUND = """
daemon off;
pid {folder}/nginx.pid;
worker_processes 2;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def nginx(folders: dict[str, Path], ports: list[int]) -> Daemon:
    folder, plain, port = folders["nginx"], free_port(), free_port()
    chain, key = write_certificate(folder)
    site = filled(
        "nginx.conf",
        {
            "127.0.0.1:8001": f"127.0.0.1:{ports[0]}",
            "127.0.0.1:8002": f"127.0.0.1:{ports[1]}",
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "listen [::]:80;": "",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
            "listen [::]:443 ssl http2;": "",
            "https://chat.example.org$request_uri": f"https://localhost:{port}$request_uri",
            "server_name chat.example.org;": "server_name localhost;",
            "/etc/letsencrypt/live/chat.example.org/fullchain.pem": str(chain),
            "/etc/letsencrypt/live/chat.example.org/privkey.pem": str(key),
            "/srv/chatpoc/staticfiles/": f"{folders['static']}/",
            "/var/lib/chatpoc/media/": f"{folders['media']}/",
        },
    )
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    command = ["nginx", "-e", f"{folder}/error.log", "-p", str(folder), "-c", f"{folder}/nginx.conf"]
    return Daemon(command, folder, port, user="www-data")
