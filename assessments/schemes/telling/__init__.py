"""A scheme's document in words: what a clerk reads, compares and prints (docs/schemes.md says the same of the fields)."""

from .conditions import board_words, condition_words, grade_words, jump_words, veto_words
from .document import Item, Section, tell
from .figures import figure_words, target_words
from .labels import choice_words, field_words, place_words
from .numbers import amount_words, number_words, rounding_words, setting_words, unit_words
from .rules import indicator_words, missing_words, rule_words

__all__ = [
    "Item",
    "Section",
    "amount_words",
    "board_words",
    "choice_words",
    "condition_words",
    "field_words",
    "figure_words",
    "grade_words",
    "indicator_words",
    "jump_words",
    "missing_words",
    "number_words",
    "place_words",
    "rounding_words",
    "rule_words",
    "setting_words",
    "target_words",
    "tell",
    "unit_words",
    "veto_words",
]
