"""Which system, what it offers, and by which adapters the harness reaches it."""

from __future__ import annotations

from typing import Annotated, Literal

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
    locale: Annotated[FilledText, ix("IX-01", "画面の言語", "Language of the screens (BCP 47)")] = (
        "ja"
    )
    start: Annotated[
        Start | None, ix("IX-01", "製品の起動方法", "How the run starts the system")
    ] = None


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
    outbox_access: Annotated[
        bool,
        ix("IX-46", "お客さまへの通知を試験で見られるか", "The tests can read notices sent"),
    ]
    otp_on_deactivation: Annotated[
        bool,
        ix(
            "IX-27",
            "サービス利用中の利用解除でワンタイムパスワードを求めるか",
            "Deactivation asks for an OTP while in service",
        ),
    ] = True


class ClockAdapter(Section):
    """How the time at the system is read and moved."""

    kind: Annotated[
        Literal["test_control", "real"],
        ix(
            "IX-12",
            "時刻の扱い: test_control（試験用APIで進める）/ real（実時間を待つ）",
            "Clock: test_control (moved by API) or real (waited for)",
        ),
    ]


class TokenAdapter(Section):
    """Where one-time passwords come from."""

    kind: Annotated[
        Literal["simulated", "pskc", "command", "person"],
        ix(
            "IX-11",
            "ワンタイムパスワードの入手: simulated（種から計算）/ pskc（PSKCファイル）"
            "/ command（外部コマンド）/ person（人が読む）",
            "Source of OTPs: simulated (from seeds), pskc file, command, person",
        ),
    ]
    algorithm: Annotated[
        Literal["SHA1", "SHA256", "SHA512"],
        ix("IX-11", "種から計算するときのハッシュ関数", "Hash function of simulated tokens"),
    ] = "SHA1"
    file: Annotated[
        str,
        ix("IX-11", "PSKCファイル（宣言ファイルからの相対）", "PSKC file, relative to this file"),
    ] = ""
    key: Annotated[
        SecretReference | None,
        ix("IX-11", "PSKCファイルの鍵（参照）", "Key of the PSKC file, by reference", secret=True),
    ] = None
    command: Annotated[
        Texts,
        ix("IX-11", "コマンド（{serial} が置き換わる）", "Command; {serial} is filled in"),
    ] = ()


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
        ix("IX-44", "一覧のファイル（宣言ファイルからの相対）", "List file, relative to this file"),
    ] = ""


class StaffAdapter(Section):
    """How the tests act as the institution's staff."""

    kind: Annotated[
        Literal["screens", "test_control", "person"],
        ix(
            "IX-17 IX-26 IX-43",
            "職員の操作: screens（職員画面）/ test_control（試験用API）/ person（人が行う）",
            "Staff: screens, test_control or person",
        ),
    ]
    login_id: Annotated[str, ix("IX-17", "職員ID", "Staff login ID")] = ""
    password: Annotated[
        SecretReference | None,
        ix("IX-17", "職員のパスワード（参照）", "Staff password, by reference", secret=True),
    ] = None
    path: Annotated[str, ix("IX-17", "職員ログイン画面の場所", "Path of the staff login page")] = (
        "/staff/login"
    )


class TestControlAdapter(Section):
    """The test-control API that a staging system may offer."""

    # pytest would take the class for a test case otherwise.
    __test__ = False

    path: Annotated[
        str,
        ix("IX-12 IX-44", "試験用APIの場所", "Base path of the test-control API"),
        Field(pattern=r"^/\S*$"),
    ] = "/test-control/v1"
    key: Annotated[
        SecretReference,
        ix("IX-12 IX-44", "試験用APIの鍵（参照）", "Key of the API, by reference", secret=True),
    ]


class Adapters(Section):
    """Adapters; those without default are always needed (section 6, last line)."""

    clock: Annotated[ClockAdapter, ix("IX-12", "時刻", "Clock")] = ClockAdapter(kind="real")
    tokens: Annotated[TokenAdapter, ix("IX-11", "トークン", "Tokens")]
    provisioning: Annotated[
        ProvisioningAdapter, ix("IX-44", "お客さまとトークンの用意", "Customers and tokens")
    ]
    staff: Annotated[StaffAdapter | None, ix("IX-17 IX-26", "職員の操作", "Staff")] = None
    test_control: Annotated[
        TestControlAdapter | None, ix("IX-12 IX-44", "試験用API", "Test-control API")
    ] = None
