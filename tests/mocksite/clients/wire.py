"""Real HTTP for the client conversations: one connection, headers and bytes as that client sends them."""

from __future__ import annotations

import http.client
import re
import tomllib
from urllib.parse import urlsplit

import mocksite
from tests.conftest import SAFETY


class Wire:
    """A client's own connection to a server."""

    def __init__(self, server: mocksite.Server, content_type: str | None = "text/xml") -> None:
        self.profile = tomllib.loads(server.profile())["sites"]["mock"]
        self.data = self.profile["data"]
        self._path = urlsplit(server.url).path
        self._headers = {"Content-Type": content_type} if content_type else {}
        self._connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=SAFETY)

    def account(self, role: str) -> dict[str, str]:
        return self.profile["accounts"][role]

    def post(self, text: str, encoding: str = "utf-8") -> str:
        self._connection.request("POST", self._path, text.encode(encoding), self._headers)
        answer = self._connection.getresponse()
        assert answer.status == 200
        return answer.read().decode(encoding)

    def close(self) -> None:
        self._connection.close()


def between(text: str, tag: str) -> list[str]:
    """How many an old client reads a reply: by the literal tag with its prefix."""
    return re.findall(f"<{tag}>(.*?)</{tag}>", text)
