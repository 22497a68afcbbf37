"""Where untouched customers and tokens come from (IX-44)."""

from __future__ import annotations

from typing import Annotated, Literal

from otp_conformance.declaration.base import Section, ix


class ProvisioningAdapter(Section):
    """Where customers and tokens come from that no test has touched."""

    kind: Annotated[
        Literal["test_control", "pool"],
        ix(
            "IX-44",
            "お客さまとトークンの用意: "
            "test_control（試験用APIで作る）/ pool（用意した一覧から使う）",
            "Customers and tokens: test_control (made by API) or pool (prepared list)",
        ),
    ]
    file: Annotated[
        str,
        ix(
            "IX-44",
            "一覧のファイル（pool.toml。宣言ファイルからの相対。お客さまとトークンは、そこから"
            "customers_csv、tokens_csv で CSV を指せます）",
            "List file (pool.toml), relative to this file; it may name CSV files of customers "
            "and tokens (customers_csv, tokens_csv)",
        ),
    ] = ""
    ledger: Annotated[
        str,
        ix(
            "IX-44",
            "消費の台帳（宣言ファイルからの相対。空なら一覧の隣の ledger.ndjson）",
            "Ledger of what is spent, relative to this file; empty: ledger.ndjson beside the list",
        ),
    ] = ""
    suspend: Annotated[
        Literal["prepared", "wrong_codes"],
        ix(
            "IX-44",
            "一覧で停止中（suspended）のお客さま: prepared（停止させて用意した）/ "
            "wrong_codes（利用中で用意し、スイートが一定回数間違えて停止させる）",
            "Customers listed as suspended: prepared (they are), or wrong_codes "
            "(they are in service; the suite suspends them by wrong OTPs)",
        ),
    ] = "prepared"
