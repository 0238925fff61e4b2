import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.replay_table import table_bytes

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_another_process_gives_the_same_bytes(seed):
    result = subprocess.run(
        [sys.executable, "-m", "tests.rules.replay_table"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
    )

    assert result.stdout == table_bytes()
    assert len(result.stdout) > 10_000
