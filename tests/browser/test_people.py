"""The people in a real browser: sorted, searched, turned over, changed in place; and their new names everywhere."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse, watching
from tests.conftest import Say

pytestmark = pytest.mark.once

ROW = "#person-{0.pk}"


@pytest.fixture
def staff(charlie: User) -> User:
    User.objects.filter(pk=charlie.pk).update(is_staff=True, is_superuser=True)
    return charlie


def test_sorting_searching_and_turning_pages_leave_what_is_typed(browse: Browse, alice: User) -> None:
    now = timezone.now()
    User.objects.bulk_create(
        User(email=f"p{i}@x.org", handle=f"p{i:03}", name=f"Person {i:03}", created_at=now) for i in range(120)
    )
    page = browse(alice, "/people/")
    first = page.locator(".person b").first
    page.get_by_role("link", name="Name").click()
    expect(first).to_have_text("Person 119")
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Name")
    page.get_by_label("Search people").press_sequentially("@p0")
    expect(first).to_have_text("Person 099")
    page.get_by_role("link", name="Next").click()
    expect(first).to_have_text("Person 049")
    expect(page.get_by_label("Search people")).to_have_value("@p0")
    page.reload()
    expect(first).to_have_text("Person 049")
    page.go_back()
    expect(first).to_have_text("Person 099")


def test_a_refetch_that_is_late_does_not_undo_what_was_sorted_meanwhile(browse: Browse, alice: User, bob: User) -> None:
    page = browse(alice, "/people/")
    watching(page, "people")
    late: list[Route] = []
    page.route("**/people/list/**", lambda route: late.append(route), times=1)  # noqa: PLW0108  (Playwright looks into what it calls)
    bob.name = "Robert"
    bob.save()
    while not late:
        page.wait_for_timeout(20)
    answer = late[0].fetch()
    page.get_by_role("link", name="Name").click()
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Name")
    with page.expect_event("requestfinished"):
        late[0].fulfill(response=answer)
    page.wait_for_timeout(300)
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Name")
    bob.name = "Bobby"  # and it follows on
    bob.save()
    expect(page.locator(ROW.format(bob)).locator("b")).to_have_text("Bobby")


def test_staff_change_a_row_and_everyone_sees_it(
    browse: Browse, staff: User, direct: Room, alice: User, bob: User, say: Say
) -> None:
    say(direct, bob, "who am I?")
    Room.objects.lobby().join(alice)
    log, list_ = browse(alice, f"/rooms/{direct.pk}/"), browse(alice, "/people/")
    watching(log, f"people:{bob.pk}")
    watching(list_, "people")
    page = browse(staff, "/people/")
    row = page.locator(ROW.format(bob))
    row.get_by_role("link", name="Edit").click()
    row.get_by_label("Name").fill("Robert")
    row.get_by_label("Handle").fill("alice")
    row.get_by_role("button", name="Save").click()
    expect(row.get_by_role("alert")).to_have_text("This handle is taken.")
    expect(row.get_by_label("Name")).to_have_value("Robert")
    row.get_by_label("Handle").fill("robert")
    row.get_by_role("button", name="Save").click()
    expect(row.locator("b")).to_have_text("Robert")
    expect(page).to_have_url("/people/")
    expect(list_.locator(ROW.format(bob)).locator("b")).to_have_text("Robert")
    for shown in (".message-author", "#room-title", f"#conversation-{direct.pk} .conversation-title"):
        expect(log.locator(shown).first).to_have_text("Robert")
    expect(log).to_have_title("Robert · ChatPOC")
    expect(log.locator("textarea[name=body]")).to_have_attribute("placeholder", "Write to Robert")
    expect(log.locator(".messages .avatar").first).to_have_text("R")


def test_what_is_typed_in_an_open_row_stays_while_others_change_the_list(
    browse: Browse, staff: User, alice: User, bob: User
) -> None:
    page = browse(staff, f"/people/?edit={bob.pk}")
    watching(page, "people")
    row = page.locator(ROW.format(bob))
    row.get_by_label("Name").fill("Half a na")
    alice.name = "Zoe"
    alice.save()
    expect(page.locator(ROW.format(alice)).locator("b")).to_have_text("Zoe")
    expect(page.locator(".person").last).to_contain_text("Zoe")
    expect(row.get_by_label("Name")).to_have_value("Half a na")
    expect(row.get_by_label("Name")).to_be_focused()
    row.get_by_role("link", name="Cancel").click()
    expect(row.locator("b")).to_have_text("Bob Okafor")


@pytest.mark.parametrize("width", [360, 390, 768, 1200])
def test_a_row_has_room_for_the_name_and_what_one_can_do(
    browse: Browse, staff: User, alice: User, bob: User, width: int
) -> None:
    page = browse(staff, "/people/")
    page.set_viewport_size({"width": width, "height": 700})
    row = page.locator(ROW.format(bob))
    expect(row.get_by_role("link", name="Edit Bob Okafor")).to_be_visible()
    expect(row.get_by_role("button", name="Message Bob Okafor")).to_be_visible()
    cut = "element => element.scrollWidth - element.clientWidth"
    assert row.locator("b").evaluate(cut) <= 0, "the whole name is there"
    assert row.locator(".person-actions").evaluate(cut) <= 0
    assert page.locator(".people-found").evaluate(cut) <= 0


def test_an_open_row_is_worked_by_the_keyboard_alone(browse: Browse, staff: User, bob: User) -> None:
    page = browse(staff, "/people/")
    row = page.locator(ROW.format(bob))
    edit = row.get_by_role("link", name="Edit")
    edit.press("Enter")
    expect(row.get_by_label("Name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(edit).to_be_focused()
    edit.press("Enter")
    row.get_by_label("Handle").fill("x")
    page.keyboard.press("Enter")
    expect(row.get_by_role("alert")).to_be_visible()
    expect(row.get_by_label("Handle")).to_be_focused()
    row.get_by_label("Handle").fill("robert")
    page.keyboard.press("Enter")
    expect(edit).to_be_focused()
    expect(row).to_contain_text("@robert")


def test_escape_in_the_very_moment_that_the_row_opens_stays_on_the_page(browse: Browse, staff: User, bob: User) -> None:
    page = browse(staff, "/people/")
    page.evaluate("""() => {
        window.stayed = true;
        document.addEventListener("focusin", ({ target }) => target.closest("open-row")?.dispatchEvent(
            new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true })));
    }""")
    edit = page.locator(ROW.format(bob)).get_by_role("link", name="Edit")
    edit.press("Enter")
    expect(edit).to_be_focused()
    expect(page.locator("open-row")).to_have_count(0)
    assert page.evaluate("window.stayed") is True


def test_an_open_row_stays_with_what_is_typed_when_one_searches_turns_the_page_or_another_moves_it(
    browse: Browse, staff: User, alice: User, bob: User
) -> None:
    now = timezone.now()
    User.objects.bulk_create(
        User(email=f"p{i}@x.org", handle=f"p{i:03}", name=f"Person {i:03}", created_at=now) for i in range(120)
    )
    page = browse(staff, f"/people/?edit={bob.pk}")
    watching(page, "people")
    name = page.locator(ROW.format(bob)).get_by_label("Name")
    name.fill("Half a na")
    search = page.get_by_label("Search people")
    search.press_sequentially("@p0")
    expect(page.locator(".person b").first).to_have_text("Person 000")
    expect(name).to_have_value("Half a na")
    expect(search).to_be_focused()
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".person b").first).to_have_text("Person 050")
    expect(name).to_have_value("Half a na")
    search.fill("")
    expect(page.locator(".person b").first).to_have_text("Alice Moreau")
    page.locator(ROW.format(bob)).get_by_label("Handle").focus()
    bob.name = "Zed"
    bob.save()
    expect(page.locator(".person").first).to_have_id(f"person-{bob.pk}")
    expect(name).to_have_value("Half a na")
    expect(page.locator(ROW.format(bob))).to_have_count(1)


def test_somebody_who_speaks_for_the_first_time_is_followed_too(
    browse: Browse, alice: User, bob: User, say: Say
) -> None:
    lobby = Room.objects.lobby()
    lobby.join(alice)
    page = browse(alice, f"/rooms/{lobby.pk}/")
    watching(page, lobby.topic)
    lobby.join(bob)
    say(lobby, bob, "hello from somebody new")
    expect(page.locator(".message-body", has_text="hello from somebody new")).to_be_visible()
    watching(page, f"people:{bob.pk}")
    expect(page.locator(f"#cast [data-person='{bob.pk}']")).to_have_count(1)
    bob.name = "Bobby"
    bob.save()
    expect(page.locator(".messages .message-author").first).to_have_text("Bobby")


def test_a_card_opens_over_the_conversation_follows_and_leads_to_a_chat(
    browse: Browse, alice: User, bob: User, say: Say
) -> None:
    lobby = Room.objects.lobby()
    lobby.join(alice)
    lobby.join(bob)
    say(lobby, bob, "click me")
    page = browse(alice, f"/rooms/{lobby.pk}/")
    watching(page, lobby.topic)
    page.locator(".message-head .person-link").click()
    card = page.get_by_role("dialog")
    expect(card.get_by_role("heading")).to_have_text("Bob Okafor")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.locator(".message-head .person-link").press("Enter")
    expect(card.get_by_role("heading")).to_have_text("Bob Okafor")
    bob.name = "Robert"
    bob.save()
    expect(card.get_by_role("heading")).to_have_text("Robert")
    card.get_by_role("button", name="Message").click()
    expect(page.locator("#room-title")).to_have_text("Robert")
    expect(card).to_be_hidden()


def test_a_card_is_named_and_closed_by_its_button_and_focus_goes_back(browse: Browse, alice: User, bob: User) -> None:
    page = browse(alice, "/people/")
    link = page.locator(ROW.format(bob)).locator(".person-link")
    link.press("Enter")
    card = page.get_by_role("dialog", name="Bob Okafor")
    expect(card).to_be_visible()
    card.get_by_role("button", name="Close").click()
    expect(card).to_be_hidden()
    expect(link).to_be_focused()


def test_a_slow_card_opens_neither_over_a_later_one_nor_over_another_page(
    browse: Browse, alice: User, bob: User, charlie: User
) -> None:
    page = browse(alice, "/people/")
    held: list[Route] = []
    page.route(f"**/people/{bob.pk}/card/", lambda route: held.append(route))  # noqa: PLW0108  (Playwright inspects it)
    slow, quick = (page.locator(ROW.format(person)).locator(".person-link") for person in (bob, charlie))
    slow.click()
    quick.click()
    expect(page.get_by_role("dialog", name=charlie.name)).to_be_visible()
    let_go(page, held)
    expect(page.get_by_role("dialog", name=charlie.name)).to_be_visible()
    page.keyboard.press("Escape")
    slow.click()
    page.get_by_role("button", name=f"Message {charlie.name}").click()
    expect(page.locator("#room-title")).to_have_text(charlie.name)
    let_go(page, held)
    expect(page.get_by_role("dialog")).to_be_hidden()


def let_go(page: Page, held: list[Route]) -> None:
    with page.expect_response("**/card/"):
        held.pop().continue_()
    page.wait_for_timeout(200)


def test_the_time_on_a_card_goes_on_and_follows_the_zone(browse: Browse, alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(time_zone="Asia/Tokyo")
    page = browse(alice, "/")
    page.clock.install(time="2026-01-15T12:34:30Z")
    page.goto(f"/people/{bob.pk}/")
    shown = page.locator("local-time[format=now]")
    expect(shown).to_have_text(re.compile("0?9:34"))
    page.clock.fast_forward(31000)
    expect(shown).to_have_text(re.compile("0?9:35"))
    page.clock.fast_forward(60000)
    expect(shown).to_have_text(re.compile("0?9:36"))
    shown.evaluate("element => element.setAttribute('zone', 'Asia/Kolkata')")
    expect(shown).to_have_text(re.compile("0?6:06"))


def test_a_form_that_is_older_than_the_last_sign_in_still_sends(browse: Browse, alice: User, bob: User) -> None:
    """In another tab she signed out and in again: the cookie has a new token, and this page's forms have the old one."""
    page = browse(alice, "/people/")
    row = page.locator(ROW.format(bob))
    expect(row).to_be_visible()
    page.context.add_cookies([{"name": "csrftoken", "value": "a" * 32, "url": page.url.removesuffix("people/")}])
    row.get_by_role("button", name="Message").click()
    expect(page.locator("#room-title")).to_have_text("Bob Okafor")


