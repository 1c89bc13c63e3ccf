"""A small server for the gallery, with the product's content security policy and stub answers."""

import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from csp.utils import build_policy

#: The first that is installed, as bin/support/system.py looks for them.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, PROGRAMS)), "")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class Site:
    """Pages by path, answers to posts in turn (by path too: seconds to wait), what was posted."""

    def __init__(self):
        self.pages: dict[str, str] = {}
        self.answers: dict[str, list[tuple[int, dict]]] = {}
        self.slow: dict[str, float] = {}
        self.posted: list[tuple[str, str]] = []
        self.policy = build_policy()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def posts_to(self, path):
        """The bodies posted to that address."""
        return [body for posted, body in self.posted if posted == path]

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def reset(self):
        self.answers.clear()
        self.slow.clear()
        self.posted.clear()

    def _handler(site):  # noqa: N805 - the handler below has its own self
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                path = self.path.split("?")[0]
                if path in site.pages:
                    return self._send(200, "text/html; charset=utf-8", site.pages[path].encode())
                file = Path("static") / path.removeprefix("/static/")
                if path.startswith("/static/") and file.is_file():
                    return self._send(200, TYPES[file.suffix], file.read_bytes())
                return self._send(404, "text/plain", b"")

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
                site.posted.append((self.path, body))
                threading.Event().wait(site.slow.get(self.path, 0))
                waiting = site.answers.get(self.path)
                status, answer = waiting.pop(0) if waiting else (500, {})
                self._send(status, "application/json", json.dumps(answer).encode())

            def _send(self, status, kind, body):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", site.policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        return Handler
