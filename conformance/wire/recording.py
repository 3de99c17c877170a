"""What a run was told, kept to be judged again: every exchange, mail, page and word of a control plane.

All of it goes through a :class:`Tape`: one that lets it pass, one that also writes it down, and one that answers from
what was written, so that the very code of a run judges it without a request. A request is found again by a checksum
without its secrets; requests and replies are kept whole, secrets under pseudonyms.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import html
import json
import math
import re
import secrets
import string
import threading
import zlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from conformance.sites.control_plane import ControlPlane
from conformance.sites.errors import CannotJudge, UserError
from conformance.sites.ledger import PREFIX
from conformance.sites.masking import SecretRegistry, is_secret, is_secret_content, mask_named, secret_registry
from conformance.sites.user_files import demand_readable, naming
from conformance.wire.browser import Page
from conformance.wire.client import Client
from conformance.wire.exchange import Exchange, Request
from conformance.wire.mailbox import Mail, Mailbox, wait_for_mail

FORMAT = 1
#: Below the folder of the reports; workers write one each.
RECORDING = "recording{worker}.jsonl.gz"
_ANYBODY = ""
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Form(Generic[_Value]):
    """How a value is written as JSON, and read again."""

    write: Callable[[_Value, Pseudonyms], Any]
    read: Callable[[Any], _Value]


class NotRecorded(CannotJudge):
    """The recording holds no answer to this: it was made by a run that did not ask."""


_now = threading.local()


def speak_for(nodeid: str) -> None:
    """What this thread asks from now on, it asks for the scenario ``nodeid``."""
    _now.nodeid = nodeid


class Tape(Protocol):
    """What a run is told goes through it."""

    def through(self, kind: str, what: str, ask: Callable[[], _Value], form: Form[_Value]) -> _Value:
        """The answer to ``what``, of ``ask`` or of a recording."""
        ...

    def note(self, name: str, value: Any) -> None:
        """Write down what is known of the run itself."""
        ...

    def close(self) -> None:
        """Nothing comes any more."""
        ...


class OpenTape:
    """Lets everything pass."""

    def through(self, kind: str, what: str, ask: Callable[[], _Value], form: Form[_Value]) -> _Value:
        """What ``ask`` says."""
        return ask()

    def note(self, name: str, value: Any) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class WritingTape:
    """Lets everything pass and writes it to ``file``, compressed, secrets replaced before they reach the disk."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Open as long as the run, and closed by close().
        self._file = file
        with naming(file):
            self._sink = gzip.open(file, "wt", encoding="utf-8", compresslevel=6)  # noqa: SIM115
        self._pseudonyms = Pseudonyms(secret_registry, secrets.token_bytes(32))
        self._lock = threading.Lock()
        self.note("format", FORMAT)

    def through(self, kind: str, what: str, ask: Callable[[], _Value], form: Form[_Value]) -> _Value:
        """What ``ask`` says, written down."""
        value = ask()
        ahead = threading.current_thread().name.startswith("lane-")
        row = [kind, getattr(_now, "nodeid", _ANYBODY), what, ahead, form.write(value, self._pseudonyms)]
        self._write(row)
        return value

    def note(self, name: str, value: Any) -> None:
        """Write down what is known of the run itself."""
        # Node ids are ours; one that spells "password = x" in its title is no secret.
        told = value if name in ("selected", "finished") else secret_registry.mask_values(value)
        self._write(["note", name, told])

    def close(self) -> None:
        """The last line says that nothing is missing."""
        with self._lock, naming(self._file):
            if not self._sink.closed:
                self._sink.write('["end"]\n')
                self._sink.close()

    def _write(self, row: list[Any]) -> None:
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"
        with self._lock, naming(self._file):
            # What still comes while a run ends is for nobody.
            if not self._sink.closed:
                self._sink.write(line)


def recordings_in(reports: Path) -> list[Path]:
    """What a run, each of its processes by itself, recorded beside its reports."""
    return sorted(reports.glob(RECORDING.format(worker="*")))


