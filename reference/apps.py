from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferenceConfig(AppConfig):
    name = "reference"
    label = "reference"
    verbose_name = _("Reference data")

    def ready(self) -> None:
        from common import schedules
        from reference.selectors import run_day

        schedules.use_working_days(run_day)
