"""Where untouched customers and tokens come from (IX-44)."""

from __future__ import annotations

from typing import Annotated, Literal

from otp_conformance.declaration.base import Section, ix


class ProvisioningAdapter(Section):
    """Where customers and tokens come from that no test has touched."""

    kind: Annotated[
        Literal["test_control", "pool", "procedures"],
        ix(
            "IX-44",
            "お客さまとトークンの用意: test_control（試験用APIで作る）"
            "/ pool（用意した一覧から使う）"
            "/ procedures（未登録のお客さまと在庫のトークンの一覧から、画面の手続きで作る）",
            "Customers and tokens: test_control (made by API), pool (prepared list) or procedures "
            "(made on the screens, from a list of unregistered customers and of tokens in stock)",
        ),
    ]
    file: Annotated[
        str,
        ix("IX-44", "一覧のファイル（宣言ファイルからの相対）", "List file, relative to this file"),
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

    @property
    def listed(self) -> bool:
        """Whether customers and tokens come out of a list, with a ledger."""
        return self.kind in ("pool", "procedures")

    @property
    def suspends_here(self) -> bool:
        """Whether the suite suspends customers by wrong OTPs."""
        return self.kind == "procedures" or self.suspend == "wrong_codes"
