"""Every open page is true: whoever writes, what it made stale is fetched anew, and just that."""

import os
import subprocess
import sys
import time

import pytest
from django.core.cache import caches
from django.db import connection
from playwright.sync_api import Page, Request, expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import SECOND, Browse, cut_for, server_environment, watching, write
from tests.conftest import Say
from tests.servers import ROOT

HEADING = "#room-title"


def refetches(page: Page) -> list[str]:
    """The fragments that a page fetches from now on."""
    seen: list[str] = []
    fragments = ("/conversations/", "/header/", "/members/", "/me/")

    def note(request: Request) -> None:
        if request.url.endswith(fragments):
            seen.append(request.url.split("/", 3)[3])

    page.on("request", note)
    return seen


def test_a_message_shows_in_the_sidebar_of_those_who_look_elsewhere(
    browse: Browse, direct: Room, alice: User, bob: User, charlie: User
) -> None:
    other = Room.objects.direct(bob, charlie)
    bobs, charlies = browse(bob, f"/rooms/{other.pk}/"), browse(charlie, f"/rooms/{other.pk}/")
    watching(bobs, f"activity:{direct.pk}")
    watching(charlies, f"activity:{other.pk}")
    quiet = refetches(charlies)
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, direct.topic)
    write(page, "one")
    row = bobs.locator(f"#conversation-{direct.pk}")
    expect(row.locator(".unread")).to_contain_text("1")
    write(page, "two")
    expect(row.locator(".unread")).to_contain_text("2")
    expect(bobs.locator(".conversation-title").first).to_have_text("Alice Moreau")
    assert quiet == [], "a message between two others is no work for a third"
    bobs.bring_to_front()
    row.click()
    expect(row.locator(".unread")).to_have_count(0)
    bobs.reload()
    expect(bobs.locator(".unread")).to_have_count(0)


def test_opening_a_conversation_directly_reads_it(
    browse: Browse, direct: Room, alice: User, bob: User, say: Say
) -> None:
    say(direct, alice)
    page = browse(bob, f"/rooms/{direct.pk}/")
    expect(page.locator(f"#conversation-{direct.pk}")).to_be_visible()
    expect(page.locator(".unread")).to_have_count(0)


def test_reading_in_one_tab_clears_the_count_in_the_other(
    browse: Browse, direct: Room, alice: User, bob: User, say: Say
) -> None:
    say(direct, alice)
    first, second = browse(bob, "/"), browse(bob, "/people/")
    expect(first.locator(".unread")).to_contain_text("1")
    second.locator(f"#conversation-{direct.pk}").click()
    expect(first.locator(".unread")).to_have_count(0)


def test_a_rename_in_the_admin_shows_everywhere_and_keeps_what_is_typed(
    browse: Browse, direct: Room, alice: User, bob: User, charlie: User
) -> None:
    User.objects.filter(pk=charlie.pk).update(is_staff=True, is_superuser=True)
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, f"people:{bob.pk}")
    page.locator("textarea[name=body]").fill("half a sentence")
    page.locator("textarea[name=body]").evaluate("field => field.setSelectionRange(2, 5)")
    admin = browse(charlie, f"/admin/accounts/user/{bob.pk}/change/")
    admin.get_by_label("Name").fill("Robert the Great")
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(HEADING)).to_have_text("Robert the Great")
    expect(page.locator(f"#conversation-{direct.pk} .conversation-title")).to_have_text("Robert the Great")
    expect(page.locator(f"#conversation-{direct.pk}")).to_have_attribute("aria-current", "page")
    field = page.locator("textarea[name=body]")
    expect(field).to_be_focused()
    assert field.evaluate("field => [field.value, field.selectionStart, field.selectionEnd]") == [
        "half a sentence",
        2,
        5,
    ]


def test_somebody_who_joins_shows_in_the_open_member_list(browse: Browse, alice: User, bob: User) -> None:
    lobby = Room.objects.lobby()
    lobby.join(alice)
    page = browse(alice, f"/rooms/{lobby.pk}/")
    page.locator("summary[aria-label=Members]").click()
    watching(page, f"members:{lobby.pk}")
    newcomer = browse(None, "/accounts/signup/")
    for label, text in (
        ("Your name", "Nina New"),
        ("Handle", "nina"),
        ("Email", "nina@x.org"),
        ("Password", "sunny-day-42"),
    ):
        newcomer.get_by_label(label).fill(text)
    newcomer.get_by_role("button", name="Make the account").click()
    expect(page.get_by_text("Nina New")).to_be_visible()
    expect(page.locator(".room-names p")).to_contain_text("2 members")


def test_a_write_from_a_shell_in_another_process_shows_at_once(
    browse: Browse, direct: Room, alice: User, bob: User
) -> None:
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, f"people:{bob.pk}")
    command = "from accounts.models import User; User.objects.filter(handle='bob').update(name='Shell Bob')"
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", command],
        cwd=ROOT, env=os.environ | server_environment(), check=True, timeout=60,
    )  # fmt: skip
    expect(page.locator(HEADING)).to_have_text("Shell Bob", timeout=2000)


