"""Do two runs say the same? ``python -m tests.equal_reports BEFORE AFTER`` compares two folders of reports.

For a change that must change nothing: run before, run after, compare. Every file a run writes for others is
looked at (summary, JUnit, badge, Allure results with their attachments, exchanges); what no two runs share is
masked first: times, durations, ports, and the ids and file names a run draws.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from difflib import unified_diff
from pathlib import Path
from typing import Any

#: What differs between any two runs, and the word that stands for it.
MASKS = [
    (re.compile(pattern), word)
    for pattern, word in (
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?", "TIME"),
        (r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d", "TIME"),
        (r'(?<="start": )\d+|(?<="stop": )\d+|(?<=<use:createTime>)\d{13}', "TIME"),
        (r'(?<="duration_s": )[\d.e-]+|(?<= time=")[\d.]+|(?<= seconds=")[\d.]+', "SECONDS"),
        (r"\b\d+(?:\.\d+)? m?s\b", "SECONDS"),
        (r"(?<=127\.0\.0\.1:)\d+", "PORT"),
        (r"\bwxc-[0-9a-f]{12}\w*-\d+", "NAME"),
        (r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\b[0-9a-f]{32}\b", "ID"),
        (r"\b\d+-MainThread\b", "THREAD"),
    )
]
#: Kept by a run for its own clean-up, not a report.
_NOT_REPORTS = ("ledger", "journal.jsonl")


def masked(text: str, folder: Path) -> str:
    """``text`` without what differs between any two runs."""
    text = text.replace(str(folder), "REPORTS")
    for pattern, word in MASKS:
        text = pattern.sub(word, text)
    return text


def documents(folder: Path) -> dict[str, list[str]]:
    """Every report of ``folder`` by a name that two runs share; Allure results by the scenario they tell of."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_dir() or name.parts[0] in _NOT_REPORTS or path.match("*-attachment.*"):
            continue
        text = path.read_text(encoding="utf-8")
        if path.match("*-result.json"):
            result = _with_attachments(json.loads(text), path.parent)
            found.setdefault(f"allure {result['fullName']}", []).append(masked(json.dumps(result, indent=1), folder))
        else:
            found.setdefault(masked(name.as_posix(), folder), []).append(masked(text, folder))
    return {name: sorted(texts) for name, texts in found.items()}


def _with_attachments(node: Any, folder: Path) -> Any:
    """An Allure result with the content of each attachment in place of its random file name."""
    if isinstance(node, list):
        return [_with_attachments(one, folder) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: (folder / value).read_text(encoding="utf-8").splitlines() if key == "source" else _with_attachments(value, folder)
        for key, value in node.items()
    }


def differences(before: Path, after: Path) -> list[str]:
    """What the two runs say differently, a line each; empty when they are equal."""
    old, new = documents(before), documents(after)
    lines = [f"only in {before}: {name}" for name in old if name not in new]
    lines += [f"only in {after}: {name}" for name in new if name not in old]
    for name in old:
        if name in new and old[name] != new[name]:
            changes = unified_diff("\n".join(old[name]).splitlines(), "\n".join(new[name]).splitlines(), lineterm="", n=0)
            lines += [f"{name}: {line[:300]}" for line in list(changes)[2:12]]
    return lines


def main(arguments: list[str]) -> int:
    """Compare two folders; 0 when they say the same, 1 when not, 4 when there is nothing to compare."""
    before, after = map(Path, arguments)
    if not all((folder / "summary.json").is_file() for folder in (before, after)):
        print("error[reports]: both must be the reports of a complete run", file=sys.stderr)
        return 4
    found = differences(before, after)
    kinds = Counter(name.partition(" ")[0].partition("/")[0] for name in documents(before))
    print("\n".join(found) or f"equal: {dict(kinds)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
