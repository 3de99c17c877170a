"""Figures as tables of Markdown, for the README and for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.measure import Sample
from benchmarks.replies import Cost

Medians = Mapping[int, Mapping[str, Sample]]


def contest(medians: Medians) -> str:
    """A line per contestant; per latency wall, cpu and peak."""
    names = list(dict.fromkeys(name for at in medians.values() for name in at))
    latencies = list(medians)
    head = " | ".join(f"{latency} ms: wall s | cpu s | peak MiB" for latency in latencies)
    lines = [f"| | {head} |", "| --- |" + " ---: |" * 3 * len(latencies)]
    lines += [f"| {name} | {' | '.join(_cells(medians[at].get(name)) for at in latencies)} |" for name in names]
    return "\n".join(lines)


def _cells(sample: Sample | None) -> str:
    return f"{sample.wall:.2f} | {sample.cpu:.2f} | {sample.peak:.0f}" if sample else "– | – | –"


def ratios(medians: Medians, lanes: Sequence[int]) -> str:
    """What the targets of the benchmark are about, as ratios of one run."""
    lines = []
    for latency, at in medians.items():
        serial = at["suite, serial"].wall
        for number in lanes:
            ours, floor = at[f"suite, {number} lanes"].wall, at[f"floor, {number} threads"].wall
            lines.append(
                f"- {latency} ms, {number} lanes: {ours / floor:.2f} × the floor, 1/{serial / ours:.1f} of serial"
            )
        bare, plain = at.get("suite, serial, no Allure"), at.get("plain pytest + httpx")
        if bare and plain:
            lines.append(f"- {latency} ms, serial, no Allure: {bare.wall / plain.wall:.2f} × plain pytest + httpx")
        if tavern := at.get("tavern 3.7.1"):
            lines.append(f"- {latency} ms, serial: {serial / tavern.wall:.2f} × tavern")
    return "\n".join(lines)


def judged(costs: Sequence[Cost]) -> str:
    """What a reply costs by its size."""
    lines = [
        "| reply KB | parse ms | judge ms | shape ms | exchange file ms | all ms | per KB µs |",
        "| ---: |" * 1 + " ---: |" * 6,
    ]
    lines += [
        f"| {cost.size / 1000:.0f} | {cost.parse:.2f} | {cost.judge:.2f} | {cost.shape:.2f} | {cost.report:.2f}"
        f" | {cost.total:.2f} | {1_000_000 * cost.total / cost.size:.0f} |"
        for cost in costs
    ]
    return "\n".join(lines)


def grown(samples: Mapping[int, Sample]) -> str:
    """What more scenarios cost."""
    lines = ["| scenarios | wall s | cpu s | peak MiB |", "| ---: | ---: | ---: | ---: |"]
    lines += [f"| {times}× | {one.wall:.2f} | {one.cpu:.2f} | {one.peak:.0f} |" for times, one in samples.items()]
    return "\n".join(lines)