def test_a_page_that_slept_fetches_only_what_changed(browse: Browse, direct: Room, alice: User, bob: User) -> None:
    lobby = Room.objects.lobby()
    lobby.join(alice)
    page = browse(alice, f"/rooms/{lobby.pk}/")
    watching(page, f"activity:{direct.pk}")
    cut_for(page, 3000)
    seen = refetches(page)
    write(browse(bob, f"/rooms/{direct.pk}/"), "while you slept")
    expect(page.locator(f"#conversation-{direct.pk} .unread")).to_contain_text("1")
    assert set(seen) == {"conversations/"}


def test_a_fragment_that_cannot_be_fetched_shows_it_and_recovers(
    browse: Browse, direct: Room, alice: User, bob: User
) -> None:
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, f"people:{bob.pk}")
    page.route("**/conversations/", lambda route: route.fulfill(status=500, body="<p>broken</p>"))
    bob.name = "Roberta"
    bob.save()
    expect(page.locator("#conversations.behind")).to_have_count(1)
    expect(page.locator(HEADING)).to_have_text("Roberta")
    page.unroute("**/conversations/")
    expect(page.locator(f"#conversation-{direct.pk} .conversation-title")).to_have_text("Roberta")
    expect(page.locator("#conversations.behind")).to_have_count(0)


# Writes two hundred names a second, each the time at which it was written, and says how many it wrote. It has a loop, on which
# the hints are sent over one connection; a plain shell opens one for each, and comes to a hundred writes a second.
STORM = """
import asyncio, time
from asgiref.sync import sync_to_async
from accounts.models import User

def storm():
    bob, written, began = User.objects.get(handle="bob"), 0, time.monotonic()
    while (passed := time.monotonic() - began) < {seconds}:
        bob.name = f"{{time.time():.3f}}"
        bob.save(update_fields=["name"])
        written += 1
        time.sleep(max(0, written / 210 - passed))
    bob.name = f"quiet {{time.time():.3f}}"
    bob.save()
    print(written)

asyncio.run(sync_to_async(storm)())
"""
# Looks every 20 ms at how old each of these texts is, in seconds.
WATCH = """selectors => {
    performance.setResourceTimingBufferSize(10000);
    window.ages = Object.fromEntries(selectors.map((selector) => [selector, []]));
    window.quiet = {};
    setInterval(() => {
        for (const selector of selectors) {
            const text = document.querySelector(selector).textContent;
            const age = Date.now() / 1000 - Number(text.split(" ").at(-1));
            if (text.startsWith("quiet")) window.quiet[selector] ??= age;
            else if (age > -1 && age < 1e6) window.ages[selector].push(age);
        }
    }, 20);
}"""
FETCHED = """() => performance.getEntriesByType("resource")
    .filter(({ name }) => /\\/(header|conversations)\\/$/.test(name))
    .map(({ name, startTime }) => [name.split("/").at(-2), (performance.timeOrigin + startTime) / 1000])"""


@pytest.mark.timed
def test_under_a_storm_no_fragment_is_older_than_a_second_and_none_fetches_more_than_four_times_a_second(
    browse: Browse, direct: Room, alice: User, bob: User, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two hundred writes a second by a process of its own, for 12 s where there is a Redis, else for 6 s (STORM_SECONDS)."""
    seconds = int(os.environ.get("STORM_SECONDS", "12" if connection.vendor == "postgresql" else "6"))
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, f"people:{bob.pk}")
    title = f"#conversation-{direct.pk} .conversation-title"
    page.evaluate(WATCH, [HEADING, title])
    storm = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v0", "-c", STORM.format(seconds=seconds)],
        cwd=ROOT, env=os.environ | server_environment(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        while storm.poll() is None:
            page.wait_for_timeout(100)
        ended = time.time()
    finally:
        storm.kill()
        written = int(storm.communicate()[0] or 0)
    page.wait_for_timeout(3000)

    fetched = page.evaluate(FETCHED)
    times = {name: sorted(at for found, at in fetched if found == name) for name in ("header", "conversations")}
    fullest = {name: max(sum(at <= other < at + 1 for other in found) for at in found) for name, found in times.items()}
    ages, quiet = page.evaluate("window.ages"), page.evaluate("window.quiet")
    with capsys.disabled():
        oldest = max(max(found) for found in ages.values())
        print(
            f"\n{written / seconds:.0f} writes/s for {seconds} s; oldest {oldest:.2f} s; fetches {fullest} in a second",
            end=" ",
        )
    assert written / seconds >= 150 / SECOND
    for selector in (HEADING, title):
        assert len(ages[selector]) > seconds * 10, "it was looked at all the time"
        assert max(ages[selector]) < SECOND
        assert quiet[selector] < SECOND
    for name, found in times.items():
        assert len(found) > seconds, "it followed"
        assert fullest[name] <= 5, "four, and the leading edge"
        assert len(found) <= 4 * (seconds + 2)
        assert found[-1] < ended + 1, "quiet within a second"


def test_a_flushed_cache_leaves_pages_right(browse: Browse, direct: Room, alice: User, bob: User) -> None:
    page = browse(alice, f"/rooms/{direct.pk}/")
    watching(page, f"people:{bob.pk}")
    caches["live"].clear()
    bob.name = "After the flush"
    bob.save()
    expect(page.locator(HEADING)).to_have_text("After the flush")
