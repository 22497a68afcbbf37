"""Choosing scenarios, and what is said when a choice names nothing."""

import pytest
from tiny_suite import KNOWN, scenario

from otp_conformance.declaration.needs import unmet_need
from otp_conformance.errors import SuiteFaultError, UsageError
from otp_conformance.language import speaking
from otp_conformance.specification.scenarios import plan_features
from otp_conformance.specification.selection import Selection, select

RULE = """\
  @DEA-01
  ルール: 規則
    @LGN-02 @遅い
    シナリオアウトライン: 行 <数>
      もし <数> を確かめる

      例:
        | 数 |
        | 1  |
        | 2  |
"""


@pytest.fixture
def choose(suite):
    suite.feature(scenario("ならば 満たされる", name="ログインできる"), RULE)
    suite.feature(
        scenario("ならば 満たされる", name="ＯＴＰが合う", tags="@ACT-01 @needs.clock"),
        path="03_activation/activation.feature",
    )

    def names(**values) -> list[str]:
        chosen = select(
            plan_features(suite.root),
            Selection(**values),
            known_requirements={**KNOWN, "SCR-01": object()},
            root=suite.root,
            cwd=suite.root / "steps",
        )
        return [plan.name for plan in chosen]

    return names


def test_everything_in_the_order_of_the_files(choose):
    assert choose() == ["ＯＴＰが合う", "ログインできる", "行 1", "行 2"]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("@LGN-01", ["ログインできる"]),
        ("LGN-01", ["ログインできる"]),
        ("@DEA-01 and @遅い", ["行 1", "行 2"]),
        ("not @needs.clock and not @遅い", ["ログインできる"]),
        ("(@ACT-01 or @LGN-01)", ["ＯＴＰが合う", "ログインできる"]),
    ],
)
def test_tags(choose, expression, found):
    assert choose(tags=(expression,)) == found


def test_several_tag_options_must_all_hold(choose):
    assert choose(tags=("@LGN-01 or @ACT-01", "not @needs.clock")) == ["ログインできる"]


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("@LGN-09", "「@LGN-02」|「@LGN-01」"),
        ("@needs.clok", "「@needs.clock」"),
        ("~@LGN-01", "and / or / not"),
        ("@LGN-01,@LGN-02", "and / or / not"),
        ("@SCR-01", "未検査"),
        ("@LGN-01 and and", "読み取れません"),
        ("(@LGN-01", "読み取れません"),
    ],
)
def test_bad_tags_are_named_with_the_nearest(choose, expression, named):
    with pytest.raises(UsageError, match=named):
        choose(tags=(expression,))


def test_requirements_alone_or_in_lists(choose):
    assert choose(requirements=("LGN-01,ACT-01",)) == ["ＯＴＰが合う", "ログインできる"]
    assert choose(requirements=("lgn-01", "ＤＥＡ－０１")) == ["ログインできる", "行 1", "行 2"]


def test_unknown_requirement_names_the_nearest(choose):
    with pytest.raises(UsageError, match=r"LGN-03 はありません。「LGN-0[12]」のことですか"):
        choose(requirements=("LGN-03",))


def test_known_requirement_without_scenario_selects_nothing(choose):
    with pytest.raises(UsageError, match="1 件もありません"):
        choose(requirements=("SCR-01",))


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        (("LGN-01/1",), ["ログインできる"]),
        (("LGN-02/1",), ["行 1", "行 2"]),
        (("LGN-02/1.2",), ["行 2"]),
        (
            ("lgn-01/1、ＡＣＴ－０１/1", "@id:LGN-02/1.1"),
            ["ＯＴＰが合う", "ログインできる", "行 1"],
        ),
    ],
)
def test_ids_alone_or_in_lists_and_of_outlines(choose, ids, found):
    assert choose(ids=ids) == found


def test_ids_stand_for_places_too(choose):
    assert choose(paths=("LGN-02/1.2", "features/03_activation")) == ["ＯＴＰが合う", "行 2"]


