"""A sidebar of 30 conversations, asked for with the ptag that is current, and without."""

import statistics
import time
from collections.abc import Callable

from django.test import RequestFactory

from chat.fragments import conversations
from tests.load.crowds import Failed
from tests.load.http_client import HX, Client
from tests.load.invalidation.people import CONVERSATIONS, Person
from tests.load.sections import Section, rounded, spread
from tests.load.server import Server

PATH = "/conversations/"
BLOCK = 20  # requests of a kind before the next kind's turn
GOAL = 0.1  # of the full fragment
TEXT = """One viewer, one kept connection, one request after the other. The whole request is CPU of the server process: Daphne,
the middleware, the queries for the session and the viewer, which both answers pay. The view alone runs in the benchmark's
process. A browser gets a 304 where a hint tells what it has fetched already; a fragment that did change costs the full one."""
NOBODY, UNCHANGED, FULL = "302, signed out (floor)", "304", "200, the full fragment"


class Refetching:
    def __init__(self, server: Server, talker: Person) -> None:
        self.server, self.talker = server, talker
        self.ptag, self.size = "", 0
        client, nobody = Client(server.port, talker.session), Client(server.port, "nobody")
        self.requests: dict[str, Callable[[], int]] = {
            NOBODY: lambda: nobody.get(PATH)[0],
            UNCHANGED: lambda: client.get(PATH, **HX, **{"HX-PTag": self.ptag})[0],
            FULL: lambda: self.fetch(client),
        }
        self.cpu: dict[str, list[float]] = {kind: [] for kind in self.requests}  # ms for each request
        self.waits: dict[str, list[float]] = {kind: [] for kind in self.requests}
        self.view: dict[str, list[float]] = {UNCHANGED: [], FULL: []}  # ms of CPU, of the view alone

    def fetch(self, client: Client) -> int:
        status, self.ptag, self.size = client.get(PATH, **HX)
        return status

    def round(self) -> None:
        self.requests[FULL]()
        for kind, request in self.requests.items():
            before = self.server.cpu()
            for _ in range(BLOCK):
                started = time.perf_counter()
                if request() != int(kind[:3]):
                    raise Failed(f"{PATH} was not answered with {kind}.")
                self.waits[kind].append((time.perf_counter() - started) * 1e3)
            self.cpu[kind].append((self.server.cpu() - before) / BLOCK * 1e3)
        self.round_of_view()

    def round_of_view(self) -> None:
        """In this process: what the fragment itself costs, after the middleware found out who asks."""
        ptag = self.answer("")[1]
        for kind, known in ((UNCHANGED, ptag), (FULL, "")):
            before = time.thread_time()
            statuses = {self.answer(known)[0] for _ in range(BLOCK)}
            self.view[kind].append((time.thread_time() - before) / BLOCK * 1e3)
            if statuses != {int(kind[:3])}:
                raise Failed(f"The view did not answer with {kind}.")

    def answer(self, ptag: str) -> tuple[int, str]:
        request = RequestFactory().get(PATH, headers={"HX-PTag": ptag} if ptag else {})
        request.user = self.talker.user
        response = conversations(request)
        return response.status_code, response.headers["HX-PTag"]

    def section(self) -> Section:
        request, fragment = self.ratio(self.cpu), self.ratio(self.view)
        return Section(
            title=f"A 304 against the full fragment of {CONVERSATIONS} conversations",
            text=TEXT,
            columns=["answer", "ms of CPU, whole request", "ms until the answer", "ms of CPU, the view alone"],
            rows=[self.row(kind) for kind in self.requests],
            verdict=self.verdict(request, fragment),
            reached=fragment <= GOAL,
            figures={
                "ratio of the view": round(fragment, 3),
                "ratio of the whole request": round(request, 3),
                "whole request, ms": {kind: rounded(values) for kind, values in self.cpu.items()},
                "view, ms": {kind: rounded(values) for kind, values in self.view.items()},
            },
        )

    def row(self, kind: str) -> list[str]:
        view = spread(self.view[kind], 2) if kind in self.view else "—"
        return [kind, spread(self.cpu[kind], 2), spread(self.waits[kind], 1), view]

    def verdict(self, request: float, fragment: float) -> str:
        floor, unchanged, full = (statistics.median(self.cpu[kind]) for kind in (NOBODY, UNCHANGED, FULL))
        return (
            f"**The goal of {GOAL} is {met(fragment)} in the view, with {fragment:.2f} of the full fragment, "
            f"and {met(request)} for the whole request, with {request:.2f}.** The floor alone, Daphne and the middleware "
            f"before anybody is known, is {floor / full:.2f} of the full fragment. A 304 is {floor:.2f} ms of that, "
            f"{unchanged - floor:.2f} ms for the session, the viewer and two questions to Redis, and no body instead of "
            f"{self.size:,} bytes."
        )

    @staticmethod
    def ratio(costs: dict[str, list[float]]) -> float:
        return statistics.median(costs[UNCHANGED]) / statistics.median(costs[FULL])


def met(ratio: float) -> str:
    return "reached" if ratio <= GOAL else "missed"
