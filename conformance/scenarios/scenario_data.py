"""What a scenario holds: test data of the profile, what it created, what it last sent; and what ``{...}`` refers to.

``{name}`` a fresh recognisable name, ``{fresh address}`` an e-mail address made
of one, ``{fresh mail address}`` one whose mail can be read, ``{event.sessionKey}`` an element of
test data the scenario holds, ``{host.email}`` of an account, ``{10001 characters}``
and ``{10000 Chinese characters}`` a text of that length, ``{now - 30 days}`` a
date as the API writes it, ``{recording.start + 13 days}`` one reckoned from an element.
``{GetUser.phones/hostPIN}`` is what the latest reply of an operation said,
``{first GetUser.phones/hostPIN}`` what the first one did.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from conformance.judge.elements import STAMP
from conformance.reporting.text import shortened
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import Scenario, role_named
from conformance.sites.errors import CannotGoOn, CannotJudge, UserError, nearest
from conformance.sites.profile import ROLES, data_item, known_test_data
from conformance.wire.creations import CREATIONS

_BRACES = re.compile(r"\{([^{}]+)\}")
_LENGTH = re.compile(r"^(\d+) (Chinese )?characters$")
_MOMENT = re.compile(r"^now(?: ([+-]) (\d+) (days?|hours?))?$")
_RECKONED = re.compile(r"^(.+\..+) ([+-]) (\d+) (days?|hours?)$")
_OPERATION = re.compile(r"^(first )?([A-Z]\w+)$")
#: Letters of both cases, digits and single blanks: a site that keeps them keeps a description, markup apart.
_WORDS = "Wxc Conformance 0123456789 description, "
_FRESH = ("name", "fresh address", "fresh mail address")


def expand(text: str, look_up: Callable[[str, str], str], fresh: Callable[[str], str], now: datetime) -> str:
    """``text`` with every ``{...}`` replaced; ``look_up`` answers ``holder.element``, ``fresh`` the first three.

    ``now`` is one moment for the whole run, so that a request is the same whenever it is made.
    """

    def value(found: re.Match[str]) -> str:
        words = found.group(1).strip()
        if words in _FRESH:
            return fresh(words)
        length = _LENGTH.match(words)
        if length:
            return _text_of(int(length.group(1)), "汉" if length.group(2) else _WORDS)
        moment = _MOMENT.match(words)
        if moment:
            return _shifted(now, *moment.groups())
        reckoned = _RECKONED.match(words)
        if reckoned:
            return _shifted(_stamp(value_of(reckoned.group(1))), *reckoned.groups()[1:])
        return value_of(words)

    def value_of(words: str) -> str:
        holder, dot, element = words.rpartition(".")
        if not dot:
            raise UserError(
                "phrase-unknown", f"{{{words}}} means nothing", hint="see conformance/scenarios/scenario_data.py"
            )
        return look_up(holder, element)

    return _BRACES.sub(value, text)


def demand_references(scenario: Scenario) -> None:
    """Every ``{...}`` of a scenario must be whole, and mean something it can hold: told before anything is sent.

    What lacks a brace would go to the site as it stands, and the site be accused of what it says to it.
    """
    kinds = [CREATIONS[operation].kind for operation in scenario.creates]
    made = [f"{how}{kind}" for kind in kinds for how in ("new ", "other new ", "attempted ")]
    holders = {*scenario.needs, *scenario.roles, *made, "sent"}
    for step in scenario.steps:
        for text in (step.text, *(cell for row in step.table for cell in row)):
            where = f"{scenario.path}:{step.line}"
            if set("{}") & set(_BRACES.sub("", text)):
                hint = "write {holder.element}, with both braces"
                raise UserError("placeholder", f"a brace without the other in {text!r}", where=where, hint=hint)
            for words in _BRACES.findall(text):
                _demand_meaning(words.strip(), holders, where)


def _demand_meaning(words: str, holders: Collection[str], where: str) -> None:
    if words in _FRESH or _LENGTH.match(words) or _MOMENT.match(words):
        return
    reckoned = _RECKONED.match(words)
    holder, dot, _ = (reckoned.group(1) if reckoned else words).rpartition(".")
    if not dot:
        what, known = f"{{{words}}} means nothing", (*_FRESH, "now", "now - 30 days", "10001 characters")
        raise UserError("phrase-unknown", what, where=where, hint=nearest(words, known))
    if not (_OPERATION.match(holder) or role_named(holder) in ROLES or holder in holders):
        what = f"nothing in this scenario holds the {holder} of {{{words}}}"
        raise UserError("placeholder", what, where=where, hint=nearest(holder, holders))


def _text_of(length: int, words: str) -> str:
    """A text of so many characters that does not end in a blank, which a site may take away."""
    text = (words * (length // len(words) + 1))[:length]
    return f"{text[:-1]}." if text.endswith(" ") else text


def _shifted(moment: datetime, sign: str | None, amount: str | None, unit: str | None) -> str:
    if not (sign and amount and unit):
        return moment.strftime(STAMP)
    try:
        distance = timedelta(**{"days" if unit.startswith("day") else "hours": int(amount)})
        return (moment + distance if sign == "+" else moment - distance).strftime(STAMP)
    except (OverflowError, ValueError):
        raise UserError("moment", f"{sign} {shortened(amount)} {unit}: no calendar reaches so far") from None


def _stamp(text: str) -> datetime:
    try:
        return datetime.strptime(text, STAMP)  # noqa: DTZ007 - the API writes moments without their zone
    except ValueError:
        raise CannotJudge(f"{text!r} is no date as the API writes it: MM/DD/YYYY HH:MM:SS") from None


class ScenarioData:
    """Named values of one scenario."""

    def __init__(self, run_context: RunContext, scenario: Scenario, replied: Callable[[str, str, bool], str]) -> None:
        self._run_context = run_context
        self._replied = replied
        self._where = f"{scenario.path}:{scenario.line}"
        self._items: dict[str, dict[str, str]] = {}
        self._untold: dict[str, str] = {}

    def described(self, name: str) -> dict[str, str]:
        """An item as the profile describes it."""
        item = data_item(name, self._run_context.profile.data)
        if item is None:
            trouble = self._run_context.discovered.trouble(name)
            raise CannotJudge(f"the profile names no {name}" + (f", and {trouble}" if trouble else ""))
        defaults = known_test_data()[name].defaults.values()
        return {element: self.value(text) if text in defaults else text for element, text in item.items()}

    def hold(self, name: str) -> None:
        """Take an item of the profile into the scenario."""
        self._items[name] = self.described(name)

    def remember(self, name: str, values: Mapping[str, str]) -> None:
        """Give something the scenario met a name that later steps can use."""
        self._items[name] = dict(values)

    def miss(self, name: str, why: str) -> None:
        """Keep ``why`` something later steps may ask for is not there."""
        self._untold[name] = why

    def held(self, name: str) -> dict[str, str]:
        """The values of an item; :class:`CannotGoOn` when an earlier reply should have given it and did not."""
        account = self._run_context.profile.accounts.get(role_named(name))
        if name not in self._items and account is not None:
            return {"webExId": account.webex_id}
        if name not in self._items:
            raise CannotGoOn(self._untold.get(name, f"the scenario holds no {name}"))
        return self._items[name]

    def held_of_kind(self, beginning: str) -> dict[str, dict[str, str]]:
        """Everything held whose name begins so, by the rest of its name."""
        return {
            name.removeprefix(beginning): values for name, values in self._items.items() if name.startswith(beginning)
        }

    def value(self, text: str) -> str:
        """``text`` with its ``{...}`` replaced."""
        return expand(text, self._look_up, self._fresh, self._run_context.now)

    def domain(self) -> str:
        """The mail domain for users the suite creates: that of the accounts of the profile."""
        accounts = self._run_context.profile.accounts.values()
        return next((account.email.rpartition("@")[2] for account in accounts if "@" in account.email), "example.com")

    def _look_up(self, holder: str, element: str) -> str:
        operation = _OPERATION.match(holder)
        if operation:
            return self._replied(operation.group(2), element, bool(operation.group(1)))
        account = self._run_context.profile.accounts.get(role_named(holder))
        if holder in self._items or account is None:
            return self._element(self.held(holder), holder, element)
        short = account.email.partition("@")[0]
        known = {"email": account.email, "webExId": account.webex_id, "short name": short, **account.credentials}
        return self._element(known, holder, element)

    def _element(self, values: Mapping[str, str], holder: str, element: str) -> str:
        if element not in values:
            raise UserError("phrase-element", f"{holder} has no {element}", where=self._where)
        return values[element]

    def _fresh(self, what: str) -> str:
        name = self._run_context.ledger.next_name()
        box = self._run_context.profile.mailbox
        if what == "fresh mail address" and box is not None:
            local, _, domain = box.address.partition("@")
            return f"{local}+{name}@{domain}"
        return name if what == "name" else f"{name}@{self.domain()}"
