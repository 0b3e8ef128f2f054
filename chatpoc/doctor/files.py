"""Pictures that people gave, and the files of the pages."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import Resolver404, resolve

from chatpoc.doctor import Finding, check, well, wrong
from chatpoc.doctor.database import space
from chatpoc.env import PRODUCTION

COLLECT = "manage.py collectstatic --no-input"


@check("media", cure="Look at MEDIA_ROOT: the folder has to be there, and its owner has to be who runs the chat.")
def media() -> Iterator[Finding]:
    word = uuid4().hex.encode()
    name = default_storage.save(f"doctor-{word.decode()[:8]}.txt", ContentFile(word))
    try:
        with default_storage.open(name) as file:
            same = file.read() == word
    finally:
        default_storage.delete(name)
    yield well("Pictures can be stored, read and deleted.") if same else wrong("A file is not what was written.")
    if (root := Path(getattr(default_storage, "location", ""))).is_dir():
        yield space(root, "pictures")
    yield from as_what_they_are_served()


def as_what_they_are_served() -> Iterator[Finding]:
    """Else what somebody uploaded could be a page of this site."""
    root = Path(settings.MEDIA_ROOT).resolve()
    public = [
        Path(settings.STATIC_ROOT).resolve(),
        *(Path(str(folder)).resolve() for folder in settings.STATICFILES_DIRS),
    ]
    if any(root.is_relative_to(folder) for folder in public):
        yield wrong("MEDIA_ROOT lies among the static files, so uploads are served as they are.", "Move it elsewhere.")
    if not settings.SECURE_CONTENT_TYPE_NOSNIFF:
        yield wrong("Browsers may take a picture for a page.", "SECURE_CONTENT_TYPE_NOSNIFF = True")
    try:
        resolve(f"{settings.MEDIA_URL}doctor.html")
    except Resolver404:
        yield well("The folder itself is not served; pictures go out as pictures, with nosniff.")
    else:
        yield wrong("Files of MEDIA_ROOT are served as they are.", "Take that address out of the URLs.")


@check("static")
def static() -> Iterator[Finding]:
    if not PRODUCTION:
        yield well("Static files are served from their sources.")
        return
    root = Path(settings.STATIC_ROOT)
    if not (root / "staticfiles.json").is_file():
        yield wrong("Static files are not collected: pages come without styles and scripts, or fail.", COLLECT)
        return
    behind = [name for name, source in sources() if is_other(root / name, source)]
    if behind:
        yield wrong(f"{len(behind)} static files are of another version, as {behind[0]}.", COLLECT)
    else:
        yield well("Static files are collected, and those of this version.")


def sources() -> Iterator[tuple[str, Path]]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield name, Path(storage.path(name))


def is_other(collected: Path, source: Path) -> bool:
    if not collected.is_file() or collected.stat().st_size != source.stat().st_size:
        return True
    return source.suffix in {".js", ".css"} and collected.read_bytes() != source.read_bytes()
