"""The people in a real browser: sorted, searched, turned over, changed in place; and their new names everywhere."""

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

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
