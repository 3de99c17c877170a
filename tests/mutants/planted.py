"""Bugs planted by hand that no test noticed, planted again: ``python -m tests.mutants --planted``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT
from tests.mutants.measure import copied, pytest_of


@dataclass(frozen=True)
class Planted:
    """A bug: what it is, the one place in ``file`` where the code changes, and the test that must notice it."""

    what: str
    file: str
    before: str
    after: str
    test: str

    def source(self) -> str:
        """The file with the bug in it; ``ValueError`` once the code went on and there is no such place any more."""
        text = (ROOT / self.file).read_text(encoding="utf-8")
        if text.count(self.before) != 1:
            raise ValueError(f"{self.file} holds {text.count(self.before)} times: {self.before.strip()}")
        return text.replace(self.before, self.after)


def bugs() -> list[Planted]:
    """Those of ``planted.toml``."""
    table = tomllib.loads(Path(__file__).with_name("planted.toml").read_text(encoding="utf-8"))
    return [Planted(**row) for row in table["bug"]]


def noticed(folder: Path) -> Iterator[tuple[Planted, bool]]:
    """Each bug, and whether its test fails with it (and only then), tried in a copy of the suite in ``folder``."""
    copied(folder)
    every = bugs()
    sound = pytest_of(folder, *dict.fromkeys(one.test for one in every))
    if sound.returncode:
        raise SystemExit(f"tests fail without any bug: {sound.stdout[-2000:]}")
    for one in every:
        place = folder / one.file
        original = place.read_text(encoding="utf-8")
        place.write_text(one.source(), encoding="utf-8")
        # 1 is a test that failed; anything else is a start that failed and notices nothing.
        yield one, pytest_of(folder, one.test).returncode == 1
        place.write_text(original, encoding="utf-8")
