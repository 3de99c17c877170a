"""How many inputs are tried; ``python -m tests.inputs`` tries them all and says so."""

from __future__ import annotations

from tests.inputs import test_addresses as addresses
from tests.inputs import test_known_issues as known
from tests.inputs import test_output as output
from tests.inputs import test_places as places
from tests.inputs import test_profiles as profiles
from tests.inputs import test_summaries as summaries
from tests.inputs.kinds import NO_TEXT, NO_TOML, ODD_TEXT
from tests.live import test_bad_inputs as by_hand

ROWS = {
    "profiles": len(profiles.PLACES) * (len(NO_TEXT) + len(ODD_TEXT)) + 3 * len(NO_TOML) + len(profiles.TABLES) * len(NO_TEXT),
    "known issues": len(known.ISSUE) * (len(NO_TEXT) + len(ODD_TEXT)) + 2 * len(NO_TOML) + 2 * len(NO_TEXT),
    "summaries": len(summaries.PLACES) * (len(summaries.KINDS) + 1) + len(summaries.NO_JSON),
    "places": (len(places.READ) + len(places.WRITTEN) + len(places.OF_A_RUN)) * len(places.KINDS),
    "addresses": len(addresses.HOSTS) * len(addresses.PORTS)
    + len(addresses.URLS)
    + len(addresses.RATES)
    + len(addresses.VARIABLES) * len(addresses.PROXIES)
    + len(addresses.NO_PROXIES)
    + len(addresses.CERTIFICATES)
    + len(addresses.AGES)
    + len(addresses.NAMED),
    "output": (len(output.TELL) + len(output.ASK)) * len(output.FAILS)
    + len(output.TELL) * len(output.ENCODINGS)
    + 2 * len(output.LOST)
    + len(output.WRITE)
    + 3 * len(output.PIPES)
    + len(output.READ_PIPES)
    + len(output.DAYS)
    + len(output.ROOTED),
    "by hand": sum(map(len, (by_hand.PROFILES, by_hand.SITES, by_hand.BUNDLES, by_hand.COMMANDS, by_hand.PAYLOADS))),
}


def test_at_least_900_inputs_are_tried() -> None:
    assert min(ROWS.values()) > 50, ROWS
    assert sum(ROWS.values()) >= 900, ROWS
