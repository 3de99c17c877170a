"""Where each element of each reply is known from, and how much of the mock is faithful: ``replies/evidence.tsv``.

*captured*: it stands in a reply of a real site; *documented*: the vendor writes it (XSDs of 2011, reference guide,
release notes); *assumed*: nobody could tell, or not where it stands. The table is kept by hand, its report is part of
FIDELITY.md, and tests keep both true.
"""

from __future__ import annotations

import csv
import functools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from itertools import groupby

from mocksite.protocol.nodes import Node, read

KINDS = ("captured", "documented", "assumed")


@dataclass(frozen=True)
class Evidence:
    """What is known of one element: the reply it stands in, its path there, the kind of evidence, its source."""

    reply: str
    element: str
    kind: str
    source: str


@functools.cache
def evidence() -> tuple[Evidence, ...]:
    """The whole table, in the order of the replies and of their elements."""
    text = resources.files("mocksite").joinpath("replies", "evidence.tsv").read_text("utf-8")
    return tuple(Evidence(*row) for row in csv.reader(text.splitlines()[1:], delimiter="\t"))


def elements() -> Iterator[tuple[str, str]]:
    """Every element of every reply document: the reply, and the path."""
    for document in sorted(resources.files("mocksite").joinpath("replies").iterdir(), key=lambda one: one.name):
        if document.name.endswith(".xml"):
            for path in _paths(read(document.read_text("utf-8")), ""):
                yield document.name.removesuffix(".xml"), path


def _paths(node: Node, above: str) -> Iterator[str]:
    for child in node.children:
        path = f"{above}/{child.local}" if above else child.local
        yield path
        yield from _paths(child, path)


def report() -> str:
    """The shares, reply by reply, and every assumed element with what is known of it."""
    table = evidence()
    total = Counter(one.kind for one in table)
    lines = [
        f"{len(table)} elements of {len({one.reply for one in table})} replies: " + _shares(total, len(table)) + ".",
        "",
        "| assumed | why |",
        "|---|---|",
        *(f"| {reply}: {names} | {why} |" for reply, names, why in _assumed(table)),
        "",
        "| reply | elements | captured | documented | assumed |",
        "|---|---:|---:|---:|---:|",
    ]
    for reply, rows in groupby(table, key=lambda one: one.reply):
        count = Counter(one.kind for one in rows)
        cells = " | ".join(str(number) for number in (count.total(), *(count[kind] for kind in KINDS)))
        lines.append(f"| {reply} | {cells} |")
    return "\n".join(lines)


def _shares(count: Counter[str], total: int) -> str:
    return ", ".join(f"{count[kind]} {kind} ({100 * count[kind] / total:.1f} %)" for kind in KINDS)


def _assumed(table: tuple[Evidence, ...]) -> Iterator[tuple[str, str, str]]:
    found = [one for one in table if one.kind == "assumed"]
    for (reply, why), rows in groupby(found, key=lambda one: (one.reply, one.source)):
        yield reply, ", ".join(f"`{one.element}`" for one in rows), why
