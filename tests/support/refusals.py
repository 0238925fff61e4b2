"""A refusal is told by its code, and in words."""

import pytest

from common.errors import Refused


def refused(code, do, /, *args, **given):
    """The words in which `do` refuses, with this code."""
    with pytest.raises(Refused) as said:
        do(*args, **given)
    assert said.value.code == code
    assert str(said.value)
    return str(said.value)
