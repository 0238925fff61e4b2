"""How much of the processors somebody else took while something was measured (virtual machines only)."""

from contextlib import contextmanager
from pathlib import Path


class Stolen:
    """Filled when the block ends: per cent of all processor time; 0 where the system doesn't tell."""

    percent = 0.0


def _times():
    try:
        first = Path("/proc/stat").read_text(encoding="ascii").partition("\n")[0]
    except OSError:
        return 0, 1
    numbers = [int(word) for word in first.split()[1:9]]
    return numbers[7] if len(numbers) > 7 else 0, sum(numbers)


@contextmanager
def steal():
    found, (before, all_before) = Stolen(), _times()
    yield found
    after, all_after = _times()
    found.percent = 100 * (after - before) / max(1, all_after - all_before)
