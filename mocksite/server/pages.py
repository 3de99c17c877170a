"""The pages of a site: answers to browsers, and the page behind the link of an activation mail."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import parse_qs

from mocksite.model.accounts import ACTIVATION_PATH, activation_proof
from mocksite.model.records import ACTIVATED, User
from mocksite.protocol.envelope import HttpRequest, HttpResponse
from mocksite.server.site import Site


def page(status: int, title: str, text: str, *headers: tuple[str, str]) -> HttpResponse:
    """A small HTML page."""
    body = (
        f"<!DOCTYPE html>\n<html><head><title>{html.escape(title)}</title></head>\n"
        f"<body><h1>{html.escape(title)}</h1>{text}</body></html>\n"
    )
    return HttpResponse(status, (("Content-Type", "text/html;charset=UTF-8"), *headers), body.encode())


def not_found(path: str) -> HttpResponse:
    """The answer for an address nothing is served at."""
    return page(404, "HTTP Status 404", f"<p>The requested resource {html.escape(path)} is not available.</p>")


def method_not_allowed(method: str) -> HttpResponse:
    """The answer for the service address asked in another way than POST."""
    text = f"<p>The method {html.escape(method)} is not supported here; the XML API takes POST.</p>"
    return page(405, "HTTP Status 405", text, ("Allow", "POST"))


def activation_page(sites: Iterable[Site], request: HttpRequest) -> HttpResponse | None:
    """The page behind the link: GET shows a form, POST with a password verifies and activates the user."""
    path = request.path.partition("?")[0]
    if not path.startswith(ACTIVATION_PATH):
        return None
    name, _, key = path[len(ACTIVATION_PATH) :].partition("/")
    user_id, _, proof = key.partition("-")
    site = next((site for site in sites if site.identity.name == name), None)
    user = site.store.get(User, int(user_id)) if site and user_id.isdigit() else None
    if site is None or user is None or proof != activation_proof(name, user):
        return not_found(path)
    if request.method != "POST":
        form = '<form method="post"><input type="password" name="password"><button>Activate</button></form>'
        return page(200, "Activate your account", f"<p>{html.escape(user.email)}</p>{form}")
    password = parse_qs(request.body.decode("utf-8", "replace")).get("password", [""])[0]
    if not password:
        return page(400, "Activate your account", "<p>A password is needed.</p>")
    site.store.put(replace(user, password=password, verified=True, hub_active=True, active=ACTIVATED))
    return page(200, "Your account is active", f"<p>{html.escape(user.email)}</p>")
