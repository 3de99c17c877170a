"""Shapes of replies: which elements came, how often, of what kind, after which sibling; and how two runs differ.

Two runs are compared by their shapes, so a shape must say what a client can see
and nothing that belongs to the site's users: the only values kept are those of
elements the contract declares as enumerations.

A change is told only where the data of the two sites cannot be its cause. An
element that always came and now never does has vanished; one that came with
some of its parents only depends on data, unless the contract did not know it.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from conformance.judge.clauses import Clause
from conformance.judge.contract import XS, ComplexType, Contract, ContractView, ElementDeclaration
from conformance.judge.elements import kind_of
from conformance.judge.findings import Finding
from conformance.judge.schema_check import SchemaResult, told
from conformance.sites.release import FIRST, Release
from conformance.wire.exchange import Element, Reply, children, local_name, text_of

#: Schema types whose values have one kind only; a text may look like any kind without having changed.
_EXACT = frozenset({"boolean", "integer", "int", "long", "short", "decimal", "float", "double"})

_DECIMAL = frozenset({"decimal", "float", "double"})
_IS_DECIMAL = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$", re.ASCII)


class Declarations:
    """The replies of one view of the contract, by operation and path; no view declares nothing."""

    def __init__(self, view: ContractView | None) -> None:
        self._view = view
        self._known: dict[tuple[str, str], ElementDeclaration | None] = {}
        self._words: dict[tuple[str, str], frozenset[str]] = {}

    def at(self, operation: str, path: str) -> ElementDeclaration | None:
        """The declaration of the element at ``path`` of the reply to ``operation``."""
        key = operation, path
        if key not in self._known:
            self._known[key] = self._look_up(operation, path)
        return self._known[key]

    def words(self, operation: str, path: str) -> frozenset[str]:
        """The values of an enumeration; empty for every other type."""
        key = operation, path
        if key not in self._words:
            declared = self.at(operation, path)
            values = self._view.values.get(declared.type, "") if self._view and declared else ""
            self._words[key] = frozenset(filter(None, values.split("|")))
        return self._words[key]

    def is_exact(self, operation: str, path: str) -> bool:
        """Whether every value at ``path`` is of one kind: a boolean or a number."""
        declared = self.at(operation, path)
        return declared is not None and declared.type[0] == XS and declared.type[1] in _EXACT

    def is_flag_or_required(self, operation: str, path: str) -> bool:
        """Whether the element is there whatever the data: a boolean, or one the contract requires."""
        declared = self.at(operation, path)
        return declared is not None and (declared.type == (XS, "boolean") or declared.least > 0)

    def kind(self, operation: str, path: str, text: str) -> str:
        """The kind of ``text`` at ``path``: 1 and 0 are booleans, and 3 a decimal, where the contract says so."""
        declared = self.at(operation, path)
        if declared is not None and declared.type[0] == XS:
            if declared.type[1] == "boolean" and text in ("1", "0"):
                return "boolean"
            if declared.type[1] in _DECIMAL and _IS_DECIMAL.match(text):
                return "decimal"
        return kind_of(text)

    def _look_up(self, operation: str, path: str) -> ElementDeclaration | None:
        view = self._view
        if view is None or not view.declares(operation):
            return None
        names = path.split("/")
        holder: ComplexType | None = view.reply_type(operation)
        declared = None
        for name in names:
            declared = holder.named(name) if holder else None
            holder = view.types.get(declared.type) if declared else None
        return declared or self._roaming(names[-1])

    def _roaming(self, name: str) -> ElementDeclaration | None:
        """An element whose parent the notes lost may stand anywhere."""
        roaming = self._view.roaming if self._view else {}
        return next((declared for (_, local), declared in roaming.items() if local == name), None)


EMPTY = "empty"
#: Path of the body itself: how many replies there were, and whether they held anything.
BODY = "."
#: More words than any enumeration of the contract has; a reply cannot make a summary grow without end.
_MOST_WORDS = 60
#: What a value of an enumeration looks like. Anything else in such an element is somebody's data.
_WORD = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")
_COLUMNS = ("kinds", "words", "after")
_SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"

#: Operation to role to values by path: what is compared with a night on which the site is set otherwise.
KeptValues = dict[str, dict[str, dict[str, str]]]

#: Path below the body to ``count``, ``parents`` (how many parents held it), ``kinds``, ``words``, ``after``.
Shape = dict[str, dict[str, Any]]


def shape_of(reply: Reply, declarations: Declarations | None = None) -> Shape:
    """The shape of one successful reply, by path below the body; ours is the contract unless told otherwise."""
    shape: Shape = {}
    if reply.succeeded and reply.body is not None:
        _Visit(reply.operation, declarations or _ours(), shape).body(reply.body)
    return shape


@lru_cache(maxsize=8)
def declarations_of(view: ContractView) -> Declarations:
    """The replies that ``view`` declares, what was looked up in it remembered."""
    return Declarations(view)


@cache
def _ours() -> Declarations:
    """Everything any release of the suite declares; without our schemas no word is known, so none is kept."""
    return Declarations(Contract(_SCHEMAS).whole if _SCHEMAS.is_dir() else None)


class _Visit:
    def __init__(self, operation: str, declarations: Declarations, shape: Shape) -> None:
        self._operation = operation
        self._declarations = declarations
        self._shape = shape

    def body(self, body: Element) -> None:
        row = self._row(BODY)
        row["count"] = row["parents"] = 1
        row["kinds"] = ["parent" if children(body) else "empty"]
        self._below(children(body), "")

    def _below(self, parents: list[Element], path: str) -> None:
        before = ""
        seen = set()
        above = f"{path}/" if path else ""
        for child in parents:
            name = local_name(child)
            below = above + name
            row = self._row(below)
            row["count"] += 1
            if name not in seen:
                row["parents"] += 1
                seen.add(name)
            if before not in row["after"]:
                row["after"].append(before)
            before = name
            if inner := children(child):
                _note(row["kinds"], "parent")
                self._below(inner, below)
            else:
                self._value(text_of(child), below, row)

    def _value(self, text: str, path: str, row: dict[str, Any]) -> None:
        kind = self._declarations.kind(self._operation, path, text)
        if kind not in row["kinds"]:
            row["kinds"].append(kind)
        if self._declarations.words(self._operation, path) and _WORD.match(text):
            _note(row["words"], text)
            del row["words"][_MOST_WORDS:]

    def _row(self, path: str) -> dict[str, Any]:
        row = self._shape.get(path)
        if row is None:
            row = self._shape[path] = {"count": 0, "parents": 0, "kinds": [], "words": [], "after": []}
        return row


def _note(values: list[str], value: str) -> None:
    if value not in values:
        values.append(value)


def _add(values: list[str], more: Iterable[str], most: int = sys.maxsize) -> None:
    for value in more:
        if value not in values and len(values) < most:
            values.append(value)


def merge(shapes: Iterable[Mapping[str, Any]]) -> Shape:
    """Several shapes of one operation as one."""
    whole: Shape = {}
    for shape in shapes:
        for path, row in shape.items():
            known = whole.setdefault(path, {"count": 0, "parents": 0, **{column: [] for column in _COLUMNS}})
            known["count"] += row["count"]
            known["parents"] += row["parents"]
            for column in _COLUMNS:
                _add(known[column], row[column], _MOST_WORDS if column == "words" else sys.maxsize)
    return {path: {**row, **{column: sorted(row[column]) for column in _COLUMNS}} for path, row in whole.items()}


#: Names of siblings, and for each those that always stand before it.
_Order = dict[str, set[str]]


def moved(before: Shape, after: Shape) -> Iterator[tuple[str, str, str]]:
    """Paths whose order among the siblings both runs have is turned round, each with where it stood and stands.

    Siblings that came in either order have no place to move from. Of two that
    changed places the one in more such pairs is told: taking it elsewhere
    explains the rest.
    """
    theirs, ours = _families(before), _families(after)
    for parent in sorted(theirs.keys() & ours.keys()):
        if theirs[parent] == ours[parent]:
            continue
        one, other = _order(theirs[parent]), _order(ours[parent])
        turned = [(left, right) for right in one for left in sorted(one[right]) if right in other.get(left, ())]
        while turned:
            name = Counter(name for pair in turned for name in pair).most_common(1)[0][0]
            path = name if parent == BODY else f"{parent}/{name}"
            yield path, _place(name, before[path]["after"]), _place(name, after[path]["after"])
            turned = [pair for pair in turned if name not in pair]


def _families(shape: Shape) -> dict[str, _Order]:
    """For each parent its children, each with the siblings that stood directly before it, "" for none."""
    families: dict[str, _Order] = {}
    for path, row in shape.items():
        parent, _, name = path.rpartition("/")
        if path != BODY:
            families.setdefault(parent or BODY, {})[name] = set(row["after"])
    return families


def _order(family: _Order) -> _Order:
    """Siblings strictly before each one: before it in some reply, and after it in none."""
    reach = {name: _reach(name, family) for name in family}
    return {name: {earlier for earlier in found if name not in reach.get(earlier, ())} for name, found in reach.items()}


def _reach(name: str, family: _Order) -> set[str]:
    found: set[str] = set()
    waiting = list(family[name])
    while waiting:
        earlier = waiting.pop()
        if earlier not in found:
            found.add(earlier)
            waiting += family.get(earlier, ())
    return found


def _place(name: str, after: list[str]) -> str:
    siblings = [sibling for sibling in after if sibling not in ("", name)]
    first = ["first"] if "" in after else []
    return " or ".join([*first, *(f"after {sibling}" for sibling in sorted(siblings))]) or "alone"


APPEARED, VANISHED, MOVED, KIND, WORDS = "appeared", "vanished", "moved", "kind", "words"


@dataclass(frozen=True)
class Drift:
    """One difference between the replies of two runs; ``clause`` is the id of the clause that announced it, or ""."""

    operation: str
    path: str
    what: str
    before: str
    after: str
    clause: str = ""

    @property
    def announced(self) -> bool:
        """Whether a clause of the releases in between explains it."""
        return bool(self.clause)

    @property
    def worse(self) -> bool:
        """Whether a client can break by it.

        An element nobody promised is news, which clients must ignore; a text
        that is empty now may be the work of the site's users, a number or a
        date that is empty is not.
        """
        emptied = (self.what, self.before, self.after) == (KIND, "text", EMPTY)
        return not self.announced and self.what != APPEARED and not emptied


class Announcements:
    """The clauses of the releases between two runs; ``back`` when the second run has the older release."""

    def __init__(self, clauses: Iterable[Clause], *, back: bool = False) -> None:
        self._clauses = tuple(clauses)
        self._back = back

    def explains(self, what: str, operation: str, path: str) -> str:
        """The id of the clause that announced the difference, "" when none did."""
        for clause in self._clauses:
            if clause.speaks_of(operation) and any(covers(stated, path) for stated in self._paths(clause, what)):
                return clause.id
        return ""

    def _paths(self, clause: Clause, what: str) -> tuple[str, ...]:
        if what not in (APPEARED, VANISHED):
            return clause.changes
        return clause.adds if (what == APPEARED) != self._back else clause.removes


def covers(stated: str, path: str) -> bool:
    """Whether ``path`` is the one a clause states; ``*`` is what the notes leave open, ``**/`` any parent."""
    if stated.startswith("**/"):
        return fnmatchcase(f"/{path}", stated)
    return fnmatchcase(path, stated)


def drift_of(
    operation: str, before: Shape, after: Shape, declared: Declarations, announcements: Announcements
) -> Iterator[Drift]:
    """Every difference of the replies to ``operation``; ``declared`` is the contract as the first site had it."""
    for path in dict.fromkeys((*before, *after)):
        what, certain = _presence(before, after, path)
        clause = announcements.explains(what, operation, path) if what else ""
        strange = what == APPEARED and declared.at(operation, path) is None
        if certain or strange or clause:
            yield Drift(operation, path, what, _met(path, before), _met(path, after), clause)
    for path, what, was, now in _changes(operation, before, after, declared):
        yield Drift(operation, path, what, was, now, announcements.explains(what, operation, path))


def _presence(before: Shape, after: Shape, path: str) -> tuple[str, bool]:
    """Whether the element came or went, "" if neither; and whether that is certain, whatever the data."""
    was, now = _often(path, before), _often(path, after)
    if was == "never" and now in ("always", "sometimes"):
        return APPEARED, now == "always"
    if now == "never" and was in ("always", "sometimes"):
        return VANISHED, was == "always"
    return "", False


def _often(path: str, shape: Shape) -> str:
    """How often the parents that were there held the element; "unseen" when no parent was there to hold it."""
    parent = path.rpartition("/")[0] or BODY
    chances = shape[parent]["count"] if parent in shape else 0
    if not chances:
        return "unseen"
    held = shape[path]["parents"] if path in shape else 0
    return "always" if held == chances else "sometimes" if held else "never"


def _met(path: str, shape: Shape) -> str:
    if path not in shape:
        return "absent"
    row = shape[path]
    inside = sum(other.startswith(f"{path}/") for other in shape)
    below = f", {inside} elements below" if inside else ""
    often = "once" if row["count"] == 1 else f"{row['count']} times"
    return f"{', '.join(row['kinds'])}{below} ({often})"


def _changes(
    operation: str, before: Shape, after: Shape, declared: Declarations
) -> Iterator[tuple[str, str, str, str]]:
    for path in before:
        if path in after and path != BODY:
            yield from _values(operation, path, before[path], after[path], declared)
    for path, was, now in moved(before, after):
        yield path, MOVED, was, now


def _values(
    operation: str, path: str, was: Mapping[str, Any], now: Mapping[str, Any], declared: Declarations
) -> Iterator[tuple[str, str, str, str]]:
    one, other = _kinds(operation, path, was, declared), _kinds(operation, path, now, declared)
    new = other - one
    # What the contract types exactly has one kind; of anything else only a clean break is told.
    if one and new and (declared.is_exact(operation, path) or not one & other):
        yield path, KIND, ", ".join(sorted(one)), ", ".join(sorted(other))
    elif _emptied(was, now):
        yield path, KIND, ", ".join(sorted(was["kinds"])), EMPTY
    strange = set(now["words"]) - set(was["words"]) - declared.words(operation, path)
    if strange and was["words"]:
        yield path, WORDS, ", ".join(sorted(was["words"])), f"also {', '.join(sorted(strange))}"


def _emptied(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether every value is gone where there always was one: what a text looked like is its kind, too."""
    return now["kinds"] == [EMPTY] and bool(was["kinds"]) and not {EMPTY, "parent"} & set(was["kinds"])


