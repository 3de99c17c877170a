"""What a scenario holds: things of the profile, what it created, what it last sent; and what ``{...}`` refers to."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.run.case import Case, role_named
from conformance.run.phrases import expand
from conformance.run.stage import Stage
from conformance.target.things import thing_of
from conformance.target.trouble import CannotGoOn, CannotJudge, UserError


class Belongings:
    """Named values of one scenario."""

    def __init__(self, stage: Stage, case: Case) -> None:
        self._stage = stage
        self._where = f"{case.path}:{case.line}"
        self._things: dict[str, dict[str, str]] = {}
        self._untold: dict[str, str] = {}

    def described(self, name: str) -> dict[str, str]:
        """A thing as the profile describes it."""
        thing = thing_of(name, self._stage.profile.data)
        if thing is None:
            raise CannotJudge(f"the profile names no {name}")
        return thing

    def hold(self, name: str) -> None:
        """Take a thing of the profile into the scenario."""
        self._things[name] = self.described(name)

    def remember(self, name: str, values: Mapping[str, str]) -> None:
        """Give something the scenario met a name that later steps can use."""
        self._things[name] = dict(values)

    def miss(self, name: str, why: str) -> None:
        """Keep ``why`` something later steps may ask for is not there."""
        self._untold[name] = why

    def held(self, name: str) -> dict[str, str]:
        """The values of a thing; :class:`CannotGoOn` when an earlier reply should have given it and did not."""
        if name not in self._things:
            raise CannotGoOn(self._untold.get(name, f"the scenario holds no {name}"))
        return self._things[name]

    def value(self, text: str) -> str:
        """``text`` with its ``{...}`` replaced."""
        return expand(text, self._look_up, self._fresh, self._stage.now)

    def domain(self) -> str:
        """The mail domain for users the suite creates: that of the accounts of the profile."""
        accounts = self._stage.profile.accounts.values()
        return next((account.email.rpartition("@")[2] for account in accounts if "@" in account.email), "example.com")

    def _look_up(self, holder: str, element: str) -> str:
        account = self._stage.profile.accounts.get(role_named(holder))
        if holder in self._things or account is None:
            return self._element(self.held(holder), holder, element)
        short = account.email.partition("@")[0]
        known = {"email": account.email, "webExId": account.webex_id, "short name": short, **account.credentials}
        return self._element(known, holder, element)

    def _element(self, values: Mapping[str, str], holder: str, element: str) -> str:
        if element not in values:
            raise UserError("phrase-element", f"{holder} has no {element}", where=self._where)
        return values[element]

    def _fresh(self, what: str) -> str:
        name = self._stage.ledger.next_name()
        box = self._stage.profile.mailbox
        if what == "fresh mail address" and box is not None:
            local, _, domain = box.user.partition("@")
            return f"{local}+{name}@{domain}"
        return name if what == "name" else f"{name}@{self.domain()}"
