"""What rules register with lower apps, once, when the app is ready."""


def register() -> None:
    """Nothing yet."""
