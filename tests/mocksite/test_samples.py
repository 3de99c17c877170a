"""The sample of every operation works on a new site, by its document and by its command."""

from __future__ import annotations

import shlex

import pytest

from mocksite.operations import OPERATIONS
from mocksite.server.samples import curl, request, sample

#: What a new site has nothing of, and the sample that makes some.
BEFORE = dict.fromkeys(("lstRecordingInRecycleBin", "recoverRecordingFromRecycleBin"), "delRecording")


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_sample_works_on_a_new_site(site, name: str) -> None:
    if name in BEFORE:
        assert site.post(request(site.core.main, BEFORE[name])).ok
    reply = site.post(request(site.core.main, name))
    assert reply.ok, f"{reply.id} {reply.head('reason')}"
    assert "{" not in sample(name).content or "{" not in request(site.core.main, name)


def test_the_command_is_one_a_shell_takes(site) -> None:
    document = request(site.core.main, "createMeeting").replace("Sample<", "It's <")
    words = shlex.split(curl("http://127.0.0.1:8080/WBXService/XMLService", document))
    assert words[:3] == ["curl", "-s", "http://127.0.0.1:8080/WBXService/XMLService"]
    assert words[-1] == document


def test_samples_follow_the_site(site) -> None:
    """With single sign-on no password is taken, and a password that was changed is the new one."""
    site.set("single-sign-on", "true")
    assert "webExAccessToken" in request(site.core.main, "getUser")
    assert site.post(request(site.core.main, "getUser")).ok
