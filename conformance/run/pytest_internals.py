"""What we use of the inside of pytest, pytest-xdist and allure-pytest, in one place.

None of it is documented as stable. Each function says what we want of it; an
upgrade that moves one of these is told by ``tests/test_internals.py``. Beside
them stand two subclasses: ``SiteScheduling`` of xdist's scheduler
(``conformance/run/distribution.py``), ``MaskingLogger`` of Allure's logger
(``conformance/reporting/allure.py``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

_OURS = "conformance"


def silence_failures(config: pytest.Config) -> None:
    """Have pytest print no failure sections of its own, and no versions unless it is to be verbose."""
    config.option.tbstyle, config.option.reportchars = "no", ""
    config.option.no_header = config.option.no_header or config.option.verbose == 0


def be_brief(config: pytest.Config) -> None:
    """Have pytest draw its dots without the names of files, unless it is to be verbose: a run is read from its end."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if config.option.verbose == 0 and hasattr(reporter, "showfspath"):
        reporter.showfspath = False


def end_session(config: pytest.Config, session: pytest.Session | None, why: str) -> None:
    """End a run early, saying ``why``; the controller of xdist looks at a word of its own."""
    if session is not None:
        session.shouldfail = why
    workers = config.pluginmanager.getplugin("dsession")
    if workers is not None:
        workers.shouldstop = why


#: ``--collect-only``, ``--setup-plan``, ``--setup-only``, ``--fixtures`` and ``--fixtures-per-test``.
_ONLY_TELL = ("collectonly", "setupplan", "setuponly", "showfixtures", "show_fixtures_per_test")


def only_tells(config: pytest.Config) -> bool:
    """Whether pytest was asked what there is, and to run none of it: nothing is sent, and reports stay."""
    return any(getattr(config.option, name, False) for name in _ONLY_TELL)


def without_workers(config: pytest.Config) -> None:
    """Have xdist start no process, whatever ``-n`` and ``--tx`` say."""
    config.option.numprocesses, config.option.tx, config.option.dist = 0, [], "no"


def goes_to_the_end(config: pytest.Config) -> bool:
    """Whether a run goes on whatever fails, and nobody looks at it in between (``-x``, ``--sw``, ``--pdb``)."""
    option = config.option
    stops = (option.maxfail, getattr(option, "stepwise", False), option.usepdb, option.trace)
    return not any(stops)


def on_a_terminal(config: pytest.Config) -> bool:
    """Whether pytest writes to a terminal, and was not told to be quiet."""
    # Another plugin may have put a reporter of its own in the place.
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return says_something(config) and bool(getattr(reporter, "isatty", False))


def says_something(config: pytest.Config) -> bool:
    """Whether pytest writes a report at all, and was not told to be quiet."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return hasattr(reporter, "isatty") and config.option.verbose >= 0


def begin_line(writer: Any) -> str:
    """What brings whoever writes past pytest's terminal ``writer`` to a new line; it goes on from there, too."""
    if not writer.width_of_current_line:
        return ""
    writer.flush()
    writer._current_line = ""  # noqa: SLF001 - it is told what it cannot see
    return "\n"


def stop_capturing(config: pytest.Config) -> None:
    """Have what is written from now on reach whoever started the run, though a scenario is being carried out."""
    capturing: Any = config.pluginmanager.get_plugin("capturemanager")
    if capturing is not None:
        capturing.suspend_global_capture(in_=True)


def cursor(writer: Any, terminal: int | None = None) -> tuple[int, int]:
    """Where pytest's terminal ``writer`` left the cursor: its column, and the last one there is.

    While pytest captures, its writer takes every terminal for one of 80 columns: the open file ``terminal`` says more,
    unless it says 0, as one that nobody gave a size.
    """
    width = 0
    if terminal is not None:
        with suppress(OSError):
            width = os.get_terminal_size(terminal).columns
    width = width or writer.fullwidth
    last = max(0, width - 1)
    return min(writer.width_of_current_line, last), last


