from .moves import project_move

__all__ = [
    "project_move",
]
