from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CapitalConfig(AppConfig):
    name = "capital"
    verbose_name = _("Capital in place")

    def ready(self) -> None:
        from capital import desk_app, entries_app, permissions, rounds_app, rules_app  # noqa: F401

        for part in (entries_app, desk_app, rules_app, rounds_app):
            part.register()
