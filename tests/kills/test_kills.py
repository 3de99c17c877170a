"""Of the moments at which ``python -m tests.kills`` kills runs, one a day for each way."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.kills.__main__ import chosen
from tests.kills.measure import WAYS, Moment, changes, differences, kill
from tests.rotation import today
import mocksite

#: A request for which every run of the feature is alive: each makes more than twice as many.
FEATURE = ("features/41.4.0/entry-exit-tone.feature",)
_REQUESTS = 40


@pytest.mark.rotating(5)
@pytest.mark.parametrize("way", WAYS)
def test_what_a_killed_run_left_is_put_back(tmp_path: Path, way: str) -> None:
    chance = random.Random(today())
    moment = Moment(chance.randint(20, _REQUESTS), chance.random() < 0.5)
    result = kill(tmp_path / "run", way, moment, FEATURE)
    assert result.good, f"{result}\n{result.told}\n{(tmp_path / 'run' / 'run.txt').read_text(encoding='utf-8')[-2000:]}"


def test_moments_are_those_of_the_run() -> None:
    for seed in range(200):
        moment = chosen(random.Random(seed), 50, [10, 20, 50])
        assert 1 <= moment.request <= 50
    assert chosen(random.Random(7), 50, [10]) == chosen(random.Random(7), 50, [10])


def test_requests_that_change_a_site_are_told_from_reads() -> None:
    control = [mocksite.HttpRequest(method, "/_control/settings/x", {}, b"") for method in ("GET", "PUT", "DELETE")]
    assert [changes(one) for one in control] == [False, True, True]
    asked = [mocksite.HttpRequest("POST", "/", {}, f'xsi:type="java:com.webex.x.{name}"'.encode()) for name in ("GetUser", "SetUser")]
    assert [changes(one) for one in asked] == [False, True]


def test_a_state_that_is_not_as_before_is_told() -> None:
    user = {"user_id": 1, "email": "a@example.com", "active": "ACTIVATED"}
    empty: dict[str, object] = {"settings": {"x": 1}, "sessions": [], "attendees": [], "programs": [], "recordings": [], "users": []}
    assert differences(empty, empty, live=False) == ()
    assert differences(empty, {**empty, "settings": {"x": 2}}, live=False) == ("setting x",)
    new = {**empty, "users": [user]}
    assert len(differences(empty, new, live=True)) == len(differences(new, empty, live=True)) == 1
    gone = {**empty, "users": [{**user, "active": "DEACTIVATED"}]}
    assert differences(empty, gone, live=True) == ()
    assert len(differences(empty, gone, live=False)) == len(differences(new, gone, live=True)) == 1
