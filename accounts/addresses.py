"""Parts of addresses."""

from django.urls import register_converter

from accounts.pictures.storing import SIDES

CAST = 100  # people


def is_id(text: object) -> bool:
    """A number with no more digits than a database takes: a row's id, a seq or a version."""
    return isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 19


class Id:
    """Of a row; no more digits than a database takes."""

    regex = r"[1-9]\d{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class Numbers:
    """1,2,3"""

    regex = rf"[1-9]\d{{0,17}}(?:,[1-9]\d{{0,17}}){{0,{CAST - 1}}}"

    def to_python(self, value: str) -> tuple[int, ...]:
        return tuple(map(int, value.split(",")))

    def to_url(self, value: tuple[int, ...]) -> str:
        return ",".join(map(str, value))


class PictureName:
    """Whose it is, and a digest of what is in it."""

    regex = r"[1-9]\d{0,17}-[0-9a-f]{24}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Side:
    """Of a square, in pixels."""

    regex = "|".join(map(str, SIDES))

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Id, "id")
register_converter(Numbers, "numbers")
register_converter(PictureName, "picture_name")
register_converter(Side, "side")
