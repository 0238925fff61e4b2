from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferenceConfig(AppConfig):
    name = "reference"
    label = "reference"
    verbose_name = _("Reference data")

    def ready(self) -> None:
        from common import jobs
        from reference.selectors import run_day

        jobs.use_working_days(run_day)
