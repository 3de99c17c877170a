"""Private parts of others that we build on (docs/architecture.md): each still there, or a sentence that says what to mend.

A run would fail too when one of these moved, but in a hundred places at once and in the words of a traceback.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from conformance.run import pytest_internals as internals
from conformance.scenarios import pytest_bdd_internals as bdd
from conformance.scenarios.features import Catalogue
from tests.conftest import ROOT

FEATURE = """Feature: F
  @tag
  Scenario Outline: Title <row>
    The description
    When somebody does "<row>"
      | a | b |
    Examples:
      | row |
      | one |
"""


def has(owner: object, *names: str) -> bool:
    return all(hasattr(owner, name) for name in names)


# -- pytest-bdd ----------------------------------------------------------------


def test_pytest_bdd_still_parses_features_as_we_read_them(tmp_path: Path) -> None:
    file = tmp_path / "f.feature"
    file.write_text(FEATURE, encoding="utf-8")
    feature = bdd.parse_feature(file)
    (template,) = feature.scenarios.values()
    (step,) = template.steps
    seen = [
        feature.name, feature.language, template.name, template.line_number, template.tags, template.rule,
        template.description.strip(), [row for one in template.examples for row in one.as_contexts()], step.type,
        step.keyword.strip(), step.line_number, bdd.render_string(step.name, {"row": "one"}),
        [[cell.value for cell in row.cells] for row in step.datatable.rows],
    ]  # fmt: skip
    assert seen == [
        "F", "en", "Title <row>", 3, {"tag"}, None, "The description", [{"row": "one"}], "when", "When", 5,
        'somebody does "one"', [["a", "b"]],
    ], "pytest-bdd parses features otherwise: mend conformance/scenarios/pytest_bdd_internals.py and its users"  # fmt: skip
    broken = tmp_path / "broken.feature"
    broken.write_text("Feature: F\n  Scenario: S\n    When a\n    Nonsense\n", encoding="utf-8")
    with pytest.raises(bdd.GherkinParseError) as caught:
        bdd.parse_feature(broken)
    assert (caught.value.line, bool(caught.value.message)) == (4, True), "a syntax error tells its line no more"


def test_gherkin_still_knows_how_scenarios_begin() -> None:
    assert {"Scenario:", "Scenario Outline:"} <= set(bdd.scenario_headings("en")), "gherkin.dialect has changed"
    assert "场景:" in bdd.scenario_headings("zh-CN")


def test_pytest_bdd_still_lists_step_definitions_as_we_look_them_up() -> None:
    import conftest  # noqa: F401 - loads the vocabulary

    found = bdd.step_definitions("steps")
    assert len(found) > 30, "pytest-bdd registers step definitions elsewhere: mend step_definitions"
    for one in found:
        assert one.type in (None, "given", "when", "then")
        assert has(one, "step_func", "parser") and has(one.parser, "is_matching", "parse_arguments"), one


# -- pytest --------------------------------------------------------------------


def test_pytest_still_has_what_a_run_sets_and_asks(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> None:
    option = pytestconfig.option
    assert has(option, "tbstyle", "reportchars"), "pytest calls --tb and -r otherwise: mend silence_failures"
    assert has(option, "verbose"), "pytest calls -v otherwise"
    assert has(option, *internals._ONLY_TELL), "pytest calls --collect-only or one of its like otherwise: mend only_tells"
    assert has(request.session, "shouldfail", "testscollected"), "a session is ended otherwise: mend end_session"
    from _pytest.terminal import TerminalReporter

    assert "isatty" in vars(TerminalReporter) or "isatty" in inspect.getsource(TerminalReporter), "mend on_a_terminal"


def test_pytest_still_knows_where_its_cursor_is(pytestconfig: pytest.Config) -> None:
    writer: Any = pytest.Config.get_terminal_writer(pytestconfig)
    assert has(writer, "fullwidth", "width_of_current_line", "_current_line"), "the terminal writer counts otherwise: mend cursor, begin_line"
    column, last = internals.cursor(writer)
    assert 0 <= column <= last


def test_attributes_of_a_report_still_travel_between_processes(pytestconfig: pytest.Config) -> None:
    report = pytest.TestReport("a", ("a", 1, "a"), {}, "passed", None, "call")
    internals.attach(report, {"outcome": "known"})
    sent = pytestconfig.hook.pytest_report_to_serializable(config=pytestconfig, report=report)
    come = pytestconfig.hook.pytest_report_from_serializable(config=pytestconfig, data=sent)
    assert internals.attached(come) == {"outcome": "known"}, "reports drop our attribute: mend attach and attached"


def test_pytest_still_gives_the_way_out_back(pytestconfig: pytest.Config) -> None:
    capturing = pytestconfig.pluginmanager.get_plugin("capturemanager")
    assert capturing is not None, "the plugin has another name: mend stop_capturing"
    assert list(inspect.signature(capturing.suspend_global_capture).parameters) == ["in_"], "mend stop_capturing"


# -- pytest-xdist --------------------------------------------------------------


def test_xdist_still_schedules_by_the_methods_we_replace() -> None:
    from xdist.scheduler import LoadScopeScheduling

    from conformance.run.distribution import SiteScheduling

    for name in ("_split_scope", "tests_finished", "_assign_work_unit", "_reschedule"):
        assert name in vars(LoadScopeScheduling), f"xdist asks a scheduler for {name} no more: mend SiteScheduling"
        assert name in vars(SiteScheduling)
    for name in ("self.workqueue", "self.registered_collections"):
        assert name in inspect.getsource(LoadScopeScheduling), f"xdist keeps its {name} elsewhere: mend SiteScheduling"


def test_xdist_still_ends_and_tells_workers_as_we_do() -> None:
    from xdist import dsession, newhooks, workermanage

    source = inspect.getsource(dsession)
    assert "self.shouldstop" in source, "xdist ends a run by another word: mend end_session"
    assert 'register(session, "dsession")' in inspect.getsource(__import__("xdist.plugin").plugin), "dsession has another name"
    assert "self.workerinput" in inspect.getsource(workermanage), "workers are told otherwise: mend assign and assignment"
    assert "self.workeroutput" in inspect.getsource(workermanage), "workers tell otherwise: mend tell_controller and told_by"
    assert has(
        newhooks, "pytest_xdist_make_scheduler", "pytest_configure_node", "pytest_handlecrashitem", "pytest_testnodedown",
        "pytest_xdist_node_collection_finished",
    ), "a hook of xdist has another name: mend conformance/run/plugin.py"  # fmt: skip


# -- allure --------------------------------------------------------------------


def test_allure_still_writes_through_the_logger_we_replace() -> None:
    from allure_commons.logger import AllureFileLogger

    from conformance.reporting.allure import MaskingLogger

    for name in ("report_result", "report_container", "report_attached_data", "_report_item"):
        assert name in vars(AllureFileLogger), f"Allure writes by another method than {name}: mend MaskingLogger"
        theirs, ours = (list(inspect.signature(getattr(one, name)).parameters) for one in (AllureFileLogger, MaskingLogger))
        assert theirs == ours, f"{name} takes other arguments: mend MaskingLogger"
    assert "self._report_dir" in inspect.getsource(AllureFileLogger), "Allure keeps its folder elsewhere"


def test_allure_pytest_still_registers_that_logger(pytestconfig: pytest.Config) -> None:
    import allure_pytest.plugin

    source = inspect.getsource(allure_pytest.plugin)
    assert "AllureFileLogger(report_dir" in source, "allure-pytest writes by another logger: mend replace_allure_logger"
    assert 'dest="allure_report_dir"' in source, "the option --alluredir is kept elsewhere: mend write_allure_results"
    assert pytestconfig.pluginmanager.hasplugin("allure_pytest"), "the plugin has another name: mend replace_allure_logger"


# -- nothing else --------------------------------------------------------------


#: Words of others' insides, and the one module each may stand in.
HOMES = {
    "from pytest_bdd": "scenarios/pytest_bdd_internals.py",
    "from gherkin": "scenarios/pytest_bdd_internals.py",
    "from xdist": "run/distribution.py",
    "shouldfail": "run/pytest_internals.py",
    "shouldstop": "run/pytest_internals.py",
    "workerinput": "run/pytest_internals.py",
    "getplugin": "run/pytest_internals.py",
    "from allure_commons": "reporting/allure.py",
    "from allure_commons import plugin_manager": "run/pytest_internals.py",
    "from allure_commons.logger": "run/pytest_internals.py",
}


@pytest.mark.parametrize("word", HOMES)
def test_private_parts_are_used_in_one_place_only(word: str) -> None:
    """Because an upgrade is then mended in one place, and the list in docs/architecture.md is whole."""
    users = {
        path.relative_to(ROOT / "conformance").as_posix()
        for path in (ROOT / "conformance").rglob("*.py")
        if word in path.read_text(encoding="utf-8")
    }
    allowed = {HOMES[word], "reporting/allure.py", "run/pytest_internals.py"} if "allure" in word else {HOMES[word]}
    assert HOMES[word] in users and users <= allowed, f"{word!r} stands in {sorted(users - allowed)}"


CHOICES = (
    ("-m", "operation.GetSite"), ("-m", "must and not writes"), ("-m", "clause.R41.7.0-02 or clause.R41.7.0-03"),
    ("-k", "holds"), ("-k", "GetSite and not host"), ("-k", "not recording-changes"), ("-k", "41.7.0"), ("-k", "features"),
    ("-m", "role.host", "-k", "together"),
)  # fmt: skip


@pytest.mark.parametrize("choice", CHOICES, ids=" ".join)
def test_what_is_chosen_is_what_pytest_would_keep(pytester: pytest.Pytester, catalogue: Catalogue, choice: tuple[str, ...]) -> None:
    """xdist's controller collects nothing, and has to know all the same what its workers will."""
    places = [ROOT / "features" / name for name in ("41.7.0", "41.2.0")]
    collected = pytester.runpytest_inprocess("--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), "--collect-only", "-q", *map(str, places), *choice)
    kept = {line.partition("::")[2] for line in collected.outlines if ".feature::" in line}
    config = pytester.parseconfig("--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), *map(str, places), *choice)
    every = [(file.path, one) for file in catalogue.read_all(places) for one in file.scenarios.values()]
    chosen = {one.name for path, one in every if internals.is_chosen(config, path, (one.name,), tuple(one.markers))}
    assert chosen == kept
    assert 0 < len(kept) < len(every) or choice in (("-k", "features"),)
