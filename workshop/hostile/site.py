"""The hostile site: pages that do their worst, and answers that never come to an end.

    python -m workshop.hostile.site --port 8099

``/NAME`` is a page of `pages.PAGES`; ``/to/WAY/WHERE`` leads elsewhere; the others are
answers that are hostile before any page is.
"""

from __future__ import annotations

import argparse
import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from workshop.hostile.pages import ELSEWHERE, FORM, PAGES, SERVICE_WORKER, leading, page

BIG = 50_000_000
"""Signs of a page that is too big."""

_DRIP_SECONDS = 0.1


class Hostile(BaseHTTPRequestHandler):
    """Answers as the path says. ``/received`` takes forms."""

    server: HostileSite
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Keep the output clean."""

    def do_GET(self) -> None:
        """Answer."""
        self.close_connection = True
        path = urlsplit(self.path).path.strip("/")
        self.server.asked.append(path)
        try:
            if path.startswith("to/"):
                self._elsewhere(*path.split("/")[1:3])
            elif path in _ANSWERS:
                _ANSWERS[path](self)
            else:
                self.page(PAGES.get(path) or PAGES["plain"])
        except OSError:
            return  # whoever asked has had enough

    def do_POST(self) -> None:
        """Take a form."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.page(page(body="<p>受け付けました</p>"))

    def page(self, text: str, status: int = 200, **headers: str) -> None:
        """Answer with a page."""
        content = text.encode()
        self.begin(status, **{"Content-Length": str(len(content)), **headers})
        self.wfile.write(content)

    def begin(self, status: int = 200, **headers: str) -> None:
        """Send an answer's head."""
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()

    def _elsewhere(self, way: str, where: str) -> None:
        if way == "header":
            self.page("", 302, Location=ELSEWHERE[where])
        else:
            self.page(leading(way, where))

    def drip(self, content: bytes = b" ") -> None:
        """Send something again and again until the site ends or nobody listens."""
        while not self.server.over.wait(_DRIP_SECONDS):
            self.wfile.write(content)


def _body_endless(to: Hostile) -> None:
    to.begin()
    to.wfile.write(PAGES["plain"].partition("</body>")[0].encode())
    to.drip()


def _body_stalls(to: Hostile) -> None:
    to.begin(**{"Content-Length": "100000"})
    to.wfile.write(b"<!doctype html><title>")
    to.server.over.wait()


def _body_short(to: Hostile) -> None:
    to.begin(**{"Content-Length": "100000"})
    to.wfile.write(PAGES["plain"].encode())


def _head_endless(to: Hostile) -> None:
    to.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    to.drip(b"a")


def _head_never(to: Hostile) -> None:
    to.server.over.wait()


def _poured(to: Hostile) -> None:
    to.begin()
    while not to.server.over.is_set():
        to.wfile.write(b"<p>x</p>" * 8192)


def _zipped(to: Hostile) -> None:
    content = gzip.compress(page(body=FORM + "x" * BIG).encode(), 1)
    to.begin(**{"Content-Encoding": "gzip", "Content-Length": str(len(content))})
    to.wfile.write(content)


_ANSWERS: dict[str, Callable[[Hostile], None]] = {
    "body-endless": _body_endless,
    "body-poured": _poured,
    "body-stalls": _body_stalls,
    "body-short": _body_short,
    "head-endless": _head_endless,
    "head-never": _head_never,
    "big-text": lambda to: to.page(page(body=FORM + "<p>" + "文 " * (BIG // 4))),
    "big-tags": lambda to: to.page(page(body=FORM + "<p>x</p>" * (BIG // 8))),
    "big-zipped": _zipped,
    "download": lambda to: to.page("x", **{"Content-Disposition": "attachment; filename=x.html"}),
    "no-content": lambda to: to.begin(204),
    "circle": lambda to: to.page("", 302, Location="/circle"),
    "further": lambda to: to.page(
        "", 302, Location=f"/further?{int(urlsplit(to.path).query or 0) + 1}"
    ),
    "service-worker.js": lambda to: to.page(SERVICE_WORKER, **{"Content-Type": "text/javascript"}),
}


class HostileSite(ThreadingHTTPServer):
    """The site, and what it was asked. ``over``: no answer goes on."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Hostile)
        self.asked: list[str] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """The site's address."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def hostile_site() -> Iterator[HostileSite]:
    """Serve the site in a thread until the ``with`` block is left."""
    site = HostileSite()
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        site.over.set()
        site.shutdown()
        thread.join()
        site.server_close()


def main() -> None:
    """Serve until somebody ends it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=0)
    site = HostileSite(options.parse_args().port)
    print(f"READY {site.url}", flush=True)
    site.serve_forever()


if __name__ == "__main__":
    main()
