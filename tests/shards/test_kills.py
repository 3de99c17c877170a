"""Of the moments at which ``python -m tests.shards`` kills shards, one on one of four days."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest

from tests.rotation import today
from tests.shards.__main__ import chosen
from tests.shards.measure import kill, machines


@pytest.mark.rotating(4)
def test_a_dead_machine_loses_its_minutes_and_nothing_else(tmp_path: Path) -> None:
    with machines(tmp_path) as here:
        result = kill(here, tmp_path / "trial", *chosen(random.Random(today()), here))
    assert result.good, f"{result}\n{result.told}"


@pytest.mark.rotating(4)
def test_a_shard_that_is_told_to_end_leaves_nothing_and_goes_on_when_retried(tmp_path: Path) -> None:
    with machines(tmp_path) as here:
        for number, how in enumerate((signal.SIGTERM, signal.SIGINT)):
            result = kill(here, tmp_path / how.name, *chosen(random.Random(today() + number), here), how)
            assert result.good, f"{how.name} {result}\n{result.told}"
