"""What desk register with lower apps, once, when the app is ready."""


def register() -> None:
    from capital import closing_steps, posting, tasks  # noqa: F401  (tasks declares the jobs)
    from capital.services import queries, recognition
    from projects.services import changing

    posting.register()
    closing_steps.register()
    queries.register()
    changing.before_archive.append(recognition.project_is_free)
