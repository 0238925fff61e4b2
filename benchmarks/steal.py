"""How much of the processors somebody else took while something was measured (virtual machines only)."""

from contextlib import contextmanager
from pathlib import Path


class Stolen:
    """Filled when the block ends: per cent of all processor time; 0 where the system doesn't tell."""

    percent = 0.0


def ticks():
    """(all, idle, stolen) ticks of this machine's processors so far; zeros where it doesn't say."""
    try:
        first = Path("/proc/stat").read_text(encoding="ascii").partition("\n")[0]
    except OSError:
        return 0, 0, 0
    numbers = [int(word) for word in first.split()[1:9]] + [0] * 8
    return sum(numbers), numbers[3] + numbers[4], numbers[7]


@contextmanager
def steal():
    found, (all_before, _idle, before) = Stolen(), ticks()
    yield found
    all_after, _idle, after = ticks()
    found.percent = 100 * (after - before) / max(1, all_after - all_before)
