"""The pages a browser is shown: a site at a glance, one operation with its sample, one exchange. Text in, HTML out.

Plain HTML and forms: nothing here needs JavaScript, a mouse, or an address outside of this machine.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mocksite.model.settings import CHOICES, ID_SPELLINGS, SUB_PREFIXES, TONES, Settings, Value
from mocksite.protocol.nodes import MalformedError, Node, read
from mocksite.server.limits import LONGEST

_STYLE = """
:root {
  color-scheme: light dark; background: Canvas; color: CanvasText; font: 16px/1.5 system-ui, sans-serif;
  --line: color-mix(in srgb, currentColor 25%, transparent);
}
body { max-width: 72rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
h1 { margin-bottom: 0; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; vertical-align: top; }
tr + tr td { border-top: 1px solid var(--line); }
td form { margin: 0 0 .3rem; display: inline-flex; gap: .5rem; flex-wrap: wrap; padding-right: .5rem; }
code, pre, textarea { font: .875rem/1.45 ui-monospace, monospace; }
textarea { width: 100%; box-sizing: border-box; }
@media (max-width: 48rem) { table { display: block; overflow-x: auto; } body { overflow-wrap: anywhere; } }
pre { overflow-x: auto; padding: .8rem; border: 1px solid var(--line); }
nav a, .names a { display: inline-block; margin-right: 1rem; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
.changed td:first-child::after { content: " (changed)"; font-weight: bold; }
.bad { font-weight: bold; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
"""

_JSON = '<a href="/_control/state">state</a> <a href="/_control/mail">mail</a> <a href="/_control/log">log</a>'

_WORDS: dict[str, Sequence[str]] = {
    "entry-exit-tone": TONES,
    "entry-exit-tone-ec": TONES,
    "record-id-spelling": ID_SPELLINGS,
    "predefined-sub-prefix": SUB_PREFIXES,
    **CHOICES,
}


@dataclass(frozen=True)
class Glance:
    """What the page of a site shows of it."""

    site: str
    url: str
    facts: Mapping[str, str]
    accounts: Sequence[tuple[str, str, str]]
    operations: Mapping[str, Sequence[str]]
    absent: Sequence[str]
    exchanges: Sequence[Sequence[str]]
    held: Mapping[str, int]
    settings: Mapping[str, Value]
    releases: Sequence[str]
    fault: str
    latency: int


def sheet(title: str, body: str) -> str:
    """A whole page."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{_text(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>\n'
        f'<body><a class="skip" href="#content">To the content</a>{body}</body></html>\n'
    )


def glance(shown: Glance) -> str:
    """The page of a site: what it is, who may sign in, what was asked, what it serves, how it is switched."""
    sections = {
        "Accounts": _table(("role", "webExID", "password"), shown.accounts),
        "Recent exchanges": _exchanges(shown),
        "Operations": _operations(shown),
        "State": _table(("what", "how many"), ((name, str(count)) for name, count in shown.held.items()))
        + f"<p>As JSON: {_JSON}</p>",
        "Switches": _switches(shown),
    }
    nav = "".join(f'<a href="#{_anchor(name)}">{name}</a>' for name in sections)
    facts = " &middot; ".join(f"{name} <code>{_text(value)}</code>" for name, value in shown.facts.items())
    parts = "".join(f'<h2 id="{_anchor(name)}">{name}</h2>{inside}' for name, inside in sections.items())
    head = f"<h1>webex-mock</h1><p>{facts}</p><p>POST to <code>{_text(shown.url)}</code></p><nav>{nav}</nav>"
    return sheet(f"webex-mock: {shown.site}", f'<header>{head}</header><main id="content">{parts}</main>')


def operation(name: str, document: str, command: str, reply: str, site: str) -> str:
    """The page of an operation: its sample, as a request to send and as a command to copy, and what was answered."""
    answer = f'<h2 id="reply">Reply</h2><pre tabindex="0">{_text(pretty(reply))}</pre>' if reply else ""
    form = (
        f'<form method="post"><label for="request">Request</label>{_hidden(site)}'
        f'<textarea id="request" name="request" rows="12" spellcheck="false">{_text(document)}</textarea>'
        "<p><button>Send</button></p></form>"
    )
    copy = (
        '<h2 id="curl">The same with curl</h2>'
        f'<textarea aria-label="curl command" rows="10" readonly spellcheck="false">{_text(command)}</textarea>'
    )
    return sheet(name, f'{_back(site)}<main id="content"><h1>{_text(name)}</h1>{form}{answer}{copy}</main>')


def exchange(head: Mapping[str, str], request: str, reply: str, site: str) -> str:
    """The page of an exchange: request and reply, secrets masked."""
    facts = _table(("what", "value"), head.items())
    body = f'<h2>Request</h2><pre tabindex="0">{_text(pretty(request))}</pre>'
    body += f'<h2>Reply</h2><pre tabindex="0">{_text(pretty(reply))}</pre>'
    return sheet(f"Exchange {head['number']}", f'{_back(site)}<main id="content"><h1>Exchange</h1>{facts}{body}</main>')


def pretty(document: str) -> str:
    """An XML document with a line for each element; anything else as it is."""
    try:
        return "\n".join(_lines(read(document), ""))
    except MalformedError:
        return document


def _lines(node: Node, indent: str) -> Iterator[str]:
    if not node.children:
        yield indent + node.write()
        return
    yield f"{indent}<{node.name}{node.marks()}>"
    for child in node.children:
        yield from _lines(child, f"{indent}  ")
    yield f"{indent}</{node.name}>"


def _exchanges(shown: Glance) -> str:
    if not shown.exchanges:
        return "<p>Nobody has asked anything yet. Each operation below has a sample to send.</p>"
    rows = []
    for number, *cells in shown.exchanges:
        link = f'<a href="/_mock/exchanges/{number}?site={_text(shown.site)}">{number}</a>'
        told = "".join(f'<td class="{"bad" if cell == "FAILURE" else ""}">{_text(cell)}</td>' for cell in cells)
        rows.append(f"<tr><td>{link}</td>{told}</tr>")
    names = ("number", "time", "operation", "caller", "result", "exception id", "ms")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


def _operations(shown: Glance) -> str:
    groups = "".join(
        f'<h3>{_text(service)}</h3><p class="names">'
        + "".join(f'<a href="/_mock/operations/{name}?site={_text(shown.site)}">{name}</a> ' for name in names)
        + "</p>"
        for service, names in shown.operations.items()
    )
    return f"{groups}<h3>Not served</h3><p>{_text(', '.join(shown.absent))}</p>"


def _switches(shown: Glance) -> str:
    releases = _select("release", shown.releases, shown.facts["release"])
    waits = f'aria-label="latency in milliseconds" type="number" min="0" max="{LONGEST}" value="{shown.latency}"'
    pause = f'<input name="value" {waits}>'
    wrong = f'<input name="value" aria-label="fault" value="{_text(shown.fault)}" placeholder="id of a fault">'
    faults = '<a href="/_control/faults">fault</a>'
    resets = "".join(
        _form(shown.site, "reset", name, "", f"Reset {name or 'everything'}") for name in ("data", "settings", "")
    )
    key = '<input name="value" aria-label="key of a session to {}" inputmode="numeric" placeholder="session key">'
    held = (("started", "start"), ("ended", "end"))
    session = "".join(_form(shown.site, "session", state, key.format(word), word.title()) for state, word in held)
    rows = [
        f"<tr><td>release</td><td>{_form(shown.site, 'release', '', releases, 'Run this')}</td></tr>",
        f"<tr><td>latency, ms</td><td>{_form(shown.site, 'latency', '', pause, 'Wait')}</td></tr>",
        f"<tr><td>{faults}</td><td>{_form(shown.site, 'fault', '', wrong, 'Set')}</td></tr>",
        f"<tr><td>session</td><td>{session}</td></tr>",
        f"<tr><td>back to the start</td><td>{resets}</td></tr>",
        *(_setting(shown.site, name, value) for name, value in shown.settings.items()),
    ]
    return f"<table>{''.join(rows)}</table>"


def _setting(site: str, name: str, value: Value) -> str:
    changed = ' class="changed"' if value != Settings().items()[name] else ""
    return f"<tr{changed}><td>{name}</td><td>{_form(site, 'setting', name, _control(name, value), 'Set')}</td></tr>"


def _control(name: str, value: Value) -> str:
    if isinstance(value, bool):
        return _select(name, ("true", "false"), "true" if value else "false")
    if isinstance(value, int):
        return f'<input name="value" aria-label="{name}" type="number" min="0" value="{value}">'
    if name in _WORDS:
        return _select(name, _WORDS[name], value)
    return f'<input name="value" aria-label="{name}" value="{_text(value)}">'


def _select(name: str, words: Sequence[str], chosen: str) -> str:
    options = "".join(f"<option{' selected' if word == chosen else ''}>{_text(word)}</option>" for word in words)
    return f'<select name="value" aria-label="{name}">{options}</select>'


def _form(site: str, action: str, name: str, inside: str, button: str) -> str:
    hidden = f'<input type="hidden" name="action" value="{action}"><input type="hidden" name="name" value="{name}">'
    return f'<form method="post" action="/">{_hidden(site)}{hidden}{inside}<button>{button}</button></form>'


def _hidden(site: str) -> str:
    return f'<input type="hidden" name="site" value="{_text(site)}">'


def _back(site: str) -> str:
    return f'<nav><a href="/?site={_text(site)}">webex-mock</a></nav>'


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    names = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{names}</tr>{body}</table>"


def _anchor(name: str) -> str:
    return name.lower().replace(" ", "-")


def _text(value: object) -> str:
    return html.escape(str(value))
