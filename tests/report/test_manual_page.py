"""The manual as a page: the outline, a text of our own in its places, and no guess as a fact."""

import re
from types import SimpleNamespace

import pytest
from told_runs import digested, tell

from otp_conformance.cli import bundle
from otp_conformance.journal.journal import JOURNAL_FILE, read
from otp_conformance.language import speaking
from otp_conformance.report.manual_page import Told, page, shown, since
from otp_conformance.report.outline import Spot, outline, spots
from otp_conformance.report.placing import How, place
from otp_conformance.report.placing import Told as Mapped
from otp_conformance.report.results import results
from otp_conformance.specification.catalogue.model import Force, Requirement

NO_SCREENS = SimpleNamespace(judged=SimpleNamespace(screens={}), labels={})

TEXT = """見本の手引き

はじめに

この手引きは見本です。

申込（紙の場合）

申込書の書き方

手順1 書く
「名前」の欄に書きます。
次に**手順2**へ進みます。
手順2 出す
「窓口」へ出します。窓口は平日だけです。
控えを受け取ります。

【ご注意】紙の申込の取消しについて

取り消すには「取消届」を出します。
取消届は窓口にあります。""".splitlines()

START = ("はじめに", "—")
WRITING = ("申込＞申込書の書き方", "手順1")
GIVING = ("申込＞申込書の書き方", "手順2")
NOTICE = ("申込＞【ご注意】取消しについて", "—")


def requirement(identifier, where, lines, ja):
    section, step = where
    return Requirement.model_construct(
        id=identifier, chapter=identifier[:3], section=section, step=step, lines=lines, ja=ja,
        en=f"English {identifier}", basis="stated", kind="behaviour", force=Force.MUST,
        observability="yes", source="", ambiguities=(), ixit=(),
    )  # fmt: skip


ROWS = (
    requirement("LGN-01", START, "L3-5", "見本である。"),
    requirement("LGN-02", WRITING, "L12", "「名前」を書く。"),
    requirement("LGN-03", GIVING, "L15, L16", "「窓口」へ出し、控えを受け取る。"),
    requirement("LGN-04", NOTICE, "L20", "「取消届」で取り消せる。"),
    requirement("LGN-05", ("全体", "—"), "L1-21", "どこでも言葉は同じである。"),
)


@pytest.fixture(scope="module")
def known():
    return outline(ROWS, NO_SCREENS)


# -- the outline --------------------------------------------------------------


def test_places_of_a_requirement():
    both = requirement("LGN-09", ("甲＞乙; 丙", "手順3・手順4; —"), "L1", "")
    assert [spot.name for spot in spots(both)] == ["甲＞乙＞手順3", "甲＞乙＞手順4", "丙"]


def test_the_bundled_manual_in_its_order():
    manual = bundle.manual_in(None)
    rows = bundle.catalogue(manual).requirements
    found = outline(rows.values(), manual)
    assert set().union(*({r.id for r in each} for each in found.requirements.values())) == set(rows)
    names = [section.path[-1] for section in found.sections]
    assert names[:3] == ["全体", "表紙", "ワンタイムパスワードについて"]
    parts = next(s for s in found.sections if s.path == ("ワンタイムパスワード利用開始登録",))
    assert [spot.step for spot in parts.spots] == ["前文", "手順1", "手順2", "手順3", "手順4"]
    (portal,) = found.screens[parts.spots[2]]
    assert "BOP001" in portal


# -- a text -------------------------------------------------------------------


def test_line_numbers_are_used_where_all_of_them_fit(known):
    found = place(TEXT, known, Mapped())
    assert found.unfound == ()
    assert (found.numbers_fit, found.shift) == ((5, 5), 0)
    assert found.placed["LGN-03"].lines == (15, 16)
    assert found.placed["LGN-03"].how is How.NUMBERED
    assert found.placed["LGN-01"].lines == (3, 5)
    assert found.placed["LGN-05"].how is How.OF_THE_WHOLE
    assert found.at_line[12] == ("LGN-02",)


def test_line_numbers_may_all_be_moved_by_the_same(known):
    found = place(["", "", *TEXT], known, Mapped())
    assert found.shift == 2
    assert found.placed["LGN-03"].lines == (17, 18)
    assert place(TEXT[1:], known, Mapped()).shift == -1


