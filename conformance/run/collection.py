"""Collects scenarios straight from ``.feature`` files: no binding modules, node ids that name the feature.

pytest-bdd parses features and holds the vocabulary. A scenario is carried out by our own step registry and not
through pytest-bdd's fixtures: so lanes, the fault matrix and a run do exactly the same, and a step costs a tenth.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conformance.judge.findings import ContractViolation
from conformance.reporting.exchange_file import write_fault
from conformance.reporting.text import printable
from conformance.run.options import read_options
from conformance.run.terminal import unusable
from conformance.scenarios.features import Catalogue, FeatureFile, feature_files
from conformance.scenarios.scenario import WORDS, Scenario, name_of
from conformance.sites.errors import CannotJudge, UserError
from conformance.sites.profile import ROLES, known_test_data, slug
from conformance.sites.settings import known_settings

Execute = Callable[["ScenarioItem"], None]
#: The marks of this run by name: asking pytest for one reads the list of all registered names every time.
_MARKS = pytest.StashKey[dict[str, pytest.MarkDecorator]]()


class FeatureCollector(pytest.File):
    """One feature file."""

    catalogue: Catalogue
    execute: Execute

    def collect(self) -> Iterable[ScenarioItem]:
        """A scenario for each pickle, in the order of the file."""
        for scenario in self.catalogue.read(self.path).scenarios.values():
            yield ScenarioItem.from_parent(self, name=scenario.name, scenario=scenario, execute=self.execute)


class ScenarioItem(pytest.Item):
    """One scenario, or one row of an outline."""

    def __init__(self, *, scenario: Scenario, execute: Execute, **details: Any) -> None:
        super().__init__(**details)
        self.scenario = scenario
        self._execute = execute
        marks = self.config.stash.setdefault(_MARKS, {})
        for name in scenario.markers:
            if name not in marks:
                self.config.addinivalue_line("markers", name)
                marks[name] = getattr(pytest.mark, name)
            self.add_marker(marks[name])

    def runtest(self) -> None:
        """Carry the scenario out."""
        self._execute(self)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *more: Any, **options: Any) -> Any:
        """What the verdict says in its own words; of a fault of ours pytest writes the traceback, which takes long."""
        if isinstance(excinfo.value, CannotJudge | UserError | ContractViolation):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *more, **options)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Its place in the feature file, for editors and reports."""
        return self.path, self.scenario.line - 1, self.name


def scenarios_of(items: Iterable[pytest.Item]) -> list[ScenarioItem]:
    """The scenarios among ``items``."""
    return [item for item in items if isinstance(item, ScenarioItem)]


def account_for_every_scenario(
    items: Iterable[ScenarioItem], deselected: Iterable[ScenarioItem], modules: Iterable[FeatureFile]
) -> None:
    """A run that lost a scenario between file and collection must never be green; what was deselected is not lost."""
    known = {item.scenario for item in (*items, *deselected)}
    for module in modules:
        for scenario in module.scenarios.values():
            if scenario not in known:
                raise UserError(
                    "scenario-lost", f"{scenario.title!r} was not collected", where=f"{scenario.path}:{scenario.line}"
                )


_AT_LINE = re.compile(r"^(?P<path>.+\.feature):(?P<line>\d{1,9})$")
_TITLED = re.compile(r"^(?P<path>.+\.feature)::(?P<title>.+)$")


def take_lines_from_arguments(config: pytest.Config) -> None:
    """``x.feature:12`` means the scenario around line 12; pytest itself is given the file alone.

    A title in quotes, ``"x.feature::a title"``, means its node id. The lines are an option, so that workers get them.
    """
    lines: dict[str, list[int]] = getattr(config.option, "feature_lines", {})
    for nth, argument in enumerate(config.args):
        found = _AT_LINE.match(str(argument))
        if found:
            path = os.path.normpath(config.invocation_params.dir / found["path"])
            lines.setdefault(path, []).append(_line_of(Path(path), int(found["line"])))
            config.args[nth] = found["path"]
        elif titled := _TITLED.match(str(argument)):
            config.args[nth] = f"{titled['path']}::{name_of(titled['title'])}"
    config.option.feature_lines = lines


def _line_of(file: Path, line: int) -> int:
    """``line``, if ``file`` has it; a file that is not there pytest tells itself."""
    if not file.is_file():
        return line
    last = file.read_bytes().count(b"\n") + 1
    if not 1 <= line <= last:
        what, hint = f"there is no line {line}", f"the file has lines 1 to {last}"
        raise usage_error(UserError("feature-line", what, where=str(file), hint=hint))
    return line


def at_lines(items: Iterable[ScenarioItem], lines: list[int]) -> set[Scenario]:
    """Of the scenarios of one file those in which one of ``lines`` stands: the last that begins at it or before."""
    starts = sorted({item.scenario.line for item in items})
    chosen = {max((start for start in starts if start <= line), default=starts[0]) for line in lines}
    return {item.scenario for item in items if item.scenario.line in chosen}


