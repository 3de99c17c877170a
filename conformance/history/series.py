"""What a row of nights says about one scenario: passing, failing since when, flaky, fixed.

A night says yes, no, or nothing. Single nights lie: a failure may be a flake, a
pass between two failures luck. So the row is read as a whole, as the most likely
course (Viterbi) of a hidden state that seldom changes. The nights of an outage,
those that came to no verdict and those on which this suite was wrong say nothing.
Where versions of the suite take turns, what one passes and another fails is read
by each for itself: it is the suite's difference, and not the site's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

#: How often a night is good, fails, or fails once and not again, by the state the site is in; two kinds of flaky, since
#: one that fails on every twentieth night is unlike one that fails on every second.
_SHOWS = {
    "passing": (0.999, 0.0009, 0.0001),
    "seldom": (0.92, 0.06, 0.06),
    "often": (0.58, 0.32, 0.32),
    "failing": (0.004, 0.995, 0.001),
}
_STARTS = {"passing": 0.6, "seldom": 0.04, "often": 0.04, "failing": 0.32}
_CHANGE = 0.004
#: What a letter of a night says of the site; the others say nothing.
_GOOD, _BAD, _FLAKED = range(3)
_SAYS = {"P": _GOOD, "W": _GOOD, "F": _BAD, "K": _BAD, "Y": _FLAKED}
#: Letters of the nights that say something.
JUDGED = frozenset(_SAYS)
_RECENT = 30
#: Judged nights for which a single failure among passes makes a scenario flaky.
_REMEMBERED = 60
#: Nights within which a version of the suite must have run to be in use: a machine that judges once a week is.
_IN_USE = 14
#: Nights in a row without a verdict after which a scenario is no longer judged; those of an outage do not count.
_LOST = 3
RED, WELL = ("new", "failing"), ("passing", "fixed")

WORDS = {
    "passing": "passes",
    "new": "fails since last night",
    "failing": "fails",
    "flaky": "fails now and then",
    "fixed": "failed, and passes again",
    "lost": "was judged, and no longer comes to a verdict",
    "never": "was never judged",
}
#: The first is what a reader must see first.
WORST_FIRST = ("new", "failing", "flaky", "lost", "fixed", "passing", "never")


@dataclass(frozen=True)
class Course:
    """What the nights of one scenario on one site come to.

    ``state`` is a key of :data:`WORDS`. ``since`` is the place of the first
    night of that state (-1: none), ``before`` that of the last judged night
    before it, ``last`` that of the last judged night, ``failed`` how many of
    ``judged`` nights failed since then. ``differs`` says in words which version
    of the suite says what, where versions that take turns disagree.
    """

    state: str
    since: int
    before: int
    last: int
    judged: int
    failed: int
    differs: str = ""


@dataclass(frozen=True)
class Turns:
    """The versions of the suite that judge a site lately: ``every`` one, and those still ``in_use``, the newest last.

    In use are the version of the last night, and what came back after another and ran
    lately, as when two machines keep their nights in one place.
    """

    every: tuple[str, ...]
    in_use: tuple[str, ...]


def turns(suites: Sequence[str]) -> Turns:
    """The versions among ``suites``, one a night, oldest first; a version that simply followed another is alone."""
    stretches = [name for name, _ in groupby(suites[-_REMEMBERED:])]
    back = {name for name in suites[-_IN_USE:] if stretches.count(name) > 1}
    used = back | set(stretches[-1:])
    since = min(map(stretches.index, used), default=0)
    return Turns(*(tuple(sorted(names, key=_version)) for names in (set(stretches[since:]), used)))


def _version(name: str) -> tuple[list[int], str]:
    return [int(part) for part in re.findall(r"\d+", name)], name


def course_by_suite(letters: str, suites: Sequence[str], taken: Turns, outages: Collection[int] = ()) -> Course:
    """The course of ``letters``, where each version of the suite that takes turns may have one of its own.

    Where one passes and another fails what both have judged since, the newest in use decides.
    """
    rows = {name: _own(letters, suites, name, taken.every) for name in taken.every} if len(taken.every) > 1 else {}
    told = {name: course(row, outages) for name, row in rows.items() if _judged_by(name, letters, suites)}
    says = {name: "fails" if one.state in RED else "passes" for name, one in told.items() if one.state in RED + WELL}
    deciding = [name for name in taken.in_use if name in told]
    if not deciding or not _disagree({name: told[name] for name in says}):
        return course(letters, outages)
    words = ", ".join(f"suite {name} {word} it" for name, word in says.items())
    return replace(told[deciding[-1]], differs=words)


def _own(letters: str, suites: Sequence[str], name: str, every: Collection[str]) -> str:
    """The nights of one version; those of the others that take turns say nothing about what it finds."""
    mine = (suite == name or suite not in every for suite in suites)
    return "".join(letter if own else "-" for letter, own in zip(letters, mine, strict=True))


def _judged_by(name: str, letters: str, suites: Sequence[str]) -> bool:
    return any(suite == name and letter in _SAYS for letter, suite in zip(letters, suites, strict=True))


def _disagree(told: Mapping[str, Course]) -> bool:
    """Whether one fails and another passes, each judged since the other began to: else a new night has changed it."""
    red = [one for one in told.values() if one.state in RED]
    well = [one for one in told.values() if one.state in WELL]
    return any(bad.last > good.since and good.last > bad.since for bad in red for good in well)


def course(letters: str, outages: Collection[int] = ()) -> Course:
    """The course of ``letters``, one a night, oldest first; see :data:`conformance.history.night.LETTERS`.

    On the nights of ``outages`` hardly anything was judged: nothing is lost by them.
    """
    places = [place for place, letter in enumerate(letters) if letter in _SAYS]
    if not places:
        return Course("never", -1, -1, -1, 0, 0)
    told = [_SAYS[letters[place]] for place in places]
    segments = _segments(told)
    state, start = segments[-1]
    lost = _lost_since(letters, places[-1], outages)
    if lost >= 0:
        return Course("lost", lost, places[-1], places[-1], len(places), sum(map(bool, told)))
    word = _word(state, segments, places, len(letters))
    before = places[start - 1] if start else -1
    return Course(word, places[start], before, places[-1], len(places) - start, sum(map(bool, told[start:])))


def _word(state: str, segments: list[tuple[str, int]], places: list[int], nights: int) -> str:
    start = segments[-1][1]
    if state == "failing":
        return "new" if start == len(places) - 1 and start > 0 else "failing"
    if state == "passing" and len(segments) > 1:
        return "fixed" if nights - places[start] <= _RECENT else "passing"
    return state


def _lost_since(letters: str, last: int, outages: Collection[int]) -> int:
    """Where a scenario stopped to come to a verdict: broken or skipped on every night since; -1 when it did not."""
    rest = [place for place in range(last + 1, len(letters)) if letters[place] in "BSU" and place not in outages]
    return rest[0] if len(rest) >= _LOST else -1


def _states(told: Sequence[int]) -> list[str]:
    """The most likely state of each judged night."""
    if not any(told):
        return ["passing"] * len(told)
    names = list(_SHOWS)
    says = {name: [math.log(share) for share in shares] for name, shares in _SHOWS.items()}
    stay, change = math.log(1 - _CHANGE), math.log(_CHANGE / (len(names) - 1))
    score = {name: math.log(_STARTS[name]) + says[name][told[0]] for name in names}
    ways: list[dict[str, str]] = []
    for now in told[1:]:
        best = max(names, key=score.__getitem__)
        way, following = {}, {}
        for name in names:
            moved = score[best] + change > score[name] + stay
            way[name] = best if moved else name
            following[name] = (score[best] + change if moved else score[name] + stay) + says[name][now]
        ways.append(way)
        score = following
    states = [max(names, key=score.__getitem__)]
    for way in reversed(ways):
        states.append(way[states[-1]])
    return states[::-1]


def _segments(told: Sequence[int]) -> list[tuple[str, int]]:
    """State and first place of each stretch; a failure at the very end is one, however steady it was before."""
    found, place = [], 0
    for state, group in groupby("flaky" if name in ("seldom", "often") else name for name in _states(told)):
        found.append((state, place))
        place += len(list(group))
    state, start = found[-1]
    tail = next((place for place in range(len(told), start, -1) if told[place - 1] != _BAD), start)
    if start < tail < len(told) and not any(told[start:tail]):
        # What never was good again after it failed is not flaky, and not plain good.
        steady = [] if state == "flaky" and found[:-1] and found[-2][0] == "passing" else [("passing", start)]
        return [*found[:-1], *steady, ("failing", tail)]
    if state == "passing" and any(told[start:]):
        if tail < len(told):
            return [*found, ("failing", tail)] if tail > start else [*found[:-1], ("failing", tail)]
        if any(told[-_REMEMBERED:]):
            found[-1] = ("flaky", start)
    return found
