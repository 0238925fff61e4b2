"""Assessment schemes (考核办法) as data: reading a document, scoring facts by it (DOMAIN §4, §8; docs/schemes.md)."""

from .document import Scheme
from .facts import Facts
from .kernel import GroupResult, Line, Result, score
from .limits import Unfit, plain
from .questions import Gain, Move, figures_of, gains, moves, with_fact, with_target
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
    "Unfit",
    "figures_of",
    "gains",
    "json_schema",
    "moves",
    "parse",
    "plain",
    "read",
    "read_facts",
    "score",
    "sha256",
    "with_fact",
    "with_target",
    "write",
]
