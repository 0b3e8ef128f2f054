"""Somebody who scrolls through a conversation, and an eye on how far what they read moves in the window."""

from playwright.sync_api import Page, expect

# What is followed is the message nearest to the middle of the log: each frame, how far it moved since the last one.
WATCH = """() => {
    const log = document.querySelector("chat-log");
    const eye = { moved: 0, most: 0, lost: 0, frames: [], before: performance.now() };
    const middle = () => {
        const { top, height } = log.getBoundingClientRect();
        return [...log.querySelectorAll(".messages [data-seq]")]
            .map((message) => [message, message.getBoundingClientRect().top])
            .sort(([, one], [, other]) => Math.abs(one - top - height / 2) - Math.abs(other - top - height / 2))[0];
    };
    let [message, at] = middle();
    const look = (now) => {
        const shown = document.querySelectorAll(".messages:not(.outbox) [data-seq]").length;
        eye.most = Math.max(eye.most, shown);
        eye.frames.push(now - eye.before);
        eye.before = now;
        if (message.isConnected) eye.moved += message.getBoundingClientRect().top - at;
        else eye.lost += 1;
        [message, at] = middle();
        eye.again = requestAnimationFrame(look);
    };
    eye.again = requestAnimationFrame(look);
    window.eye = eye;
}"""
STILL = """() => new Promise((resolve) => {
    let [log, still, at] = [document.querySelector("chat-log"), 0, null];
    const look = () => {
        const now = `${eye.moved} ${log.scrollTop} ${log.scrollHeight} ${log.querySelectorAll("[aria-busy=true]").length}`;
        still = now === at && !now.endsWith(" 1") ? still + 1 : 0;
        at = now;
        if (still > 8) resolve(); else requestAnimationFrame(look);
    };
    look();
})"""


class Reader:
    """Scrolls with the wheel; `worst` is the greatest difference, in px, of what moved from what was scrolled."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.worst = 0.0
        page.locator("chat-log").hover()
        page.evaluate(WATCH)

    def scroll(self, by: int) -> None:
        """One step, until everything that it brings about is over."""
        before = self.moved
        self.page.mouse.wheel(0, by)
        self.page.evaluate(STILL)
        if not self.at_an_end:
            self.worst = max(self.worst, abs(self.moved - before + by))

    def rest(self) -> float:
        """How far it moved, until now, though nobody scrolled."""
        before = self.moved
        self.page.evaluate(STILL)
        return abs(self.moved - before)

    @property
    def moved(self) -> float:
        return float(self.page.evaluate("eye.moved"))

    @property
    def most(self) -> int:
        """Messages that were on the page at once."""
        return int(self.page.evaluate("eye.most"))

    @property
    def at_an_end(self) -> bool:
        """Where the wheel does not turn freely."""
        return bool(
            self.page.locator("chat-log").evaluate(
                "log => log.scrollTop > -2 || log.scrollHeight + log.scrollTop - log.clientHeight < 2"
            )
        )

    def top_of(self, seq: int) -> float:
        box = self.page.locator(f"[data-seq='{seq}']").bounding_box()
        assert box
        return box["y"]

    def first(self) -> int:
        """The seq of the first message of which something is in sight."""
        return int(
            self.page.locator("chat-log").evaluate(
                """log => [...log.messages].find((message) =>
                    message.getBoundingClientRect().bottom > log.getBoundingClientRect().top).dataset.seq"""
            )
        )

    def sees(self, seq: int) -> None:
        expect(self.page.locator(f"[data-seq='{seq}']")).to_be_in_viewport()
