"""``part.json``: what a shard leaves of a site beside its reports, so that a merge can make one run of several."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.judge.clauses import Clause
from conformance.reporting.exchange_file import shown
from conformance.reporting.outcome import OUTCOMES, ScenarioResult, nothing_ran
from conformance.reporting.summary import SUMMARY, RunRecord
from conformance.sites.errors import UserError
from conformance.sites.masking import secret_registry
from conformance.sites.user_files import UNREADABLE, read_user_file, why_unreadable, write_whole

PART = "part.json"
FORMAT = 2
#: What of a record its summary does not tell, or not to the second.
_BESIDE = ("url", "roles", "started", "finished", "reply_times", "baseline_day")


@dataclass(frozen=True)
class PartDetails:
    """What a merge must know beside the record: known issues that did not fail here, those that did, groups."""

    part: tuple[int, int] = (1, 1)
    unlisted: Mapping[str, str] = field(default_factory=dict)
    matched: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class SiteDigest:
    """A site in a few lines: what a page of thousands of sites tells of it."""

    site: str
    release: str
    groups: tuple[str, ...]
    totals: Mapping[str, int]
    red: Mapping[str, str]
    problems: int
    requests: int
    seconds: float
    ran: bool = True

    @property
    def exit(self) -> int:
        """What a run of this site alone ends with."""
        return exit_code(self.totals, self.problems, ran=self.ran)


def exit_code(totals: Mapping[str, int], problems: int, *, ran: bool) -> int:
    """What a run that is complete ends with."""
    bad = any(totals.get(word) for word in ("failed", "flaky", "broken")) or problems
    return 1 if bad else 0 if ran else 5


def digest_of(record: RunRecord, groups: tuple[str, ...]) -> SiteDigest:
    """The digest of a run."""
    red = {
        row["id"]: row["outcome"] for row in record.clause_rows() if row["outcome"] in ("failed", "flaky", "broken")
    }
    return SiteDigest(
        site=record.site,
        release=record.site_release or record.judged_as,
        groups=groups,
        totals=record.totals(),
        red=red,
        problems=len(record.problems),
        requests=record.sent,
        seconds=round(record.finished - record.started, 1),
        ran=not nothing_ran(record.scenarios),
    )


def write_part(record: RunRecord, details: PartDetails, reports: Path, root: Path) -> None:
    """Write the part, when the summary lies beside it."""
    digest = digest_of(record, details.groups)
    document = {
        "format": FORMAT,
        "suite": __version__,
        "site": record.site,
        "part": list(details.part),
        "scenarios": len(record.scenarios),
        "summary": checksum(reports / SUMMARY),
        "shown": shown(reports, root),
        "unlisted": dict(details.unlisted),
        "matched": list(details.matched),
        "digest": vars(digest),
        "beside": {name: getattr(record, name) for name in _BESIDE},
    }
    write_whole(reports / PART, secret_registry.masked_json(document, partial(json.dumps, ensure_ascii=False)) + "\n")


def checksum(file: Path) -> str:
    """What tells a file from one that was cut or edited."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def read_part(folder: Path, site: str, part: list[int]) -> dict[str, Any]:
    """The part of ``site`` in ``folder``; :class:`UserError` when there is none, it is cut, or another's."""
    file = folder / PART
    document = read_document(file, set(_FORM))
    if not _fits({name: document[name] for name in _FORM}, _FORM) or document["digest"]["site"] != document["site"]:
        raise UserError("part-foreign", "no shard of this suite wrote it", where=str(file))
    try:
        sound = checksum(folder / SUMMARY) == document["summary"]
    except OSError:
        sound = False
    if not sound:
        raise UserError("part-cut", f"{SUMMARY} is not what the shard wrote", where=str(folder))
    if (document["site"], document["part"]) != (site, part):
        raise UserError("part-foreign", "it is of another site or part", where=str(folder))
    return document


