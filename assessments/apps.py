from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"
    label = "assessments"

    def ready(self) -> None:
        from assessments import permissions, schemetelling, shipped_measures, tasks  # noqa: F401  (rights and jobs)
        from assessments.demo import city, schemes
        from assessments.demo import loading as demo
        from assessments.imports import figures

        figures.register()
        shipped_measures.register()
        schemetelling.register()
        demo.register()
        city.register()
        schemes.register()
