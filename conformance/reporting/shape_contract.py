"""What the contract declares at a path of a reply, looked up once and kept."""

from __future__ import annotations

from conformance.judge.contract import ComplexType, Declared, View
from conformance.judge.schema_documents import XS

#: Schema types whose values have one kind only; a text may look like any kind without having changed.
_EXACT = frozenset({"boolean", "integer", "int", "long", "short", "decimal", "float", "double"})


class Declarations:
    """The replies of one view of the contract, by operation and path; no view declares nothing."""

    def __init__(self, view: View | None) -> None:
        self._view = view
        self._known: dict[tuple[str, str], Declared | None] = {}
        self._words: dict[tuple[str, str], frozenset[str]] = {}

    def at(self, operation: str, path: str) -> Declared | None:
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

    def _look_up(self, operation: str, path: str) -> Declared | None:
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

    def _roaming(self, name: str) -> Declared | None:
        """An element whose parent the notes lost may stand anywhere."""
        roaming = self._view.roaming if self._view else {}
        return next((declared for (_, local), declared in roaming.items() if local == name), None)
