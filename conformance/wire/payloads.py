"""Request payloads: one template per operation under ``payloads/<service>/``, inheriting one envelope."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import takewhile
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError, meta
from jinja2.exceptions import TemplateSyntaxError, UndefinedError
from lxml import etree

from conformance.sites.errors import UserError, nearest

DEFAULTS = "defaults.toml"
_BINDING = "java:com.webex.service.binding"
_MISSING = re.compile(r"'(\w+)' is undefined")
_ALWAYS = {"encoding", "binding", "credentials"}
# XML 1.0 has no way to write these, escaped or not.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


_Items = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sample:
    """What a payload can say: its body, each variable in braces, and by path below the body the variable there."""

    text: str
    variables: Mapping[str, str]


class Payloads:
    """Every operation the suite can send, by name; raises :class:`UserError` naming template and variable."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            autoescape=True,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["each"] = _each
        self._accepted: dict[str, frozenset[str]] = {}
        self._templates: dict[str, Template] = {}
        # Half of the requests of a run ask what was asked before, signed as before.
        self._text = lru_cache(maxsize=512)(self._rendered)

    @cached_property
    def operations(self) -> dict[str, str]:
        """Operation name to service, from the files that are there."""
        return {path.stem: path.parent.name for path in sorted(self._folder.glob("*/*.xml"))}

    @cached_property
    def _defaults(self) -> dict[str, dict[str, str]]:
        file = self._folder / DEFAULTS
        try:
            return {name: dict(row) for name, row in tomllib.loads(file.read_text(encoding="utf-8-sig")).items()}
        except (OSError, tomllib.TOMLDecodeError) as problem:
            raise UserError("payload-defaults", f"cannot read the default values: {problem}", where=str(file)) from None

    def defaults(self, operation: str) -> dict[str, str]:
        """What a request carries when the scenario does not say."""
        return self._defaults.get(operation, {})

    def render(
        self, operation: str, values: Mapping[str, str], credentials: Mapping[str, str], encoding: str = "UTF-8"
    ) -> bytes:
        """The request document for ``operation``, encoded and declared as ``encoding``.

        ``credentials`` are the elements of the security context in order. Paths
        in ``values`` (``phones/hostPIN``) become variables with an underscore.
        """
        return self._text(operation, tuple(values.items()), tuple(credentials.items()), encoding)

    def _rendered(self, operation: str, values: _Items, credentials: _Items, encoding: str) -> bytes:
        template = self._template(operation)
        variables = {name.replace("/", "_"): _writable(template, name, value) for name, value in values}
        accepted = self.accepts(operation)
        for name in variables:
            if name not in accepted:
                raise UserError(
                    "payload-variable",
                    f"the payload of {operation} has no variable {name!r}",
                    where=str(self._folder / template),
                    hint=nearest(name, accepted),
                )
        binding = f"{_BINDING}.{self.operations[operation]}.{operation}"
        try:
            text = self._read(template).render(
                **variables, encoding=encoding, binding=binding, credentials=dict(credentials)
            )
        except UndefinedError as problem:
            raise UserError(
                "payload-missing",
                f"the payload of {operation} needs a variable nobody gave: {problem.message}",
                where=str(self._folder / template),
            ) from None
        except TemplateError as problem:
            raise self._flawed(template, problem) from None
        return text.encode(encoding, "xmlcharrefreplace")

    def _flawed(self, template: str, problem: TemplateError) -> UserError:
        line = f":{problem.lineno}" if isinstance(problem, TemplateSyntaxError) else ""
        return UserError("payload-template", f"{problem.message}", where=f"{self._folder / template}{line}")

    def _read(self, name: str) -> Template:
        """A template; jinja2's own cache has a lock, for which lanes would wait."""
        if name not in self._templates:
            self._templates[name] = self._environment.get_template(name)
        return self._templates[name]

    def operations_named(self, name: str) -> tuple[str, ...]:
        """The operation called ``name``, or all of the service: ``event`` or ``events``."""
        if name in self.operations:
            return (name,)
        service = name.lower().removesuffix("s")
        found = tuple(operation for operation, mine in self.operations.items() if mine.removesuffix("s") == service)
        if not found:
            known = {*self.operations, *self.operations.values()}
            raise UserError("operation-unknown", f"there is no operation {name!r}", hint=nearest(name, known))
        return found

    def incomplete(self, operation: str) -> dict[str, str]:
        """The least values the payload can be written with, all of them empty.

        No site can do anything by it, but make what needs none (CreateSupportSession).
        """
        values: dict[str, str] = {}
        while True:
            try:
                self.render(operation, values, {})
            except UserError as problem:
                missing = _MISSING.search(problem.what)
                if missing is None or missing.group(1) in values:
                    raise
                values[missing.group(1)] = ""
            else:
                return values

    def sample(self, operation: str) -> Sample:
        """The body of the payload with every variable in braces in its place, and the path each variable fills."""
        named = {name: f"{{{name}}}" for name in self.accepts(operation)}
        body = self._body(operation, named)
        if named and not len(body):
            # A variable that counts takes no name.
            body = self._body(operation, named | self.defaults(operation))
        etree.indent(body)
        paths = {}
        for leaf in body.iter("*"):
            if leaf.text and leaf.text.startswith("{"):
                above = takewhile(lambda one: one is not body, leaf.iterancestors())
                paths["/".join((*reversed([str(one.tag) for one in above]), str(leaf.tag)))] = leaf.text.strip("{}")
        text = "\n".join(etree.tostring(child, encoding="unicode").rstrip() for child in body)
        return Sample(text, paths)

    def _body(self, operation: str, values: Mapping[str, str]) -> etree._Element:
        parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True)
        body = etree.fromstring(self.render(operation, values, {}), parser).find("body/bodyContent")
        assert body is not None
        return body

    def accepts(self, operation: str) -> frozenset[str]:
        """The variables the payload of ``operation`` knows."""
        if operation not in self._accepted:
            template = self._template(operation)
            source = (self._folder / template).read_text(encoding="utf-8")
            try:
                found = meta.find_undeclared_variables(self._environment.parse(source))
            except TemplateError as problem:
                raise self._flawed(template, problem) from None
            self._accepted[operation] = frozenset(found - _ALWAYS)
        return self._accepted[operation]

    def _template(self, operation: str) -> str:
        if operation not in self.operations:
            raise UserError(
                "payload-unknown",
                f"there is no payload for the operation {operation!r}",
                where=str(self._folder),
                hint=nearest(operation, self.operations),
            )
        return f"{self.operations[operation]}/{operation}.xml"


def _each(value: str) -> list[str]:
    return [item.strip() for item in str(value).split(",") if item.strip()]


def _writable(template: str, name: str, value: str) -> str:
    if _UNWRITABLE.search(value):
        raise UserError(
            "payload-character", f"the value of {name!r} holds a character XML cannot carry", where=template
        )
    return value
