"""A picture that finds no room on the disk: its owner is told to come again, and half of it is not taken for the whole."""

import errno
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User

pytestmark = pytest.mark.once


def test_it_can_be_sent_again_when_there_is_room(
    as_alice: Client, alice: User, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "tomato").save(file, "PNG")
    as_alice.raise_request_exception = False
    save: Any = vars(FileSystemStorage)["_save"]

    def half(storage: FileSystemStorage, name: str, content: Any) -> Any:
        if name.endswith("-384.webp"):
            save(storage, name, ContentFile(content.read(10)))
            raise OSError(errno.ENOSPC, "No space left on device")
        return save(storage, name, content)

    def send() -> Any:
        return as_alice.post(
            "/accounts/profile/picture/", {"picture": SimpleUploadedFile("me.png", file.getvalue(), "image/png")}
        )

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "_save", half)
        refused = send()
        assert refused.status_code == 503
        assert "Go back, and send it once more." in refused.content.decode()
    assert send().status_code == 302
    picture = User.objects.get(pk=alice.pk).picture
    assert picture
    shown = as_alice.get(picture.large)
    assert Image.open(io.BytesIO(shown.content)).size == (384, 384)
