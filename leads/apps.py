from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"

    def ready(self) -> None:
        from leads import nightly, own_panels, permissions, reminding, shipped_protection, shipping  # noqa: F401
        from leads.duplicates import tasks  # noqa: F401
        from leads.services import hooks, moves, protection
        from leads.stages import shipped

        shipping.ships("stages", shipped.load, shipped.count)
        shipped_protection.register()
        moves.register()
        own_panels.register()
        reminding.register()
        hooks.registered.append(protection.protection_begin)