def places(config: pytest.Config) -> list[Path]:
    """The files and folders the command line names, also before lines were taken from it."""
    named = (str(argument).partition("::")[0] for argument in config.args)
    return [Path(found["path"] if (found := _AT_LINE.match(name)) else name) for name in named]


def usage_error(problem: UserError) -> pytest.UsageError:
    """A mistake of the user as pytest ends with: one message, exit code 4."""
    return pytest.UsageError(printable(str(problem)))


@contextmanager
def mistakes_told() -> Iterator[None]:
    """Have a mistake of the user that is found inside end the run."""
    try:
        yield
    except UserError as problem:
        raise usage_error(problem) from None


def why_not_begun(problem: Exception, config: pytest.Config, name: str) -> pytest.UsageError:
    """Why a run, or one process of it, ends before it began; of a fault of ours the traceback is in a file ``name``."""
    if isinstance(problem, UserError):
        return usage_error(problem)
    if isinstance(problem, CannotJudge):
        return usage_error(UserError("unreachable", str(problem)))
    place = unusable(problem) if isinstance(problem, OSError) else None
    return usage_error(place) if place else fault_of_ours(problem, config, name)


def fault_of_ours(fault: Exception, config: pytest.Config, name: str) -> pytest.UsageError:
    """A fault of the suite as one message, with the file that says where it was raised."""
    options = read_options(config)
    file = write_fault(options.reports, options.root, name, fault)
    what = f"{type(fault).__name__}: {' '.join(str(fault).split())}"
    hint = "a fault of the suite: please send the file to those who keep it"
    return usage_error(UserError("fault", what, where=file, hint=hint))


#: What the tags of features mean: pytest knows each by its full name, once features are read.
_TAGS = {
    "clause.ID": "the scenarios of a clause, clause.R41.7.0-02",
    "since.RELEASE, until.RELEASE": "from which release on a scenario holds, and to which",
    "operation.NAME": "scenarios that send an operation",
    "role.NAME": "scenarios in which somebody calls",
    "setting.NAME.on, .off or a value": "scenarios that want the site set so",
    "needs.NAME": "scenarios that need a thing of the profile's data",
    "must, should, observe": "how sure the notes are",
    "writes": "scenarios that change the site",
    "mail": "scenarios that wait for mail",
}


def describe_markers(config: pytest.Config) -> None:
    """Have ``pytest --markers`` tell what features can be selected by."""
    for tag, words in _TAGS.items():
        config.addinivalue_line("markers", f"{tag}: {words}")


def known_markers(catalogue: Catalogue) -> Iterator[str]:
    """Markers ``-m`` may name though no collected scenario carries them: an unknown one is an error."""
    yield from (*WORDS, *(f"clause.{clause}" for clause in catalogue.clauses))
    yield from (f"since.{clause.release}" for clause in catalogue.clauses.values())
    yield from (f"operation.{path.stem}" for path in (catalogue.root / "payloads").glob("*/*.xml"))
    yield from (f"role.{role}" for role in ROLES)
    yield from (f"setting.{name}.{state}" for name in known_settings() for state in ("on", "off"))
    yield from (f"needs.{slug(name)}" for name in known_test_data())


class CollectionHooks:
    """Collects features in any process of a run."""

    def __init__(self, config: pytest.Config, catalogue: Catalogue, execute: Execute) -> None:
        self._config = config
        self._catalogue = catalogue
        self._deselected: list[ScenarioItem] = []
        FeatureCollector.catalogue, FeatureCollector.execute = catalogue, staticmethod(execute)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """Read every feature first: a mistake in one ends the run with one message."""
        try:
            for name in known_markers(self._catalogue):
                self._config.addinivalue_line("markers", name)
            self._catalogue.read_all(places(session.config))
        except UserError as problem:
            raise usage_error(problem) from None

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Feature files are collected as they are."""
        if file_path.suffix != ".feature":
            return None
        return FeatureCollector.from_parent(parent, path=file_path)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Releases come in the order of publishing; of a file with lines only the scenarios at them stay."""
        scenarios = scenarios_of(items)
        scenarios.sort(key=lambda item: item.scenario.clause.release)
        for path, lines in self._config.option.feature_lines.items():
            mine = [item for item in scenarios if str(item.path) == path]
            wanted = at_lines(mine, lines) if mine else set()
            others = [item for item in mine if item.scenario not in wanted]
            if others:
                self._config.hook.pytest_deselected(items=others)
                scenarios = [item for item in scenarios if item not in others]
        items[:] = scenarios

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Whatever takes scenarios out of a run makes it a smaller one."""
        self._deselected += scenarios_of(items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count: what is neither there nor deselected was lost, unless single scenarios were named, or --lf."""
        config = self._config
        named = places(config)
        if any("::" in str(argument) for argument in config.args) or config.getoption("lf", default=False):
            return
        # Of a place that is not there pytest tells next, and has collected nothing at the others either.
        if not all(place.exists() for place in named):
            return
        files = [self._catalogue.read(path) for place in named for path in feature_files(place)]
        try:
            account_for_every_scenario(scenarios_of(session.items), self._deselected, files)
        except UserError as problem:
            raise usage_error(problem) from None
