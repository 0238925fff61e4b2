from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ledger"

    def ready(self) -> None:
        from ledger import integrity, permissions, tasks  # noqa: F401

        integrity.ship()
