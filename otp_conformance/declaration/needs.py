"""What a scenario needs, matched with what the declaration offers.

The difference matters (architecture, "Capabilities, not special cases"):
an optional *feature* that is declared absent makes a scenario 対象外; a missing
*means of testing* makes it 未実施. Neither is ever a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from otp_conformance.declaration.model import Declaration
from otp_conformance.errors import SuiteFaultError
from otp_conformance.language import did_you_mean
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.verdict import Cause, Verdict

PREFIX = "@needs."
# The wait itself, and what the scenario needs around it.
_HOUR_MINUTES = 65


@dataclass(frozen=True)
class Unmet:
    """Why a scenario will not be carried out, known before the run."""

    verdict: Verdict
    cause: Cause
    expected: str
    observed: str
    hint: str


@dataclass(frozen=True)
class _Need:
    """``text``: what readers of the specification are told."""

    text: str
    met: Callable[[Declaration], bool]
    unmet: Unmet


def _feature(name: str, key: str, met: Callable[[Declaration], bool]) -> _Need:
    return _Need(
        f"{name}がある場合",
        met,
        Unmet(
            Verdict.NOT_APPLICABLE,
            Cause.DECLARATION,
            expected=f"{name}があること",
            observed=f"宣言で「なし」とされています（{key} = false）",
            hint=f"実際にはある場合は、宣言の {key} を true に直してください。",
        ),
    )


def _means(name: str, key: str, met: Callable[[Declaration], bool]) -> _Need:
    return _Need(
        f"{name}が要る",
        met,
        Unmet(
            Verdict.NOT_RUN,
            Cause.DECLARATION,
            expected=f"{name}が使えること",
            observed=f"宣言に{name}がありません（{key}）",
            hint=f"宣言の {key} を用意すると実施できます。",
        ),
    )


NEEDS: Mapping[str, _Need] = {
    "clock": _means("時刻を進める手段", "adapters.clock.kind", lambda d: d.adapters.clock.movable),
    "still_clock": _means(
        "時刻を秒の単位で合わせて止めておく手段",
        "adapters.clock.kind、adapters.clock.stands_still",
        lambda d: d.adapters.clock.still,
    ),
    "next_day": _means(
        "時刻を進めるか、翌日まで待つ手段",
        "adapters.clock.kind、adapters.clock.wait_overnight",
        lambda d: d.adapters.clock.movable or d.adapters.clock.wait_overnight,
    ),
    "hour": _means(
        "時刻を進めるか、1時間待つ手段",
        "adapters.clock.kind、adapters.clock.max_wait_minutes、adapters.clock.wait_overnight",
        lambda d: (
            d.adapters.clock.movable
            or d.adapters.clock.wait_overnight
            or d.adapters.clock.max_wait_minutes >= _HOUR_MINUTES
        ),
    ),
    "staff": _means("職員の操作手段", "ics.staff_access", lambda d: d.ics.staff_access),
    "outbox": _means(
        "通知の確認手段", "[adapters.outbox]", lambda d: d.adapters.outbox is not None
    ),
    "restart": _means(
        "検査対象を再起動する手段", "[adapters.restart]", lambda d: d.adapters.restart is not None
    ),
    "revocation": _feature(
        "職員によるトークンの失効", "ics.staff_revocation", lambda d: d.ics.staff_revocation
    ),
    "portal": _feature("申請内容選択の画面", "ics.portal", lambda d: d.ics.portal),
    "issue": _feature(
        "お客さまによる発行の申請", "ics.self_service_issue", lambda d: d.ics.self_service_issue
    ),
    "activation": _feature(
        "お客さまによる利用開始登録",
        "ics.self_service_activation",
        lambda d: d.ics.self_service_activation,
    ),
    "deactivation": _feature(
        "お客さまによる利用解除",
        "ics.self_service_deactivation",
        lambda d: d.ics.self_service_deactivation,
    ),
    "software": _feature(
        "ソフトウェアトークン", "ics.software_tokens", lambda d: d.ics.software_tokens
    ),
    "keyboard": _feature(
        "ソフトウェアキーボード", "ics.on_screen_keyboard", lambda d: d.ics.on_screen_keyboard
    ),
}
BROWSER = "browser"
_NO_BROWSER = Unmet(
    Verdict.NOT_RUN,
    Cause.DECLARATION,
    expected="ブラウザーで確かめること",
    observed="ブラウザーを使わない実行が指定されています（--agent http）",
    hint="--agent http を外すと、ブラウザーで実施します。",
)
NEED_TAGS: Mapping[str, str] = {
    **{f"{PREFIX}{name}": need.text for name, need in NEEDS.items()},
    f"{PREFIX}{BROWSER}": "ブラウザーで確かめる",
}
"""All tags of needs, and what readers of the specification are told of each."""


def _unmet(name: str, declaration: Declaration, agent: AgentKind) -> Unmet | None:
    """Return why one need is unmet, or None. Raises `KeyError` for an unknown one."""
    if name == BROWSER:
        return None if agent is AgentKind.BROWSER else _NO_BROWSER
    need = NEEDS[name]
    return None if need.met(declaration) else need.unmet


def unmet_need(
    tags: Collection[str], declaration: Declaration, agent: AgentKind = AgentKind.BROWSER
) -> Unmet | None:
    """Return why a scenario with these tags cannot run, or None.

    Of several reasons 対象外 comes first: supplying the missing means would
    not bring a feature into being. Raises `SuiteFaultError` for an unknown need.
    """
    found: Unmet | None = None
    for tag in tags:
        if not tag.startswith(PREFIX):
            continue
        if tag not in NEED_TAGS:
            hint = did_you_mean(tag, NEED_TAGS)
            raise SuiteFaultError(
                f"シナリオの前提タグ {tag} は知られていません。{hint.ja}",
                f"The scenario tag {tag} is not a known need.{hint.en}",
            )
        unmet = _unmet(tag.removeprefix(PREFIX), declaration, agent)
        if unmet is not None and (found is None or unmet.verdict is Verdict.NOT_APPLICABLE):
            found = unmet
    return found
