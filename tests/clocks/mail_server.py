"""A real SMTP server, small: it takes every message and keeps it."""

from __future__ import annotations

import socketserver
import threading
import time
from email import message_from_bytes
from email.message import Message


class MailServer:
    """Listens on a port of its own; ``messages`` is what arrived whole, in order.

    ``slow`` seconds pass between taking a message and saying so: time for a kill in between.
    """

    def __init__(self, slow: float = 0.0) -> None:
        self.slow = slow
        self.received: list[tuple[str, bytes]] = []
        handler = type("Handler", (_Handler,), {"mail": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def messages(self) -> list[tuple[str, Message]]:
        """(recipient, message) in the order of arrival."""
        return [(to, message_from_bytes(raw)) for to, raw in list(self.received)]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Handler(socketserver.StreamRequestHandler):
    mail: MailServer

    def handle(self) -> None:
        try:
            self._talk()
        except OSError:
            return  # the sender was killed

    def _talk(self) -> None:
        to = ""
        self._say("220 mail.example.org")
        while line := self.rfile.readline().decode().strip():
            word = line.upper()
            if word.startswith("RCPT TO:"):
                to = line[line.index("<") + 1 : line.index(">")]
            if word == "DATA":
                self._say("354 go on")
                self.mail.received.append((to, self._body()))
                time.sleep(self.mail.slow)
            self._say("221 bye" if word == "QUIT" else "250 ok")
            if word == "QUIT":
                return

    def _body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise ConnectionResetError("ended within a message")
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())
