"""The pages in a real headless browser: no error, no request to anywhere, readable."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from otp_conformance.cli import bundle
from otp_conformance.declaration.needs import NEED_TAGS
from otp_conformance.language import speaking
from otp_conformance.report.build import build
from otp_conformance.report.specification import html
from otp_conformance.resources import features_dir
from otp_conformance.specification.document import specification
from otp_conformance.specification.scenarios import plan_features

PAGES = ["requirements.html", "cucumber.html", "index.html"]
KINDS = ["passed", "mixed", "cut-off"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    found = next(filter(None, map(shutil.which, ["chromium-headless-shell", "chromium"])), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


def _few_pages():
    """Return the beginning of the specification, whose whole takes axe half a minute."""
    document = specification(plan_features(features_dir().parent), bundle.catalogue())
    whole = document.catalogue
    few = {
        part: dict(list(getattr(whole, part).items())[:12])
        for part in ("requirements", "ambiguities")
    }
    few["glossary"] = whole.glossary[:3]
    return replace(document, chapters=document.chapters[:2], catalogue=whole.model_copy(update=few))


@pytest.fixture(scope="module")
def built(built, catalogue, tmp_path_factory):
    """The reports of `conftest`, the same in English, and a specification of two chapters."""
    root = tmp_path_factory.mktemp("pages")
    english = Path(shutil.copytree(built["mixed"], root / "english"))
    build(english, catalogue, bundle.teeth(), lang="en")
    for lang in ("ja", "en"):
        with speaking(lang):
            page = html(_few_pages(), NEED_TAGS, lang)
        (root / f"specification-{lang}.html").write_text(page, "utf-8")
    return {**built, "english": english, "specification": root}


@pytest.fixture
def open_page(browser, built):
    """Open a report; afterwards insist on no error and no request outside the run's folder."""
    contexts, troubles = [], []

    def open_page(kind, name, *, width=1280, fragment="", javascript=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=javascript
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
        page.on("requestfailed", lambda r: troubles.append(f"failed: {r.url}"))
        folder = built[kind].as_uri()
        page.on(
            "request",
            lambda r: None if r.url.startswith((folder, "data:")) else troubles.append(r.url),
        )
        page.goto(f"{(built[kind] / name).as_uri()}{fragment}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def shown(page, text):
    return page.get_by_text(text).first.is_visible()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["requirements.html", "index.html"])
@pytest.mark.parametrize("kind", [*KINDS, "english"])
def test_our_pages_open_and_never_scroll_sideways(open_page, kind, name, width):
    page = open_page(kind, name, width=width)
    assert page.locator("h1").inner_text() == "見本の銀行 1.2"
    page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("html").get_attribute("lang") == ("en" if kind == "english" else "ja")


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_off_run_warns_and_no_other_does(open_page, kind):
    for name in ("requirements.html", "index.html"):
        page = open_page(kind, name)
        assert page.get_by_text("この実行は途中で終わりました").count() == (kind == "cut-off")


def test_every_verdict_is_told_in_words(open_page):
    page = open_page("mixed", "requirements.html")
    rows = page.locator("tr[data-verdict]")
    assert rows.count() == 9
    for index in range(rows.count()):
        row = rows.nth(index)
        words = {
            "fail": "不合格",
            "inconclusive": "判定不能",
            "not_run": "未実施",
            "not_applicable": "対象外",
            "pass": "合格",
            "uncounted": "参考",
        }
        assert words[row.get_attribute("data-verdict")] in row.locator(".verdict-cell").inner_text()


def test_texts_of_others_are_shown_and_never_run(open_page):
    page = open_page("mixed", "requirements.html")
    assert shown(page, "<b>太字ではない</b> & 危険な文字。")
    assert shown(page, "<script>alert(1)</script>")


def test_filters_narrow_the_matrix_down(open_page):
    page = open_page("mixed", "requirements.html")
    rows = page.locator("tr[data-verdict]:visible")
    page.get_by_role("combobox", name="判定", exact=True).select_option(label="不合格")
    assert rows.count() == 2
    page.get_by_role("combobox", name="章", exact=True).select_option(label="ログイン")
    assert rows.count() == 1
    assert page.locator("output").inner_text() == "9 件中 1 件を表示"
    page.get_by_role("searchbox", name="語句").fill("ない言葉")
    assert shown(page, "条件に合う要件はありません。")
    page.get_by_role("button", name="絞り込みをやめる").click()
    page.wait_for_function(
        "document.querySelectorAll('tr[data-verdict]:not([hidden])').length === 9"
    )
    page.get_by_role("combobox", name="区分", exact=True).select_option(label="任意")
    assert rows.count() == 1
    assert page.get_by_text("条件に合う要件はありません。").is_hidden()


def test_a_link_opens_the_scenario_with_its_evidence(open_page):
    page = open_page("mixed", "requirements.html")
    page.locator("#req-LGN-06 a", has_text="全角").click()
    details = page.locator("details.scenario[open]", has_text="全角")
    picture = details.locator("img").first
    picture.scroll_into_view_if_needed()
    page.wait_for_function(
        "image => image.complete && image.naturalWidth > 0", arg=picture.element_handle()
    )
    assert details.get_by_text("対照", exact=True).first.is_visible()
    assert details.get_by_text("2012-02-22 19:00:00（日本時間）").first.is_visible()


def test_without_scripts_everything_is_still_there(open_page):
    page = open_page("mixed", "requirements.html", javascript=False)
    assert page.locator("tr[data-verdict]:visible").count() == 9
    assert page.locator("form.filters").is_hidden()
    page.locator("details.scenario summary").first.click()
    assert page.locator("details.scenario[open] ol.steps").first.is_visible()


def test_every_link_within_the_page_leads_somewhere(open_page):
    page = open_page("mixed", "requirements.html")
    dead = page.evaluate(
        """[...document.querySelectorAll('a[href^="#"]')]
           .map(a => a.getAttribute('href').slice(1)).filter(id => !document.getElementById(id))"""
    )
    assert dead == []


def test_the_landing_page_names_files_that_exist(open_page, built):
    page = open_page("mixed", "index.html")
    links = page.locator("ul.files a")
    files = [links.nth(n).get_attribute("href") for n in range(links.count())]
    assert "requirements.html" in files
    assert all((built["mixed"] / Path(name)).is_file() for name in files)


@pytest.mark.parametrize("kind", KINDS)
def test_the_cucumber_page_shows_all_scenarios(open_page, kind):
    page = open_page(kind, "cucumber.html")
    if kind == "passed":  # the official page folds what passed
        page.get_by_text("features/04_login/sample.feature").click()
    for text in (
        "正しいワンタイムパスワードでログインする",
        "一度使った値は二度と通用しない",
        "古い値ではログインできない",
    ):
        page.get_by_text(text).first.wait_for()


def test_the_search_of_the_cucumber_page_works(open_page):
    page = open_page("mixed", "cucumber.html")
    page.get_by_text("古い値ではログインできない").first.wait_for()
    box = page.get_by_role("textbox").or_(page.get_by_role("searchbox")).first
    box.fill("@LGN-11")
    box.press("Enter")
    page.get_by_text("使用済みの値ではログインできない").first.wait_for(state="hidden")
    assert shown(page, "古い値ではログインできない")


def test_the_cucumber_page_tells_the_reason_of_a_non_pass(open_page):
    page = open_page("mixed", "cucumber.html")
    page.get_by_text("不合格（原因: 製品）").first.wait_for()
    page.get_by_text("対象外（原因: 宣言・設定）").first.wait_for()
    page.get_by_text("判定不能（原因: 試験環境）").first.wait_for()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("mixed", "index.html"),
        ("mixed", "requirements.html"),
        ("mixed", "cucumber.html"),
        ("specification", "specification-ja.html"),
    ],
)
def test_no_page_of_ours_shuts_anybody_out(open_page, kind, name):
    page = open_page(kind, name)
    page.get_by_role("heading").first.wait_for()  # a page may unpack itself first
    page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_specification_never_scrolls_sideways(open_page, lang, width):
    page = open_page("specification", f"specification-{lang}.html", width=width)
    page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_specification_is_searched(open_page):
    page = open_page("specification", "specification-ja.html")
    stories = page.locator("details.story:visible")
    every = stories.count()
    box = page.get_by_role("searchbox")
    box.fill("CON-19/1")
    assert stories.count() == 1
    assert "シナリオ 1、" in page.locator("output").inner_text()
    assert page.get_by_role("heading", name="トークン発行", exact=True).is_hidden()
    box.fill("四つの段階 ﾊｰﾄﾞｳｪｱﾄｰｸﾝ")  # a word of the feature's title, half-width ones of the steps
    assert 0 < stories.count() < every
    box.fill("ない言葉")
    assert stories.count() == 0
    page.get_by_role("button", name="すべて表示する").click()
    page.wait_for_function(
        "n => document.querySelectorAll('details.story:not([hidden])').length === n", arg=every
    )


