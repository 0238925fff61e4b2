"""Personal data is masked by default (PIPL); seeing it whole is a right of its own and is logged."""


def mask_phone(number: str) -> str:
    """138****1234: the first three and last four digits of a telephone number; short ones wholly hidden."""
    if len(number) < 8:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
