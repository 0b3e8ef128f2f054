"""Decodes a stranger's picture in a process of its own: whatever the file does to the decoder, the chat goes on."""

import subprocess
import sys
import threading
from base64 import b64decode
from json import loads
from pathlib import Path

from django.utils.translation import gettext

UPLOAD_LIMIT = 8 * 1024 * 1024  # bytes
TIME = 10  # seconds; a good picture of 50 megapixels takes one or two
DECODER = Path(__file__).with_name("decoder.py")

PATIENCE = 5  # seconds that an upload waits for those before it
_turn = threading.Lock()  # one at a time, so that many uploads cannot fill the machine


class BadPicture(Exception):
    """The file cannot be a picture of somebody; the text says why, to them."""


def make_pictures(upload: bytes) -> dict[int, bytes]:
    """WebP squares by their side in pixels, without any of the file's metadata. Raises BadPicture."""
    if not upload:
        raise BadPicture(gettext("The file is empty."))
    if len(upload) > UPLOAD_LIMIT:
        raise BadPicture(gettext("The file is too large: %(most)d MB fit.") % {"most": UPLOAD_LIMIT // 2**20})
    if not _turn.acquire(timeout=PATIENCE):
        raise BadPicture(gettext("Many pictures are being read just now. Please try again in a moment."))
    try:
        done = _decode(upload)
    finally:
        _turn.release()
    if done.returncode:
        raise BadPicture(gettext("This picture could not be read. Try another one, or save it again as JPEG or PNG."))
    answer = loads(done.stdout)
    if reason := answer.get("error"):
        raise BadPicture(gettext(reason) % answer["numbers"])
    return {int(side): b64decode(data) for side, data in answer.items()}


def _decode(upload: bytes) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-I", str(DECODER)]  # nothing in it comes from the upload
    try:
        return subprocess.run(command, input=upload, capture_output=True, timeout=TIME, check=False, env={})  # noqa: S603
    except subprocess.TimeoutExpired:
        raise BadPicture("This picture takes too long to read. Try a smaller one.") from None
