"""試験成績書: a run as an Excel workbook, to be filed, filtered and printed; and as CSV files."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from otp_conformance.language import say
from otp_conformance.report import sheets
from otp_conformance.report.matrix import facts, lead
from otp_conformance.report.results import RunResults, count
from otp_conformance.report.sheets import Cell, Link, Sheet
from otp_conformance.text import visible
from otp_conformance.verdict.verdict import Verdict

_A4 = 9
_FONT = "游ゴシック"
_LONGEST_CELL = 32_767  # characters, by the format
_MOST_LINKS = 65_000  # of a sheet, by the format
_COLOURS = {
    Verdict.PASS: "#E2F0D9",
    Verdict.NOT_APPLICABLE: "#EDEDED",
    Verdict.NOT_RUN: "#FFF2CC",
    Verdict.INCONCLUSIVE: "#FFE0B2",
    Verdict.FAIL: "#F8CBAD",
}
_COVER = (24, 18, 18, 18, 18, 12)
_ACROSS = sum(_COVER[1:])
_LINE = 15  # points
_TALLEST = 400  # points, of a row: the format's own bound is 409
_ACTS = ("=", "+", "-", "@", "\t", "\r")


def workbook(run: RunResults) -> bytes:
    """Return the workbook (.xlsx): the same bytes for the same run.

    A text is text, whatever it begins with: nothing that a product says becomes a formula.
    """
    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(written, {**options, "strings_to_numbers": False})
    header = run.journal.header
    book.set_properties(
        {
            "title": say("試験成績書", "Test report"),
            "subject": visible(f"{header.sut_name} {header.sut_version}"),
            "author": f"otp-conformance {header.suite_version}",
            "created": datetime.fromisoformat(header.at),
        }
    )
    looks = _Looks(book)
    cover = book.add_worksheet(say("表紙", "Cover"))
    _cover(cover, run, looks)
    for sheet in sheets.every(run):
        page = book.add_worksheet(sheet.name)
        _fill(page, sheet, looks)
        _set_up(page, run, landscape=True)
        page.repeat_rows(0)
    _set_up(cover, run, landscape=False)
    book.close()
    return written.getvalue()


def tables(run: RunResults) -> dict[str, bytes]:
    """Return the tables as CSV files by name: UTF-8 with a mark by which Excel reads it.

    A text that Excel would take for a formula is led by an apostrophe.
    """
    return {f"{sheet.file}.csv": _csv(sheet) for sheet in sheets.every(run)}


def _csv(sheet: Sheet) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([column.caption for column in sheet.columns])
    writer.writerows([[_harmless(sheets.plain(cell)) for cell in row] for row in sheet.rows])
    return written.getvalue().encode("utf-8-sig")


def _harmless(value: str | float) -> str | float:
    return f"'{value}" if isinstance(value, str) and value.startswith(_ACTS) else value


class _Looks:
    """How cells look. Everything wraps, and begins at the top of its row."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        base = {"font_name": _FONT, "font_size": 10, "valign": "top", "text_wrap": True}
        framed = {**base, "border": 1, "border_color": "#A6A6A6"}
        self.title = book.add_format({**base, "font_size": 20, "bold": True, "text_wrap": False})
        self.text = book.add_format(framed)
        self.number = book.add_format({**framed, "align": "right"})
        self.caption = book.add_format({**framed, "bold": True, "bg_color": "#D9E2EC"})
        self.link = book.add_format({**framed, "font_color": "#0B5394", "underline": 1})
        self.seal = book.add_format({**framed, "align": "center"})
        self.verdicts = {
            verdict: book.add_format(
                {**framed, "bg_color": colour, "bold": verdict is Verdict.FAIL}
            )
            for verdict, colour in _COLOURS.items()
        }

    def of(self, cell: Cell) -> Format:
        """Return how a cell looks."""
        match cell:
            case Verdict():
                return self.verdicts[cell]
            case Link():
                return self.link
            case str():
                return self.text
        return self.number


def _put(page: Worksheet, row: int, column: int, cell: Cell, looks: _Looks) -> None:
    look = looks.of(cell)
    value = sheets.plain(cell)
    if isinstance(cell, Link) and row < _MOST_LINKS:
        page.write_url(row, column, f"external:{cell.target}", look, cell.text)
    elif isinstance(value, str):
        page.write_string(row, column, _cut(value), look)
    else:
        page.write_number(row, column, value, look)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"


