from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        from projects import facts, merging, permissions  # noqa: F401
        from projects.services import moves

        facts.register()
        merging.register()
        moves.register()
