"""What a mock is set to, as a run knows it."""

from __future__ import annotations

import mocksite
from conformance.sites.control_plane import ControlPlane
from conformance.sites.settings import Setting, setting_named
from tests.rig import CoreTransport

RELAY = Setting("mail-relay", "", "text", (), "where mail goes", "", None)


def test_a_setting_changed_before_any_was_asked_for_hides_no_other() -> None:
    """Mail is relayed before the first option is looked at, when the first scenario is about mail."""
    core = mocksite.Core()
    control_plane = ControlPlane("http://127.0.0.1/_control", transport=CoreTransport(core))
    control_plane.set(RELAY, "127.0.0.1:25")
    assert control_plane.setting("classic-events") is True
    control_plane.set(setting_named("classic-events"), False)
    assert control_plane.setting("classic-events") is False
    control_plane.close()
    core.close()