def read_document(file: Path, keys: set[str]) -> dict[str, Any]:
    """A file of ours with these ``keys``; :class:`UserError` for anything else."""
    try:
        document = json.loads(read_user_file(file))
    except FileNotFoundError:
        raise UserError("part-missing", f"there is no {file.name}", where=str(file.parent)) from None
    except (OSError, *UNREADABLE) as problem:
        raise UserError("part-cut", f"cannot read it: {why_unreadable(problem)}", where=str(file)) from None
    if not isinstance(document, dict) or not keys <= set(document):
        raise UserError("part-foreign", "no shard of this suite wrote it", where=str(file))
    if document.get("format") != FORMAT:
        words = f"it has format {document.get('format')}, this suite reads format {FORMAT}"
        raise UserError("part-foreign", words, where=str(file))
    return document


_FORM = {
    "suite": str,
    "site": str,
    "part": [int],
    "scenarios": int,
    "summary": str,
    "shown": str,
    "unlisted": {str: str},
    "matched": [str],
    "digest": {
        "site": str,
        "release": str,
        "groups": [str],
        "totals": dict.fromkeys(OUTCOMES, int),
        "red": {str: str},
        "problems": int,
        "requests": int,
        "seconds": float,
        "ran": bool,
    },
    "beside": {
        "url": str,
        "roles": [str],
        "started": float,
        "finished": float,
        "reply_times": {str: [float]},
        "baseline_day": str,
    },
}
#: Seconds since the epoch that a calendar has a day for.
_LATEST = 1e11


def _fits(value: object, form: object) -> bool:
    """Whether a value of JSON is of a form: a type, a list of one form, a table of any keys or of just these."""
    if form is float:
        return type(value) in (float, int) and abs(value) < _LATEST  # type: ignore[arg-type]
    if isinstance(form, dict):
        if not isinstance(value, dict) or not (str in form or set(value) == set(form)):
            return False
        return all(_fits(one, form.get(str, form.get(key))) for key, one in value.items())
    if isinstance(form, list):
        return isinstance(value, list) and all(_fits(one, form[0]) for one in value)
    return type(value) is form


def digest_from(document: Mapping[str, Any]) -> SiteDigest:
    """The digest in a part."""
    row = dict(document["digest"])
    return SiteDigest(**{**row, "groups": tuple(row["groups"])})


def read_record(
    folder: Path, document: Mapping[str, Any], clauses: Mapping[str, Clause], moved: tuple[str, str] = ("", "")
) -> RunRecord:
    """The record that a part's summary was made from; of files that ``moved`` the new place instead of the old one."""
    text = read_user_file(folder / SUMMARY)
    for below in ("exchanges/", "faults/") if all(moved) else ():
        text = text.replace(f"{moved[0]}/{below}", f"{moved[1]}/{below}")
    try:
        return _record(json.loads(text), document["beside"], clauses)
    except (LookupError, TypeError, AttributeError, *UNREADABLE):
        raise UserError("part-foreign", f"no run of this suite wrote {SUMMARY}", where=str(folder)) from None


def _record(told: dict[str, Any], beside: Mapping[str, Any], clauses: Mapping[str, Clause]) -> RunRecord:
    before = {row["nodeid"]: row.pop("baseline") for row in told["scenarios"]}
    record = RunRecord(
        site=told["site"],
        url=beside["url"],
        mock=told["mock"],
        judged_as=told["release"],
        site_release=told["site_release"],
        access=told["access"],
        strict=told["strict"],
        schema=told["schema"],
        roles=tuple(beside["roles"]),
        clauses=clauses,
        started=beside["started"],
        finished=beside["finished"],
        scenarios=tuple(map(ScenarioResult.from_json, told["scenarios"])),
        sent=told["requests"],
        selected_of=(told["selected"]["scenarios"], told["selected"]["of"]),
        in_baseline={nodeid: verdict for nodeid, verdict in before.items() if verdict},
        baseline_day=beside["baseline_day"],
        reply_times={name: tuple(times) for name, times in beside["reply_times"].items()},
    )
    return replace(record, **_beside_verdicts(told))


def _beside_verdicts(told: Mapping[str, Any]) -> dict[str, Any]:
    lists = {"problems": "problems", "cleanup_errors": "troubles", "discovered": "discovered"}
    lists |= {"deactivated": "deactivated", "notes": "notes"}
    return {
        **{name: tuple(told[key]) for name, key in lists.items()},
        **{name: told[name] for name in ("shapes", "nights", "unwell", "backup", "not_served")},
        "drift": {operation: tuple(paths) for operation, paths in told["drift"].items()},
    }
