"""Anybody may post what they like where a passkey signs in; what a real one does is in tests/browser/test_passkeys.py."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.once

PATH = "/accounts/2fa/webauthn/login/"
ANSWER = {"id": "AAAA", "rawId": "AAAA", "type": "public-key"}
RESPONSE = {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AA", "userHandle": "AAAA"}
CLAIMS: list[Any] = [
    "",
    "{",
    "[" * 5000,
    *map(json.dumps, [{}, [], 1, None, "x", {"id": "x"}, {"id": 1, "response": 1}, ANSWER, ANSWER | {"response": {}},
                      ANSWER | {"response": RESPONSE}, ANSWER | {"response": RESPONSE | {"userHandle": None}},
                      ANSWER | {"rawId": "é", "response": RESPONSE}, ANSWER | {"type": "x", "response": RESPONSE}]),
]  # fmt: skip


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("asked", [True, False])
def test_a_made_up_answer_of_a_passkey_signs_nobody_in(alice: User, claim: str, *, asked: bool) -> None:
    client = Client()
    if asked:
        fetch = {"accept": "application/json", "x-requested-with": "XMLHttpRequest"}
        assert "request_options" in client.get(PATH, headers=fetch).json()
    assert client.post(PATH, {"credential": claim}).status_code in {200, 302}
    assert "_auth_user_id" not in client.session
