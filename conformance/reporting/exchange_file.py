"""Exchanges as files: what to send to Cisco when a clause is broken."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from conformance.reporting.text import safe
from conformance.sites.errors import CannotJudge
from conformance.sites.masking import secret_registry
from conformance.wire.exchange import Exchange, parse

_MOST = 2_000_000
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f]")


def readable(body: bytes) -> str:
    """A body for people: pretty-printed where it is XML, secrets masked, as text."""
    if not body:
        return ""
    try:
        root = parse(body[:_MOST]) if len(body) <= _MOST else None
    except CannotJudge:
        root = None
    if root is None:
        return secret_registry.mask(body[:_MOST].decode("utf-8", "replace"))
    etree.indent(root)
    return secret_registry.mask(etree.tostring(root, encoding="unicode"))


def write_exchange(folder: Path, number: str, exchange: Exchange) -> str:
    """Write one exchange to ``folder/NUMBER-Operation.xml``; the name of the file."""
    request = exchange.request
    when = datetime.fromtimestamp(exchange.started, UTC).isoformat(timespec="milliseconds")
    notes = "".join(f"\n  <note>{escape(safe(note))}</note>" for note in exchange.notes)
    case = f" caseID={quoteattr(safe(exchange.case_id))}" if exchange.case_id else ""
    error = f"\n  <trouble>{escape(safe(exchange.error))}</trouble>" if exchange.error else ""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<exchange operation={quoteattr(request.operation)} caller={quoteattr(request.caller)}"
        f' url={quoteattr(safe(request.url))} sent={quoteattr(when)} seconds="{exchange.seconds:.3f}"'
        f' status="{exchange.status}"{case}>{notes}{error}\n'
        f"  <request>{_section(readable(request.body))}</request>\n"
        f"  <reply>{_section(readable(exchange.body))}</reply>\n"
        "</exchange>\n"
    )
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{number}-{request.operation}.xml"
    file.write_text(text, encoding="utf-8")
    return file.name


def _section(text: str) -> str:
    """The document unescaped, to be read and pasted."""
    printable = _CONTROLS.sub("", text)
    return "<![CDATA[\n" + printable.replace("]]>", "]]]]><![CDATA[>") + "\n]]>" if printable else ""
