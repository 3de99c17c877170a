"""A headless Chromium driven through a pipe: the DevTools protocol, one JSON message after another."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

from tests.conftest import SAFETY

NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
)
# The shell of Debian knows descriptors of one digit only; a test run has more files open than that.
_WIRING = """
import fcntl, os, sys
ours, theirs = (fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3])
os.dup2(ours, 3)
os.dup2(theirs, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


def chromium() -> str:
    """Where the browser is, "" when there is none."""
    return next((path for path in map(shutil.which, NAMES) if path), "")


class Browser:
    """One page. Chromium reads commands from descriptor 3 and writes answers to descriptor 4, each ending with NUL."""

    def __init__(self, *, width: int = 1300, height: int = 1000, dark: bool = False) -> None:
        self._folder = tempfile.mkdtemp(prefix="wxc-browser-")
        ours, theirs = os.pipe(), os.pipe()
        self._out, self._in = os.fdopen(ours[1], "wb"), os.fdopen(theirs[0], "rb")
        words = [chromium(), *_FLAGS, f"--user-data-dir={self._folder}", f"--window-size={width},{height}"]
        wiring = [sys.executable, "-S", "-c", _WIRING, str(ours[0]), str(theirs[1])]
        self._process = subprocess.Popen(
            [*wiring, *words, "--remote-debugging-pipe", "about:blank"],
            pass_fds=(ours[0], theirs[1]),
            stderr=subprocess.DEVNULL,
        )
        os.close(ours[0])
        os.close(theirs[1])
        self._number, self._rest, self._session = 0, b"", ""
        page = next(one for one in self.send("Target.getTargets")["targetInfos"] if one["type"] == "page")
        self._session = self.send("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        # The window of a headless browser has a smallest width; a phone is narrower.
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])
        # Whatever window is in front: :focus matches what is focused here.
        self.send("Emulation.setFocusEmulationEnabled", enabled=True)

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command and its answer; events in between are passed over."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        self._out.flush()
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return dict(answer["result"])

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._in.fileno(), 1 << 20)
            assert more, "the browser went away"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))

    def open(self, url: str) -> None:
        """Go to ``url`` and wait until the page has loaded."""
        self.send("Page.enable")
        self.send("Page.navigate", url=url)
        ready = (
            "new Promise(done => document.readyState == 'complete' ? done(1) : addEventListener('load', () => done(1)))"
        )
        while self.look("location.href") == "about:blank":
            pass
        self.look(ready)

    def look(self, expression: str) -> Any:
        """What a JavaScript expression gives, awaited."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def click(self, selector: str) -> None:
        """Press the mouse in the middle of what ``selector`` finds."""
        middle = (
            f"(() => {{ const found = document.querySelector({json.dumps(selector)}); found.scrollIntoView({{block: 'center'}});"
            " const box = found.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        x, y = self.look(middle)
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self.settle()

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.send("Input.insertText", text=text)
        self.settle()

    def settle(self) -> None:
        """Wait until the page has answered an event and drawn itself."""
        self.look("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def picture(self, file: Path, *, whole: bool = False) -> None:
        """Write what is on the screen, or the whole page, as PNG."""
        self.settle()
        told = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(told["data"]))

    def close(self) -> None:
        """End the browser and remove what it kept."""
        self._process.terminate()
        self._process.wait(SAFETY)
        self._out.close()
        self._in.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
