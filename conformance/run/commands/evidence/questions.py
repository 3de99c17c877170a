"""What one exchange that nobody of ours made can be asked: the scenarios whose Then steps look at one reply alone.

A scenario arranges, asks, and judges. Of traffic only the last can be done, so a scenario speaks of an exchange when
everything it arranges can be seen in the exchange itself: that the same was asked (operation, values, item of the
profile), by an account of its role, on a site no setting of which matters; and that the site did it. A clause that is
about the words or the form of a refusal is asked of whoever was refused so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from types import MappingProxyType

from conformance.judge.contract import Contract, ContractView
from conformance.judge.findings import Finding, Violation
from conformance.reporting.text import shortened
from conformance.run.commands.evidence.traffic import AskedFor, asked_for
from conformance.scenarios.scenario import Scenario, role_named
from conformance.scenarios.step_registry import StepMatch, StepRegistry
from conformance.sites.discovery import ROLE, discovery_table
from conformance.sites.errors import CannotJudge
from conformance.sites.profile import ADMINISTRATORS, Account, data_item
from conformance.sites.release import Release
from conformance.wire.exchange import Exchange, Reply, without_secrets
from conformance.wire.payloads import Payloads

#: Then steps that look at the latest reply and nothing else.
_OF_ONE_REPLY = frozenset(
    {
        "reply_contains", "reply_contains_none_of", "element_is", "element_is_not", "element_follows",
        "element_precedes", "element_stands_at_the_end", "body_keeps_order", "children_keep_order", "counts_agree",
        "there_is_one", "no_element_is", "element_extends", "rows_ascend", "each_row_is_another",
    }
)  # fmt: skip
#: What is so when the exchange may be asked at all: a caller who is refused may have no right to it.
_SUCCEEDED = frozenset({"call_succeeds", "call_succeeds_or_finds_nothing", "call_succeeds_where_allowed"})
_REFUSED = "call_is_refused_with"
_OF_A_REFUSAL = frozenset({"reason_is", "refusal_has_standard_form"})
_ASKS = frozenset({"somebody_sends", "somebody_reads_the_whole_list"})
#: A list told in other pages is the same list.
_PAGING = ("startFrom", "maximumNum")
#: Who asks does not matter where the one with the fewest rights, a host and an administrator are all promised it.
_EVERYBODY = frozenset({"attendee", "host", "site-admin"})
_ABOUT_A_USER = ("GetUser", "SetUser", "DelUser")


@dataclass(frozen=True, eq=False)
class Question:
    """A scenario as it can be asked of one exchange.

    ``exception_id`` is that of the refusals it is about, ``leaves`` what must have been asked, ``role`` who must have
    asked; empty: anybody.
    """

    scenario: Scenario
    operation: str
    steps: tuple[StepMatch, ...]
    exception_id: str = ""
    role: str = ""
    items: tuple[str, ...] = ()
    leaves: tuple[tuple[str, str], ...] = ()

    @property
    def clause(self) -> str:
        """The clause it judges."""
        return self.scenario.clause.id


@dataclass(frozen=True)
class _Measures:
    contract: Contract


class AskedReply:
    """What Then steps ask for: one reply, and what they find in it."""

    def __init__(self, question: Question, exchange: Exchange, contract: Contract) -> None:
        self._question, self.last = question, exchange
        self.run_context = _Measures(contract)
        self.found: list[Finding] = []

    @property
    def reply(self) -> Reply:
        """The reply."""
        return self.last.reply

    @property
    def promised(self) -> ContractView:
        """The contract as of the release the scenario holds from."""
        return self.run_context.contract.view(self._question.scenario.since)

    def value(self, text: str) -> str:
        """A value as written; one that refers to something else is asked of no traffic."""
        return text

    def judge(self, findings: Iterable[Finding]) -> None:
        """Keep what a check found."""
        self.found += findings


def answers(question: Question, exchange: Exchange, number: int, contract: Contract) -> tuple[Violation, ...] | None:
    """What ``question`` finds wrong in ``exchange``; None when it cannot be judged by it."""
    asked = AskedReply(question, exchange, contract)
    try:
        for step in question.steps:
            step.carry_out(asked)
    except CannotJudge:
        return None
    return tuple(_violation(question, found, exchange, number) for found in asked.found)


def _violation(question: Question, found: Finding, exchange: Exchange, number: int) -> Violation:
    expected, actual = map(shortened, without_secrets((found.expected, found.actual), found.path, [exchange]))
    return Violation(question.clause, found.check, question.operation, found.path, expected, actual, number)


class Questions:
    """Everything that can be asked of traffic of a site judged as ``release``.

    ``accounts`` and ``data`` are those of its profile: who plays which role, and which things are which items.
    """

    def __init__(
        self,
        scenarios: Iterable[Scenario],
        registry: StepRegistry,
        payloads: Payloads,
        release: Release,
        accounts: Mapping[str, Account] = MappingProxyType({}),
        data: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._registry, self._payloads = registry, payloads
        self._accounts, self._data = accounts, data
        self._scenarios = [one for one in scenarios if _holds(one, release)]
        self._known: dict[tuple[AskedFor, str, str], tuple[Question, ...]] = {}

    @cached_property
    def all(self) -> tuple[Question, ...]:
        """The questions, in the order of the features."""
        asked = [one for scenario in self._scenarios for one in self._of(scenario)]
        roles: dict[object, set[str]] = {}
        for one in asked:
            roles.setdefault(_asks(one), set()).add(one.role)
        told: dict[object, Question] = {}
        for one in asked:
            everybody = roles[_asks(one)] >= _EVERYBODY
            told.setdefault((_asks(one), "" if everybody else one.role), replace(one, role="") if everybody else one)
        return tuple(told.values())

    @cached_property
    def _by_operation(self) -> dict[str, list[Question]]:
        ordered = sorted(self.all, key=lambda one: one.operation.lower())
        return {name: list(several) for name, several in groupby(ordered, lambda one: one.operation.lower())}

    def of(self, asked: AskedFor, reply: Reply) -> tuple[Question, ...]:
        """What the reply to ``asked`` can be asked."""
        key = (asked, reply.result, reply.exception_id)
        if key not in self._known:
            if len(self._known) > _KEPT:
                self._known.clear()
            mine = self._by_operation.get(asked.operation.lower(), ())
            self._known[key] = tuple(one for one in mine if _applies(one, reply) and self._asks_the_same(one, asked))
        return self._known[key]

    def _asks_the_same(self, question: Question, asked: AskedFor) -> bool:
        if question.exception_id:
            return True
        if question.role and not self._is_about(question, asked.caller):
            return False
        told = dict(asked.leaves)
        first = next((value for path, value in told.items() if path.endswith("startFrom")), "1")
        if any(step.arguments.get("number", "1") != first for step in question.steps if _counts(step)):
            return False
        wanted = dict(question.leaves)
        pages = {path for path in told if path.rpartition("/")[2] in _PAGING}
        same = all(
            value == ANYTHING or told.get(path) == (asked.caller if value == THE_ASKER else value)
            for path, value in wanted.items()
        )
        return same and set(told) - pages == set(wanted)

    def _is_about(self, question: Question, caller: str) -> bool:
        """Whether ``caller`` plays the role, and administers nothing where the clause is about who does not."""
        others = discovery_table().ways(ROLE, question.role).not_by_administrators
        administers = any(self._plays(caller, role) for role in ADMINISTRATORS)
        return self._plays(caller, question.role) and not (question.clause in others and administers)

    def _plays(self, caller: str, role: str) -> bool:
        account = self._accounts.get(role)
        return account is not None and caller.lower() in (account.webex_id.lower(), account.email.lower())

    # -- how a scenario becomes a question ---------------------------------------

    def _of(self, scenario: Scenario) -> Iterator[Question]:
        matches = [(step, self._registry.look_up(step, scenario.path)) for step in scenario.steps]
        asks = [match for step, match in matches if step.type == "when"]
        judges = [match for step, match in matches if step.type == "then"]
        if not asks or "operation" not in asks[-1].arguments or scenario.level == "observe":
            return
        operation = asks[-1].arguments["operation"]
        names = list(map(_name, judges))
        if _REFUSED in names:
            steps = tuple(one for one in judges if _name(one) in _OF_A_REFUSAL)
            exception_id = judges[names.index(_REFUSED)].arguments["exception_id"]
            if steps and len(asks) == 1:
                yield Question(scenario, operation, steps, exception_id)
            return
        givens = [match for step, match in matches if step.type == "given"]
        if len(asks) == 1 and _name(asks[0]) in _ASKS and set(names) <= _OF_ONE_REPLY | _SUCCEEDED:
            yield from self._of_success(scenario, asks[0], judges, givens)

    def _of_success(
        self, scenario: Scenario, ask: StepMatch, judges: list[StepMatch], givens: list[StepMatch]
    ) -> Iterator[Question]:
        steps = tuple(judges)
        held = [one.arguments["held"] for one in givens if _name(one) == "site_has"]
        literal = not any("{" in str(value) for one in steps for value in one.arguments.values())
        arranged = bool(scenario.settings) or scenario.writes or len(held) != len(givens)
        if set(map(_name, steps)) <= _SUCCEEDED or arranged or not literal:
            return
        leaves = self._leaves(ask, held)
        if leaves is not None:
            role = role_named(ask.arguments["role"])
            yield Question(scenario, ask.arguments["operation"], steps, "", role, tuple(held), tuple(leaves.items()))

    def _leaves(self, ask: StepMatch, held: list[str]) -> Mapping[str, str] | None:
        """What the scenario would ask; no answer where it cannot be seen in a request whether that was asked."""
        operation, item = ask.arguments["operation"], ask.arguments.get("item", "")
        values = {**self._payloads.defaults(operation), **self._of_item(operation, item)}
        values.update(row for row in map(tuple, ask.arguments.get("datatable", ())))
        if (item or held) and (item not in held or not self._of_item(operation, item)):
            return None
        marked = {name: self._seen(value, role_named(ask.arguments["role"])) for name, value in values.items()}
        asked = _asked_by(self._payloads, operation, marked) if all(marked.values()) else None
        if asked is None:
            return None
        return {path: value for path, value in asked.leaves if path.rpartition("/")[2] not in _PAGING}

    def _seen(self, value: str, role: str) -> str:
        """A value as it can be seen in a request; empty where it cannot, for only the scenario knows it."""
        referred = _REFERENCE.fullmatch(value)
        if referred is None:
            return value if "{" not in value else ANYTHING if value.startswith("{now") else ""
        if role_named(referred[1]) == role:
            return THE_ASKER
        account = self._accounts.get(role_named(referred[1]))
        return account.webex_id if account else ""

    def _of_item(self, operation: str, item: str) -> dict[str, str]:
        known = data_item(item, self._data) if item else None
        about = ("webExId",) if operation in _ABOUT_A_USER else self._payloads.accepts(operation)
        return {name: value for name, value in (known or {}).items() if name in about}


#: So many different requests are remembered with what they can be asked.
_KEPT = 2_000
#: Stand for a value that may be any, and for the name of the account that asks.
ANYTHING, THE_ASKER = "wxc-anything", "wxc-the-asker"
_REFERENCE = re.compile(r"\{([^{}.]+)\.webExId\}")


def _asked_by(payloads: Payloads, operation: str, values: Mapping[str, str]) -> AskedFor | None:
    return asked_for(payloads.render(operation, values, {}))


def _holds(scenario: Scenario, release: Release) -> bool:
    return scenario.since <= release and not scenario.ended_by(release)


def _applies(question: Question, reply: Reply) -> bool:
    if question.exception_id:
        return reply.result == "FAILURE" and reply.exception_id == question.exception_id
    return reply.succeeded


def _name(step: StepMatch) -> str:
    return step.function.__name__


def _counts(step: StepMatch) -> bool:
    return _name(step) == "counts_agree"


def _asks(question: Question) -> tuple[object, ...]:
    judging = (one for one in question.steps if _name(one) not in _SUCCEEDED)
    told = tuple((_name(one), repr(sorted(one.arguments.items()))) for one in judging)
    asked = (question.operation, tuple(sorted(question.leaves)), question.exception_id)
    return question.clause, question.scenario.level, told, asked
