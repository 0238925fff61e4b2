from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "common"
    label = "common"

    def ready(self) -> None:
        from common import checks, drafts  # noqa: F401  (register the system checks and a job)
