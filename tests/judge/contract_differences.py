"""What one release declares otherwise than another, by operation and path: of our schemas, no word about a site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.judge.contract import ComplexType, ContractView, ElementDeclaration

#: An operation and a path of its request or reply.
Difference = tuple[str, str]


def differences(before: ContractView, after: ContractView, operations: Iterable[str]) -> list[Difference]:
    """Every path that only one of the views declares, or declares otherwise or elsewhere."""
    found: dict[Difference, None] = {}
    for operation in operations:
        for old, new in (
            (before.request_type(operation), after.request_type(operation)),
            (before.reply_type(operation), after.reply_type(operation)),
        ):
            for path in _changes(_paths(before, old), _paths(after, new)):
                found.setdefault((operation, path))
    return list(found)


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
