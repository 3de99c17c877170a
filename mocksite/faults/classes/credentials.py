"""Class 3, any credential and all operations: one operation refuses a credential, or a name, that all others take."""

from __future__ import annotations

from collections.abc import Iterator

from mocksite.faults.change import CallFault
from mocksite.faults.classes.promises import CREDENTIALS, NAMES, PROVISIONING, SIGNED
from mocksite.faults.classes.who import both, called_by
from mocksite.faults.fault import Fault
from mocksite.faults.identity import caller_named, login_refused, short_name_taken, signed_in_with
from mocksite.model.accounts import ADMIN_SCOPE
from mocksite.model.records import User
from mocksite.operations.call import Call

FAMILY = "one-credential"


def _credentials() -> Iterator[Fault]:
    """Every kind of credential on every operation (lines 182-183, 239-245)."""
    for operation in (*SIGNED, *PROVISIONING):
        for element, clause in CREDENTIALS.items():
            if operation in _NO_TICKET and element == "sessionTicket":
                continue
            told = _PROVISIONED.get((operation, element), (clause, "login"))
            ids = ("030047", "030104") if element == "sessionTicket" else ("030002", "030001")
            for exception in ids:
                yield CallFault(
                    f"{FAMILY}/{operation}/{element}/refused-with-{exception}",
                    f"{operation} refuses the credential {element} with {exception}",
                    *told,
                    (operation,),
                    login_refused(exception),
                    both(signed_in_with(element), called_by("site-admin"), _may_provision),
                    family=FAMILY,
                )


#: Provisioning: an access token with the scope succeeds (line 183), a ticket is taken as the example shows (line 182).
_PROVISIONED = {
    ("CreateUser", "sessionTicket"): ("R41.11.0-66", "result"),
    ("CreateUser", "accessToken"): ("R41.11.0-21", "result"),
    ("SetUser", "accessToken"): ("R41.11.0-21", "result"),
}


#: The notes of 9.0 SP2 refuse a ticket where users are managed, and only CreateUser has an example that shows one.
_NO_TICKET = ("SetUser", "DelUser")


def _may_provision(call: Call) -> bool:
    """Whether an access token, where one is given, has the scope that provisioning needs."""
    token = call.request.security.text("accessToken")
    return not token or any(
        one.access_token == token and ADMIN_SCOPE in one.token_scopes for one in call.store.all(User)
    )


def _names() -> Iterator[Fault]:
    """Every name of a caller on every operation (lines 232-249)."""
    for operation in SIGNED:
        for clause, (era, by_address) in NAMES.items():
            for exception in ("030001", "030002"):
                name = "address" if by_address else "old-name"
                yield CallFault(
                    f"{FAMILY}/{operation}/{name}-of-{era}-user/refused-with-{exception}",
                    f"{operation} refuses a {era} user the {name} with {exception} (line 249)",
                    clause,
                    "login",
                    (operation,),
                    login_refused(exception),
                    caller_named(era, by_address=by_address),
                    family=FAMILY,
                )
        if operation == "GetSessionInfo":
            continue
        yield CallFault(
            f"{FAMILY}/{operation}/short-name-taken",
            f"{operation} lets a later user in by the part before the @ (line 249)",
            "R41.11.0-31",
            "result" if operation in _TELLING else "login-refused",
            (operation,),
            short_name_taken,
            family=FAMILY,
        )


#: Operations that refuse a later user most of what is asked here, or have nothing to list: that the caller was let in
#: shows by how they refuse. GetSessionInfo answers nobody, too (40.8): by a key nobody has it tells nothing.
_TELLING = ("GetSite", "LstsummarySession")


def _unscoped(call: Call) -> bool:
    return not _may_provision(call)


def _scopes() -> Iterator[Fault]:
    """A token without the scope passes, or one with it does not, by operation (lines 155-159, 182-183)."""
    for operation, clause in (("CreateUser", "R41.11.0-19"), ("SetUser", "R41.11.0-20")):
        for exception in ("030002", "000001"):
            yield CallFault(
                f"{FAMILY}/{operation}/no-scope/refused-with-{exception}",
                f"{operation} refuses a token without the scope with {exception} (lines 155-159)",
                clause,
                "exception-id",
                (operation,),
                login_refused(exception),
                both(signed_in_with("accessToken"), _unscoped),
                family=FAMILY,
            )
        yield CallFault(
            f"{FAMILY}/{operation}/scope/refused-with-030119",
            f"{operation} does not see the scope of a token (lines 182-183)",
            "R41.11.0-21",
            "result",
            (operation,),
            login_refused("030119"),
            both(signed_in_with("accessToken"), _may_provision),
            family=FAMILY,
        )


FAULTS: tuple[Fault, ...] = (*_credentials(), *_names(), *_scopes())
