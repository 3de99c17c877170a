"""``python -m tests.figures``: what pages count and a table can tell is counted anew and written into them.

A new clause, fault, twin, operation or element changes figures of README.md, docs/verification.md, docs/traffic.md and
mocksite/FIDELITY.md. Tests hold them against the truth; this writes it, so that nobody changes a figure by hand. What
only a measurement tells (``make fault-matrix``, ``make nights``, ``make mutants``) is left as it is.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import mocksite
from conformance.judge.clauses import load_clauses
from conformance.reporting.documentation.coverage import Coverage, read_exceptions, read_reasons
from conformance.reporting.documentation.evidence import Evidence
from conformance.run.commands.documentation import documented_scenarios, reference_of
from conformance.run.commands.evidence.judge_traffic import clause_table
from conformance.run.commands.evidence.questions import ANYTHING, Questions
from conformance.scenarios.features import Catalogue
from conformance.scenarios.step_registry import import_vocabulary
from conformance.sites.profile import data_keys
from conformance.sites.release import Release
from mocksite.faults import CATALOGUE
from mocksite.faults.classes import FAMILIES
from mocksite.protocol.evidence import report
from tests.conftest import ROOT
from tests.history.causes import PLANTED as PLANTED_CAUSES
from tests.history.simulation import PLANTED
from tests.judge.test_contract_between_releases import SEEDED
from tests.judge.test_corpus import CASES
from tests.matrix.equivalents import load
from tests.matrix.families import FIRST_ORDER
from tests.rig import PAYLOADS
from tests.test_transport import FAULTS
from tests.twins.table import TWINS
from tests.variations import VARIATIONS

EQUIVALENT = load()
EQUIVALENTS = sum(any(row.lists(fault) for row in EQUIVALENT) for fault in CATALOGUE)
CLAUSES = len(load_clauses(ROOT / "features"))
#: What README.md counts: the words around the figures, a group for each, and how many there are.
README: Mapping[str, tuple[int, ...]] = {
    r"Every sentence of the release notes is a clause \(([\d,]+) of them\)": (CLAUSES,),
    r"on ([\d,]+) mock sites that keep the contract in different ways, and under ([\d,]+) harmless": (len(TWINS), len(VARIATIONS)),
    r"of ([\d,]+), ([\d,]+) are caught by the scenario and check of their clause; the other ([\d,]+)": (
        len(CATALOGUE), len(CATALOGUE) - EQUIVALENTS, EQUIVALENTS,
    ),
    r"all ([\d,]+) end as \*broken\*": (len(FAULTS),),
}  # fmt: skip
#: What the tables of docs/verification.md count.
VERIFICATION: Mapping[str, tuple[int, ...]] = {
    r"([\d,]+) twins: failed 0": (len(TWINS),),
    r"([\d,]+): ([\d,]+) killed; ([\d,]+) made by rule are equivalent": (len(CATALOGUE), len(CATALOGUE) - EQUIVALENTS, EQUIVALENTS),
    r"([\d,]+) of ([\d,]+) found": (len(SEEDED), len(SEEDED)),
    r"whose fault: ([\d,]+) causes planted": (sum(PLANTED_CAUSES.values()),),
    r"order of headers \.\.\. \| ([\d,]+), 0 false alarms": (len(VARIATIONS),),
    r"wrong charsets \.\.\. \| ([\d,]+), always broken": (len(FAULTS),),
    r"([\d,]+) of ([\d,]+) planted histories": (10 * sum(PLANTED.values()), 10 * sum(PLANTED.values())),
    r"([\d,]+) pairs of a right and a wrong reply": (len(CASES),),
}


def counted_anew(text: str, counts: Mapping[str, Sequence[int]]) -> str:
    """``text`` with the figures that stand among the words; :class:`LookupError` for words that it does not have."""
    for words, numbers in counts.items():
        found = re.search(words, text)
        if not found:
            raise LookupError(f"no figure among the words {words!r}: tests/figures.py and the page say it differently")
        for group in range(len(numbers), 0, -1):
            start, end = found.span(group)
            text = f"{text[:start]}{numbers[group - 1]:,}{text[end:]}"
    return text


def of_classes() -> dict[str, tuple[int, int, int]]:
    """Of each class of faults how many there are, how many must be killed, and how many are equivalent."""
    classes: dict[str, list[str]] = {}
    for name, fault in CATALOGUE.items():
        classes.setdefault(FAMILIES.get(fault.family, FIRST_ORDER), []).append(name)
    classes["all"] = list(CATALOGUE)
    equal = {name: sum(any(row.lists(one) for row in EQUIVALENT) for one in ids) for name, ids in classes.items()}
    return {name: (len(ids), len(ids) - equal[name], equal[name]) for name, ids in classes.items()}


def readme(text: str) -> str:
    return counted_anew(text, README)


def verification(text: str) -> str:
    """The tables; of faults by class what needs no measurement."""
    import_vocabulary(ROOT)
    catalogue = _catalogue()
    of = Coverage(
        reference_of(catalogue, documented_scenarios(catalogue)), Evidence((), {}),
        read_exceptions(ROOT / "features"), read_reasons(ROOT / "features"),
    )  # fmt: skip
    rows = {row.kind: (row.judged, row.total) for row in of.rows()}
    words = r"([\d,]+) of ([\d,]+) declared elements judged by name, ([\d,]+) of ([\d,]+) exception ids, ([\d,]+) of ([\d,]+) operations"
    text = counted_anew(text, {**VERIFICATION, words: (*rows["element"], *rows["exception id"], *rows["operation"])})
    for name, figures in of_classes().items():
        text = re.sub(rf"^\| {re.escape(name)} \| \d+ \| \d+ \| \d+ \|", f"| {name} | {' | '.join(map(str, figures))} |", text, flags=re.MULTILINE)
    return text


def traffic(text: str) -> str:
    """The table of ``webex-conformance judge --clauses``."""
    import_vocabulary(ROOT)
    catalogue = _catalogue()
    scenarios = [one for file in catalogue.known_files() for one in file.scenarios.values()]
    data = dict.fromkeys(data_keys(), ANYTHING)
    questions = Questions(scenarios, catalogue.registry, PAYLOADS, Release.parse(mocksite.RELEASES[-1]), data=data)
    head, *rows = clause_table(questions.all)
    before, _, after = text.partition(head)
    return before + "\n".join((head, *rows)) + after[len(re.match(r"(\n\|[^\n]*)*", after)[0]) :]  # type: ignore[index]


def fidelity(text: str) -> str:
    """The table of ``webex-mock fidelity``."""
    begin, end = "<!-- webex-mock fidelity -->\n", "\n<!-- end -->"
    before, _, rest = text.partition(begin)
    return before + begin + report() + end + rest.partition(end)[2]


def _catalogue() -> Catalogue:
    catalogue = Catalogue(ROOT)
    catalogue.read_all([ROOT / "features"])
    return catalogue


PAGES: Mapping[str, Callable[[str], str]] = {
    "README.md": readme, "docs/verification.md": verification, "docs/traffic.md": traffic, "mocksite/FIDELITY.md": fidelity,
}  # fmt: skip


def masked(lines: Sequence[str]) -> list[str]:
    """Without what differs between two runs: port, seconds, how often mail was asked for, how wide a terminal is."""
    text = re.sub(r"127\.0\.0\.1:\d+", "HOST", re.sub(r"\d+ requests", "REQUESTS", "\n".join(lines)))
    return [re.sub(r"\d+\.\d+ ?s", "SECONDS", line).strip("= ") for line in text.splitlines()]


def sample_renewed(text: str, run: Sequence[str]) -> str:
    """README with what a run says at its end, if that says anything else than before."""
    before, begin, rest = text.partition("```text\n")
    sample, end, after = rest.partition("\n```")
    told = run[next(nth for nth, line in enumerate(run) if line.strip("= ") == "conformance") :]
    return text if masked(sample.splitlines()) == masked(told) else before + begin + "\n".join(told) + end + after


def main() -> int:
    """Write the pages that say something else by now, and name them."""
    new = {name: renew((ROOT / name).read_text(encoding="utf-8")) for name, renew in PAGES.items()}
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", "features", "--reports", folder]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if told.returncode:
        print(f"the suite does not pass on its mock, so README keeps its sample: pytest features (exit code {told.returncode})")
    else:
        new["README.md"] = sample_renewed(new["README.md"], told.stdout.replace(folder, "reports").splitlines())
    for name, text in new.items():
        if text != (ROOT / name).read_text(encoding="utf-8"):
            (ROOT / name).write_text(text, encoding="utf-8")
            print(name)
    print("by a must, by a should only: make fault-matrix; scenarios of all nights: make nights; mutants: make mutants")
    return told.returncode


if __name__ == "__main__":
    raise SystemExit(main())
