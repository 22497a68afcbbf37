"""Every code of the lint, found where it belongs and nowhere else."""

import inspect
import re
from pathlib import Path
from typing import get_type_hints

import pytest

from otp_conformance.errors import UsageError
from otp_conformance.judging.judge import Judge
from otp_conformance.lint import verbs
from otp_conformance.lint.check import check
from otp_conformance.lint.step_index import StepIndex
from otp_conformance.lint.verbs import CONTROL, FACT
from otp_conformance.people.introduction import People
from otp_conformance.resources import features_dir, steps_dir
from otp_conformance.run.world import World
from otp_conformance.specification.scenarios import plan_features

STEPS = """
from behave import step

@step("ログインは拒否される")
def _(context):
    context.world.judge.login_refused()

@step("対照として、ログインできる")
def _(context):
    context.world.judge.control(context.world.scene.latest())

@step("{word}を試みる")
def _(context, word): ...

@step("宣言どおりに拒否される")
def _(context):
    context.world.declared.trimmed()
"""
GOOD = """\
# language: ja
機能: 小さな機能
  手順書「ログイン」の手順1。

  @id:LGN-01/1 @LGN-01
  シナリオ: 拒否と対照
    もし ログインを試みる
    ならば ログインは拒否される
    かつ 対照として、ログインできる

  @id:LGN-01/2 @LGN-01 @needs.staff
  シナリオ: 対照を含む
    ならば 宣言どおりに拒否される
"""
LONG = "    もし ログインを試みる\n" * 13
OUTLINE = """
  @id:LGN-01/3 @LGN-01
  シナリオアウトライン: 行{name}
    もし <何>を試みる

    例:
      | 番号 | 何 | 他 |
      | 1    | A  | 1  |
      | 2    | {second} | 2 |
"""
ROWS = GOOD + OUTLINE.format(name="（<何>）", second="B")
RENAMED = (
    GOOD.replace("拒否と対照", "別")
    .replace("対照を含む", "また別")
    .replace("LGN-01/1", "LGN-01/4")
    .replace("LGN-01/2", "LGN-01/5")
)


def registered(text):
    """Return the register under which all ids of a text are in order."""
    last = max((int(n) for n in re.findall(r"@id:LGN-01/(\d+)", text)), default=1)
    gone = [n for n in range(1, last + 1) if f"@id:LGN-01/{n} " not in text]
    rows = '"LGN-01/3" = 2\n' if "@id:LGN-01/3 " in text else ""
    withdrawn = (
        f'[[withdrawn]]\nid = "LGN-01/{n}"\nreason_ja = "統合"\nreason_en = "merged"\n'
        for n in gone
    )
    return f"LGN-01 = {last}\n{rows}" + "".join(withdrawn)


@pytest.fixture
def told():
    """The findings of the last call of `lint`, whole."""
    return []


@pytest.fixture
def lint(tmp_path, told):
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / "s.py").write_text(STEPS, encoding="utf-8")
    (tmp_path / "features").mkdir()

    def run(text, *, more=None, steps="", paths=(), register=None):
        data = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "features" / "a.feature").write_bytes(data)
        if more is not None:
            (tmp_path / "features" / "b.feature").write_text(more, encoding="utf-8")
        if register is None:
            register = registered(data.decode("utf-8", "replace") + (more or ""))
        (tmp_path / "features" / "requirements").mkdir(exist_ok=True)
        file = tmp_path / "features" / "requirements" / "ids.toml"
        file.write_text(f"[given]\n{register}", encoding="utf-8")
        if steps:
            (tmp_path / "steps" / "t.py").write_text(steps, encoding="utf-8")
        # behave's registry belongs to the process: let each test load its own steps.
        from otp_conformance.run import behave

        behave._loaded.clear()
        found, _ = check(tmp_path, tmp_path / "steps", {"LGN-01"}, paths)
        told[:] = found
        return [(f.code, f.line) for f in found]

    return run


