"""Replies made up from the contract, and ways to spoil them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from lxml import etree

from conformance.judge.contract import ComplexType, ElementDeclaration, ContractView
from conformance.wire.exchange import Reply, read_reply

XS = "http://www.w3.org/2001/XMLSchema"
SERV = "http://www.webex.com/schemas/2002/06/service"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
#: Values of each simple type, odd ones among them.
VALUES = {
    "boolean": ("true", "false", "1", "0"), "int": ("0", "-7", "2147483647"), "long": ("0", "-1", "+5", "9223372036854775807"),
    "integer": ("0", "-12", "007", "99999999999999999999"), "double": ("0.5", "-1E3", "INF"), "float": ("12.5", "NaN", "3"),
    "string": ("", "x", "true", "Zoë 汉字", "a  b", "<&>"),
}  # fmt: skip
WRONG = {"boolean": "TRUE", "int": "2147483648", "long": "1.0", "integer": "one", "double": "0,5", "float": ""}


@dataclass
class Made:
    """A reply with what was put where: element, its declaration, its parent's type."""

    root: etree._Element
    placed: list[tuple[etree._Element, ElementDeclaration]]

    def reply(self, operation: str) -> Reply:
        return read_reply(operation, etree.tostring(self.root, xml_declaration=True, encoding="UTF-8"))


class Maker:
    """Makes replies of any operation at random, as deep as the contract goes."""

    def __init__(self, view: ContractView, random: Random) -> None:
        self._view, self._random = view, random
        self._placed: list[tuple[etree._Element, ElementDeclaration]] = []

    def make(self, operation: str) -> Made:
        root = etree.Element(f"{{{SERV}}}message", nsmap={"serv": SERV})
        response = self._under(self._under(root, "header"), "response")
        self._under(response, "result").text = "SUCCESS"
        self._under(response, "gsbStatus").text = self._random.choice(("PRIMARY", "BACKUP"))
        kind = self._view.reply_type(operation)
        body = etree.SubElement(self._under(root, "body"), f"{{{SERV}}}bodyContent", nsmap={"b": kind.name[0]})
        body.set(f"{{{XSI}}}type", f"b:{kind.name[1]}")
        self._fill(body, kind, 0)
        self._roam(body)
        return Made(root, self._placed)

    def _under(self, parent: etree._Element, name: str) -> etree._Element:
        return etree.SubElement(parent, f"{{{SERV}}}{name}")

    def _fill(self, element: etree._Element, kind: ComplexType, depth: int) -> None:
        loose = []
        for declared in kind.children:
            complete = kind.name == (SERV, "matchingRecordsType")
            times = 1 if complete else self._times(declared, depth)
            if declared.place:
                loose += [declared] * min(times, 1)
                continue
            for _ in range(times):
                self._add(element, declared, depth, len(element))
        for declared in loose:
            if declared.place == "any-order":
                self._add(element, declared, depth, self._random.randint(0, len(element)))

    def _times(self, declared: ElementDeclaration, depth: int) -> int:
        if depth > 5 or self._random.random() < 0.3:
            return 0
        return self._random.choice((1, 1, 2, 3)) if declared.most is None or declared.most > 1 else 1

    def _add(self, parent: etree._Element, declared: ElementDeclaration, depth: int, index: int) -> None:
        made = etree.Element(f"{{{declared.name[0]}}}{declared.name[1]}")
        parent.insert(index, made)
        kind = self._view.types.get(declared.type)
        if kind is not None:
            self._fill(made, kind, depth + 1)
        else:
            made.text = self._random.choice(self.values(declared))
        self._placed.append((made, declared))

    def _roam(self, body: etree._Element) -> None:
        """Elements whose parent the notes lost stand in any parent."""
        parents = [body, *(element for element, declared in self._placed if declared.type in self._view.types)]
        for declared in self._view.roaming.values():
            if declared.name[0] == (self._random.choice(parents).tag[1:].partition("}")[0]):
                parent = self._random.choice(parents)
                if parent.find(f"{{{declared.name[0]}}}{declared.name[1]}") is None:
                    self._add(parent, declared, 0, self._random.randint(0, len(parent)))

    def values(self, declared: ElementDeclaration) -> tuple[str, ...]:
        """What the type of ``declared`` allows."""
        if declared.type[0] == XS:
            return VALUES[declared.type[1]]
        listed = self._view.values.get(declared.type, "")
        return tuple(listed.split("|")) if listed else VALUES["string"]


# -- spoiling: each returns the path's last name, "" when the reply holds nothing to spoil -------------------------


def wrong_value(made: Made, view: ContractView, random: Random) -> str:
    fitting = [
        (element, declared) for element, declared in made.placed
        if (declared.type[0] == XS and declared.type[1] in WRONG) or view.values.get(declared.type)
    ]  # fmt: skip
    if not fitting:
        return ""
    element, declared = random.choice(fitting)
    element.text = WRONG[declared.type[1]] if declared.type[0] == XS else "NEVER_LISTED"
    return declared.name[1]


def one_too_many(made: Made, view: ContractView, random: Random) -> str:
    single = [(element, declared) for element, declared in made.placed if declared.most == 1]
    if not single:
        return ""
    element, declared = random.choice(single)
    element.addnext(etree.fromstring(etree.tostring(element)))
    return declared.name[1]


def wrong_order(made: Made, view: ContractView, random: Random) -> str:
    declared = {element: one for element, one in made.placed}
    pairs = [
        (element, after) for element, one in made.placed
        if not one.place and (after := element.getnext()) is not None and after in declared
        and not declared[after].place and after.tag != element.tag
        and etree.QName(element.getparent()).localname != "matchingRecords"  # complete: the other one is told as missing
    ]  # fmt: skip
    if not pairs:
        return ""
    element, after = random.choice(pairs)
    element.addprevious(after)
    return declared[element].name[1]


def text_among_elements(made: Made, view: ContractView, random: Random) -> str:
    parents = [element for element, declared in made.placed if declared.type in view.types]
    if not parents:
        return ""
    element = random.choice(parents)
    element.text = "stray"
    return etree.QName(element).localname


def foreign_type(made: Made, view: ContractView, random: Random) -> str:
    body = made.root.find(f"{{{SERV}}}body/{{{SERV}}}bodyContent")
    body.set(f"{{{XSI}}}type", "b:noSuchType")
    return "@xsi:type"


def wrong_result(made: Made, view: ContractView, random: Random) -> str:
    made.root.find(f".//{{{SERV}}}result").text = "success"
    return "result"


SPOILS: dict[str, Callable[[Made, ContractView, Random], str]] = {
    one.__name__: one for one in (wrong_value, one_too_many, wrong_order, text_among_elements, foreign_type, wrong_result)
}
