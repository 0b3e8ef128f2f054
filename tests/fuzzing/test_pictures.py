"""Any bytes for a picture: three squares, or a reason; soon, and within the memory that the decoder has."""

import io
import resource
import time
from functools import cache

import pytest
from hypothesis import strategies as st
from PIL import Image

from accounts.pictures import BadPicture, make_pictures
from tests.accounts.test_pictures import FINE
from tests.fuzzing.budget import explore

pytestmark = pytest.mark.once

SMALL = [name for name in FINE if "megapixels" not in name]
LONGEST = 6  # s; 2 s on a machine that does nothing else
MOST = 900 * 1024  # KiB of a decoder, at its largest


@cache
def picture(name: str) -> bytes:
    return FINE[name]()


def spoilt(whole: bytes) -> st.SearchStrategy[bytes]:
    """Bytes changed, mostly among the first, which say how large and of what kind it is; cut out, doubled, or cut off."""
    places = st.one_of(st.integers(0, min(60, len(whole) - 1)), st.integers(0, len(whole) - 1))
    signs = st.one_of(
        st.sampled_from([b"\x00", b"\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\xff\xff\xff\xff"]),
        st.binary(max_size=6),
    )

    def changed(changes: list[tuple[int, bytes]], cut: tuple[int, int], end: int | None) -> bytes:
        data = bytearray(whole)
        for at, sign in changes:
            data[at : at + len(sign)] = sign
        low, high = sorted(cut)
        return bytes(data[:low] + data[high:] if high - low < 40 else data)[:end]

    ends = st.one_of(st.none(), places)
    return st.builds(changed, st.lists(st.tuples(places, signs), max_size=5), st.tuples(places, places), ends)


def test_any_bytes_are_a_picture_or_refused_with_a_reason() -> None:
    def check(upload: bytes) -> None:
        started = time.monotonic()
        try:
            squares = make_pictures(upload)
        except BadPicture as bad:
            assert str(bad).endswith("."), upload  # noqa: PT017
        else:
            for side, data in squares.items():
                with Image.open(io.BytesIO(data)) as square:
                    assert (square.format, square.size) == ("WEBP", (side, side))
        assert time.monotonic() - started < LONGEST
        assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < MOST

    uploads = st.one_of(st.sampled_from(SMALL).flatmap(lambda name: spoilt(picture(name))), st.binary(max_size=200))
    explore(check, 20, "pictures", upload=uploads)
