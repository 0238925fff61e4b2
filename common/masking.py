"""Personal data is masked by default (PIPL); seeing it whole is a right of its own and is logged."""

from typing import Any

PERSONAL = frozenset({"phone", "email"})  # names of fields that logs, lists and the API show masked


def masked(field: str, value: Any) -> Any:
    """A field's value as a log may show it."""
    if field not in PERSONAL or not isinstance(value, str):
        return value
    return mask_mail(value) if field == "email" else mask_phone(value)


def mask_phone(number: str) -> str:
    """138****1234: the first three and last four digits of a telephone number; short ones wholly hidden."""
    if len(number) < 8:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def mask_mail(address: str) -> str:
    """l***@example.com: the first letter and the host; an address without a host is wholly hidden."""
    name, at, host = address.partition("@")
    return f"{name[:1]}***@{host}" if at and name else "*" * len(address)