def change(old, new):
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_good(lint):
    assert lint(GOOD) == []
    assert lint(GOOD + OUTLINE.format(name="（<何>）", second="B")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"\xef\xbb\xbf" + GOOD.encode(), ("OC001", 1)),
        (GOOD.encode("euc-jp"), ("OC001", 2)),
        (change("# language: ja\n", "#\n"), ("OC002", 1)),
        (change("シナリオ: 拒否", "シナリオ：拒否"), ("OC003", 6)),
        (change("@LGN-01 @needs", "@LGN-01 ＠needs"), ("OC003", 11)),
        (change("  @id", "  ＠id"), ("OC003", 5)),
        (change("  @id", "  ＃ メモ\n  @id"), ("OC003", 5)),
        (ROWS.replace("| A ", "｜ A "), ("OC003", 21)),
        (change("もし ログイン", "もしログイン"), ("OC004", 7)),
        (change("もし ログインを試みる", "前提条件を試みる"), ("OC004", 7)),
        (change("  シナリオ: 拒否", "  シナリオ 拒否"), ("OC005", 6)),
        (change("    もし ログイン", "    例: ログイン\n    もし ログイン"), ("OC005", 7)),
        (GOOD + OUTLINE.format(name="", second="B"), ("OC006", 16)),
        (GOOD + OUTLINE.format(name="（<何>）", second="A"), ("OC006", 22)),
        (change("対照を含む", "拒否と対照"), ("OC010", 12)),
        (change("もし ログインを試みる", "もし 知らない手順"), ("OC020", 7)),
        (change("ログインを試みる", "ボタンのクリックを試みる"), ("OC030", 7)),
        (change("ログインを試みる", "http://x/を試みる"), ("OC030", 7)),
        (change("ログインを試みる", "#otp-fieldを試みる"), ("OC030", 7)),
        (change("@LGN-01\n", "@LGN-02\n"), ("OC040", 6)),
        (change(" @LGN-01\n", "\n"), ("OC041", 6)),
        (change("@needs.staff", "@needs.stuff"), ("OC042", 12)),
        (change("    かつ 対照として、ログインできる\n", ""), ("OC050", 8)),
        (change("    もし ログイン", LONG + "    もし ログイン"), ("OC060", 6)),
        (change("手順書「ログイン」", "この機能"), ("OC061", 2)),
    ],
)  # fmt: skip
def test_each_code(lint, text, expected):
    assert expected in lint(text)


def test_duplicate_feature(lint):
    assert lint(GOOD, more=RENAMED) == [("OC011", 1)]


def test_ambiguous_step(lint):
    more = '\nfrom behave import step\n@step("ログインを試み(る)")\ndef _(context): ...\n'
    assert lint(GOOD, steps=more) == [("OC021", 7)]


def test_unused_definition_counts_for_the_whole_suite_only(lint, tmp_path):
    more = "from behave import step\n\n@step('だれも言わない')\ndef _(context): ...\n"
    assert lint(GOOD, steps=more) == [("OC022", 3)]
    assert lint(GOOD, paths=[tmp_path / "features" / "a.feature"]) == []


def test_paths_limit_the_findings(lint, tmp_path):
    wrong = change("手順書「ログイン」", "これ")
    assert lint(wrong, more=None, paths=[tmp_path / "features"]) == [("OC061", 2)]
    other = RENAMED.replace("小さな", "他の")
    assert lint(wrong, more=other, paths=[Path("features/b.feature")]) == []


def test_path_without_features(lint):
    with pytest.raises(UsageError, match="nowhere"):
        lint(GOOD, paths=[Path("nowhere")])


def test_every_code_is_documented():
    root = Path(__file__).parents[2]
    page = (root / "docs" / "lint.md").read_text(encoding="utf-8")
    files = (root / "otp_conformance" / "lint").glob("*.py")
    rules = "".join(file.read_text(encoding="utf-8") for file in files)
    told = re.findall(r"^\| (OC\d{3}) \| [^|]+ \|", page, re.M)
    assert told == sorted(set(re.findall(r'"(OC\d{3})"', rules)))


@pytest.mark.parametrize(
    "verb",
    [
        "context.world.judge.refused()",
        "context.world.judge.last_logins_refused(3)",  # by way of other verbs
        "context.world.screen.not_shown('トップページ')",
        "context.case.refused('x', True, expected='', observed='')",
        "context.world.scene.case.refused('x', True, expected='', observed='')",
        "menus.walk_outside(context.world.acting())",  # a function of a module
        "context.world.declared.hardware_to_software()",  # 宣言どおり, but without a control
    ],
)
def test_a_new_refusal_sentence_cannot_slip_through(lint, verb):
    new = f"""
from behave import step
from otp_conformance.judging import menus

@step("受け付けてもらえない")
def _(context):
    {verb}
"""
    alone = change("ならば ログインは拒否される", "ならば 受け付けてもらえない")
    assert lint(alone, steps=new) == [("OC022", 4)]
    alone = alone.replace("    かつ 対照として、ログインできる\n", "")
    assert ("OC050", 8) in lint(alone, steps=new)


