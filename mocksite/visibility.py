"""Whose objects a caller sees in lists: hosts their own, administrators all (wire-facts.md, Authentication)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksite.listing import Criterion
from mocksite.query import AnyOf, Term

if TYPE_CHECKING:
    from mocksite.call import Call


def own_or_all(call: Call) -> Criterion:
    """The condition that leaves a host's own objects."""
    return () if call.caller.sees_all else (Term("host_id", "=", call.caller.user_id),)


def invited_or_own(call: Call) -> tuple[Term | AnyOf, ...]:
    """The condition for sessions: those a caller hosts and those he is invited to."""
    if call.caller.sees_all:
        return ()
    return (
        AnyOf(
            (
                (Term("host_id", "=", call.caller.user_id),),
                (Term("key", "invited", call.caller.email),),
            )
        ),
    )


def of_host(call: Call, element: str = "hostWebExID") -> Criterion:
    """The criterion of a request that names a host; an unknown one is 030001."""
    webex_id = call.content.text(element)
    return (Term("host_id", "=", call.user(webex_id).user_id),) if webex_id else ()
