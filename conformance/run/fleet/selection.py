"""Which of many sites a run is on, and which shard of it this machine carries out."""

from __future__ import annotations

import os
import re
from argparse import SUPPRESS
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TextIO

from conformance.reporting.text import printable
from conformance.sites.errors import UserError, nearest
from conformance.sites.profile import demand_site_name
from conformance.sites.profile_file import listed, sites_file
from conformance.sites.user_files import read_user_file, why_unreadable

_EMBEDDED = "mock"
_PATTERN = re.compile(r"[*?\[]")
_FRACTION = re.compile(r"^(\d{1,5})/(\d{1,5})$")
#: Kubernetes counts the pods of an Indexed Job in it, from 0 (kubernetes.io, Indexed Job for Parallel Processing).
_INDEX = "JOB_COMPLETION_INDEX"
SHARD_VARIABLE = "WXC_SHARD"


@dataclass(frozen=True)
class NamedSites:
    """The sites of a run, and ``problems``: what a pattern, group or list may have named, and nobody can tell.

    One broken profile of three hundred stops no other site, but a run that leaves it out has not done its work.
    """

    sites: tuple[str, ...]
    problems: tuple[UserError, ...] = ()


def sites_named(names: Sequence[str], groups: Sequence[str], sites: str) -> NamedSites:
    """The sites that ``--site`` and ``--site-group`` name, each once: in their order, of patterns in that of the file.

    Nothing is read for names that are written out.
    """
    written = list(dict.fromkeys(one for name in names for one in _written(name)))
    plain = [name for name in written if not _PATTERN.search(name)]
    for name in plain if groups or len(written) > 1 else ():
        demand_site_name(name, "--site")
    if not groups and plain == written:
        return NamedSites(tuple(written) or (_EMBEDDED,))
    place = sites_file(sites or None)
    known, problems = listed(place)
    sound = {name: several for name, several in known.items() if not isinstance(several, UserError)}
    certain = not problems
    chosen = list(dict.fromkeys(one for name in written or ["*"] for one in _matching(name, known, place, certain)))
    problems += [told for one in chosen if isinstance(told := known.get(one), UserError)]
    if groups:
        problems += [_unknown(one, known, place) for one in chosen if one not in known]
        chosen = _grouped(chosen, groups, sound, place, certain and not problems)
    chosen = [one for one in chosen if one in sound or one not in known]
    if problems and not chosen:
        raise problems[0]
    return NamedSites(tuple(chosen), tuple(problems))


def tell_problems(problems: Sequence[UserError], output: TextIO | None = None) -> int:
    """Name what keeps sites out of a run; 4, as each of them would end with, or 0 where there is nothing."""
    for problem in problems:
        print(f"LEFT OUT  {printable(str(problem))}", file=output, flush=True)
    return 4 if problems else 0


def _written(name: str) -> Iterator[str]:
    """The names in a file for ``@FILE``, one a line, behind # a remark; else the name itself."""
    if not name.startswith("@"):
        yield name
        return
    file = Path(name[1:])
    try:
        lines = read_user_file(file).splitlines()
    except (OSError, ValueError) as problem:
        raise UserError("site-list", f"cannot read it: {why_unreadable(problem)}", where=str(file)) from None
    found = [bare for line in lines if (bare := line.partition("#")[0].strip())]
    if not found:
        raise UserError("site-list", "it names no site", where=str(file), hint="write one name, or pattern, a line")
    yield from found


def _matching(name: str, known: Mapping[str, object], place: Path, certain: bool) -> list[str]:
    """What a name or pattern stands for; one that matches nothing is a mistake where it is ``certain``."""
    if not _PATTERN.search(name):
        return [name]
    found = [one for one in known if fnmatchcase(one, name)]
    if certain and not found:
        raise UserError("site-unknown", f"no site is called like {name!r}", where=str(place), hint=nearest(name, known))
    return found


def _unknown(name: str, known: Mapping[str, object], place: Path) -> UserError:
    return UserError("site-unknown", f"no site is called {name!r}", where=str(place), hint=nearest(name, known))


def _grouped(
    chosen: Sequence[str], groups: Sequence[str], known: Mapping[str, tuple[str, ...]], place: Path, certain: bool
) -> list[str]:
    there = {group for several in known.values() for group in several}
    for group in groups if certain else ():
        if group not in there:
            hint = nearest(group, there) or 'write groups = ["..."] into the profiles'
            raise UserError("group-unknown", f"no site is in a group {group!r}", where=str(place), hint=hint)
    found = [name for name in chosen if set(groups) & set(known.get(name, ()))]
    if certain and not found:
        raise UserError("group-empty", f"no site that --site names is in {', '.join(groups)}", where=str(place))
    return found


def add_shard_options(group: Any) -> None:
    """Declare the options of a run on several machines with pytest."""
    words = f"carry out one of N shards of this run, K from 1 (or the variable {SHARD_VARIABLE}); see merge"
    group.addoption("--shard", metavar="K/N", help=words)
    words = f"the shard that {_INDEX} says, of N: a pod of an Indexed Job"
    group.addoption("--shards", metavar="N", type=int, help=words)
    words = "what scenarios took, to even out shards: reports of an earlier run, a history, or JSON {nodeid: seconds}"
    group.addoption("--even-by", metavar="REPORTS", help=words)
    # What the process of a shard tells that of a site.
    group.addoption("--shard-part", metavar="J/P", help=SUPPRESS)
    group.addoption("--selection-file", metavar="FILE", help=SUPPRESS)
    group.addoption("--lifeline", metavar="DESCRIPTOR", type=int, help=SUPPRESS)


def shard_of(shard: str | None, shards: int | None) -> tuple[int, int] | None:
    """K and N, from the options or the environment; None for a run in one piece."""
    if shards is not None:
        index = os.environ.get(_INDEX, "")
        if shard or not index.isdecimal():
            words = "--shards goes with --shard" if shard else f"--shards {shards}, and {_INDEX} is {index!r}"
            raise UserError("shard", words, where="--shards", hint="outside an Indexed Job say --shard K/N")
        return fraction(f"{int(index) + 1}/{shards}", "--shards")
    told = shard or os.environ.get(SHARD_VARIABLE, "")
    return fraction(told, "--shard" if shard else SHARD_VARIABLE) if told else None


def fraction(text: str, where: str) -> tuple[int, int]:
    """K and N of ``K/N``."""
    found = _FRACTION.match(text)
    number, of = (int(found.group(1)), int(found.group(2))) if found else (0, 0)
    if not 1 <= number <= of:
        raise UserError("shard", f"{text!r} is no shard", where=where, hint="write it as K/N, K from 1 to N: 3/8")
    return number, of
