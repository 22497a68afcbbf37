"""The failure card: what stands on it, in what order, and what to do next."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from otp_conformance.journal.events import (
    Check,
    CodeSent,
    CustomerUsed,
    DeclaredRead,
    Evidence,
    Exchanged,
    PlannedStep,
    ScenarioFinished,
    StepFinished,
)
from otp_conformance.journal.journal import Attempt
from otp_conformance.language import speaking
from otp_conformance.report.card import FILTERS, Maker, again, card, rows, text
from otp_conformance.report.pages import environment
from otp_conformance.report.reference import (
    Known,
    Reference,
    first_difference,
    fitting,
    known_of,
)
from otp_conformance.verdict.verdict import Cause, Verdict

AT = "2026-04-01T00:00:00.000+00:00"
WHERE = {"scenario_id": "LGN-08/1", "at": AT}
STEPS = [PlannedStep(keyword=k, text=t, line=1) for k, t in (("前提", "a"), ("もし", "b"))]
STEPS.append(PlannedStep(keyword="ならば", text="c", line=3))
PLANNED = SimpleNamespace(scenario_id="LGN-08/1", requirements=["LGN-08"], steps=STEPS)


def finished(cause=Cause.PRODUCT, hint=""):
    return ScenarioFinished(
        **WHERE,
        verdict=Verdict.FAIL if cause is Cause.PRODUCT else Verdict.INCONCLUSIVE,
        cause=cause,
        expected="断られること",
        observed="通りました",
        hint=hint,
        failing_step="ならば c",
        duration_s=1,
    )


def step(index, status="passed", screen=""):
    planned = STEPS[index]
    return StepFinished(
        **WHERE,
        index=index,
        keyword=planned.keyword,
        text=planned.text,
        line=1,
        status=status,
        duration_s=0,
        screen=screen,
    )


def read(key, value="1", line=3, *, index=1, decides=False):
    return DeclaredRead(**WHERE, step_index=index, key=key, value=value, line=line, decides=decides)


def sent(index, method, path, status=200, fields=(), unsent=()):
    return Exchanged(
        **WHERE,
        step_index=index,
        sent_at=AT,
        method=method,
        address=f"http://bank{path}",
        status=status,
        fields=list(fields),
        unsent=list(unsent),
    )


def code(time_step):
    return CodeSent(
        **WHERE,
        step_index=1,
        chosen_step=time_step,
        time_step=time_step,
        answered_step=time_step,
        since_start_s=20,
        until_end_s=40,
    )


def failed(**more):
    steps = [step(0, screen="login"), step(1, screen="top"), step(2, "failed", "top")]
    return Attempt(steps=steps, **more)


@pytest.fixture
def maker(catalogue):
    return Maker(catalogue.requirements, lambda r: "ログインの節・手順1", None, ("--agent", "http"))


def of(maker, attempt, **more):
    return card(maker, PLANNED, finished(**more), attempt)


def test_what_is_known_stands_on_it_in_words(maker):
    attempt = failed(
        customers=[
            CustomerUsed(**WHERE, step_index=0, name="お客さま", login_id="t1", serial="12345678"),
            CustomerUsed(**WHERE, step_index=1, name="お客さま", login_id="t1", serial="87654321"),
        ],
        declared=[read("otp.digits", "6"), read("login.flow", '"one_page"', 0, decides=True)],
        codes=[code(100), code(100), code(101)],
        exchanges=[
            sent(
                1,
                "POST",
                "/login",
                303,
                [
                    {"name": "id", "label": "ログインID", "value": "t1"},
                    {"name": "otp", "value": ""},
                ],
                ["メモ"],
            ),
            sent(1, "GET", "/top", None),
        ],
    )
    told = dict(rows(of(maker, attempt)))
    assert told["要件"] == "LGN-08 使用済みのOTPではログインできない。（ログインの節・手順1）"
    assert told["手順"] == "3 番目: ならば c"
    assert told["宣言"].splitlines() == [
        'login.flow = "one_page"（記載なし、既定値）',
        "otp.digits = 6（3 行目）",
    ]
    assert told["お客さま"] == "お客さま t1、トークン 12345678、87654321"
    assert [line[:3] for line in told["時間枠"].splitlines()] == ["100", "101"]
    assert told["時間枠"].splitlines()[0].endswith("× 2")
    assert told["送受信"].splitlines() == [
        "09:00:00 POST http://bank/login → HTTP 303",
        "  送った値: ログインID（id）=t1、otp=（空）",
        "  送られなかった欄: メモ",
        "09:00:00 GET http://bank/top → 応答なし",
    ]
    assert told["再実施"] == "otp-conformance run --id LGN-08/1 --agent http"
    assert told["対処"] == (
        "製品のログでお客さま t1 の POST /login を調べ、製品を要件に合わせて直し"
        "（製品が正しければ、宣言の login.flow を直して）、再実施のコマンドで確かめてください。"
    )


def test_in_english_its_captions_and_advice_are_english(maker):
    with speaking("en"):
        told = text(of(maker, failed()))
    assert "again: otp-conformance run" in told
    assert "next: Mend the product, and verify it by the command above." in told


@pytest.mark.parametrize(
    ("cause", "hint", "begins"),
    [
        (Cause.PRODUCT, "", "製品を要件に合わせて直し、"),
        (Cause.PRODUCT, "手がかり", "手がかり"),
        (Cause.DECLARATION, "", "宣言を検査対象に合わせて直し"),
        (Cause.ENVIRONMENT, "", "検査対象と試験環境の状態を確かめ"),
        (Cause.SUITE, "", "スイートの不具合です"),
    ],
)
def test_one_thing_is_to_be_done_next(maker, cause, hint, begins):
    assert of(maker, failed(), cause=cause, hint=hint).to_do.startswith(begins)


def test_the_manuals_own_words_come_last_and_the_list_is_short(maker):
    words = [read(f"labels.x{n}", '["x"]', 0, index=2) for n in range(9)]
    found = of(maker, failed(declared=[*words, read("otp.digits", "6")]))
    assert found.declared_first[0].key == "otp.digits"
    told = dict(rows(found))["宣言"].splitlines()
    assert [line.partition(" ")[0] for line in told[1:4]] == ["labels.x8", "labels.x7", "labels.x6"]
    assert told[4:] == ["ほか 6 件は報告書の「宣言」"]


def test_it_points_to_the_request_that_led_to_the_page_in_sight(maker):
    went = [sent(1, "POST", "/login", 303), sent(1, "GET", "/", 200)]
    assert "POST /login を調べ" in of(maker, failed(exchanges=went)).to_do
    went.append(sent(2, "GET", "/menu", 200))
    assert "GET /menu を調べ" in of(maker, failed(exchanges=went)).to_do


def test_the_picture_is_that_of_the_failing_step(maker):
    pictures = [
        Evidence(
            **WHERE,
            step_index=index,
            evidence_id=f"e{index}",
            label="x",
            media_type="image/png",
            file=f"evidence/{index}.png",
        )
        for index in (2, 1)
    ]
    assert of(maker, failed(evidence=pictures)).picture.file == "evidence/2.png"
    assert of(maker, failed()).picture is None


def test_of_something_on_a_screen_it_names_the_words_that_were_looked_for(maker):
    kinds = {
        key: value.model_copy(update={"kind": "screen content"})
        for key, value in maker.requirements.items()
    }
    looked = [read("labels.a", '["x"]', 0), read("labels.b", '["y"]', 0)]
    later = [read("labels.c", '["z"]', 0).model_copy(update={"at": AT.replace("00:00.", "09:00.")})]
    attempt = failed(
        declared=[*looked, *later],
        exchanges=[sent(1, "GET", "/otp", 200)],
        checks=[
            Check(
                **WHERE,
                step_index=2,
                name="x",
                requirements=["LGN-08"],
                verdict=Verdict.FAIL,
                cause=Cause.PRODUCT,
            )
        ],
    )
    found = of(Maker(kinds, maker.place, None, ()), attempt)
    assert [each.key for each in found.declared] == ["labels.b", "labels.a", "labels.c"]
    assert found.to_do == (
        "製品の画面 /otp を要件どおりに直し（同じことを別の文言で示しているなら、宣言の [labels] の"
        " b に書いて）、再実施のコマンドで確かめてください。"
    )


def test_in_the_page_the_picture_has_a_frame_and_the_texts_do_nothing(maker):
    picture = Evidence(
        **WHERE,
        step_index=2,
        evidence_id="e",
        label="<b>題名</b>",
        media_type="image/png",
        file="evidence/e.png",
        marks=[(1, 2, 3, 4)],
    )
    found = of(maker, failed(evidence=[picture], exchanges=[sent(1, "GET", "/<i>", 200)]))
    env = environment()
    env.filters |= FILTERS
    macro = env.get_template("card.html.j2").module.failure_card
    page = str(macro(found, {}, "LGN-01/1"))
    assert '<rect x="1" y="2" width="3" height="4"/>' in page
    assert "&lt;b&gt;題名" in page
    assert "<i>" not in page
    assert "2 番目の手順の送受信" in page
    assert "evidence/e.png" not in str(macro(found, {"e": "差し替え"}, "LGN-01/1"))


def header(**more):
    given = {
        "again": None,
        "declaration_file": "bank.toml",
        "judges_a_set": False,
        "set": "manual",
        "environment": {},
    }
    return SimpleNamespace(**{**given, **more})


def test_an_older_journal_lets_the_command_be_guessed():
    assert again(header()) == ["--declaration", "bank.toml"]
    assert again(header(declaration_file="reference.toml")) == []
    told = again(header(judges_a_set=True, set="hardening", environment={"agent": "http"}))
    assert told[2:] == ["--set", "hardening", "--agent", "http"]
    assert again(header(again=["--manual", "x"])) == ["--manual", "x"]


# -- the reference bank's own run ---------------------------------------------------


def reference(*screens, checks=((), (), ()), declared=()):
    known = Known(steps=tuple(zip(screens, checks, strict=True)), declared=dict(declared))
    names = {"login": "ログイン", "top": "トップページ", "suspension": "停止中"}
    return Reference(screens=names, sets=("manual-a",), scenarios={"LGN-08/1": known})


def difference(known, attempt):
    return first_difference(known, "LGN-08/1", STEPS, attempt)


def test_the_first_other_screen_is_the_difference():
    found = difference(reference("login", "suspension", "login"), failed())
    assert (found.index, found.screens) == (1, ("停止中", "トップページ"))


def test_where_all_screens_are_the_same_it_is_the_failing_step():
    found = difference(reference("login", "top", "top", checks=((), (), ("断られる",))), failed())
    assert (found.index, found.screens, found.unmade) == (2, (), ("断られる",))


def test_what_is_declared_otherwise_is_not_compared():
    known = reference("login", "suspension", "login", declared=[("login.flow", '"one_page"')])
    assert difference(known, failed()) is None
    decided = failed(declared=[read("login.flow", '"one_page"', decides=True)])
    assert difference(known, decided).index == 1


def test_an_unknown_scenario_or_an_older_journal_is_not_compared():
    assert first_difference(reference("login", "top", "top"), "LGN-08/2", STEPS, failed()) is None
    bare = Attempt(steps=[step(0), step(1), step(2, "failed")])
    assert difference(reference("login", "suspension", "login"), bare).screens == ()
    assert known_of(STEPS, bare).steps[0] == ("", ())


def test_another_manual_has_scenarios_of_its_own():
    known = reference("login", "top", "top")
    assert fitting(known, "manual-a 1.0.0") is known
    assert fitting(known, "manual-b 1.0.0") is None
    assert fitting(None, "manual-a 1.0.0") is None


def test_the_difference_stands_on_the_card(maker):
    known = Maker(maker.requirements, maker.place, reference("login", "suspension", "login"), ())
    assert of(known, failed()).differs == (
        "最初の違いは 2 番目の手順「もし b」。"
        "参照実装では画面「停止中」、検査対象では画面「トップページ」でした。"
    )
