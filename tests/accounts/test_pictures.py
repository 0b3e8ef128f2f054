"""A picture is what its content says, becomes three squares without any of its metadata, and cannot hurt."""

import io
import random
import resource
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image, ImageDraw

from accounts.models import User
from accounts.pictures import BadPicture, make_pictures, making
from accounts.pictures.making import UPLOAD_LIMIT

pytestmark = pytest.mark.once

SCRIPT = b"<script>alert(document.domain)</script>"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")


def saved(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def plain(mode: str = "RGB", size: tuple[int, int] = (300, 200), colour: Any = "tomato") -> Image.Image:
    return Image.new(mode, size, colour)


def noise(size: tuple[int, int]) -> Image.Image:
    return Image.frombytes("RGB", size, random.Random(1).randbytes(size[0] * size[1] * 3))


def png_of(width: int, height: int, *more: bytes) -> bytes:
    """A PNG that says it has this size, and a few bytes for its content."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [chunk(b"IHDR", header), *more, chunk(b"IDAT", zlib.compress(b"\0" * (width + 1))), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def many_frames() -> bytes:
    """An APNG that claims 10,000 frames: the first one, and an animation control chunk."""
    base = saved(plain(size=(64, 64)))
    control = chunk(b"acTL", struct.pack(">II", 10_000, 0)) + chunk(
        b"fcTL", struct.pack(">IIIIIHHBB", 0, 64, 64, 0, 0, 1, 10, 0, 0)
    )
    return base[:33] + control + base[33:]


def gif_of_frames(count: int) -> bytes:
    frames = [plain("P", (200, 200), i % 256) for i in range(count)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:])


def with_exif(orientation: int) -> bytes:
    """Red on the left as stored; with orientation 6 it is red at the top as seen. It also says where it was taken."""
    picture = plain(size=(400, 400), colour="blue")
    ImageDraw.Draw(picture).rectangle((0, 0, 199, 399), fill="red")
    exif = picture.getexif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretCameraMaker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 13.0, 48.0)
    return saved(picture, "JPEG", exif=exif, comment=SCRIPT)


def heic() -> bytes:
    from pillow_heif import from_pillow

    file = io.BytesIO()
    from_pillow(plain()).save(file, format="HEIF")
    return file.getvalue()


FINE: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: saved(plain(), "JPEG"),
    "PNG": lambda: saved(plain()),
    "PNG, see-through": lambda: saved(plain("RGBA", colour=(255, 0, 0, 40))),
    "PNG, palette": lambda: saved(plain("P", colour=3)),
    "PNG, black and white": lambda: saved(plain("1", colour=1)),
    "PNG, grey, see-through": lambda: saved(plain("LA", colour=(90, 40))),
    "PNG, 16 bits": lambda: saved(plain("I;16", colour=40_000)),
    "WebP": lambda: saved(plain(), "WEBP"),
    "GIF": lambda: saved(plain(), "GIF"),
    "GIF of 200 frames": lambda: gif_of_frames(200),
    "PNG that says it has 10,000 frames": many_frames,
    "AVIF": lambda: saved(plain(), "AVIF"),
    "HEIC": heic,
    "JPEG, CMYK": lambda: saved(plain("CMYK", colour=(0, 200, 200, 0)), "JPEG"),
    "JPEG that goes on as HTML": lambda: saved(plain(), "JPEG") + SCRIPT,
    "GIF that is HTML too": lambda: saved(plain(), "GIF") + b"<html><body>" + SCRIPT,
    "JPEG of 48 megapixels": lambda: saved(plain(size=(8000, 6000)), "JPEG"),
    "PNG of 48 megapixels": lambda: saved(plain(size=(8000, 6000))),
    "PNG of 48 megapixels, palette": lambda: saved(plain("P", size=(8000, 6000), colour=1)),
    "WebP of 48 megapixels": lambda: saved(plain(size=(8000, 6000)), "WEBP", method=0),
    "GIF of 48 megapixels": lambda: saved(plain("P", size=(8000, 6000), colour=1), "GIF"),
}
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "text": (lambda: b"hello", "no picture that the chat knows"),
    "SVG": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>", "no picture that the chat knows"),
    "EPS": (lambda: saved(plain(), "EPS"), "no picture that the chat knows"),
    "TIFF": (lambda: saved(plain(), "TIFF"), "no picture that the chat knows"),
    "HTML with the first bytes of a GIF": (lambda: b"GIF89a" + SCRIPT, "no picture that the chat knows"),
    "a JPEG cut off": (lambda: saved(noise((400, 400)), "JPEG")[:-9000], "damaged"),
    "a PNG cut off": (lambda: saved(noise((300, 300)))[:-90_000], "damaged"),
    "one pixel": (lambda: saved(plain(size=(1, 1))), "at least 48 each way"),
    "40,000 × 1": (lambda: saved(plain(size=(40_000, 1))), "at least 48 each way"),
    "a bomb: 30,000 × 30,000 in a few bytes": (lambda: png_of(30_000, 30_000), "50 megapixels fit"),
    "51 megapixels": (lambda: png_of(7200, 7100), "50 megapixels fit"),
    "a bomb in a compressed text": (
        lambda: png_of(64, 64, chunk(b"zTXt", b"x\0\0" + zlib.compress(b"0" * 80_000_000))),
        "damaged",
    ),
    "more than 8 MB": (lambda: b"\xff" * (UPLOAD_LIMIT + 1), "8 MB fit"),
}  # fmt: skip


@pytest.mark.parametrize("name", FINE)
def test_a_picture_becomes_three_squares(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "TIME", 60)  # one or two on a machine that does nothing else
    pictures = make_pictures(FINE[name]())
    assert sorted(pictures) == [48, 96, 384]
    for side, data in pictures.items():
        with Image.open(io.BytesIO(data)) as square:
            assert (square.format, square.size) == ("WEBP", (side, side))
        assert SCRIPT not in data
        assert len(data) < 60_000


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_with_a_reason(name: str) -> None:
    make, reason = REFUSED[name]
    upload = make()
    with pytest.raises(BadPicture, match=reason):  # for what it is, and not for how long it takes
        make_pictures(upload)


def test_no_upload_makes_the_server_itself_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    """It decodes nothing itself. The decoder of the worst (WebP) stays under 900 MiB, and is gone afterwards."""
    monkeypatch.setattr(making, "TIME", 60)  # memory is what counts here, on a busy machine too
    for upload in (FINE["PNG of 48 megapixels"](), FINE["WebP of 48 megapixels"]()):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        make_pictures(upload)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 40 * 1024
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 900 * 1024


@pytest.mark.parametrize(("orientation", "red"), [(1, (20, 192)), (6, (192, 20)), (3, (364, 192)), (8, (192, 364))])
def test_it_is_turned_as_the_camera_was_held(orientation: int, red: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(make_pictures(with_exif(orientation))[384])) as square:
        r, _, b = square.convert("RGB").getpixel(red)  # type: ignore[misc]
        assert r > 200
        assert b < 60


def test_it_says_nothing_of_where_and_with_what_it_was_taken() -> None:
    for data in make_pictures(with_exif(6)).values():
        with Image.open(io.BytesIO(data)) as square:
            assert not square.getexif()
            assert not {"exif", "icc_profile", "xmp", "comment"} & set(square.info)
        assert b"SecretCameraMaker" not in data
        assert b"GPS" not in data


def test_sixteen_bits_of_grey_keep_their_grey() -> None:
    with Image.open(io.BytesIO(make_pictures(FINE["PNG, 16 bits"]())[48])) as square:
        assert abs(square.convert("L").getpixel((20, 20)) - 40_000 / 256) < 4  # type: ignore[operator]


def test_a_decoder_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr("accounts.pictures.making.DECODER", slow)
    monkeypatch.setattr("accounts.pictures.making.TIME", 0.3)
    with pytest.raises(BadPicture, match="takes too long"):
        make_pictures(b"x")


def test_a_decoder_that_dies_takes_nothing_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dying = tmp_path / "dying.py"
    dying.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr("accounts.pictures.making.DECODER", dying)
    with pytest.raises(BadPicture, match="could not be read"):
        make_pictures(b"x")


# Through the door


def upload(client: Client, content: bytes, name: str = "me.png") -> Any:
    return client.post("/accounts/profile/picture/", {"picture": SimpleUploadedFile(name, content, "image/png")})


def files() -> list[str]:
    return sorted(default_storage.listdir("avatars")[1]) if default_storage.exists("avatars") else []


def test_a_picture_is_shown_kept_for_ever_and_served_as_nothing_else(
    as_alice: Client, as_bob: Client, client: Client, alice: User
) -> None:
    assert upload(as_alice, FINE["PNG"]()).status_code == 302
    alice.refresh_from_db()
    assert alice.picture
    answer = as_bob.get(alice.picture.medium)
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert client.get(alice.picture.medium).status_code == 302, "a stranger signs in first"
    assert alice.picture.medium in as_alice.get("/accounts/me/").content.decode()


def test_where_the_proxy_sends_pictures_the_check_is_still_ours(
    as_alice: Client, as_bob: Client, client: Client, alice: User, settings: Any
) -> None:
    upload(as_alice, FINE["PNG"]())
    alice.refresh_from_db()
    assert alice.picture
    plain = as_bob.get(alice.picture.medium)
    settings.MEDIA_ACCEL = "/protected-media/"
    answer = as_bob.get(alice.picture.medium)
    assert answer["X-Accel-Redirect"] == f"/protected-media/avatars/{alice.picture.name}-96.webp"
    assert answer.content == b""
    others = {name: value for name, value in answer.items() if name not in {"X-Accel-Redirect", "Content-Length"}}
    assert others == {name: value for name, value in plain.items() if name != "Content-Length"}
    assert "X-Accel-Redirect" not in client.get(alice.picture.medium), "a stranger signs in first"
    default_storage.delete(f"avatars/{alice.picture.name}-96.webp")
    gone = as_bob.get(alice.picture.medium)
    assert (gone.status_code, gone.get("X-Accel-Redirect")) == (404, None)


@pytest.mark.django_db(transaction=True)
def test_what_is_no_longer_used_is_deleted(as_alice: Client, alice: User) -> None:
    upload(as_alice, FINE["PNG"]())
    first = files()
    upload(as_alice, FINE["GIF of 200 frames"]())
    second = files()
    assert len(first) == len(second) == 3
    assert not set(first) & set(second)
    upload(as_alice, FINE["GIF of 200 frames"]())
    assert files() == second, "the same one again stays"
    as_alice.post("/accounts/profile/picture/", {"remove": "1"})
    assert files() == []
    alice.refresh_from_db()
    assert alice.picture is None


@pytest.mark.parametrize("name", ["../../../etc/passwd", "x.html", "x.php\0.png", "a" * 300 + ".png", "ü.svg"])
def test_a_file_s_own_name_is_nothing_to_us(as_alice: Client, name: str) -> None:
    assert upload(as_alice, FINE["PNG"](), name).status_code == 302
    assert all(kept.endswith(".webp") and "passwd" not in kept for kept in files())


def test_a_refusal_is_shown_beside_the_picture_and_keeps_the_one_before(as_alice: Client, alice: User) -> None:
    upload(as_alice, FINE["PNG"]())
    kept = files()
    answer = upload(as_alice, b"<svg/>")
    assert answer.status_code == 422
    assert "no picture that the chat knows" in answer.content.decode()
    assert files() == kept
    assert upload(as_alice, b"").status_code == 422
    assert as_alice.post("/accounts/profile/picture/").status_code == 422


@pytest.mark.parametrize("name", ["1-../../x-48.webp", "1-" + "a" * 24 + "-47.webp", "1-" + "g" * 24 + "-48.webp"])
def test_no_other_file_can_be_asked_for(as_alice: Client, name: str) -> None:
    assert as_alice.get(f"/accounts/pictures/{name}").status_code == 404


def test_a_picture_that_is_gone_is_404(as_alice: Client) -> None:
    assert as_alice.get(f"/accounts/pictures/1-{'a' * 24}-48.webp").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_new_picture_makes_stale_what_shows_the_old_one(as_alice: Client, as_bob: Client, alice: User) -> None:
    urls = [f"/people/{alice.pk}/card/", f"/accounts/cast/{alice.pk}/", "/people/list/"]
    before = {url: as_bob.get(url, headers={"HX-Request": "true"}) for url in urls}
    upload(as_alice, FINE["PNG"]())
    alice.refresh_from_db()
    for url, old in before.items():
        fresh = as_bob.get(url, headers={"HX-Request": "true", "HX-PTag": old["HX-PTag"]})
        assert alice.picture_name in fresh.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_deleted_account_leaves_no_picture_and_no_words(as_alice: Client, alice: User) -> None:
    upload(as_alice, FINE["PNG"]())
    as_alice.post("/accounts/profile/", {"name": "A", "handle": "alice", "bio": "me", "time_zone": "Asia/Tokyo"})
    alice.refresh_from_db()
    assert files()
    alice.erase()
    alice.refresh_from_db()
    assert files() == []
    assert (alice.bio, alice.time_zone, alice.picture) == ("", "", None)


def test_a_person_s_pictures_are_read_one_after_the_other(as_alice: Client, as_bob: Client, alice: User) -> None:
    cache.add(f"picture:{alice.pk}", 1, 60)
    answer = upload(as_alice, FINE["PNG"]())
    assert answer.status_code == 422
    assert "still being read" in answer.content.decode()
    assert upload(as_bob, FINE["PNG"]()).status_code == 302
    cache.delete(f"picture:{alice.pk}")
    assert upload(as_alice, b"<svg/>").status_code == 422
    assert upload(as_alice, FINE["PNG"]()).status_code == 302, "also after one that was refused"


def test_a_queue_of_pictures_does_not_hold_requests_for_ever(as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.pictures.making.PATIENCE", 0.1)
    with making._turn:
        answer = upload(as_alice, FINE["PNG"]())
    assert answer.status_code == 422
    assert "Many pictures" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_no_connection_to_the_database_is_held_while_a_picture_is_read(
    as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []

    def decode(content: bytes) -> dict[int, bytes]:
        held.append(connection.connection is not None)
        return make_pictures(content)

    monkeypatch.setattr("accounts.forms.make_pictures", decode)
    assert upload(as_alice, FINE["PNG"]()).status_code == 302
    assert held == [False]
