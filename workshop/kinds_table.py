"""``python -m workshop.kinds_table``: which forms and states each kind of trial covers.

A kind is a way to try what no listed case says: an old page, an altered request, a code or a
moment chosen on purpose, several at once. Which scenarios are of a kind is read from their
steps, so that the table cannot say more than the features do. docs/kinds.md holds it.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

from otp_conformance.resources import bundle_root
from otp_conformance.specification.scenarios import ScenarioPlan, plan_features


@dataclass(frozen=True)
class Kind:
    """A kind of trial. ``said``: what in a step tells that the scenario is of it."""

    ja: str
    en: str
    said: str


KINDS = (
    Kind("開いたままの画面", "pages kept open", "開いたままの|先に開いておいた画面"),
    Kind(
        "ログインが切れた後の画面",
        "forms after the login has ended",
        "(して|たって)から送る",
    ),
    Kind(
        "戻ってもう一度",
        "back and again",
        "前の画面へ戻り、ボタンが|同じ内容をもう一度|再読み込み",
    ),
    Kind(
        "拒否の後の同じ画面",
        "the page that a refusal shows again",
        "もう一度表示された|一つの入力の画面に",
    ),
    Kind("一つのブラウザーの二つの画面", "two pages of one browser", "二つ開き、どちらからも"),
    Kind("項目を抜く", "a field left out", "欄ごと省いて送る"),
    Kind(
        "値を二つ、配列、条件",
        "a value twice, as a list, as a condition",
        "二つ重ねて送る|束にして送る|という条件を送る",
    ),
    Kind("確認済みの印", "marks of what was checked", "「確認済み」の印"),
    Kind(
        "ほかの値に書き換える",
        "other values written in",
        "三つ目の種類に書き換えて|送付先を書き足して",
    ),
    Kind("先頭の0", "leading zeros", "先頭が0の|先頭の0を|先頭に0を"),
    Kind("ほかの文字の数字", "digits of other scripts", "アラビア文字|漢数字|全角数字の"),
    Kind(
        "同じ値をもう一度",
        "the same code again",
        "同じワンタイムパスワード|同じ誤った|控えておいた",
    ),
    Kind("有効期限の前後", "both sides of the expiry", "有効期限の.+まで進める"),
    Kind("遠い先の時刻", "after 2038", "遠い先の2038年"),
    Kind("夏時間の切り替わり", "summer time elsewhere", "遠い先の2027年"),
    Kind("戻る時計", "a clock set back", "戻す$"),
    Kind("同時", "at one moment", "同時に"),
    Kind("再起動の後", "after a restart", "再起動する$"),
    Kind(
        "ほかのお客さまの巻き添え",
        "another customer meanwhile",
        "(解除し|失効させ|発送す|間違えてい).*別の|別のお客さまの?(へ|の停止|のトークンを失効|が利用解除を終え|がワンタイムパスワードを一回)",
    ),
)
_TRIED = (
    "試みる$|完了の画面まで進む$|送る$|送ると|もう一度押す$|を解除する$|へトークンを発送する$"
    "|発行を申請でき|進もうとする$"
)
FORMS = {
    "ログイン": "で?ログイン(を試みる|のときに)|ワンタイムパスワードの入力の画面|回数の誤りを"
    "|手前までの誤り|ログインを終えた後|一方だけがログインできる|同じログインのまま|一つの入力の画面",
    "発行": "発行(の申請|を試み|を申請|確認の画面)|三つ目の種類",
    "利用開始": "同時に登録|利用を始めた後"
    "|利用開始(登録の画面|登録を試み|登録のときに|登録を終えた後|完了の画面)",
    "利用解除": "で利用解除を試み|利用解除(のときに|の画面|した後|を終えた後|を送る)",
    "職員": "職員",
}
STATES = {
    "未登録": "申し込んでいない.*いる|利用解除したお客さま|利用解除を終えている",
    "トークン発行済": "手元に届いた|届いている|申請している|発行の申請を終えた後",
    "サービス利用中": "利用中の.*いる|利用開始登録を終え",
    "停止": "停止している(お客さま|別の)|一定回数続けて|一定回数の誤り",
}


def of_kind(kind: Kind, plan: ScenarioPlan) -> bool:
    """Tell whether a scenario is of a kind, its controls left aside."""
    return any(re.search(kind.said, text) for text in _texts(plan))


def _texts(plan: ScenarioPlan) -> list[str]:
    return [step.text for step in plan.steps if not step.text.startswith("対照として")]


def _met(kind: Kind, plan: ScenarioPlan) -> set[str]:
    """Return the forms that are tried, and the states in which that happens."""
    texts = _texts(plan)
    tried = [text for text in texts if re.search(f"{kind.said}|{_TRIED}", text)]
    met = {name for name, said in FORMS.items() if any(re.search(said, text) for text in tried)}
    return met | {name for name, said in STATES.items() if any(re.search(said, t) for t in texts)}


def table(plans: list[ScenarioPlan]) -> list[str]:
    """Return the Markdown table: kinds by forms and states, the cells say how many scenarios."""
    columns = {**FORMS, **STATES}
    lines = [
        f"| 種類 / kind | {' | '.join(columns)} | 計 |",
        "|---" * (len(columns) + 2) + "|",
    ]
    for kind in KINDS:
        found = [plan for plan in plans if of_kind(kind, plan)]
        cells = [sum(name in _met(kind, plan) for plan in found) for name in columns]
        shown = " | ".join(str(cell) if cell else "—" for cell in cells)
        lines.append(f"| {kind.ja} / {kind.en} | {shown} | {len(found)} |")
    return lines


def all_plans() -> list[ScenarioPlan]:
    """Return every scenario of the suite."""
    return [plan for feature in plan_features(bundle_root()) for plan in feature.scenarios]


if __name__ == "__main__":
    sys.stdout.write("\n".join(table(all_plans())) + "\n")
