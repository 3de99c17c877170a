"""Checks of the contract itself: what one release declares beside another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from conformance.judge.contract import ComplexType, ContractView, ElementDeclaration, Name
from conformance.judge.findings import Finding

Findings = tuple[Finding, ...]
Difference = tuple[str, str]


def differences(before: ContractView, after: ContractView, operations: Iterable[str]) -> list[Difference]:
    """Every path of a request or reply that only one of the views declares, or declares otherwise, by operation."""
    found: dict[Difference, None] = {}
    other = _declared_otherwise(before, after)
    for operation in operations if other else ():
        for old, new in (
            (before.request_type(operation), after.request_type(operation)),
            (before.reply_type(operation), after.reply_type(operation)),
        ):
            # Walking every path of every operation is what costs; most operations no release touched.
            if other.isdisjoint(_mentioned(before, old)) and other.isdisjoint(_mentioned(after, new)):
                continue
            for path in _changes(_paths(before, old), _paths(after, new)):
                found.setdefault((operation, path))
    return list(found)


def differ_only_in(
    before: ContractView, after: ContractView, operations: Iterable[str], announced: list[Difference]
) -> Findings:
    """The operations differ in exactly the ``announced`` paths."""
    actual = differences(before, after, operations)
    span = f"{before.release} to {after.release}"
    extra = [item for item in actual if item not in announced]
    missing = [item for item in announced if item not in actual]
    return (
        *(
            Finding("contract", f"{operation} {path}", f"unchanged from {span}", "declared otherwise")
            for operation, path in extra
        ),
        *(
            Finding("contract", f"{operation} {path}", f"declared anew from {span}", "unchanged")
            for operation, path in missing
        ),
    )


def _declared_otherwise(before: ContractView, after: ContractView) -> frozenset[Name]:
    """The types, complex or simple, of which the views say different things."""
    pairs: tuple[tuple[Mapping[Name, object], Mapping[Name, object]], ...] = (
        (before.types, after.types),
        (before.values, after.values),
    )
    return frozenset(name for old, new in pairs for name in {**old, **new} if old.get(name) != new.get(name))


def _mentioned(view: ContractView, start: ComplexType) -> Iterator[Name]:
    """The names of ``start``, of every complex type below it and of every type they use."""
    for name, reachable in view.reachable(start).items():
        yield name
        yield from (declared.type for declared in reachable.children)


def _paths(view: ContractView, start: ComplexType) -> dict[str, tuple[object, ...]]:
    """Each path below ``start`` with what is declared there, in order."""
    return dict(_walk(view, start, "", frozenset()))


def _walk(
    view: ContractView, parent: ComplexType, path: str, above: frozenset[object]
) -> Iterator[tuple[str, tuple[object, ...]]]:
    if parent.name in above:
        return
    for declared in parent.children:
        below = f"{path}/{declared.name[1]}" if path else declared.name[1]
        yield below, _terms(view, declared)
        inner = view.types.get(declared.type)
        if inner is not None:
            yield from _walk(view, inner, below, above | {parent.name})


def _terms(view: ContractView, declared: ElementDeclaration) -> tuple[object, ...]:
    return declared.name, declared.type, view.values.get(declared.type), declared.least, declared.most, declared.place


def _changes(old: dict[str, tuple[object, ...]], new: dict[str, tuple[object, ...]]) -> list[str]:
    changed = [path for path in {**old, **new} if old.get(path) != new.get(path)]
    common_before = [path for path in old if path in new]
    common_after = [path for path in new if path in old]
    moved = [left for left, right in zip(common_before, common_after, strict=True) if left != right]
    return changed + [path for path in moved if path not in changed]
