from django.apps import AppConfig
from django.db.models.signals import post_migrate  # noqa: TID251  (not of a row)


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import journal, receivers, tags  # noqa: F401  (listen to signals; declares tags)
        from accounts.groups import make_groups

        post_migrate.connect(make_groups)
