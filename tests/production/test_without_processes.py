"""A process dies, and then all of them. The last file here by its name: what comes after it would have to start them again."""

import pytest

from tests.production.asking import Visitor
from tests.production.made import Made
from tests.production.shape import Shape

pytestmark = [pytest.mark.browser, pytest.mark.waits, pytest.mark.processes, pytest.mark.once("postgresql")]


def test_a_killed_process_is_stepped_over_and_without_any_it_is_said_when_to_come_again(
    shape: Shape, made: Made
) -> None:
    one, other = shape.units
    with Visitor(shape, made.people["bob"].session) as visitor:
        one.process.kill()
        assert [visitor.ask("/people/").status for _ in range(8)] == [200] * 8
        other.process.kill()
        other.process.wait()
        answer = visitor.ask("/people/")
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert "try again" in answer.text
        assert visitor.ask("/static/css/app.css").status == 200, "nginx has them"
