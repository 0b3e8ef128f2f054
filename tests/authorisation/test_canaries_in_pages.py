"""What is said and called in private reaches nobody without right: in no answer, header, log line, cache, count or mail."""

from collections.abc import Iterator

import pytest
from django.core.mail import EmailMessage
from prometheus_client import generate_latest

from accounts.models import User
from chatpoc.live import counters
from tests.authorisation.asking import HX, Answer, Asking
from tests.authorisation.canaries import kept_in_cache, met, secrets_from, what_members_meet
from tests.authorisation.crawl import Request, looked_at, sent, with_a_ptag
from tests.authorisation.people import World

pytestmark = [pytest.mark.once, pytest.mark.timeout(300)]  # two thousand requests

STAFF = ("clerk", "keeper", "root")


def what_outsiders_ask(world: World, ptags: dict[str, str]) -> Iterator[tuple[str, Request]]:
    """To staff a room is as one that does not exist, by test_rooms; so they look around elsewhere."""
    yield from (("stranger", request) for request in looked_at(world))
    yield from (("former", request) for request in looked_at(world, headers=HX))
    yield from (("former", request) for request in with_a_ptag(ptags))
    yield from (("former", request) for request in sent(world, "former"))
    for who in STAFF:
        yield from ((who, request) for request in looked_at(world, rooms=False))


class Crawling(Asking):
    """Nothing is taken out of the cache before it was looked at."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.kept: set[str] = set()

    def _arrive(self, who: str) -> None:
        self.kept |= set(kept_in_cache("default").splitlines())
        super()._arrive(who)

    def ask(self, who: str, request: Request) -> Answer:
        answer = self(who, request.method, request.path, request.form, headers=request.headers)
        found = met(secrets_from(who), all_of(answer))
        assert not found, (who, request, found)
        assert answer.status < 500, request
        return answer


def all_of(answer: Answer) -> str:
    return "\n".join([answer.leads, answer.body, *(f"{name}: {value}" for name, value in answer.headers.items())])


def test_no_canary_is_met_by_whom_it_is_not_for(
    world: World, caplog: pytest.LogCaptureFixture, mailoutbox: list[EmailMessage]
) -> None:
    caplog.set_level("DEBUG")  # as LOG_LEVEL=DEBUG; Django's own loggers keep the level that Django gives them
    crawl = Crawling(world)
    answers = {request.path: crawl.ask("member", request) for request in looked_at(world, headers=HX)}
    seen = "\n".join(map(all_of, answers.values()))
    assert met(what_members_meet("member"), seen) == what_members_meet("member"), "or this test could not fail"
    ptags = {path: answer.headers["HX-PTag"] for path, answer in answers.items() if "HX-PTag" in answer.headers}
    for who, request in what_outsiders_ask(world, ptags):
        crawl.ask(who, request)
    for request in looked_at(world):
        if "/return/" not in request.path:  # a key that was mailed
            assert "canary" not in all_of(crawl("anonymous", *request[:2])), request
    assert "canary" not in "\n".join(crawl.kept)
    assert "canary" not in kept_in_cache("live")
    assert "canary" not in caplog.text
    assert "canary" not in generate_latest(counters.registry).decode()
    for mail in mailoutbox:
        told = str(mail.message())
        assert len(mail.recipients()) == 1
        assert not [text for text in ("-closed-", "-direct-", "-archived-", "-body-") if f"canary{text}" in told]
        assert all(address in {*mail.recipients()} for address in emails_in(told)), told


def emails_in(text: str) -> set[str]:
    return {f"canary-email-{name}@example.com" for name in User.objects.values_list("handle", flat=True)
            if f"canary-email-{name}@" in text}  # fmt: skip
