"""Evidence as files: exchanges, what to send to Cisco when a clause is broken; tracebacks of faults of our own."""

from __future__ import annotations

import re
import traceback
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from conformance.reporting.text import safe
from conformance.sites.errors import CannotJudge
from conformance.sites.masking import secret_registry
from conformance.sites.user_files import write_whole
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


def write_exchange(folder: Path, number: str, exchange: Exchange, attempt: int = 1) -> str:
    """Write one exchange to ``folder/NUMBER-Operation.xml``; the name of the file.

    ``attempt`` counts how often its scenario was tried; the first needs no saying.
    """
    request = exchange.request
    when = datetime.fromtimestamp(exchange.started, UTC).isoformat(timespec="milliseconds")
    notes = "".join(f"\n  <note>{escape(safe(note))}</note>" for note in exchange.notes)
    case = f" caseID={quoteattr(safe(exchange.case_id))}" if exchange.case_id else ""
    nth = f' attempt="{attempt}"' if attempt > 1 else ""
    error = f"\n  <trouble>{escape(safe(exchange.error))}</trouble>" if exchange.error else ""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<exchange operation={quoteattr(request.operation)} caller={quoteattr(request.caller)}"
        f' url={quoteattr(safe(request.url))} sent={quoteattr(when)} seconds="{exchange.seconds:.3f}"'
        f' status="{exchange.status}"{case}{nth}>{notes}{error}\n'
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


def shown(path: Path, root: Path) -> str:
    """A file of the reports as messages name it: relative to ``root``, the project, where it lies below."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def shown_from(reports: Path, root: Path) -> Path:
    """The folder that names of :func:`shown` of files below ``reports`` are relative to."""
    return root if reports.is_absolute() else Path.cwd()


def write_fault(reports: Path, root: Path, number: str, fault: BaseException | None) -> str:
    """Write the traceback of ``fault`` below ``reports``, secrets masked; the file, empty when none can be written."""
    file = reports / "faults" / f"{number}.txt"
    text = "".join(traceback.format_exception(fault)) if fault is not None else ""
    try:
        write_whole(file, secret_registry.mask(text))
    except OSError:
        return ""
    return shown(file, root)
