"""LIMITS changes the table; what it cannot mean is said, with its cure."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatpoc.limits.table import DEFAULTS, Limit, Rate, parsed

pytestmark = pytest.mark.once


def test_unset_it_is_the_table() -> None:
    assert parsed("").keys() == DEFAULTS.keys()
    assert parsed("")["send"] == Limit(Rate(30, 15), Rate(900, 15))
    assert parsed("")["room"].person == Rate(10, 600)


def test_nobody_is_closer_to_the_limit_of_their_address_than_a_class_of_forty_allows() -> None:
    for name, (person, address) in parsed("").items():
        assert address.period == person.period, name
        assert address.amount >= 10 * person.amount, name


def test_it_changes_what_it_names_and_nothing_else() -> None:
    table = parsed(" send = 2/1h 3/2m ,tabs=1 2, ")
    assert table["send"] == Limit(Rate(2, 3600), Rate(3, 120))
    assert table["tabs"] == Limit(Rate(1, 0), Rate(2, 0))
    assert {name for name in table if table[name] != parsed("")[name]} == {"send", "tabs"}


def test_off_is_no_limits() -> None:
    assert parsed("off") == parsed(" off ") == {}


@pytest.mark.parametrize(
    ("text", "named", "cure"),
    [
        ("on", "'on'", "LIMITS=off for a load test"),
        ("sned=1/1s 1/1s", "read, search, picture, send", "LIMITS=send=30/15s 900/15s"),
        ("send", "send=", "LIMITS=send=30/15s 900/15s"),
        ("send=5/1s", "one for an address", "LIMITS=send=30/15s 900/15s"),
        ("send=0/1s 5/1s", "send=0/1s 5/1s", "LIMITS=send=30/15s 900/15s"),
        ("send=5/0s 5/1s", "send=5/0s 5/1s", "LIMITS=send=30/15s 900/15s"),
        ("send=-5/1s 5/1s", "send=-5/1s 5/1s", "LIMITS=send=30/15s 900/15s"),
        ("send=5/1d 5/1s", "send=5/1d 5/1s", "LIMITS=send=30/15s 900/15s"),
        ("send=٣/1s 5/1s", "one for an address", "LIMITS=send=30/15s 900/15s"),
        ("tabs=5/1s 5", "tabs=5/1s 5", "LIMITS=tabs=50 5000"),
        ("room=5 5", "room=5 5", "LIMITS=room=10/10m 150/10m"),
    ],
)
def test_what_it_cannot_mean_names_its_cure(text: str, named: str, cure: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        parsed(text)
    assert str(refusal.value).startswith("LIMITS ")
    assert named in str(refusal.value)
    assert cure in str(refusal.value)
