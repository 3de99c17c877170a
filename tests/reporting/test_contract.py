"""The contract as a place to look things up: everything stands in it, every link leads somewhere, and nothing is left without a reason."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import etree

from conformance.cli import main
from conformance.judge.clauses import Clause
from conformance.judge.contract import XS, Contract
from conformance.reporting.documentation.coverage import Coverage, read_exceptions, read_reasons
from conformance.reporting.documentation.evidence import Evidence, days_of
from conformance.reporting.documentation.reference import REPLY, Reference
from conformance.reporting.documentation.reference_output import rows
from conformance.reporting.summary import RunFile, read_run
from conformance.run.commands.documentation import documented_scenarios, killed_in, reference_of
from conformance.scenarios.features import Catalogue
from conformance.sites.errors import UserError
from conformance.sites.profile import ROLES
from conformance.sites.release import Release
from conformance.sites.settings import known_settings
from tests.conftest import ROOT
from tests.reporting.conftest import Runs
from tests.reporting.test_docs import Node, Tree

FEATURES = ROOT / "features"


@pytest.fixture(scope="module")
def reference(catalogue: Catalogue) -> Reference:
    """The contract with what the features judge of it."""
    return reference_of(catalogue, documented_scenarios(catalogue))


def coverage(reference: Reference, *runs: RunFile, features: Path = FEATURES) -> Coverage:
    return Coverage(reference, Evidence(runs, {}), read_exceptions(features), read_reasons(features))


@pytest.fixture(scope="module")
def folder(runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a site that lacks an element and has one more."""
    made = tmp_path_factory.mktemp("contract")
    assert main(["docs", str(runs["changed"]), "--output", str(made / "index.html"), "--root", str(ROOT)]) == 0
    return made


@pytest.fixture(scope="module")
def page(folder: Path) -> Node:
    return Tree((folder / "contract.html").read_text(encoding="utf-8")).root


def declared() -> Iterator[str]:
    """Every element of the schemas, as its type and name, read without the suite."""
    for file in (ROOT / "schemas").glob("*.xsd"):
        document = etree.parse(file).getroot()
        for kind in document.iterfind(f"{{{XS}}}complexType"):
            yield from (f"{kind.get('name')}/{one.get('name')}" for one in kind.iter(f"{{{XS}}}element"))


