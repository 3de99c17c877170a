"""What a site that Control Hub manages may choose about users, logins and mail."""

from __future__ import annotations

import json
import re

import pytest

ADMIN = "site-admin"
NEW = "nora.new@example.com"
USER = f"<firstName>Nora</firstName><lastName>New</lastName><webExId>{NEW}</webExId><email>{NEW}</email>"


def mails(site) -> list[dict]:
    return json.loads(site.control("GET", "mail").body)


def test_single_sign_on_takes_no_password_and_every_token(site) -> None:
    site.set("single-sign-on", "true")
    reply = site.call("GetSite", role=ADMIN)
    assert (reply.id, "SSO" in reply.head("reason")) == ("030002", True)
    account = site.core.profile()
    assert "password" not in account
    token = re.search(r'access_token = "([^"]+)"', account).group(1)
    assert site.call("GetSite", role=ADMIN, webExAccessToken=token).ok


def test_users_of_a_directory_are_made_by_nobody(site) -> None:
    email = site.new_user()
    site.set("directory-sync", "true")
    assert site.call("CreateUser", USER.replace("nora", "nele"), ADMIN).id == "030105"
    assert site.call("SetUser", f"<webExId>{email}</webExId><email>other@example.com</email>", ADMIN).id == "030105"
    site.set("control-hub-managed", "false")
    assert site.call("CreateUser", USER.replace("nora", "nele"), ADMIN).ok


def test_a_verified_domain_verifies_and_writes_to_nobody(site) -> None:
    site.set("verification-by-mail-domain", "true")
    site.done("CreateUser", USER, ADMIN)
    assert mails(site) == []
    assert site.user(NEW).text("active") == "REQUEST_TO_ACTIVATE", "verified is not yet active"
    site.done("SetUser", f"<webExId>{NEW}</webExId><active>ACTIVATED</active>", ADMIN)
    assert site.user(NEW).text("active") == "ACTIVATED"


def test_mails_by_the_templates_of_the_site(site) -> None:
    site.set("activation-mails", "false")
    site.new_user(email="a@example.com")
    assert mails(site) == []
    site.set("activation-mails", "true")
    site.set("further-mails", "true")
    site.set("names-in-mail-subjects", "false")
    site.new_user(email="b@example.com")
    welcome, activation = mails(site)
    assert [mail["subject"] for mail in (welcome, activation)] == ["Welcome to Webex", "Activate your Webex account"]
    assert [len(re.findall("https?://", mail["body"])) for mail in (welcome, activation)] == [1, 2]


def test_a_site_has_so_many_hosts(site) -> None:
    site.set("host-limit", "1")
    reply = site.call("CreateUser", USER, ADMIN)
    assert (reply.ok, reply.head("reason")) == (False, "exceededSiteHostLimit")
    site.set("host-limit", "1000")
    assert site.call("CreateUser", USER, ADMIN).ok


def test_now_and_then_a_good_password_is_refused(site) -> None:
    site.set("login-refused-every", "3")
    assert [site.call("GetSite", role=ADMIN).id for _ in range(6)] == ["", "", "030002"] * 2


def test_a_new_address_may_wait_for_its_owner(site) -> None:
    site.set("address-change-waits", "true")
    email = site.new_user()
    site.done("SetUser", f"<webExId>{email}</webExId><email>other@example.com</email>", ADMIN)
    assert site.user(email).text("email") == email
    assert mails(site)[-1]["to"] == "other@example.com"


@pytest.mark.parametrize(("owned", "name"), [("true", "New"), ("false", "Renamed")])
def test_names_may_be_those_of_control_hub(site, owned: str, name: str) -> None:
    site.set("names-owned-by-control-hub", owned)
    email = site.new_user(lastName="New")
    site.done("SetUser", f"<webExId>{email}</webExId><lastName>Renamed</lastName>", ADMIN)
    assert site.user(email).text("lastName") == name


@pytest.mark.parametrize("operation", ["CreateUser", "SetUser", "DelUser"])
def test_user_management_may_want_the_password(site, operation: str) -> None:
    email = site.new_user(email="u@example.com")
    body = USER if operation == "CreateUser" else f"<webExId>{email}</webExId>"
    ticket = site.done("AuthenticateUser", role=ADMIN).text("sessionTicket")
    site.set("tickets-for-user-management", "false")
    assert site.call(operation, body, ADMIN, sessionTicket=ticket, password="").id == "030104"
    site.set("tickets-for-user-management", "true")
    assert site.call(operation, body, ADMIN, sessionTicket=ticket, password="").ok


def test_nobody_needs_an_avatar(site) -> None:
    """Both captured replies of GetUser hold none."""
    host = site.account("host")["webex_id"]
    assert "avatar" not in site.user(host).names(), "two captured replies hold none: nobody has set one"
    assert "avatar" in site.user("rosa.room@example.com").names()
    site.set("avatars", "false")
    assert "avatar" not in site.user("rosa.room@example.com").names()


def test_a_host_again_has_the_licenses_of_a_host(site) -> None:
    email = site.account("disposable-user")["webex_id"]
    before = site.user(email)
    site.done("DelUser", f"<webExId>{email}</webExId>", ADMIN)
    gone = site.user(email)
    assert (gone.text("active"), gone.text("privilege/host")) == ("DEACTIVATED", "false")
    site.done("SetUser", f"<webExId>{email}</webExId><active>ACTIVATED</active><privilege><host>true</host></privilege>", ADMIN)
    after = site.user(email)
    for path in ("active", "privilege/host", "supportedServices/meetingCenter", "supportedServices/trainingCenter"):
        assert after.text(path) == before.text(path), path
