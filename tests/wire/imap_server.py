"""A mailbox to read in tests: just enough of IMAP4rev1 over TLS for looks at one folder."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from imaplib import Time2Internaldate

#: Every message of the folder for an address, as it travelled.
Folder = Callable[[str], list[bytes]]


class ImapServer:
    """Serves what ``mails`` finds as the messages of ``folder``; ``heard`` is every line a client sent."""

    def __init__(self, tls: ssl.SSLContext, folder: str, mails: Folder) -> None:
        self.folder = folder
        self.heard: list[str] = []
        self._tls = tls
        self._mails = mails
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._receive, args=(connection,), daemon=True).start()

    def _receive(self, connection: socket.socket) -> None:
        with suppress(OSError), self._tls.wrap_socket(connection, server_side=True) as secure:
            self._talk(secure)

    def _talk(self, secure: ssl.SSLSocket) -> None:
        found: list[bytes] = []
        secure.sendall(b"* OK ready\r\n")
        for line in secure.makefile("r", encoding="utf-8", newline="\r\n"):
            self.heard.append(line.strip())
            tag, _, command = line.strip().partition(" ")
            if "SEARCH" in command:
                found = self._mails(command.split('"')[1])
            secure.sendall(_answer(command, found) + f"{tag} {self._result(command)}\r\n".encode())
            if command == "LOGOUT":
                return

    def _result(self, command: str) -> str:
        if command.startswith("EXAMINE") and f'"{self.folder}"' not in command:
            return "NO there is no such folder"
        return "OK done"


def _answer(command: str, found: list[bytes]) -> bytes:
    if command == "CAPABILITY":
        return b"* CAPABILITY IMAP4rev1\r\n"
    if "SEARCH" in command:
        return " ".join(["* SEARCH", *map(str, range(1, len(found) + 1))]).encode() + b"\r\n"
    if fetched := re.match(r"FETCH (\d+)", command):
        mail = found[int(fetched.group(1)) - 1]
        arrived = Time2Internaldate(time.time()).encode()
        return b"* 1 FETCH (INTERNALDATE %s BODY[] {%d}\r\n%s)\r\n" % (arrived, len(mail), mail)
    return b"* BYE\r\n" if command == "LOGOUT" else b""