def test_a_sentence_that_only_says_control_is_none(lint):
    false = """
from behave import step

@step("対照として、そのつもりである")
def _(context):
    context.world.judge.accepted()
"""
    text = change("対照として、ログインできる", "対照として、そのつもりである")
    assert ("OC050", 8) in lint(text, steps=false)


def test_a_control_before_the_refusal_does_not_count(lint):
    text = change("    かつ 対照として、ログインできる\n", "")
    text = text.replace(
        "    もし ログインを", "    もし 対照として、ログインできる\n    もし ログインを"
    )
    assert ("OC050", 9) in lint(text)


@pytest.fixture(scope="module")
def own_steps():
    return StepIndex(steps_dir())


def test_what_is_called_a_control_is_one_and_nothing_else_is_alone(own_steps):
    called = {d.pattern: own_steps.definition_verbs(d) for d in own_steps.definitions}
    controls = {p for p in called if p.startswith("対照として、")}
    assert controls
    assert {p for p, verbs in called.items() if verbs == {CONTROL}} == controls


def test_what_follows_then_judges_and_nothing_before_it_does(own_steps):
    """The keywords tell which steps judge, whatever the code of a step looks like."""
    known = {"前提": set(), "もし": set(), "ならば": set()}
    features = plan_features(features_dir().parent)
    for plan in (plan for feature in features for plan in feature.scenarios):
        kind = ""
        for step in plan.steps:
            word = step.keyword.strip()
            kind = word if word in known else kind
            known[kind].add(step.text)
    assert known["ならば"]
    dumb = {text for text in known["ならば"] if not own_steps.verbs(text)}
    for definition in own_steps.definitions:
        if any(definition.pattern in own_steps.patterns(text) for text in dumb):
            # All that it does is to keep something for readers (IX-39).
            assert "recorded()" in inspect.getsource(definition.matcher.func)
    assert not {text for text in known["もし"] if own_steps.verbs(text)}
    # A 前提 may make sure of a fact, which then says nothing against the product.
    assert {end for text in known["前提"] for end in own_steps.verbs(text)} <= {FACT}


def test_a_helper_beside_the_step_is_looked_into(lint):
    new = """
from behave import step

def _refuse(case):
    case.refused("x", True, expected="", observed="")

@step("受け付けてもらえない")
def _(context):
    _refuse(context.case)
"""
    alone = change("ならば ログインは拒否される", "ならば 受け付けてもらえない")
    alone = alone.replace("    かつ 対照として、ログインできる\n", "")
    assert ("OC050", 8) in lint(alone, steps=new)


def test_a_judge_of_any_name_is_known_by_its_class(lint, monkeypatch):
    """A judge that the world is given tomorrow is entered nowhere."""

    class Tomorrow:
        def __init__(self, people: People) -> None:
            self.somebody = Judge(people)

    hints = {**get_type_hints(World), "anybody": Tomorrow}
    monkeypatch.setattr(World, "__annotations__", hints)
    new = """
from behave import step

@step("受け付けてもらえない")
def _(context):
    context.world.anybody.somebody.refused()
"""
    alone = change("ならば ログインは拒否される", "ならば 受け付けてもらえない")
    alone = alone.replace("    かつ 対照として、ログインできる\n", "")
    verbs._hints.cache_clear()
    try:
        assert ("OC050", 8) in lint(alone, steps=new)
    finally:
        verbs._hints.cache_clear()


@pytest.mark.parametrize(
    ("text", "register", "expected"),
    [
        # no id: the next free one is above all that were ever given, withdrawn or not
        (change("@id:LGN-01/2 ", ""), "LGN-01 = 7", ("OC070", 12, "@id:LGN-01/8")),
        (ROWS.replace("| 2    | B", "|      | B"), None, ("OC070", 22, "3")),
        (ROWS.replace("番号", "回"), None, ("OC070", 21, "3")),
        # malformed, misplaced, of no requirement
        (change("LGN-01/2", "LGN-01-2"), None, ("OC071", 11, "")),
        (change("LGN-01/2", "LGN-01/02"), None, ("OC071", 11, "")),
        (change("@id:LGN-01/2", "@id:LGN-01/2 @id:LGN-01/3"), None, ("OC071", 11, "")),
        (change("@id:LGN-01/2", "@id:LGN-02/1"), None, ("OC071", 11, "LGN-02")),
        (change("機能", "@id:LGN-01/3\n機能"), None, ("OC071", 2, "")),
        (ROWS.replace("例:", "@id:LGN-01/4\n    例:"), None, ("OC071", 19, "")),
        (ROWS.replace("| 2    | B", "| 1.2  | B"), None, ("OC071", 22, "")),
        # twice
        (change("LGN-01/2", "LGN-01/1"), "LGN-01 = 2", ("OC072", 11, "LGN-01/3")),
        (ROWS.replace("| 2    | B", "| 1    | B"), None, ("OC072", 22, "LGN-01/3.3")),
        # against the register
        (GOOD, "LGN-01 = 1", ("OC073", 11, "LGN-01 = 2")),
        (ROWS, 'LGN-01 = 3\n"LGN-01/3" = 1', ("OC073", 22, '"LGN-01/3" = 2')),
        (GOOD, "LGN-01 = 3", ("OC074", 2, "LGN-01/3")),
        (ROWS, 'LGN-01 = 3\n"LGN-01/3" = 3', ("OC074", 3, "LGN-01/3.3")),
        (change("LGN-01/2", "LGN-01/4"), None, None),
        (GOOD, registered(GOOD.replace("LGN-01/2", "LGN-01/3")), ("OC075", 11, "統合")),
    ],
)  # fmt: skip
def test_ids(lint, told, text, register, expected):
    found = lint(text, register=register)
    if expected is None:
        assert found == []
        return
    code, line, named = expected
    assert (code, line) in found
    assert any(f.code == code and f.line == line and named in f.ja and f.en for f in told)


