"""Addresses of a profile: the common mistakes have messages of their own, before anything is sent."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from conformance.target.profile import SERVICE_PATH, is_loopback, names_api_version
from conformance.target.table import Table
from conformance.target.trouble import UserError

_EVERY_SITE = "api.webex.com"


def service_address(table: Table) -> str:
    """``url`` of a profile: https, or http to this machine; the current address of the service."""
    url = table.text("url")
    parts = _parts(url)
    hint = f'url = "https://SITE.webex.com{SERVICE_PATH}"'
    if parts is None:
        # Whatever it is, it may hold a password.
        raise table.fail("url-form", "url is not an address", "url", hint)
    if parts.username or parts.password:
        raise table.fail(
            "url-credentials", "url must not carry credentials", "url", f"use [sites.{table.site}.accounts]"
        )
    if parts.scheme == "http" and not is_loopback(url):
        hint = f'url = "https://{parts.netloc}{parts.path}"'
        raise table.fail("url-http", "passwords would travel in clear over http", "url", hint)
    if names_api_version(url):
        what = f"{url} is the address of XML API 10.0.0, retired with release 41.9.0"
        raise table.fail("url-retired", what, "url", f'url = "{parts.scheme}://{parts.netloc}{SERVICE_PATH}"')
    if parts.hostname == _EVERY_SITE and not table.row.get("site_name"):
        raise _nameless(table)
    return url


def control_address(table: Table, url: str) -> str:
    """``control_url`` of a mock; it and the site must be on this machine."""
    control_url = table.text("control_url", "")
    if control_url and not (is_loopback(control_url) and is_loopback(url)):
        hint = "only a mock has one; take it out for a live site"
        raise table.fail("control-url", "control_url and url must be on this machine", "control_url", hint)
    return control_url.rstrip("/")


def _parts(url: str) -> SplitResult | None:
    """``url`` taken apart; None when it is not one."""
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return None
    sound = (
        parts.scheme in ("http", "https") and parts.hostname and port_is_fine and url.isprintable() and " " not in url
    )
    return parts if sound else None


def _nameless(table: Table) -> UserError:
    return table.fail(
        "site-name-missing",
        f"{_EVERY_SITE} serves every site and needs to be told which",
        "url",
        'add site_name = "...", the first part of the address people use: SITE.webex.com',
    )