class ReadingTape:
    """Answers from a recording, in the order in which each scenario was told; asks nobody."""

    def __init__(self, folder: Path) -> None:
        files = recordings_in(folder) if folder.is_dir() else [folder]
        if not files:
            raise _missing(folder)
        self.notes: dict[str, Any] = {}
        self._told: defaultdict[tuple[str, str, str], deque[Any]] = defaultdict(deque)
        self._last: dict[tuple[str, str], Any] = {}
        self._names: dict[str, str] = {}
        self._lock = threading.Lock()
        for file in files:
            self._take_in(_lines(file), file)
        if self.notes.get("format") != FORMAT:
            what = f"it has format {self.notes.get('format')!r}, this suite reads format {FORMAT}"
            raise UserError("recording-form", what, where=str(folder))

    def _take_in(self, rows: Iterable[list[Any]], file: Path) -> None:
        several: defaultdict[tuple[str, str, str], list[tuple[bool, Any]]] = defaultdict(list)
        try:
            for row in rows:
                if row[0] == "note":
                    self.notes.setdefault(row[1], row[2])
                else:
                    kind, nodeid, what, ahead, value = row
                    ahead_in_vain = bool(ahead and kind == "exchange" and value["error"])
                    several[kind, nodeid, what].append((ahead_in_vain, value))
        except (KeyError, TypeError, ValueError, IndexError) as problem:
            raise UserError("recording-form", f"this is no recording: {problem}", where=str(file)) from None
        for (kind, nodeid, what), told in several.items():
            # What a lane got no sound answer to was asked again in its turn, if that mattered.
            sound = [value for in_vain, value in told if not in_vain]
            self._told[kind, nodeid, what].extend(sound or [value for _, value in told])
            self._last.setdefault((kind, what), self._told[kind, nodeid, what][0])

    def through(self, kind: str, what: str, ask: Callable[[], _Value], form: Form[_Value]) -> _Value:
        """What was told then; :class:`NotRecorded` when nobody asked."""
        nodeid = getattr(_now, "nodeid", _ANYBODY)
        with self._lock:
            waiting = self._told.get((kind, nodeid, what))
            if waiting:
                value = self._last[kind, what] = waiting.popleft()
            elif (kind, what) in self._last:
                value = self._last[kind, what]
            else:
                raise NotRecorded(f"the recording holds no such {kind}: it was made by other steps")
        return form.read(value)

    def rename(self, then: Iterable[str], now: Iterable[str]) -> None:
        """What was made is called otherwise ``now``: another suite may make things in another order."""
        self._names.update((was, name) for was, name in zip(then, now, strict=False) if was != name)

    def renamed(self, text: bytes) -> bytes:
        """``text`` with the names of now."""
        if not self._names:
            return text
        # At once and by whole names: one may be the beginning of another, or be what another is called now.
        told = _NAME.sub(lambda found: self._names.get(found[0], found[0]), text.decode("latin-1"))
        return told.encode("latin-1")

    def told(self, kind: str) -> list[list[Any]]:
        """Everything of one ``kind`` that was told, as it was written."""
        return [list(waiting) for (one, _, _), waiting in self._told.items() if one == kind]

    def note(self, name: str, value: Any) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


def _missing(place: Path) -> UserError:
    hint = "runs keep one with --record"
    return UserError("recording-missing", "there is no recording here", where=str(place), hint=hint)


def _lines(file: Path) -> list[list[Any]]:
    try:
        demand_readable(file)
        with gzip.open(file, "rt", encoding="utf-8") as source:
            rows = [json.loads(line) for line in source]
    except FileNotFoundError:
        raise _missing(file) from None
    except (OSError, EOFError, zlib.error, ValueError) as problem:
        what = f"it was cut, or is no recording: {problem}"
        raise UserError("recording-form", what, where=str(file)) from None
    if not rows or rows[-1] != ["end"]:
        raise UserError("recording-form", "it was cut: the run that wrote it did not end", where=str(file))
    return rows[:-1]


# -- secrets under other names ---------------------------------------------------

#: An element with text alone; a hostile reply must not make this slow, and no secret is that long.
_LEAF = re.compile(
    r"<(?P<tag>[\w.:-]++)[^<>]*+>(?P<content>(?:<!\[CDATA\[.{0,4096}?\]\]>|[^<])++)</(?P=tag)\s*+>", re.DOTALL
)
_CDATA, _END = "<![CDATA[", "]]>"
#: A site that tells no password may write 0 or stars, and a check asks whether it did.
_MASKS = frozenset("*\u2022-xX0")
_ENTITY = re.compile(r"&(?:#x?[0-9A-Fa-f]+|[a-z]+);")
_KINDS = (string.digits, string.ascii_lowercase, string.ascii_uppercase)


