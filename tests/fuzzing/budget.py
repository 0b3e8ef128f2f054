"""How many examples, and always the same ones: see the package."""

import os
import zlib
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, example, given, seed, settings
from hypothesis.strategies import SearchStrategy

TIMES = float(os.environ.get("FUZZING_TIMES", "0.12"))
SHRINK = bool(os.environ.get("FUZZING_SHRINK"))  # make what failed short, which takes minutes
SEED = int(os.environ.get("FUZZING_SEED", "1"))

Test = TypeVar("Test", bound=Callable[..., Any])


def fuzzed(examples: int, name: str = "") -> Callable[[Test], Test]:
    """Draw this many `examples`, times FUZZING_TIMES. What they are depends on the test's name and FUZZING_SEED alone."""

    def dressed(test: Test) -> Test:
        drawn: Any = settings(
            max_examples=max(1, round(examples * TIMES)),
            deadline=None,  # a test has limits of its own, in time of its own process
            database=None,  # nothing is remembered from one run to the next
            print_blob=False,
            report_multiple_bugs=False,
            phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if SHRINK else [])],
            suppress_health_check=list(HealthCheck),
        )(test)
        return seed(zlib.crc32(f"{SEED} {name or test.__qualname__}".encode()))(drawn)  # type: ignore[no-any-return]

    return dressed


def explore(check: Callable[..., None], examples: int, name: str, *always: Any, **drawn: SearchStrategy[Any]) -> None:
    """Call `check(**…)` with what is `drawn`, after each of `always`. For strategies that are known only in a test."""
    test: Any = given(**drawn)(check)
    for found in always:
        test = example(**found)(test)
    fuzzed(examples, name)(test)()
