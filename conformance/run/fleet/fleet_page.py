"""A fleet on one screen: how many sites are well, what fails on how many, which is unlike its group."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.reporting.pages import render, script_data, write_page
from conformance.reporting.text import counted, table
from conformance.run.fleet.part_file import SiteDigest

_RED = ("failed", "flaky", "broken")
#: Lines of a terminal that somebody reads: of clauses and of sites.
_MOST_CLAUSES, _MOST_SITES = 8, 5


@dataclass(frozen=True)
class Unlike:
    """A site that is not as most of its group: clauses red here and not there, and the other way round."""

    site: str
    group: str
    more: tuple[str, ...]
    less: tuple[str, ...]

    @property
    def words(self) -> str:
        """The difference in a line."""
        told = [f"{len(self.more)} red only here ({_few(self.more)})"] if self.more else []
        told += [f"{len(self.less)} red everywhere else ({_few(self.less)})"] if self.less else []
        return f"{self.site}, unlike {self.group}: {', '.join(told)}"


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")


def by_clause(digests: Iterable[SiteDigest]) -> list[tuple[str, int]]:
    """Clauses that are red, with on how many sites, the most first."""
    counted = Counter(clause for one in digests for clause in one.red)
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def unlike_their_group(digests: Sequence[SiteDigest]) -> list[Unlike]:
    """Sites unlike most of their group, the most unlike first; who is in no group is held against its release."""
    groups: defaultdict[str, list[SiteDigest]] = defaultdict(list)
    for one in digests:
        for group in one.groups or (f"sites of {one.release}",):
            groups[group].append(one)
    found: dict[str, Unlike] = {}
    for group, sites in groups.items():
        usual = {clause for clause, number in by_clause(sites) if 2 * number > len(sites)}
        for one in sites if len(sites) > 2 else ():
            more, less = sorted(set(one.red) - usual), sorted(usual - set(one.red))
            known = found.get(one.site)
            if (more or less) and (known is None or len(more) + len(less) < len(known.more) + len(known.less)):
                found[one.site] = Unlike(one.site, group, tuple(more), tuple(less))
    return sorted(found.values(), key=lambda one: (-len(one.more) - len(one.less), one.site))


def words_of(one: SiteDigest) -> str:
    """What a site is, in a word."""
    red = next((word for word in _RED if one.totals.get(word)), "")
    return red or ("problem" if one.problems else "well" if one.ran else "nothing ran")


def fleet_lines(digests: Sequence[SiteDigest], sites: Sequence[str]) -> Iterator[str]:
    """The twenty lines that matter."""
    states = Counter(map(words_of, digests))
    requests, seconds = sum(one.requests for one in digests), sum(one.seconds for one in digests)
    yield f"{counted(len(sites), 'site')}: " + ", ".join(f"{number} {word}" for word, number in states.most_common())
    yield f"{counted(requests, 'request')}, {seconds / 60:.1f} minutes of runs"
    clauses = by_clause(digests)
    if clauses:
        rows = [["clause", "sites"], *([clause, str(number)] for clause, number in clauses[:_MOST_CLAUSES])]
        yield from table(rows, right=frozenset({1}))
    if len(clauses) > _MOST_CLAUSES:
        yield f"... and {len(clauses) - _MOST_CLAUSES} more clauses"
    unlike = unlike_their_group(digests)
    yield from (f"unlike    {one.words}" for one in unlike[:_MOST_SITES])
    if len(unlike) > _MOST_SITES:
        yield f"... and {len(unlike) - _MOST_SITES} more sites unlike their group"


def write_fleet_page(
    digests: Sequence[SiteDigest], sites: Sequence[str], missing: Sequence[str], file: Path
) -> None:
    """The page: every site as a square that leads to its reports."""
    unlike = unlike_their_group(digests)
    page = render(
        str(Path(__file__).with_name("fleet.html")),
        sites=len(sites),
        states=Counter(map(words_of, digests)).most_common(),
        clauses=by_clause(digests),
        unlike=[(one.site, one.words) for one in unlike[:100]],
        missing=missing,
        data=script_data(_rows(digests, {one.site: one for one in unlike})),
    )
    write_page(file, page)


def _rows(digests: Iterable[SiteDigest], unlike: Mapping[str, Unlike]) -> list[list[object]]:
    return [
        [
            one.site,
            one.release,
            " ".join(one.groups),
            words_of(one),
            [one.totals.get(word, 0) for word in ("passed", *_RED)],
            sorted(one.red),
            unlike[one.site].words if one.site in unlike else "",
        ]
        for one in digests
    ]
