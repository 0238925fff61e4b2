"""A scheme's result in words: the tree of a total down to its rows, what it takes to gain a place, who moved and why.

Codes and numbers come from `rules.scheme`; here they become sentences in the reader's language. Templates, files and the
API only draw what stands in a `Said`.
"""

from .gaining import gain_words
from .links import Sources, sources_of
from .moving import differs_words, move_words
from .nodes import Link, Said, Setting, documents
from .reasons import reason_words
from .teller import Teller

__all__ = [
    "Link",
    "Said",
    "Setting",
    "Sources",
    "sources_of",
    "Teller",
    "differs_words",
    "documents",
    "gain_words",
    "move_words",
    "reason_words",
]
