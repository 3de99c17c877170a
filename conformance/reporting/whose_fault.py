"""Whose fault each red is, and what says so; reds that come from one thing are one cluster.

A failure that the sound mock of the release shows as well accuses this suite and
not the site, and so does what broke there, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.reporting.outcome import ScenarioResult

#: Whose fault it is that a scenario is red.
FAULTS = {
    "site": "the site broke the clause, and the reference mock of that release keeps it",
    "operation": "how the site is run: it was not well, too fast for it, an account or data is gone",
    "profile": "what the profile says is not so, or not enough",
    "suite": "a fault of this suite: it raised, or the reference mock of that release fails the scenario, too",
}


@dataclass(frozen=True)
class Cluster:
    """Reds that come from one thing, whatever each of them met first; ``words`` say what.

    ``fault`` is a key of :data:`FAULTS`.
    """

    fault: str
    words: str
    results: tuple[ScenarioResult, ...]

    def __str__(self) -> str:
        return f"{self.words}: {len(self.results)} scenario{'s' if len(self.results) > 1 else ''}"


#: Kinds of one cause from which on it is told as one that has them all.
_SEVERAL = 3
_ANY = ""
_Key = tuple[str, str, str]


def clusters(results: Iterable[ScenarioResult]) -> tuple[Cluster, ...]:
    """The reds of a run by what they come from, the most scenarios first.

    A scenario stands in one cluster alone: in the one that explains most of them.
    """
    by: dict[str, dict[str, list[_Key]]] = {}
    told: dict[str, ScenarioResult] = {}
    for one in results:
        if one.red:
            told[one.nodeid] = one
            by.setdefault(one.fault, {})[one.nodeid] = _keys(one)
    found = [
        Cluster(fault, _key_in_words(key, kinds), tuple(told[name] for name in names))
        for fault, keys in by.items()
        for key, kinds, names in _covering(keys)
    ]
    return tuple(sorted(found, key=lambda one: -len(one.results)))


def _keys(result: ScenarioResult) -> list[_Key]:
    """Operation, place and what is wrong there, of each thing that was found."""
    if result.outcome == "broken":
        operation, words = _broke(result.cause)
        return [("", "", "an account is not let in")] if result.trouble == "account" else [(operation, "", words)]
    if result.fault == "suite":
        return [("", "", f"check {one.check}, which the reference breaks, too") for one in result.violations]
    return [one.cause for one in result.violations]


_SENT = re.compile(r"^(?P<operation>\w+) to \S+: ")
#: What differs from one reply to the next.
_OWN = re.compile(r"; it starts with .*| \(traceback in [^)]*\)|(?<=the reply is not XML): .*")


def alike(cause: str) -> str:
    """What is the same in causes that are one: where a reply was cut off, or how it begins, is no cause of its own."""
    return _OWN.sub("", cause)


def _broke(cause: str) -> tuple[str, str]:
    """Operation and what went wrong with it, without what differs from one reply to the next."""
    first = cause.partition("\n")[0]
    sent = _SENT.match(first)
    return (sent["operation"] if sent else ""), alike(first[sent.end() if sent else 0 :])


def _covering(keys: Mapping[str, Sequence[_Key]]) -> Iterable[tuple[_Key, set[_Key], list[str]]]:
    """The fewest keys, as far as the greedy way finds them, that explain every scenario; what is told by each."""
    left = dict(keys)
    while left:
        having: dict[_Key, dict[str, None]] = {}
        kinds: dict[_Key, set[_Key]] = {}
        for name, mine in left.items():
            for key in mine:
                for wider in (key, (key[0], _ANY, key[2]), (_ANY, key[1], key[2])):
                    having.setdefault(wider, {})[name] = None
                    kinds.setdefault(wider, set()).add(key)
        told = [key for key in having if key in kinds[key] or len(kinds[key]) >= _SEVERAL]
        best = max(told, key=lambda key: (len(having[key]), -len(kinds[key])))
        yield best, kinds[best], list(having[best])
        left = {name: mine for name, mine in left.items() if name not in having[best]}


def _key_in_words(key: _Key, kinds: set[_Key]) -> str:
    operation, path, wrong = key
    operations = sorted({one[0] for one in kinds} - {""})
    paths = sorted({one[1] for one in kinds} - {""})
    where = operation or (f"{len(operations)} operations" if len(operations) > 1 else "".join(operations))
    what = path or (f"{len(paths)} elements" if len(paths) > 1 else "".join(paths))
    return "  ".join(filter(None, (where, what, wrong)))


#: What the reference comes to when the fault is ours.
_OURS = ("failed", "broken")


def _tells(word: str) -> bool:
    """Whether an outcome on the reference tells whose fault it is: what is skipped or observed there does not."""
    return word in ("passed", *_OURS)


#: Scenarios of a cluster of broken ones that the reference is asked about.
_ASKED = 3


def doubtful(results: Iterable[ScenarioResult]) -> tuple[str, ...]:
    """The node ids of reds of which the reference can tell whether they are ours: each failure, and some of what broke.

    What broke for one reason need not be asked about as a whole: an outage breaks every scenario of a run.
    """
    asked = []
    for cluster in clusters(one for one in results if one.fault in ("site", "operation", "profile")):
        several = cluster.results if cluster.fault == "site" else cluster.results[:_ASKED]
        asked += [one.nodeid for one in several]
    return tuple(asked)


def others(results: Iterable[ScenarioResult], said: Mapping[str, str]) -> tuple[str, ...]:
    """The node ids of what broke together with those of :func:`doubtful` and is asked about when none of them could be.

    One of each feature: what does not apply to the reference, or is only observed there, seldom fills two of them.
    """
    asked: list[str] = []
    for cluster in clusters(one for one in results if one.fault in ("operation", "profile")):
        if not any(_tells(said.get(one.nodeid, "")) for one in cluster.results):
            features = {one.nodeid.partition("::")[0]: one.nodeid for one in reversed(cluster.results[_ASKED:])}
            asked += features.values()
    return tuple(asked)


def settled(
    results: Mapping[str, ScenarioResult], reference: Mapping[str, str], release: str
) -> dict[str, ScenarioResult]:
    """``results`` with whose fault each red is, and what says so, now that the ``reference`` has said what it comes to.

    ``reference`` holds the outcome of scenarios on the sound mock of ``release``. One that it does not pass accuses
    us, and nobody else; of what broke together it is enough when none passes that was asked.
    """
    now = dict(results)
    told = {name: word for name, word in reference.items() if _tells(word)}
    for cluster in clusters(results.values()):
        said = [told[one.nodeid] for one in cluster.results if one.nodeid in told]
        together = "passed" if "passed" in said else next(iter(said), "")
        for one in cluster.results:
            word = told.get(one.nodeid, "") if one.fault == "site" else together
            fault = "suite" if word in _OURS else one.fault
            now[one.nodeid] = replace(one, fault=fault, evidence=_evidence(one, word, release))
    return now


def _evidence(one: ScenarioResult, word: str, release: str) -> str:
    """What says whose fault it is, in words."""
    if one.fault == "suite":
        return "it raised an error of our code"
    told = {"": f"not checked, for no mock of {release} could be asked", "passed": f"the mock of {release} passes it"}
    return "; ".join(filter(None, (one.trouble, told.get(word, f"on the mock of {release} it is {word}, too"))))
