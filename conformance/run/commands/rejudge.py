"""``--record`` and ``webex-conformance rejudge``: what a site said to an earlier run, judged by today's suite."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.run.options import Options
from conformance.scenarios.run_context import RunContext
from conformance.sites.credentials import expand_variables
from conformance.sites.errors import UserError
from conformance.sites.masking import MASK, is_secret
from conformance.sites.profile import CREDENTIALS, Profile
from conformance.sites.profile_file import load_profile
from conformance.wire.recording import RECORDING, OpenTape, ReadingTape, Tape, WritingTape, speak_for

#: Files and habits of the machine that recorded: whoever judges again has others.
_ONLY_THERE = ("ca_file", "schemas", "history", "rate", "trust_env", "expected_skips")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def open_tape(options: Options, worker: str = "") -> Tape:
    """What the run is told goes through: nothing, a recording it writes, or one it is told from."""
    speak_for("")
    if options.rejudge is not None:
        return options.rejudge
    if not options.record:
        return OpenTape()
    if options.resume:
        hint = "record the whole run anew"
        raise UserError("record-resume", "a run that is resumed records a part only", where="--record", hint=hint)
    file = options.reports / RECORDING.format(worker=f"-{worker}" if worker else "")
    try:
        for old in options.reports.glob(RECORDING.format(worker="*")) if not worker else ():
            # Of an earlier run, with its workers: the two would be read as one.
            old.unlink()
        return WritingTape(file)
    except OSError as problem:
        raise UserError("record", f"the recording cannot be written: {problem.strerror}", where=str(file)) from None


def note_site(run_context: RunContext, options: Options) -> None:
    """Write down what must be known of the site and the run to judge again."""
    tape, profile = run_context.tape, run_context.profile
    if isinstance(tape, WritingTape):
        tape.note("suite", __version__)
        tape.note("site", profile.name)
        tape.note("run", run_context.run_id)
        tape.note("now", run_context.now.isoformat())
        tape.note("access", run_context.access)
        tape.note("release", str(options.release or ""))
        tape.note("strict", options.strict)
        tape.note("strict_schema", options.strict_schema)
        tape.note("confirm", options.confirm)
        tape.note("profile", masked_profile(Path(profile.source).read_text(encoding="utf-8-sig"), profile.name))


def profile_on(tape: Tape, reports: Path) -> Profile | None:
    """The profile of the recorded run, without its secrets; none where nothing is judged again."""
    if not isinstance(tape, ReadingTape):
        return None
    file = reports / "recorded-site.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(tape.notes["profile"], encoding="utf-8")
    return load_profile(tape.notes["site"], file)


def run_on(tape: Tape) -> str:
    """The id of the recorded run, which the names of what it made hold."""
    return str(tape.notes["run"]) if isinstance(tape, ReadingTape) else ""


def moment_on(tape: Tape) -> datetime | None:
    """When the recorded run was."""
    return datetime.fromisoformat(tape.notes["now"]) if isinstance(tape, ReadingTape) else None


def note_finished(tape: Tape, nodeids: Iterable[str]) -> None:
    """Write down which scenarios a run that is cut short finished: of the others a part is recorded, or nothing."""
    if isinstance(tape, WritingTape):
        tape.note("finished", sorted(nodeids))


def unrecorded(options: Options, nodeids: Iterable[str]) -> set[str]:
    """The scenarios that the recorded run did not select, or did not finish."""
    if options.rejudge is None:
        return set()
    notes = options.rejudge.notes
    return set(nodeids) - set(notes.get("finished", notes["selected"]))


def told_of_the_end(options: Options) -> str:
    """That the recorded run was cut short, in a line; "" where it was not, or nothing is judged again."""
    notes = options.rejudge.notes if options.rejudge is not None else {}
    if "finished" not in notes:
        return ""
    finished, selected = len(notes["finished"]), len(notes["selected"])
    return f"the recorded run was cut short: it finished {finished} of {selected} scenarios, the others are left out"


def masked_profile(text: str, name: str) -> str:
    """The profile ``name`` of a profile file: variables resolved, but for secrets, which are masked."""
    row = tomllib.loads(text)["sites"][name]
    kept = {key: value for key, value in row.items() if key not in _ONLY_THERE}
    return "\n".join(_table(f"sites.{_key(name)}", _resolved(kept))) + "\n"


def _resolved(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _resolved(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_resolved(one, key) for one in value]
    if isinstance(value, str):
        secret = key in CREDENTIALS or is_secret(key.replace("_", ""))
        return MASK if secret else expand_variables(value, where=key)
    return value


def _table(name: str, row: Mapping[str, Any]) -> Iterator[str]:
    yield f"[{name}]"
    yield from (f"{_key(key)} = {_written(value)}" for key, value in row.items() if not isinstance(value, dict))
    for key, value in row.items():
        if isinstance(value, dict):
            yield from _table(f"{name}.{_key(key)}", value)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name)


def _written(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, str | bool | int | float):
        return json.dumps(value, ensure_ascii=False)
    return str(value.isoformat())
