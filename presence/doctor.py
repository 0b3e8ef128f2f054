"""Which server processes live, and what those left that do not."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import Now

from chatpoc.doctor import Finding, check, doubtful, well
from presence.leases import LEASE
from presence.models import Process

UNSWEPT = timedelta(seconds=10)  # after its end, any process that lives would have taken a lease's rows away
SHOWN = 20  # processes by name


@check("leases", needs="migrations")
def leases() -> Iterator[Finding]:
    rows: list[Any] = list(Process.objects.annotate(sockets=Count("connections"), now=Now()).order_by("name"))
    alive = [row for row in rows if row.expires_at > row.now]
    overdue = [row for row in rows if row.expires_at + UNSWEPT <= row.now]
    for row in alive[:SHOWN]:
        ago = max(0.0, (row.now - row.renewed_at).total_seconds())
        text = f"{row.name}: {row.sockets} sockets, lease renewed {ago:.0f} s ago."
        late = ago > LEASE.total_seconds() - 10
        yield (
            doubtful(text, "It renews every 15 s: look at its log, and whether it has the CPU.") if late else well(text)
        )
    if not alive:
        yield doubtful("No server process is running.", "python -m chatpoc.serve, or `make run`")
    if overdue:
        sockets = sum(row.sockets for row in overdue)
        yield doubtful(
            f"{len(overdue)} processes ended without a word and left {sockets} sockets, which nobody has taken away.",
            "Nobody is shown online by them. The next server that runs takes them away within seconds.",
        )
