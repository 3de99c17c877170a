"""A scenario as the run sees it before anything is sent: clause, level, releases, what it needs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeVar

from conformance.judge.clauses import LEVELS, Clause
from conformance.judge.elements import KINDS, is_kind
from conformance.scenarios.pytest_bdd_internals import Feature, ScenarioTemplate, Step, render_string
from conformance.scenarios.step_registry import ScenarioStep, StepMatch, StepRegistry
from conformance.sites.errors import UserError, nearest
from conformance.sites.profile import ROLES, slug
from conformance.sites.release import Release
from conformance.sites.settings import Value, known_settings, setting_spoken
from conformance.wire.client import reads_only
from conformance.wire.creations import CREATIONS

#: Families of tags a feature may use; anything else is an error, so that a typo cannot hide a scenario.
FAMILIES = ("clause", "since", "until", "operation", "role", "setting", "needs")
WORDS = (*LEVELS, "writes", "mail")
#: Families whose tags only repeat what the steps say.
_READ_OFF = ("operation", "role", "setting", "needs")
#: CreateUser makes users of these addresses, and DelUser only deactivates (R41.11.0-15): each serves once.
USED_UP = "e-mail address active in Control Hub"
DISPOSABLE_CLASSIC_USER = "disposable classic-era user"
#: What "Given a new ..." creates: by which operation, who sends it, and which test data of the profile describes it.
MADE = {
    "user who is active in Control Hub": ("CreateUser", "site-admin", USED_UP),
    **{creation.kind: (operation, creation.by, "") for operation, creation in CREATIONS.items()},
}
#: ``{host.email}`` in a sentence or a cell.
_NO_NAME = re.compile(r"[^\w.,=+@%/-]+")
_PATH = re.compile("[A-Za-z0-9_/]+")
_REFERENCE = re.compile(r"\{([^{}.]+)\.([^{}.]+)\}")
#: "site admin", "read-only admin", "classic-era user": the last hyphen of a role is spoken as a blank.
_ROLE_WORDS = {role: role for role in ROLES} | {" ".join(role.rsplit("-", 1)): role for role in ROLES}


class OtherNight(NamedTuple):
    """A setting that an earlier night must have met at ``value``, and the elements whose values then count."""

    setting: str
    value: Value
    paths: tuple[str, ...]

    @property
    def name(self) -> str:
        """What a summary calls such a night."""
        return f"{self.setting} = {str(self.value).lower()}"


@dataclass(frozen=True, eq=False)
class Scenario:
    """One scenario, or one row of an outline, with what its steps say it needs.

    ``settings`` maps setting names to the value the scenario wants, ``implied`` are
    those no step names: set otherwise, the site refuses what is sent. ``needs`` are
    test data and credentials the profile must name, ``account_facts`` what it must
    say of accounts (role and element), ``creates`` the creating operations it sends,
    one by one, ``writes`` says that it changes the site, ``measured`` that it does
    nothing but hold replies against the vendor's schemas or a baseline,
    ``other_night`` what it compares with an earlier night,
    ``needs_control_plane`` that only a mock can be brought into its state.
    """

    path: str
    line: int
    title: str
    feature: str
    rule: str
    row: str
    clause: Clause
    level: str
    since: Release
    until: Release | None
    steps: tuple[ScenarioStep, ...]
    operations: tuple[str, ...]
    roles: tuple[str, ...]
    settings: Mapping[str, Value]
    implied: tuple[str, ...]
    needs: tuple[str, ...]
    account_facts: tuple[tuple[str, str], ...]
    creates: tuple[str, ...]
    writes: bool
    measured: bool
    mail: bool
    needs_control_plane: bool
    other_night: tuple[OtherNight, ...]
    description: str

    @property
    def nodeid(self) -> str:
        """What pytest and every report call it."""
        return f"{self.path}::{self.name}"

    @property
    def name(self) -> str:
        """Its title as a node id carries it: what a shell takes for one word, as it is."""
        return name_of(self.title)

    @cached_property
    def fingerprint(self) -> str:
        """A checksum of the steps as carried out: the same for a scenario under a new title or in a new file."""
        told = repr([(step.type, step.text, step.table) for step in self.steps])
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def ended_by(self, release: Release) -> bool:
        """Whether it holds for ``release`` no more: a patch of the last release it holds for is that release still."""
        return self.until is not None and (release.major, release.minor) > (self.until.major, self.until.minor)

    @property
    def markers(self) -> Iterator[str]:
        """Marker names for ``-m``: what the tags and the steps say."""
        yield f"clause.{self.clause.id}"
        yield f"since.{self.since}"
        yield self.level
        yield from (f"operation.{name}" for name in self.operations)
        yield from (f"role.{name}" for name in self.roles)
        yield from (f"setting.{name}.{_switch(value)}" for name, value in self.settings.items())
        yield from (f"needs.{slug(name)}" for name in self.needs)
        if self.until:
            yield f"until.{self.until}"
        if self.writes:
            yield "writes"
        if self.mail:
            yield "mail"


def name_of(title: str) -> str:
    """``title`` with hyphens in the place of blanks and of what a shell, or pytest, would read as something else."""
    return _NO_NAME.sub("-", title).strip("-")


def _switch(value: Value) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Tags:
    """The tags of a scenario, read and checked: family to values, plain words apart."""

    values: Mapping[str, tuple[str, ...]]
    words: frozenset[str]


def read_tags(tags: Iterable[str], where: str) -> Tags:
    """Split dotted tags into families; an unknown family or word is a :class:`UserError`."""
    values: dict[str, tuple[str, ...]] = {}
    words = set()
    for tag in sorted(tags):
        family, dot, value = tag.partition(".")
        if dot and family in FAMILIES:
            values[family] = (*values.get(family, ()), value)
        elif not dot and tag in WORDS:
            words.add(tag)
        else:
            raise UserError("tag-unknown", f"unknown tag @{tag}", where=where, hint=nearest(tag, (*FAMILIES, *WORDS)))
    return Tags(values, frozenset(words))


def read_scenario(
    feature: Feature,
    template: ScenarioTemplate,
    row: Mapping[str, str],
    path: str,
    clauses: Mapping[str, Clause],
    registry: StepRegistry,
) -> Scenario:
    """A scenario of ``path``; what is unclear in the feature is a :class:`UserError` with its line."""
    where = f"{path}:{template.line_number}"
    rule_tags = template.rule.tags if template.rule else set()
    tags = read_tags(feature.tags | rule_tags | template.tags, where)
    clause = _clause(tags, row, clauses, where)
    steps = tuple(_scenario_step(step, row) for step in template.steps)
    matches = [registry.look_up(step, path) for step in steps]
    _demand_a_judgement(steps, where)
    for written, step, match in zip(template.steps, steps, matches, strict=True):
        _demand_use(written, step, match, f"{path}:{step.line}")
    scopes = (template.tags, rule_tags, feature.tags)
    since, until = _span(scopes, clause, where)
    scenario = Scenario(
        path=path,
        line=template.line_number,
        title=render_string(template.name, row),
        feature=feature.name,
        rule=template.rule.name if template.rule else "",
        row="-".join(row.values()),
        clause=clause,
        level=_level(scopes, clause, where),
        since=since,
        until=until,
        steps=steps,
        measured=_measured(steps, matches),
        other_night=tuple(_other_nights(steps, matches)),
        **vars(_Needs(matches, list(references(steps)), tags.words)),
        description=" ".join((template.description or "").split()),
    )
    _demand_true_tags(tags, scenario, where)
    return scenario


def _nearest(scopes: Iterable[Iterable[str]], family: str, where: str) -> str:
    """The value of ``family`` by the nearest tag, the scenario's own first; two beside each other are a mistake."""
    told = (read_tags(tags, where).values.get(family, ()) for tags in scopes)
    values = next(filter(None, told), ())
    if len(values) > 1:
        said = " and ".join(f"@{family}.{value}" for value in values)
        raise UserError("tag-twice", f"{said} cannot both hold", where=where)
    return values[0] if values else ""


