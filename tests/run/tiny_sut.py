"""A system under test in a few lines: announces itself, answers, dies on request."""

import http.server
import os
import sys
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/die" and sys.argv[1] != "immortal":
            threading.Timer(0, os._exit, (7,)).start()
            return
        body = b"ok"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Stay silent."""


def main() -> None:
    mode, port = sys.argv[1], int(sys.argv[2])
    print(f"secret is {os.environ.get('TINY_SECRET', '')}", file=sys.stderr, flush=True)
    if mode == "refuse":
        print("設定に誤りがあります / bad settings", file=sys.stderr, flush=True)
        sys.exit(2)
    if mode == "crash":
        print("out of order", file=sys.stderr, flush=True)
        sys.exit(9)
    if mode == "silent":
        threading.Event().wait()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    # In pieces, as unbuffered output arrives: only whole lines count.
    for piece in ("REA", "DY http://127.0.0.1:", str(server.server_address[1]), "\n"):
        sys.stdout.write(piece)
        sys.stdout.flush()
    server.serve_forever()


main()
