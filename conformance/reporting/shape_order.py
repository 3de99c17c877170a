"""Which elements stand elsewhere among their siblings than they did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from conformance.reporting.shape import BODY, Shape

#: Names of siblings, and for each those that always stand before it.
_Order = dict[str, set[str]]


def moved(before: Shape, after: Shape) -> Iterator[tuple[str, str, str]]:
    """Paths whose order among the siblings both runs have is turned round, each with where it stood and stands.

    Siblings that came in either order have no place to move from. Of two that
    changed places the one in more such pairs is told: taking it elsewhere
    explains the rest.
    """
    families = _families(before).keys() & _families(after).keys()
    for parent in sorted(families):
        one, other = _order(_families(before)[parent]), _order(_families(after)[parent])
        turned = [(left, right) for right in one for left in one[right] if right in other.get(left, ())]
        while turned:
            name = Counter(name for pair in turned for name in pair).most_common(1)[0][0]
            path = name if parent == BODY else f"{parent}/{name}"
            yield path, _place(name, before[path]["after"]), _place(name, after[path]["after"])
            turned = [pair for pair in turned if name not in pair]


def _families(shape: Shape) -> dict[str, _Order]:
    """For each parent its children, each with the siblings that stood directly before it."""
    families: dict[str, _Order] = {}
    for path, row in shape.items():
        parent, _, name = path.rpartition("/")
        if path != BODY:
            families.setdefault(parent or BODY, {})[name] = set(row["after"]) - {"", name}
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