def test_every_declaration_clause_exception_operation_setting_and_role_has_an_entry(
    folder: Path, page: Node, reference: Reference, clauses: dict[str, Clause]
) -> None:
    ids = [node.attributes["id"] for node in page.all() if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    entries = {node.attributes["id"] for node in page.all(tag="article")}
    elements = [one for one in entries if "/" in one]
    assert sorted(one.partition(":")[2] for one in elements) == sorted(declared())
    assert set(reference.operations) | set(read_exceptions(FEATURES)) <= entries
    assert {f"role-{one}" for one in ROLES} | {f"setting-{one}" for one in known_settings()} <= entries
    assert set(reference.elements.enumerations) <= entries
    releases = (folder / "index.html").read_text(encoding="utf-8")
    assert all(f'id="{name}"' in releases for name in clauses)


def test_no_link_of_any_page_is_dead(folder: Path) -> None:
    pages = {file.name: Tree(file.read_text(encoding="utf-8")).root for file in folder.glob("*.html")}
    ids = {name: {node.attributes.get("id") for node in root.all()} for name, root in pages.items()}
    assert set(pages) == {"index.html", "contract.html"}
    checked = 0
    for name, root in pages.items():
        index = json.loads(re.findall(r'id="index">(.*?)</script>', (folder / name).read_text(encoding="utf-8"))[0])
        for link in [*(node.attributes["href"] for node in root.all(tag="a")), *(row[3] for row in index)]:
            file, _, place = link.partition("#")
            if file.startswith("https://help.webex.com/article/"):
                continue
            if not place.startswith("only="):
                assert unquote(place) in ids[file or name] or not place, f"{name} leads to {link}"
            checked += 1
    assert checked > 8000


def test_dated_elements_are_right_on_every_rung_of_the_ladder(reference: Reference) -> None:
    contract = Contract(ROOT / "schemas")
    spelt = reference.elements.spelt
    has = {
        release: {
            f"{spelt(known.name)}/{one.name[1]}" for known in contract.view(release).types.values() for one in known.children
        }
        for release in reference.releases
    }
    told = {row.element.id: row.has for row in rows(coverage(reference))}
    assert len(told) > 20
    for key, releases in told.items():
        until = reference.elements.all[key].until
        for release, here in zip(reference.releases, releases, strict=True):
            if not (until and Release.parse(until) <= release):
                assert here == (key in has[release]), f"{key} in {release}"


def test_everything_is_judged_or_has_a_reason(reference: Reference) -> None:
    assert coverage(reference).unaccounted() == []


def test_an_assertion_taken_out_of_a_feature_is_told_by_the_element_nobody_judges_any_more(tmp_path: Path) -> None:
    for name in ("payloads", "schemas", "steps"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(FEATURES, tmp_path / "features")
    file = tmp_path / "features" / "42.11.1" / "recording-uuid.feature"
    assertion = "      And recording/recordingUUID comes directly before shareToMe\n"
    before = file.read_text(encoding="utf-8")
    assert assertion in before
    file.write_text(before.replace(assertion, ""), encoding="utf-8")
    catalogue = Catalogue(tmp_path)
    told = coverage(reference_of(catalogue, documented_scenarios(catalogue)), features=tmp_path / "features").unaccounted()
    assert told == ["nobody judges the element ep:recordingType/shareToMe"]


def test_a_reason_for_what_is_judged_or_is_not_there_is_told(reference: Reference) -> None:
    right = coverage(reference)
    wrong = {"element": {**right.reasons.of["element"], "site:toolsType/enableNBRMCModify": "why", "site:toolsType/gone": "why"}}
    told = replace(right, reasons=replace(right.reasons, of={**right.reasons.of, **wrong})).unaccounted()
    assert told == [
        "the element site:toolsType/enableNBRMCModify is judged, and given a reason not to be",
        "there is no element site:toolsType/gone",
    ]


def test_every_exception_id_of_features_and_of_the_mock_is_listed(reference: Reference) -> None:
    listed = read_exceptions(FEATURES)
    assert set(reference.by_exception) <= set(listed)
    for name, one in listed.items():
        judged = any(mention.judged for mention in reference.by_exception.get(name, ()))
        assert judged != bool(one.unjudged), name
        assert one.certain and one.operations and one.source, name


@pytest.mark.parametrize("text", ["[[reason]", b"\xff", None])
def test_reasons_that_cannot_be_read_are_a_mistake_of_the_user(tmp_path: Path, text: str | bytes | None) -> None:
    if text is not None:
        (tmp_path / "unjudged.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(UserError, match="unjudged"):
        read_reasons(tmp_path)


def test_where_a_site_differs_stands_out(page: Node, runs: Runs, reference: Reference) -> None:
    """``changed`` lacks ``currency``, which is old and may be absent, and tells a ``brandColour`` that nobody declares."""
    assert "siteInstance/metaData/brandColour" in page.one(id="table").text
    run = read_run(runs["new"])
    lacking = replace(run, shapes={**run.shapes, "GetSite": without(run.shapes["GetSite"], "enableNBRMCModify")})
    told = coverage(reference, replace(run, site="old", release=Release.parse("41.6.3")), replace(lacking, site="poor"))
    (row,) = [row for row in rows(told) if row.element.id == "site:toolsType/enableNBRMCModify"]
    assert [one.differs for one in row.sightings if one] == ["early", "absent"]
    assert row.differs
    assert [one.differs for one in rows(coverage(reference, run)) if one.differs] == []


def without(shape: Any, name: str) -> Any:
    return {path: row for path, row in shape.items() if not path.endswith(f"/{name}")}


def test_a_strange_kind_and_a_strange_value_stand_out(runs: Runs, reference: Reference) -> None:
    run = read_run(runs["new"])
    shape = dict(run.shapes["GetSite"])
    shape["siteInstance/tools/enableNBRMCModify"] = {**shape["siteInstance/tools/enableNBRMCModify"], "kinds": ["text"]}
    path = next(path for path in shape if path.endswith("entryExitToneEC"))
    shape[path] = {**shape[path], "words": ["BEEP", "CHIME"]}
    told = coverage(reference, replace(run, shapes={**run.shapes, "GetSite": shape}))
    differs = {row.element.name: one.differs for row in rows(told) for one in row.sightings if one and one.differs}
    assert differs == {"enableNBRMCModify": "another kind", "entryExitToneEC": "another value"}


def test_first_and_last_day_come_from_the_nights() -> None:
    early, late = {"GetSite": {"a": ()}}, {"GetSite": {"a": (), "b": ()}}
    nights = [("one", "2026-01-01", early), ("one", "2026-01-02", late), ("one", "2026-01-05", early), ("two", "2026-01-03", late)]
    assert days_of(nights) == {
        "one": {("GetSite", "a"): ("2026-01-01", "2026-01-05"), ("GetSite", "b"): ("2026-01-02", "2026-01-02")},
        "two": {("GetSite", "a"): ("2026-01-03", "2026-01-03"), ("GetSite", "b"): ("2026-01-03", "2026-01-03")},
    }


def test_what_the_last_run_did_not_meet_an_earlier_night_may_have(runs: Runs, reference: Reference) -> None:
    run = read_run(runs["new"])
    poor = replace(run, shapes={**run.shapes, "GetSite": without(run.shapes["GetSite"], "brandName")})
    element = reference.elements.all[reference.elements.at("GetSite", REPLY, "siteInstance/metaData/brandName")[0]]
    days = {poor.site: {("GetSite", "siteInstance/metaData/brandName"): ("2026-01-01", "2026-02-01")}}
    (never,) = Evidence((poor,), {}).of(element)
    (once,) = Evidence((poor,), days).of(element)
    assert (never.held, never.first) == (0, "")
    assert (once.held, once.first, once.last) == (0, "2026-01-01", "2026-02-01")


def test_killed_is_what_a_killed_fault_is_about(reference: Reference) -> None:
    row = {"fault": "R41.7.0-02/x", "clause": "R41.7.0-02", "summary": "GetSite leaves out siteInstance/tools/separateNoRecordingEdit"}
    killed = killed_in(reference, [{**row, "verdict": "killed"}, {**row, "verdict": "survived", "clause": "R41.7.0-01"}]).killed
    assert killed == {"R41.7.0-02": 1, "site:toolsType/separateNoRecordingEdit": 1}


def test_the_table_is_printed_with_every_gap(runs: Runs, reference: Reference, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", str(runs["new"]), "--gaps", "--root", str(ROOT)]) == 0
    printed = capsys.readouterr().out
    assert re.search(rf"^elements +{len(reference.elements.all)} ", printed, re.MULTILINE)
    assert "element use:userType/company: Older than 41.1" in printed


def test_a_fault_matrix_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe")
    for name in ("m.csv", "b.csv", "none.csv", "."):
        assert main(["coverage", "--faults", str(tmp_path / name), "--root", str(ROOT)]) == 4
        assert "error[fault-matrix]" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["contract.html", "history.html"])
def test_the_page_of_the_releases_takes_no_name_of_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main(["docs", "--output", str(tmp_path / name), "--root", str(ROOT)]) == 4
    assert "error[page-name]" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_figures_of_the_page_of_verification_are_those_the_command_prints(reference: Reference) -> None:
    counts = {row.kind: (row.judged, row.total) for row in coverage(reference).rows()}
    told = re.search(
        r"(\d+) of ([\d,]+) declared elements judged by name, (\d+) of (\d+) exception ids, (\d+) of (\d+) operations",
        (ROOT / "docs" / "verification.md").read_text(encoding="utf-8"),
    )
    assert told is not None
    figures = [int(one.replace(",", "")) for one in told.groups()]
    assert figures == [*counts["element"], *counts["exception id"], *counts["operation"]], "python -m tests.figures counts them anew"


def test_a_request_names_the_parameters_of_our_templates(reference: Reference) -> None:
    (name,) = reference.parameters_of(reference.elements.all["use:userPhonesType/hostPIN"])
    assert name == "phones_hostPIN"
    assert reference.operations["SetUser"].parameters["phones/hostPIN"] == "phones_hostPIN"
    assert "<hostPIN>{phones_hostPIN}</hostPIN>" in reference.operations["SetUser"].sample


def test_every_reply_path_leads_to_its_declaration(reference: Reference) -> None:
    assert reference.elements.at("GetUser", REPLY, "phones/hostPIN") == ["use:userPhonesType/hostPIN"]
    assert reference.elements.at("GetUser", REPLY, "nowhere") == []
