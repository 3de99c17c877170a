"""axe-core, the rules of accessible pages: fetched once from npm at a pinned version and checksum, run in our browser."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.reporting.browser import Browser

VERSION = "4.14.1"
#: Of the package, as the registry states it.
INTEGRITY = "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "webex-conformance-tests"
#: Schemes and widths that every kind of page is looked at in.
VIEWS = [(dark, width) for dark in (False, True) for width in (320, 1400)]


@cache
def axe() -> str:
    """The script, "" where there is neither a copy of it nor npm to get one."""
    kept = _CACHE / f"axe-core-{VERSION}.tgz"
    if not (kept.is_file() and _is_right(kept)):
        npm = shutil.which("npm")
        if npm is None:
            return ""
        with TemporaryDirectory() as folder:
            command = [npm, "pack", f"axe-core@{VERSION}", "--silent", "--ignore-scripts", "--pack-destination", folder]
            subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)
            packed = next(Path(folder).glob("*.tgz"), None)
            if packed is None or not _is_right(packed):
                return ""
            _CACHE.mkdir(parents=True, exist_ok=True)
            shutil.move(packed, kept)
    with tarfile.open(kept) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script is not None
        return script.read().decode()


def _is_right(file: Path) -> bool:
    return INTEGRITY == f"sha512-{base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()}"


def findings(url: str, *, dark: bool, width: int, before: str = "1") -> list[str]:
    """What axe-core finds on the page at ``url``: rule and place of each; ``before`` is done on the page first."""
    with Browser(width=width, height=900, dark=dark) as browser:
        browser.open(url)
        browser.look(before)
        browser.settle()
        browser.look(f"(() => {{ {axe()}; window.axe = axe; return 1; }})()")
        told = browser.look("axe.run(document, {resultTypes: ['violations']}).then(done => JSON.stringify(done.violations))")
    return [_told(rule) for rule in json.loads(told)]


def _told(rule: dict[str, Any]) -> str:
    places = [node["target"][0] for node in rule["nodes"]]
    return f"{rule['id']}: {rule['help']}: {len(places)} times, first at {places[0]}: {rule['nodes'][0]['failureSummary'][:200]}"
