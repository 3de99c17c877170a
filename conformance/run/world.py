"""The world of one scenario: who calls, what it holds, what was exchanged, what was found."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from conformance.judge.contract import View
from conformance.judge.schema_check import check_schema
from conformance.judge.violation import Finding, Violation
from conformance.run.belongings import Belongings
from conformance.run.case import CLASSIC_TIME, MADE, USED_UP, Case
from conformance.run.signing import Signing
from conformance.run.stage import Stage
from conformance.run.traces import Traces
from conformance.target.ledger import CREATIONS
from conformance.target.settings import setting_spoken
from conformance.target.trouble import CannotJudge, UserError
from conformance.wire.client import Sender
from conformance.wire.exchange import Exchange, Request
from conformance.wire.mailbox import Mail, wait_for_mail
from conformance.wire.message import Reply
from conformance.wire.pages import joined, next_start

#: Seconds to wait for mail: a mock delivers at once, a live site through the internet.
_MOCK_PATIENCE, _PATIENCE = 3.0, 60.0
_RETIRED_PATH = "/WBXService/xml10.0.0/XMLService"


class World:
    """Everything the steps of one scenario share. Given and When steps take only this and their arguments."""

    def __init__(self, stage: Stage, case: Case, client: Sender) -> None:
        self.stage = stage
        self.case = case
        self.exchanges: list[Exchange] = []
        self.violations: list[Violation] = []
        self.observations: list[str] = []
        self.mails: list[Mail] = []
        self.drift: dict[str, tuple[str, ...]] = {}
        self.compared: tuple[View, View] | None = None
        self._listed: Reply | None = None
        self._started = time.time()
        self._client = client
        self._belongings = Belongings(stage, case)
        self._signing = Signing(stage, self._exchange)
        self._traces = Traces(stage, client, self._belongings)
        self.held, self.value = self._belongings.held, self._belongings.value
        self.put_back = self._traces.put_back
        if case.mail and stage.mailbox:
            stage.mailbox.listen()

    # -- Given ---------------------------------------------------------------

    def arrange(self, phrase: str, value: str) -> None:
        """Set a site option where the site has a control plane; elsewhere gating has verified it already."""
        setting = setting_spoken(phrase)
        self._traces.set(setting, setting.value(value))

    def hold(self, name: str) -> None:
        """Take a thing of the profile into the scenario."""
        self._belongings.remember(name, self._of_the_profile(name))

    def _of_the_profile(self, name: str) -> dict[str, str]:
        """A thing of the profile; of addresses that can be used up, the first that is no user of the site yet."""
        thing = self._belongings.described(name)
        if name != USED_UP:
            return thing
        addresses = thing["email"].replace(",", " ").split()
        if self.stage.control is not None:
            return {**thing, "email": addresses[0]}
        for address in addresses:
            self.send("site-admin", "GetUser", {"webExId": address})
            if not self.reply.succeeded:
                return {**thing, "email": address}
        raise CannotJudge(
            f"every {name} of the profile is a user of the site by now, and only Control Hub can remove one: "
            "name others, or none and the scenario is skipped"
        )

    def make(self, made: str, values: Mapping[str, str]) -> None:
        """Create something for the scenario; a site that refuses leaves nothing to judge."""
        operation, role, thing = MADE[made]
        given = {**self._of_the_profile(thing), **values} if thing else values
        if made == CLASSIC_TIME:
            self._in_the_classic_time(lambda: self.send(role, operation, given))
        else:
            self.send(role, operation, given)
        if not self.reply.succeeded:
            raise CannotJudge(f"could not arrange a new {made}: {operation} answered {self.reply.verdict()}")

    def _in_the_classic_time(self, act: Callable[[], object]) -> None:
        """Act while the mock is a classic site, then convert it to Control Hub again."""
        control = self.stage.control
        if control is None:
            raise CannotJudge("only a mock can be set back to the classic time")
        hub = setting_spoken("Control Hub management")
        present = control.setting(hub.name)
        control.set(hub, False)
        try:
            act()
        finally:
            control.set(hub, present)

    # -- When ----------------------------------------------------------------

    def send(
        self,
        role: str,
        operation: str,
        values: Mapping[str, str] | None = None,
        *,
        thing: str = "",
        identity: str = "",
        credential: str = "",
        retired_address: bool = False,
    ) -> None:
        """Send ``operation`` as ``role`` and keep the exchange.

        ``thing`` adds the values of something held, as far as the payload knows
        them; ``identity`` replaces the webExID of the account, ``credential``
        names the element to sign in with.
        """
        self._listed = None
        account = self._signing.account(role)
        sent = self._values(operation, values or {}, thing)
        context = self._signing.context(account, self.value(identity), credential)
        url = self._retired_url() if retired_address else self.stage.profile.url
        request = Request(operation, account.role, url, self._signing.body(operation, sent, context))
        if operation in CREATIONS:
            self._traces.create(request, sent, self._exchange)
        else:
            self._traces.follow(request, sent, self._exchange(request))

    def send_for_every_page(
        self, role: str, operation: str, values: Mapping[str, str] | None = None, *, thing: str = ""
    ) -> None:
        """Send ``operation`` until its list is read to the end; :attr:`reply` is then all pages as one."""
        pages: list[Reply] = []
        start: int | None = 1
        while start is not None:
            self.send(role, operation, {**(values or {}), "startFrom": str(start)}, thing=thing)
            pages.append(self.last.reply)
            start = next_start(pages, start)
        self._listed = joined(pages)

    def sign_in(self, webex_id: str, password: str) -> None:
        """Ask for a session ticket as anybody, with any password."""
        self._listed = None
        context = {**self._signing.anybody(webex_id), "password": password}
        body = self._signing.body("AuthenticateUser", {}, context)
        self._exchange(Request("AuthenticateUser", "anybody", self.stage.profile.url, body))

    # -- Then ----------------------------------------------------------------

    @property
    def last(self) -> Exchange:
        """The latest exchange."""
        if not self.exchanges:
            raise UserError("nothing-sent", "a step asks about a reply before anything was sent", where=self.case.path)
        return self.exchanges[-1]

    @property
    def reply(self) -> Reply:
        """The latest reply, of a list read to its end all pages as one; :class:`CannotJudge` when there is none."""
        return self._listed or self.last.reply

    @property
    def reply_before(self) -> Reply:
        """The reply before the latest."""
        if len(self.exchanges) < 2:
            raise UserError("nothing-sent", "a step compares two replies, and there is one", where=self.case.path)
        return self.exchanges[-2].reply

    @property
    def views(self) -> tuple[View, View]:
        """The two contracts compared."""
        if self.compared is None:
            raise UserError(
                "nothing-compared", "no contracts were compared", where=f"{self.case.path}:{self.case.line}"
            )
        return self.compared

    @property
    def declared_operations(self) -> list[str]:
        """Every operation the suite sends and the contract declares."""
        whole = self.stage.contract.whole
        return [operation for operation in self.stage.payloads.operations if whole.declares(operation)]

    def judge(self, findings: tuple[Finding, ...]) -> None:
        """Keep what a check found about the latest exchange."""
        clause = self.case.clause
        operation = self.exchanges[-1].request.operation if self.exchanges else clause.operation
        number = len(self.exchanges)
        self.violations += [
            Violation(clause.id, found.check, operation, found.path, found.expected, found.actual, number)
            for found in findings
        ]

    def judge_schema(self) -> None:
        """Judge the latest reply by schema: the vendor's bundle where the profile names one, else our view."""
        stage, reply = self.stage, self.reply
        result = stage.bundle.check(reply) if stage.bundle else check_schema(reply, stage.view)
        self.judge(result.findings)
        if stage.strict_schema:
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
        if self.stage.mailbox is None:
            raise CannotJudge("the profile names no mailbox")
        patience = _MOCK_PATIENCE if self.stage.profile.is_mock else _PATIENCE
        self.mails = wait_for_mail(self.stage.mailbox, recipient, self._started - 1, patience)
        return self.mails

    # -- how -------------------------------------------------------------------

    def _values(self, operation: str, values: Mapping[str, str], thing: str) -> dict[str, str]:
        accepted = self.stage.payloads.accepts(operation)
        known = {name: value for name, value in self.held(thing).items() if name in accepted} if thing else {}
        given = {**self.stage.payloads.defaults(operation), **known, **values}
        sent = {name: self.value(text) for name, text in given.items()}
        if operation in CREATIONS:
            self._traces.name(operation, sent)
            self._belongings.remember(f"attempted {CREATIONS[operation].kind}", sent)
        self._belongings.remember("sent", sent)
        return sent

    def _retired_url(self) -> str:
        return self.stage.profile.url.partition("/WBXService/")[0] + _RETIRED_PATH

    def _exchange(self, request: Request) -> Exchange:
        if self.exchanges:
            # What got no reply may have been carried out or not: nothing seen after it is a verdict.
            _ = self.exchanges[-1].reply
        exchange = self._client.send(request)
        self.exchanges.append(exchange)
        return exchange
