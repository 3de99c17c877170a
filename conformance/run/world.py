"""The world of one scenario: who calls, what it holds, what was exchanged, what was found."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from conformance.judge.contract import View
from conformance.judge.finder import Finder
from conformance.judge.schema_check import check_schema
from conformance.judge.violation import Finding, Violation
from conformance.run.case import CLASSIC_TIME, MADE, Case, role_named
from conformance.run.phrases import expand
from conformance.run.stage import Stage
from conformance.target.account import Account
from conformance.target.ledger import CREATIONS, Creation, Entry
from conformance.target.release import Release
from conformance.target.settings import setting_spoken
from conformance.target.things import thing_of
from conformance.target.trouble import CannotGoOn, CannotJudge, UserError
from conformance.wire.client import Client
from conformance.wire.exchange import Exchange, Request
from conformance.wire.mailbox import Mail, wait_for_mail
from conformance.wire.message import Reply

#: Seconds to wait for mail: a mock delivers at once, a live site through the internet.
_MOCK_PATIENCE, _PATIENCE = 3.0, 60.0
_RETIRED_PATH = "/WBXService/xml10.0.0/XMLService"
_HUB_RULES = Release(41, 11)


class World:
    """Everything the steps of one scenario share. Given and When steps take only this and their arguments."""

    def __init__(self, stage: Stage, case: Case, client: Client) -> None:
        self.stage = stage
        self.case = case
        self.exchanges: list[Exchange] = []
        self.violations: list[Violation] = []
        self.observations: list[str] = []
        self.mails: list[Mail] = []
        self.drift: dict[str, tuple[str, ...]] = {}
        self.troubles: list[str] = []
        self.started = time.time()
        self._client = client
        self.compared: tuple[View, View] | None = None
        self._things: dict[str, dict[str, str]] = {}
        self._created: dict[str, tuple[Entry, dict[str, str]]] = {}
        self._undo: list[tuple[str, Callable[[], None]]] = []
        if case.mail and stage.mailbox:
            stage.mailbox.listen()

    # -- Given ---------------------------------------------------------------

    def arrange(self, phrase: str, value: str) -> None:
        """Set a site option where the site has a control plane; elsewhere gating has verified it already."""
        setting = setting_spoken(phrase)
        control = self.stage.control
        if control is None:
            return
        wanted, present = setting.value(value), control.setting(setting.name)
        if wanted != present:
            self._undo.append((f"setting {setting.name}", lambda: control.set(setting, present)))
            control.set(setting, wanted)

    def hold(self, name: str) -> None:
        """Take a thing the profile describes into the scenario."""
        self._things[name] = self._described(name)

    def make(self, made: str, values: Mapping[str, str]) -> None:
        """Create something for the scenario; a site that refuses leaves nothing to judge."""
        operation, role, thing = MADE[made]
        given = {**self._described(thing), **values} if thing else values
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
    ) -> Exchange:
        """Send ``operation`` as ``role`` and keep the exchange.

        ``thing`` adds the values of something held, as far as the payload knows
        them; ``identity`` replaces the webExID of the account, ``credential``
        names the element to sign in with.
        """
        account = self._account(role)
        sent = self._values(operation, values or {}, thing)
        context = self._security_context(account, identity, credential)
        body = self.stage.payloads.render(operation, sent, context, self.stage.profile.encoding)
        url = self._retired_url() if retired_address else self.stage.profile.url
        creation = CREATIONS.get(operation)
        request = Request(operation, account.role, url, body)
        if creation is not None:
            return self._create(request, creation, sent)
        exchange = self._exchange(request)
        self._follow(request, sent)
        return exchange

    def sign_in(self, webex_id: str, password: str) -> None:
        """Ask for a session ticket as anybody, with any password."""
        profile = self.stage.profile
        context = {"siteName": profile.site_name, "webExID": webex_id, "password": password}
        body = self.stage.payloads.render("AuthenticateUser", {}, context, profile.encoding)
        self._exchange(Request("AuthenticateUser", "anybody", profile.url, body))

    # -- Then ----------------------------------------------------------------

    @property
    def last(self) -> Exchange:
        """The latest exchange."""
        if not self.exchanges:
            raise UserError(
                "nothing-sent", "a Then step asks about a reply before anything was sent", where=self.case.path
            )
        return self.exchanges[-1]

    @property
    def reply(self) -> Reply:
        """The latest reply; :class:`CannotJudge` when there is none."""
        return self.last.reply

    def judge(self, findings: tuple[Finding, ...]) -> None:
        """Keep what a check found about the latest exchange."""
        operation = self.exchanges[-1].request.operation if self.exchanges else self.case.clause.operation
        self.violations += [
            Violation(
                self.case.clause.id,
                finding.check,
                operation,
                finding.path,
                finding.expected,
                finding.actual,
                len(self.exchanges),
            )
            for finding in findings
        ]

    def observe(self, words: str) -> None:
        """Record what the site did, without judging."""
        self.observations.append(words)

    def value(self, text: str) -> str:
        """``text`` with its ``{...}`` replaced by what the scenario holds."""
        return expand(text, self._look_up, self._fresh)

    def await_mail(self, recipient: str) -> list[Mail]:
        """Mail that reached ``recipient`` since the scenario began, waiting for the first."""
        if self.stage.mailbox is None:
            raise CannotJudge("the profile names no mailbox")
        patience = _MOCK_PATIENCE if self.stage.profile.is_mock else _PATIENCE
        self.mails = wait_for_mail(self.stage.mailbox, recipient, self.started - 1, patience)
        return self.mails

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

    def remember(self, name: str, values: dict[str, str]) -> None:
        """Give something the scenario met a name that later steps can use."""
        self._things[name] = values

    def held(self, name: str) -> dict[str, str]:
        """The values of a thing the scenario holds."""
        if name not in self._things:
            raise CannotGoOn(f"the scenario holds no {name}")
        return self._things[name]

    # -- afterwards ------------------------------------------------------------

    def put_back(self) -> list[str]:
        """Undo everything in reverse order; what could not be undone, in words. Never changes a verdict."""
        undo_all, self._undo = self._undo[::-1], []
        for what, undo in undo_all:
            try:
                undo()
            except (CannotJudge, UserError) as problem:
                self.troubles.append(f"{what} could not be put back: {problem}")
        return self.troubles

    # -- how -------------------------------------------------------------------

    def _described(self, name: str) -> dict[str, str]:
        thing = thing_of(name, self.stage.profile.data)
        if thing is None:
            raise CannotJudge(f"the profile names no {name}")
        return thing

    def _account(self, role: str) -> Account:
        name = role_named(role)
        if name not in self.stage.profile.accounts:
            raise CannotJudge(f"the profile names no account {name}")
        return self.stage.profile.accounts[name]

    def _look_up(self, holder: str, element: str) -> str:
        account = self.stage.profile.accounts.get(role_named(holder))
        if holder in self._things or account is None:
            return self._element(self.held(holder), holder, element)
        short = account.email.partition("@")[0]
        known = {"email": account.email, "webExId": account.webex_id, "short name": short, **account.credentials}
        return self._element(known, holder, element)

    def _fresh(self, what: str) -> str:
        name = self.stage.ledger.next_name()
        if what == "fresh address":
            return f"{name}@{self._domain()}"
        box = self.stage.profile.mailbox
        if what == "fresh mail address" and box is not None:
            local, _, domain = box.user.partition("@")
            return f"{local}+{name}@{domain}"
        return f"{name}@{self._domain()}" if what == "fresh mail address" else name

    def _element(self, values: Mapping[str, str], holder: str, element: str) -> str:
        if element not in values:
            raise UserError("phrase-element", f"{holder} has no {element}", where=f"{self.case.path}:{self.case.line}")
        return values[element]

    def _values(self, operation: str, values: Mapping[str, str], thing: str) -> dict[str, str]:
        accepted = self.stage.payloads.accepts(operation)
        known = {name: value for name, value in self.held(thing).items() if name in accepted} if thing else {}
        given = {**self.stage.payloads.defaults(operation), **known, **values}
        sent = {name: self.value(text) for name, text in given.items()}
        creation = CREATIONS.get(operation)
        if creation is not None:
            self._name(operation, creation, sent)
            self._things[f"attempted {creation.kind}"] = sent
        self._things["sent"] = sent
        return sent

    def _name(self, operation: str, creation: Creation, sent: dict[str, str]) -> None:
        """Whatever is created carries a recognisable name, so that a sweep finds it on the site."""
        if creation.named not in sent:
            name = self.stage.ledger.next_name()
            sent[creation.named] = f"{name}@{self._domain()}" if creation.named == "email" else name
        if operation == "CreateUser":
            sent.setdefault("webExId", sent["email"])

    def _domain(self) -> str:
        accounts = self.stage.profile.accounts.values()
        return next((account.email.rpartition("@")[2] for account in accounts if "@" in account.email), "example.com")

    def _security_context(self, account: Account, identity: str, credential: str) -> dict[str, str]:
        element, secret = self._credential(account, credential)
        context = {"siteName": self.stage.profile.site_name, "webExID": self.value(identity) or account.webex_id}
        return {**context, element: secret}

    def _credential(self, account: Account, element: str) -> tuple[str, str]:
        if not element:
            return account.credential
        if element in account.credentials:
            return element, account.credentials[element]
        if element == "sessionTicket" and "password" in account.credentials:
            return element, self._ticket(account)
        raise CannotJudge(f"the account {account.role} has no {element}")

    def _ticket(self, account: Account) -> str:
        self.send(account.role, "AuthenticateUser", credential="password")
        if not self.reply.succeeded:
            raise CannotJudge(f"no session ticket: AuthenticateUser answered {self.reply.verdict()}")
        return Finder(self.reply, self.stage.contract.whole).texts("sessionTicket")[0]

    def _retired_url(self) -> str:
        return self.stage.profile.url.partition("/WBXService/")[0] + _RETIRED_PATH

    def _exchange(self, request: Request) -> Exchange:
        exchange = self._client.send(request)
        self.exchanges.append(exchange)
        return exchange

    def _create(self, request: Request, creation: Creation, sent: dict[str, str]) -> Exchange:
        entry = self.stage.ledger.intend(request.caller, request.operation, sent[creation.named])
        exchange = self._exchange(request)
        try:
            reply = exchange.reply
        except CannotJudge:
            return exchange
        if not reply.succeeded:
            self.stage.ledger.settled(entry, "refused")
            return exchange
        self._keep(reply, creation, sent, entry)
        return exchange

    def _keep(self, reply: Reply, creation: Creation, sent: dict[str, str], entry: Entry) -> None:
        finder = Finder(reply, self.stage.contract.whole)
        wanted = (*creation.key, *creation.tells)
        told = {element: texts[0] for element in wanted if (texts := finder.texts(element)) and texts[0]}
        key = {variable: told.get(element) or sent.get(element, "") for element, variable in creation.key.items()}
        if creation.kind == "user":
            key = {"webExId": sent["email"] if self._identity_is_email() else sent["webExId"]}
        self._things[f"new {creation.kind}"] = {**sent, **told, **key, "sessionKey": next(iter(key.values()))}
        self._created[next(iter(key.values()))] = (entry, key)
        self.stage.ledger.created(entry, key)
        self._undo.append((f"{creation.kind} {entry.name}", lambda: self._remove(creation, entry, key)))

    def _follow(self, request: Request, sent: Mapping[str, str]) -> None:
        """A user of ours whose e-mail address was changed is removed by the new one; a changed password is put back."""
        if request.operation != "SetUser" or not self.last.served:
            return
        made = self._created.get(sent["webExId"])
        if made is not None and sent.get("email"):
            entry, key = made
            key["webExId"] = sent["email"]
            self.stage.ledger.created(entry, key)
        account = next((one for one in self.stage.profile.accounts.values() if one.webex_id == sent["webExId"]), None)
        if account is not None and "password" in sent and "password" in account.credentials:
            old = {"webExId": account.webex_id, "password": account.credentials["password"]}
            self._undo.append((f"password of {account.role}", lambda: self._put_password_back(old)))

    def _put_password_back(self, old: dict[str, str]) -> None:
        admin = self._account("site-admin")
        context = self._security_context(admin, "", "")
        body = self.stage.payloads.render("SetUser", old, context, self.stage.profile.encoding)
        reply = self._client.send(Request("SetUser", admin.role, self.stage.profile.url, body)).reply
        if not reply.succeeded:
            raise CannotJudge(reply.verdict())

    def _identity_is_email(self) -> bool:
        """Whether the site keeps the e-mail address as webExId whatever was given (R41.11.0-09)."""
        control = self.stage.control
        managed = (
            control.setting("control-hub-managed")
            if control
            else self.stage.profile.settings.get("control-hub-managed")
        )
        return bool(managed) and self.stage.release >= _HUB_RULES

    def _remove(self, creation: Creation, entry: Entry, key: Mapping[str, str]) -> None:
        from conformance.run.removal import remove

        remove(self.stage, self._client, creation, entry, key)
