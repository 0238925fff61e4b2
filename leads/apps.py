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
        self.guard()

    def guard(self) -> None:
        """First-contact protection, pool, transfers, disputes, screening."""
        from leads import guard_panels, nightly, reminding, shipped_protection  # noqa: F401
        from leads.services import hooks, protection

        shipped_protection.register()
        reminding.register()
        guard_panels.register()
        hooks.registered.append(protection.protection_begin)
