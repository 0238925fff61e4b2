"""What every part of a scheme's document is made of: exact amounts, codes, settings per unit type, conditions."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, PlainSerializer, Tag

from .limits import fits

AMOUNT = re.compile(r"-?\d{1,18}(\.\d{1,10})?", re.ASCII)
CODE = r"^[a-z][a-z0-9_]{0,39}$"
TITLE = 200


class Part(BaseModel):
    """A frozen piece of the document that refuses what it doesn't know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _amount(value: Any) -> Decimal:
    """Exact numbers only: text, an integer, or a decimal that never was a binary float."""
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise ValueError("not_a_number")
    if not isinstance(value, str) and not fits(value):
        raise ValueError("not_a_number")
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if not AMOUNT.fullmatch(text):
        raise ValueError("not_a_number")
    return Decimal(text)


def _text(value: Decimal) -> str:
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


Amount = Annotated[
    Decimal,
    BeforeValidator(_amount, json_schema_input_type=str | int),
    PlainSerializer(_text, return_type=str),
]
Code = Annotated[str, Field(pattern=CODE)]
Title = Annotated[str, Field(min_length=1, max_length=TITLE)]


class PerType(Part):
    """A setting that differs by unit type; `default` for the types that aren't named."""

    default: Amount
    types: Mapping[Code, Amount]


def kind_of(value: Any) -> str:
    """The tag of an object with a `kind`; "" when it has none."""
    kind = value.get("kind") if isinstance(value, Mapping) else getattr(value, "kind", None)
    return kind if isinstance(kind, str) else ""


def _plain(value: Any) -> str:
    return "types" if isinstance(value, (Mapping, PerType)) else "amount"


Setting = Annotated[
    Annotated[Amount, Tag("amount")] | Annotated[PerType, Tag("types")], Discriminator(_plain)
]


def setting(value: "Decimal | PerType", unit_type: str) -> Decimal:
    """What a setting says for units of that type."""
    return value.types.get(unit_type, value.default) if isinstance(value, PerType) else value


class Rounding(Part):
    """Decimals kept, and how a tie is treated."""

    digits: Annotated[int, Field(ge=0, le=8)] = 2
    mode: Literal["half_up", "truncate"] = "half_up"


class OwnTarget(Part):
    """The unit's own target for an input. `which` of its values (firm, stretch, county …); `phased`: only what is due
    by the last month of the data, by the target's schedule."""

    of: Code
    which: Code = "firm"
    phased: bool = False


def _target(value: Any) -> str:
    if isinstance(value, OwnTarget) or (isinstance(value, Mapping) and "of" in value):
        return "own"
    return "setting"


Target = Annotated[
    Annotated[OwnTarget, Tag("own")] | Annotated[Setting, Tag("setting")], Discriminator(_target)
]
