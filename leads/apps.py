from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeadsConfig(AppConfig):
    name = "leads"

    def ready(self) -> None:
        from leads import (  # noqa: F401
            confidential,
            finding,
            guard_panels,
            nightly,
            own_panels,
            permissions,
            reminding,
            shipped_protection,
            shipping,
            work_panels,
        )
        from leads import imports as lead_imports
        from leads import tasks as stage_tasks
        from leads.duplicates import tasks  # noqa: F401
        from leads.services import hooks, moves, protection
        from leads.stages import shipped, words
        from ledger import subjects

        numbers = subjects.by_number(self.get_model("Lead"))
        subjects.register(
            "lead",
            label=_("lead"),
            url_name="lead_detail",
            numbers=numbers,
            hidden=confidential.kept_rows,
        )
        shipping.ships("stages", shipped.load, shipped.count)
        shipped_protection.register()
        moves.register()
        stage_tasks.register()
        words.register()
        own_panels.register()
        work_panels.register()
        finding.register_searches()
        reminding.register()
        guard_panels.register()
        lead_imports.register()
        hooks.registered.append(protection.protection_begin)
