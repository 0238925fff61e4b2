"""What the `--help` of our commands says besides their options: how to call them, and what their figures count."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter

from django.core.management.base import CommandParser, DjangoHelpFormatter


class Help(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Django's order of options; the lines of the examples stay lines."""


def tell(parser: CommandParser, *examples: str, units: str) -> None:
    """End the help with examples (what follows `manage.py`), and with what the figures are counted in."""
    parser.formatter_class = Help
    lines = "\n".join(f"  manage.py {one}" for one in examples)
    parser.epilog = f"units: {units}\n\nexamples:\n{lines}"