def _fill(page: Worksheet, sheet: Sheet, looks: _Looks) -> None:
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
        page.write_string(0, number, column.caption, looks.caption)
    for row, cells in enumerate(sheet.rows, start=1):
        for number, cell in enumerate(cells):
            _put(page, row, number, cell, looks)
        shown = zip(cells, sheet.columns, strict=True)
        tallest = max(_lines(str(_shown(cell)), column.width) for cell, column in shown)
        page.set_row(row, min(tallest * _LINE, _TALLEST))
    page.freeze_panes(1, 1)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    else:
        page.write_string(1, 0, say("ありません", "none"), looks.text)


def _cover(page: Worksheet, run: RunResults, looks: _Looks) -> None:
    header = run.journal.header
    for number, width in enumerate(_COVER):
        page.set_column(number, number, width)
    page.write_string(0, 0, say("試験成績書", "Test report"), looks.title)
    page.set_row(0, 32)
    whole = say("総合判定", "Verdict on the whole")
    chosen = say("選んだ範囲の判定（全体の判定ではありません）", "Verdict on a selection only")
    row = 2
    tried = run.trial_told
    for caption, cell in (
        (say("手順書", "Manual"), run.manual),
        (say("対象", "System under test"), f"{header.sut_name} {header.sut_version}".strip()),
        (chosen if header.partial else whole, run.verdict),
        (say("結果", "Result"), lead(run)),
        *([(say("ブラウザーなしの試行", "Without a browser"), tried)] if tried else []),
        (say("要件の数え方", "How requirements are counted"), run.counting),
        *facts(run),
    ):
        _wide(page, row, caption, cell, looks)
        row += 1
    row += 1
    for number, caption in enumerate(("", *(say(v.ja, v.en) for v in reversed(Verdict)))):
        page.write_string(row, number, caption, looks.caption)
    for word, verdicts in (
        (say("要件", "Requirements"), [r.verdict for r in run.to_verify]),
        (say("シナリオ", "Scenarios"), [s.verdict for s in run.scenarios]),
    ):
        row += 1
        page.write_string(row, 0, word, looks.caption)
        for number, many in enumerate(count(verdicts).values(), start=1):
            page.write_number(row, number, many, looks.number)
    row += 2
    for number, caption in enumerate(
        (say("承認", "Approved"), say("確認", "Checked"), say("作成", "Made")), start=3
    ):
        page.write_string(row, number, caption, looks.seal)
        page.write_blank(row + 1, number, None, looks.seal)
    page.set_row(row + 1, 60)


def _wide(page: Worksheet, row: int, caption: str, cell: Cell, looks: _Looks) -> None:
    """Write a caption, and its value across the page."""
    page.write_string(row, 0, caption, looks.caption)
    value = str(sheets.plain(cell))
    page.merge_range(row, 1, row, 5, "", looks.of(cell))
    page.write_string(row, 1, _cut(value), looks.of(cell))
    page.set_row(row, _LINE * max(_lines(value, _ACROSS), _lines(caption, _COVER[0])))


def _shown(cell: Cell) -> str | int | float:
    return cell.text if isinstance(cell, Link) else sheets.plain(cell)


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a cell: no program but Excel finds it by itself."""
    return sum(max(1, -(-_length(line) // (width - 1))) for line in text.split("\n")) or 1


def _length(text: str) -> int:
    """Return how many characters wide a text is; kanji and kana are two wide."""
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in text)


def _set_up(page: Worksheet, run: RunResults, *, landscape: bool) -> None:
    """Set a sheet up for A4, as many pages long as it takes."""
    page.set_paper(_A4)
    if landscape:
        page.set_landscape()
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    page.fit_to_pages(1, 0)
    header = run.journal.header
    told = visible(f"{header.sut_name} {header.sut_version}").replace("&", "&&")[:100]
    page.set_header(f"&L&9 {told}&R&9 &A")
    page.set_footer(f"&L&9 {header.run_id}&R&9 &P / &N")
