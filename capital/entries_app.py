"""What entries register with lower apps, once, when the app is ready."""


def register() -> None:
    from capital import imports, integrity, returns_closing, tasks  # noqa: F401  (tasks declares the jobs)

    imports.register()
    integrity.register()
    returns_closing.register()
