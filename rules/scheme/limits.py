"""What a document may be made of, whoever hands it in: JSON's types, of a bounded size (docs/schemes.md, Limits)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

DEEP = 40  # objects and lists inside each other
MANY = 50_000  # objects, lists and values together
POWER = 30  # of ten: numbers are below 10^31, and not nearer to zero than 10^-30
LARGEST = 10**31
LONG = 60  # characters of a number
# A null byte and a lone half of a pair of code units: text that no database keeps.
NO_TEXT = frozenset({0, *range(0xD800, 0xE000)})


class Unfit(ValueError):
    """A document that isn't taken, however its parts read. `code`: deep, many, number, kind, text, alias, tag."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(said)
        self.code = code


def fits(value: Decimal | int) -> bool:
    """Whether a number may be written out: a huge exponent would become gigabytes of zeros."""
    if isinstance(value, int):
        return -LARGEST < value < LARGEST
    return bool(value.is_finite() and abs(value.adjusted()) <= POWER and len(value.as_tuple().digits) <= LONG)


def exact(text: str) -> Decimal:
    """An exact number. Raises Unfit for one that is too large, too small, too long or none."""
    try:
        found = Decimal(text) if len(text) <= LONG else None
    except ArithmeticError:
        found = None
    if found is None or not fits(found):
        raise Unfit("number", f"the number {text[:20]} is too large, too small, too long or none")
    return found


def plain(document: Any) -> Any:
    """The document as JSON keeps it: lists, objects with text keys, exact numbers as text. Raises Unfit."""
    return _Plain().of(document, 1)


class _Plain:
    def __init__(self) -> None:
        self.seen = 0

    def of(self, value: Any, depth: int) -> Any:
        self.seen += 1
        if self.seen > MANY:
            raise Unfit("many", f"more than {MANY} values")
        if not isinstance(value, (Mapping, list, tuple)):
            return _value(value)
        if depth > DEEP:
            raise Unfit("deep", f"more than {DEEP} levels inside each other")
        if isinstance(value, Mapping):
            return {str(_value(key)): self.of(one, depth + 1) for key, one in value.items()}
        return [self.of(one, depth + 1) for one in value]


def _value(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if not NO_TEXT.isdisjoint(map(ord, value)):
            raise Unfit("text", "a text holds characters that can't be kept")
        return value
    if isinstance(value, float) and abs(value) < 10.0**POWER:
        return value  # refused where a number is needed, but a draft may hold it
    if isinstance(value, (int, Decimal)):
        if not fits(value):
            raise Unfit("number", "a number is too large, too small or too long")
        return format(value, "f") if isinstance(value, Decimal) else value
    if isinstance(value, float):
        raise Unfit("number", "a number is too large or none")
    raise Unfit("kind", f"{type(value).__name__} is nothing that JSON knows")
