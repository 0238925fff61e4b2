from django.apps import AppConfig


class InvestproConfig(AppConfig):
    name = "investpro"
    label = "investpro"

    def ready(self) -> None:
        # Tasks sent from anywhere (web, tick, shell) must find our broker.
        from investpro import celery  # noqa: F401
        from investpro.doctor import register_checks

        register_checks()
