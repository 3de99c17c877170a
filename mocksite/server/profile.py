"""The profile of a mock site, as TOML text for the sites file of the conformance suite."""

from __future__ import annotations

import json
from collections.abc import Mapping

from mocksite.model.queries import Term
from mocksite.model.records import User
from mocksite.model.settings import UNTOLD
from mocksite.seed.people import ROLES, Role
from mocksite.server.site import Site


def profile(site: Site, *, name: str, url: str, control_url: str, ca_file: str = "") -> str:
    """Everything the suite needs to know of the site, under ``[sites.NAME]``."""
    head = {
        "url": url,
        "site_name": site.identity.name,
        "release": str(site.identity.release),
        "access": "read-write",
        "control_url": control_url,
        **({"ca_file": ca_file} if ca_file else {}),
    }
    settings = {key: value for key, value in site.store.settings.items().items() if key not in UNTOLD}
    parts = [
        _table(f"sites.{name}", head),
        *(_table(f"sites.{name}.accounts.{role.name}", _account(site, role)) for role in ROLES),
        _table(f"sites.{name}.settings", settings),
        _table(f"sites.{name}.data", json.loads(site.store.noted("landmarks"))),
    ]
    return "\n".join(parts)


def _account(site: Site, role: Role) -> dict[str, object]:
    user = site.store.first(User, Term("webex_id", "=", role.webex_id))
    if user is None:
        return {"webex_id": role.webex_id}
    facts: dict[str, object] = {"webex_id": user.webex_id, "email": user.email}
    if role.name == "unscoped-admin":
        return {**facts, "access_token": user.access_token}
    tokens = {"webex_access_token": user.webex_access_token, "access_token": user.access_token}
    if site.store.settings.single_sign_on:
        return {**facts, **tokens}
    return {**facts, "password": user.password, **(tokens if role.tokens else {})}


def _table(head: str, values: Mapping[str, object]) -> str:
    # JSON strings, booleans and integers are TOML ones too.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join([f"[{head}]", *lines, ""])
