"""Assessment schemes (考核办法) as data: reading a document, scoring facts by it (DOMAIN §4, §8; docs/schemes.md)."""

from .document import Scheme
from .facts import Facts
from .kernel import GroupResult, Line, Result, score
from .reading import Problem, json_schema, parse, read, read_facts, sha256, write

__all__ = [
    "Facts",
    "GroupResult",
    "Line",
    "Problem",
    "Result",
    "Scheme",
    "json_schema",
    "parse",
    "read",
    "read_facts",
    "score",
    "sha256",
    "write",
]
