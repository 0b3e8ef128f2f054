from django.apps import AppConfig, apps


class LiveConfig(AppConfig):
    name = "chatpoc.live"
    label = "live"

    def ready(self) -> None:
        from chatpoc.live import capture, insight, sessions  # noqa: F401  (insight declares its tag)
        from chatpoc.live.models import Tagged

        for model in apps.get_models(include_auto_created=True):
            if issubclass(model, Tagged):
                capture.track(model._meta.db_table, model.tagged)
        sessions.start()
        capture.start()