def test_a_token_from_before_its_cookie_had_a_prefix_is_not_sent(browse: Browse, alice: User) -> None:
    """The browser keeps it for a year, and names what it got first first."""
    page = browse(alice, "/people/")
    read = """async (cookies) => {
        Object.defineProperty(document, "cookie", { get: () => cookies });
        return (await import("/static/js/csrf.js")).csrfToken();
    }"""
    assert page.evaluate(read, "csrftoken=old; a=b; __Host-csrftoken=new; c=d") == "new"


REFUSED = {403: "You may not do that.", 404: "That is no longer there.", 429: "That was tried too often."}


@pytest.mark.parametrize(("status", "reason"), REFUSED.items())
def test_an_answer_that_is_no_page_takes_the_place_of_nothing(
    browse: Browse, staff: User, alice: User, bob: User, status: int, reason: str
) -> None:
    page = browse(staff, f"/people/?edit={bob.pk}")
    page.route("**/people/*/**", lambda route: route.fulfill(status=status, body="<p>no</p>", content_type="text/html"))
    row = page.locator(ROW.format(bob))
    row.get_by_label("Name").fill("Half a na")
    for button in ("Save", "Message Alice Moreau"):
        page.get_by_role("button", name=button).click()
        expect(page.locator("live-status")).to_contain_text(reason)
        expect(page.locator("main")).to_have_count(1)
        expect(row.get_by_label("Name")).to_have_value("Half a na")


