"""Every address outside of rooms, with every method, for everyone: what comes of it is what the table promises."""

import pytest

from tests.authorisation.addresses import Addresses
from tests.authorisation.asking import HX, Answer, Asking
from tests.authorisation.elsewhere import PEOPLE, PLACES, TABLE, WHO, bodies
from tests.authorisation.tables import Line, asked_for, each_of, in_words, lines, unlike, without_chance
from tests.live.conftest import session_of

pytestmark = [pytest.mark.once, pytest.mark.timeout(300)]  # many requests, and all in one

LINES = list(lines(TABLE))
NOTHING = "987654321"  # no session and no key has this id
# For these one says one's password once more, if that was long ago.
PROVED = {
    "accounts/2fa/recovery-codes/generate/",
    "accounts/2fa/totp/activate/",
    "accounts/2fa/webauthn/add/",
    "accounts/2fa/webauthn/keys/<int:pk>/edit/",
    "accounts/2fa/webauthn/keys/<int:pk>/remove/",
    "accounts/account/deactivation/",
    "accounts/account/deletion/",
    "accounts/email/",
}


class Asked:
    def __init__(self, ask: Asking) -> None:
        self.ask, self.addresses = ask, Addresses(ask.world)

    def __call__(
        self, who: str, line: Line, *, hx: bool = False, method: str = "", named: dict[str, str] | None = None
    ) -> Answer:
        people = self.ask.world.people
        forms = bodies(people.get(who, people["fellow"]), people["fellow"])
        form = forms.get(line.body) if line.method == "POST" else None
        path = self.addresses(line.address, **(named or {}))
        return self.ask(who, method or line.method, path, form, headers=HX if hx or line.hx else None)

    def words(self, answer: Answer, line: Line) -> str:
        back = self.addresses(line.address) if line.method == "GET" else "/"
        if answer.leads == f"/accounts/login/?next={back}" or answer.status == 401:
            return "log-in"
        return in_words(answer, PLACES)


def test_each_address_answers_each_person_as_the_table_says(ask: Asking) -> None:
    asked = Asked(ask)
    found, promised = {}, {}
    for name, line, hx in asked_for(LINES):
        for who, word in each_of(WHO, PEOPLE, line):
            if not hx or who in {"anonymous", "stranger", "member"}:
                found[name, who], promised[name, who] = asked.words(asked(who, line, hx=hx), line), word
    assert not (wrong := unlike(found, promised)), wrong


def test_head_is_get_without_a_body(ask: Asking) -> None:
    asked = Asked(ask)
    for line in LINES:
        if line.method == "GET":
            for column, who in ((0, "anonymous"), (1, "stranger")):
                answer = asked(who, line, method="HEAD")
                assert (asked.words(answer, line), answer.body) == (line.cells[0][column], ""), (line.address, who)


def test_what_is_not_in_the_table_is_no_method_for_anyone(ask: Asking) -> None:
    asked = Asked(ask)
    for address, line in {line.address: line for line in LINES}.items():
        for method in {"GET", "POST"} - {line.method for line in LINES if line.address == address}:
            for who in ("stranger", "root"):
                answer = asked(who, line, method=method)
                assert (answer.status, answer.changed) == (405, False), (method, address, who)


def test_who_may_not_touch_something_is_told_as_much_of_it_as_of_what_does_not_exist(ask: Asking) -> None:
    asked = Asked(ask)
    for line in LINES:
        named = next((name for name in ("session_id", "pk", "complaint_id") if f":{name}>" in line.address), "")
        if named and line.cells[0][1] == "404":
            there, nowhere = asked("stranger", line), asked("stranger", line, named={named: NOTHING})
            assert without_chance(there.body) == without_chance(nowhere.body).replace(
                NOTHING, asked.addresses.named[named]
            )
            assert (there.status, there.statements) == (nowhere.status, nowhere.statements), line.address


def test_what_decides_about_an_account_asks_for_the_password_once_more(ask: Asking) -> None:
    """Whoever finds a page open must not take the account with it."""
    member = ask.world.people["member"]
    ask.world.sessions["member"] = session_of(member)
    ask.again()
    asked = Asked(ask)
    found = {line.address for line in LINES if asked.words(asked("member", line), line) == ">proof"}
    assert found == PROVED | {"accounts/2fa/reauthenticate/"}
