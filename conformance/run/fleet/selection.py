"""Which of many sites a run is on, and which shard of it this machine carries out."""

from __future__ import annotations

import os
import re
from argparse import SUPPRESS
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from conformance.sites.errors import UserError, nearest
from conformance.sites.profile_file import listed, sites_file
from conformance.sites.user_files import read_user_file, why_unreadable

_EMBEDDED = "mock"
_PATTERN = re.compile(r"[*?\[]")
_FRACTION = re.compile(r"^(\d{1,5})/(\d{1,5})$")
#: Kubernetes counts the pods of an Indexed Job in it, from 0 (kubernetes.io, Indexed Job for Parallel Processing).
_INDEX = "JOB_COMPLETION_INDEX"
SHARD_VARIABLE = "WXC_SHARD"


def sites_named(names: Sequence[str], groups: Sequence[str], sites: str) -> tuple[str, ...]:
    """The sites that ``--site`` and ``--site-group`` name, each once: in their order, of patterns in that of the file.

    Nothing is read for names that are written out.
    """
    written = [one for name in names for one in _written(name)]
    if not groups and not any(map(_PATTERN.search, written)):
        return tuple(dict.fromkeys(written)) or (_EMBEDDED,)
    place = sites_file(sites or None)
    known, _ = listed(place)
    chosen = list(dict.fromkeys(one for name in written or ["*"] for one in _matching(name, known, place)))
    if groups:
        chosen = _grouped(chosen, groups, known, place)
    return tuple(chosen)


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


def _matching(name: str, known: Mapping[str, object], place: Path) -> list[str]:
    if not _PATTERN.search(name):
        return [name]
    found = [one for one in known if fnmatchcase(one, name)]
    if not found:
        raise UserError("site-unknown", f"no site is called like {name!r}", where=str(place), hint=nearest(name, known))
    return found


def _grouped(
    chosen: Sequence[str], groups: Sequence[str], known: Mapping[str, tuple[str, ...]], place: Path
) -> list[str]:
    there = {group for several in known.values() for group in several}
    for group in groups:
        if group not in there:
            hint = nearest(group, there) or 'write groups = ["..."] into the profiles'
            raise UserError("group-unknown", f"no site is in a group {group!r}", where=str(place), hint=hint)
    found = [name for name in chosen if set(groups) & set(known.get(name, ()))]
    if not found:
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
