"""Whole numbers as they come in addresses and hidden fields, where anybody may write anything."""

DIGITS = 18  # a key in the database has no more


def whole(text: str) -> int:
    """The number that a text of digits says; 0 for anything else: signs, digits of other scripts, thousands of digits
    (which `int` refuses)."""
    return int(text) if len(text) <= DIGITS and text.isascii() and text.isdigit() else 0
