"""What is asked of a measure besides: its filters as fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessments.measures.filters import SPECS

from .measures import Offer
from .nodes import Node


def filter_nodes(given: Any, offers: tuple[Offer, ...], measure: Any, path: str) -> list[Node]:
    """A field for each filter that the measure knows, and for those that stand there although it doesn't."""
    said = given if isinstance(given, Mapping) else {}
    offer = next((one for one in offers if one.code == measure), None)
    names = [*(offer.filters if offer else ()), *said]
    return [_node(name, said.get(name), f"{path}@{name}") for name in dict.fromkeys(names)]


def _node(name: str, value: Any, path: str) -> Node:
    """`value` is a text or a list of texts; the hint says which, so that it stays so."""
    spec = SPECS.get(name)
    texts = [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)] if value else []
    options: list[Any]
    label, help_text = (spec.title, spec.help) if spec else (name, "")
    if spec is None or spec.words is None:
        node = Node("filter", path, label, help_text, ", ".join(texts))
    elif spec.many:
        options = [(code, title, code in texts) for code, title in spec.words.items()]
        options += [(code, code, True) for code in texts if code not in spec.words]
        node = Node("boxes", path, label, help_text, options=options, wide=True)
    else:
        options = [
            ("", "—"),
            *spec.words.items(),
            *((code, code) for code in texts if code not in spec.words),
        ]
        node = Node("choice", path, label, help_text, texts[0] if texts else "", options=options)
    node.on = isinstance(value, (list, tuple)) or (not texts and spec is not None and spec.many)
    return node
