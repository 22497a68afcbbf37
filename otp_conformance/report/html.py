"""The official Cucumber HTML page, filled without Node and readable offline.

The page's template, script and style sheet are the distribution files of
@cucumber/html-formatter (assets/cucumber-html, MIT licence).
"""

from __future__ import annotations

import base64
import html
import json
import zlib
from collections.abc import Iterable
from importlib.resources import files

from otp_conformance.report.envelopes import Envelope
from otp_conformance.text import visible

_ASSETS = files("otp_conformance.report") / "assets" / "cucumber-html"


# The page stands at the very edge of the window, does not narrow for telephones, has no main
# part, and its ids are too pale.
_OUR_CSS = """
body { padding: 0 1rem } #content { max-width: 100%; overflow-x: auto }
#content .highlight { color: #7a4f00 }
"""
_CONTENT = '<div id="content">\n</div>'

_GIVEN = "<script>\nwindow.CUCUMBER_MESSAGES = [{{messages}}];\n</script>\n<script>\n{{script}}"
# The messages are some twenty times as long as what they say.
_PACKED = """<script type="text/plain" id="messages">{{messages}}</script>
<script type="text/plain" id="formatter">
{{script}}"""
_UNPACK = """
// Links that are a picture alone say where they lead: to the part that they stand in.
new MutationObserver(() => {
  for (const link of document.querySelectorAll("a[href^='#']:not([aria-label])")) {
    if (!link.textContent.trim()) {
      link.setAttribute("aria-label", `# ${decodeURIComponent(link.hash.slice(1))}`);
    }
  }
}).observe(document.getElementById("content"), { childList: true, subtree: true });
(async () => {
  const held = (id) => document.getElementById(id).textContent;
  const bytes = Uint8Array.from(atob(held("messages")), (sign) => sign.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  window.CUCUMBER_MESSAGES = await new Response(plain).json();
  const formatter = document.createElement("script");
  formatter.textContent = held("formatter");
  document.body.append(formatter);
})().catch(() => {
  document.getElementById("content").textContent =
    "このブラウザーでは表示できません。新しい版（2023年以降）で開いてください。" +
    " This browser cannot show the page; use one of 2023 or later.";
});
"""


def render(envelopes: Iterable[Envelope], title: str) -> str:
    """Return the page as one HTML text: pictures aside, it needs no other file."""
    page = (_ASSETS / "index.mustache").read_text(encoding="utf-8")
    page = page.replace('<html lang="en">', '<html lang="ja">')
    page = page.replace(_GIVEN, _PACKED)
    page = page.replace(_CONTENT, '<main id="content">\n</main>')
    parts = {
        "title": html.escape(visible(title)),
        "icon": _asset("icon.url").strip(),
        "css": _asset("main.css"),
        "custom_css": _OUR_CSS,
        "messages": _packed(envelopes),
        "script": _asset("main.js"),
        "custom_script": _UNPACK,
    }
    head, *rest = page.split("{{")
    filled = [head]
    for piece in rest:
        name, _, after = piece.partition("}}")
        filled += [parts[name], after]
    return "".join(filled)


def unpacked(page: str) -> str:
    """Return a page's messages as they were before they were packed (JSON)."""
    held = page.partition('id="messages">')[2].partition("</script>")[0]
    return zlib.decompress(base64.b64decode(held)).decode()


def _packed(envelopes: Iterable[Envelope]) -> str:
    packer = zlib.compressobj(level=9)
    packed = [packer.compress(b"[")]
    for number, envelope in enumerate(envelopes):
        line = visible(json.dumps(envelope, ensure_ascii=False, separators=(",", ":")))
        packed.append(packer.compress((",\n" if number else "").encode() + line.encode()))
    packed += [packer.compress(b"]"), packer.flush()]
    return base64.b64encode(b"".join(packed)).decode()


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")