def test_a_text_with_other_line_numbers_is_placed_by_labels_or_at_its_step(known):
    found = place([*TEXT[:3], "", *TEXT[3:]], known, Mapped())
    assert found.shift is None
    assert found.placed["LGN-02"].lines == (13,)
    assert found.placed["LGN-02"].how is How.LABELLED
    # 窓口 and 取消届 stand on one line of their place, or on two: the latter would be a guess.
    assert found.placed["LGN-03"].lines == (16,)
    assert found.placed["LGN-04"].lines == ()
    assert found.placed["LGN-04"].how is How.AT_STEP


def test_every_line_belongs_to_one_place(known):
    found = place(TEXT, known, Mapped())
    lines = [n for block in found.blocks for n in block.lines]
    assert lines == list(range(1, len(TEXT) + 1))
    named = {block.spot.name: block.lines[0] for block in found.blocks if block.spot}
    assert named == {
        "はじめに": 3,
        "申込": 7,
        "申込＞申込書の書き方": 9,
        "申込＞申込書の書き方＞手順1": 11,
        "申込＞申込書の書き方＞手順2": 14,
        "申込＞【ご注意】取消しについて": 18,
    }


def test_a_heading_that_may_be_two_lines_is_told_and_not_chosen(known):
    text = [*TEXT[:8], "申込書の書き方", *TEXT[8:]]
    found = place(text, known, Mapped())
    assert next((u.spot.name, u.candidates) for u in found.unfound) == (
        "申込＞申込書の書き方",
        (9, 10),
    )
    assert found.placed["LGN-02"].how is How.NOWHERE
    assert [spot.name for spot in found.placed["LGN-02"].unfound] == ["申込＞申込書の書き方＞手順1"]
    mended = place(text, known, Mapped(headings={"申込＞申込書の書き方": 10}))
    assert mended.unfound == ()
    assert mended.placed["LGN-02"].how is How.LABELLED


def test_a_step_that_is_not_there_leaves_the_one_before_it_without_an_end(known):
    text = [line for line in TEXT if not line.startswith("手順2")]
    found = place(text, known, Mapped())
    assert [u.spot.step for u in found.unfound] == ["手順2"]
    assert found.placed["LGN-03"].how is How.NOWHERE
    assert found.placed["LGN-02"].how is How.AT_STEP  # its label might stand in 手順2


def test_the_tenth_step_is_not_the_first(known):
    text = [*TEXT[:16], "手順10 待つ", *TEXT[16:]]
    assert place(text, known, Mapped()).unfound == ()


def test_a_heading_in_its_own_words_comes_before_one_with_an_addition(known):
    text = [line.replace("申込（紙の場合）", "申込") for line in TEXT]
    found = place([*text[:7], "申込（参考）", *text[8:]], known, Mapped())
    assert found.unfound == ()


def test_a_list_of_contents_is_left_out_by_its_last_line(known):
    contents = [
        "はじめに",
        "申込（紙の場合）",
        "申込書の書き方",
        "【ご注意】紙の申込の取消しについて",
    ]
    assert place([*contents, *TEXT], known, Mapped()).unfound
    found = place([*contents, *TEXT], known, Mapped(first=5))
    assert found.unfound == ()
    assert found.placed["LGN-02"].lines == (16,)


def test_what_the_user_says_comes_first(known):
    found = place(TEXT, known, Mapped(lines={"LGN-04": (20, 21)}))
    assert found.placed["LGN-04"].lines == (20, 21)
    assert found.placed["LGN-04"].how is How.MAPPED
    assert found.at_line[21] == ("LGN-04",)


# -- the page -----------------------------------------------------------------


class FewRequirements:
    """A catalogue of the five."""

    manual = SimpleNamespace(title="見本の手引き", institution="見本組合", date="2026-04-01")

    def __init__(self):
        self.requirements = {row.id: row for row in ROWS}
        self.parameters = {}

    def chapter_name(self, identifier):
        return "ログイン"


@pytest.fixture
def told(tmp_path):
    ends = {"LGN-02/1": "pass", "LGN-03/1": ("fail", "控えが出ない"), "LGN-03/2": "pass"}
    folder = tell(tmp_path / "reports", "run-a", ends)
    run = digested(folder, FewRequirements())
    return Told(run, results(read(folder / JOURNAL_FILE), FewRequirements()), since(run, []))


def made(known, told, text, here, language="ja"):
    with speaking(language):
        placing = place(text, known, Mapped()) if text else None
        return page(FewRequirements(), known, told, placing, text_name="見本.txt", here=here)


