"""The contract by what people look up: elements, operations, exception ids, settings and roles.

An element is one declaration of the schemas: its name, the type it stands in, and every
path of a request or reply at which it can be met. Who judges it is read off the sentences
of the features, not off what a run happened to meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from conformance.judge.clauses import Clause
from conformance.judge.contract import XS, ComplexType, Contract, ElementDeclaration, Name
from conformance.reporting.shapes import covers
from conformance.sites.release import Release

REQUEST, REPLY, ENVELOPE = "request", "reply", "envelope"
_KINDS = {
    "string": "text",
    "boolean": "boolean",
    "int": "integer",
    "integer": "integer",
    "long": "integer",
    "float": "decimal",
    "double": "decimal",
    "decimal": "decimal",
    "dateTime": "date and time",
    "anyURI": "address",
    "base64Binary": "base64",
    "anyType": "any",
}
_PLACES = {
    "any-order": "anywhere in its parent: the notes do not say its place",
    "anywhere": "its parent is not known: the notes lost it",
}


@dataclass(frozen=True)
class Occurrence:
    """Where an element can be met: in the request or the reply of an operation, at a path below the body."""

    operation: str
    side: str
    path: str


@dataclass(frozen=True)
class ContractElement:
    """One element as its type declares it, with its neighbours there and every path it has."""

    id: str
    name: str
    type: str
    kind: str
    values: tuple[str, ...]
    least: int
    most: int | None
    since: str
    until: str
    place: str
    before: str
    after: str
    occurrences: tuple[Occurrence, ...]

    @property
    def number(self) -> str:
        """How often it stands in its parent."""
        if self.most is None:
            return "any number of times" if self.least == 0 else "once or more often"
        if self.most > 1:
            return f"{self.least} to {self.most} times"
        return "once" if self.least else "once or not at all"

    @property
    def neighbours(self) -> str:
        """Where it stands among its siblings."""
        if self.place:
            return _PLACES[self.place]
        told = [f"after {self.before}" if self.before else "first", f"before {self.after}" if self.after else "last"]
        return "alone" if told == ["first", "last"] else ", ".join(told)

    def paths(self, side: str) -> Iterator[tuple[str, str]]:
        """Operation and path of each occurrence on one side."""
        return ((one.operation, one.path) for one in self.occurrences if one.side == side)


@dataclass(frozen=True)
class Mention:
    """What a scenario does with one name: a path of a reply or an exception id, ``judged`` or only recorded.

    ``values`` are the words of an enumeration it asks for.
    """

    nodeid: str
    clause: str
    operation: str
    path: str
    judged: bool = True
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class OperationEntry:
    """An operation: what our template sends, with the parameter of each path, and which roles send it."""

    name: str
    service: str
    declared: bool
    since: str
    sample: str
    parameters: Mapping[str, str]
    roles: tuple[str, ...]
    settings: tuple[str, ...]
    scenarios: tuple[str, ...]


class Elements:
    """Every element the schemas declare, found by id or by the path a feature names."""

    def __init__(self, contract: Contract, operations: Iterable[str], clauses: Iterable[Clause]) -> None:
        self._contract = contract
        self._view = contract.whole
        self._removals = [(path, clause) for clause in clauses for path in clause.removes]
        self._prefixes = contract.prefixes
        self._owners = dict(self._declared())
        self._met: dict[str, list[Occurrence]] = {}
        spoken = [name for name in operations if self._view.declares(name)]
        for operation in spoken:
            self._walk(operation, REQUEST, self._view.request_type(operation))
            self._walk(operation, REPLY, self._view.reply_type(operation))
        self._walk("", ENVELOPE, self._view.types[self._named("serv", "messageType")])
        self.all = {key: self._element(key) for key in self._owners}

    def _named(self, prefix: str, local: str) -> Name:
        return next(space for space, short in self._prefixes.items() if short == prefix), local

    def _declared(self) -> Iterator[tuple[str, tuple[ComplexType, int]]]:
        """Id to the type that declares the element and its place there; what a type inherits is its base's."""
        for known in self._view.types.values():
            inherited = len(self._view.types[known.base].children) if known.base else 0
            for place in range(inherited, len(known.children)):
                yield self._id(known.name, known.children[place]), (known, place)

    def _id(self, owner: Name, declared: ElementDeclaration) -> str:
        return f"{self.spelt(owner)}/{declared.name[1]}"

    def spelt(self, name: Name) -> str:
        """A type as schemas name it: ``site:toolsType``; a built-in one without prefix."""
        return name[1] if name[0] == XS else f"{self._prefixes[name[0]]}:{name[1]}"

    def _walk(self, operation: str, side: str, start: ComplexType) -> None:
        waiting: list[tuple[ComplexType, str, frozenset[Name]]] = [(start, "", frozenset({start.name}))]
        while waiting:
            holder, path, trail = waiting.pop()
            for owner, declared in self._with_owner(holder):
                below = f"{path}/{declared.name[1]}" if path else declared.name[1]
                self._met.setdefault(self._id(owner, declared), []).append(Occurrence(operation, side, below))
                inner = self._view.types.get(declared.type)
                if inner is not None and inner.name not in trail:
                    waiting.append((inner, below, trail | {inner.name}))

    def _with_owner(self, holder: ComplexType) -> Iterator[tuple[Name, ElementDeclaration]]:
        inherited = 0
        if holder.base:
            base = self._view.types[holder.base]
            inherited = len(base.children)
            yield from self._with_owner(base)
        yield from ((holder.name, declared) for declared in holder.children[inherited:])

    def _element(self, key: str) -> ContractElement:
        owner, place = self._owners[key]
        declared = owner.children[place]
        placed = [one.name[1] for one in owner.children if not one.place]
        here = placed.index(declared.name[1]) if declared.name[1] in placed else -1
        occurrences = tuple(
            sorted(self._met.get(key, ()), key=lambda one: (one.side != REPLY, one.operation, one.path))
        )
        return ContractElement(
            id=key,
            name=declared.name[1],
            type=self.spelt(declared.type),
            kind=self._kind(declared.type),
            values=tuple(filter(None, self._view.values.get(declared.type, "").split("|"))),
            least=declared.least,
            most=declared.most,
            since=declared.since or owner.since,
            until=self._until(occurrences),
            place=declared.place,
            before=placed[here - 1] if here > 0 else "",
            after=placed[here + 1] if 0 <= here < len(placed) - 1 else "",
            occurrences=occurrences,
        )

    def _kind(self, declared: Name) -> str:
        if declared[0] == XS:
            return _KINDS.get(declared[1], declared[1])
        if declared in self._view.types:
            return "parent"
        return "one of a list" if self._view.values.get(declared) else "text of a form"

    def _until(self, occurrences: Iterable[Occurrence]) -> str:
        """The release whose notes took it away."""
        gone = [
            clause.release
            for stated, clause in self._removals
            for one in occurrences
            if one.side == REPLY and clause.speaks_of(one.operation) and covers(stated, one.path)
        ]
        return str(min(gone)) if gone else ""

    @cached_property
    def bases(self) -> dict[str, str]:
        """Every complex type with the one it extends, "" where it extends none."""
        known = self._view.types.values()
        return {self.spelt(one.name): self.spelt(one.base) if one.base else "" for one in known}

    @cached_property
    def enumerations(self) -> dict[str, tuple[str, ...]]:
        """The lists of values, by the type that declares them."""
        listed = ((self.spelt(name), values.split("|")) for name, values in self._view.values.items() if values)
        return {name: tuple(values) for name, values in sorted(listed)}

    @cached_property
    def _by_path(self) -> dict[tuple[str, str], dict[str, str]]:
        found: dict[tuple[str, str], dict[str, str]] = {}
        for key, element in self.all.items():
            for one in element.occurrences:
                found.setdefault((one.operation, one.side), {})[one.path] = key
        return found

    def at(self, operation: str, side: str, path: str) -> list[str]:
        """The ids of what a feature calls ``path`` there: at that very path, else by name at any depth."""
        known = self._by_path.get((operation, side), {})
        if path in known:
            return [known[path]]
        return list(dict.fromkeys(key for other, key in known.items() if other.endswith(f"/{path}")))

    def known_to(self, operation: str, side: str) -> Mapping[str, str]:
        """Every path of the request or reply of ``operation`` with the id of its element."""
        return self._by_path.get((operation, side), {})

    def roaming(self, name: str) -> list[str]:
        """Elements of that name whose parent nobody knows: they may stand in any reply."""
        return [key for key, one in self.all.items() if one.name == name and one.place == "anywhere"]