def _span(scopes: Collection[Iterable[str]], clause: Clause, where: str) -> tuple[Release, Release | None]:
    """From which release on the scenario holds, and the last one it holds for."""
    first, last = (_nearest(scopes, family, where) for family in ("since", "until"))
    since = Release.parse(first or str(clause.release), where=where)
    until = Release.parse(last, where=where) if last else None
    if since < clause.release:
        what = f"@since.{since}, but {clause.id} came with {clause.release}"
        raise UserError("tag-contradiction", what, where=where)
    if until is not None and until < since:
        raise UserError("tag-contradiction", f"@until.{until} ends before it begins, with {since}", where=where)
    return since, until


def _demand_true_tags(tags: Tags, scenario: Scenario, where: str) -> None:
    """What a scenario sends, who calls and what it needs is read off its steps; a tag may repeat it, never differ."""
    told = set(scenario.markers)
    for family in _READ_OFF:
        for value in tags.values.get(family, ()):
            if f"{family}.{value}" not in told:
                known = [name.partition(".")[2] for name in told if name.startswith(f"{family}.")]
                what = f"@{family}.{value}, but no step says so"
                raise UserError("tag-contradiction", what, where=where, hint=nearest(value, known))


def _demand_a_judgement(steps: Iterable[ScenarioStep], where: str) -> None:
    """A scenario that asks nothing of the site would pass whatever it does."""
    if not any(step.type == "then" for step in steps):
        raise UserError(
            "scenario-empty",
            "this scenario judges nothing: it has no Then step",
            where=where,
            hint="say what the site must do, or take the scenario out",
        )


