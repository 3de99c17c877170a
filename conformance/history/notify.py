"""``webex-conformance notify``: silence until something changes.

What was told stands beside the nights, so thirty equal red nights say nothing
after the first. A verdict that changed is told when it is confirmed: by a second
night, or because the failing scenario failed again in the same run. A verdict
that healed is told, and a night that is missing or hardly judged anything.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import smtplib
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from conformance.history.archive import Archive, at, keep
from conformance.history.index import Index
from conformance.history.night import moment_of
from conformance.history.view import CONFIRMED, ClauseHistory, SiteHistory, sites
from conformance.reporting.summary import RunRecord
from conformance.reporting.text import counted, printable, safe
from conformance.sites.errors import UserError
from conformance.sites.masking import SecretRegistry, secret_registry
from conformance.sites.user_files import UNREADABLE, read_user_file, write_whole

FORMAT = 1
#: What a reader is told, by the state of a clause; a failure of the last night alone is not confirmed.
_KINDS = {"failing": "failing", "flaky": "flaky", "lost": "lost", "fixed": "well", "passing": "well"}
#: Seconds that telling somebody may take, and those that a limit of each way has to be told in its own words.
_PATIENCE, _GRACE = 60.0, 2.0
_AGAIN = "nothing is lost: it is told again the next time"
#: Characters of what went wrong that are told.
_FIRST_WORDS = 300
#: Hours without a night after which one is missing: a day, and time for a run to be late.
_MISSING = 30


@dataclass(frozen=True)
class Notice:
    """What is new about one site; ``changes`` are clauses whose state changed, ``night`` what the last one lacked."""

    site: str
    changes: tuple[ClauseHistory, ...]
    healed: tuple[ClauseHistory, ...]
    night: str

    @property
    def subject(self) -> str:
        """One line."""
        parts = [
            f"{counted(len(self.changes), 'clause')} changed" if self.changes else "",
            f"{len(self.healed)} well again" if self.healed else "",
            self.night,
        ]
        return f"{self.site}: {', '.join(filter(None, parts))}"

    def as_json(self) -> dict[str, Any]:
        """What a command gets on its standard input."""
        return {
            "format": FORMAT,
            "site": self.site,
            "text": self.text(),
            "night": self.night,
            "changes": [_row(one) for one in self.changes],
            "healed": [_row(one) for one in self.healed],
        }

    def text(self) -> str:
        """The notice for people."""
        lines = [self.subject]
        for one in (*self.changes, *self.healed):
            change = f"; {one.change}" if one.change else ""
            lines.append(f"{one.clause}  {one.state} since {one.since} ({one.since_release}{change})")
            found = (one.words, one.aside, *one.exchanges[:1]) if one.state != "fixed" else ()
            lines += [f"    {line}" for line in found if line]
        return printable("\n".join(lines))


def _row(one: ClauseHistory) -> dict[str, Any]:
    names = ("clause", "level", "state", "since", "since_release", "change", "words", "fault", "owner")
    return {name: getattr(one, name) for name in names} | {
        "operations": list(one.operations),
        "exchanges": list(one.exchanges),
        "attempts": list(one.attempts),
    }


def notify(given: argparse.Namespace) -> int:
    """Tell what is new on each site to ``given.to``, or print it; 0, also when nothing is."""
    archive = at(given.history)
    index = Index(archive)
    try:
        problems = list(_problems(archive, index, given))
    finally:
        index.close()
    if len(problems) == 1:
        raise problems[0][1]
    if problems:
        raise _together(problems, str(given.history))
    return 0


def _problems(archive: Archive, index: Index, given: argparse.Namespace) -> Iterator[tuple[str, UserError | OSError]]:
    """Tell what is new on each site; what went wrong on one, which keeps nothing of another back."""
    known = sites(index)
    for site in dict.fromkeys(given.site or known):
        if site not in known:
            yield site, UserError("site-unknown", f"no night of a site {site!r} is here", where=str(given.history))
            continue
        try:
            tell(archive, SiteHistory(index, site), given.to, datetime.now(UTC))
        except (UserError, OSError) as problem:
            yield site, problem


def _together(problems: Iterable[tuple[str, UserError | OSError]], folder: str) -> UserError:
    """What went wrong on several sites in one message, a line each."""
    each, places = [], []
    for site, problem in problems:
        if isinstance(problem, UserError):
            each.append(problem.what)
            places.append(problem.where)
        else:
            each.append(f"what was told of {site} could not be noted: {problem.strerror} ({problem.filename})")
            places.append(folder)
    what = f"of {counted(len(each), 'site')} nobody could be told"
    return UserError("notify", what, where="; ".join(dict.fromkeys(places)), hint=_AGAIN, each=each)


def tell(archive: Archive, history: SiteHistory, to: str, now: datetime) -> Notice | None:
    """Tell what is new about one site, and remember it; None when nothing is. Told first, remembered after."""
    file = archive.folder / f".told-{quote(history.site, safe=' ')}.json"
    before = _told(file)
    clauses = history.clauses()
    states = _states(clauses, before["states"])
    night, words = _odd_night(history, now)
    new = words if night != before["night"] else ""
    notice = Notice(history.site, *_changed(clauses, states, before["states"]), new)
    something = bool(notice.changes or notice.healed or notice.night)
    if something:
        deliver(notice, to)
    # A clause that is judged no longer, or not by this run, is remembered: when it is again, that is no news.
    write_whole(file, json.dumps({"format": FORMAT, "states": before["states"] | states, "night": night}) + "\n")
    return notice if something else None


def nothing_to_notify_of() -> UserError:
    """What a user is told who wants notices of what no history keeps."""
    hint = "what changed is told by the nights that are kept: --history DIR"
    return UserError("usage", "--notify needs --history", hint=hint)


def after_run(record: RunRecord, folder: Path, root: Path, to: str) -> None:
    """Keep the night of a run in ``folder`` and tell ``to`` what is new about its site, if anybody is to be told."""
    keep(record, folder, root)
    if not to:
        return
    archive = Archive(folder)
    index = Index(archive)
    try:
        tell(archive, SiteHistory(index, record.site), to, datetime.now(UTC))
    finally:
        index.close()


def _told(file: Path) -> dict[str, Any]:
    """What was told before: nothing the first time, when everything was well as far as anybody knows."""
    try:
        told = json.loads(read_user_file(file))
        return {"states": dict(told["states"]), "night": str(told["night"])}
    except (OSError, *UNREADABLE, KeyError, TypeError):
        return {"states": {}, "night": ""}


def _states(clauses: Iterable[ClauseHistory], before: Mapping[str, str]) -> dict[str, str]:
    """The confirmed state of each clause: of one that is not confirmed yet, what was told last."""
    return {one.clause: _confirmed(one) or before.get(one.clause, "well") for one in clauses}


def _confirmed(one: ClauseHistory) -> str:
    """The state that is told; none for a failure of the last night alone that was tried once."""
    return "failing" if one.state == "new" and len(one.attempts) >= CONFIRMED else _KINDS.get(one.state, "")


def _changed(
    clauses: Iterable[ClauseHistory], states: Mapping[str, str], before: Mapping[str, str]
) -> tuple[tuple[ClauseHistory, ...], tuple[ClauseHistory, ...]]:
    new = [one for one in clauses if states[one.clause] != before.get(one.clause, "well")]
    changes = tuple(one for one in new if states[one.clause] != "well")
    return changes, tuple(one for one in new if states[one.clause] == "well")


def _odd_night(history: SiteHistory, now: datetime) -> tuple[str, str]:
    """What is remembered of a last night that is missing or hardly judged anything, and what is told; else nothing.

    Every night of an outage is remembered alike, by the first of them: what goes on is no news.
    """
    last = history.nights[-1]
    if now - moment_of(last.started) > timedelta(hours=_MISSING):
        words = f"no night since {last.day}"
        return words, words
    if history.outage:
        words = f"the night of {last.day} hardly judged anything ({', '.join(last.unwell) or 'see its reports'})"
        return f"hardly judged since {history.outage[-1].started}", words
    return "", ""


# -- ways to tell ----------------------------------------------------------------


def deliver(notice: Notice, to: str) -> None:
    """Send ``notice``: to an address (``mailto:a@example.com?smtp=host:25``), a webhook (``https://...``) or a command.

    A command gets the JSON on its standard input; without ``to`` the text is
    printed. What does not arrive is a :class:`UserError`, and is told again next time.
    """
    scheme = to.partition(":")[0].lower()
    if not to.strip():
        print(notice.text())
        return
    send = {"mailto": _mail, "http": _post, "https": _post}.get(scheme, _run)
    try:
        _within_patience(send, notice, to)
    except _NotSent as problem:
        what = f"the notice of {notice.site} could not be delivered: {_masked(str(problem), to)}"
        raise UserError("notify", what, where=_place(to), hint=_AGAIN) from None


class _NotSent(Exception):
    """Why a notice did not arrive."""


def _within_patience(send: Callable[[Notice, str], None], notice: Notice, to: str) -> None:
    """Not only every read has a limit: a server that answers by a byte a second would hold the night for ever."""
    ended: Queue[Exception | None] = Queue()

    def sending() -> None:
        try:
            send(notice, to)
        except Exception as problem:  # noqa: BLE001 - raised by who waits
            ended.put(problem)
        else:
            ended.put(None)

    threading.Thread(target=sending, name="notify", daemon=True).start()
    try:
        problem = ended.get(timeout=_PATIENCE + _GRACE)
    except Empty:
        raise _NotSent(f"it did not end within {_PATIENCE:g} s") from None
    if problem is not None:
        raise problem


def _run(notice: Notice, command: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, split and not given to a shell
            shlex.split(command), input=json.dumps(notice.as_json()), timeout=_PATIENCE, check=False,
            capture_output=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _NotSent(f"it did not end within {_PATIENCE:g} s") from None
    except (OSError, ValueError) as problem:
        raise _NotSent(str(problem)) from None
    if done.returncode:
        raise _NotSent(f"it ended with {done.returncode}: {done.stderr}")


def _post(notice: Notice, url: str) -> None:
    import httpx

    # Chat services read "text" and leave the rest alone.
    try:
        httpx.post(url, json=notice.as_json(), timeout=_PATIENCE).raise_for_status()
    except httpx.HTTPStatusError as problem:
        raise _NotSent(f"it answered {problem.response.status_code}") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as problem:
        raise _NotSent(f"{type(problem).__name__}: {problem}") from None


def _mail(notice: Notice, address: str) -> None:
    message = EmailMessage()
    try:
        receiver, server = _mailbox(address)
        host, _, port = server.partition(":")
        message["Subject"] = safe(notice.subject)
        message["To"], message["From"] = receiver, f"webex-conformance@{host}"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(notice.text())
        with smtplib.SMTP(host, int(port or 25), timeout=_PATIENCE) as smtp:
            smtp.send_message(message)
    except (OSError, ValueError, smtplib.SMTPException) as problem:
        raise _NotSent(str(problem)) from None


def _mailbox(address: str) -> tuple[str, str]:
    """To whom, and by which server."""
    parts = urlsplit(address)
    return parts.path, parse_qs(parts.query).get("smtp", ["localhost:25"])[0]


def _place(to: str) -> str:
    """Where it was to go, in words that may stand in a log.

    The address of a webhook is a secret, for everybody who has it may write there,
    and so may be what a command is given.
    """
    scheme = to.partition(":")[0].lower()
    try:
        if scheme == "mailto":
            receiver, server = _mailbox(to)
            return f"mailto:{receiver} by {server.rpartition('@')[2]}"
        if scheme in ("http", "https"):
            return f"{scheme}://{urlsplit(to).hostname}/..."
    except ValueError:
        return f"{scheme}:..."
    program, *given = to.split(maxsplit=1)
    return _masked(program, to) + " ..." * bool(given)


#: What a command or an address is put together of; of its parts those that are long and hold a digit may be secrets.
_JOINTS = re.compile(r"[\s'\"=:/?&@]+")
_SECRET_LIKE = re.compile(r"(?=.*\d)(?![\d.]+$).{8,}")


def _masked(words: str, to: str) -> str:
    """``words`` in one line, without what may be secret in ``to``: servers and programs repeat what they were given."""
    registry = SecretRegistry()
    for part in _JOINTS.split(to):
        if _SECRET_LIKE.fullmatch(part):
            registry.learn(part)
    if to.partition(":")[0].lower() in ("http", "https"):
        registry.learn(to)
        registry.learn(to.partition("//")[2].partition("/")[2])
    return secret_registry.mask(registry.mask(" ".join(words.split())))[:_FIRST_WORDS]
