"""Personal data is masked by default (PIPL); seeing it whole is a right of its own and is logged."""

from typing import Any

PERSONAL = frozenset({"phone"})  # names of fields that logs show masked


def masked(field: str, value: Any) -> Any:
    """A field's value as a log may show it."""
    return mask_phone(value) if field in PERSONAL and isinstance(value, str) else value


def mask_phone(number: str) -> str:
    """138****1234: the first three and last four digits of a telephone number; short ones wholly hidden."""
    if len(number) < 8:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
