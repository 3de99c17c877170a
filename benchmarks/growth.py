"""The project with its features written several times over, to see what more scenarios cost."""

from __future__ import annotations

import shutil
from pathlib import Path

_SHARED = ("schemas", "payloads", "steps", "conformance", "mocksite", "conftest.py", "pyproject.toml")


def multiplied(root: Path, folder: Path, times: int) -> Path:
    """A project below ``folder`` with each feature file ``times`` times; the rest is linked."""
    copy = folder / f"times-{times}"
    copy.mkdir()
    for name in _SHARED:
        (copy / name).symlink_to(root / name)
    for release in sorted((root / "features").iterdir()):
        if release.is_dir():
            _copy_release(release, copy / "features" / release.name, times)
    return copy


def _copy_release(release: Path, to: Path, times: int) -> None:
    to.mkdir(parents=True)
    shutil.copy(release / "clauses.toml", to)
    for file in release.glob("*.feature"):
        for nth in range(times):
            shutil.copy(file, to / (file.name if nth == 0 else f"{file.stem}-{nth}.feature"))
