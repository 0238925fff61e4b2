"""The trace of one computed figure: codes and data only, no words (DOMAIN §4, §8).

A trace is a tree. A node says which operation was done, which operands went in, which parameters were read,
and what came out before and after limits and rounding. Its children explain operands that were computed.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rules.facts import Fact, Value
from rules.money import checked

Document = dict[str, Any]


def decimal_text(value: Decimal) -> str:
    """Plain notation, never with an exponent: 1E+3 → "1000"."""
    return format(checked(value), "f")


def canonical_text(value: Decimal) -> str:
    """One text per number, whatever the number of trailing zeros it came with."""
    text = decimal_text(value)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@dataclass(frozen=True, slots=True)
class Operand:
    """A fact as it entered an operation; either ``amount`` and ``unit`` or a ``reason`` is set."""

    name: str
    amount: Decimal | None = None
    unit: str | None = None
    reason: str | None = None
    ref: str | None = None

    @classmethod
    def of(cls, name: str, fact: Fact) -> "Operand":
        """The operand ``name`` that stands for ``fact``."""
        if isinstance(fact, Value):
            return cls(name, amount=fact.amount, unit=fact.unit, ref=fact.ref)
        return cls(name, reason=str(fact.reason), ref=fact.ref)

    def to_document(self) -> Document:
        """JSON-able form; amounts are strings without trailing zeros."""
        amount = None if self.amount is None else canonical_text(self.amount)
        return {
            "amount": amount,
            "name": self.name,
            "reason": self.reason,
            "ref": self.ref,
            "unit": self.unit,
        }


@dataclass(frozen=True, slots=True)
class Parameter:
    """A setting that was read: its path in the rule document, its value as text, the document's version."""

    path: str
    value: str
    version: str = ""

    def to_document(self) -> Document:
        """JSON-able form."""
        return {"path": self.path, "value": self.value, "version": self.version}


@dataclass(frozen=True, slots=True)
class Trace:
    """One step. ``raw`` is unrounded, ``limited`` after caps and floors, ``rounded`` as printed.

    All three are None when the result is missing; ``reason`` then holds the code.
    """

    key: str
    label_key: str
    operation: str
    operands: tuple[Operand, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    raw: Decimal | None = None
    limited: Decimal | None = None
    rounded: Decimal | None = None
    unit: str | None = None
    reason: str | None = None
    children: tuple["Trace", ...] = ()

    def child(self, key: str) -> "Trace":
        """The child with that key; KeyError when there is none."""
        for child in self.children:
            if child.key == key:
                return child
        raise KeyError(key)

    def to_document(self) -> Document:
        """JSON-able form with keys in order and decimals as strings; ``rounded`` keeps its printed zeros."""
        return {
            "children": [child.to_document() for child in self.children],
            "key": self.key,
            "label_key": self.label_key,
            "limited": None if self.limited is None else canonical_text(self.limited),
            "operands": [operand.to_document() for operand in self.operands],
            "operation": self.operation,
            "parameters": [parameter.to_document() for parameter in self.parameters],
            "raw": None if self.raw is None else canonical_text(self.raw),
            "reason": self.reason,
            "rounded": None if self.rounded is None else decimal_text(self.rounded),
            "unit": self.unit,
        }

    @classmethod
    def from_document(cls, document: Document) -> "Trace":
        """Rebuild a trace from ``to_document()``; KeyError when a field is missing."""
        return cls(
            key=document["key"],
            label_key=document["label_key"],
            operation=document["operation"],
            operands=tuple(
                Operand(row["name"], _number(row["amount"]), row["unit"], row["reason"], row["ref"])
                for row in document["operands"]
            ),
            parameters=tuple(
                Parameter(row["path"], row["value"], row["version"]) for row in document["parameters"]
            ),
            raw=_number(document["raw"]),
            limited=_number(document["limited"]),
            rounded=_number(document["rounded"]),
            unit=document["unit"],
            reason=document["reason"],
            children=tuple(cls.from_document(child) for child in document["children"]),
        )


def canonical_json(document: Document) -> bytes:
    """The one byte string that stands for a document: UTF-8, sorted keys, no spaces. For storing and hashing."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
