"""features and lint on the command line, and the page in a headless browser."""

import re
import shutil

import pytest
from tiny_suite import PASSES, scenario

from otp_conformance.cli import bundle, features
from otp_conformance.cli import lint as lint_module
from otp_conformance.declaration.needs import NEED_TAGS
from otp_conformance.report.specification import html
from otp_conformance.resources import features_dir
from otp_conformance.specification.document import specification
from otp_conformance.specification.scenarios import plan_features

OUTLINE = """
  @LGN-02 @needs.clock
  シナリオアウトライン: <数>を<b>確かめる
    もし <数> を確かめる

    例: いろいろ
      | 数 |
      | 71 |
      | 72 |
"""


@pytest.fixture
def tiny(suite, monkeypatch):
    for module in (features, lint_module):
        monkeypatch.setattr(module, "bundle_root", lambda: suite.root)
    monkeypatch.setattr(lint_module, "steps_dir", lambda: suite.root / "steps")
    return suite


def test_page_holds_everything_and_escapes_it(cli, tiny):
    tiny.feature(PASSES, OUTLINE)
    code, out, _ = cli("features", "--output", "out")
    assert code == 0
    assert "out/specification.html" in out
    page = (tiny.root / "out" / "specification.html").read_text(encoding="utf-8")
    assert "合格する" in page
    assert "<td>71</td>" in page
    assert "〔数〕を〔b〕確かめる" in page
    assert "〔数〕 を確かめる" in page
    assert "<b>" not in page
    assert "2 とおり" in page
    assert "時刻を進める手段が要る" in page
    catalogue = bundle.catalogue()
    assert all(row.ja in page for row in list(catalogue.requirements.values())[:5])
    assert page.count("<script") == 1  # the search


def test_every_link_of_the_real_page_has_its_target():
    root = features_dir().parent
    page = html(specification(plan_features(root), bundle.catalogue()), NEED_TAGS)
    targets = re.findall(r'\bid="([^"]+)"', page)
    assert len(targets) == len(set(targets))
    missing = {link for link in re.findall(r'href="#([^"]+)"', page) if link not in targets}
    assert missing == set()


def test_text(cli, tiny):
    tiny.feature(PASSES, OUTLINE)
    code, out, _ = cli("features", "--format", "text")
    assert code == 0
    assert "3 シナリオ" in out
    assert "前提 準備がある" in out
    assert "| 72 |" in out


def test_page_that_cannot_be_written(cli, tiny):
    tiny.feature(PASSES)
    (tiny.root / "blocked").write_text("", encoding="utf-8")
    code, _, err = cli("features", "--output", "blocked")
    assert code == 2
    assert "--output" in err


def test_lint_command(cli, tiny):
    tiny.feature(scenario("ならば 誰も知らない手順"))
    code, out, _ = cli("lint", "--lang", "ja")
    assert code == 1
    assert re.search(r"^features/04_login/login\.feature:\d+: OC020: ", out, re.M)
    assert "件の指摘" in out


def test_lint_command_finds_nothing(cli, tiny):
    shutil.rmtree(tiny.root / "features")
    file = tiny.feature(PASSES)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("小さな機能\n", "小さな機能\n  手順書「ログイン」\n"), "utf-8")
    register = tiny.root / "features" / "requirements" / "ids.toml"
    register.parent.mkdir()
    register.write_text("[given]\nLGN-01 = 1\n", "utf-8")
    code, out, _ = cli("lint", str(file))
    assert (code, "指摘はありません" in out) == (0, True)


@pytest.mark.parametrize("command", ["list", "run"])
def test_a_byte_order_mark_is_named_and_is_nobodys_fault_but_the_files(cli, tiny, command):
    file = tiny.feature(PASSES)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    code, _, err = cli(command, str(file))
    assert code == 2
    assert file.name in err
    assert "BOM" in err


@pytest.mark.parametrize("command", ["list", "run"])
def test_a_feature_in_another_encoding_is_named(cli, tiny, command):
    file = tiny.feature(PASSES)
    file.write_bytes(file.read_text(encoding="utf-8").encode("cp932"))
    code, _, err = cli(command, str(file))
    assert code == 2
    assert f"{file.name} が UTF-8 で" in err
