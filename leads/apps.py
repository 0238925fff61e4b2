from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"

    def ready(self) -> None:
        from leads import nightly, permissions, reminding, shipped_protection, shipping  # noqa: F401
        from leads.services import hooks, moves, protection
        from leads.stages import shipped

        shipping.ships("stages", shipped.load, shipped.count)
        moves.register()

        shipped_protection.register()
        reminding.register()
        hooks.registered.append(protection.protection_begin)
