"""Class 4, one value or script: one tone of three, ASCII only, one set of switches, an address of one kind of user."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from mocksite.faults.change import (
    Alter,
    CallFault,
    Edit,
    ReplyFault,
    When,
    dropped,
    forgetting,
    inverted,
    saying,
    spots,
)
from mocksite.faults.classes.who import meant
from mocksite.faults.fault import Fault
from mocksite.faults.identity import login_refused
from mocksite.model.accounts import find_user
from mocksite.model.records import Session, User
from mocksite.model.settings import TONES
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node

FAMILY = "one-value"
_TEXT = "metaData/description"


def _site_tone(tone: str) -> When:
    return lambda call: call.settings.entry_exit_tone_ec == tone


def _stored(tone: str) -> Edit:
    def edit(call: Call, body: Node) -> None:
        key = call.content.number("sessionKey") or next((int(one.text or 0) for _, one in spots(body, "sessionKey")), 0)
        event = call.store.get(Session, key)
        if event is not None and not call.content.has("schedule/entryExitTone"):
            call.store.put(replace(event, tone=tone))

    return edit


def _tones() -> Iterator[Fault]:
    """One tone of the site goes wrong, wherever it is told or taken over (lines 783-807)."""
    for tone in TONES:
        for other in (one for one in TONES if one != tone):
            when = _site_tone(tone)
            rows: tuple[tuple[str, str, str, Edit], ...] = (
                ("GetSite", "R41.4.0-03", "told", saying("defaults/entryExitToneEC", other)),
                ("GetEvent", "R41.4.0-04", "told", saying("schedule/entryExitTone", other)),
                ("CreateEvent", "R41.4.0-04", "taken", _stored(other)),
            )
            for operation, clause, what, edit in rows:
                yield ReplyFault(
                    f"{FAMILY}/{operation}/tone/{tone}-{what}-as-{other}",
                    f"{operation}: the tone {tone} of the site is {what} as {other}",
                    clause,
                    "element-value",
                    (operation,),
                    edit,
                    when,
                    family=FAMILY,
                )


def _of_script(chinese: bool, length: int) -> When:
    def when(call: Call) -> bool:
        text = call.content.text(_TEXT)
        return len(text) == length and text.isascii() is not chinese

    return when


def _limits() -> Iterator[Fault]:
    """The limit of a description holds for one script and not for another (lines 505-511)."""
    clauses = (("CreateEvent", "R41.11.0-56", "R41.11.0-57"), ("SetEvent", "R41.11.0-58", "R41.11.0-59"))
    for operation, taken, refused in clauses:
        for script, chinese in (("ASCII", False), ("Chinese", True)):
            yield CallFault(
                f"{FAMILY}/{operation}/description/10001-{script}-taken",
                f"{operation} takes a description of 10001 {script} characters",
                refused,
                "result",
                (operation,),
                forgetting("description-limit"),
                _of_script(chinese, 10001),
                family=FAMILY,
            )
            yield CallFault(
                f"{FAMILY}/{operation}/description/10000-{script}-refused",
                f"{operation} refuses a description of 10000 {script} characters",
                taken,
                "result",
                (operation,),
                login_refused("060068"),
                _of_script(chinese, 10000),
                family=FAMILY,
            )


def _recording(support: bool, storage: bool) -> When:
    return lambda call: (call.settings.nbr_support, bool(call.settings.nbr_storage)) == (support, storage)


def _set_to(name: str, value: bool) -> When:
    return lambda call: getattr(call.settings, name) is value


#: Elements of GetSite that follow one option: clause, and what the option is called here.
_FOLLOWING = {
    "enableRecordingAccess": ("R41.5.0-12", "recording_access"),
    "siteCommonOptions/supportLargeEvent": ("R41.6.3-03", "large_events"),
    "telephonyConfig/isWebexTelephony": ("R41.2.0-01", "webex_telephony"),
}
_BOTH = (True, False)


def _switches() -> Iterator[Fault]:
    """One way the switches of a site stand together (lines 639, 661, 755-759)."""
    rows: list[tuple[str, str, str, When]] = []
    for support in _BOTH:
        for storage in _BOTH:
            clause = "R41.5.0-15" if support or storage else "R41.5.0-14"
            where = f"recording-{support}-storage-{storage}".lower()
            rows.append(("storageEmptyStatus", clause, where, _recording(support, storage)))
    for path, (clause, name) in _FOLLOWING.items():
        rows += [(path, clause, f"where-{value}".lower(), _set_to(name, value)) for value in _BOTH]
    for path, clause, where, when in rows:
        yield ReplyFault(
            f"{FAMILY}/GetSite/{path.rpartition('/')[2]}/{where}",
            f"GetSite: {path} is upside down, {where.replace('-', ' ')}",
            clause,
            "element-value",
            ("GetSite",),
            inverted(path),
            when,
            family=FAMILY,
        )


_Fits = Callable[[User], bool]
_ROLES: dict[str, _Fits] = {
    "R41.5.0-01": lambda user: user.host and not user.is_administrator,
    "R41.5.0-02": lambda user: user.site_admin,
    "R41.5.0-03": lambda user: user.ro_site_admin,
    "R41.5.0-04": lambda user: user.user_admin,
}


def _with_room(fits: _Fits, room: bool) -> _Fits:
    return lambda user: fits(user) and user.room is room


def _hosting_nothing(fits: _Fits) -> _Fits:
    return lambda user: fits(user) and not user.host


def _pins() -> Iterator[Fault]:
    """No PIN for one kind of new user, with or without a room, hosting or not (lines 733-735)."""
    for clause, fits in _ROLES.items():
        for room in _BOTH:
            yield _no_pin(clause, f"room-{room}".lower(), _with_room(fits, room))
    for clause in ("R41.5.0-03", "R41.5.0-04"):
        yield _no_pin(clause, "hosting-nothing", _hosting_nothing(_ROLES[clause]))


def _no_pin(clause: str, what: str, fits: _Fits) -> Fault:
    def when(call: Call) -> bool:
        user = meant(call)
        return user is not None and fits(user)

    return ReplyFault(
        f"{FAMILY}/GetUser/phones.hostPIN/{clause}/{what}",
        f"no phones/hostPIN for users of {clause}, {what.replace('-', ' ')}",
        clause,
        "element-present",
        ("GetUser",),
        dropped("phones/hostPIN"),
        when,
        family=FAMILY,
    )


def _free_of(era: str) -> Alter:
    """The address of a user of an era is free: it is taken from him first."""

    def alter(call: Call) -> None:
        other = find_user(call.store, call.release, call.content.text("email"))
        if other is not None and other.era == era:
            call.store.put(replace(other, email=f"other.{other.email}", webex_id=f"other.{other.webex_id}"))

    return alter


def _addresses() -> Iterator[Fault]:
    """An address is free although somebody of one kind has it (lines 149-151)."""
    for kind, era in (("classic-era-user", "classic"), ("later-user", "hub")):
        yield CallFault(
            f"{FAMILY}/SetUser/address-of-a-{kind}-taken",
            f"SetUser gives away the address of a {kind.replace('-', ' ')} of the site",
            "R41.11.0-14",
            "result",
            ("SetUser",),
            _free_of(era),
            family=FAMILY,
        )


FAULTS: tuple[Fault, ...] = (*_tones(), *_limits(), *_switches(), *_pins(), *_addresses())
