"""What every template may ask for."""

from django.conf import settings
from django.http import HttpRequest

from chatpoc.language import languages, words_url
from chatpoc.modules import modules


def page(request: HttpRequest) -> dict[str, object]:
    """`pane_only`: the browser swaps just the right-hand pane, so the frame around it need not be rendered."""
    return {
        "modules": modules,
        "pane_only": request.headers.get("HX-Target") == "main#pane",
        "words": words_url,
        "languages": languages,
        "mailbox": bool(getattr(settings, "EMAIL_FILE_PATH", "")),
    }
