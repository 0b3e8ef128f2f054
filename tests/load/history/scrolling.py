"""Chromium: somebody scrolls far up with the wheel; and types with a full window on the page."""

import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from tests.browser.reading import Reader
from tests.load.invalidation.people import Person
from tests.load.sections import Section, rounded, spread
from tests.servers import CHROMIUM, chromium_program

STEP = 1000  # px that the wheel turns
MOST, WITHIN, KEYSTROKE = 400, 2, 8  # messages on the page, px, ms

# From the key to the frame that shows it, without the wait for that frame: script, style and layout.
KEYS = """() => {
    const [field, times] = [document.querySelector("textarea[name=body]"), []];
    for (let key = 0; key < 60; key += 1) {
        const begin = performance.now();
        field.setRangeText("a", field.value.length, field.value.length, "end");
        field.dispatchEvent(new InputEvent("input", { bubbles: true, data: "a", inputType: "insertText" }));
        field.getBoundingClientRect();
        document.querySelector("chat-log").scrollHeight;
        times.push(performance.now() - begin);
    }
    return times;
}"""


@contextmanager
def page_of(port: int, person: Person) -> Iterator[Page]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=CHROMIUM)
        url = f"http://127.0.0.1:{port}"
        context = browser.new_context(base_url=url, viewport={"width": 1200, "height": 800})
        context.add_cookies([{"name": "sessionid", "value": person.session, "url": url}])
        page = context.new_page()
        page.goto(f"/rooms/{person.room.pk}/")
        page.wait_for_selector("html[data-watching]", state="attached")
        yield page
        browser.close()


def scrolling(port: int, person: Person, length: int, scrolled: int) -> Section:
    with page_of(port, person) as page:
        reader = Reader(page)
        while reader.first() > length - scrolled:
            reader.scroll(-STEP)
        up = reader.worst
        for _ in range(60):
            reader.scroll(STEP)
        frames = page.evaluate("eye.frames")
        worst, most = reader.worst, reader.most
    reached = worst <= WITHIN and most < MOST
    return Section(
        title=f"Scrolling up {scrolled:,} messages",
        text=f"With the wheel, {STEP} px a turn, then 60 turns down again. What is followed is the message in the middle:"
        " how much further, or less far, it moved than the wheel turned, at worst.",
        columns=[
            "messages on the page, at most",
            "px off, upwards",
            "px off, both ways",
            "ms per frame",
            "longest frame",
        ],
        rows=[[str(most), f"{up:.2f}", f"{worst:.2f}", spread(frames, 1), f"{max(frames):.0f}"]],
        verdict=f"**{'Reached' if reached else 'Missed'}** (goals: fewer than {MOST} messages, within {WITHIN} px).",
        reached=reached,
        figures={"frames": rounded(frames), "off": round(worst, 3), "most": most},
    )


def typing(port: int, person: Person) -> Section:
    with page_of(port, person) as page:
        reader = Reader(page)
        for _ in range(40):
            reader.scroll(-STEP)
        shown = page.locator(".messages [data-seq]").count()
        times = page.evaluate(KEYS)
    middle, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    return Section(
        title="A keystroke in the composer",
        text="ms of script, style and layout for a letter, with a full window on the page; 60 letters.",
        columns=["messages on the page", "a keystroke", "slowest of twenty"],
        rows=[[str(shown), spread(times, 2), f"{slow:.2f}"]],
        verdict=f"**{'Reached' if slow < KEYSTROKE else 'Missed'}:** {middle:.2f} ms (goal: under {KEYSTROKE}).",
        reached=slow < KEYSTROKE,
        figures={"keystrokes": rounded(times)},
    )
