"""Judgements of screens, without a browser: green for what is right, red for what is not.

No bank and no browser: a judgement compares what it is shown. Each half of a pair was
written for a blunted condition that no planted fault noticed (docs/mutation.md).
"""

from __future__ import annotations

from types import SimpleNamespace as Some

import pytest
from pretend_world import BOTH, judge, screen, site

from otp_conformance.agent.page import FieldView
from otp_conformance.judging import asked, buttons, menus
from otp_conformance.judging.screen import ScreenJudge
from otp_conformance.screens.desk import Presence
from otp_conformance.specification.manual import bundled
from otp_conformance.specification.words import Status
from otp_conformance.verdict.outcome import DeclarationMismatch

# -- screens ------------------------------------------------------------------------


def looking_at(**more):
    here = site(**more)
    made = judge(acting=lambda: Some(site=here), opened_directly="利用解除の画面")
    return made, ScreenJudge(made)


def asking_for(labels):
    """Return a judge of a screen with fields of these names."""
    return asking(tuple(FieldView(each, False, "", False, None) for each in labels))


def asking(fields):
    """Return a judge of a screen with these fields."""
    made, _ = looking_at(own_fields=lambda: fields, current=lambda: None)
    return made


def no_selector(key, screen=""):
    return ""


def only(key, *, shown):
    """Return what finds one screen, in sight or not."""
    return lambda wanted: {key: screen(shown=shown)}[wanted]


@pytest.mark.parametrize(
    ("login", "other", "right"), [(True, False, True), (False, False, False), (True, True, False)]
)
def test_instead_of_a_screen_the_login_is_shown(login, other, right):
    made, sight = looking_at(asks_to_log_in=lambda: login, screen=only("deactivation", shown=other))
    sight.login_shown_instead()
    assert made.case.ends == [("refusal", right)]


@BOTH
def test_a_screen_is_shown_or_not(right):
    made, sight = looking_at(screen=only("deactivation", shown=right))
    sight.shown("利用解除の画面")
    sight.not_shown("利用解除の画面")
    sight.not_shown_directly()
    assert made.case.ends == [("fact", right), ("refusal", not right), ("refusal", not right)]


@pytest.mark.parametrize(
    ("known", "refused", "blamed"),
    [(True, False, True), (False, True, True), (False, False, False)],
)
def test_an_unknown_page_is_blamed_only_against_a_title_that_is_known(known, refused, blamed):
    made, sight = looking_at(
        screen=lambda key: Some(is_shown=lambda: False, title="題", title_key=f"{key}.title"),
        is_strange=lambda: not refused,
        describe=lambda: "画面「トップページ」",
        knows_title=lambda key: known,
    )
    made.declaration = Some(manual=bundled())
    if blamed:
        sight.shown("利用解除の画面")
        assert made.case.ends == [("fact", False)]
    else:
        with pytest.raises(DeclarationMismatch) as raised:
            sight.shown("利用解除の画面")
        assert "deactivation.title" in raised.value.hint
        assert made.case.ends == []


@BOTH
def test_the_control_of_an_address_opens_the_same_one(right, monkeypatch):
    opened = []
    monkeypatch.setattr("otp_conformance.judging.screen.address_of", lambda world, name: f"/{name}")
    here = site(
        agent=Some(open=opened.append),
        screen=only("deactivation", shown=right),
        login_otp=screen(shown=False),
        view=lambda: Some(address="/top"),
    )
    made, sight = looking_at()
    made.declaration = Some(sessions=Some(direct_url="allowed"))
    sight.control_direct(Some(site=here), "利用解除の画面")
    assert opened == ["/利用解除の画面"]
    assert made.case.ends == [("control", right)]


@pytest.mark.parametrize(
    ("software", "known", "alerts", "status", "right"),
    [
        (True, "screen", (), 200, True),
        (False, None, (), 200, True),  # a page of software tokens, which this suite does not know
        (False, "issue_confirm", (), 200, False),
        (False, None, ("エラー",), 200, False),
        (False, None, (), 404, False),
    ],
)
def test_the_software_row_leads_to_software(software, known, alerts, status, right):
    made, sight = looking_at(
        issue_confirm=Some(of=lambda kind: screen(shown=software)),
        current=lambda: known,
        view=lambda: Some(alerts=alerts, http_status=status),
    )
    sight.software_way()
    assert made.case.ends == [("fact", right)]


