"""The help of the commands: every example in it is one that the command takes."""

import shlex

import pytest
from django.core.management import get_commands, load_command_class


@pytest.mark.parametrize(
    ("name", "unit"), [("period", "yuan"), ("ledger", "findings"), ("demo", "rows"), ("pipeline", "rows")]
)
def test_the_help_shows_examples_that_work_and_what_is_counted(name, unit):
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    told, _head, examples = parser.format_help().partition("examples:\n")
    assert unit in told.partition("units: ")[2]
    lines = [line.strip() for line in examples.splitlines() if line.strip()]
    assert len(lines) > 1
    for line in lines:
        program, command, *given = shlex.split(line)
        assert (program, command) == ("manage.py", name)
        assert parser.parse_args(given)
