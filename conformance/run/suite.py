"""Where the suite's own files are, features, payloads, schemas and steps, and ``webex-conformance run`` from anywhere.

A wheel carries them in ``conformance/suite``, laid out like the checkout, so both are read by the same code.
What belongs to the user (``sites.toml``, ``known_issues.toml``, ``reports/``) is in the current folder.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from conformance import __version__
from conformance.sites.errors import UserError
from conformance.sites.user_files import why_unreadable

if TYPE_CHECKING:
    import pytest

_PARTS = ("features", "payloads", "schemas", "steps")
INSTALLED = Path(__file__).resolve().parents[1] / "suite"


def suite_folder(named: Path | None = None) -> Path:
    """The folder named, or the suite one stands in, or the one that was installed."""
    here = _here()
    if named is not None:
        return _named(named)
    for folder in (here, INSTALLED, INSTALLED.parents[1]):
        if not _missing(folder):
            return folder
    raise UserError(
        "suite-missing",
        "there are no features, payloads, schemas and steps here, nor were any installed",
        where=str(here),
        hint="name the folder that holds them with --root",
    )


def _named(root: Path) -> Path:
    hint = "name the folder that holds features, payloads, schemas and steps"
    if not root.is_dir():
        raise UserError("root-missing", "--root names no folder", where=str(root), hint=hint)
    if missing := _missing(root):
        code = "features-missing" if "features" in missing else "root-missing"
        raise UserError(code, f"--root names a folder without {' and '.join(missing)}", where=str(root), hint=hint)
    return root.resolve()


def _missing(folder: Path) -> list[str]:
    return [part for part in _PARTS if not (folder / part).is_dir()]


def _here() -> Path:
    """The current folder, which somebody may have deleted under the shell that stands in it."""
    try:
        return Path.cwd()
    except OSError as problem:
        what = f"the current folder cannot be read: {problem.strerror}"
        hint = "it was deleted or closed to you: cd to another one"
        raise UserError("folder-gone", what, where=os.environ.get("PWD", "."), hint=hint) from None


def beside(root: Path, name: str) -> Path:
    """A file of the user's: in the suite's folder for those who stand in it, else in the current one."""
    return root / name if Path.cwd() == root else Path(name)


def allure_folder(root: Path) -> Path:
    """Where Allure gets installed by ``report/``; an installed suite has it copied, pip would not remove it again."""
    if root != INSTALLED:
        return root / "report"
    caches, hint = os.environ.get("XDG_CACHE_HOME") or "~/.cache", "set XDG_CACHE_HOME to a folder that can be written"
    try:
        cache = Path(caches).expanduser() / "webex-conformance" / __version__
        return Path(shutil.copytree(root / "report", cache, dirs_exist_ok=True))
    except RuntimeError:  # nobody's home, as of a user of a container
        raise UserError("cache", "Allure has nowhere to go: you have no home", where=caches, hint=hint) from None
    except OSError as problem:
        what = f"Allure has nowhere to go: {why_unreadable(problem)}"
        raise UserError("cache", what, where=str(cache), hint=hint) from None


def run(root: Path, arguments: Iterable[str]) -> int:
    """``pytest`` on the features of ``root`` from any folder, with any of its options; pytest's exit code."""
    import pytest

    if not (root / "pyproject.toml").is_file():
        hint = "name a checkout of the suite"
        raise UserError("root-missing", "--root names a folder without pyproject.toml", where=str(root), hint=hint)
    return int(pytest.main(pytest_arguments(root, list(arguments)), plugins=[_AsTyped()]))


class _AsTyped:
    """Has pytest call itself, in its help and where an option is wrong, by what the user typed."""

    def pytest_addoption(self, parser: pytest.Parser) -> None:
        parser.prog = "webex-conformance run"


def rejudge(root: Path, recording: Path, arguments: Iterable[str]) -> int:
    """Judge a recording, with any option of pytest; what it was recorded beside stays as it is."""
    given = list(arguments)
    reports = (recording if recording.is_dir() else recording.parent) / "rejudged"
    named = any(argument.partition("=")[0] == "--reports" for argument in given)
    return run(root, ["--rejudge", str(recording), *([] if named else ["--reports", str(reports)]), *given])


def pytest_arguments(root: Path, arguments: list[str]) -> list[str]:
    """The arguments as pytest takes them: places of the suite found in ``root``, all features when none is named."""
    given = [_place(root, argument) for argument in arguments]
    places = [] if any(map(_means_features, given)) else [str(root / "features")]
    settings = ["-c", str(root / "pyproject.toml")]
    if root != Path.cwd():
        # Nothing is written beside installed files; a warning of a newer library is for those who keep the suite.
        settings += ["-o", f"cache_dir={Path.cwd() / '.pytest_cache'}", "-W", "default"]
    # Last would be the value of an option whose own was forgotten: --reports would write into the features.
    return [*settings, *places, *given]


#: What may stand behind a file: its line, as failures are told with, or the rest of a node id.
_BEHIND = re.compile(r"(:\d+)?(::.*)?$", re.DOTALL)


def _place(root: Path, argument: str) -> str:
    path = _BEHIND.sub("", argument, count=1)
    if not path.startswith("features") or Path(path).exists() or not (root / path).exists():
        return argument
    return str(root / path) + argument.removeprefix(path)


def _means_features(argument: str) -> bool:
    path = Path(_BEHIND.sub("", argument, count=1))
    if path.suffix == ".feature" or path.parts[:1] == ("features",):
        # Meant as a place even where there is none: pytest then says that it is not there.
        return True
    return path.is_dir() and next(path.rglob("*.feature"), None) is not None
