"""Hardened parsing: no DTD, no entities, no network, no huge trees."""

from __future__ import annotations

from lxml import etree

from conformance.target.trouble import CannotJudge

SERV = "http://www.webex.com/schemas/2002/06/service"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

Element = etree._Element  # noqa: SLF001 - the public name is a function


def parser() -> etree.XMLParser:
    """A parser that fetches and expands nothing; comments and processing instructions carry no contract."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def parse(body: bytes) -> Element:
    """The root element of ``body``; :class:`CannotJudge` when there is none to trust."""
    if not body.strip():
        raise CannotJudge("the reply is empty")
    try:
        root = etree.fromstring(body, parser())
    except etree.XMLSyntaxError as problem:
        raise CannotJudge(f"the reply is not XML: {problem.msg}; it starts with {opening(body)}") from None
    except ValueError as problem:
        raise CannotJudge(f"the reply cannot be decoded: {problem}") from None
    if root.getroottree().docinfo.doctype:
        raise CannotJudge("the reply carries a DOCTYPE, which is refused unread")
    return root


def opening(body: bytes) -> str:
    """The first characters of a body, for messages, without control characters."""
    text = body[:80].decode("utf-8", "replace")
    return repr("".join(char if char.isprintable() else " " for char in text).strip())


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: Element | None) -> str:
    """The text of a leaf without surrounding white space (real replies pad it); empty for None."""
    return (element.text or "").strip() if element is not None else ""
