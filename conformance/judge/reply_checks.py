"""Checks of the envelope: result, exception id, reason, body type, form of a refusal."""

from __future__ import annotations

from conformance.judge.contract import View
from conformance.judge.violation import Finding
from conformance.wire.exchange import Exchange
from conformance.wire.message import Reply, children
from conformance.wire.xml import local_name

Findings = tuple[Finding, ...]
#: No records, no such meeting: answers only a caller who was let in gets (exceptions.tsv).
_NOTHING_TO_SHOW = ("000015", "060001")
_TOO_MANY_REQUESTS = 429


def succeeded(reply: Reply, whole: View) -> Findings:
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


def refused(reply: Reply, exception_id: str = "") -> Findings:
    """The call was refused, with ``exception_id`` when one is given."""
    if reply.result != "FAILURE":
        return (Finding("result", "response/result", f"FAILURE {exception_id}".rstrip(), reply.verdict()),)
    if exception_id and reply.exception_id != exception_id:
        return (Finding("exception-id", "response/exceptionID", exception_id, reply.exception_id or "absent"),)
    return ()


def not_refused_with(reply: Reply, exception_id: str) -> Findings:
    """Whatever the site answers, it is not a refusal with ``exception_id``."""
    if reply.result not in ("SUCCESS", "FAILURE"):
        return (Finding("result", "response/result", "SUCCESS or FAILURE", reply.verdict()),)
    if reply.exception_id == exception_id:
        return (Finding("exception-id", "response/exceptionID", f"any but {exception_id}", reply.verdict()),)
    return ()


def login_accepted(reply: Reply) -> Findings:
    """The caller was let in: SUCCESS, or a refusal that only says there is nothing to show."""
    if reply.succeeded or (reply.result == "FAILURE" and reply.exception_id in _NOTHING_TO_SHOW):
        return ()
    return (Finding("login", "response/result", "the login accepted", reply.verdict()),)


def reason_is(reply: Reply, reason: str) -> Findings:
    """The reason reads as the notes print it; one trailing period more or less is no difference (trap 22)."""
    if _plain(reply.reason) == _plain(reason):
        return ()
    return (Finding("reason", "response/reason", repr(reason), repr(reply.reason) if reply.reason else "absent"),)


def has_form_of_refusal(reply: Reply) -> Findings:
    """Status of the site given, and an empty body that states no type (notes l.52-65)."""
    found = []
    if reply.gsb_status not in ("PRIMARY", "BACKUP"):
        found.append(Finding("refusal-form", "response/gsbStatus", "PRIMARY or BACKUP", reply.gsb_status or "absent"))
    if reply.body is None:
        found.append(Finding("refusal-form", "bodyContent", "an empty bodyContent", "absent"))
    elif reply.xsi_type is not None or children(reply.body):
        found.append(Finding("refusal-form", "bodyContent", "empty, without xsi:type", _content(reply)))
    return tuple(found)


def not_served(exchange: Exchange) -> Findings:
    """The address says no, by an HTTP error or a FAILURE message (R41.9.0-01); silence or an outage says nothing."""
    says_no = exchange.status >= 300 and exchange.status != _TOO_MANY_REQUESTS and not exchange.unanswered
    if says_no or not exchange.reply.succeeded:
        return ()
    return (Finding("address", exchange.request.url, "no longer served", "SUCCESS"),)


def _plain(reason: str) -> str:
    return " ".join(reason.split()).removesuffix(".").rstrip()


def _content(reply: Reply) -> str:
    names = [local_name(child) for child in children(reply.body)] if reply.body is not None else []
    stated = f"xsi:type {reply.xsi_type[1]}" if reply.xsi_type else ""
    return ", ".join(part for part in (stated, *names[:5]) if part)
