"""The program that decodes: a picture on its standard input, JSON on its output, `{side: base64}` or
`{"error": text, "numbers": {place: number}}`.

It imports nothing of the chat, so that it starts fast and has nothing to give away.
"""

import json
import resource
import sys
import warnings
from base64 import b64encode
from contextlib import suppress
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

SIDES = (384, 96, 48)  # pixels
SMALLEST = 48
PIXELS = 50_000_000
MEMORY = 1536 * 2**20  # bytes of address space; WebP holds three copies of what it decodes
SECONDS = 10  # of CPU
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]  # Pillow knows 43, and would run Ghostscript for one of them
NO_RESAMPLING = {"1", "P", "PA", "I;16", "I;16B", "I", "F"}  # modes that are converted before they are made smaller
WORKING = (
    2048  # pixels; of these modes, what is larger is thinned out first, since a converted copy takes four bytes a pixel
)

warnings.simplefilter("error", Image.DecompressionBombWarning)
Image.MAX_IMAGE_PIXELS = PIXELS


class Refused(Exception):
    """Said to whoever uploaded the file, by the chat: it knows their language. The text has a place for each of `numbers`."""

    def __init__(self, text: str, **numbers: int) -> None:
        super().__init__(text)
        self.answer = {"error": text, "numbers": numbers}


def gettext_noop(text: str) -> str:
    """Marks what is to be translated, as Django's does."""
    return text


def main() -> None:
    bound()
    with suppress(ImportError):
        from pillow_heif import register_heif_opener  # an extra: phones of one maker write it

        register_heif_opener()
        FORMATS.append("HEIF")
    try:
        answer: dict[str, Any] = {
            str(side): b64encode(data).decode() for side, data in squares(sys.stdin.buffer.read()).items()
        }
    except Refused as refusal:
        answer = refusal.answer
    json.dump(answer, sys.stdout)


def bound() -> None:
    """From here on: this much memory and time, and no files."""
    limits = {"AS": MEMORY, "CPU": SECONDS, "FSIZE": 0, "CORE": 0}
    for name, most in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


def squares(upload: bytes) -> dict[int, bytes]:
    picture = upright(opened(upload))
    return {side: encoded(ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS)) for side in SIDES}


def opened(upload: bytes) -> Image.Image:
    """The first frame, decoded, and no larger than it needs to be."""
    try:
        picture = Image.open(BytesIO(upload), formats=FORMATS)
        picture.seek(0)
        width, height = picture.size
        if width * height > PIXELS:
            raise too_large(width, height)
        if min(width, height) < SMALLEST:
            raise Refused(
                gettext_noop("This picture has %(width)d × %(height)d pixels. It needs at least %(least)d each way."),
                width=width,
                height=height,
                least=SMALLEST,
            )
        picture.draft("RGB", (SIDES[0] * 2, SIDES[0] * 2))  # JPEG is decoded at a fraction of its size
        picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_large(0, 0) from None
    except UnidentifiedImageError:
        raise Refused(
            gettext_noop("This is no picture that the chat knows. JPEG, PNG, WebP, GIF and AVIF are fine.")
        ) from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Refused(gettext_noop("This picture is damaged, or not all of it has arrived.")) from None
    return picture


def too_large(width: int, height: int) -> Refused:
    most = PIXELS // 1_000_000
    if not width:
        return Refused(gettext_noop("This picture is too large: at most %(most)d megapixels fit."), most=most)
    text = gettext_noop("This picture is too large: it has %(size)d megapixels, and %(most)d megapixels fit.")
    return Refused(text, size=width * height // 1_000_000, most=most)


def upright(picture: Image.Image) -> Image.Image:
    """Small, square, turned as the camera was held, and in one of two modes."""
    way_up = picture.getexif().get(0x0112, 1)
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    box = (left, top, left + side, top + side)
    small = min(side, SIDES[0] * 2)
    if picture.mode in NO_RESAMPLING:
        working = min(side, WORKING)
        picture = in_colours(picture.resize((working, working), Image.Resampling.NEAREST, box=box))
        box = (0, 0, working, working)
    resized = picture.resize((small, small), Image.Resampling.LANCZOS, box=box, reducing_gap=2.0)
    del picture
    resized.getexif()[0x0112] = way_up
    return ImageOps.exif_transpose(in_colours(resized))


def in_colours(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16") or picture.mode in {"I", "F"}:  # sixteen bits of grey
        picture = picture.convert("F").point(lambda value: value / 256).convert("L")
    see_through = "A" in picture.getbands() or "a" in picture.getbands() or "transparency" in picture.info
    return picture.convert("RGBA" if see_through else "RGB")


def encoded(picture: Image.Image) -> bytes:
    """Just the pixels: no EXIF, no comment, no colour profile."""
    file = BytesIO()
    picture.info.clear()
    picture.save(file, "WEBP", quality=86, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return file.getvalue()


if __name__ == "__main__":
    main()
