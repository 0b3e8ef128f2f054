from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "chatpoc.live"
    label = "live"
