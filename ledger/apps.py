from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ledger"

    def ready(self) -> None:
        from ledger import integrity, permissions, tasks, telling  # noqa: F401

        integrity.ship()
        telling.register()
