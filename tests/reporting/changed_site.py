"""A mock site whose replies are changed on their way out, as an upgrade nobody announced would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import mocksite
from tests.conftest import ROOT

Edit = Callable[[bytes], bytes]


@contextmanager
def changed_site(folder: Path, release: str, edit: Edit = lambda body: body) -> Iterator[Path]:
    """The profile file of a mock of ``release`` called ``mock``; ``edit`` sees the body of each reply."""
    with mocksite.start(release=release) as server:
        answer = server.core.handle

        def handle(request: mocksite.HttpRequest) -> mocksite.HttpResponse:
            response = answer(request)
            return replace(response, body=edit(response.body))

        server.core.handle = handle  # type: ignore[method-assign]
        sites = folder / "sites.toml"
        folder.mkdir(parents=True, exist_ok=True)
        sites.write_text(server.profile("mock"), encoding="utf-8")
        yield sites


def run_suite(folder: Path, release: str, *features: str, edit: Edit = lambda body: body) -> Path:
    """Run ``features`` against such a site; the folder of the reports, apart from the profile and its passwords."""
    reports = folder / "reports"
    with changed_site(folder, release, edit) as sites:
        command = ["-m", "pytest", *features, "--site", "mock", "--sites", str(sites), "--reports", str(reports)]
        done = subprocess.run(
            [sys.executable, *command, "-q", "-p", "no:cacheprovider", "-p", "tests.first_rows"],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (reports / "summary.json").is_file(), done.stdout + done.stderr
    return reports


def one_more_one_less(body: bytes) -> bytes:
    """GetSite without ``currency``, and with a ``brandColour`` that no release knows."""
    body = re.sub(rb"<(\w+):currency>[^<]*</\1:currency>", b"", body)
    return re.sub(rb"(</(\w+):brandName>)", rb"\1<\2:brandColour>blue</\2:brandColour>", body)


def without_promises(body: bytes) -> bytes:
    """GetUser without the ``freeAccount`` of 41.11, and a gateway's words instead of LstMeetingType."""
    body = re.sub(rb"<(\w+):freeAccount>[^<]*</\1:freeAccount>", b"", body)
    return b"bad gateway" if b"subProductCodePrefix" in body else body
