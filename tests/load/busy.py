"""Clients that ask as fast as they are answered, and whether the answers were those that were meant."""

from typing import Any

from tests.load.crowds import Crowd, Failed

WARM = 0.5  # seconds that are not counted


def busy(clients: Crowd, what: str, requests: list[dict[str, Any]], seconds: float, status: int) -> dict[str, Any]:
    """What tests/load/clients.py answers. Raises Failed where anything else than `status` came, or nothing."""
    answer = clients.ask({"do": "busy", "requests": requests, "seconds": seconds, "warm": WARM})
    if answer["statuses"].keys() != {str(status)}:
        raise Failed(f"{what}: of {len(requests)} clients, answers were {answer['statuses']} instead of {status}.")
    if answer["count"] < 2:
        raise Failed(f"{what}: {len(requests)} clients had {answer['count']} answers in {seconds:g} s.")
    return answer