def test_sentence_and_requirement_lead_to_each_other(known, told, tmp_path):
    (tmp_path / "reports" / "run-a" / "requirements.html").write_text("", encoding="utf-8")
    html = made(known, told, TEXT, tmp_path)
    line = re.search(r'<li id="L15">.*?</li>', html)[0]
    assert "「窓口」へ出します。" in line
    assert 'href="#req-LGN-03"' in line
    assert "不合格" in line
    entry = re.search(r'<li class="req e-fail" id="req-LGN-03">.*?</ul>', html, re.DOTALL)[0]
    assert 'href="#L15"' in entry
    assert 'href="reports/run-a/requirements.html#LGN-03/1"' in entry
    assert "控えが出ない" in entry
    assert "2026-04-01 の最初の実行から" in entry


def test_the_declared_value_that_decided_is_told(known, told, tmp_path):
    (scenario, *_) = told.results.scenarios
    read = [
        SimpleNamespace(key="lockout.threshold", value="5", decides=True),
        SimpleNamespace(key="otp.digits", value="6", decides=False),
    ]
    scenario.attempt.declared = read
    named = scenario.planned.model_copy(update={"name": "一定回数間違えると停止する"})
    object.__setattr__(scenario, "planned", named)
    html = made(known, told, TEXT, tmp_path)
    assert re.search('一定回数間違えると停止する(</a>)? <span class="[a-z-]+">宣言：5回', html)
    assert "otp.digits" not in html


def test_what_has_no_verdict_says_so(known, told, tmp_path):
    html = made(known, told, TEXT, tmp_path)
    entry = re.search(r'id="req-LGN-04">.*?</li>', html, re.DOTALL)[0]
    assert "この実行では確かめていない" in entry
    assert 'class="verdict' not in entry
    assert "実行なし" in made(known, None, [], tmp_path)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("text", [TEXT, [*TEXT[:3], "", *TEXT[3:]], []])
def test_the_page_speaks_one_language_and_loads_nothing(known, told, tmp_path, text, language):
    html = made(known, told, text, tmp_path, language)
    assert f'<html lang="{language}">' in html
    assert ("What is promised here" in html) is (language == "en")
    assert ("約束されていること" in html) is (language == "ja")
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
    assert "<script" not in html


def test_since_when_it_holds(tmp_path):
    def run(day, word, **header):
        return digested(
            tell(tmp_path, f"run-{day}", {"LGN-02/1": word}, day=day, **header), FewRequirements()
        )

    runs = [
        run(0, "fail"),
        run(1, "pass"),
        run(2, "fail", selection="--id LGN-02/1"),
        run(3, "fail", sut_name="別の銀行"),
        run(4, "pass"),
    ]
    found = since(runs[-1], runs)["LGN-02"]
    assert (found.run.run_id, found.from_the_first) == ("run-1", False)
    alone = since(runs[-1], [])["LGN-02"]
    assert (alone.run.run_id, alone.from_the_first) == ("run-4", True)


def test_a_spot_has_one_name_and_one_anchor():
    assert Spot(("甲", "乙"), "手順1").name == "甲＞乙＞手順1"
    assert Spot(("甲",), "STEP 1–4").anchor != Spot(("甲",), "STEP 5").anchor
    assert len(Spot(("甲" * 99,), "STEP 1–4").anchor) < 20


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("次に**手順2**へ進みます。", "次に<strong>手順2</strong>へ進みます。"),
        ("**「解除する」**を押します。", "<strong>「解除する」</strong>を押します。"),
        ("## 見出し", "<strong>見出し</strong>"),
        (" - ・ハードウェアトークン", " ・ハードウェアトークン"),
        ("| 選択 | トークン |", "選択　トークン"),
        ("|---|:--:|", ""),
        ("[次](javascript:x)の`画面`", "次の画面"),
        ("<トークン> 2*3*4 手順_1_", "&lt;トークン&gt; 2*3*4 手順_1_"),
    ],
)
def test_signs_of_a_converter_are_not_shown(line, told):
    assert shown(line) == told


def test_the_page_shows_a_line_without_signs_and_finds_its_place_all_the_same(
    known, told, tmp_path
):
    html = made(known, told, TEXT, tmp_path)
    assert "次に<strong>手順2</strong>へ進みます。" in html
    assert "**" not in html
