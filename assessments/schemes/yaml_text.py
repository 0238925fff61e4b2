"""A document as YAML in the order in which people write one: the database keeps no order of names."""

from __future__ import annotations

from typing import Any

import yaml

from assessments.schemes.editing.settling import in_order
from rules import scheme as rules


def yaml_text(document: Any) -> str:
    """The normal form of a document that reads, else the document as it is. It reads back with the same hash."""
    scheme, _problems = rules.read(document)
    content = document if scheme is None else rules.write(scheme)
    if isinstance(content, dict):
        content = in_order({**({"schema": content["schema"]} if "schema" in content else {}), **content})
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)
