"""A fault watched: whether anything it was shown left it changed."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from mocksite.faults.fault import Fault

if TYPE_CHECKING:
    from mocksite.model.store import Store
    from mocksite.operations.call import Call
    from mocksite.protocol.envelope import HttpResponse
    from mocksite.protocol.mail import Posted
    from mocksite.protocol.nodes import Node


class Witness(Fault):
    """Stands in for a fault and remembers whether it ever changed a call, a reply, a mail or the state."""

    acted: bool
    times: int

    def __init__(self, fault: Fault, store: Store) -> None:
        super().__init__(**{field.name: getattr(fault, field.name) for field in fields(Fault)})
        self.__dict__.update(fault_=fault, store_=store, acted=False, times=0, serves_old_address=fault.serves_old_address)

    def _note(self, changed: bool, *, shown: bool = True) -> None:
        """``times`` counts what could be seen: a site of an earlier release may well answer a request as this one does."""
        self.__dict__["acted"] = self.__dict__["acted"] or changed
        self.__dict__["times"] += changed and shown

    def _state(self) -> int:
        return int(self.__dict__["store_"]._database.total_changes)

    def _says_nothing(self, method: str) -> bool:
        """Whether the fault takes this as it comes: nothing need be compared."""
        return getattr(type(self.__dict__["fault_"]), method) is getattr(Fault, method)

    def asked(self, call: Call) -> None:
        if self._says_nothing("asked"):
            return
        before = (
            call.request.content.node.write(),
            call.request.security.node.write(),
            call.base_url,
            type(call.release),
        )
        state = self._state()
        try:
            self.__dict__["fault_"].asked(call)
        except Exception:
            self._note(True)
            raise
        after = (
            call.request.content.node.write(),
            call.request.security.node.write(),
            call.base_url,
            type(call.release),
        )
        written = state != self._state()
        self._note(before != after or written, shown=before[:-1] != after[:-1] or written)

    def reply(self, call: Call, tree: Node) -> Node:
        if self._says_nothing("reply"):
            return tree
        before, state = tree.write(), self._state()
        told: Node = self.__dict__["fault_"].reply(call, tree)
        self._note(before != told.write() or state != self._state())
        return told

    def bytes(self, call: Call, document: bytes) -> bytes:
        told: bytes = self.__dict__["fault_"].bytes(call, document)
        self._note(told != document)
        return told

    def response(self, call: Call, response: HttpResponse) -> HttpResponse:
        told: HttpResponse = self.__dict__["fault_"].response(call, response)
        self._note(told != response)
        return told

    def mail(self, message: Posted) -> Posted | None:
        told: Posted | None = self.__dict__["fault_"].mail(message)
        self._note(told != message)
        return told

    def store(self, store: Store) -> Store:
        told: Store = self.__dict__["fault_"].store(store)
        self._note(told is not store)
        return told
