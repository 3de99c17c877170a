"""A failure shown by one request on a machine without this suite: a shell script of curl and xmllint.

It ends with 1 where the site breaks the clause, with 0 where it keeps it, and with 2 where nothing can be said: nobody
answered, the site is not well, or it answered another thing altogether. Secrets come from variables and go to curl
through a pipe, so that no list of processes shows them.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from conformance.judge.conditions import SUCCESS
from conformance.sites.ledger import PREFIX
from conformance.sites.masking import MASK
from conformance.wire.exchange import BACKEND_SILENT, NOT_FORWARDED, Reply, parse, read_reply

#: A name that a run gave to what it made: a script makes things of its own.
_MADE = re.compile(rf"{PREFIX}-\w+-(\d+)")
_MASKED = re.compile(rf"<([\w.-]+)>{re.escape(MASK)}</\1>")
_RESPONSE = "//*[local-name()='header']/*[local-name()='response']"
TOLD = f"normalize-space(concat({_RESPONSE}/*[local-name()='result'],' ',{_RESPONSE}/*[local-name()='exceptionID']))"


@dataclass(frozen=True)
class ShownFailure:
    """What a script sends and asks.

    ``words`` say what is wrong, a line each; ``request`` is masked; ``condition`` holds where the clause is kept;
    ``told`` is result and exception of the reply that broke it. ``by_ticket`` says that the scenario is about the
    session ticket it signs in with; else the password of the account does as well. ``settings`` are how the site must
    be set: no script can see that, so whoever runs it says so.
    """

    words: tuple[str, ...]
    url: str
    request: str
    condition: str
    told: str
    about_elements: bool
    writes: bool
    by_ticket: bool
    settings: tuple[str, ...] = ()


def told_by(reply: Reply) -> str:
    """Result and exception of a reply, as the script reads them."""
    return f"{reply.result} {reply.exception_id}".strip()


def holds(condition: str, operation: str, body: bytes) -> bool:
    """Whether ``condition`` holds for a reply; :class:`CannotJudge` when it is none."""
    root = read_reply(operation, body).root
    return bool(root.xpath(f"boolean({condition})"))


def shell_script(shown: ShownFailure) -> str:
    """The script."""
    request, variables = _request(shown)
    asked = [shown.condition, *([SUCCESS] if shown.about_elements else [])]
    kept = " and ".join(f"({one})" for one in asked)
    return "\n".join(
        (
            "#!/bin/sh",
            *(f"# {line}" for line in shown.words),
            "#",
            "# Ends with 1: the clause is broken; 0: it is kept; 2: nothing can be said. Needs curl and xmllint.",
            *(f"#   {name:24} {words}" for name, words in variables.items()),
            "set -u",
            f"WEBEX_URL=${{WEBEX_URL:-{_quoted(shown.url)}}}",
            *_BEGIN.splitlines(),
            *(f'[ -n "${{{name}:-}}" ] || cannot "set {name}: {words}"' for name, words in variables.items()),
            *(_set_so(shown.settings) if shown.settings else ()),
            *(_WRITES if shown.writes else ()),
            *_SEND.splitlines(),
            request,
            "REQUEST",
            *_READ.splitlines(),
            *_asked("told", TOLD),
            *_asked("kept", f"boolean({kept})"),
            "}",
            f"before={_quoted(shown.told)}",
            "look",
            *(() if shown.writes else (_TWICE,)),
            *_END.splitlines(),
            "",
        )
    )


_quoted = shlex.quote


def _asked(variable: str, xpath: str) -> tuple[str, ...]:
    """An XPath as it is, between two lines: with its quotes escaped nobody could read it."""
    return f"{variable}=$(ask \"$(cat <<'XPATH'", xpath, "XPATH", ')")'


_WRITES = (
    '[ "${WEBEX_MAY_WRITE:-}" = yes ] || cannot "this request changes the site: set WEBEX_MAY_WRITE=yes where it may"',
)


def _set_so(settings: tuple[str, ...]) -> tuple[str, ...]:
    words = _quoted(f"the site must be set so: {', '.join(settings)}; when it is, set WEBEX_SITE_SET=yes")
    return (f'[ "${{WEBEX_SITE_SET:-}}" = yes ] || cannot {words}',)


_BEGIN = """\
cannot() { echo "cannot tell: $*" >&2; exit 2; }
xml() { printf '%s' "$1" | sed -e 's/&/\\&amp;/g' -e 's/</\\&lt;/g' -e 's/>/\\&gt;/g'; }
ask() { xmllint --nonet --xpath "$1" "$reply" 2>/dev/null; }
for tool in curl xmllint; do command -v "$tool" >/dev/null || cannot "there is no $tool here"; done"""
#: A cache answers rightly once, and what it keeps wrongly ever after.
_TWICE = 'if [ "$kept" = true ]; then look; fi'
_SEND = """\
made="wxc-show$$-"
reply=$(mktemp) || cannot "no place for the reply"
trap 'rm -f "$reply"' EXIT
trap 'exit 2' HUP INT TERM
look() {
curl --silent --show-error --max-time 60 --header 'Content-Type: text/xml; charset=UTF-8' \\
     --data-binary @- --output "$reply" "$WEBEX_URL" <<REQUEST || cannot "nobody answered at $WEBEX_URL\""""
_READ = """\
xmllint --nonet --noout "$reply" 2>/dev/null || cannot "the answer is no XML"
[ "$(ask "boolean(/*[local-name()='message'])")" = true ] || cannot "the answer is no message of the XML API\""""
_END = f"""\
case "$told" in
  *\\ {BACKEND_SILENT}|*\\ {NOT_FORWARDED}) cannot "the site is not well: $told" ;;
esac
if [ "$kept" = true ]; then echo "kept: the site answered ${{told:-without a result}}"; exit 0; fi
[ "$told" = "$before" ] || cannot "the site answered ${{told:-without a result}}, and $before when it broke the clause"
echo "broken: the site answered ${{told:-without a result}}"
exit 1"""


def _request(shown: ShownFailure) -> tuple[str, dict[str, str]]:
    """The request as a here-document of a shell, with the variables it takes and what each is."""
    text = re.sub(r"([\\$`])", r"\\\1", shown.request.strip())
    text = _MADE.sub(lambda found: f"${{made}}{found[1]}", text)
    if not shown.by_ticket:
        text = text.replace(f"<sessionTicket>{MASK}<", f"<password>{MASK}<").replace("/sessionTicket>", "/password>")
    variables: dict[str, str] = {}
    head, closing, body = text.partition("</header>")
    head = _MASKED.sub(lambda found: _variable(found[1], "WEBEX", "of the account that asks", variables), head)
    body = _MASKED.sub(lambda found: _variable(found[1], "WEBEX_SENT", "to send", variables), body)
    return f"{head}{closing}{body}", variables


def _variable(name: str, prefix: str, words: str, variables: dict[str, str]) -> str:
    spelt = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper().replace(".", "_").replace("-", "_")
    variable = f"{prefix}_{spelt}"
    variables[variable] = f"the {name} {words}"
    return f'<{name}>$(xml "${variable}")</{name}>'


def sections(exchange_file: bytes) -> tuple[str, str]:
    """Request and reply of an exchange file, masked as they stand there."""
    root = parse(exchange_file)
    told = {str(one.tag): one.text or "" for one in root.iterchildren("*")}
    return told.get("request", "").strip(), told.get("reply", "").strip()
