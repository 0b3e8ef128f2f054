from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = _("Chat")

    def ready(self) -> None:
        from chat import here, receipts, receivers, seen, tags  # noqa: F401  (registers with allauth's signals and with chatpoc.live)
