"""The context of one scenario: who calls, what it holds, what was exchanged, what was found."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

from conformance.judge.contract import ContractView
from conformance.judge.elements import Finder
from conformance.judge.findings import Finding, Violation
from conformance.judge.reply_checks import viewed_between
from conformance.judge.schema_check import check_schema
from conformance.scenarios.cleanup import ScenarioCleanup
from conformance.scenarios.run_context import Authenticator, RunContext
from conformance.scenarios.scenario import CLASSIC_TIME, MADE, USED_UP, Scenario
from conformance.scenarios.scenario_data import ScenarioData
from conformance.sites.errors import CannotJudge, UserError
from conformance.sites.ledger import CREATIONS
from conformance.sites.profile import LookUp, known_test_data
from conformance.sites.settings import setting_spoken
from conformance.wire.client import Sender
from conformance.wire.exchange import Exchange, Reply, Request
from conformance.wire.mailbox import Mail, wait_for_mail
from conformance.wire.pages import joined, next_start

#: Seconds to wait for mail: a mock delivers at once, a live site through the internet.
_MOCK_PATIENCE, _PATIENCE = 3.0, 60.0
_RETIRED_PATH = "/WBXService/xml10.0.0/XMLService"
#: Refused because classic events are switched off: the site knows what it was asked for.
_SWITCHED_OFF = "010106"


class ScenarioContext:
    """Everything the steps of one scenario share. Given and When steps take only this and their arguments."""

    def __init__(self, run_context: RunContext, scenario: Scenario, client: Sender) -> None:
        self.run_context = run_context
        self.scenario = scenario
        self.exchanges: list[Exchange] = []
        self.violations: list[Violation] = []
        self.observations: list[str] = []
        self.mails: list[Mail] = []
        self.drift: dict[str, tuple[str, ...]] = {}
        self.compared: tuple[ContractView, ContractView] | None = None
        self._listed: Reply | None = None
        self._lists_read: dict[LookUp, Reply] = {}
        self._started = time.time()
        self._client = client
        self._data = ScenarioData(run_context, scenario)
        self._authenticator = Authenticator(run_context, self._exchange)
        self._cleanup = ScenarioCleanup(run_context, client, self._data)
        self.held, self.held_of_kind, self.value = self._data.held, self._data.held_of_kind, self._data.value
        self.clean_up = self._cleanup.clean_up
        if scenario.mail and run_context.mailbox:
            run_context.mailbox.listen()

    # -- Given ---------------------------------------------------------------

    def arrange(self, phrase: str, value: str) -> None:
        """Set a site option where the site has a control plane; elsewhere gating has verified it already."""
        setting = setting_spoken(phrase)
        self._cleanup.set(setting, setting.value(value))

    def hold(self, name: str) -> None:
        """Take test data of the profile into the scenario, once the account that calls is seen to see it."""
        self._data.remember(name, self._of_the_profile(name))
        self._look_up(name)

    def _look_up(self, name: str) -> None:
        """A key that the account cannot see, is another's or is too old breaks a scenario, and never fails it."""
        item, held = known_test_data()[name], self.held(name)
        role = self.scenario.roles[0] if self.scenario.roles else "site-admin"
        answers = []
        for look_up in item.look_ups:
            if self._finds(role, look_up, name):
                return
            answers.append(f"{look_up.operation} answered {self.reply.verdict()}")
        if answers:
            shown = ", ".join(f"{element} {value}" for element, value in held.items())
            raise CannotJudge(
                f"the {name} of the profile ({shown}) must be {item.must_be}, and {role} does not find it: "
                + "; ".join(answers)
            )

    def _finds(self, role: str, look_up: LookUp, name: str) -> bool:
        held, whole = self.held(name), self.run_context.contract.whole
        if look_up.every_page:
            if look_up not in self._lists_read:
                self.send_for_every_page(role, look_up.operation, dict(look_up.values))
                self._lists_read[look_up] = self.reply
            texts = Finder(self._lists_read[look_up], whole).every_text()
            return set(held.values()) <= texts
        if look_up.by:
            self.send_by_either(role, look_up.operation, name, look_up.by)
        else:
            self.send(role, look_up.operation, dict(look_up.values), item=name)
        if look_up.viewed:
            return viewed_between(self.reply, whole, *map(self.value, look_up.viewed))
        return self.reply.succeeded or self.reply.exception_id == _SWITCHED_OFF

    def _of_the_profile(self, name: str) -> dict[str, str]:
        """An item of the profile; of addresses that can be used up, the first that is no user of the site yet."""
        item = self._data.described(name)
        if name != USED_UP:
            return item
        addresses = item["email"].replace(",", " ").split()
        if self.run_context.control_plane is not None:
            return {**item, "email": addresses[0]}
        for address in addresses:
            self.send("site-admin", "GetUser", {"webExId": address})
            if not self.reply.succeeded:
                return {**item, "email": address}
        raise CannotJudge(
            f"every {name} of the profile is a user of the site by now, and only Control Hub can remove one: "
            "name others, or none and the scenario is skipped"
        )

    def make(self, made: str, values: Mapping[str, str]) -> None:
        """Create something for the scenario; a site that refuses leaves nothing to judge."""
        operation, role, item = MADE[made]
        given = {**self._of_the_profile(item), **values} if item else values
        if made == CLASSIC_TIME:
            self._in_the_classic_time(lambda: self.send(role, operation, given))
        else:
            self.send(role, operation, given)
        if not self.reply.succeeded:
            raise CannotJudge(f"could not arrange a new {made}: {operation} answered {self.reply.verdict()}")

    def _in_the_classic_time(self, act: Callable[[], object]) -> None:
        """Act while the mock is a classic site, then convert it to Control Hub again."""
        control_plane = self.run_context.control_plane
        if control_plane is None:
            raise CannotJudge("only a mock can be set back to the classic time")
        hub = setting_spoken("Control Hub management")
        present = control_plane.setting(hub.name)
        control_plane.set(hub, False)
        try:
            act()
        finally:
            control_plane.set(hub, present)

    # -- When ----------------------------------------------------------------

    def send(
        self,
        role: str,
        operation: str,
        values: Mapping[str, str] | None = None,
        *,
        item: str = "",
        identity: str = "",
        credential: str = "",
        retired_address: bool = False,
    ) -> None:
        """Send ``operation`` as ``role`` and keep the exchange.

        ``item`` adds the values of test data held, as far as the payload knows
        them; ``identity`` replaces the webExID of the account, ``credential``
        names the element to sign in with.
        """
        self._listed = None
        account = self._authenticator.account(role)
        sent = self._values(operation, values or {}, item)
        security_context = self._authenticator.security_context(account, self.value(identity), credential)
        url = self._retired_url() if retired_address else self.run_context.profile.url
        request = Request(operation, account.role, url, self._authenticator.body(operation, sent, security_context))
        if operation in CREATIONS:
            self._cleanup.create(request, sent, self._exchange)
        else:
            self._cleanup.follow(request, sent, self._exchange(request))

    def send_for_every_page(
        self, role: str, operation: str, values: Mapping[str, str] | None = None, *, item: str = ""
    ) -> None:
        """Send ``operation`` until its list is read to the end; :attr:`reply` is then all pages as one."""
        pages: list[Reply] = []
        start: int | None = 1
        while start is not None:
            self.send(role, operation, {**(values or {}), "startFrom": str(start)}, item=item)
            pages.append(self.last.reply)
            start = next_start(pages, start)
        self._listed = joined(pages)

    def send_by_either(self, role: str, operation: str, item: str, names: Iterable[str]) -> None:
        """Send ``operation`` for an item whose id is spelt in more than one way, until the site takes one."""
        (number,) = self.held(item).values()
        for name in names:
            self.send(role, operation, {name: number})
            if self.reply.succeeded:
                self.observe(f"{operation} takes {name}")
                return

    def sign_in(self, webex_id: str, password: str) -> None:
        """Ask for a session ticket as anybody, with any password."""
        self._listed = None
        security_context = {**self._authenticator.anybody(webex_id), "password": password}
        body = self._authenticator.body("AuthenticateUser", {}, security_context)
        self._exchange(Request("AuthenticateUser", "anybody", self.run_context.profile.url, body))

    # -- Then ----------------------------------------------------------------

    @property
    def last(self) -> Exchange:
        """The latest exchange."""
        if not self.exchanges:
            raise UserError(
                "nothing-sent", "a step asks about a reply before anything was sent", where=self.scenario.path
            )
        return self.exchanges[-1]

    @property
    def reply(self) -> Reply:
        """The latest reply, of a list read to its end all pages as one; :class:`CannotJudge` when there is none."""
        return self._listed or self.last.reply

    @property
    def reply_before(self) -> Reply:
        """The reply before the latest."""
        if len(self.exchanges) < 2:
            raise UserError("nothing-sent", "a step compares two replies, and there is one", where=self.scenario.path)
        return self.exchanges[-2].reply

    @property
    def views(self) -> tuple[ContractView, ContractView]:
        """The two contracts compared."""
        if self.compared is None:
            raise UserError(
                "nothing-compared", "no contracts were compared", where=f"{self.scenario.path}:{self.scenario.line}"
            )
        return self.compared

    @property
    def declared_operations(self) -> list[str]:
        """Every operation the suite sends and the contract declares."""
        whole = self.run_context.contract.whole
        return [operation for operation in self.run_context.payloads.operations if whole.declares(operation)]

    def judge(self, findings: tuple[Finding, ...]) -> None:
        """Keep what a check found about the latest exchange."""
        clause = self.scenario.clause
        operation = self.exchanges[-1].request.operation if self.exchanges else clause.operation
        number = len(self.exchanges)
        self.violations += [
            Violation(clause.id, found.check, operation, found.path, found.expected, found.actual, number)
            for found in findings
        ]

    def judge_schema(self) -> None:
        """Judge the latest reply by schema: the vendor's schemas where the profile names one, else our view."""
        run_context, reply = self.run_context, self.reply
        result = (
            run_context.vendor_schemas.check(reply)
            if run_context.vendor_schemas
            else check_schema(reply, run_context.view)
        )
        self.judge(result.findings)
        if run_context.strict_schema:
            self.judge(
                tuple(Finding("schema", path, "declared by the contract", "undeclared") for path in result.drift)
            )
        known = self.drift.get(reply.operation, ())
        self.drift[reply.operation] = tuple(dict.fromkeys((*known, *result.drift)))

    def observe(self, words: str) -> None:
        """Record what the site did, without judging."""
        self.observations.append(words)

    def await_mail(self, recipient: str) -> list[Mail]:
        """Mail that reached ``recipient`` since the scenario began, waiting for the first."""
        if self.run_context.mailbox is None:
            raise CannotJudge("the profile names no mailbox")
        patience = _MOCK_PATIENCE if self.run_context.profile.is_mock else _PATIENCE
        self.mails = wait_for_mail(self.run_context.mailbox, recipient, self._started - 1, patience)
        return self.mails

    # -- how -------------------------------------------------------------------

    def _values(self, operation: str, values: Mapping[str, str], item: str) -> dict[str, str]:
        accepted = self.run_context.payloads.accepts(operation)
        known = {name: value for name, value in self.held(item).items() if name in accepted} if item else {}
        given = {**self.run_context.payloads.defaults(operation), **known, **values}
        sent = {name: self.value(text) for name, text in given.items()}
        if operation in CREATIONS:
            self._cleanup.name(operation, sent)
            self._data.remember(f"attempted {CREATIONS[operation].kind}", sent)
        self._data.remember("sent", sent)
        return sent

    def _retired_url(self) -> str:
        return self.run_context.profile.url.partition("/WBXService/")[0] + _RETIRED_PATH

    def _exchange(self, request: Request) -> Exchange:
        if self.exchanges:
            # What got no reply may have been carried out or not: nothing seen after it is a verdict.
            _ = self.exchanges[-1].reply
        exchange = self._client.send(request)
        self.exchanges.append(exchange)
        return exchange
