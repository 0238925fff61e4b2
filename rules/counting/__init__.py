"""What counts as capital in place, by a rule that is data (DOMAIN §3, docs/algorithms/counting.md).

`read` turns a document into a `Rule`, or says what is wrong with it and where; `count` holds facts against it.
"""

from .document import SCHEMA, Level, Line, Problem, RealEstate, Rule, Threshold, Window, empty
from .kernel import Counted, Movement, Path, Project, Size, Tax, Why, count
from .reading import read

__all__ = [
    "SCHEMA",
    "Counted",
    "Level",
    "Line",
    "Movement",
    "Path",
    "Problem",
    "Project",
    "RealEstate",
    "Rule",
    "Size",
    "Tax",
    "Threshold",
    "Why",
    "Window",
    "count",
    "empty",
    "read",
]
