from django.apps import AppConfig


class PresenceConfig(AppConfig):
    name = "presence"

    def ready(self) -> None:
        from chatpoc import live
        from presence import receivers, tags  # noqa: F401  (listens to signals; declares states)
        from presence.roster import Roster

        live.accompany(Roster)
