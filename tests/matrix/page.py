"""The matrix as one page to read: no script but the filter, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby

from tests.matrix.families import HEAD
from tests.matrix.families import rows as table_rows
from tests.matrix.measure import Finding, counted

#: What each verdict means, in the order the page counts them.
VERDICTS = {
    "killed": "a scenario of the fault's clause failed with the check the fault names",
    "equivalent": "no clause forbids it; listed by hand with the reason",
    "killed elsewhere": "only scenarios of other clauses failed, or for another reason",
    "survived": "it changed what the site answered, and no scenario failed",
    "not applied": "it changed nothing the suite ever saw",
    "noisy": "a scenario failed before the fault had changed anything it saw",
    "wrongly listed": "listed as equivalent, and yet it did not survive",
}
_GOOD = ("killed", "equivalent")
_STYLE = """
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--line:#d9dee5;--back:#fff;--band:#f4f6f9;--good:#12703f;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa6b5;--line:#313a46;--back:#12161c;--band:#1a2029;--good:#5fd08f;--bad:#ff8a80}}
*{box-sizing:border-box}body{margin:0 auto;padding:1.5rem;max-width:80rem;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back)}
h1{font-size:1.6rem;margin:0 0 .3rem}h2{font-size:1.1rem;margin:2rem 0 .4rem}p{margin:.3rem 0;color:var(--soft);max-width:60rem}
dl{display:grid;grid-template-columns:max-content max-content 1fr;gap:.25rem 1rem;margin:1rem 0}dt{font-weight:600}dd{margin:0}dd.n{text-align:right;font-variant-numeric:tabular-nums}dd.w{color:var(--soft)}
input{width:100%;max-width:30rem;padding:.5rem .7rem;font:inherit;color:inherit;background:var(--band);border:1px solid var(--line);border-radius:.4rem}
.rows{overflow-x:auto}table{border-collapse:collapse;width:100%}td.n{white-space:nowrap}th,td{text-align:left;vertical-align:top;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line)}
th{font-size:.8rem;color:var(--soft);font-weight:600}code{font:13px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}.good{color:var(--good)}.bad{color:var(--bad);font-weight:600}small{color:var(--soft);display:block}
@media(max-width:45rem){body{padding:1rem}dl{grid-template-columns:max-content 1fr}dd.w{grid-column:1/-1;margin-bottom:.4rem}thead{display:none}tr{display:block;padding:.5rem 0;border-bottom:1px solid var(--line)}td{display:block;border:0;padding:.1rem 0}}
@media print{input{display:none}}
"""
_FILTER = """
const box=document.querySelector("input"),rows=[...document.querySelectorAll("section tbody tr")],parts=[...document.querySelectorAll("section")];
box.addEventListener("input",()=>{const words=box.value.toLowerCase().split(/\\s+/).filter(Boolean);
rows.forEach(r=>{r.hidden=!words.every(w=>r.textContent.toLowerCase().includes(w))});
parts.forEach(p=>{p.hidden=!p.querySelector("tbody tr:not([hidden])")})});
"""


def page(findings: Iterable[Finding]) -> str:
    """HTML of the findings by release, worst verdicts first within each."""
    rows = list(findings)
    counts = counted(rows)
    told = "".join(
        f"<dt class={'good' if verdict in _GOOD else 'bad' if counts[verdict] else ''}>{verdict}</dt>"
        f"<dd class=n>{counts[verdict]}</dd><dd class=w>{escape(words)}</dd>"
        for verdict, words in VERDICTS.items()
    )
    ordered = sorted(rows, key=lambda one: (_release(one), one.verdict in _GOOD, one.verdict, one.clause, one.fault))
    parts = "".join(_part(release, list(group)) for release, group in groupby(ordered, _release))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Fault matrix</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style><h1>Fault matrix</h1>"
        f"<p>{len(rows)} ways of breaking the contract, each seeded into the mock site on its own. "
        "The suite must tell it, in the scenario of the clause it breaks, for the reason it breaks it.</p>"
        f'<dl>{told}</dl>{_classes(rows)}<input type="search" aria-label="filter" placeholder="Filter: clause, operation, verdict, words">'
        f"{parts}<script>{_FILTER}</script></html>\n"
    )


def _classes(findings: list[Finding]) -> str:
    head = "".join(f"<th>{escape(name)}" for name in HEAD)
    lines = ("".join(f"<td>{escape(cell)}" for cell in row) for row in table_rows(findings))
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<div class=rows><table><thead><tr>{head}</thead>{body}</table></div>"


def _release(finding: Finding) -> tuple[int, ...]:
    return tuple(int(part) for part in finding.clause[1:].partition("-")[0].split("."))


def _part(release: tuple[int, ...], findings: list[Finding]) -> str:
    number = ".".join(map(str, release))
    head = "<thead><tr><th>fault<th>breaks<th>told by<th>verdict<th>clauses that failed</thead>"
    return (
        f"<section><h2>{number} <small>{len(findings)} faults</small></h2><div class=rows><table>{head}"
        f"<tbody>{''.join(map(_row, findings))}</tbody></table></div></section>"
    )


def _row(one: Finding) -> str:
    others = [clause for clause in one.failed if clause != one.clause]
    more = f" and {len(others)} more" if others else ""
    shown = f"{one.clause}{more}" if one.clause in one.failed else ", ".join(others[:3]) or "none"
    reason = f"<small>{escape(one.reason)}</small>" if one.reason else ""
    tone = "good" if one.verdict in _GOOD else "bad"
    return (
        f"<tr><td><code>{escape(one.fault)}</code><small>{escape(one.summary)}</small><td class=n>{one.clause}<td>{one.check}"
        f'<td><span class={tone}>{one.verdict}</span>{reason}<td title="{escape(" ".join(one.failed))}">{shown}</tr>'
    )
