"""Pictures of people, beside what they said."""

from django.core.files.storage import default_storage

from accounts.models import User
from accounts.pictures.storing import SIDES, path_of
from chat.exporting.archive import Archive


def place_of(person: User) -> str | None:
    """Where in the archive the picture of `person` stands."""
    return f"files/avatars/{person.pk}.webp" if person.picture_name else None


def add_picture(archive: Archive, person: User) -> None:
    """The largest there is. One that is gone from the disk is left out: what was said is not held up by it."""
    if place := place_of(person):
        try:
            with default_storage.open(path_of(person.picture_name, max(SIDES))) as file:
                data = file.read()
        except FileNotFoundError:
            return
        archive.file(place, data)
