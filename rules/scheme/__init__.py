"""Assessment schemes (考核办法) as data: reading a document, scoring facts by it (DOMAIN §4, §8; docs/schemes.md)."""

from .document import Scheme
from .facts import Facts
from .kernel import GroupResult, Line, Result, score
from .questions import Gain, Move, gains, moves, with_fact
from .reading import Problem, json_schema, parse, read, read_facts, sha256, write

__all__ = [
    "Facts",
    "Gain",
    "GroupResult",
    "Line",
    "Move",
    "Problem",
    "Result",
    "Scheme",
    "gains",
    "json_schema",
    "moves",
    "parse",
    "read",
    "read_facts",
    "score",
    "sha256",
    "with_fact",
    "write",
]