def test_a_withdrawn_outline_takes_its_rows_along(lint):
    rows = 'LGN-01 = 3\n"LGN-01/3" = 2\n'
    assert lint(GOOD, register=rows + registered("@id:LGN-01/4 ").partition("\n")[2]) == [
        ("OC075", 5),
        ("OC075", 11),
    ]


def test_ids_are_compared_with_the_whole_suite_whatever_files_are_named(lint):
    both = RENAMED.replace("小さな", "他の").replace("LGN-01/5", "LGN-01/1")
    found = lint(GOOD, more=both, paths=[Path("features/b.feature")])
    assert found == [("OC072", 11)]


# -- what goes beyond the manual's words, and what each declaration leads to -------------


def marked(tmp_path, tags, bases):
    """Return the codes for one scenario with these tags."""
    (tmp_path / "features").mkdir()
    text = GOOD.split("\n  @id:LGN-01/2")[0].replace("@id:LGN-01/1 @LGN-01", f"@id:LGN-01/1 {tags}")
    (tmp_path / "features" / "a.feature").write_text(text, encoding="utf-8")
    found, _ = check(tmp_path, steps_dir(), set(bases), bases=bases)
    return {f.code for f in found if f.code == "OC043"}


@pytest.mark.parametrize(
    ("tags", "right"),
    [
        ("@LGN-01", True),
        ("@LGN-01 @解釈", False),
        ("@LGN-02", False),
        ("@LGN-02 @解釈", True),
        ("@LGN-02 @記載なし", False),
        ("@LGN-02 @LGN-03 @解釈", True),
        ("@LGN-03 @記載なし", True),
        ("@LGN-01 @LGN-03", True),
        ("@LGN-01 @LGN-03 @記載なし", False),
    ],
)
def test_the_mark_is_that_of_the_weightiest_basis(tmp_path, tags, right):
    bases = {"LGN-01": "stated", "LGN-02": "implied", "LGN-03": "silent"}
    assert marked(tmp_path, tags, bases) == (set() if right else {"OC043"})


TABLED = "前後に空白の付いたシリアル番号での利用開始登録は、宣言に応じて次のとおりになる"
HEAD, KEPT = "| 宣言 | 結果 |\n", "| 前後の空白を取り除かない |"
TAKEN = "| 前後の空白を取り除いて受け付ける | 受け付けられる |"


@pytest.mark.parametrize(
    ("rows", "right"),
    [
        (f"{HEAD}{KEPT} 拒否される |\n{TAKEN}", True),
        (f"{HEAD}{KEPT} 拒否される |", False),
        (f"{HEAD}{KEPT} だめ |\n{TAKEN}", False),
        ("", False),
    ],
)
def test_a_step_about_a_declaration_has_the_table_of_all_that_can_be_declared(
    tmp_path, rows, right
):
    (tmp_path / "features").mkdir()
    text = (
        "# language: ja\n機能: 表\n  手順書「x」。\n\n  @id:LGN-01/1 @LGN-01\n  シナリオ: 表\n"
        f"    ならば {TABLED}\n{rows}\n"
    )
    (tmp_path / "features" / "a.feature").write_text(text, encoding="utf-8")
    found, _ = check(tmp_path, steps_dir(), {"LGN-01"})
    assert ("OC051" in {f.code for f in found}) is not right