@dataclass(frozen=True)
class Reference:
    """The contract with what our features say and do about each part of it."""

    elements: Elements
    operations: Mapping[str, OperationEntry]
    mentions: tuple[Mention, ...]
    clauses: Mapping[str, Clause]
    releases: tuple[Release, ...]
    killed: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def by_element(self) -> dict[str, tuple[Mention, ...]]:
        """What scenarios do with each element."""
        found: dict[str, list[Mention]] = {}
        for mention in self.mentions:
            for key in self._meant(mention):
                found.setdefault(key, []).append(mention)
        return {key: tuple(several) for key, several in found.items()}

    def _meant(self, mention: Mention) -> list[str]:
        if mention.operation == "":
            return self.elements.at("", ENVELOPE, mention.path)
        found = self.elements.at(mention.operation, REPLY, mention.path)
        return found or self.elements.roaming(mention.path.rpartition("/")[2])

    @cached_property
    def judged(self) -> frozenset[str]:
        """The elements that some scenario judges."""
        return frozenset(key for key, several in self.by_element.items() if any(one.judged for one in several))

    @cached_property
    def judged_values(self) -> frozenset[tuple[str, str]]:
        """The values of enumerations that some scenario asks for: type and value."""
        found = set()
        for key, several in self.by_element.items():
            element = self.elements.all[key]
            asked = {value for one in several if one.judged for value in one.values}
            found |= {(element.type, value) for value in element.values if value in asked}
        return frozenset(found)

    @cached_property
    def by_exception(self) -> dict[str, tuple[Mention, ...]]:
        """What scenarios do with each exception id."""
        found: dict[str, list[Mention]] = {}
        for mention in self.mentions:
            if mention.path.isdigit():
                found.setdefault(mention.path, []).append(mention)
        return {name: tuple(several) for name, several in found.items()}

    def clauses_of(self, element: ContractElement) -> tuple[Clause, ...]:
        """The clauses that judge or record it, and those whose notes add, change or remove it."""
        mentioned = {mention.clause for mention in self.by_element.get(element.id, ())}
        found = mentioned | self._stated.get(element.id, set())
        return tuple(clause for clause in self.clauses.values() if clause.id in found) if found else ()

    @cached_property
    def _stated(self) -> dict[str, set[str]]:
        """The clauses that say by path what they add, change or remove, by element."""
        found: dict[str, set[str]] = {}
        for clause in self.clauses.values():
            stated = (*clause.adds, *clause.changes, *clause.removes)
            for operation in filter(clause.speaks_of, self.operations) if stated else ():
                for path, key in self.elements.known_to(operation, REPLY).items():
                    if any(covers(one, path) for one in stated):
                        found.setdefault(key, set()).add(clause.id)
        return found

    def of_operation(self, operation: str) -> tuple[Clause, ...]:
        """The clauses that name an operation, and those whose scenarios judge its replies."""
        judged = {mention.clause for mention in self.mentions if mention.operation == operation}
        found = (one for one in self.clauses.values() if one.id in judged or one.speaks_of(operation))
        return tuple(one for one in found if one.operation != "all operations" or one.id in judged)

    def parameters_of(self, element: ContractElement) -> dict[str, tuple[str, ...]]:
        """What the element is called in our templates, with the operations that send it so."""
        found: dict[str, list[str]] = {}
        for operation, path in element.paths(REQUEST):
            if name := self.operations[operation].parameters.get(path):
                found.setdefault(name, []).append(operation)
        return {name: tuple(several) for name, several in found.items()}
