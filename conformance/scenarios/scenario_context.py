"""The context of one scenario: who calls, what it holds, what was exchanged, what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from conformance.judge import element_checks, reply_checks
from conformance.judge.contract import ContractView
from conformance.judge.elements import Finder
from conformance.judge.findings import NOT_SERVED, Finding, Violation
from conformance.judge.reply_checks import NO_RECORD, row_of, viewed_between
from conformance.reporting.outcome import Skip
from conformance.reporting.text import shortened
from conformance.scenarios.authentication import Authenticator
from conformance.scenarios.cleanup import ScenarioCleanup
from conformance.scenarios.contract_judgement import against_another_night, against_contract
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import DISPOSABLE_CLASSIC_USER, MADE, USED_UP, Scenario
from conformance.scenarios.scenario_data import ScenarioData
from conformance.sites.discovery import ITEM, SETTING
from conformance.sites.errors import CannotGoOn, CannotJudge, NotApplicable, UserError
from conformance.sites.profile import LookUp, known_test_data
from conformance.sites.settings import refusals, setting_named, setting_spoken
from conformance.wire.browser import Browser, Page
from conformance.wire.client import Sender, reads_only
from conformance.wire.creations import CREATIONS
from conformance.wire.exchange import Exchange, Reply, Request, without_secrets
from conformance.wire.mailbox import Mail
from conformance.wire.pages import joined, next_start, rows_of
from conformance.wire.recording import PAGE, speak_for
from conformance.wire.served import NotServed

#: Operations about one user: of somebody held they take the name alone, never an old password or address.
_ABOUT_A_USER = ("GetUser", "SetUser", "DelUser")
#: Refusals that speak of the caller or of the very user asked for. After any other the question is whether the site
#: makes users at all: it may have all the hosts it is licensed for, or take them from a directory.
_ABOUT_THE_CALLER = ("000001", "030001", "030002", "030047", "030104", "030119")
_ABOUT_THIS_USER = ("030004", "030005", "030103", "030117", "030118", "030120")
_ACTIVATED, _DEACTIVATED = "ACTIVATED", "DEACTIVATED"
_TIME_ZONES = ("11", "20")
_RETIRED_PATH = "/WBXService/xml10.0.0/XMLService"
#: Refusals that speak of what was asked for: it is not there, or not for this account.
_SAYS_NOT_SEEN = ("000001", "000015", "030001", "060001")
#: Refused because classic events are switched off: GetSessionInfo knows then that it was asked for one.
_SWITCHED_OFF = "010106"


class ScenarioContext:
    """Everything the steps of one scenario share. Given and When steps take only this and their arguments."""

    def __init__(self, run_context: RunContext, scenario: Scenario, client: Sender) -> None:
        self.run_context = run_context = run_context.for_scenario(scenario)
        speak_for(scenario.nodeid)
        self.scenario = scenario
        self.exchanges: list[Exchange] = []
        self.violations: list[Violation] = []
        self.observations: list[str] = []
        self.lists: list[Reply] = []
        self.mails: list[Mail] = []
        self.page = Page("", 0, "")
        self.drift: dict[str, tuple[str, ...]] = {}
        self._judged = False
        self._unjudged: Skip | None = None
        self._absent: Skip | None = None
        self._listed: Reply | None = None
        self._lists_read: dict[LookUp, Reply] = {}
        self._singled_out: dict[str, Reply] = {}
        self._client = client
        self.mail_watch = run_context.mail_watch()
        self._data = ScenarioData(run_context, scenario, self._replied)
        self._authenticator = Authenticator(run_context, self._exchange)
        self._cleanup = ScenarioCleanup(run_context, client, self._data)
        self.held, self.held_of_kind, self.value = self._data.held, self._data.held_of_kind, self._data.value
        self.clean_up = self._cleanup.clean_up
        if scenario.mail and run_context.mailbox:
            run_context.mailbox.listen()

    # -- Given ---------------------------------------------------------------

    def arrange(self, phrase: str, value: str) -> None:
        """Set a site option where the site has a control plane; elsewhere gating has verified it already."""
        setting, discovered = setting_spoken(phrase), self.run_context.discovered
        if setting.name not in self.run_context.profile.settings and discovered.trouble(setting.name):
            raise CannotJudge(f"it is not known how {phrase} is set: {discovered.trouble(setting.name)}")
        self._tell_origin(SETTING, setting.name)
        self._cleanup.set(setting, setting.value(value))

    def hold(self, name: str) -> None:
        """Take test data of the profile into the scenario, once the account that calls is seen to see it."""
        self._data.remember(name, self._of_the_profile(name))
        self._tell_origin(ITEM, name)
        self._look_up(name)
        if name == DISPOSABLE_CLASSIC_USER:
            now = self._user_element(name, "timeZoneID")
            other = next(zone for zone in _TIME_ZONES if zone != now)
            self._data.remember(name, {**self.held(name), "other timeZoneID": other})

    def _tell_origin(self, kind: str, name: str) -> None:
        """What the profile does not name and the run found out is told with the scenario that uses it."""
        found = self.run_context.discovered.used_for(kind, name, self.scenario.clause.id)
        if found is not None:
            self.observe(str(found))

    def _look_up(self, name: str) -> None:
        """A key that the account cannot see, is another's or is too old breaks a scenario, and never fails it."""
        item, held = known_test_data()[name], self.held(name)
        role = self.scenario.roles[0] if self.scenario.roles else "site-admin"
        answers, told = [], False
        for look_up in item.look_ups:
            if self._finds(role, look_up, name):
                return
            told = told or self.reply.succeeded or self.reply.exception_id in _SAYS_NOT_SEEN
            answers.append(f"{look_up.operation} answered {self.reply.verdict()}")
        # Operations that are refused whatever they are asked say nothing of the item.
        if told:
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
            return {held[element] for element in known_test_data()[name].identity} <= texts
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
        only = "only Control Hub can remove one: name others"
        raise NotApplicable(f"every {name} of the profile is a user of the site by now; {only}")

    def require_login(self, role: str, credential: str = "") -> None:
        """What follows says something only if the site lets ``role`` in, with ``credential`` if one is named."""
        account = self._authenticator.account(role)
        how = credential or account.credential[0]
        self.send(role, "GetUser", {"webExId": account.webex_id}, credential=how)
        if reply_checks.login_accepted(self.reply, self.last.request):
            raise CannotJudge(f"the {role} cannot sign in with {how}: {self.reply.verdict()}")

    def require_active(self, user: str) -> None:
        """What follows says something only about a user who is active now."""
        state = self._user_element(user, "active")
        if state != _ACTIVATED:
            hint = "activate it in Control Hub, which removes inactive users after 30 days"
            raise CannotJudge(f"the {user} of the profile is {state or 'in no known state'}, not {_ACTIVATED}: {hint}")

    def require_not_deactivated(self, user: str) -> None:
        """What DelUser does shows only in somebody who was not deactivated before."""
        if self._user_element(user, "active") == _DEACTIVATED:
            raise NotApplicable(f"GetUser shows the {user} as {_DEACTIVATED} before anybody has deactivated one")

    def require_license(self, user: str) -> None:
        """What follows says something only about a user whose license to host meetings is seen now."""
        self._user_element(user, "active")
        if not element_checks.no_meeting_license(self.reply, self.run_context.contract.whole):
            raise NotApplicable(f"GetUser shows no meeting license of the {user} that could be taken away")

    def deactivate(self, user: str) -> None:
        """Have DelUser deactivate a user; whether it does is the business of R41.11.0-15."""
        self.send("site-admin", "DelUser", item=user)
        state = self._user_element(user, "active")
        if state != _DEACTIVATED:
            raise CannotJudge(f"DelUser has not deactivated the {user}, who is {state or 'in no known state'}")

    def _user_element(self, user: str, path: str) -> str:
        self.send("site-admin", "GetUser", item=user)
        if not self.reply.succeeded:
            raise CannotJudge(f"the site does not show the {user}: GetUser answered {self.reply.verdict()}")
        return next(iter(Finder(self.reply, self.run_context.contract.whole).texts(path)), "")

    def make_another(self, made: str, values: Mapping[str, str]) -> None:
        """Create one more: the first stays "new", this one is the "other new"."""
        name = f"new {made}"
        first = self.held(name)
        self.make(made, values)
        self._data.remember(f"other {name}", self.held(name))
        self._data.remember(name, first)

    def make(self, made: str, values: Mapping[str, str]) -> None:
        """Create something for the scenario; a site that refuses leaves nothing to judge."""
        operation, role, item = MADE[made]
        if item:
            self._data.remember(item, self._of_the_profile(item))
        self.send(role, operation, values, item=item)
        if not self.reply.succeeded:
            raise CannotJudge(f"could not arrange a new {made}: {operation} answered {self.reply.verdict()}")

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
        address_too: bool = False,
        retired_address: bool = False,
    ) -> None:
        """Send ``operation`` as ``role`` and keep the exchange.

        ``item`` adds the values of test data held, as far as the payload knows
        them; ``identity`` replaces the webExID of the account, ``credential``
        names the element to sign in with, ``address_too`` puts the e-mail
        address of the account beside its webExID.
        """
        self._listed = None
        self._singled_out.pop(operation, None)
        account = self._authenticator.account(role)
        sent = self._values(operation, values or {}, item)
        url = self.run_context.profile.url.partition("/WBXService/")[0] + _RETIRED_PATH if retired_address else ""
        name = self.value(identity)
        request = self._authenticator.signed(
            account, operation, sent, identity=name, credential=credential, address_too=address_too, url=url
        )
        self._carry_out(request, sent)

    def _carry_out(self, request: Request, sent: Mapping[str, str]) -> None:
        if request.operation == "CreateUser":
            self._create_user(request, sent)
        elif request.operation in CREATIONS:
            self._cleanup.create(request, sent, lambda: self._exchange(request))
        else:
            self._cleanup.look_first(request.operation, sent)
            self._cleanup.follow(request, sent, self._exchange(request))
        if not (reads_only(request.operation) or self.last.served):
            self._demand_willingness(self.last.reply)

    def _demand_willingness(self, reply: Reply) -> None:
        """A site with all its hosts activates nobody (guide, setuser); set otherwise than assumed it may refuse us."""
        if "hostlimit" in reply.reason.replace(" ", "").lower():
            raise CannotJudge(f"the site has all the hosts it is licensed for: {reply.verdict()}")
        told = self.run_context.profile.settings.keys() - self.scenario.implied
        for setting in (setting_named(name) for name in self.scenario.settings if name not in told):
            if reply.exception_id and reply.exception_id == setting.refusal:
                raise CannotJudge(f"{setting.phrase} is enabled, and the profile does not say so: {reply.verdict()}")

    def _create_user(self, request: Request, sent: Mapping[str, str]) -> None:
        """A refusal says something about this request only if the site makes users at all; asked once in a run."""
        known = self.run_context.refused.get("CreateUser")
        if known:
            raise CannotJudge(f"the site creates no users at the moment: {known}")
        reply = self._cleanup.create(request, sent, lambda: self._exchange(request)).reply
        told = (*_ABOUT_THE_CALLER, *_ABOUT_THIS_USER, *refusals(self.scenario.settings))
        if reply.result != "FAILURE" or reply.exception_id in told:
            return
        plain = self._plain_creation_answers() if "site-admin" in self.run_context.profile.accounts else ""
        if plain:
            self.run_context.refused["CreateUser"] = plain
            raise CannotJudge(f"the site creates no users at the moment: {plain}")

    def _plain_creation_answers(self) -> str:
        """How the site refuses the most ordinary new user; empty when it makes one."""
        account = self._authenticator.account("site-admin")
        sent = {name: self.value(text) for name, text in self.run_context.payloads.defaults("CreateUser").items()}
        self._cleanup.name("CreateUser", sent)
        request = self._authenticator.signed(account, "CreateUser", sent)
        reply = self._cleanup.create(request, sent, lambda: self._client.send(request), hold=False).reply
        return "" if reply.succeeded else reply.verdict()

    def send_for_every_page(self, role: str, operation: str, values: Mapping[str, str]) -> None:
        """Send ``operation`` until its list is read to the end; :attr:`reply` is then all pages as one."""
        pages: list[Reply] = []
        start: int | None = 1
        while start is not None:
            self.send(role, operation, {**values, "startFrom": str(start)})
            pages.append(self.last.reply)
            start = next_start(pages, start)
        self._listed = joined(pages)

    def send_by_either(self, role: str, operation: str, item: str, names: Iterable[str]) -> None:
        """Send ``operation`` for an item whose id is spelt in more than one way, until the site tells rows by one."""
        number, taken = next(iter(self.held(item).values())), ""
        for name in names:
            self.send(role, operation, {name: number})
            if rows_of(self.reply):
                self.observe(f"{operation} takes {name}")
                return
            taken = taken or (name if self.reply.succeeded else "")
        if taken and not self.reply.succeeded:
            self.send(role, operation, {taken: number})

    def send_twice(self, role: str, operation: str) -> None:
        """Send ``operation`` twice as ``role``, both times with one session ticket."""
        self._listed = None
        self._authenticator.twice_with_one_ticket(self._authenticator.account(role), operation)

    def sign_in(self, webex_id: str, password: str) -> None:
        """Ask for a session ticket as anybody, with any password."""
        self._listed = None
        self._exchange(self._authenticator.signed_by_anybody(webex_id, password))

    def confirm_callers(self) -> None:
        """A login refused says something about the site only if it still lets the account in otherwise."""
        for exchange in self.exchanges:
            self._authenticator.confirm_caller(exchange)

    # -- Then ----------------------------------------------------------------

    @property
    def last(self) -> Exchange:
        """The latest exchange."""
        if not self.exchanges:
            raise UserError("nothing-sent", "a step asks about a reply before any was sent", where=self.scenario.path)
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

    def replies_of(self, operation: str) -> list[Reply]:
        """Every reply of ``operation`` in this scenario, oldest first; of a list singled out, the row alone."""
        replies = [one.reply for one in self.exchanges if one.request.operation == operation]
        return [*replies[:-1], self._singled_out.get(operation, replies[-1])] if replies else []

    def _replied(self, operation: str, path: str, first: bool) -> str:
        """What a reply of ``operation`` said at ``path``, to be used in a request or compared with another reply."""
        replies = self.replies_of(operation)
        texts = Finder(replies[0 if first else -1], self.run_context.contract.whole).texts(path) if replies else []
        if not texts or not texts[0]:
            raise CannotGoOn(f"no reply of {operation} told {path}")
        return texts[0]

    @property
    def promised(self) -> ContractView:
        """The contract as of the release the scenario holds from: what later ones added stands in nobody's way."""
        return self.run_context.contract.view(self.scenario.since)

    def single_out(self, name: str) -> None:
        """Find the row of something held or made in the list just read; what follows is about that row alone.

        What the scenario made itself must be there; what the profile names may have gone.
        """
        reply, whole = self.reply, self.run_context.contract.whole
        row = row_of(reply, whole, self.held(name))
        if row is not None:
            self._listed = self._singled_out[reply.operation] = row
        elif not (reply.succeeded or reply.exception_id == NO_RECORD):
            self.judge(reply_checks.succeeded(reply, whole))
            raise CannotGoOn(f"{reply.operation} lists nothing")
        elif name.startswith("new "):
            self.judge((Finding("row-present", "", f"the {name} listed", f"not listed, {reply.verdict()}"),))
            raise CannotGoOn(f"{reply.operation} does not list the {name}")
        else:
            raise CannotJudge(f"{reply.operation} does not list the {name} of the profile: {reply.verdict()}")

    def tell_missing(self, problem: NotServed) -> None:
        """One finding for an operation that is not served; all other scenarios that need it point at that one."""
        first = problem.first if self.scenario.level != "observe" else None
        if first is not None and self.run_context.served.claim(problem.operation):
            self.exchanges.append(first)
            self.judge((Finding(NOT_SERVED, "", f"{problem.operation} served", f"{problem.words}, whoever asks"),))
        else:
            self._absent = Skip(NOT_SERVED, shortened(str(problem)))

    def judge(self, findings: tuple[Finding, ...], about: str = "") -> None:
        """Keep what a check found about the latest exchange, or the latest of the operation it is ``about``."""
        self._judged = True
        self._add(findings, about)

    def _add(self, findings: tuple[Finding, ...], about: str = "") -> None:
        clause = self.scenario.clause
        sent = [(nth, one.request.operation) for nth, one in enumerate(self.exchanges, 1)]
        mine = [one for one in sent if about in ("", one[1])]
        number, operation = mine[-1] if mine else (0, clause.operation)
        for one in findings:
            expected, actual = map(shortened, without_secrets((one.expected, one.actual), one.path, self.exchanges))
            self.violations.append(Violation(clause.id, one.check, operation, one.path, expected, actual, number))

    def judge_contract(self) -> None:
        """Judge whether the latest reply keeps the contract, by the measures this run has (contract_judgement)."""
        reply = self.last.reply
        if reply.result == "FAILURE":
            # Nothing listed, nothing allowed: other clauses judge that, and there is no reply to compare.
            self._unjudged = Skip("data", f"{reply.operation} answered {reply.verdict()}: no reply to compare")
            return
        wrong = reply_checks.succeeded(reply, self.run_context.contract.whole)
        if wrong:
            self._add(wrong)
            return
        result, unjudged = against_contract(reply, self.run_context, self.scenario.clause)
        if unjudged is None:
            self.judge(result.findings)
        self._unjudged = self._unjudged or unjudged
        doubts, drift = (without_secrets(words, "", self.exchanges) for words in (result.doubts, result.drift))
        self.observations += doubts
        self.drift[reply.operation] = tuple(dict.fromkeys((*self.drift.get(reply.operation, ()), *drift)))

    @property
    def not_judged(self) -> Skip | None:
        """Why the scenario, carried out to its end, has judged nothing; None when it has."""
        if self.violations:
            return None
        return self._absent or (None if self._judged else self._unjudged)

    def judge_against_another_night(self, phrase: str, value: str, paths: list[str]) -> None:
        """Compare the latest reply with one of a mock switched to ``value``, or of the night of the baseline."""
        now = self.last
        if self.run_context.control_plane is not None:
            self.arrange(phrase, value)
            self._exchange(now.request)
            self.judge(element_checks.changed(now.reply, self.reply, self.run_context.contract.whole, paths))
        else:
            self.judge(against_another_night(now, setting_spoken(phrase), value, paths, self.run_context))

    def observe(self, words: str) -> None:
        """Record what the site did, without judging."""
        self.observations.append(words)

    def await_mail(self, recipient: str, says: Callable[[Mail], bool]) -> None:
        """Mail to ``recipient``, waiting for one that ``says`` it; where none does, for all; none is no verdict."""
        self.mails = self.mail_watch.to(recipient, lambda mails: any(map(says, mails)))
        if not self.mails:
            raise CannotJudge(f"no mail reached {recipient} within {self.mail_watch.patience:g} s")

    def look_for_link(self, recipient: str) -> list[Mail]:
        """Mail to ``recipient``, waiting until one of them links to something."""
        self.mails = self.mail_watch.to(recipient, lambda mails: any(mail.links for mail in mails))
        return self.mails

    def browse(self, recipient: str, act: Callable[[Browser, str], Page]) -> None:
        """Do with each link of mail to ``recipient`` what a person would, until a page is shown."""
        links = [link for mail in self.look_for_link(recipient) for link in mail.links]
        if not links:
            raise CannotJudge(f"no mail with a link reached {recipient} within {self.mail_watch.patience:g} s")
        with Browser(self.run_context.profile, self.run_context.tls, self.run_context.transport) as browser:
            pages = [self.run_context.tape.through("page", "", partial(act, browser, link), PAGE) for link in links]
        answered = [page for page in pages if page.status]
        if not answered:
            raise CannotJudge(f"nobody answers behind the links of the mail to {recipient}: {pages[0].text}")
        self.page = next((page for page in answered if page.shown), answered[0])

    # -- how -------------------------------------------------------------------

    def _values(self, operation: str, values: Mapping[str, str], item: str) -> dict[str, str]:
        accepted = self.run_context.payloads.accepts(operation)
        about = ("webExId",) if operation in _ABOUT_A_USER else accepted
        held = self.held(item) if item else {}
        # What somebody called something is no phrase, whatever braces are in it.
        known = {name: text for name, text in held.items() if name in about and name not in values}
        given = {**self.run_context.payloads.defaults(operation), **values}
        sent = known | {name: self.value(text) for name, text in given.items() if name not in known}
        if operation in CREATIONS:
            self._cleanup.name(operation, sent)
            self._data.remember(f"attempted {CREATIONS[operation].kind}", sent)
        self._data.remember("sent", sent)
        return sent

    def _exchange(self, request: Request) -> Exchange:
        if self.exchanges:
            # What got no reply may have been carried out or not: nothing seen after it is a verdict.
            _ = self.exchanges[-1].reply
        exchange = self._client.send(request)
        self.exchanges.append(exchange)
        return exchange