class Pseudonyms:
    """Secrets of one recording, each replaced by another of its form, so that what a check asks of it stays the same.

    A mask says "secret"; a pseudonym can be judged, too: digits stay digits, letters letters, and equal secrets stay
    equal, within one recording and nowhere else, for its key is thrown away when the run ends.
    """

    def __init__(self, registry: SecretRegistry, key: bytes) -> None:
        self._registry = registry
        self._key = key
        self._given: set[str] = set()

    def of_body(self, body: bytes) -> bytes:
        """``body`` without its secrets; nothing else of it changes, whatever its encoding."""
        if b"\0" in body[:64]:
            encoding = "utf-16-be" if body.startswith((b"\0", b"\xfe\xff")) else "utf-16-le"
            with suppress(UnicodeError):
                return self.of(body.decode(encoding)).encode(encoding)
        # Every byte a character, so that what is no UTF-8 stays what it is.
        return self.of(body.decode("latin-1")).encode("latin-1", "xmlcharrefreplace")

    def of(self, text: str) -> str:
        """``text`` without known secrets and without the content of secret elements."""
        return _LEAF.sub(self._named, self._registry.replace_known(text, self.pseudonym))

    def _named(self, found: re.Match[str]) -> str:
        name, content = found["tag"].rpartition(":")[2], found["content"]
        if not is_secret(name):
            return found[0]
        start, end = found.start("content") - found.start(), found.end("content") - found.start()
        plain = content.strip()
        quoted = plain.startswith(_CDATA)
        plain = plain.removeprefix(_CDATA).removesuffix(_END) if quoted else html.unescape(plain)
        if not is_secret_content(name, plain) or plain in self._given:
            return found[0]
        return found[0][:start] + html.escape(self.pseudonym(plain), quote=False) + found[0][end:]

    def pseudonym(self, secret: str) -> str:
        """Another text of the form of ``secret``; what stands in the place of one that is not told stays."""
        if not set(secret) - _MASKS:
            return secret
        stream = self._stream(secret)
        # As XML writes it: with other letters it would be another character, or none.
        whole = {place for found in _ENTITY.finditer(secret) for place in range(*found.span())}
        changed = ((place, one, next(stream)) for place, one in enumerate(secret))
        told = "".join(
            one if place in whole else _of_its_kind(one, number, first=not place) for place, one, number in changed
        )
        self._given.add(told)
        return told

    def _stream(self, secret: str) -> Iterator[int]:
        block = 0
        while True:
            text = f"{block}:{secret}".encode("utf-8", "surrogatepass")
            yield from hmac.new(self._key, text, hashlib.sha256).digest()
            block += 1


def _of_its_kind(one: str, number: int, *, first: bool) -> str:
    """A character like ``one``; a leading zero stays, and none comes to be, for a number would have another length."""
    if first and one in string.digits:
        return "0" if one == "0" else string.digits[1 + number % 9]
    for kind in _KINDS:
        if one in kind:
            return kind[number % len(kind)]
    return "x" if one.isalnum() else one


# -- what goes through -----------------------------------------------------------


def _written(exchange: Exchange, pseudonyms: Pseudonyms) -> dict[str, Any]:
    told = {name: getattr(exchange, name) for name in _PLAIN}
    words = {name: [pseudonyms.of(one) for one in getattr(exchange, name)] for name in ("notes", "unwell")}
    bodies = {"body": _packed(exchange.body, pseudonyms), "request": _packed(exchange.request.body, pseudonyms)}
    return {**told, **words, "error": pseudonyms.of(exchange.error), **bodies, "names": _names(exchange.request)}


def _packed(body: bytes, pseudonyms: Pseudonyms) -> str:
    return base64.b85encode(zlib.compress(pseudonyms.of_body(body), 1)).decode()


def unpacked(text: str) -> bytes:
    """A body as a recording holds it."""
    return zlib.decompress(base64.b85decode(text))


#: What a run makes on a site carries such a name, with a number that counts what was made before.
_NAME = re.compile(rf"{PREFIX}-\w+-\d+")


def _names(request: Request) -> list[str]:
    return _NAME.findall(request.body.decode("latin-1"))


