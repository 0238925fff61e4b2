from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "organizations"
    label = "organizations"

    def ready(self) -> None:
        from common import pickers
        from organizations import finding, imports, permissions, tasks  # noqa: F401  (declares who may do what)

        finding.register_searches()
        pickers.register(self.get_model("Unit"), "unit_pick")
        imports.register()
        tasks.register()
