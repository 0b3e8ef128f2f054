from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"

    def ready(self) -> None:
        from chat import here, receipts, receivers, seen, tags  # noqa: F401  (registers with allauth's signals and with chatpoc.live)
