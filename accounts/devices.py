"""A browser in words that its owner recognises: "Firefox on Windows"."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

BROWSERS = (  # the first that fits: most name others too
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
MACHINES = (
    ("iPhone", _("an iPhone")),
    ("iPad", _("an iPad")),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", _("a Mac")),
    ("CrOS", _("a Chromebook")),
    ("Linux", "Linux"),
)


def in_words(user_agent: str) -> str:
    """What a User-Agent header says; made up as easily as any header, so good for recognition and for nothing else."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    machine = next((name for sign, name in MACHINES if sign in user_agent), "")
    if browser and machine:
        return gettext("%(browser)s on %(machine)s") % {"browser": browser, "machine": machine}
    if machine:
        return gettext("A browser on %(machine)s") % {"machine": machine}
    return browser or gettext("An unknown browser")
