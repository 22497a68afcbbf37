"""Where untouched customers and tokens come from (IX-44)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.base import Section, Texts, ix

_IX = "IX-44"
_SENT_FOR_CUSTOMER = (
    "{status} {kind} {login_id} {login_password} {confirmation_password} {confirmation_length} "
    "{name} {address} {serial} {serial_length}"
)
_SENT_FOR_STOCK = "{serial} {serial_length} {seed_base32} {seed_hex} {kind} {expires_at}"
_CUSTOMER = (
    f"お客さまを状態にする（{_SENT_FOR_CUSTOMER}）",
    f"Make a customer in a state ({_SENT_FOR_CUSTOMER})",
)
_TOKEN = (
    f"トークンを在庫にする（{_SENT_FOR_STOCK}）",
    f"Put a token into stock ({_SENT_FOR_STOCK})",
)
_SOFTWARE_TOKEN = (
    "お客さまの次の申請に渡すソフトウェアトークンを用意する（{login_id} と、token と同じもの）",
    "Prepare the software token for a customer's next application ({login_id}; else like token)",
)


class ProvisioningCalls(Section):
    """HTTP calls (``kind = "http"``)."""

    customer: Annotated[HttpCall | None, ix(_IX, *_CUSTOMER)] = None
    token: Annotated[HttpCall | None, ix(_IX, *_TOKEN)] = None
    software_token: Annotated[HttpCall | None, ix(_IX, *_SOFTWARE_TOKEN)] = None


class ProvisioningCommands(Section):
    """Commands (``kind = "command"``)."""

    customer: Annotated[Texts, ix(_IX, *_CUSTOMER)] = ()
    token: Annotated[Texts, ix(_IX, *_TOKEN)] = ()
    software_token: Annotated[Texts, ix(_IX, *_SOFTWARE_TOKEN)] = ()


class ProvisioningMembers(Section):
    """Where an answer (JSON, of a call or a command) has what: dotted paths.

    An empty path: the answer does not have it, and what was sent holds.
    """

    login_id: Annotated[str, ix(_IX, "ログインIDの項目", "Login ID")] = ""
    login_password: Annotated[str, ix(_IX, "ログインパスワードの項目", "Login password")] = ""
    confirmation_password: Annotated[
        str, ix(_IX, "確認用パスワードの項目", "Confirmation password")
    ] = ""
    name: Annotated[str, ix(_IX, "氏名の項目", "Name")] = ""
    address: Annotated[str, ix(_IX, "住所の項目", "Address")] = ""
    serial: Annotated[str, ix(_IX, "シリアル番号の項目", "Serial number")] = ""
    seed: Annotated[str, ix(_IX, "種の項目", "Seed")] = ""
    expires_at: Annotated[
        str, ix(_IX, "有効期限の項目（ISO 8601、時差つき）", "Expiry (ISO 8601 with offset)")
    ] = ""


class ProvisioningWords(Section):
    """What is sent for our words; empty: no such customers or tokens can be made."""

    not_registered: Annotated[str, ix(_IX, "未登録", "Not registered")] = "not_registered"
    issued: Annotated[str, ix(_IX, "トークン発行済（手元に届いている）", "Issued, in hand")] = (
        "issued"
    )
    in_service: Annotated[str, ix(_IX, "サービス利用中", "In service")] = "in_service"
    suspended: Annotated[str, ix(_IX, "停止中", "Suspended")] = "suspended"
    deactivated: Annotated[str, ix(_IX, "利用解除済み", "Deactivated")] = "deactivated"
    hardware: Annotated[str, ix(_IX, "ハードウェアトークン", "Hardware token")] = "hardware"
    software: Annotated[str, ix(_IX, "ソフトウェアトークン", "Software token")] = "software"


class ProvisioningAdapter(Section):
    """Where customers and tokens come from that no test has touched."""

    kind: Annotated[
        Literal["test_control", "pool", "procedures", "http", "command"],
        ix(
            "IX-44",
            "お客さまとトークンの用意: test_control（試験用APIで作る）"
            "/ pool（用意した一覧から使う）"
            "/ procedures（未登録のお客さまと在庫のトークンの一覧から、画面の手続きで作る）"
            "/ http（HTTP の呼び出しで作る）/ command（外部コマンドで作る）",
            "Customers and tokens: test_control (made by API), pool (prepared list), procedures "
            "(made on the screens, from a list of unregistered customers and of tokens in stock), "
            "http (made by described calls) or command (by commands)",
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
    calls: Annotated[ProvisioningCalls, ix(_IX, "HTTP の呼び出し", "HTTP calls")] = (
        ProvisioningCalls()
    )
    commands: Annotated[ProvisioningCommands, ix(_IX, "外部コマンド", "Commands")] = (
        ProvisioningCommands()
    )
    members: Annotated[
        ProvisioningMembers, ix(_IX, "答えの読み方（JSON）", "How to read an answer (JSON)")
    ] = ProvisioningMembers()
    words: Annotated[
        ProvisioningWords,
        ix(
            _IX,
            "{status} と {kind} に渡す言葉（空: 作れない）",
            "Words that {status} and {kind} stand for; empty: cannot be made",
        ),
    ] = ProvisioningWords()
    timeout_seconds: Annotated[
        int,
        ix(_IX, "コマンドの制限時間（秒）", "Time-out of a command in seconds"),
        Field(ge=1, le=3600),
    ] = 60

    @property
    def described(self) -> bool:
        """Whether customers and tokens are made by calls or commands of the vendor's."""
        return self.kind in ("http", "command")

    @property
    def sends_serial(self) -> bool:
        """Whether customers are made with a token put into stock before."""
        call = self.calls.customer
        texts = self.commands.customer
        if self.kind == "http" and call is not None:
            texts = (call.url, call.body, *call.headers.values())
        return any("{serial}" in text for text in texts)

    @property
    def listed(self) -> bool:
        """Whether customers and tokens come out of a list, with a ledger."""
        return self.kind in ("pool", "procedures")

    @property
    def suspends_here(self) -> bool:
        """Whether the suite suspends customers by wrong OTPs."""
        return self.kind == "procedures" or self.suspend == "wrong_codes"
