"""Which steps judge a refusal, and so need a control in the same scenario (decision 0003)."""

from __future__ import annotations

CONTROL_WORDS = "対照として、"

REFUSAL_STEPS = frozenset(
    {
        "ログインは拒否される",
        "認証の停止によりログインは拒否される",
        "{int}回とも認証の停止によりログインは拒否される",
        "ワンタイムパスワードを求められ、ログインは拒否される",
        "発行の申請は拒否される",
        "利用開始登録は拒否される",
        "利用解除は拒否される",
        "利用開始登録へは進めない",
        "利用解除へは進めない",
        "先の画面は表示されない",
        "ログイン画面が表示される",
    }
)
"""Patterns of the steps whose control is a step of its own."""

OWN_CONTROL_WORDS = ("宣言どおり", "どのリンクからも")
"""Words of the steps that judge a refusal together with its control."""