def test_an_unknown_id_names_the_nearest(choose):
    with pytest.raises(UsageError, match=r"LGN-02/1\.3 はありません。「LGN-02/1(\.[12])?」のこと"):
        choose(ids=("LGN-02/1.3",))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("@id:LGN-01/1 ", ""), "番号がありません"),
        (("@id:LGN-01/1", "@id:LGN-01-1"), "番号がありません"),
        (("| 2    ", "|      "), "番号がありません"),
        (("@id:LGN-01/1", "@id:ACT-01/1"), "ACT-01/1 が"),
    ],
)
def test_a_suite_with_a_scenario_that_has_no_id_of_its_own_is_not_run(suite, choose, change, named):
    path = suite.root / "features" / "04_login" / "login.feature"
    text = path.read_text(encoding="utf-8").replace(" @id:LGN-01/1", " @id:LGN-01/1 ")
    text = text.replace("| 2 |", "| 2    |")
    assert change[0] in text
    path.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(SuiteFaultError, match=named):
        choose()


def test_names(choose):
    assert choose(name="otp") == ["ＯＴＰが合う"]
    assert choose(name="/^行 [2-9]/") == ["行 2"]


def test_bad_regular_expression(choose):
    with pytest.raises(UsageError, match="正規表現"):
        choose(name="/(/")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("features/04_login/login.feature", ["ログインできる", "行 1", "行 2"]),
        ("../features/04_login/login.feature", ["ログインできる", "行 1", "行 2"]),
        ("features/03_activation", ["ＯＴＰが合う"]),
        ("features/04_login/login.feature:17", ["行 2"]),
        ("features/04_login/login.feature:11", ["行 1", "行 2"]),
        ("features/04_login/login.feature:9", ["行 1", "行 2"]),
        ("features/04_login/login.feature:6", ["ログインできる"]),
    ],
)
def test_paths_and_lines(choose, path, found):
    assert choose(paths=(path,)) == found


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("features/04_login/logn.feature", "「features/04_login/login.feature」"),
        ("features/04_login/login.feature:1", "1 行目"),
    ],
)
def test_paths_that_name_nothing(choose, path, named):
    with pytest.raises(UsageError, match=named):
        choose(paths=(path,))


def test_criteria_narrow_each_other_down_to_nothing(choose):
    with pytest.raises(UsageError, match="--name '行'"):
        choose(tags=("@LGN-01",), name="行")


def test_messages_in_english(choose):
    with pytest.raises(UsageError) as caught:
        choose(tags=("@needs.clok",))
    with speaking("en"):
        message = str(caught.value)
    assert message == 'No scenario has the tag @needs.clok. Did you mean "@needs.clock"?'


def test_ids_and_places_can_be_given_back_as_paths(suite, choose):
    for feature in plan_features(suite.root):
        for plan in feature.scenarios:
            assert choose(paths=(plan.scenario_id,)) == [plan.name]
            assert choose(paths=(plan.place,)) == [plan.name]


def test_feature_that_cannot_be_parsed_names_file_and_line(suite):
    path = suite.root / "features" / "bad.feature"
    path.write_text("# language: ja\n機能： 全角のコロン\n", encoding="utf-8")
    with pytest.raises(SuiteFaultError, match=r"features/bad\.feature .*\(2:1\)"):
        plan_features(suite.root)


def test_unknown_need_is_a_fault_of_the_suite(suite):
    with pytest.raises(SuiteFaultError, match=r"@needs\.clock"):
        unmet_need(["@needs.clok"], suite.loaded().declaration)


def test_absent_feature_outranks_missing_means(suite):
    suite.changes = {"ics": {"software_tokens": False, "staff_access": False}}
    declaration = suite.loaded().declaration
    unmet = unmet_need(["@needs.staff", "@needs.software"], declaration)
    assert unmet.verdict == "not_applicable"
    assert unmet_need(["@needs.staff"], declaration).verdict == "not_run"
    assert unmet_need(["@needs.browser"], declaration) is None


@pytest.mark.parametrize(("line", "named"), [(9999, "最後は"), (1, "近くのシナリオは 5")])
def test_a_line_where_nothing_stands_names_the_nearest(choose, line, named):
    with pytest.raises(UsageError) as caught:
        choose(paths=(f"features/04_login/login.feature:{line}",))
    assert named in caught.value.text.ja
    assert len(str(caught.value).splitlines()) == 1
