"""One call of one operation: what an operation may know and use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mocksite.model.accounts import Login, find_user, hub_rules
from mocksite.model.records import Own, User
from mocksite.model.releases import Release
from mocksite.model.settings import Settings
from mocksite.model.store import Store
from mocksite.protocol.choices import in_the_ways_of
from mocksite.protocol.mail import Letter
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal
from mocksite.protocol.requests import Content, Request
from mocksite.protocol.templates import fill


@dataclass(frozen=True)
class Operation:
    """One operation of the API.

    ``anonymous`` ones need no login (GetAPIVersion); ``open`` ones have a shorter
    answer for who claims to be nobody (GetSessionInfo, LstsummarySession).
    """

    name: str
    service: str
    run: Callable[[Call], Node]
    anonymous: bool = False
    open: bool = False

    def asks_for_login(self, security: Content) -> bool:
        """Whether the caller of a request must prove who he is."""
        named = security.text("webExID") or security.text("email")
        return not (self.anonymous or (self.open and not named))


@dataclass
class Call:
    """An operation being carried out for a caller. Letters go out once it has succeeded."""

    operation: Operation
    request: Request
    site_name: str
    site_id: int
    site_url: str
    base_url: str
    release: Release
    store: Store
    now: int
    login: Login | None = None
    address: str = ""
    letters: list[Letter] = field(default_factory=list)

    @property
    def content(self) -> Content:
        """The bodyContent of the request."""
        return self.request.content

    @property
    def settings(self) -> Settings:
        """The settings of the site."""
        return self.store.settings

    @property
    def caller(self) -> User:
        """The account that calls."""
        assert self.login is not None, "an anonymous operation asked for its caller"
        return self.login.user

    @property
    def hub(self) -> bool:
        """Whether Control Hub rules hold for users (41.11 and managed)."""
        return hub_rules(self.release, self.store)

    def has(self, behaviour: str) -> bool:
        """Whether the site's release behaves in a way named in ``release.INTRODUCED``."""
        return self.release.has(behaviour)

    def answer(self, reply: str, values: Mapping[str, object] | None = None, own: Own | None = None) -> Node:
        """A reply document filled for the site's release, in the ways of the site."""
        return in_the_ways_of(self.settings, fill(reply, self.release, values or {}, own or {}))

    def user(self, webex_id: str) -> User:
        """The user a webExId means, or 030001."""
        found = find_user(self.store, self.release, webex_id) if webex_id else None
        if found is None:
            raise Refusal("030001")
        return found

    def user_of(self, user_id: int) -> User:
        """The user of an id the site itself keeps; someone removed by hand leaves a blank."""
        return self.store.get(User, user_id) or User(user_id, "", "", "", "", host=False)

    def demand(self, allowed: bool) -> None:
        """Refuse with 000001 unless the caller is allowed."""
        if not allowed:
            raise Refusal("000001")

    def send_named(self, recipient: str, subject: str, named: str, body: str) -> None:
        """A letter with the subject ``named`` where the templates of the site put names there, else ``subject``."""
        self.send(recipient, named if self.settings.names_in_mail_subjects else subject, body)

    def send(self, recipient: str, subject: str, body: str) -> None:
        """Put a letter into the outgoing mail of this call."""
        help_page = f"\nQuestions? {self.site_url}/help\n" if self.settings.further_mails else ""
        self.letters.append(Letter(recipient, subject, body + help_page))
