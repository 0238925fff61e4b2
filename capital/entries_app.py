"""What entries register with lower apps, once, when the app is ready."""


def register() -> None:
    from capital import imports

    imports.register()
