"""The script of a fault of the matrix, run where this suite is not, against the faulty mock and a sound one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from lxml import etree

import conftest  # noqa: F401 - the vocabulary
import mocksite
from conformance.judge.findings import Violation
from conformance.reporting.exchange_file import readable
from conformance.run.commands.evidence.envelope import SuiteContents, shown_by_one_request
from conformance.run.commands.evidence.shell_script import ShownFailure, shell_script
from conformance.scenarios.execution import ScenarioTrial
from conformance.scenarios.scenario import Scenario
from conformance.sites.control_plane import ControlPlane
from conformance.sites.masking import secret_registry
from conformance.sites.profile import Account
from conformance.sites.settings import setting_named
from conformance.wire.exchange import Exchange, parse
from mocksite.faults import CATALOGUE
from tests.history.causes import catalogue, scenarios
from tests.matrix.run import release_for
from tests.rig import CONTRACT, PAYLOADS, rig

#: Where nothing of ours is: what a script may use stands here.
_BARE = "/usr/bin:/bin"


@dataclass(frozen=True)
class Shown:
    """What the script of a fault said: its exit codes against the faulty and the sound mock; or why there is none."""

    fault: str
    check: str
    faulty: int = -1
    sound: int = -1
    why: str = ""
    words: str = ""

    @property
    def right(self) -> bool:
        return (self.faulty, self.sound) == (1, 0)


@cache
def suite() -> SuiteContents:
    return SuiteContents({one.nodeid: one for one in scenarios()}, catalogue().clauses, CONTRACT)


def shown(fault: str) -> Shown:
    """The first failure of the clause of ``fault`` that one request shows, by its script."""
    mine = [one for one in scenarios() if one.clause.id == CATALOGUE[fault].clause]
    why, check = "no scenario of its clause fails", ""
    with rig(catalogue(), release=release_for(fault), fault=fault) as site:
        for trial in (one for scenario in mine for one in site.run([scenario])):
            for violation, told in _scripts(trial):
                if isinstance(told, ShownFailure):
                    return _tried(fault, violation.check, told, trial.exchanges[violation.exchange - 1], trial.scenario)
                why, check = told, violation.check
    return Shown(fault, check, why=why)


def _scripts(trial: ScenarioTrial) -> Iterator[tuple[Violation, ShownFailure | str]]:
    if trial.verdict.outcome != "failed":
        return
    told = {nth: (readable(one.request.body), readable(one.body)) for nth, one in enumerate(trial.exchanges, 1)}
    for violation in trial.violations:
        yield violation, shown_by_one_request(violation, trial.scenario, suite(), told, "http://nowhere.invalid")


def _variables(exchange: Exchange, told: ShownFailure, server: mocksite.Server) -> dict[str, str]:
    """What a person would put into the variables of the script."""
    found = {"WEBEX_MAY_WRITE": "yes", "WEBEX_SITE_SET": "yes"}
    header = True
    for element in parse(exchange.request.body).iter("*"):
        name = etree.QName(element).localname
        header = header and name != "body"
        spelt = "".join(f"_{one}" if one.isupper() and at else one for at, one in enumerate(name)).upper()
        found[f"WEBEX_{spelt}" if header else f"WEBEX_SENT_{spelt}"] = (element.text or "").strip()
    signature = exchange.request.signature
    account = signature.account if signature is not None else None
    if account is not None and not told.by_ticket:
        found["WEBEX_PASSWORD"] = account.credentials.get("password", found.get("WEBEX_PASSWORD", ""))
    if account is not None and told.by_ticket and "WEBEX_SESSION_TICKET" in found:
        found["WEBEX_SESSION_TICKET"] = _ticket(account, found["WEBEX_SITE_NAME"], server)
    return found


def _ticket(account: Account, site: str, server: mocksite.Server) -> str:
    """A session ticket of the server at hand, which knows none of another one."""
    signed = {"siteName": site, "webExID": account.webex_id, "password": account.credentials["password"]}
    answer = httpx.post(server.url, content=PAYLOADS.render("AuthenticateUser", {}, signed))
    return next(etree.fromstring(answer.content).iter("{*}sessionTicket")).text or ""


def _tried(fault: str, check: str, told: ShownFailure, exchange: Exchange, scenario: Scenario) -> Shown:
    codes, words = [], []
    with TemporaryDirectory(prefix="wxc-show-") as folder:
        script = Path(folder) / "show.sh"
        script.write_text(shell_script(told), encoding="utf-8")
        path = f"{xmllint_for(Path(folder))}:{_BARE}"
        for wrong in (fault, ""):
            with mocksite.start(release=release_for(fault), fault=wrong) as server:
                _arrange(server, scenario)
                given = {**_variables(exchange, told, server), "WEBEX_URL": server.url, "PATH": path}
                done = subprocess.run(["sh", str(script)], env=given, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
                codes.append(done.returncode)
                words.append((done.stdout + done.stderr).strip())
    return Shown(fault, check, codes[0], codes[1], words="; ".join(map(secret_registry.mask, words)))


def _arrange(server: mocksite.Server, scenario: Scenario) -> None:
    control = ControlPlane(server.control_url)
    for name, value in scenario.settings.items():
        control.set(setting_named(name), value)
    control.close()


def xmllint_for(folder: Path) -> Path:
    """The folder of an xmllint: that of the machine, or on one without it as much of one as the scripts use."""
    if found := shutil.which("xmllint", path=_BARE):
        return Path(found).parent
    place = folder / "bin"
    place.mkdir(exist_ok=True)
    file = place / "xmllint"
    file.write_text(f"#!{sys.executable} -I\n{_XMLLINT}", encoding="utf-8")
    file.chmod(0o755)
    return place


_XMLLINT = """\
import sys
import httpx
from lxml import etree
file = sys.argv[-1]
try:
    told = etree.parse(file)
except (etree.XMLSyntaxError, OSError):
    sys.exit(1)
if "--xpath" in sys.argv:
    found = told.xpath(sys.argv[sys.argv.index("--xpath") + 1])
    print(str(found).lower() if isinstance(found, bool) else found)
"""

