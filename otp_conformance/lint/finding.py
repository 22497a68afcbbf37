"""What a rule found, and all codes."""

from __future__ import annotations

from dataclasses import dataclass

from otp_conformance.language import Text

CODES = {
    "OC001": "ファイルの先頭に BOM がある、または UTF-8 でない",
    "OC002": "一行目に「# language: ja」がない",
    "OC003": "記号が全角（：＠＃｜）で、キーワード・タグ・表として読まれない",
    "OC004": "手順のキーワードの直後に空白がなく、語の一部がキーワードとして読まれる",
    "OC005": "構文解析器が読めない、または二つの解析器の読み方が違う",
    "OC006": "シナリオアウトラインの名前に列がなく、行の見分けが付かない",
    "OC010": "同じ名前のシナリオがある",
    "OC011": "同じ名前の機能がある",
    "OC020": "定義のない手順",
    "OC021": "二つ以上の定義に当てはまる手順",
    "OC022": "どのシナリオも使わない手順の定義",
    "OC030": "手順が画面の部品・操作・アドレスを語っている",
    "OC040": "要件目録にない要件ID",
    "OC041": "要件タグのないシナリオ",
    "OC042": "知らない @needs. タグ",
    "OC050": "拒否を確かめるのに、その後に対照の手順がない",
    "OC060": "手順が 14 を超えるシナリオ",
    "OC061": "機能の説明に手順書の箇所（手順書「…」）がない",
    "OC070": "番号のないシナリオ・例の行",
    "OC071": "番号の書き方、または付ける場所の誤り",
    "OC072": "同じ番号が二か所にある",
    "OC073": "控えにない番号",
    "OC074": "控えにあるのに、どの feature にもない番号",
    "OC075": "取り下げた番号を使っている",
}


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to put right. ``file`` as readers know it; ``line`` from 1."""

    file: str
    line: int
    code: str
    ja: str
    en: str

    def __str__(self) -> str:
        """Return the line that editors understand, in the current language."""
        return f"{self.file}:{self.line}: {self.code}: {Text(self.ja, self.en)}"
