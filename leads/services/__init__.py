from .moves import lead_move, lead_won

__all__ = [
    "lead_move",
    "lead_won",
]
