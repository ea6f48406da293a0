from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "workers"
    verbose_name = "People"

    def ready(self) -> None:
        from labeling.pseudonym import keep_names_of
        from workers.selectors.placeholders import kept_names

        keep_names_of(kept_names)
