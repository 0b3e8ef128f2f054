"""What happens to browsers."""

from tests.faults.fault import fault
from tests.faults.stage import Stage


@fault("pages frozen", holds="pages")
async def frozen(stage: Stage) -> None:
    """A fifth of them: the lid of a laptop is shut, and opened."""
    pages = stage.rng.sample(stage.pages, max(1, len(stage.pages) // 5))
    for page in pages:
        page.freeze()
    try:
        await stage.lasts(60, 4)
    finally:
        for page in pages:
            page.thaw()
