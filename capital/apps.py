from django.apps import AppConfig


class CapitalConfig(AppConfig):
    name = "capital"

    def ready(self) -> None:
        from capital import permissions  # noqa: F401
