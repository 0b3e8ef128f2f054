from django.apps import AppConfig


class ThemeConfig(AppConfig):
    """The Tailwind sources; what they build is static/css/app.css."""

    name = "chatpoc.theme"