def is_chosen(config: pytest.Config, path: Path, names: Collection[str], marks: Collection[str]) -> bool:
    """Whether ``-m`` and ``-k`` keep an item of the file at ``path``: xdist's controller collects none it could ask.

    ``names`` are those of the item. Where nobody can say it is kept; what is wrong in an expression pytest tells.
    """
    from _pytest.mark.expression import Expression

    known = [*names, *marks, *_parts(config, path)]
    by_mark = config.option.markexpr.strip()
    by_word = config.option.keyword.strip() if path.is_relative_to(config.rootpath) else ""
    try:
        marked = not by_mark or Expression.compile(by_mark).evaluate(lambda mark, /, **_: mark in marks)
        named = not by_word or Expression.compile(by_word).evaluate(lambda word, /, **_: _stands_in(word, known))
    except SyntaxError:
        return True
    return marked and named


def _stands_in(word: str, names: Iterable[str]) -> bool:
    return any(word.lower() in name.lower() for name in names)


def _parts(config: pytest.Config, path: Path) -> tuple[str, ...]:
    """Names of the collectors above an item: the file, and folders below the root."""
    return path.relative_to(config.rootpath).parts if path.is_relative_to(config.rootpath) else ()


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is a worker of xdist."""
    return hasattr(config, "workerinput")


def worker_id(owner: Any) -> str:
    """The name of a worker; ``owner`` is its configuration, or the controller's node for it."""
    return str(owner.workerinput["workerid"])


def assign(node: Any, assignment: Mapping[str, Any]) -> None:
    """Tell a worker something before it starts."""
    node.workerinput[_OURS] = dict(assignment)


def assignment(config: pytest.Config) -> dict[str, Any]:
    """What the controller told this worker."""
    told: dict[str, Any] = config.workerinput[_OURS]  # type: ignore[attr-defined]
    return told


def tell_controller(config: pytest.Config, words: str) -> None:
    """Have the controller hear, when this worker has ended, why it could not begin."""
    config.workeroutput[_OURS] = words  # type: ignore[attr-defined]


def told_by(node: Any) -> str:
    """What the worker of a controller's ``node`` said with :func:`tell_controller`; empty for one that said nothing."""
    return str(getattr(node, "workeroutput", {}).get(_OURS, ""))


def attach(report: pytest.TestReport, message: dict[str, Any]) -> None:
    """Give a report plain values to take along: attributes of it travel from worker to controller."""
    setattr(report, _OURS, message)


def attached(report: pytest.TestReport) -> dict[str, Any] | None:
    """What :func:`attach` gave a report."""
    return getattr(report, _OURS, None)


def write_allure_results(config: pytest.Config, folder: Path) -> None:
    """Have allure-pytest write to ``folder``, unless the user named one or it is not there (-p no:allure_pytest)."""
    if getattr(config.option, "allure_report_dir", "") is None and not only_tells(config):
        config.option.allure_report_dir = str(folder)


def allure_results(config: pytest.Config) -> Path | None:
    """Where allure-pytest writes, if it does."""
    folder = config.getoption("allure_report_dir", None)
    return Path(folder) if folder else None


def replace_allure_logger(config: pytest.Config, ours: Callable[[Path], object]) -> None:
    """Put our logger in the place of allure-pytest's, which would write what it is given."""
    if not config.pluginmanager.hasplugin("allure_pytest"):
        return
    from allure_commons import plugin_manager as manager
    from allure_commons.logger import AllureFileLogger

    theirs = [plugin for plugin in manager.get_plugins() if type(plugin) is AllureFileLogger]
    if not theirs:
        return
    manager.unregister(theirs[0])
    logger = ours(Path(config.option.allure_report_dir))
    manager.register(logger)

    def give_back() -> None:
        """allure-pytest unregisters its own logger at the end and fails when it is not there."""
        manager.unregister(logger)
        manager.register(theirs[0])

    config.add_cleanup(give_back)
