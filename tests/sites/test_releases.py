"""Which release a site runs, in every form in which sites were seen to say it."""

from __future__ import annotations

import pytest

from conformance.sites.release import Release, release_in

FORMS = {
    "41.12.0": Release(41, 12),
    "WebEx XML API V41.6.3": Release(41, 6, 3),
    "WBS41.11.2.17": Release(41, 11, 2),
    "42.6": Release(42, 6),
    "39.7.0": Release(39, 7),
    "WebEx XML API V11.0.0": None,
    "WebEx XML API V10.0.0": None,
    "SP26": None,
    "EP1": None,
    "T31L": None,
    "T41L": None,
    "10.41.2.3": None,
    "41.12.0.1.2": None,
    "": None,
}


@pytest.mark.parametrize("text", FORMS)
def test_a_release_is_read_or_nothing(text: str) -> None:
    assert release_in(text) == FORMS[text]
