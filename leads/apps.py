from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"

    def ready(self) -> None:
        from leads import own_panels, permissions, shipping  # noqa: F401
        from leads.duplicates import tasks  # noqa: F401
        from leads.services import moves
        from leads.stages import shipped

        shipping.ships("stages", shipped.load, shipped.count)
        moves.register()
        own_panels.register()
