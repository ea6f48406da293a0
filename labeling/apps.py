from django.apps import AppConfig


class LabelingConfig(AppConfig):
    name = "labeling"
    verbose_name = "Groundwork"

    def ready(self) -> None:
        # Without this, web processes would publish to a default Celery app that has no broker.
        import labeling.celery  # noqa: F401
        from labeling import checks  # noqa: F401
