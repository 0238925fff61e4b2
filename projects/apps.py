from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        from projects import facts, permissions  # noqa: F401
        from projects.services import moves

        facts.register()
        moves.register()
