"""Every list of the admin, and each way to narrow it down, with few and with many messages, in turns."""

import statistics
import time
from dataclasses import dataclass

from tests.load.http_client import Client
from tests.load.sections import Section, rounded, spread

GOAL = 1.5  # times the one with few
WARM = 3  # rounds that are not counted

MESSAGES = "chat/message/"
# By whom, what, and its address; {half} is a message in the middle.
LISTS = [
    ("moderator", "messages", MESSAGES),
    ("root", "messages, with those of direct conversations", MESSAGES),
    ("moderator", "… from the middle on", f"{MESSAGES}?upto={{half}}"),
    ("moderator", "… of a room", f"{MESSAGES}?room=Room+1"),
    ("moderator", "… of an author", f"{MESSAGES}?author=@person3"),
    ("moderator", "… of an author in a room", f"{MESSAGES}?author=@person3&room=Room+1"),
    ("moderator", "… of an author and shown", f"{MESSAGES}?author=@person3&state=shown"),
    ("moderator", "… edited", f"{MESSAGES}?state=edited"),
    ("moderator", "… deleted by a moderator", f"{MESSAGES}?state=deleted"),
    ("moderator", "… deleted by its author", f"{MESSAGES}?state=withdrawn"),
    ("moderator", "… lines", f"{MESSAGES}?state=line"),
    ("moderator", "… of the last hour", f"{MESSAGES}?since=hour"),
    ("moderator", "… of the last month", f"{MESSAGES}?since=month"),
    ("moderator", "search for a word that one in ten has", f"{MESSAGES}?q=tulips"),
    ("moderator", "search for a word that none has", f"{MESSAGES}?q=zyzzyva"),
    ("moderator", "… in a room", f"{MESSAGES}?q=zyzzyva&room=Room+1"),
    ("moderator", "… of an author of the last week", f"{MESSAGES}?q=zyzzyva&author=@person3&since=week"),
    ("moderator", "a message with what is around it", f"{MESSAGES}{{half}}/change/"),
    ("root", "rooms", "chat/room/"),
    ("root", "a room", "chat/room/{room}/change/"),
    ("root", "members of a room", "chat/membership/?room=Room+1"),
    ("root", "people", "accounts/user/"),
    ("root", "search for people", "accounts/user/?q=person"),
]
FAR = ("moderator", "search for a word that none has, 100,000 messages back", f"{MESSAGES}?q=zyzzyva&far=1")


@dataclass(frozen=True)
class Chat:
    """A server, and whose sessions it knows."""

    port: int
    count: int
    sessions: dict[str, str]

    def __post_init__(self) -> None:
        clients = {who: Client(self.port, session) for who, session in self.sessions.items()}
        object.__setattr__(self, "clients", clients)

    def milliseconds(self, who: str, path: str) -> float:
        clients: dict[str, Client] = getattr(self, "clients")  # noqa: B009  (frozen)
        started = time.perf_counter()
        status, _, _ = clients[who].get("/admin/" + path.format(half=self.count // 2, room=1))
        assert status == 200, path
        return (time.perf_counter() - started) * 1000


def lists(few: Chat, many: Chat, rounds: int, database: str) -> Section:
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for _who, name, _path in LISTS}
    for number in range(rounds + WARM):
        for who, name, path in LISTS:
            for chat, samples in zip((few, many), times[name], strict=True):
                taken = chat.milliseconds(who, path)
                if number >= WARM:
                    samples.append(taken)
    far = [many.milliseconds(*FAR[::2]) for _ in range(rounds)]
    ratios = {name: statistics.median(b) / statistics.median(a) for name, (a, b) in times.items()}
    worst = max(ratios, key=lambda name: ratios[name])
    reached = ratios[worst] <= GOAL
    return Section(
        title=f"On {database}",
        text=f"ms until the whole page is read; {rounds} each, in turns. What can be asked for and takes longer: {FAR[1]},"
        f" {spread(far)} ms.",
        columns=["", f"{few.count:,} messages", f"{many.count:,} messages", "ratio"],
        rows=[[name, spread(a), spread(b), f"{ratios[name]:.2f}"] for name, (a, b) in times.items()],
        verdict=f"**{'Reached' if reached else 'Missed'}:** at most {ratios[worst]:.2f} times, for “{worst}”"
        f" (goal: at most {GOAL}).",
        reached=reached,
        figures={name: {"few": rounded(a), "many": rounded(b)} for name, (a, b) in times.items()}
        | {"far": rounded(far)},
    )
