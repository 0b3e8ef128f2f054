"""What people type: how long it is, whether it shows anything, and whether it leaves the text around it alone."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import GONE

BLANK = "\u115f\u1160\u2800\u3164\uffa0\U0001d159"  # letters and symbols that look like nothing
TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


class BodyField(forms.CharField):
    def to_python(self, value: Any) -> str:
        """Line ends count once, as in the browser's own counting."""
        return str(super().to_python(value)).replace("\r\n", "\n")


def readable_name(text: str) -> str:
    """`text` with single spaces; raises ValidationError when others could not read it, or would take it for nobody's."""
    name = " ".join(text.split())
    if not can_be_read(name):
        raise forms.ValidationError(_("Please choose a name that others can read."))
    if _letters(name) == _letters(GONE):
        raise forms.ValidationError(_("This is what a deleted account is called. Please choose another name."))
    return name


def can_be_read(text: str) -> bool:
    """Does it show something, and does it leave the text around it as it is? A bidi override would turn that round."""
    turned = any(unicodedata.bidirectional(character) in TURNING for character in text)
    control = any(unicodedata.category(character) == "Cc" for character in text)
    return not turned and not control and shows_something(text)


def shows_something(text: str) -> bool:
    return any(unicodedata.category(character)[0] in "LNPS" and character not in BLANK for character in text)


def _letters(name: str) -> str:
    """Without case, width, spaces and what is not seen."""
    seen = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in seen if character.isalpha() and character not in BLANK)