@pytest.mark.parametrize(
    ("labels", "right"),
    [
        (["シリアル番号", "ワンタイムパスワード"], True),
        (["シリアル番号"], False),
        (["シリアル番号", "ワンタイムパスワード", "住所"], False),
        (["シリアル番号", "シリアル番号", "ワンタイムパスワード"], False),
        ([], False),
    ],
)
def test_a_screen_asks_for_these_inputs_only(labels, right):
    made = asking_for(labels)
    own = {"s": ("シリアル番号",), "o": ("ワンタイムパスワード",)}
    made.declaration = Some(labels=own, selector=no_selector)
    asked.only_fields(made, "s", "o")
    assert made.case.ends == [("fact", right)]


@pytest.mark.parametrize(
    ("title", "current", "refusal", "ends"),
    [
        (True, "activation_complete", False, [("fact", True), ("fact", True), ("fact", False)]),
        (False, None, False, [("fact", False), ("fact", True), ("fact", False)]),
        (False, "portal", False, [("fact", False), ("fact", False)]),
        (False, None, True, [("fact", False), ("fact", False)]),
    ],
)
def test_what_another_screen_holds_says_nothing(title, current, refusal, ends, monkeypatch):
    made, sight = looking_at(current=lambda: current, tells_refusal=lambda: refusal)
    made.declaration, made.case.requirements = (
        Some(manual=bundled()),
        ["SCR-49", "SCR-53", "SCR-51"],
    )
    checks = {"題名「完了」": title, "ボタン": True, "文": False}
    monkeypatch.setattr(
        "otp_conformance.judging.screen.check_of", lambda phrase, page: checks[phrase]
    )
    monkeypatch.setattr("otp_conformance.judging.screen.page_of", lambda site, declaration: None)
    monkeypatch.setattr("otp_conformance.judging.screen.lacking", lambda phrase, page: phrase)
    sight.contents(zip(checks, [["SCR-49"], ["SCR-53"], ["SCR-51"]], strict=True))
    assert made.case.ends == ends


# -- the portal's buttons and the menu ------------------------------------------------

DECLARED = Some(
    issue=Some(reissue_when_issued="refused", deactivate_when_issued="refused"),
    buttons=Some(of=lambda row, cell: "disabled"),
    manual=bundled(),
)


def at_portal(scene, status, presence, *, goes):
    portal = Some(
        status=lambda: status, status_text=lambda: str(status), offers=lambda button: presence
    )
    return Some(
        scene=scene,
        reopen_portal=lambda: Some(portal=portal),
        site=site(portal=portal),
        go_to_kind_selection=lambda: goes,
    )


@pytest.mark.parametrize(
    ("status", "presence", "right"),
    [
        (Status.NOT_REGISTERED, Presence.ENABLED, True),
        (Status.NOT_REGISTERED, Presence.DISABLED, False),
        (Status.IN_SERVICE, Presence.DISABLED, True),
        (Status.IN_SERVICE, Presence.HIDDEN, False),
        (Status.IN_SERVICE, Presence.ENABLED, False),
    ],
)
def test_a_button_is_presented_as_declared(status, presence, right):
    made = judge(declaration=DECLARED)
    buttons.presented(at_portal(made, status, presence, goes=False), "トークン発行")
    assert made.case.ends == [("fact", right)]
    assert made.case.requirements == [("SCR-25", "SCR-22")]


@BOTH
def test_a_button_leads_on_where_it_works(right):
    made = judge(declaration=DECLARED)
    customer = at_portal(made, Status.NOT_REGISTERED, Presence.ENABLED, goes=right)
    buttons.takes_effect(made, customer, "トークン発行")
    assert made.case.ends == [("fact", right)]


@pytest.mark.parametrize(("leads", "control"), [(False, True), (True, True), (False, False)])
def test_elsewhere_a_button_leads_nowhere_and_another_customer_gets_there(leads, control):
    asked = []
    made = judge(declaration=DECLARED, control_customer=lambda s: asked.append(s) or other)
    other = at_portal(made, Status.NOT_REGISTERED, Presence.ENABLED, goes=control)
    customer = at_portal(made, Status.IN_SERVICE, Presence.DISABLED, goes=leads)
    buttons.takes_effect(made, customer, "トークン発行")
    assert made.case.ends == [("refusal", not leads), ("control", control)]
    assert asked == [Status.NOT_REGISTERED]


