"""Which system, what it offers, and by which adapters the harness reaches it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from otp_conformance.declaration.base import (
    FilledText,
    SecretReference,
    Section,
    SomeTexts,
    Texts,
    ix,
)


class Start(Section):
    """How a run starts the system; absent for a system that is already running."""

    command: Annotated[
        SomeTexts,
        ix(
            "IX-01",
            "起動コマンド（{python}、{port}、{run_dir}、{work_dir} が置き換わります）",
            "Start command; {python}, {port}, {run_dir} and {work_dir} are filled in",
        ),
    ]
    ready_line: Annotated[
        FilledText,
        ix("IX-01", "準備完了を示す行の始まり", "Beginning of the line that says ready"),
    ] = "READY "
    ready_timeout_seconds: Annotated[
        int,
        ix("IX-01", "準備完了を待つ秒数", "Seconds to wait for that line"),
        Field(ge=1, le=600),
    ] = 60
    generated_secrets: Annotated[
        Texts,
        ix(
            "IX-01",
            "実行のたびに乱数を入れて渡す環境変数の名前",
            "Environment variables filled with a random secret for each run",
        ),
    ] = ()


class HttpAuth(Section):
    """What the web server itself asks for before any page (HTTP basic authentication)."""

    user: Annotated[
        SecretReference,
        ix("IX-01", "利用者名（参照）", "User name, by reference", secret=True),
    ]
    password: Annotated[
        SecretReference,
        ix("IX-01", "パスワード（参照）", "Password, by reference", secret=True),
    ]


class ClientCertificate(Section):
    """What the web server wants to see of whoever connects (TLS client authentication)."""

    file: Annotated[
        FilledText,
        ix(
            "IX-01",
            "証明書（PEM。宣言ファイルからの相対）",
            "Certificate (PEM), relative to this file",
        ),
    ]
    key: Annotated[
        FilledText,
        ix(
            "IX-01",
            "秘密鍵（PEM。宣言ファイルからの相対。証明書と同じファイルでも可）",
            "Private key (PEM), relative to this file; may be the same file",
        ),
    ]
    password: Annotated[
        SecretReference | None,
        ix("IX-01", "秘密鍵のパスワード（参照）", "Password of the key, by reference", secret=True),
    ] = None


class SutSection(Section):
    """Identity of the system under test."""

    institution: Annotated[FilledText, ix("IX-01", "金融機関の名前", "Institution")]
    product: Annotated[FilledText, ix("IX-01", "製品の名前", "Product")]
    version: Annotated[FilledText, ix("IX-01", "製品の版", "Product version")]
    base_url: Annotated[
        str,
        ix(
            "IX-01",
            "入口のアドレス。auto は起動した製品から受け取る",
            "Address of the entrance; auto: taken from the started process",
        ),
        Field(pattern=r"^(auto|https?://[^/\s]+(/\S*)?)$"),
    ]
    allowed_hosts: Annotated[
        SomeTexts,
        ix(
            "IX-01",
            "ブラウザーが接続してよいホスト（ほかへは接続しない）",
            "Hosts the browser may connect to; all others are blocked",
        ),
    ]
    frame: Annotated[
        str,
        ix(
            "IX-05",
            "画面が入っているフレームの名前（なければ空）",
            "Name of the frame that holds the screens; empty for none",
        ),
    ] = ""
    accept_any_certificate: Annotated[
        bool,
        ix(
            "IX-01",
            "確かめられない証明書も受け入れる（検証環境だけ）",
            "Accept certificates that cannot be verified (staging only)",
        ),
    ] = False
    timeout_seconds: Annotated[
        int,
        ix(
            "IX-01",
            "一つの操作または応答を待つ秒数（過ぎると判定不能）",
            "Seconds to wait for one action or answer; after that, inconclusive",
        ),
        Field(ge=1, le=600),
    ] = 30
    locale: Annotated[FilledText, ix("IX-01", "画面の言語", "Language of the screens (BCP 47)")] = (
        "ja"
    )
    manual: Annotated[
        str,
        ix(
            "IX-01",
            "手順書のフォルダー（この宣言のファイルから見た場所。空なら内蔵の手順書）",
            "Folder of the manual, relative to this file; empty: the one that the suite carries",
        ),
    ] = ""
    http_auth: Annotated[
        HttpAuth | None,
        ix("IX-01", "ウェブサーバー自身の認証", "Authentication of the web server itself"),
    ] = None
    client_certificate: Annotated[
        ClientCertificate | None,
        ix("IX-01", "クライアント証明書", "Client certificate"),
    ] = None
    start: Annotated[
        Start | None, ix("IX-01", "製品の起動方法", "How the run starts the system")
    ] = None


FUNCTIONS = (
    "portal",
    "self_service_issue",
    "self_service_activation",
    "self_service_deactivation",
)
"""Keys of `Ics` for what the manual does not make optional."""


class Ics(Section):
    """Which optional parts exist.

    Parts whose absence would leave checks out have no default: saying nothing
    must not look like saying no.
    """

    software_tokens: Annotated[
        bool, ix("IX-42", "ソフトウェアトークンを扱うか", "Software tokens are supported")
    ]
    on_screen_keyboard: Annotated[
        bool, ix("IX-29", "ソフトウェアキーボードがあるか", "An on-screen keyboard is offered")
    ] = True
    screen_ids: Annotated[bool, ix("IX-03", "画面IDを表示するか", "Screen IDs are displayed")] = (
        True
    )
    staff_access: Annotated[
        bool,
        ix(
            "IX-17 IX-26",
            "職員の操作（発送・停止状態の解除）を試験で行えるか",
            "The tests can act as staff (dispatch, unlock)",
        ),
    ]
    staff_revocation: Annotated[
        bool,
        ix(
            "IX-43",
            "紛失などの際に職員がトークンを失効させられるか",
            "Staff can revoke a lost token",
        ),
    ]
    otp_on_deactivation: Annotated[
        bool,
        ix(
            "IX-27",
            "サービス利用中の利用解除でワンタイムパスワードを求めるか",
            "Deactivation asks for an OTP while in service",
        ),
    ] = True
    portal: Annotated[
        bool,
        ix(
            "IX-42",
            "申請内容選択の画面と登録状況の表示があるか",
            "There is the request selection screen with the registration status",
        ),
    ] = True
    self_service_issue: Annotated[
        bool,
        ix(
            "IX-42",
            "お客さまが画面でトークン発行を申請できるか",
            "Customers apply for a token on screen",
        ),
    ] = True
    self_service_activation: Annotated[
        bool,
        ix(
            "IX-42",
            "お客さまが画面で利用開始登録を行えるか",
            "Customers activate their token on screen",
        ),
    ] = True
    self_service_deactivation: Annotated[
        bool,
        ix(
            "IX-42",
            "お客さまが画面で利用解除を行えるか",
            "Customers deactivate their token on screen",
        ),
    ] = True

    @property
    def absent_functions(self) -> tuple[str, ...]:
        """The keys of the manual's own functions that are declared absent.

        They are no options of the manual: a product without one of them cannot
        conform to the whole, and a run judges only the part that is there.
        """
        return tuple(key for key in FUNCTIONS if not getattr(self, key))
