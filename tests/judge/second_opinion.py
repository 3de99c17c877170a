"""The same contract validated by another library: xmlschema beside libxml2."""

from __future__ import annotations

import copy
from pathlib import Path

import xmlschema
from lxml import etree

from conformance.judge.contract import ElementDeclaration, ContractView
from conformance.judge.schema_check import take_out, _Walk, check_schema
from conformance.judge.contract import DRIVER, for_replies
from conformance.judge.findings import Finding
from conformance.wire.exchange import Reply
from conformance.wire.exchange import SERV


class SecondOpinion:
    """Validates what the judge validates, with xmlschema, and insists on one answer."""

    def __init__(self, view: ContractView, folder: Path) -> None:
        self._view = view
        for name, document in view._documents.items():
            (folder / name).write_bytes(etree.tostring(for_replies(document)))
        self._schema = xmlschema.XMLSchema(str(folder / DRIVER), allow="local")

    def agrees(self, reply: Reply) -> tuple[Finding, ...]:
        """The findings of the judge; the other library must find the document wrong exactly when the judge does."""
        judged = check_schema(reply, self._view).findings
        # xmlschema crashes on an unknown xsi:type, so the judge looks at it first; so does this.
        fits = (reply.xsi_type is None or reply.xsi_type in self._view.types) and self._fits(reply)
        assert fits == (not judged), f"libxml2: {judged}; xmlschema: {'fits' if fits else 'does not fit'}"
        return judged

    def _fits(self, reply: Reply) -> bool:
        root = copy.deepcopy(reply.root)
        walk = _Other(self._view, self._schema)
        body = root.find(f"{{{SERV}}}body/{{{SERV}}}bodyContent")
        walk.visit(root, (SERV, "messageType"), "", skip=body)
        if body is not None:
            walk.visit(body, reply.xsi_type or (SERV, "bodyContentType"), "")
        return walk.fits and self._schema.is_valid(root)


class _Other(_Walk):
    """Takes out what no document declares in its place, and lets xmlschema judge the elements without one."""

    def __init__(self, view: ContractView, schema: xmlschema.XMLSchema) -> None:
        super().__init__(view)
        self._schema = schema
        self.fits = True

    def _alone(self, child: etree._Element, declared: ElementDeclaration, path: str, nth: int) -> None:
        take_out(child)
        self.visit(child, declared.type, path)
        too_many = declared.most is not None and nth > declared.most
        self.fits = self.fits and not too_many and self._schema.is_valid(child)
