from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import journal, receivers, tags  # noqa: F401  (listen to signals; declares tags)
