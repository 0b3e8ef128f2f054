import pytest

from tests.authorisation.asking import Asking
from tests.authorisation.people import World, make_world


@pytest.fixture
def world(db: None, settings: pytest.FixtureRequest, tmp_path: object) -> World:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]
    settings.LIMITS = {}  # type: ignore[attr-defined]  # each of them asks for everything
    return make_world()


@pytest.fixture
def ask(world: World, caplog: pytest.LogCaptureFixture) -> Asking:
    caplog.set_level("ERROR", "django.request")  # else a failure would be buried under every 404
    return Asking(world)
