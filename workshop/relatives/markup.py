"""Pages that say the same in other HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

_QUOTED = re.compile("「([^「」]*)」")
_DEEPER = {"h3": "h4", "h2": "h3", "h1": "h2"}


def _each(soup: BeautifulSoup, *names: str) -> Iterator[Tag]:
    for tag in soup.find_all(list(names)):
        if isinstance(tag, Tag):
            yield tag


def _anonymous(soup: BeautifulSoup) -> None:
    """Take away everything that only a style sheet, a script or a reference needs."""
    for tag in _each(soup, "script", "link"):
        tag.decompose()
    for tag in soup.find_all(True):
        if isinstance(tag, Tag):
            for name in ("id", "class", "aria-describedby", "aria-labelledby"):
                tag.attrs.pop(name, None)


def _labels(soup: BeautifulSoup) -> Iterator[tuple[Tag, Tag]]:
    for label in _each(soup, "label"):
        field = soup.find(id=label.get("for"))
        if isinstance(field, Tag):
            yield label, field


def _as_inputs(soup: BeautifulSoup) -> None:
    for button in _each(soup, "button"):
        if button.get("type", "submit") == "submit":
            button.name = "input"
            button.attrs |= {"type": "submit", "value": button.get_text()}
            button.clear()


def _definitions(soup: BeautifulSoup) -> Iterator[tuple[Tag, list[tuple[Tag, Tag]]]]:
    for listed in _each(soup, "dl"):
        terms = [t for t in listed.find_all("dt") if isinstance(t, Tag)]
        values = [v for v in listed.find_all("dd") if isinstance(v, Tag)]
        yield listed, list(zip(terms, values, strict=True))


def tables(page: str) -> str:
    """No ids and classes; tables for lists, labels around inputs, inputs for buttons, h2 for h1."""
    soup = BeautifulSoup(page, "html.parser")
    for label, field in _labels(soup):
        label.append(field.extract())
        label.attrs.pop("for")
    for listed, pairs in _definitions(soup):
        table = soup.new_tag("table")
        for term, value in pairs:
            row = soup.new_tag("tr")
            head, cell = soup.new_tag("th"), soup.new_tag("td")
            head.string, cell.string = term.get_text(), value.get_text()
            row.extend([head, cell])
            table.append(row)
        listed.replace_with(table)
    for name, deeper in _DEEPER.items():
        for heading in _each(soup, name):
            heading.name = deeper
    for step in soup.select("ol[aria-label] li"):
        if step.attrs.pop("aria-current", None):
            step.string.wrap(soup.new_tag("strong"))
    _as_inputs(soup)
    _anonymous(soup)
    return str(soup)


def checked(page: str) -> str:
    """Let the browser check the fields before it sends a form."""
    soup = BeautifulSoup(page, "html.parser")
    for form in soup.select("form[novalidate]"):
        del form["novalidate"]
    for field in soup.select("input[inputmode=numeric]"):
        field["pattern"] = "[0-9]*"
    return str(soup)


def spoken(page: str) -> str:
    """Names by aria-label, headings and alerts by role, captions before a colon, links."""
    soup = BeautifulSoup(page, "html.parser")
    _named_by_aria(soup)
    for listed, pairs in _definitions(soup):
        lines = soup.new_tag("div")
        for term, value in pairs:
            line = soup.new_tag("p")
            line.string = f"{term.get_text()}：{value.get_text()}"
            lines.append(line)
        listed.replace_with(lines)
    for level, name in enumerate(("h1", "h2", "h3"), start=1):
        for heading in _each(soup, name):
            heading.name = "div"
            heading.attrs |= {"role": "heading", "aria-level": str(level)}
    for alert in soup.select("[role=alert]"):
        del alert["role"]
        alert["aria-live"] = "assertive"
    _as_links(soup)
    _anonymous(soup)
    return str(soup)


def _named_by_aria(soup: BeautifulSoup) -> None:
    for label, field in _labels(soup):
        for mark in label.select(".required, .optional"):
            mark.extract()
        field["aria-label"] = label.get_text(strip=True)
        field["aria-required"] = "true" if field.has_attr("required") else "false"
        field.attrs.pop("required", None)
        hint = soup.find(id=f"{field.get('id')}-hint")
        if isinstance(hint, Tag):
            field["placeholder"] = hint.get_text(strip=True)
        label.name = "span"


def _as_links(soup: BeautifulSoup) -> None:
    for form in _each(soup, "form"):
        button = form.find("button")
        if form.get("method") != "get" or not isinstance(button, Tag):
            continue
        button.name = "a"
        if button.has_attr("disabled"):
            button.attrs |= {"role": "button", "aria-disabled": "true"}
        else:
            button["href"] = form["action"]
        form.unwrap()


def reworded(words: Mapping[str, str]) -> Callable[[str], str]:
    """Return what exchanges texts that stand alone, or in 「」 in a sentence.

    Those are titles, captions and names of controls.
    """

    def change(page: str) -> str:
        soup = BeautifulSoup(page, "html.parser")
        for text in soup.find_all(string=True):
            if not isinstance(text, NavigableString):
                continue
            new = words.get(text.strip()) or _QUOTED.sub(
                lambda quoted: f"「{words.get(quoted[1], quoted[1])}」", text
            )
            if new != text:
                text.replace_with(new)
        return str(soup)

    return change


_SEARCH = (
    '<form action="/search" method="get"><input name="q" type="search" aria-label="サイト内検索">'
    "<button>検索</button></form>"
)
_HEAD = (
    '<header><p><a href="#top">しんきんダイレクト</a></p>'
    f"<p>信金 花子 様　前回ログイン日時：2026年1月5日 9時12分</p>{_SEARCH}"
    '<ul><li><a href="#a">残高照会</a></li><li><a href="#b">振込・振替</a></li>'
    '<li><a href="#c">ワンタイムパスワードとは</a></li><li><a href="#d">各種お手続き</a></li>'
    '<li><a href="#e">住所変更の受付</a></li></ul></header>'
)
_ASIDE = (
    "<aside><h2>重要なお知らせ</h2><ul>"
    "<li>不正送金にご注意ください。ワンタイムパスワードを電話でお聞きすることはありません。</li>"
    "<li>パスワードを続けて間違えると、インターネットバンキングをご利用いただけなくなります。</li>"
    "<li>トークンの電池が切れたときは、お取引店へお問い合わせください。電話番号 0120-000-000</li>"
    "<li>ご登録の住所に変更はありませんか。住所変更のお申し込みを受け付けました際は…</li></ul>"
    "<dl><dt>お取引店</dt><dd>本店営業部</dd><dt>有効なメールアドレス</dt><dd>登録なし</dd></dl>"
    "</aside>"
)
_FOOT = (
    '<footer><p><a href="#top">ページの先頭へ戻る</a> <a href="#help">ヘルプ</a></p>'
    "<address>山形県山形市一丁目1番1号　受付時間 平日9時から17時</address>"
    "<small>エラーコードの一覧：E01 通信エラー</small></footer>"
)


def crowded(page: str) -> str:
    """Everything that a bank's portal puts around each of its pages."""
    soup = BeautifulSoup(page, "html.parser")
    body = soup.body
    if body is None:
        return page
    for number, part in enumerate((_HEAD, _ASIDE)):
        body.insert(number, BeautifulSoup(part, "html.parser"))
    body.append(BeautifulSoup(_FOOT, "html.parser"))
    return str(soup)


_SERIAL_SHOWN = re.compile(r"^\d{8,12}$")
_FOUR = re.compile(r"(\d{4})(?=\d)")


def decorated(page: str) -> str:
    """Values with what a designer puts around them; serial numbers in groups of four."""
    soup = BeautifulSoup(page, "html.parser")
    for _, pairs in _definitions(soup):
        for term, value in pairs:
            text = value.get_text(strip=True)
            if _SERIAL_SHOWN.match(text):
                value.string = _FOUR.sub(r"\1-", text)
            else:
                value.string = f"【{text}】"
            term.string = f"■ {term.get_text(strip=True)}："
    for heading in _each(soup, "h1", "h2"):
        heading.insert(0, "● ")
    return str(soup)


_MOMENT = re.compile(r"(\d{4})年(\d{2})月(\d{2})日 \d{2}時\d{2}分")


def in_eras(page: str) -> str:
    """Dates without a time, by the Japanese era and without leading zeros."""
    return _MOMENT.sub(
        lambda found: f"令和{int(found[1]) - 2018}年{int(found[2])}月{int(found[3])}日", page
    )
