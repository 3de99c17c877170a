"""Seeded faults: ways in which a mock site can be wrong on purpose.

A fault sees every reply as a tree with its call, every document as bytes, and may stand
between operations and the store. Operations know nothing of faults.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mocksite.model.store import Store
from mocksite.operations.call import Call
from mocksite.protocol.envelope import HttpResponse
from mocksite.protocol.mail import Posted
from mocksite.protocol.nodes import Node

Document = bytes


@dataclass(frozen=True)
class Fault:
    """One fault. This one changes nothing: it is what a healthy site has.

    ``clause`` is what it breaks, ``check`` the judgement that must tell it, ``operations``
    where it acts (none: everywhere), ``family`` which class of faults a careful vendor
    would ship it belongs to (none: it strikes everybody, always).
    """

    id: str = ""
    summary: str = "no fault"
    clause: str = ""
    check: str = ""
    operations: tuple[str, ...] = ()
    family: str = field(default="", kw_only=True)
    #: Whether the address of XML API 10.0.0 is answered although it is retired.
    serves_old_address = False

    def asked(self, call: Call) -> None:
        """A call about to be carried out, its caller not known yet; it may be changed."""
        del call

    def reply(self, call: Call, tree: Node) -> Node:
        """The message about to be written, or another in its place."""
        del call
        return tree

    def bytes(self, call: Call, document: Document) -> Document:
        """The document about to be sent, or another in its place."""
        del call
        return document

    def response(self, call: Call, response: HttpResponse) -> HttpResponse:
        """The HTTP response about to be sent, or another in its place.

        A slow fault waits here, where nobody else does.
        """
        del call
        return response

    def mail(self, message: Posted) -> Posted | None:
        """The mail about to leave the site, another in its place, or None for none."""
        return message

    def store(self, store: Store) -> Store:
        """The store operations work on, or something with the same verbs in front of it."""
        return store


HEALTHY = Fault()