@BOTH
def test_the_menu_offers_each_level_by_its_declared_name(right):
    here = site(
        declared_path=lambda: ("その他", "申込"),
        agent=Some(has=lambda control: right and control in ("menu 0", "menu 1")),
        top=Some(menu=lambda level: f"menu {level}"),
    )
    made = judge(declaration=DECLARED)
    menus.offers_first(Some(scene=made, site=here))
    menus.offers_second(Some(scene=made, site=here))
    assert made.case.ends == [("fact", right), ("fact", right)]
    assert made.case.requirements == [("SCR-03",), ("SCR-04",)]


def test_a_path_of_one_level_has_no_second():
    made = judge()
    menus.offers_second(Some(scene=made, site=site(declared_path=lambda: ("申込",))))
    assert made.case.told == []


@pytest.mark.parametrize(
    ("more", "red"),
    [
        ([], set()),
        (["ご連絡先のメールアドレス"], set()),
        (["ワンタイムパスワード"], {"ISS-23"}),
        (["シリアル番号"], {"ISS-24"}),
        (["送付先の郵便番号"], {"SHP-03"}),
    ],
)
def test_the_issue_asks_for_neither_code_nor_serial_nor_address(more, red):
    made = asking_for(("確認用パスワード", *more))
    made.declaration = Some(labels=bundled().labels, selector=no_selector, manual=bundled())
    asked.confirmation_only(made)
    ends = zip(made.case.ends, made.case.requirements, strict=True)
    assert {need[0] for (_, ok), need in ends if not ok} == red
    assert len(made.case.ends) == 4


def test_an_issue_without_the_confirmation_password_is_red():
    made = asking_for(())
    made.declaration = Some(labels=bundled().labels, selector=no_selector, manual=bundled())
    asked.confirmation_only(made)
    assert [ok for _, ok in made.case.ends] == [False, True, True, True]


@pytest.mark.parametrize(
    ("captions", "own", "green"),
    [
        (("メモ", "トークンはご登録の住所へお送りします。"), 1, True),  # speaks of it, nearby
        (("トークンはご登録の住所へお送りします。",), 0, True),  # and nothing else names it
        (("メモ", "お届け先の住所"), 2, False),  # the cell beside it
        (("お届け先の住所",), 0, False),
    ],
)
def test_a_sentence_nearby_accuses_no_field(captions, own, green):
    field = FieldView(captions[0], False, "", False, None, captions=captions, own=captions[:own])
    made = asking((FieldView("確認用パスワード", True, "", False, None), field))
    made.declaration = Some(labels=bundled().labels, selector=no_selector, manual=bundled())
    asked.confirmation_only(made)
    assert all(right for _, right in made.case.ends) is green


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("shown", [True, False])
def test_activation_asks_for_the_confirmation_password_only_where_declared(declared, shown):
    labels = ["シリアル番号", "ワンタイムパスワード", *["確認用パスワード"] * shown]
    made = asking_for(labels)
    made.declaration = Some(
        labels=bundled().labels,
        selector=no_selector,
        confirmation_password=Some(asked_at_activation=declared),
    )
    asked.activation_as_declared(made)
    assert made.case.ends == [("fact", declared is shown)]


def test_a_field_without_a_name_is_the_one_that_its_selector_fits():
    made = asking((FieldView("", False, "", False, None, declared=("#pin",)),))
    for selectors, right in (({"o": "#pin"}, True), ({"o": "#other"}, False), ({}, False)):
        made.declaration = Some(
            labels={"o": ("ワンタイムパスワード",)},
            selector=lambda key, screen="", given=selectors: given.get(key, ""),
        )
        asked.only_fields(made, "o")
        assert made.case.ends.pop() == ("fact", right)


@pytest.mark.parametrize(
    ("alerts", "new", "end"),
    [(("誤りです",), True, True), ((), False, False), ((), True, None)],
)
def test_new_words_that_may_be_a_notice_are_neither_told_nor_held_against_anybody(alerts, new, end):
    made, sight = looking_at(
        alerts=lambda: alerts,
        current=lambda: "activation",
        may_tell_refusal=lambda: new,
        top=screen(shown=False),
    )
    made.declaration = Some(manual=bundled(), labels=dict.fromkeys(bundled().refusals.values(), ()))
    if end is None:
        with pytest.raises(DeclarationMismatch) as raised:
            sight.refusal_told("ワンタイムパスワードの誤り")
        assert "refusal.words" in raised.value.hint
        assert "error.otp" in raised.value.hint
    else:
        sight.refusal_told("ワンタイムパスワードの誤り")
    assert [right for _, right in made.case.ends] == ([] if end is None else [end])