def _demand_use(written: Step, step: ScenarioStep, match: StepMatch, where: str) -> None:
    """What stands below a step must be read by it: a table nobody takes is a claim that nobody checks."""
    if written.docstring is not None:
        raise UserError("step-text", f"the step {step.text!r} takes no text block", where=where, hint="use a table")
    if step.table and "datatable" not in match.arguments:
        raise UserError("step-table", f"the step {step.text!r} takes no table", where=where)
    if match.columns:
        _demand_columns(written, step, match.columns, where)
    elif step.table and step.type != "then":
        _demand_pairs(step, where)


def _demand_columns(written: Step, step: ScenarioStep, columns: tuple[str, ...], where: str) -> None:
    """A table that judges: the header its step knows, and below it rows that name an element, of a known kind."""
    header, *rows = step.table
    if header != columns or not rows:
        told = "no row below its header" if header == columns else f"{_row_of(header)} where its header belongs"
        hint = f"begin it with {_row_of(columns)}, and name below it what is judged"
        raise UserError("table-header", f"the table of {step.text!r} has {told}", where=where, hint=hint)
    for row, cells in zip(rows, written.datatable.rows[1:] if written.datatable else (), strict=True):
        here = f"{where.rpartition(':')[0]}:{cells.location.line}"
        if not _PATH.fullmatch(row[0]):
            raise UserError("table-element", f"{row[0]!r} is no element", where=here, hint="write it as in a/b/c")
        if row[1:] and not is_kind(row[1]):
            what = f"no value is of the kind {row[1]!r}"
            raise UserError("table-kind", what, where=here, hint=nearest(row[1], KINDS))


def _demand_pairs(step: ScenarioStep, where: str) -> None:
    """A table of what is sent: names and values, each name once."""
    wide = next((row for row in step.table if len(row) != 2), None)
    if wide is not None:
        what = f"the row {_row_of(wide)} of {step.text!r} is no name with its value"
        raise UserError("table-columns", what, where=where, hint="two columns, without a header: | name | value |")
    keys = [key for key, _ in step.table]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise UserError("table-key", f"the table says {twice!r} twice, and only one can be sent", where=where)


