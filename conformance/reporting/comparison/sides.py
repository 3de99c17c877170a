"""The two sides of an upgrade: runs that count once each, of one site, and what makes the sides differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from conformance.reporting.shapes import Shape
from conformance.sites.errors import UserError
from conformance.sites.release import Release

#: A skip for these reasons is what the contract asks for, when it is the contract of what the site runs.
_RIGHTLY_SKIPPED = ("release", "observe-only")


@dataclass(frozen=True)
class UpgradeRun:
    """One run of a side. ``outcomes`` are *good*, *bad* or, without a verdict, empty; ``times`` medians in seconds.

    ``skipped`` is the reason class of each scenario that was skipped; ``identity`` tells two runs apart wherever they
    are kept; ``judged_as`` is the release of the contract, where that is not what the site runs.
    """

    name: str
    release: Release
    outcomes: Mapping[str, str]
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)
    judged_as: Release | None = None
    identity: tuple[str, ...] = ()
    site: str = ""
    suite: str = ""
    access: str = ""
    mock: bool = False
    strict: bool = False

    @property
    def contract(self) -> Release:
        """The release it was judged as."""
        return self.judged_as or self.release

    def having(self, outcome: str) -> Iterator[str]:
        """The scenarios that ended so."""
        return (name for name, one in self.outcomes.items() if one == outcome)


@dataclass(frozen=True)
class Side:
    """The runs before, or those after."""

    runs: tuple[UpgradeRun, ...]

    @property
    def release(self) -> Release:
        """What the site ran last."""
        return self.runs[-1].release

    @property
    def oldest(self) -> Release:
        """The oldest release it ran."""
        return min(run.release for run in self.runs)

    @property
    def newest(self) -> Release:
        """The newest release it ran."""
        return max(run.release for run in self.runs)

    @property
    def suites(self) -> set[str]:
        """The versions of the suite that judged."""
        return {run.suite for run in self.runs}

    @property
    def scenarios(self) -> Iterator[str]:
        """Those that were judged."""
        return (name for run in self.runs for word in ("good", "bad") for name in run.having(word))

    def selected(self, name: str) -> bool:
        """Whether any run told of a scenario."""
        return any(name in run.outcomes for run in self.runs)

    def rightly_skips(self, name: str) -> bool:
        """Whether each run that told of a scenario skipped it as the contract of the site asks for."""
        mine = [run for run in self.runs if name in run.outcomes]
        right = (run.skipped.get(name) in _RIGHTLY_SKIPPED and run.contract == run.release for run in mine)
        return bool(mine) and all(right)

    def failures(self, things: Mapping[str, Iterable[str]]) -> list[Counter[str]]:
        """For each run how often each thing of a scenario failed."""
        return [Counter(one for name in run.having("bad") for one in things.get(name, ())) for run in self.runs]

    def judged(self, things: Mapping[str, Iterable[str]]) -> Counter[str]:
        """How often each thing was judged, in all runs together."""
        return Counter(one for name in self.scenarios for one in things.get(name, ()))


def counted_once(runs: Iterable[UpgradeRun]) -> tuple[Side, tuple[str, ...]]:
    """A side, oldest run first, and the runs that were named again."""
    kept: dict[tuple[str, ...], UpgradeRun] = {}
    again = []
    for run in runs:
        if run.identity in kept:
            again.append(f"named twice, counted once: {run.name}")
        else:
            kept[run.identity] = run
    return Side(tuple(sorted(kept.values(), key=lambda run: run.name))), tuple(again)


#: What the runs of one side must have in common to be one side.
_ONE: dict[str, Callable[[UpgradeRun], object]] = {
    "sites": lambda run: run.site,
    "kinds of sites": lambda run: "a mock" if run.mock else "live",
}


def refuse_sides(before: Side, after: Side) -> None:
    """:class:`UserError` when a run is on both sides, or the runs of a side are not of one site."""
    both = {run.identity for run in before.runs} & {run.identity for run in after.runs}
    for run in after.runs:
        if run.identity in both:
            what, hint = f"a run is on both sides: {run.site} {run.name}", "name each run on one side"
            raise UserError("side-shared", what, where="--before, --after", hint=hint)
    for word, side in (("--before", before), ("--after", after)):
        for several, read in _ONE.items():
            found = _told(side, read)
            if len(found) > 1:
                what = f"the runs of one side are of several {several}: {', '.join(found)}"
                raise UserError("side-mixed", what, where=word, hint="name runs of one site")


def side_notes(before: Side, after: Side) -> Iterator[str]:
    """What the runs do not have in common, and what they were judged as, where that is not what the site runs."""
    for word, side in (("before", before), ("after", after)):
        if side.oldest != side.newest:
            yield f"the runs {word} are of several releases: {side.oldest} to {side.newest}"
        for contract in sorted({run.contract for run in side.runs if run.contract != run.release}):
            number = sum(run.contract == contract for run in side.runs)
            runs = f"{number} of {len(side.runs)} runs {word}"
            yield f"{runs} judged as {contract}, the site says it runs {side.newest}"
    reads: dict[str, Callable[[UpgradeRun], object]] = {
        "site": _ONE["sites"],
        "kind of site": _ONE["kinds of sites"],
        "version of the suite": lambda run: run.suite,
        "access": lambda run: run.access,
        "strictness": lambda run: "strict" if run.strict else "not strict",
    }
    for what, read in reads.items():
        was, now = _told(before, read), _told(after, read)
        if len({*was, *now}) > 1:
            yield f"{what} differs: before {', '.join(was)}, after {', '.join(now)}"
    if not set(before.scenarios) & set(after.scenarios):
        yield "no scenario was judged on both sides"


def _told(side: Side, read: Callable[[UpgradeRun], object]) -> list[str]:
    return sorted({str(read(run)) for run in side.runs})
