"""A picture chosen, cut and seen in a real browser; and what others see, at once."""

import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse, watching
from tests.conftest import Say

pytestmark = pytest.mark.once


def picture(folder: Path) -> Path:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (1200, 600), "blue")
    ImageDraw.Draw(image).rectangle((0, 0, 599, 599), fill="red")
    image.save(folder / "me.png")
    return folder / "me.png"


def colour(page: Page, selector: str, x: float) -> list[int]:
    """Of an image on the page, at this part of its width and half its height."""
    script = """(image, x) => {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [100, 100];
        canvas.getContext("2d").drawImage(image, 0, 0, 100, 100);
        return [...canvas.getContext("2d").getImageData(x * 100, 50, 1, 1).data];
    }"""
    found: list[int] = page.locator(selector).first.evaluate(script, x)
    return found


def test_a_picture_is_cut_seen_saved_shown_to_others_and_removed(
    browse: Browse, direct: Room, alice: User, bob: User, say: Say, tmp_path: Path
) -> None:
    say(direct, alice, "do you see me?")
    other = browse(bob, f"/rooms/{direct.pk}/")
    watching(other, f"people:{alice.pk}")
    page = browse(alice, "/accounts/profile/")
    page.get_by_label("Picture").set_input_files(picture(tmp_path))
    selection = page.locator("cropper-selection")
    expect(selection).to_be_visible()
    expect(page.locator(".preview canvas")).to_be_visible()
    for _ in range(30):  # to the left edge, by the keyboard
        selection.press("ArrowLeft")
    selection.evaluate("element => element.$change(0, element.y, element.width, element.height)")
    page.wait_for_timeout(300)
    assert colour(page, ".preview canvas", 0.5)[0] > 200, "the preview is the left, red half"
    page.get_by_role("button", name="Save the picture").click()
    expect(page.get_by_role("button", name="Remove it")).to_be_visible()
    expect(page.locator(".preview img")).to_be_visible()
    shown = other.locator(".messages .message img.avatar").first
    expect(shown).to_be_visible()
    expect(other.locator(f"#conversation-{direct.pk} img.avatar")).to_be_visible()
    assert colour(other, ".messages img.avatar", 0.5)[0] > 200
    page.get_by_role("button", name="Remove it").click()
    expect(page.locator(".preview svg")).to_be_visible()
    expect(other.locator(".messages svg.avatar").first).to_be_visible()


def test_a_file_that_is_no_picture_is_explained(browse: Browse, alice: User, tmp_path: Path) -> None:
    page = browse(alice, "/accounts/profile/")
    bad = tmp_path / "me.svg"
    bad.write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script>")
    page.get_by_label("Picture").set_input_files(bad)
    page.get_by_role("button", name="Save the picture").click()
    expect(page.get_by_role("alert")).to_contain_text("no picture that the chat knows")


def test_a_dropped_picture_is_taken_and_a_cancelled_one_is_not(browse: Browse, alice: User, tmp_path: Path) -> None:
    page = browse(alice, "/accounts/profile/")
    data = picture(tmp_path).read_bytes()
    page.locator("avatar-cropper").evaluate(
        """(element, bytes) => {
            const files = new DataTransfer();
            files.items.add(new File([new Uint8Array(bytes)], "me.png", { type: "image/png" }));
            element.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
        }""",
        list(data),
    )
    expect(page.locator("cropper-selection")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("cropper-selection")).to_have_count(0)
    expect(page.locator(".preview svg")).to_be_visible()
    assert page.get_by_label("Picture").input_value() == ""


def test_the_selection_is_worked_by_the_keyboard_alone(browse: Browse, alice: User, tmp_path: Path) -> None:
    page = browse(alice, "/accounts/profile/")
    page.get_by_label("Picture").set_input_files(picture(tmp_path))
    selection = page.get_by_role("group", name="Arrow keys move it")
    expect(selection).to_be_visible()
    page.get_by_label("Picture").focus()
    page.keyboard.press("Tab")
    expect(selection).to_be_focused()
    place = "element => [element.x, element.y, element.width, element.height]"
    x, y, width, height = selection.evaluate(place)
    page.keyboard.press("-")
    assert selection.evaluate(place) == pytest.approx([x + 8, y + 8, width - 16, height - 16], abs=1)
    page.keyboard.press("ArrowLeft")
    assert selection.evaluate(place) == pytest.approx([x + 4, y + 8, width - 16, height - 16], abs=1)
    page.keyboard.press("Delete")
    expect(selection).to_be_visible()


def test_a_cancelled_picture_does_not_come_later(browse: Browse, alice: User, tmp_path: Path) -> None:
    page = browse(alice, "/accounts/profile/")
    page.evaluate(
        """() => {
            const decode = HTMLImageElement.prototype.decode;
            HTMLImageElement.prototype.decode = async function () {
                await decode.call(this);
                await new Promise((done) => (window.letGo = done));
            };
        }"""
    )
    field = page.get_by_label("Picture")
    field.set_input_files(picture(tmp_path))
    page.wait_for_function("Boolean(window.letGo)")
    page.get_by_role("button", name="Cancel").click()
    page.evaluate("letGo()")
    page.wait_for_timeout(200)
    expect(page.locator("cropper-selection")).to_have_count(0)


def test_a_picture_that_is_saved_twice_is_sent_once(browse: Browse, alice: User, tmp_path: Path) -> None:
    page = browse(alice, "/accounts/profile/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_label("Picture").set_input_files(picture(tmp_path))
    expect(page.locator("cropper-selection")).to_be_visible()
    save = page.get_by_role("button", name="Save the picture")
    save.evaluate("button => { const { form } = button; button.click(); form.requestSubmit(); form.requestSubmit(); }")
    expect(page.get_by_role("button", name="Remove it")).to_be_visible()
    assert len(sent) == 1


def test_a_profile_follows_on_open_cards(browse: Browse, alice: User, bob: User) -> None:
    card = browse(bob, f"/people/{alice.pk}/")
    watching(card, f"people:{alice.pk}")
    page = browse(alice, "/accounts/profile/")
    page.get_by_label("About you").fill("I like <b>trees</b>.")
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(card.locator(".bio")).to_have_text("I like <b>trees</b>.")
    expect(card.get_by_text("Asia/Tokyo, now")).to_have_text(re.compile(r"\d\d:\d\d"))


def test_the_picture_chosen_last_is_the_one_that_is_cut(browse: Browse, alice: User, tmp_path: Path) -> None:
    for name in ("red", "blue"):
        Image.new("RGB", (800, 800), name).save(tmp_path / f"{name}.png")
    page = browse(alice, "/accounts/profile/")
    field = page.get_by_label("Picture")
    for names in (("red", "blue"), ("blue", "red")):
        for name in names:
            field.set_input_files(tmp_path / f"{name}.png")
        expect(page.locator("cropper-selection")).to_have_count(1)
        page.wait_for_timeout(500)
        assert colour(page, ".preview canvas", 0.5)[2 if names[-1] == "blue" else 0] > 200
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator("cropper-selection")).to_have_count(0)