def _row_of(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _scenario_step(step: Step, row: Mapping[str, str]) -> ScenarioStep:
    return ScenarioStep(
        type=step.type,
        keyword=step.keyword.strip(),
        text=render_string(step.name, row),
        table=tuple(
            tuple(render_string(cell.value, row) for cell in cells.cells)
            for cells in (step.datatable.rows if step.datatable else ())
        ),
        line=step.line_number,
    )


def _clause(tags: Tags, row: Mapping[str, str], clauses: Mapping[str, Clause], where: str) -> Clause:
    cited = [row["clause"]] if "clause" in row else list(tags.values.get("clause", ()))
    if len(cited) != 1:
        raise UserError(
            "clause-count",
            f"a scenario judges one clause, this one cites {len(cited)}",
            where=where,
            hint="tag the scenario or its Rule with one @clause.R..., or give an outline a column called clause",
        )
    if cited[0] not in clauses:
        release = cited[0].rpartition("-")[0]
        hint = nearest(cited[0], [one for one in clauses if one.rpartition("-")[0] == release] or clauses)
        raise UserError("clause-unknown", f"there is no clause {cited[0]!r}", where=where, hint=hint)
    return clauses[cited[0]]


def _level(scopes: Iterable[Iterable[str]], clause: Clause, where: str) -> str:
    """The level of a scenario: that of its clause, or the weaker one named by the nearest tag, its own first."""
    stated = next((found for tags in scopes if (found := sorted(set(tags) & set(LEVELS)))), [clause.level])
    if len(stated) > 1 or LEVELS.index(stated[0]) < LEVELS.index(clause.level):
        raise UserError(
            "level-contradiction",
            f"@{' @'.join(stated)} contradicts {clause.id}, which is {clause.level} because the notes are "
            f"{clause.certainty}",
            where=where,
            hint="a scenario claims what its clause claims, or less, by one of "
            + ", ".join(f"@{one}" for one in LEVELS),
        )
    return stated[0]


def _measured(steps: Iterable[ScenarioStep], matches: Iterable[StepMatch]) -> bool:
    judges = {match.function.__module__ for step, match in zip(steps, matches, strict=True) if step.type == "then"}
    return judges == {"steps.contract"}


class _Needs:
    """What the steps of a scenario ask for, read off the arguments they parse, by the fields of :class:`Scenario`."""

    def __init__(self, matches: list[StepMatch], references: list[tuple[str, str]], words: frozenset[str]) -> None:
        arguments = [match.arguments for match in matches]
        made = [_made(str(given["made"])) for given in arguments if given.get("made")]
        self.operations = _unique(
            [operation for operation, _, _ in made]
            + [str(given["operation"]) for given in arguments if given.get("operation")]
        )
        sent = [MADE[str(given["made"])][0] if given.get("made") else given.get("operation") for given in arguments]
        self.creates = tuple(str(operation) for operation in sent if operation in CREATIONS)
        told = [(role_named(holder), element) for holder, element in references]
        self.account_facts = _unique(
            [(role, element) for role, element in told if role in ROLES] + list(_facts(arguments))
        )
        self.roles = _unique(
            [role for _, role, _ in made]
            + [_role(str(given["role"])) for given in arguments if given.get("role")]
            + ["site-admin" for given in arguments if given.get("user")]
            + [role for given in arguments if (role := _role_meant(given)) is not None]
            + [role for role, _ in self.account_facts]
        )
        wanted = [_setting(given) for given in arguments if given.get("setting")]
        named = dict(reversed(wanted))
        refusing = [name for name, one in known_settings().items() if set(one.refuses) & set(self.operations)]
        self.implied = tuple(name for name in refusing if name not in named)
        self.settings = {**named, **dict.fromkeys(self.implied, False)}
        self.needs = _unique([item for _, _, item in made if item] + list(_items(matches)))
        changes = len(dict.fromkeys(wanted)) > len(named)
        self.needs_control_plane = changes or any(given.get("chosen") for given in arguments)
        self.mail = "mail" in words or any(match.function.__module__ == "steps.mail" for match in matches)
        self.writes = "writes" in words or bool(made) or not all(map(reads_only, self.operations))


_Name = TypeVar("_Name")


def _unique(names: Iterable[_Name]) -> tuple[_Name, ...]:
    return tuple(dict.fromkeys(names))


def references(steps: Iterable[ScenarioStep]) -> Iterator[tuple[str, str]]:
    """Holder and element of everything the steps refer to in braces."""
    for step in steps:
        for text in (step.text, *(cell for row in step.table for cell in row)):
            yield from ((holder.strip(), element.strip()) for holder, element in _REFERENCE.findall(text))


def _facts(arguments: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """What sentences about a caller need to know of the account: a credential, the e-mail address."""
    for given in arguments:
        if given.get("role") and given.get("credential"):
            yield _role(given["role"]), given["credential"]
        if given.get("role") and given.get("address_too"):
            yield _role(given["role"]), "email"


def _made(kind: str) -> tuple[str, str, str]:
    if kind not in MADE:
        raise UserError("thing-unknown", f"nothing that can be made is called {kind!r}", hint=nearest(kind, MADE))
    return MADE[kind]


def _role_meant(given: Mapping[str, str]) -> str | None:
    """The account a request is about: "sends DelUser for the disposable user"."""
    role = role_named(str(given.get("item") or given.get("user") or ""))
    return role if role in ROLES else None


def role_named(words: str) -> str:
    """The role a feature calls ``words``: "site admin" is ``site-admin``; "new user" is no account and stays."""
    return _ROLE_WORDS.get(words, words)


def _role(words: str) -> str:
    role = role_named(words)
    if role not in ROLES:
        raise UserError("role-unknown", f"nobody is called {words!r}", hint=nearest(words, _ROLE_WORDS))
    return role


def _setting(given: Mapping[str, str]) -> tuple[str, Value]:
    setting = setting_spoken(given["setting"])
    return setting.name, setting.value(given["value"])


def _other_nights(steps: Iterable[ScenarioStep], matches: Iterable[StepMatch]) -> Iterator[OtherNight]:
    for step, match in zip(steps, matches, strict=True):
        if match.arguments.get("other_setting"):
            setting = setting_spoken(str(match.arguments["other_setting"]))
            value = setting.value(str(match.arguments["value"]))
            yield OtherNight(setting.name, value, tuple(row[0] for row in step.table[1:]))


def _items(matches: list[StepMatch]) -> Iterator[str]:
    for match in matches:
        for name in ("held", "credential"):
            if match.arguments.get(name):
                yield str(match.arguments[name])


def within(path: Path, root: Path) -> str:
    """``path`` as reports write it: relative to ``root`` where it lies below."""
    try:
        return path.absolute().relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()
