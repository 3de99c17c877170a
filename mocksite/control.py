"""The control plane: arranging and watching a mock site from the same machine (design.md, mock control plane).

``/_control/...`` speaks of the first site, ``/_control/sites/NAME/...`` of any other.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mocksite import arrangement
from mocksite.exchange import HttpRequest, HttpResponse
from mocksite.fault import UnknownFaultError
from mocksite.faults import CATALOGUE, fault
from mocksite.record import Mail
from mocksite.setting import UnknownSettingError
from mocksite.snapshot import snapshot

if TYPE_CHECKING:
    from mocksite.core import Core
    from mocksite.site import Site

CONTROL_PATH = "/_control"

_Answer = Callable[["Site", str, object], object]


class Control:
    """Answers requests of the control plane of one core."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._routes: dict[tuple[str, str], _Answer] = {
            ("GET", "state"): lambda site, _name, _value: snapshot(site),
            ("PUT", "settings"): lambda site, name, value: site.store.set(name, value),
            ("POST", "reset"): self._reset,
            ("PUT", "fault"): self._put_fault,
            ("GET", "fault"): lambda site, _name, _value: site.fault.id or None,
            ("GET", "faults"): lambda _site, _name, _value: [
                {"id": one.id, "summary": one.summary} for one in CATALOGUE.values()
            ],
            ("GET", "log"): self._log,
            ("GET", "mail"): lambda site, _name, _value: [_mail(mail) for mail in site.store.all(Mail)],
            ("PUT", "users"): arrangement.arrange_user,
            ("DELETE", "users"): arrangement.delete_user,
            ("DELETE", "sessions"): arrangement.delete_session,
            ("DELETE", "mail"): arrangement.delete_mail,
        }

    def handle(self, request: HttpRequest) -> HttpResponse:
        """The response to a request of the control plane; callers from elsewhere are turned away."""
        if not _is_loopback(request.client):
            return _json(403, {"error": "the control plane answers on this machine only"})
        parts = [unquote(part) for part in request.path.partition("?")[0].split("/")[2:]]
        site: Site | None = self._core.main
        if parts[:1] == ["sites"] and len(parts) > 1:
            site, parts = self._core.sites.get(parts[1].lower()), parts[2:]
        if site is None:
            return _json(404, {"error": "there is no such site"})
        return self._route(request, site, parts)

    def set_fault(self, site: Site, fault_id: str | None) -> None:
        """Make a site faulty, or healthy with None; an unknown id is an UnknownFaultError."""
        site.fault = fault(fault_id)

    def _route(self, request: HttpRequest, site: Site, parts: list[str]) -> HttpResponse:
        section, name = parts[0] if parts else "", "/".join(parts[1:])
        answer = self._routes.get((request.method, section))
        if answer is None:
            known = ", ".join(f"{method} {CONTROL_PATH}/{name}" for method, name in sorted(self._routes))
            return _json(404, {"error": f"{request.method} {request.path} is not known; known are {known}"})
        try:
            value = json.loads(request.body) if request.body.strip() else None
            # A reset replaces the database as a whole, which cannot happen inside a transaction.
            with nullcontext() if section == "reset" else site.store.transaction():
                return _json(200, answer(site, name, value))
        except (UnknownSettingError, UnknownFaultError, arrangement.ArrangementError) as problem:
            return _json(problem.status if isinstance(problem, arrangement.ArrangementError) else 400, _error(problem))
        except json.JSONDecodeError:
            return _json(400, {"error": "the body is not JSON"})
        except Exception as problem:  # noqa: BLE001 - a bug of ours must not look like a network failure
            return _json(500, {"error": f"webex-mock failed: {type(problem).__name__}: {problem}"})

    def _reset(self, site: Site, _name: str, _value: object) -> object:
        site.reset()
        self.set_fault(site, None)
        self._core.journal.clear()
        return None

    def _put_fault(self, site: Site, _name: str, value: object) -> object:
        wanted = value.get("id") if isinstance(value, dict) else value
        if wanted is not None and not isinstance(wanted, str):
            raise UnknownFaultError('the body must be {"id": "..."} or null')
        self.set_fault(site, wanted or None)
        return site.fault.id or None

    def _log(self, site: Site, _name: str, _value: object) -> object:
        return [asdict(entry) for entry in self._core.journal.entries() if entry.site == site.identity.name]


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _mail(mail: Mail) -> dict[str, object]:
    """A message sent; ``subject`` is the header as it stood on the wire."""
    told = asdict(mail)
    return {"to": told.pop("recipient"), **told}


def _error(problem: Exception) -> dict[str, str]:
    return {"error": str(problem)}


def _json(status: int, value: object) -> HttpResponse:
    body = json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
    return HttpResponse(status, (("Content-Type", "application/json;charset=UTF-8"),), body)
