"""The one fault no mock can show: a profile with the retired address."""

from __future__ import annotations

from dataclasses import replace

from conformance.scenarios.features import Catalogue
from tests.rig import Rig, rig

#: Where the retired address still answers, so that nothing but its form is wrong.
STILL_SERVED = "R41.9.0-01/still-served"
#: Judged by the address of the profile.
ADDRESS = "R41.8.0-01"


def test_the_retired_address_in_a_profile_is_found(catalogue: Catalogue) -> None:
    scenarios = [one for file in catalogue.known_files() for one in file.scenarios.values() if one.clause.id == ADDRESS]
    with rig(catalogue) as site:
        assert [one.verdict.outcome for one in site.run(scenarios)] == ["passed"]
    with rig(catalogue, fault=STILL_SERVED) as site:
        old = replace(site.run_context.profile, url="https://mocksite.example.com/WBXService/xml10.0.0/XMLService")
        trials = Rig(site.core, replace(site.run_context, profile=old), catalogue).run(scenarios)
    assert [one.verdict.outcome for one in trials] == ["failed"]
    assert [found.check for one in trials for found in one.violations] == ["address"]
