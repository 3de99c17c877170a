"""``webex-conformance docs``: everything is on the page, with what each site last said, and nothing comes from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main
from conformance.judge.clauses import Clause
from conformance.scenarios.features import Catalogue
from tests.conftest import ROOT
from tests.reporting.conftest import Edited, Runs

VOID = {"meta", "link", "br", "input", "wbr", "hr", "img", "col"}


class Node:
    """One element of a page: attributes, children, text."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: Node | None) -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.inside: list[Node | str] = []

    @property
    def text(self) -> str:
        return " ".join("".join(one if isinstance(one, str) else f" {one.text} " for one in self.inside).split())

    def all(self, **wanted: str) -> list[Node]:
        """Every element below with these attributes; ``class_`` and ``tag`` as well."""
        found = []
        for one in self.inside:
            if isinstance(one, Node):
                values = one.attributes | {"tag": one.tag}
                classes = one.attributes.get("class", "").split()
                if all(
                    value in classes if key == "class_" else values.get(key) == value for key, value in wanted.items()
                ):
                    found.append(one)
                found += one.all(**wanted)
        return found

    def one(self, **wanted: str) -> Node:
        (found,) = self.all(**wanted)
        return found


class Tree(HTMLParser):
    """A page as nodes; a tag closed in the wrong place is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = self._here = Node("", {}, None)
        self.feed(text)
        assert self._here is self.root, f"<{self._here.tag}> is never closed"

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attributes}, self._here)
        self._here.inside.append(node)
        if tag not in VOID:
            self._here = node

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert tag == self._here.tag, f"</{tag}> closes <{self._here.tag}>"
            assert self._here.parent is not None
            self._here = self._here.parent

    def handle_data(self, data: str) -> None:
        if self._here.tag not in ("style", "script"):
            self._here.inside.append(data)


def page(file: Path, *summaries: Path) -> Node:
    assert main(["docs", *map(str, summaries), "--output", str(file), "--root", str(ROOT)]) == 0
    return Tree(file.read_text(encoding="utf-8")).root


def live(document: dict[str, Any]) -> None:
    """The same run, as if made on a live site a month before."""
    document.update(site="acme", mock=False, finished="2026-10-01T08:00:00+00:00")


def live_later_without_free_account(document: dict[str, Any]) -> None:
    document.update(site="acme", mock=False, finished="2026-10-20T08:00:00+00:00")
    for row in document["scenarios"]:
        if "R41.11.0-61" in row["clauses"]:
            row.update(outcome="broken", cause="the line was cut")


@pytest.fixture(scope="module")
def told(runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> Node:
    """The page of all runs on the mock."""
    return page(tmp_path_factory.mktemp("docs") / "page.html", *runs.values())


@pytest.fixture(scope="module")
def text(runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("docs") / "page.html"
    page(file, runs["new"])
    return file.read_text(encoding="utf-8")


def squeezed(words: str) -> str:
    return " ".join(words.split())


def test_every_clause_is_on_the_page_at_its_deep_link(told: Node, clauses: dict[str, Clause]) -> None:
    articles = told.all(tag="article")
    assert [one.attributes["id"] for one in articles] == sorted(
        clauses, key=lambda name: clauses[name].release, reverse=True
    )
    for article in articles:
        clause = clauses[article.attributes["id"]]
        for words in (
            clause.id,
            clause.level,
            clause.operation,
            clause.text,
            clause.remark,
            f"{'notes' if clause.lines else 'read off:'} {clause.place}",
        ):
            assert squeezed(words) in article.text
        assert article.one(class_="id").attributes["href"] == f"#{clause.id}"
        assert clause.published in [one.attributes["href"] for one in article.all(tag="a")]


def test_no_id_stands_twice_and_every_link_leads_somewhere(told: Node) -> None:
    ids = [node.attributes["id"] for node in told.all() if "id" in node.attributes]
    links = [node.attributes["href"] for node in told.all(tag="a")]
    assert len(ids) == len(set(ids))
    assert [link for link in links if link.startswith("#") and link[1:] not in ids] == []
    published = {"https://help.webex.com/article/nvuo92z", "https://help.webex.com/article/trlbvp"}
    assert {link.partition("#")[0] for link in links} == {"", "page.html", "contract.html", *published}


def test_every_scenario_is_on_the_page_with_its_steps_and_tables(told: Node, catalogue: Catalogue) -> None:
    nodes = {node.attributes["data-nodeid"]: node for node in told.all(class_="scenario")}
    scenarios = [scenario for feature in catalogue.read_all([ROOT / "features"]) for scenario in feature.scenarios.values()]
    assert set(nodes) == {scenario.nodeid for scenario in scenarios}
    tables = 0
    for scenario in scenarios:
        node = nodes[scenario.nodeid]
        article = node
        while article.tag != "article":
            assert article.parent is not None
            article = article.parent
        assert article.attributes["id"] == scenario.clause.id
        assert squeezed(scenario.title) in node.text
        assert f"{scenario.path}:{scenario.line}" in node.text
        steps = [item for item in node.one(class_="steps").inside if isinstance(item, Node)]
        assert len(steps) == len(scenario.steps) > 0
        for step, sentence in zip(steps, scenario.steps, strict=True):
            assert step.text.startswith(squeezed(f"{sentence.keyword} {sentence.text}"))
            rows = [[squeezed(cell.text) for cell in row.all(tag="td")] for row in step.all(tag="tr")]
            assert rows == [[squeezed(cell) for cell in row] for row in sentence.table]
            tables += bool(rows)
    assert tables > 10


def test_headings_are_in_both_languages_as_published(told: Node, clauses: dict[str, Clause]) -> None:
    items = {
        (squeezed(node.one(tag="h3").text), squeezed(node.one(class_="zh").text)): node
        for node in told.all(class_="item")
    }
    assert set(items) == {(squeezed(one.item), squeezed(one.item_zh)) for one in clauses.values()}
    assert {node.one(class_="zh").attributes["lang"] for node in items.values()} == {"zh-Hans"}
    assert any("\u4e00" <= letter <= "\u9fff" for _, heading in items for letter in heading)


def test_clauses_are_listed_by_release_by_operation_and_one_by_one(told: Node, clauses: dict[str, Clause]) -> None:
    releases = [node.attributes["id"] for node in told.one(id="by-release").all(tag="h2")]
    assert releases == [str(one) for one in sorted({clause.release for clause in clauses.values()}, reverse=True)]
    by_operation = told.one(id="by-operation")
    assert {node.attributes["data-clause"] for node in by_operation.all(tag="li")} == set(clauses)
    assert {"operation-GetUser", "operation-all-operations"} <= {
        node.attributes["id"] for node in by_operation.all(tag="h2")
    }
    assert [
        node.attributes["data-clause"]
        for node in told.one(id="by-clause").all(tag="tr")
        if "data-clause" in node.attributes
    ] == list(clauses)


def article(root: Node, clause: str) -> Node:
    return root.one(tag="article", id=clause)


def test_the_last_outcome_of_each_site_stands_at_its_clause(runs: Runs, edited: Edited, tmp_path: Path) -> None:
    acme = edited("old", live)
    root = page(tmp_path / "page.html", runs["bad"], acme)
    words = [chip.text for chip in article(root, "R41.11.0-62").one(class_="head").all(class_="chip")]
    assert words == ["acme skipped", "mock failed"]
    assert [chip.text for chip in article(root, "R41.11.0-61").one(class_="head").all(class_="chip")] == [
        "acme skipped",
        "mock known",
    ]
    assert [chip.text for chip in article(root, "R41.12.0-14").one(class_="head").all(class_="chip")] == [
        "acme skipped",
        "mock broken",
    ]
    assert "2026-10-01" in root.one(class_="sites").text
    assert "acme 41.9.0" in root.one(class_="sites").text


def test_only_a_live_site_confirms_and_the_day_it_last_did_stays(
    runs: Runs, edited: Edited, clauses: dict[str, Clause], tmp_path: Path
) -> None:
    assert "not yet confirmed live" in article(page(tmp_path / "mock.html", runs["new"]), "R41.11.0-61").text
    first = edited("new", live).rename(tmp_path / "first.json")
    second = edited("new", live_later_without_free_account)
    root = page(tmp_path / "page.html", second, runs["new"], first)
    # Broken is no verdict: what the earlier run confirmed stays confirmed.
    free = article(root, "R41.11.0-61")
    assert "confirmed live on acme 2026-10-01" in free.text
    assert [chip.text for chip in free.one(class_="head").all(class_="chip")] == ["acme broken", "mock passed"]
    assert "confirmed live on acme 2026-10-20" in article(root, "R41.11.0-62").text
    assert f"of {len(clauses)} clauses have been confirmed in full on a live site" in root.text


def test_without_a_run_no_outcome_is_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.run.commands.documentation.SUMMARY", "no-such-summary.json")
    root = page(tmp_path / "page.html")
    assert "Made without a run" in root.text
    assert root.all(class_="words") and not [node for node in root.all(class_="words") if node.text]
    assert "confirmed live" not in root.text


def test_the_page_asks_nothing_of_the_network(text: str) -> None:
    root = Tree(text).root
    # What a reader may follow is asked for by nobody else: the notes as they are published.
    bare = re.sub(r"^\s*//.*$", "", re.sub(r'<a href="https://help\.webex\.com/article/\w+"', "<a", text), flags=re.MULTILINE)
    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+", bare) == []
    assert re.findall(r"url\(|@import|fetch\(|XMLHttpRequest|import\(", text) == []
    assert not root.all(tag="link") + root.all(tag="img") + root.all(tag="iframe")
    assert [node for node in root.all() if "src" in node.attributes] == []
    assert (
        "default-src 'none'"
        in root.all(tag="meta", **{"http-equiv": "Content-Security-Policy"})[0].attributes["content"]
    )


def test_the_page_is_made_for_phones_for_the_night_and_for_paper(text: str) -> None:
    assert 'name="viewport"' in text
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_what_a_run_says_does_not_become_markup(edited: Edited, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>\x1b[31m"

    def spoil(document: dict[str, Any]) -> None:
        document["site"] = hostile
        document["scenarios"][0].update(outcome="broken", cause=f'"{hostile}')

    root = page(tmp_path / "page.html", edited("new", spoil))
    assert len(root.all(tag="script")) == 3
    assert "<script>alert(1)</script>" in root.one(class_="sites").text
    assert "\x1b" not in (tmp_path / "page.html").read_text(encoding="utf-8")


REFUSED: dict[str, Callable[[Path], Path]] = {
    "summary-missing": lambda folder: folder / "nowhere.json",
    "run-incomplete": lambda folder: folder,
}


@pytest.mark.parametrize("code", REFUSED)
def test_summaries_that_cannot_be_read_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    (tmp_path / "ledger").mkdir()
    where = REFUSED[code](tmp_path)
    assert main(["docs", str(where), "--output", str(tmp_path / "page.html"), "--root", str(ROOT)]) == 4
    assert f"error[{code}]" in capsys.readouterr().err
    assert not (tmp_path / "page.html").exists()


def test_a_page_that_cannot_be_written_is_a_mistake_of_the_user(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["docs", "--output", str(tmp_path), "--root", str(ROOT)]) == 4
    assert "error[page-unwritable]" in capsys.readouterr().err


def test_a_folder_without_features_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs", "--root", str(tmp_path)]) == 4
    assert capsys.readouterr().err.startswith("error[")
