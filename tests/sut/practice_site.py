"""A site to practise on: every trap that agents must handle, on plain http.server."""

from __future__ import annotations

import html
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

FORM = """
<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>入力｜みほん</title></head><body>
<nav><ul><li><a href="/plain?x=1&amp;x=2">ワンタイムパスワード申請</a></li></ul></nav>
<main><h1>入力（テスト）</h1>
<div role="alert"><span aria-hidden="true">!</span>誤りが
あります</div>
<ol aria-label="進行状況"><li aria-current="step">確認</li><li>完了</li></ol>
<p>画面ID: BOP001</p>
<dl><dt>登録状況</dt><dd>未登録</dd><dt>シリアル番号：</dt><dd> 0123 </dd>
<dt>送付先</dt><dd></dd></dl>
<p>有効期限：2012年02月07日 14時05分</p><p>時刻 14:05 です</p>
<p style="display:none">隠れた文</p>
<table><tr><th>利用者</th><td>検査花子</td></tr></table>
<table><tr><th>申請番号</th><th>状態</th></tr>
 <tr><td>1</td><td>受付</td></tr><tr><td>2</td><td>発送</td></tr></table>
<form method="post" action="/echo">
 <input type="hidden" name="token" value="t&amp;1"><input type="hidden" name="dup" value="a">
 <input type="hidden" name="dup" value="b">
 <p><label for="serial">シリアル番号 <b>必須</b></label>
 <input id="serial" name="serial" maxlength="12" value="077" aria-describedby="hint">
 <span id="hint">半角数字8~12桁</span></p>
 <p><label>ワンタイム パスワード<input name="otp" autocomplete="off"></label></p>
 <p><label for="pw">確認用パスワード</label>
 <input id="pw" type="password" name="pw" value="keep"></p>
 <p><span id="own">お名前</span><input name="nm" aria-labelledby="own" required></p>
 <p><label>メモ<textarea name="memo">一行
二行</textarea></label></p>
 <p><label><input type="checkbox" name="box" value="on1" checked>同意</label>
 <input type="checkbox" name="box" value="no"><input name="off" value="x" disabled>
 <input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>
 <select name="sel"><option value="s1">一</option><option value="s2" selected>二</option></select>
 <label>決まり<input name="ro" value="r" readonly></label></p>
 <button name="go" value="1">利用 開始する</button>
 <button name="go" value="2" formaction="/echo?by=2">別に送る</button>
 <input type="submit" name="third" value="トークン発行（申込）">
 <button name="never" disabled>押せない</button>
 <button type="button" aria-label="閉じる">×</button>
</form>
<form action="/rows" method="get"><table>
 <tr><td>ソフトウェアトークン</td><td><button name="kind" value="s">選択</button></td></tr>
 <tr><td>ハードウェアトークン</td><td><button name="kind" value="h">選択</button></td></tr>
</table></form>
<p><a href="/plain?level=2">ワンタイムパスワード申請</a></p>
<p><button style="display:none">隠しボタン</button><a>宛先なし</a></p>
<p><a href="/broken">故障</a> <a href="/reset">切断</a> <a href="http://foreign.example/">外</a></p>
</main></body></html>
"""

KEYBOARD = """
<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>鍵盤</title></head>
<body><h1>鍵盤</h1><form method="post" action="/echo">
<label>確認用パスワード<input type="password" name="pw" value="old"></label>
<button type="button" id="open">ソフトウェアキーボードを使用して入力する</button>
<div id="keys" hidden></div><button>解除する</button></form>
<script>
const keys = document.getElementById("keys"), pw = document.querySelector("input");
document.getElementById("open").addEventListener("click", () => { keys.hidden = false; });
let upper = false;
const letters = [];
const make = (text, act) => {
  const b = document.createElement("button"); b.type = "button"; b.textContent = text;
  b.addEventListener("click", () => act(b)); keys.append(b); return b;
};
for (const c of "ab12") letters.push(make(c, (b) => { pw.value += b.textContent; }));
make("大文字", () => {
  upper = !upper;
  for (const b of letters) {
    b.textContent = upper ? b.textContent.toUpperCase() : b.textContent.toLowerCase();
  }
});
</script></body></html>
"""

LOGIN = """
<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{title}｜みほん</title></head>
<body><h1>{title}</h1><p>{cookie}</p></body></html>
"""


class _Handler(BaseHTTPRequestHandler):
    server: PracticeServer

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""

    def _answer(self, body: str, status: int = 200, **headers: str) -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def _page(self, title: str, status: int = 200, **headers: str) -> None:
        cookie = html.escape(self.headers.get("Cookie", "なし"))
        self._answer(LOGIN.format(title=html.escape(title), cookie=cookie), status, **headers)

    def do_GET(self) -> None:
        self.server.requests.append(("GET", self.path, self.headers.get("Origin", "")))
        self.server.senders.append(self.headers.get("X-Real-IP", ""))
        match urlsplit(self.path).path:
            case "/form":
                self._answer(FORM)
            case "/keyboard":
                self._answer(KEYBOARD)
            case "/cookie":
                marks = urlsplit(self.path).query
                self._page("配布", Set_Cookie=f"sid=1; HttpOnly; Path=/; {marks}")
            case "/moved":
                self._answer("", 302, Location="/plain?moved")
            case "/broken" | "/refused" as path:
                self._page("内部エラー", 500) if path == "/broken" else self._page("断り", 403)
            case "/reset":
                self.connection.close()
            case "/moody" if self.server.moods:
                self._moody(self.server.moods.pop(0))
            case "/labelled":
                self._answer(self.server.extra)
            case "/part.js" | "/nudge" as path:
                self._part(path)
            case _:
                self._page(self.path)

    def _part(self, path: str) -> None:
        """Answer with a script only once the page has been at rest for a while."""
        if path == "/nudge":
            self.server.nudged.set()
        else:
            self.server.nudged.wait(timeout=5)
        self._answer('document.querySelector("h1").textContent = "次の画面";')

    def _moody(self, mood: str) -> None:
        if mood == "reset":
            self.connection.close()
        else:
            self._page("混雑", int(mood))

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        pairs = parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True)
        self.server.posts.append(pairs)
        self.server.requests.append(("POST", self.path, self.headers.get("Origin", "")))
        if urlsplit(self.path).path == "/reset":
            self.connection.close()
        elif urlsplit(self.path).path == "/moody" and self.server.moods:
            self._moody(self.server.moods.pop(0))
        elif urlsplit(self.path).path == "/together":
            self._page("一緒" if self.server.met() else "別々")
        elif urlsplit(self.path).path == "/who":
            self._page("だれ")
        elif urlsplit(self.path).path == "/redirect":
            self._answer("", 303, Location="/done")
        else:
            shown = "".join(f"<li>{html.escape(n)}={html.escape(v)}</li>" for n, v in pairs)
            self._answer(f"<!doctype html><title>受領</title><h1>受領</h1><ul>{shown}</ul>", 422)


class PracticeServer(ThreadingHTTPServer):
    """The site, with what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[str, str, str]] = []
        self.senders: list[str] = []
        self.posts: list[list[tuple[str, str]]] = []
        self.extra = ""
        self.moods: list[str] = []
        self.nudged = threading.Event()
        self._meeting = threading.Barrier(2)

    def met(self) -> bool:
        """Tell whether another request came while this one was under way."""
        try:
            self._meeting.wait(timeout=5)
        except threading.BrokenBarrierError:
            return False
        return True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def practice_site() -> Iterator[PracticeServer]:
    server = PracticeServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
