"""The phrase book: every finding that the suite can write has its English."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from itertools import product
from pathlib import Path

import pytest

from otp_conformance.report import phrases
from otp_conformance.report.phrases import english, spoken

ROOT = Path(__file__).parents[2]
# What checks call these arguments goes into the journal.
TOLD = {"expected", "observed", "hint"}
NAMED = {"confirm", "refused", "control", "fact", "control_shown"}
FILLED_IN = "X"
# Findings of `check` and of the catalogue's tools are bilingual themselves and in no journal.
ELSEWHERE = {"preflight"}


@lru_cache
def sources():
    return tuple(written())


def written():
    """Yield the module and the text, holes filled in, of every finding in the sources."""
    for path in sorted((ROOT / "otp_conformance").rglob("*.py")):
        if ELSEWHERE & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            told = [k.value for k in node.keywords if k.arg in TOLD]
            if isinstance(node.func, ast.Attribute) and node.func.attr in NAMED:
                told += node.args[:1]
            if isinstance(node.func, ast.Name) and node.func.id == "End":
                told += node.args
            for value in told:
                for text in texts(value):
                    yield path.stem, text


def texts(node):
    match node:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.JoinedStr(values=values):
            parts = [texts(v) if isinstance(v, ast.Constant) else [FILLED_IN] for v in values]
            return ["".join(way) for way in product(*parts)]
        case ast.IfExp(body=body, orelse=orelse):
            return [*texts(body), *texts(orelse)]
        case ast.BinOp(left=left, right=right, op=ast.Add()):
            return ["".join(way) for way in product(texts(left), texts(right))]
        case _:
            return []


def left_in_japanese(told):
    outside = re.sub("“[^”]*”", "", told)
    return phrases.is_japanese(outside.replace(FILLED_IN, ""))


def test_every_finding_in_the_sources_has_its_english():
    missing = sorted({text for _, text in sources() if left_in_japanese(english(text))})
    assert missing == [], "add them to otp_conformance/report/phrases.toml"


def test_the_sources_were_read():
    assert len({text for _, text in sources() if phrases.is_japanese(text)}) > 400


@pytest.mark.parametrize(
    ("japanese", "told"),
    [
        ("画面「ログイン」、HTTP 200", "screen “ログイン”, HTTP 200"),
        (
            "対照として、利用解除が受け付けられ、登録状況が「未登録」になること",
            "as a control, deactivation is accepted and the registration status becomes “未登録”",
        ),
        (
            "画面「お知らせ」、新しい表示「一つ。二つ、三つ」、HTTP 200",
            "screen “お知らせ”, newly shown “一つ。二つ、三つ”, HTTP 200",
        ),
        ("応答が 5 MB を超えました / The answer is larger", "The answer is larger"),
        ("まだ知らない文です", "まだ知らない文です"),
        ("HTTP 503", "HTTP 503"),
    ],
)
def test_phrases_are_put_over_and_quotations_kept(japanese, told):
    assert english(japanese) == told


def test_what_stays_japanese_is_marked_and_nothing_acts():
    assert spoken("画面「<b>ログイン</b>」") == (
        'screen “&lt;b&gt;<span lang="ja">ログイン</span>&lt;/b&gt;”'
    )
