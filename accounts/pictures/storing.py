"""Where pictures are kept: named after their content, so that a browser never asks for one twice."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

FOLDER = "avatars"
SIDES = (48, 96, 384)  # pixels


@dataclass(frozen=True)
class Picture:
    """The addresses of a picture in its sizes."""

    name: str

    @property
    def small(self) -> str:
        return address(self.name, 48)

    @property
    def medium(self) -> str:
        return address(self.name, 96)

    @property
    def large(self) -> str:
        return address(self.name, 384)


def address(name: str, side: int) -> str:
    return reverse("accounts:picture", args=[name, side])


def path_of(name: str, side: int) -> str:
    return f"{FOLDER}/{name}-{side}.webp"


def store_pictures(owner: int, pictures: Mapping[int, bytes]) -> str:
    """Keep these and return their name. It begins with the owner's id: who removes theirs takes nobody else's away."""
    name = f"{owner}-{hashlib.sha256(pictures[max(pictures)]).hexdigest()[:24]}"
    for side, data in pictures.items():
        if not default_storage.exists(path_of(name, side)):
            _store(path_of(name, side), data)
    return name


def _store(path: str, data: bytes) -> None:
    try:
        default_storage.save(path, ContentFile(data))
    except OSError:  # the disk is full: half a picture under this name would be taken for it for ever
        default_storage.delete(path)
        raise


def forget_pictures(name: str) -> None:
    for side in SIDES:
        default_storage.delete(path_of(name, side))


def forget_all_pictures(owner: int) -> None:
    """Also those that no row names: a process may have died between a file and its row."""
    try:
        _, files = default_storage.listdir(FOLDER)
    except FileNotFoundError:  # nobody has a picture
        return
    for file in files:
        if file.startswith(f"{owner}-"):
            default_storage.delete(f"{FOLDER}/{file}")
