"""``python -m tests.inputs``: every bad input by rule and by hand, tried, and how many there are.

Each is refused by one message with its code, or comes to the outcome its row states. A traceback, a secret in what is
said, or two messages fail the row; one that hangs keeps this from ending.
"""

from __future__ import annotations

import sys

import pytest

from tests.conftest import ROOT
from tests.inputs.test_rows import ROWS

TABLES = ("tests/inputs", "tests/live/test_bad_inputs.py")


def main(more: list[str]) -> int:
    """The exit code of pytest; the numbers only if every row held."""
    code = int(pytest.main(["-q", "--no-header", *(str(ROOT / place) for place in TABLES), *more]))
    if code == pytest.ExitCode.OK:
        print(f"{sum(ROWS.values())} inputs: {', '.join(f'{number} {name}' for name, number in ROWS.items())}")
        print("tracebacks 0, hangs 0, secrets 0")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