def _kinds(operation: str, path: str, row: Mapping[str, Any], declared: Declarations) -> set[str]:
    """The kinds that mean something here: a declared text may look like a number, and an empty list like nothing."""
    kinds = set(row["kinds"])
    if declared.is_exact(operation, path):
        return kinds
    if declared.at(operation, path) is not None:
        return {"text" if kind in ("integer", "boolean", "date and time") else kind for kind in kinds - {EMPTY}}
    return kinds - {EMPTY} or kinds


_CHECK = "baseline"


@dataclass(frozen=True)
class Baseline:
    """What an earlier run on the same site recorded: ``shapes`` by operation, of ``release``, on ``day``.

    Only what data cannot have changed is judged: the place of an element, its number where the contract allows one,
    the kind of a value that has one kind, and a flag or required element that every reply held and none holds now.
    Any other element that comes or goes, and a word of a list nobody met before, may be the work of the site's users,
    and is told. Nothing is either that a clause of the releases in between ``announced``. ``verdicts`` are those of its
    scenarios, by node id, when it judged the site by the release of this run; ``nights`` what those clauses need that
    hold only where a setting is seen both ways.
    """

    release: Release
    day: str
    shapes: Mapping[str, Shape]
    announced: Announcements
    verdicts: Mapping[str, str] = field(default_factory=dict)
    nights: Mapping[str, KeptValues] = field(default_factory=dict)

    def told(self, night: str, operation: str, role: str) -> Mapping[str, str]:
        """What ``operation`` told ``role`` while the site was set as ``night`` says, by path; empty if nothing."""
        return self.nights.get(night, {}).get(operation, {}).get(role, {})

    def precedes(self, clause: Clause) -> bool:
        """Whether a change it shows may be one that ``clause`` forbids.

        No run of this suite is older than its first release: what that one promises is judged against any.
        """
        return self.release < clause.release or clause.release == FIRST

    def holds(self, operation: str) -> bool:
        """Whether it recorded a reply to ``operation``."""
        return bool(self.shapes.get(operation))

    def check(self, reply: Reply, view: ContractView) -> SchemaResult:
        """What ``reply`` changes: findings, and what is only told; nothing that a clause in between announced."""
        before, now, declared = self.shapes[reply.operation], shape_of(reply), Declarations(view)
        found = drift_of(reply.operation, before, now, declared, self.announced)
        # A single reply may hold an empty text: two whole runs beside each other say more (compare).
        changes = [one for one in found if not one.announced and (one.after != EMPTY or _is_exact(one, declared))]
        findings: list[Finding] = []
        drift: list[Finding] = []
        for one in changes:
            (findings if _is_certain(one, declared) else drift).append(self._finding(one))
        findings += [self._finding(one) for one in _repeated(reply.operation, before, now, declared)]
        return SchemaResult(tuple(findings), tuple(told(one) for one in drift))

    def _finding(self, change: Drift) -> Finding:
        recorded = f"{change.before}, as recorded on {self.release}, {self.day}"
        return Finding(_CHECK, change.path, recorded, f"{change.after} ({change.what})")


def _is_exact(change: Drift, declared: Declarations) -> bool:
    return declared.is_exact(change.operation, change.path)


def _is_certain(change: Drift, declared: Declarations) -> bool:
    """Whether the data of the site cannot be the cause."""
    if change.what == MOVED:
        return True
    if change.what == KIND:
        was, now = set(change.before.split(", ")), set(change.after.split(", "))
        return bool(now - was - {EMPTY}) and (_is_exact(change, declared) or ("parent" in was) != ("parent" in now))
    return change.what == VANISHED and declared.is_flag_or_required(change.operation, change.path)


def _repeated(operation: str, before: Shape, now: Shape, declared: Declarations) -> Iterator[Drift]:
    """Elements that stand more than once in a parent, where the contract allows one and one it has always been."""
    for path, row in now.items():
        declaration = declared.at(operation, path) if path in before and path != BODY else None
        single = declaration is not None and declaration.most == 1 and before[path]["count"] == before[path]["parents"]
        if single and row["count"] > row["parents"]:
            yield Drift(operation, path, "repeated", "once in its parent", f"{row['count']} in {row['parents']}")
