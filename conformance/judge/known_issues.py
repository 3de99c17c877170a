"""Known issues: failures a site is known to have, strict in both directions."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.judge.findings import Violation
from conformance.sites.errors import UserError, nearest
from conformance.sites.user_files import UNREADABLE, read_user_file, why_unreadable

_KEYS = ("clause", "operation", "path", "refusal", "check", "site", "reason", "owner", "link", "expires")
_NEEDED = ("check", "site", "reason", "owner", "link", "expires")
#: What an issue may be about; the first two say what, one of them must be there.
_ABOUT = ("clause", "operation", "path", "refusal")


@dataclass(frozen=True)
class KnownIssue:
    """Expected failures by one check on one site until ``expires``: of a clause, or all that have one cause.

    ``check`` may name several, by commas. What is empty of ``clause``,
    ``operation``, ``path`` and ``refusal`` may be anything. ``owner`` is the person
    or team that asks Cisco, and is asked when it expires.
    """

    check: str
    site: str
    reason: str
    owner: str
    link: str
    expires: dt.date
    where: str
    clause: str = ""
    operation: str = ""
    path: str = ""
    refusal: str = ""

    def covers(self, violation: Violation) -> bool:
        """Whether ``violation`` is a failure this issue lists."""
        told = ((getattr(self, key), getattr(violation, key)) for key in _ABOUT)
        return violation.check in _checks(self.check) and all(mine in ("", theirs) for mine, theirs in told)

    def concerns(self, clauses: Iterable[str], operations: Iterable[str]) -> bool:
        """Whether a scenario of ``clauses`` that sends ``operations`` could fail as listed."""
        return self.clause in (clauses if self.clause else ("",)) and self.operation in (
            operations if self.operation else ("",)
        )

    def __str__(self) -> str:
        about = " ".join(getattr(self, key) for key in _ABOUT if getattr(self, key))
        return f"the known issue of {about} (check {self.check})"


def _checks(text: str) -> list[str]:
    return [check.strip() for check in text.split(",")]


def load_known(
    file: Path | None, site: str, clauses: Iterable[str], operations: Iterable[str], today: dt.date
) -> tuple[KnownIssue, ...]:
    """The known issues of ``site``; an entry that is unclear, expired or about nothing there is: :class:`UserError`."""
    if file is None:
        return ()
    try:
        text = read_user_file(file)
        document = tomllib.loads(text)
    except (OSError, *UNREADABLE) as problem:
        hint = "name the file with --known-issues; reports/new_known_issues.toml shows how one is written"
        why = why_unreadable(problem)
        raise UserError("known-issues", f"cannot read the known issues: {why}", where=str(file), hint=hint) from None
    starts = [number for number, line in enumerate(text.splitlines(), 1) if line.strip() == "[[known]]"]
    rows = document.get("known", [])
    tables = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    if set(document) - {"known"} or not tables:
        raise UserError("known-issues", "known issues stand as [[known]]", where=str(file))
    places = [f"{file}:{number}" for number in (*starts, *[1] * len(rows))]
    there_are = {"clause": set(clauses), "operation": set(operations)}
    issues = [_issue(row, places[nth], there_are, today) for nth, row in enumerate(rows)]
    return tuple(issue for issue in issues if issue.site == site)


def _issue(row: dict[str, object], where: str, there_are: dict[str, set[str]], today: dt.date) -> KnownIssue:
    for key in row:
        if key not in _KEYS:
            raise UserError("known-issue-key", f"unknown key {key!r}", where=where, hint=nearest(key, set(_KEYS)))
    texts = {key: _text(row, key, where) for key in _KEYS if key != "expires"}
    if not (texts["clause"] or texts["operation"]):
        raise UserError("known-issue-missing", "the known issue lacks clause (or operation)", where=where)
    for key in _NEEDED:
        if not (row.get(key) if key == "expires" else texts[key]):
            raise UserError("known-issue-missing", f"the known issue lacks {key}", where=where, hint=f"add {key} = ...")
    expires = row["expires"]
    # A datetime is a date, too, and compares with none.
    if not isinstance(expires, dt.date) or isinstance(expires, dt.datetime):
        what, hint = "expires must be a date without a time", "write expires = 2027-01-31"
        raise UserError("known-issue-date", what, where=where, hint=hint)
    for key, names in there_are.items():
        if (name := texts[key]) and name not in names:
            what = f"there is no {key} {name!r}"
            raise UserError(f"known-issue-{key}", what, where=where, hint=nearest(name, names))
    issue = KnownIssue(**texts, expires=expires, where=where)
    if expires < today:
        raise UserError(
            "known-issue-expired",
            f"{issue} expired on {expires}",
            where=where,
            hint=f"{issue.owner} knows: look whether the site still fails, then remove the entry or give it a new date",
        )
    return issue


_CHECKS = re.compile(r"[a-z-]{1,40}(?: *, *[a-z-]{1,40})*")


def _text(row: dict[str, object], key: str, where: str) -> str:
    """The text of ``key``, empty where it is left out; a reason may be written in several lines."""
    value = row.get(key, "")
    if not isinstance(value, str):
        raise UserError("known-issue-type", f"{key} must be text", where=where, hint=f'write {key} = "..."')
    text = " ".join(value.split()) if key == "reason" else value
    if not text.isprintable() or text.isspace():
        hint = f'write {key} = "..." in one line'
        raise UserError("known-issue-text", f"{key} holds what nobody can read, or nothing", where=where, hint=hint)
    if key == "check" and text and not _CHECKS.fullmatch(text):
        hint = 'as reports spell it, several by commas: check = "element-present, element-order"'
        raise UserError("known-issue-check", f"there is no check {text!r}", where=where, hint=hint)
    return text


def stanza(violations: Sequence[Violation], site: str, today: dt.date) -> str:
    """A paste-ready entry for all ``violations`` of one cause, for 30 days; reason, owner and link are the user's."""
    first = violations[0]
    about = {"clause": first.clause}
    if any(one.clause != first.clause for one in violations):
        about = {"operation": first.operation, "path": first.path, "refusal": first.refusal}
    checks = ", ".join(dict.fromkeys(one.check for one in violations))
    told = {**about, "check": checks, "site": site}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in told.items() if value]
    expires = today + dt.timedelta(days=30)
    theirs = ('reason = ""', 'owner = ""', 'link = ""', f"expires = {expires.isoformat()}")
    return "\n".join(["[[known]]", *lines, *theirs]) + "\n"
