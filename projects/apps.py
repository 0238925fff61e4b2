from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        from leads import dossier, naming
        from ledger import subjects
        from projects import (  # noqa: F401
            confidential,
            facts,
            finding,
            imports,
            merging,
            panels,
            permissions,
            timeline,
        )
        from projects.demo import loading as demo
        from projects.dossier import way
        from projects.services import moves

        facts.register()
        finding.register_searches()
        panels.register()
        merging.register()
        moves.register()
        demo.register()
        imports.register()
        naming.register(self.get_model("Project"))
        dossier.also(way)
        numbers = subjects.by_number(self.get_model("Project"))
        subjects.register(
            "project",
            label=_("project"),
            url_name="project_detail",
            numbers=numbers,
            hidden=confidential.kept_rows,
        )
