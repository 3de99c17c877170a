"""Known issues: failures a site is known to have, strict in both directions."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from conformance.judge.findings import Violation
from conformance.sites.errors import UserError, nearest

_KEYS = {"clause", "check", "site", "reason", "link", "expires"}


@dataclass(frozen=True)
class KnownIssue:
    """One expected failure: this clause, by this check, on this site, until ``expires``."""

    clause: str
    check: str
    site: str
    reason: str
    link: str
    expires: dt.date
    where: str

    def covers(self, violation: Violation) -> bool:
        """Whether ``violation`` is the failure this issue lists."""
        return (self.clause, self.check) == (violation.clause, violation.check)


def load_known(file: Path | None, site: str, clauses: Iterable[str], today: dt.date) -> tuple[KnownIssue, ...]:
    """The known issues of ``site``; an entry that is unclear, expired or about no clause is a :class:`UserError`."""
    if file is None:
        return ()
    try:
        text = file.read_text(encoding="utf-8-sig")
        document = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise UserError("known-issues", f"cannot read the known issues: {problem}", where=str(file)) from None
    starts = [number for number, line in enumerate(text.splitlines(), 1) if line.strip() == "[[known]]"]
    rows = document.get("known", [])
    if set(document) - {"known"} or not isinstance(rows, list):
        raise UserError("known-issues", "known issues stand as [[known]]", where=str(file))
    places = [f"{file}:{starts[index] if index < len(starts) else 1}" for index in range(len(rows))]
    issues = [_issue(row, where, set(clauses), today) for row, where in zip(rows, places, strict=True)]
    return tuple(issue for issue in issues if issue.site == site)


def _issue(row: dict[str, object], where: str, clauses: set[str], today: dt.date) -> KnownIssue:
    for key in row:
        if key not in _KEYS:
            raise UserError("known-issue-key", f"unknown key {key!r}", where=where, hint=nearest(key, _KEYS))
    for key in sorted(_KEYS):
        if not row.get(key):
            raise UserError("known-issue-missing", f"the known issue lacks {key}", where=where)
    expires = row["expires"]
    if not isinstance(expires, dt.date):
        raise UserError("known-issue-date", "expires must be a date such as 2027-01-31", where=where)
    if expires < today:
        raise UserError(
            "known-issue-expired",
            f"the known issue of {row['clause']} expired on {expires}",
            where=where,
            hint="look whether the site still fails, then remove the entry or give it a new date and reason",
        )
    clause = str(row["clause"])
    if clause not in clauses:
        raise UserError(
            "known-issue-clause", f"there is no clause {clause!r}", where=where, hint=nearest(clause, clauses)
        )
    return KnownIssue(clause, str(row["check"]), str(row["site"]), str(row["reason"]), str(row["link"]), expires, where)


def stanza(violation: Violation, site: str, today: dt.date) -> str:
    """A paste-ready entry for ``violation``, valid for 30 days; the reason and link are the user's to fill in."""
    expires = today + dt.timedelta(days=30)
    return (
        f'[[known]]\nclause = "{violation.clause}"\ncheck = "{violation.check}"\nsite = "{site}"\n'
        f'reason = ""\nlink = ""\nexpires = {expires.isoformat()}\n'
    )
