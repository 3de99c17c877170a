"""Whatever the contract allows passes, whatever it does not is found, and two libraries agree on both."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import notice_initialization_restarted

from conformance.judge.contract import Contract, ContractView
from conformance.judge.schema_check import check_schema
from conformance.sites.release import Release
from tests.judge.replies import SPOILS, Maker
from tests.judge.second_opinion import SecondOpinion
from tests.rig import CONTRACT, PAYLOADS

RELEASES = ("40.12.0", "41.2.0", "41.5.0", "41.8.0", "41.12.0")
OPERATIONS = sorted(operation for operation in PAYLOADS.operations if CONTRACT.whole.declares(operation))
#: The same examples every time: a verdict about the judge must not depend on the day.
QUIET = settings(
    deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck), print_blob=False
)
seeds = st.integers(min_value=0, max_value=2**32)
operations = st.sampled_from(OPERATIONS)


@pytest.fixture(scope="module", autouse=True)
def _at_rest() -> Iterator[None]:
    """A run in this process that comes later loads hypothesis's plugin again, which warns of examples made before it."""
    yield
    notice_initialization_restarted(warn=False)


def view(release: str) -> ContractView:
    return CONTRACT.view(Release.parse(release))


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> SecondOpinion:
    return SecondOpinion(view("41.12.0"), tmp_path_factory.mktemp("xsd"))


@pytest.mark.parametrize("release", RELEASES)
def test_what_the_contract_allows_is_never_a_violation(release: str) -> None:
    @settings(QUIET, max_examples=60)
    @given(operations, seeds)
    def holds(operation: str, seed: int) -> None:
        result = check_schema(Maker(view(release), Random(seed)).make(operation).reply(operation), view(release))
        assert result.findings == ()
        assert result.drift == ()

    holds()


@pytest.mark.parametrize("name", SPOILS)
def test_what_it_does_not_allow_is_found_where_it_stands(name: str) -> None:
    spoilt = []

    @settings(QUIET, max_examples=80)
    @given(operations, seeds)
    def found(operation: str, seed: int) -> None:
        random = Random(seed)
        made = Maker(view("41.12.0"), random).make(operation)
        where = SPOILS[name](made, view("41.12.0"), random)
        if where:
            findings = check_schema(made.reply(operation), view("41.12.0")).findings
            assert [one.check for one in findings] == ["schema"] * max(1, len(findings))
            assert where in {one.path.rpartition("/")[2] for one in findings}, findings
            spoilt.append(operation)

    found()
    assert len(set(spoilt)) > 10, "most operations were spoilt"


def test_two_libraries_agree(second: SecondOpinion) -> None:
    @settings(QUIET, max_examples=60)
    @given(operations, seeds, st.sampled_from(["", *SPOILS]))
    def agree(operation: str, seed: int, spoil: str) -> None:
        random = Random(seed)
        made = Maker(view("41.12.0"), random).make(operation)
        spoilt = SPOILS[spoil](made, view("41.12.0"), random) if spoil else ""
        assert bool(second.agrees(made.reply(operation))) == bool(spoilt)

    agree()


def test_a_newer_reply_is_drift_for_an_older_contract(contract: Contract) -> None:
    """What a later release adds is not declared before it: told as drift, judged as nothing."""
    drifted = set()
    for operation in OPERATIONS:
        for seed in range(5):
            reply = Maker(view("41.12.0"), Random(seed)).make(operation).reply(operation)
            result = check_schema(reply, view("40.12.0"))
            assert result.findings == ()
            drifted |= set(result.drift)
    assert {"siteInstance/tools/separateNoRecordingEdit", "freeAccount", "largeEventCapacity"} <= drifted
