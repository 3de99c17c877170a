"""The control plane of a mock site: settings, faults, state, mail (docs/stability.md, Control plane)."""

from __future__ import annotations

import json
import ssl
from typing import Any

import httpx

from conformance.sites.errors import CannotJudge
from conformance.sites.settings import Setting, Value


class ControlPlane:
    """Speaks to ``control_url``; a mock that does not answer makes the scenario broken, never failed."""

    def __init__(
        self,
        control_url: str,
        *,
        tls: ssl.SSLContext | None = None,
        timeout: float = 10.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._url = control_url
        # On the port of the site, and so with its certificate.
        self._client = httpx.Client(verify=tls or True, timeout=timeout, trust_env=False, transport=transport)
        self._settings: dict[str, Value] = {}

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    def setting(self, name: str) -> Value:
        """The present value of a setting; asked once, then this run is the one who changes it."""
        if not self._settings:
            self._settings = self.get("settings")
        return self._settings[name]

    def set(self, setting: Setting, value: Value) -> None:
        """Change a setting of the mock."""
        self.put(f"settings/{setting.name}", value)
        if self._settings:
            self._settings[setting.name] = value

    def state(self) -> dict[str, Any]:
        """Everything the mock holds, without secrets."""
        state: dict[str, Any] = self.ask("GET", "state")
        return state

    def put(self, path: str, value: object) -> Any:
        """PUT ``value`` as JSON."""
        return self.ask("PUT", path, value)

    def get(self, path: str) -> Any:
        """GET as JSON."""
        return self.ask("GET", path)

    def delete(self, path: str) -> Any:
        """DELETE; what is gone already is fine."""
        return self.ask("DELETE", path)

    def _answer(self, method: str, url: str, value: object) -> httpx.Response:
        """Once more when the connection was lost: whatever is asked here may be asked twice."""
        body = json.dumps(value).encode() if method == "PUT" else None
        try:
            return self._client.request(method, url, content=body)
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            return self._client.request(method, url, content=body)

    def ask(self, method: str, path: str, value: object = None) -> Any:
        """What the mock says to ``method`` at ``path``; :class:`CannotJudge` when it does not."""
        url = f"{self._url}/{path}"
        try:
            answer = self._answer(method, url, value)
        # A lane may still ask when the run has closed the connection: RuntimeError is httpx's word for it.
        except (httpx.HTTPError, RuntimeError) as problem:
            raise CannotJudge(f"the control plane of the mock does not answer: {problem} ({url})") from None
        if method == "DELETE" and answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise CannotJudge(f"the control plane of the mock refused {method} {url}: {answer.text.strip()[:200]}")
        return answer.json() if answer.content else None