def test_an_error_page_to_a_row_s_form_does_not_take_the_list_s_place(
    browse: Browse, staff: User, alice: User, bob: User
) -> None:
    page = browse(staff, f"/people/?edit={bob.pk}")
    row = page.locator(ROW.format(bob))
    row.get_by_label("Name").fill("Half a na")
    User.objects.filter(pk=staff.pk).update(is_staff=False, is_superuser=False)
    row.get_by_role("button", name="Save").click()
    expect(page.locator("live-status")).to_contain_text("That is no longer there.")
    expect(page.locator("main")).to_have_count(1)
    expect(row.get_by_label("Name")).to_have_value("Half a na")


def test_a_page_that_is_too_old_to_send_from_offers_to_reload(browse: Browse, alice: User, bob: User) -> None:
    page = browse(alice, "/people/")
    text = "This page is too old to send from. Reload it and try again."
    page.route("**/conversation/", lambda route: route.fulfill(status=403, body=text, content_type="text/plain"))
    page.locator(ROW.format(bob)).get_by_role("button", name="Message").click()
    expect(page.locator("live-status")).to_contain_text("This page is too old to send from.")
    page.unroute("**/conversation/")
    page.locator("live-status").get_by_role("link", name="Reload").click()
    page.locator(ROW.format(bob)).get_by_role("button", name="Message").click()
    expect(page.locator("#room-title")).to_have_text("Bob Okafor")


def test_who_was_signed_out_keeps_the_page_and_is_told(browse: Browse, alice: User, bob: User) -> None:
    page = browse(alice, "/people/")
    page.context.clear_cookies(name="sessionid")
    page.locator(ROW.format(bob)).get_by_role("button", name="Message").click()
    expect(page.locator("live-status")).to_contain_text("You have been signed out.")
    expect(page.locator("#directory")).to_be_visible()
