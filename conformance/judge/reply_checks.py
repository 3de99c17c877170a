"""Checks of whole replies: result, exception id, reason, form of a refusal; counts and rows of lists; the address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from conformance.judge.contract import ContractView
from conformance.judge.elements import STAMP, TRUE_WORDS, Finder, moment_of, same_value, told_moment
from conformance.judge.findings import Finding
from conformance.sites.errors import CannotGoOn, CannotJudge, NotApplicable
from conformance.sites.profile import ADMINISTRATORS, SERVICE_PATH
from conformance.wire.exchange import Element, Exchange, Reply, Request, children, is_count, local_name, texts_of
from conformance.wire.pages import only_row
from conformance.wire.sign_in import refuses_login

Findings = tuple[Finding, ...]
#: No such user, caller or target: the features send an operation about users for one who is there.
NO_SUCH_USER = "030001"
#: What is expected where nothing but a refused login is left to refuse.
LET_IN, LET_IN_AND_SERVED = "the login accepted", "the login accepted, SUCCESS"
NO_RIGHT, NO_RECORD = "000001", "000015"
_TOO_MANY_REQUESTS = 429
#: Seconds of a minute, and minutes of the hour that summer time is.
_MINUTE, _SUMMER = 60, 60
#: Templates, proxies and archives leave comments around a page, and editors a mark of the encoding before it.
_AROUND = rb"(?:\s|<!--.*?-->)*+"
_PAGE = re.compile(
    rb"(?is)(?:\xef\xbb\xbf)?%b(?:<\?xml[^>]*>%b)?(?:<!doctype html[^>]*>%b)?<html[\s>].*</html>%b$" % ((_AROUND,) * 4)
)


def succeeded(reply: Reply, whole: ContractView) -> Findings:
    """The call succeeded: result SUCCESS, and a body of the reply type of the operation."""
    if reply.result != "SUCCESS":
        return (Finding("result", "response/result", "SUCCESS", reply.verdict()),)
    wanted = whole.reply_type(reply.operation).name
    if reply.xsi_type != wanted:
        actual = f"{reply.xsi_type[1]} in {reply.xsi_type[0] or 'no namespace'}" if reply.xsi_type else "no xsi:type"
        return (Finding("body-type", "bodyContent/@xsi:type", f"{wanted[1]} in {wanted[0]}", actual),)
    if reply.exception_id:
        return (Finding("exception-id", "response/exceptionID", "absent beside SUCCESS", reply.exception_id),)
    return ()


def succeeded_or_empty(reply: Reply, whole: ContractView) -> Findings:
    """The call succeeded, or was refused with 000015 because there is nothing to list (sources.md, Lists)."""
    return () if reply.result == "FAILURE" and reply.exception_id == NO_RECORD else succeeded(reply, whole)


def succeeded_where_allowed(reply: Reply, whole: ContractView) -> Findings:
    """The call succeeded; :class:`NotApplicable` where it is denied to a caller to whom no source promises it."""
    _demand_right(reply)
    return succeeded(reply, whole)


def refused(reply: Reply, exception_id: str = "") -> Findings:
    """The call was refused, with ``exception_id`` when one is given."""
    if reply.result != "FAILURE":
        return (Finding("result", "response/result", f"FAILURE {exception_id}".rstrip(), reply.verdict()),)
    if exception_id and reply.exception_id != exception_id:
        return (Finding("exception-id", "response/exceptionID", exception_id, reply.exception_id or "absent"),)
    return ()


def refused_where_allowed(reply: Reply, exception_id: str) -> Findings:
    """The call was refused with ``exception_id``; :class:`NotApplicable` where the caller has no right to it anyway.

    Which of two refusals comes first no source says: an administrator need not be let near the sessions of hosts.
    """
    _demand_right(reply)
    return refused(reply, exception_id)


def _demand_right(reply: Reply) -> None:
    if reply.result == "FAILURE" and reply.exception_id == NO_RIGHT:
        raise NotApplicable(f"{reply.operation} is nothing for this caller: {reply.verdict()}")


def not_refused_with(reply: Reply, exception_id: str) -> Findings:
    """Whatever the site answers, it is not a refusal with ``exception_id``."""
    if reply.result not in ("SUCCESS", "FAILURE"):
        return (Finding("result", "response/result", "SUCCESS or FAILURE", reply.verdict()),)
    if reply.exception_id == exception_id:
        return (Finding("exception-id", "response/exceptionID", f"any but {exception_id}", reply.verdict()),)
    return ()


def login_accepted(reply: Reply, request: Request) -> Findings:
    """The caller was let in: SUCCESS, or a refusal that does not speak of the login.

    Where nothing but the login can be refused, whatever refuses the call refuses that.
    """
    if reply.succeeded:
        return ()
    served = _asks_for_login_alone(request)
    said_why = reply.result == "FAILURE" and reply.exception_id not in ("", NO_SUCH_USER)
    if said_why and not served and not refuses_login(reply.operation, reply):
        return ()
    return (Finding("login", "response/result", LET_IN_AND_SERVED if served else LET_IN, reply.verdict()),)


def _asks_for_login_alone(request: Request) -> bool:
    """A ticket for a password, the site as an administrator, or the own record: the features send GetUser for no other.

    A token goes into the body of AuthenticateUser (sources.md, Authentication): elsewhere it may be refused.
    """
    if request.operation == "AuthenticateUser":
        return request.signature is not None and request.signature.element == "password"
    return request.operation == "GetUser" or (request.operation == "GetSite" and request.caller in ADMINISTRATORS)


def login_not_accepted(reply: Reply) -> Findings:
    """The caller was not let in: a refusal that speaks of the login, and not of what was asked for."""
    if refuses_login("", reply):
        return ()
    return (Finding("login-refused", "response/result", "the login refused", reply.verdict()),)


def one_succeeded(before: Reply, after: Reply) -> Findings:
    """Just one of two calls succeeded: of two names one is good, and the other is not any more, or not yet."""
    if before.succeeded != after.succeeded:
        return ()
    actual = f"{before.verdict()}, then {after.verdict()}"
    return (Finding("one-of-two", "response/result", "SUCCESS for one of the two", actual),)


def list_given(reply: Reply) -> Findings:
    """A list, or the refusal that says there is nothing to list (sources.md, Lists)."""
    if reply.succeeded or (reply.result == "FAILURE" and reply.exception_id == NO_RECORD):
        return ()
    return (Finding("result", "response/result", f"SUCCESS, or FAILURE {NO_RECORD}", reply.verdict()),)


def same_as(reply: Reply, path: str, other: Reply, other_path: str, whole: ContractView) -> Findings:
    """The value at ``path`` is the one another reply tells at ``other_path``; what that lacks is no finding of this."""
    texts, wanted = Finder(reply, whole).texts(path), Finder(other, whole).texts(other_path)
    told = list(filter(None, wanted))
    if not told or not all(same_value(one, told[0]) for one in told):
        said = "in several ways" if told else "not at all"
        raise CannotGoOn(f"{other.operation} tells {other_path} {said}: nothing to compare {path} with")
    if texts and all(same_value(text, told[0]) for text in texts):
        return ()
    expected = f"{told[0]}, as {other.operation} says in {other_path}"
    return (Finding("element-value", path, expected, ", ".join(texts) or f"absent, {reply.verdict()}"),)


def require_host(reply: Reply, whole: ContractView, session: str, webex_id: str) -> None:
    """What a session shows to its host says nothing of an account that sees it as its administrator.

    :class:`CannotJudge` where GetSessionInfo names another host than ``webex_id``.
    """
    hosts = Finder(reply, whole).texts("host/webExId")
    if hosts and webex_id.lower() not in map(str.lower, hosts):
        raise CannotJudge(f"the {session} of the profile must be one of the account host: it is one of {hosts[0]}")


def require_whole_session(reply: Reply, whole: ContractView) -> None:
    """GetSessionInfo tells who is neither invited nor approved how a session is joined and no more (40.8).

    Whether an administrator is told more no source says: :class:`NotApplicable` where that is what a site tells.
    """
    short = reply.operation == "GetSessionInfo" and reply.succeeded
    if short and not Finder(reply, whole).texts("host/webExId"):
        raise NotApplicable("GetSessionInfo tells this account no more of the session than how it is joined")


def reason_is(reply: Reply, reason: str) -> Findings:
    """The reason reads as the notes print it; final period, blanks and case make no other (sources.md, Refusals)."""
    if _plain(reply.reason) == _plain(reason):
        return ()
    return (Finding("reason", "response/reason", repr(reason), repr(reply.reason) if reply.reason else "absent"),)


def has_form_of_refusal(reply: Reply) -> Findings:
    """Result, reason, status and id, each once and in this order; an empty body without a type (notes l.52-65).

    Whether a reason is given is a matter of the reason.
    """
    found = []
    told = [local_name(child) for child in _head(reply) if local_name(child) in _OF_A_REFUSAL]
    if told != [name for name in _OF_A_REFUSAL if name in told]:
        order = ", ".join(_OF_A_REFUSAL)
        found.append(Finding("refusal-form", "response", f"{order}, each once", ", ".join(told)))
    if reply.gsb_status not in ("PRIMARY", "BACKUP"):
        found.append(Finding("refusal-form", "response/gsbStatus", "PRIMARY or BACKUP", reply.gsb_status or "absent"))
    if reply.body is None:
        found.append(Finding("refusal-form", "bodyContent", "an empty bodyContent", "absent"))
    elif reply.xsi_type is not None or children(reply.body):
        found.append(Finding("refusal-form", "bodyContent", "empty, without xsi:type", _content(reply, reply.body)))
    return tuple(found)


#: What the notes print of a refusal (l.52-65).
_OF_A_REFUSAL = ("result", "reason", "gsbStatus", "exceptionID")


def _head(reply: Reply) -> list[Element]:
    response = next((one for one in reply.root.iter() if local_name(one) == "response"), None)
    return children(response) if response is not None else []


def not_served(exchange: Exchange) -> Findings:
    """The address says no: an HTTP error, a page, a FAILURE message (R41.9.0-01); silence or an outage says nothing."""
    if _says_no(exchange) or not exchange.reply.succeeded:
        return ()
    return (Finding("address", exchange.request.url, "no longer served", "SUCCESS"),)


def answer_at(exchange: Exchange) -> str:
    """What an address answered, for an observation; :class:`CannotJudge` when nothing came that is an answer."""
    told = f"HTTP {exchange.status}" if _says_no(exchange) else exchange.reply.verdict()
    return f"{exchange.request.url} answered {told}"


def _says_no(exchange: Exchange) -> bool:
    """Whether an address answers with an HTTP error or a page for people: no message of the XML API lives there."""
    if exchange.unanswered or exchange.status == _TOO_MANY_REQUESTS:
        return False
    return exchange.status >= 300 or bool(_PAGE.match(exchange.body))


def right_address_served(exchange: Exchange, whole: ContractView) -> Findings:
    """The address has the form the notes print, and answers with SUCCESS (R41.8.0-01)."""
    path = urlsplit(exchange.request.url).path
    if path != SERVICE_PATH:
        return (Finding("address", exchange.request.url, f"the path {SERVICE_PATH}", path or "no path"),)
    return succeeded(exchange.reply, whole)


def _plain(reason: str) -> str:
    return " ".join(reason.split()).removesuffix(".").rstrip().casefold()


def _content(reply: Reply, body: Element) -> str:
    names = [local_name(child) for child in children(body)]
    stated = f"xsi:type {reply.xsi_type[1]}" if reply.xsi_type else ""
    return ", ".join(part for part in (stated, *names[:5]) if part)


_RECORD_ID = "recordAccessHistory/recordID"


def counts_agree(reply: Reply, whole: ContractView, rows: str, start: int = 1) -> Findings:
    """``matchingRecords``: returned is the number of ``rows``, startFrom as asked, total not below returned.

    total may exceed returned although more rows were allowed (sources.md, Lists).
    """
    finder = Finder(reply, whole)
    number = len(finder.all(rows))
    shown = {name: finder.texts(f"matchingRecords/{name}") for name in ("total", "returned", "startFrom")}
    if not all(len(texts) == 1 and is_count(texts[0]) for texts in shown.values()):
        return (Finding("count", "matchingRecords", "total, returned and startFrom as whole numbers", str(shown)),)
    total, returned, first = (int(shown[name][0]) for name in ("total", "returned", "startFrom"))
    found = []
    if returned != number or not number:
        found.append(
            Finding(
                "count", "matchingRecords/returned", f"{number or 'at least 1'}, the number of {rows}", str(returned)
            )
        )
    if first != start:
        found.append(Finding("count", "matchingRecords/startFrom", str(start), str(first)))
    if total < returned + start - 1:
        found.append(Finding("count", "matchingRecords/total", f"at least {returned + start - 1}", str(total)))
    return tuple(found)


#: Element of a row that tells which it is, and the variable of test data that holds its value, by operation.
_ROW_KEYS = {
    "LstsummarySession": ("session", "sessionKey", "sessionKey"),
    "LstRecording": ("recording", "name", "recordName"),
    "LstMeetingType": ("meetingType", "meetingTypeID", "meetingTypeID"),
    "LstrecordaccessHistory": ("recordAccessHistory", "recordID", "recordID"),
}


def row_of(reply: Reply, whole: ContractView, known: Mapping[str, str]) -> Reply | None:
    """The reply with the row of something ``known`` and no other; None where the list does not hold it.

    No source says that a recording is the only one of its name: of several nobody
    can say which the profile means, and that is :class:`CannotJudge`.
    """
    rows, leaf, variable = _ROW_KEYS[reply.operation]
    found = [row.element for row in Finder(reply, whole).all(rows)]
    mine = [row for row in found if texts_of(row).get(leaf) == known[variable]]
    # A list that grows while its pages are read tells a row twice.
    ids = {texts_of(row).get("recordingID", str(nth)) for nth, row in enumerate(mine)}
    if leaf == "name" and len(ids) > 1:
        told = f"{len(ids)} recordings are called {known[variable]!r}"
        raise CannotJudge(f"{told}: the profile must name one that is the only one of its name")
    return only_row(reply, mine[0]) if mine else None


def moment_is(listed: Reply, zones: Sequence[Reply], whole: ContractView, path: str, moment: str) -> Findings:
    """The time at ``path`` of ``listed``, read in the zone its row names, is ``moment`` in GMT, to the minute.

    The last three of ``zones`` are what LstTimeZone told for the day in question, for one half a year away and for
    today. The offset may be that of the day, of today, or of the zone without summer time, and no other.
    """
    days = zones[-3:]
    zone = next(iter(Finder(listed, whole).texts(f"{path.rpartition('/')[0]}/timeZoneID")), "")
    offset = _offset(days[0], zone)
    if offset is None:
        raise CannotJudge(f"LstTimeZone told no gmtOffset of zone {zone or '(none)'}: {days[0].verdict()}")
    apart = {offset - one for one in _offsets_in_use(days, zone, offset)}
    wanted = datetime.strptime(moment, STAMP)  # noqa: DTZ007 - both are reckoned in GMT
    for text in Finder(listed, whole).texts(path):
        told = _in_gmt(text, offset)
        if told is None:
            return (Finding("moment", path, "a date and time, MM/DD/YYYY HH:MM:SS", repr(text)),)
        late = (told - wanted).total_seconds()
        if min(abs(late + _MINUTE * minutes) for minutes in apart) > _MINUTE:
            return (Finding("moment", path, f"{moment} GMT", f"{told.strftime(STAMP)} GMT"),)
    return ()


def _in_gmt(text: str, offset: int) -> datetime | None:
    local = told_moment(text)
    try:
        return None if local is None else local - timedelta(minutes=offset)
    except OverflowError:
        return None


def _offsets_in_use(days: Sequence[Reply], zone: str, offset: int) -> set[int]:
    """The minutes from Greenwich a time in ``zone`` may be told by, ``offset`` being that of the day.

    An hour more or less is one of them where the site takes no notice of the day, and where it calls the day summer
    time: whether gmtOffset holds the hour then no source says.
    """
    told = [{row.get("timeZoneID"): row for row in map(texts_of, one.root.iter("{*}timeZone"))} for one in days]
    if not any(_day_of(one.get(name, row)) != _day_of(row) for one in told[1:] for name, row in told[0].items()):
        return {offset - _SUMMER, offset, offset + _SUMMER}
    known = [one for one in (_offset(day, zone) for day in days) if one is not None]
    today = _offset(days[-1], zone)
    used = {offset, min(known), offset if today is None else today}
    summer = any(told[at].get(zone, {}).get("fallInDST") in TRUE_WORDS for at in (0, -1))
    return used | {one + hour for one in used for hour in (-_SUMMER, _SUMMER) if summer}


def _day_of(row: Mapping[str, str]) -> tuple[str | None, str | None]:
    """What of a zone another day of the year may change."""
    return row.get("gmtOffset"), row.get("fallInDST")


def _offset(zones: Reply, zone: str) -> int | None:
    rows = map(texts_of, zones.root.iter("{*}timeZone"))
    texts = [row.get("gmtOffset", "") for row in rows if row.get("timeZoneID") == zone]
    return int(texts[0]) if len(texts) == 1 and re.fullmatch(r"-?[0-9]{1,4}", texts[0]) else None


def viewed_between(reply: Reply, whole: ContractView, first: str, last: str) -> bool:
    """Whether the views of a recording tell one between two dates that was more than a download."""
    for row in Finder(reply, whole).all("recordDetail"):
        texts = texts_of(row.element)
        viewed = texts.get("viewed") in TRUE_WORDS
        if viewed and moment_of(first) <= moment_of(texts.get("accessTime", "")) <= moment_of(last):
            return True
    return False


def lists_exactly(
    reply: Reply, whole: ContractView, recordings: Mapping[str, Mapping[str, str]], kinds: Iterable[str]
) -> Findings:
    """Of the ``recordings`` held, by kind, exactly those of ``kinds`` are listed; none may be a 000015."""
    listed = set(Finder(reply, whole).texts(_RECORD_ID))
    wanted = set(kinds)
    found = []
    for kind, number in ((kind, values["recordID"]) for kind, values in recordings.items()):
        if kind in wanted and number not in listed:
            found.append(
                Finding(
                    "row-present", _RECORD_ID, f"{number}, the recording of {kind}", f"not listed, {reply.verdict()}"
                )
            )
        if kind not in wanted and number in listed:
            found.append(Finding("row-absent", _RECORD_ID, f"no recording of {kind}", number))
    return tuple(found)


def ascends(reply: Reply, whole: ContractView, path: str) -> Findings:
    """The whole numbers at ``path`` ascend from row to row; two rows at least, or order means nothing."""
    texts = Finder(reply, whole).texts(path)
    if len(texts) < 2 or not all(is_count(text) for text in texts):
        return (Finding("row-order", path, "two or more whole numbers, ascending", _some(texts) or reply.verdict()),)
    numbers = [int(text) for text in texts]
    if numbers == sorted(numbers):
        return ()
    return (Finding("row-order", path, "ascending", _some(texts)),)


def one_row(reply: Reply, whole: ContractView, rows: str) -> Findings:
    """The list holds exactly one of ``rows``."""
    number = len(Finder(reply, whole).all(rows))
    return () if number == 1 else (Finding("count", rows, "exactly 1", str(number)),)


def _some(texts: list[str], most: int = 6) -> str:
    return ", ".join(texts[:most]) + (f", ... {len(texts) - most} more" if len(texts) > most else "")
