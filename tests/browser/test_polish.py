"""A person whose browser asks for Polish: from the sign-in to a conversation and back; and text from right to left."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Message, Room
from tests.browser.conftest import Browse, watching, write
from tests.conftest import Say, make_person

pytestmark = pytest.mark.once

POLISH = {"locale": "pl-PL"}


def test_a_whole_visit_in_polish(browse: Browse, alice: User, bob: User, charlie: User, say: Say) -> None:
    room = Room.objects.lobby()
    for person in (alice, bob):
        room.join(person)
    long_ago = say(room, bob, "jeszcze wczoraj")
    Message.objects.filter(pk=long_ago.pk).update(created_at=timezone.now() - timedelta(days=1))
    say(room, bob, "a to dzisiaj")

    page = browse(None, "/accounts/login/", **POLISH)
    expect(page.get_by_role("heading", name="Zaloguj się")).to_be_visible()
    page.get_by_label("E-mail lub nick").fill("alice")
    page.get_by_label("Hasło").fill("wrong")
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    expect(page.locator(".notice.error")).to_contain_text("hasło są niepoprawne")
    page.get_by_label("Hasło").fill("wonderland-9")
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    expect(page.get_by_role("heading", name="Wybierz rozmowę")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "pl")

    page.locator(f"#conversation-{room.pk}").click()
    expect(page.locator(".room-heading p")).to_contain_text("2 osoby · 1 osoba tutaj")
    expect(page.locator(".message").nth(0)).to_have_attribute("data-day", "Wczoraj")
    expect(page.locator(".message").nth(1)).to_have_attribute("data-day", "Dzisiaj")
    expect(page.get_by_placeholder("Napisz do: Lobby")).to_be_visible()
    write(page, "x" * 10_002)
    expect(page.locator("#composer-error")).to_have_text(
        "O 2 znaki za dużo. Skróć wiadomość albo wyślij ją w częściach."
    )
    page.locator("textarea[name=body]").fill("")

    watching(page, room.topic)
    other = browse(bob, f"/rooms/{room.pk}/")
    watching(other, room.topic)
    other.locator("textarea[name=body]").press_sequentially("cz")
    expect(page.locator("typing-line")).to_have_text("Bob Okafor pisze …")
    expect(page.locator(".room-heading p")).to_contain_text("2 osoby tutaj")
    write(other, "cześć")
    expect(page.locator(".message-body").last).to_have_text("cześć")
    room.memberships.filter(user=alice).delete()
    expect(page.get_by_role("heading", name="Nie należysz już do tego pokoju")).to_be_visible()
    expect(page.get_by_role("button", name="Dołącz do pokoju")).to_be_visible()

    page.goto("/people/")
    expect(page.locator("#directory [role=status]")).to_have_text("Pokazano 2 osoby.")
    expect(page.get_by_role("columnheader").all()[2]).to_have_text("W czacie od")
    page.locator(f"#person-{charlie.pk} .person-link").click()
    expect(page.get_by_role("dialog")).to_contain_text("W czacie od")
    expect(page.get_by_role("dialog").get_by_role("button", name="Napisz")).to_be_visible()
    page.keyboard.press("Escape")

    page.locator(".sidebar-footer summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/people/$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_what_is_done_with_rooms_and_messages_in_polish(
    browse: Browse, alice: User, bob: User, charlie: User, say: Say
) -> None:
    room = Room.objects.open_by(alice, kind="open", name="Ogród", subject="Grządki i pszczoły")
    room.join(bob)
    for text in ("zostanie", "zniknie"):
        say(room, alice, text)
    room.memberships.filter(user=bob).update(seen_seq=2, read_seq=2)
    page = browse(alice, f"/rooms/{room.pk}/", **POLISH)
    watching(page, room.topic)
    expect(page.get_by_role("button", name="Wyświetlone przez: Bob Okafor")).to_be_visible()
    tools = page.get_by_role("toolbar", name="Ta wiadomość")
    page.locator(".message", has_text="zostanie").hover(position={"x": 8, "y": 12})
    tools.get_by_role("button", name="Edytuj").click()
    page.get_by_label("Edytuj swoją wiadomość").fill("x" * 10_022)
    expect(page.locator("message-editor [role=alert]")).to_have_text("O 22 znaki za dużo. Skróć wiadomość.")
    page.get_by_label("Edytuj swoją wiadomość").fill("zostało")
    page.get_by_role("button", name="Zapisz").click()
    expect(page.locator(".message", has_text="zostało").locator(".message-edited")).to_have_text("edytowano")
    expect(page.locator(".message-edited")).to_have_attribute("title", re.compile(r"^Edytowano: \S+, \d+ \S+ 20\d\d"))
    page.locator(".message", has_text="zniknie").hover(position={"x": 8, "y": 12})
    tools.get_by_role("button", name="Usuń").click()
    expect(page.locator(".message[data-deleted] .message-body")).to_have_attribute("data-words", "Wiadomość usunięta")
    expect(page.get_by_role("button", name="Cofnij")).to_be_visible()

    page.get_by_label("Menu rozmowy").click()
    expect(page.get_by_role("button", name="Oznacz jako nieprzeczytaną")).to_be_visible()
    page.get_by_role("button", name="Wycisz").click()
    expect(page.get_by_role("button", name="Wyłącz wyciszenie")).to_be_visible()
    page.locator(".log").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Skróty klawiszowe")).to_contain_text("Edytuj swoją ostatnią wiadomość")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Znajdź osobę lub rozmowę").fill("nikt taki")
    expect(page.locator("dialog.finder")).to_contain_text("Nikt nie nazywa się „nikt taki”.")
    page.goto("/rooms/")
    expect(page.locator("#open-rooms")).to_contain_text("2 osoby · Grządki i pszczoły")
    expect(page.locator("#open-rooms .badge")).to_have_text("należysz")
    page.goto(f"/rooms/{room.pk}/")
    page.get_by_label("Członkowie", exact=True).first.click()
    page.get_by_role("link", name="Ustawienia pokoju").click()
    expect(page.get_by_label("Nazwa")).to_have_value("Ogród")
    page.get_by_label("Temat").fill("Pszczoły")
    page.get_by_role("radio", name="Zamknięty").check()
    page.get_by_role("button", name="Zapisz", exact=True).click()
    expect(page.locator(".room-heading")).to_contain_text("Pszczoły")

    # Words are longer than in English, and nothing leaves a phone; a question keeps what it says.
    page.set_viewport_size({"width": 390, "height": 800})
    for path, words in (
        ("people/", "moderuje"),
        ("leaving/", "wrócisz tylko na zaproszenie"),
        ("settings/", "Kto może"),
    ):
        page.goto(f"/rooms/{room.pk}/{path}")
        expect(page.locator("#pane").get_by_text(words).first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path
    page.get_by_role("button", name="Zarchiwizuj pokój").click()
    expect(page.locator(".composer-archived")).to_contain_text("Ten pokój jest zarchiwizowany.")
    expect(page.locator(".room-heading .badge")).to_have_text("Archiwum")
    expect(browse(charlie, f"/rooms/{room.pk}/", **POLISH).locator("h1")).to_have_text("Nic tu nie ma")


HEBREW, ARABIC = "שלום לכולם", "مرحبا بالجميع"


@pytest.fixture
def turned(alice: User, say: Say) -> Room:
    fatima = make_person("fatima", "فاطمة السيد", password="arabian-nights-9")
    room = Room.objects.direct(alice, fatima)
    for text in (HEBREW, "hello (again)", f"- {ARABIC}\n- in English", f"{ARABIC} see https://example.com/ ok"):
        say(room, fatima, text)
    return room


def test_what_runs_from_right_to_left_turns_nothing_round_it(browse: Browse, alice: User, turned: Room) -> None:
    page = browse(alice, f"/rooms/{turned.pk}/")
    paragraphs = page.locator(".message-body p")
    assert [direction(page, f".message:nth-of-type({n}) .message-body p") for n in (2, 3)] == ["rtl", "ltr"]
    assert paragraphs.count() >= 5
    rtl_item, ltr_item = page.locator(".message-body li").all()
    assert rtl_item.evaluate("item => getComputedStyle(item).direction") == "rtl"
    assert ltr_item.evaluate("item => getComputedStyle(item).direction") == "ltr"
    # The bubble itself, and who said it when, stay where everybody's stand: on the left.
    lefts = page.locator(".message .message-body").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().left)"
    )
    assert len({round(left) for left in lefts}) == 1
    for place in ("#room-title", f"#conversation-{turned.pk} .conversation-title", ".message-author"):
        assert direction(page, place) == "rtl", place
    head = page.locator(".message-head").first
    assert head.evaluate("head => getComputedStyle(head).direction") == "ltr"

    field = page.locator("textarea[name=body]")
    field.fill(HEBREW)
    assert field.evaluate("field => getComputedStyle(field).direction") == "rtl"
    page.reload()
    expect(field).to_have_value(HEBREW)  # the draft
    assert field.evaluate("field => getComputedStyle(field).direction") == "rtl"
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    pending = page.locator(".pending .message-body")
    expect(pending).to_have_text(HEBREW)
    assert pending.evaluate("body => getComputedStyle(body).direction") == "rtl"
    page.context.set_offline(False)
    page.goto("/people/")
    assert direction(page, ".person-name b") == "rtl"
    page.locator(".directory .person-link").first.click()
    expect(page.locator("dialog[open] h1")).to_have_text("فاطمة السيد")
    assert direction(page, "dialog h1") == "rtl"


def direction(page: Page, selector: str) -> str:
    """How the letters of the first such element run."""
    return str(page.locator(selector).first.evaluate("element => getComputedStyle(element).direction"))
