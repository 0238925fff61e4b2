"""What the editor says: names of fields, of choices, of figures and rules."""

from .choices import COMPARES, choice_word
from .fields import HELP, LABELS, label_of
from .kinds import FIGURE_KINDS, RULE_KINDS

__all__ = ["COMPARES", "FIGURE_KINDS", "HELP", "LABELS", "RULE_KINDS", "choice_word", "label_of"]