#: Who asked matters to nobody who judges again, but for the names of what was made.
_NOBODY = Request("", "", "", b"")
_PLAIN = ("started", "seconds", "status", "content_type", "outage", "refused", "date")


def _read(row: Mapping[str, Any]) -> Exchange:
    body = unpacked(row["body"])
    values: dict[str, Any] = {name: row[name] for name in (*_PLAIN, "error")}
    notes, unwell = tuple(row["notes"]), tuple(row["unwell"])
    nobody = replace(_NOBODY, body=" ".join(row["names"]).encode())
    return Exchange(nobody, **values, notes=notes, unwell=unwell, body=body)


_EXCHANGE = Form(_written, _read)
#: Plain values.
JSON: Form[Any] = Form(lambda value, _: secret_registry.mask_values(value), lambda value: value)


#: Mail, and what a browser was shown.
MAILS: Form[list[Mail]] = Form(
    lambda mails, names: [
        [one.recipients, one.subject.decode("latin-1"), names.of(one.text), one.arrived] for one in mails
    ],
    lambda rows: [Mail(tuple(who), subject.encode("latin-1"), text, at) for who, subject, text, at in rows],
)
PAGE: Form[Page] = Form(
    lambda page, names: [names.of(page.address), page.status, names.of(page.text)], lambda row: Page(*row)
)


def waiting(tape: Tape) -> Callable[..., list[Mail]]:
    """:func:`~conformance.wire.mailbox.wait_for_mail` through a tape."""

    def wait(mailbox: Mailbox, recipient: str, *more: Any) -> list[Mail]:
        who = _NAME.sub(PREFIX, recipient)
        found = tape.through("mail", who, lambda: wait_for_mail(mailbox, recipient, *more), MAILS)
        return [_renamed(one, tape) for one in found] if isinstance(tape, ReadingTape) else found

    return wait


def _renamed(mail: Mail, tape: ReadingTape) -> Mail:
    recipients = tuple(tape.renamed(one.encode()).decode() for one in mail.recipients)
    return replace(mail, recipients=recipients, text=tape.renamed(mail.text.encode()).decode())


class NoMailbox:
    """Stands where a run that is judged again had its mailbox."""

    pause = 0.0

    def mail_to(self, recipient: str) -> list[Mail]:
        """Nothing that was not recorded."""
        return []

    def listen(self) -> None:
        """Nothing to start."""

    def close(self) -> None:
        """Nothing to stop."""


class TapedClient(Client):
    """A client whose exchanges go through a tape; ``make`` makes the one that asks, when one must."""

    def __init__(self, tape: Tape, make: Callable[[], Client]) -> None:
        self._tape = tape
        self._make = make
        self._asks: Client | None = None

    def close(self) -> None:
        """Give the connections back."""
        if self._asks is not None:
            self._asks.close()

    def send(self, request: Request, *, patient: bool = True, longest: float = math.inf) -> Exchange:
        """The exchange of ``request``, told now or then."""

        def ask() -> Exchange:
            self._asks = self._asks or self._make()
            return self._asks.send(request, patient=patient, longest=longest)

        try:
            told = self._tape.through("exchange", _fingerprint(request), ask, _EXCHANGE)
        except NotRecorded as problem:
            return Exchange(request, 0.0, 0.0, error=str(problem))
        if isinstance(self._tape, ReadingTape):
            self._tape.rename(_names(told.request), _names(request))
            return replace(told, request=request, body=self._tape.renamed(told.body))
        return told


def _fingerprint(request: Request) -> str:
    """Which request it is, whatever secrets it carries."""
    text = _NAME.sub(PREFIX, mask_named(request.body.decode("latin-1")))
    return hashlib.sha256(f"{request.operation} {request.url} {text}".encode()).hexdigest()[:16]


class TapedControlPlane(ControlPlane):
    """A control plane whose words go through a tape."""

    def __init__(self, control_url: str, tape: Tape, **more: Any) -> None:
        super().__init__(control_url, **more)
        self._tape = tape

    def ask(self, method: str, path: str, value: object = None) -> Any:
        """What the mock says to it, now or then."""

        def really() -> Any:
            return super(TapedControlPlane, self).ask(method, path, value)

        with suppress(NotRecorded):
            return self._tape.through("control", f"{method} {path}", really, JSON)
        return None
