"""The mock site that ships with the suite, started through its public entry point only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conformance.run.options import MOCK
from conformance.target.trouble import UserError


class EmbeddedMock:
    """A mock site on a loopback port of this process, with the profile it writes for itself."""

    def __init__(self, release: str, folder: Path) -> None:
        import mocksite

        try:
            self._server: Any = mocksite.start(release=release)
        except ValueError as problem:
            raise UserError("mock-release", str(problem), where="--release") from None
        self._folder = folder
        self.sites_file = self._write(MOCK, self._server.profile(MOCK))

    def for_worker(self, worker: str) -> Path:
        """A site of its own for one worker process, so that workers never see each other's settings."""
        site = self._server.add_site(f"mocksite-{worker}")
        return self._write(f"{MOCK}-{worker}", site.profile(MOCK))

    def _write(self, name: str, profile: str) -> Path:
        file = self._folder / f"{name}.toml"
        file.write_text(profile, encoding="utf-8")
        return file

    def stop(self) -> None:
        """Stop serving."""
        self._server.stop()
