"""How a user of the operator's was, whether there is a way back, and how it becomes so again: asked of a site that answers as told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from conformance.scenarios.disposables import demand_a_way_back, put_user_back, user_now
from conformance.scenarios.run_context import RunContext
from conformance.sites.errors import CannotJudge
from tests.judge.test_conditions import refused
from tests.run.answering_site import ADMIN, OK, Site, body

#: What GetUser tells of a user, by the name SetUser has for it.
WAS = {
    "newWebExId": "w", "email": "a@b.c", "active": "ACTIVATED", "host": "true", "timeZoneID": "4",
    "meetingCenter": "true", "trainingCenter": "false", "supportCenter": "true", "eventCenter": "false", "salesCenter": "true",
}  # fmt: skip
BEFORE = {"webExId": "w", **WAS}


def user(**told: str) -> str:
    """GetUser of a user who is as it was, but for what is ``told``."""
    now = WAS | told
    first = {"webExId": now.pop("newWebExId"), **{name: now.pop(name) for name in ("email", "active", "timeZoneID")}}
    host = now.pop("host")
    rows = "".join(f"<n:{name}>{text}</n:{name}>" for name, text in first.items())
    services = "".join(f"<n:{name}>{text}</n:{name}>" for name, text in now.items())
    return body(
        "GetUser", "user", f"{rows}<n:privilege><n:host>{host}</n:host></n:privilege><n:supportedServices>{services}</n:supportedServices>"
    )


def test_a_user_is_noted_as_the_site_shows_it(live: RunContext, site: Site) -> None:
    site.answers["GetUser"] = [user()]
    assert user_now(live, site, "w@b.c") == {**WAS, "webExId": "w@b.c"}
    assert [(name, caller, told["webExId"]) for name, caller, told in site.asked] == [("GetUser", ADMIN, "w@b.c")]


def test_what_the_site_leaves_empty_or_out_is_not_noted_and_of_two_the_first_is(live: RunContext, site: Site) -> None:
    site.answers["GetUser"] = [body("GetUser", "user", "<n:email/><n:active>ACTIVATED</n:active><n:active>DEACTIVATED</n:active>")]
    assert user_now(live, site, "w") == {"webExId": "w", "active": "ACTIVATED"}


def test_a_user_the_site_does_not_show_is_not_changed(live: RunContext, site: Site) -> None:
    site.answers["GetUser"] = [refused("030001", "No such user")]
    with pytest.raises(CannotJudge) as found:
        user_now(live, site, "w")
    assert str(found.value) == "w cannot be looked at before it is changed: GetUser answered FAILURE 030001 No such user"


# -- the way back -----------------------------------------------------------------


def settings_left_open(live: RunContext) -> RunContext:
    return replace(live, profile=replace(live.profile, settings={}))


@pytest.mark.parametrize("answer", [OK, refused("030001"), refused("010106")])
def test_who_may_be_set_can_be_given_back(live: RunContext, site: Site, answer: str) -> None:
    site.answers["SetUser"] = [answer]
    demand_a_way_back(settings_left_open(live), site, BEFORE)
    ((operation, caller, told),) = site.asked
    assert (operation, caller, told["webExId"], told["timeZoneID"]) == ("SetUser", ADMIN, "w", "4")
    assert "a@b.c" not in told.values(), "no more is set than tells whether anything may be"
    assert site.repeatable == {"SetUser"}


def test_a_site_that_refuses_to_set_users_is_asked_for_none(live: RunContext, site: Site) -> None:
    site.answers["SetUser"] = [refused("010107", "The site is suspended")]
    with pytest.raises(CannotJudge) as found:
        demand_a_way_back(settings_left_open(live), site, BEFORE)
    assert str(found.value) == "w could not be given back: SetUser answered FAILURE 010107 The site is suspended"


@pytest.mark.parametrize("suspended", [False, True])
def test_where_the_profile_says_how_the_site_is_set_nothing_is_asked(live: RunContext, site: Site, suspended: bool) -> None:
    demand_a_way_back(replace(live, profile=replace(live.profile, settings={"suspended": suspended})), site, BEFORE)
    assert site.asked == []


@pytest.mark.parametrize("known", [{"webExId": "w"}, {"webExId": "w", "email": "a@b.c"}])
def test_nothing_is_set_that_the_site_did_not_tell(live: RunContext, site: Site, known: Mapping[str, str]) -> None:
    demand_a_way_back(settings_left_open(live), site, known)
    assert site.asked == []


# -- giving back ------------------------------------------------------------------


def given_back(live: RunContext, site: Site, *now: str, before: Mapping[str, str] = BEFORE) -> list[tuple[str, dict[str, str]]]:
    """What was asked while GetUser answered ``now`` one after the other: the operation, and what is told with it."""
    site.answers["GetUser"] = list(now)
    put_user_back(live, site, before)
    assert {caller for _, caller, _ in site.asked} == {ADMIN}
    return [(operation, told) for operation, _, told in site.asked]


@pytest.mark.parametrize(
    "now",
    [
        user(), user(host="1"), user(host="TRUE"), user(trainingCenter="0"), user(newWebExId="W"), user(email="A@B.C"), user(active="activated"),
    ],
)  # fmt: skip
def test_who_is_as_before_is_left_alone(live: RunContext, site: Site, now: str) -> None:
    assert [operation for operation, _ in given_back(live, site, now)] == ["GetUser"]


@pytest.mark.parametrize("before", [{**BEFORE, "host": "1", "trainingCenter": "0"}, {"webExId": "w"}, {**BEFORE, "timeZoneID": ""}])
def test_how_a_boolean_was_written_and_what_was_not_known_is_no_change(live: RunContext, site: Site, before: dict[str, str]) -> None:
    assert [operation for operation, _ in given_back(live, site, user(timeZoneID="4"), before=before)] == ["GetUser"]


@pytest.mark.parametrize(
    ("element", "now"),
    [
        ("active", "DEACTIVATED"), ("host", "false"), ("host", "0"), ("host", ""), ("timeZoneID", "11"), ("meetingCenter", "false"), ("trainingCenter", "1"),
        ("supportCenter", "false"), ("eventCenter", "true"), ("salesCenter", ""),
    ],
)  # fmt: skip
def test_only_what_changed_is_set_and_looked_at_again(live: RunContext, site: Site, element: str, now: str) -> None:
    asked = given_back(live, site, user(**{element: now}), user())
    assert [operation for operation, _ in asked] == ["GetUser", "SetUser", "GetUser"]
    sent = asked[1][1]
    assert sent["webExId"] == "w"
    assert sent[element] == WAS[element]
    assert not (WAS.keys() - {element}) & sent.keys()
    assert site.repeatable == {"SetUser"}


def test_what_comes_with_being_a_host_again_is_taken_back_by_a_second_request(live: RunContext, site: Site) -> None:
    asked = given_back(live, site, user(host="false"), user(trainingCenter="true"), user())
    assert [operation for operation, _ in asked] == ["GetUser", "SetUser", "GetUser", "SetUser", "GetUser"]
    assert asked[1][1]["host"] == "true"
    assert asked[3][1]["trainingCenter"] == "false"


def test_what_stays_changed_after_two_requests_is_told(live: RunContext, site: Site) -> None:
    for now, told in (("11", "w has timeZoneID 11 still, it was 4"), ("", "w has timeZoneID absent still, it was 4")):
        with pytest.raises(CannotJudge) as found:
            given_back(live, site, user(timeZoneID=now))
        assert str(found.value) == told
    assert site.operations == ["GetUser", "SetUser", "GetUser", "SetUser", "GetUser"] * 2


def test_a_site_that_does_not_set_it_is_told_in_its_words(live: RunContext, site: Site) -> None:
    site.answers["SetUser"] = [refused("030001", "No such user")]
    with pytest.raises(CannotJudge) as found:
        given_back(live, site, user(active="DEACTIVATED"))
    assert str(found.value) == "SetUser of w answered FAILURE 030001 No such user"
    assert site.operations == ["GetUser", "SetUser"]


def test_a_user_is_looked_for_by_every_name_it_may_go_by(live: RunContext, site: Site) -> None:
    asked = given_back(live, site, refused(), user(newWebExId="n@b.c"), user(), before={**BEFORE, "webExId": "w,n@b.c"})
    assert [(operation, told["webExId"]) for operation, told in asked] == [("GetUser", "w"), ("GetUser", "n@b.c"), ("SetUser", "n@b.c"), ("GetUser", "w")]
    assert asked[2][1]["newWebExId"] == "w"


def test_a_name_that_is_not_taken_back_leaves_the_address_and_then_the_present_name(live: RunContext, site: Site) -> None:
    before = {**BEFORE, "webExId": "n"}
    asked = given_back(live, site, user(newWebExId="n", email="n@b.c"), refused(), refused(), user(), before=before)
    assert [told["webExId"] for operation, told in asked if operation == "GetUser"] == ["n", "w", "a@b.c", "n"]
    assert (asked[1][1]["newWebExId"], asked[1][1]["email"]) == ("w", "a@b.c")


def test_a_user_that_goes_by_none_of_its_names_is_told(live: RunContext, site: Site) -> None:
    with pytest.raises(CannotJudge) as found:
        given_back(live, site, refused("030001", "No such user"), before={**BEFORE, "webExId": "w,n@b.c"})
    assert str(found.value) == "GetUser of w or n@b.c answered FAILURE 030001 No such user"
    assert site.operations == ["GetUser", "GetUser"]
