"""The figures of the README: ``make bench``, or ``python -m benchmarks --help``."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import growth, tables
from benchmarks.contestants import Contestant, Field
from benchmarks.measure import Sample, measure, median
from benchmarks.recording import Recorded, record, save
from benchmarks.replies import costs
from benchmarks.sites import Sites, mock_sites

ROOT = Path(__file__).resolve().parent.parent
LANES = (8, 32, 80)


def main() -> int:
    """Measure, print, and write ``benchmark.md`` into the reports."""
    given = _given()
    tools = ROOT / "build" / "bench"
    tools.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="wxc-bench-") as name, mock_sites(Path(name), given.latency) as sites:
        sections = _whole if given.whole else _sections
        text = "\n\n".join(sections(given, Path(name), tools, sites))
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(text + "\n", encoding="utf-8")
    print(f"\n{text}\n\n{given.output}")
    return 0


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds, taken in turn; medians are told (3)")
    parser.add_argument("--latency", type=int, nargs="+", default=[0, 100, 300], help="ms of the mocks (0 100 300)")
    parser.add_argument("--without", nargs="*", default=[], help="peers to leave out: newman, tavern, plain")
    parser.add_argument("--whole", action="store_true", help="only the whole run, reading and writing, and that of two sites, at the last latency")
    parser.add_argument("--output", type=Path, default=ROOT / "reports" / "benchmark.md")
    return parser.parse_args()


def _sections(given: argparse.Namespace, folder: Path, tools: Path, sites: Sites) -> Sequence[str]:
    first = given.latency[0]
    # Recorded at each site: a session ticket is good for the site that gave it.
    recorded = {at: record(ROOT, sites.file, Sites.name(at), folder / "recording") for at in given.latency}
    fields = {at: Field(ROOT, _saved(recorded[at], folder / f"at-{at}"), tools, sites) for at in given.latency}
    field, number = fields[first], sum(len(one.requests) for one in recorded[first])
    medians = {at: _contests(field, recorded[at], sites, at, given) for at, field in fields.items()}
    copies = {times: growth.multiplied(ROOT, folder, times) for times in (1, 4, 16)}
    grown = [field.suite(f"{times}", first, "--lanes", "0", features=copy) for times, copy in copies.items()]
    more = _contest(grown, sites, first, given.rounds)
    return (
        f"{len(recorded[first])} scenarios, {number} requests; medians of {given.rounds} rounds taken in turn."
        " Peak: all processes together.",
        tables.contest(medians),
        tables.ratios(medians, LANES),
        f"More scenarios (serial, {first} ms, with Allure):",
        tables.grown({int(name): sample for name, sample in more.items()}),
        "One reply (parse, judge, note its shape, write its exchange file):",
        tables.judged(costs(ROOT, sites.urls[first], recorded[first], 20)),
        *_whole(given, folder, tools, sites),
    )


def _contests(
    field: Field, recorded: list[Recorded], sites: Sites, latency: int, given: argparse.Namespace
) -> dict[str, Sample]:
    """Everybody at the first latency; at the others those who do not wait for one reply after the other, and a serial run once."""
    ours, floors = field.ours(latency, LANES), field.floors(LANES)
    if latency == given.latency[0]:
        return _contest([*ours, *floors, *field.others(recorded, given.without)], sites, latency, given.rounds)
    serial, *lanes = ours[: 1 + len(LANES)]
    return {**_contest([serial], sites, latency, 1), **_contest([*lanes, *floors], sites, latency, given.rounds)}


def _whole(given: argparse.Namespace, folder: Path, tools: Path, sites: Sites) -> Sequence[str]:
    """What a full run that writes takes where the site takes longest."""
    latency = given.latency[-1]
    field = Field(ROOT, folder, tools, sites)
    mock = [field.whole(latency, lanes, live=False) for lanes in LANES[:2]]
    # Once: what a run makes on a live site stays there, and an address that Control Hub knows serves one run.
    live = [field.whole(latency, LANES[1], live=True)]
    taken = {**_contest(mock, sites, latency, given.rounds), **_contest(live, sites, latency, 1)}
    two = _contest([field.two(latency), field.two(latency, "-n", "4")], sites, latency, given.rounds)
    return (
        f"Every scenario, reading and writing, at {latency} ms; medians of {given.rounds} rounds, live once:",
        _seconds(taken),
        "Two sites in one run, what only reads, each with the lanes of its profile:",
        _seconds(two),
    )


def _seconds(taken: Mapping[str, Sample]) -> str:
    return "\n".join(f"- {name}: {one.wall:.1f} s, {one.cpu:.1f} s of processor time" for name, one in taken.items())


def _saved(recorded: list[Recorded], folder: Path) -> Path:
    folder.mkdir()
    save(recorded, folder)
    return folder


def _contest(contestants: Sequence[Contestant], sites: Sites, latency: int, rounds: int) -> dict[str, Sample]:
    samples: dict[str, list[Sample]] = {one.name: [] for one in contestants}
    for nth in range(rounds):
        for one in contestants:
            url = sites.urls[latency]
            samples[one.name].append(measure(one.at(url), one.folder, {"BENCH_URL": url}))
            print(f"{latency} ms, round {nth + 1}: {one.name} {samples[one.name][-1].wall:.2f} s", flush=True)
    return {name: median(taken) for name, taken in samples.items()}


raise SystemExit(main())