def test_a_link_to_what_the_search_has_hidden_shows_it(open_page):
    page = open_page("specification", "specification-ja.html")
    page.get_by_role("searchbox").fill("CON-08/1")
    page.evaluate("location.hash = 'CON-19/1'")
    page.locator("details.story[open]", has_text="申請しただけでは").wait_for()
    assert page.get_by_role("searchbox").input_value() == ""


def test_the_specification_prints_its_steps_without_a_script(open_page):
    page = open_page("specification", "specification-ja.html", javascript=False)
    page.emulate_media(media="print")
    assert page.locator("details.story ol.said li").first.is_visible()
    assert page.locator("form.filters").is_hidden()


def test_the_matrix_is_a_table_on_paper(open_page):
    page = open_page("mixed", "requirements.html", width=700)  # A4 without its margins
    row = page.locator("tr[data-verdict]").first
    assert row.evaluate("row => getComputedStyle(row).display") == "block"
    page.emulate_media(media="print")
    assert row.evaluate("row => getComputedStyle(row).display") == "table-row"
    assert page.evaluate("document.documentElement.scrollWidth") <= 700


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("english", "index.html"),
        ("english", "requirements.html"),
        ("specification", "specification-en.html"),
    ],
)
def test_an_english_page_marks_what_is_japanese(open_page, kind, name):
    page = open_page(kind, name)
    unmarked = page.evaluate(
        """() => {
            const found = [];
            const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            for (let node; (node = walk.nextNode());) {
                const told = node.parentElement;
                if (/script|style/i.test(told.tagName)) continue;
                if (/[\u3041-\u30fa\u4e00-\u9fff]/.test(node.data)
                    && !told.closest('[lang=ja]')) found.push(node.data.trim());
            }
            return found;
        }"""
    )
    assert unmarked == []


def test_pictures_of_a_single_file_are_large_enough_to_be_read(open_page, built, catalogue):
    build(built["passed"], catalogue, formats=["single-file"])
    page = open_page("passed", "report-single.html")  # which insists on no request elsewhere
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    image = page.locator("figure img").first
    image.scroll_into_view_if_needed()
    widths = image.evaluate("(i) => [i.naturalWidth, i.getBoundingClientRect().width]")
    assert widths[0] == 320
    assert widths[1] > 318


def test_a_browser_that_is_too_old_for_the_cucumber_page_says_so(browser, built):
    context = browser.new_context()
    context.add_init_script("delete window.DecompressionStream")
    page = context.new_page()
    page.goto((built["mixed"] / "cucumber.html").as_uri())
    page.get_by_text("このブラウザーでは表示できません").wait_for()
    context.close()
