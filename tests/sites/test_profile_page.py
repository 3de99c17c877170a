"""docs/profile.md lists every account, setting and key of data there is, and is up to date."""

from __future__ import annotations

from pathlib import Path

from conformance.run.commands.profile_page import profile_page
from conformance.sites.profile import ROLES, data_keys, known_test_data
from conformance.sites.settings import known_settings


def test_the_page_is_up_to_date(root: Path) -> None:
    words = "webex-conformance index writes it anew"
    assert (root / "docs" / "profile.md").read_text(encoding="utf-8") == profile_page(), words


def test_it_names_everything() -> None:
    page = profile_page()
    assert not [name for name in (*ROLES, *known_settings(), *data_keys()) if f"`{name}`" not in page]


def test_it_says_of_every_item_what_it_must_be() -> None:
    """Because who writes a profile knows the site, and not the scenarios."""
    assert [name for name, item in known_test_data().items() if not item.must_be] == []
