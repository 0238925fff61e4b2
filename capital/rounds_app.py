"""What rounds register with lower apps, once, when the app is ready."""

from capital import rounds_telling


def register() -> None:
    rounds_telling.register()
