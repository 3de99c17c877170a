"""Of every outline the first row of each clause: what tests of the machinery run when tests rotate.

Rows of an outline tell the site's callers, kinds and fields apart, which is what features, twins and the fault matrix are
about; lanes, reports and outcomes are the same for each. As a plugin (``-p tests.first_rows``) it makes a run smaller.
(PYTEST_DONT_REWRITE: it holds no assertion, and is imported before pytest looks for some.)
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pytest

from conformance.scenarios.scenario import Scenario

#: Set while tests rotate, here and in every process they start.
VARIABLE = "WXC_TEST_FIRST_ROWS"


def first_rows(scenarios: Iterable[Scenario]) -> list[Scenario]:
    """All of ``scenarios``, or those when tests rotate."""
    every = list(scenarios)
    if not os.environ.get(VARIABLE):
        return every
    return list({(one.path, one.line, one.clause.id): one for one in reversed(every)}.values())[::-1]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    """Deselect the other rows."""
    mine = set(first_rows(item.scenario for item in items))
    others = [item for item in items if item.scenario not in mine]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item.scenario in mine]
