from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "organizations"
    label = "organizations"

    def ready(self) -> None:
        from organizations import finding, imports, permissions, tasks  # noqa: F401  (declares who may do what)

        finding.register_searches()
        imports.register()
        tasks.register()
