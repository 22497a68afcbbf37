"""Banks that refuse for another reason than the one under test, with the right-looking message."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from reference_impl.domain.words import Refusal, Refused
from reference_impl.face import forms
from reference_impl.service import login, procedures
from workshop.faults.swap import wrap
from workshop.variants.wsgi import Application, put_around


@dataclass(frozen=True)
class Refuser:
    """A bank that refuses too much.

    ``prepare`` makes it; ``concerned``: requirements whose refusals it would
    pass, were there no controls.
    """

    name: str
    what_ja: str
    what_en: str
    prepare: Callable[[], None]
    concerned: tuple[str, ...]


def _always(use_case: Callable[..., Any], refused: Refused) -> Callable[[], None]:
    def prepare() -> None:
        wrap(use_case, lambda _original, *_arguments: refused)

    return prepare


def _every_login() -> None:
    """Passwords are checked as they should be; no OTP and no login without one gets in."""
    wrong = Refused(Refusal.OTP_REFUSED, "otp")
    bad = Refused(Refusal.BAD_CREDENTIALS)

    def authenticate(original: Any, *arguments: Any) -> Any:
        answer = original(*arguments)
        return bad if type(answer).__name__ == "LoginOk" else answer

    wrap(login.authenticate, authenticate)
    wrap(login.authenticate_otp, lambda _original, *_arguments: wrong)


def _csrf_always_fails() -> None:
    wrap(forms.csrf_ok, lambda _original, *_arguments: False)


def _session_lost() -> None:
    def around(inner: Application) -> Application:
        def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].startswith("/otp"):
                environ.pop("HTTP_COOKIE", None)
            return inner(environ, start_response)

        return outer

    put_around(around)


_FOUR = ("LGN-06", "ISS-15", "ACT-23", "DEA-10")
REFUSERS: dict[str, Refuser] = {
    refuser.name: refuser
    for refuser in (
        Refuser(
            "every-login",
            "どのログインも断る",
            "refuses every login",
            _every_login,
            ("LGN-06", "TOK-06", "LGN-03"),
        ),
        Refuser(
            "every-issue",
            "どの発行の申請も「確認用パスワードが違う」と断る",
            "refuses every application: wrong confirmation password",
            _always(procedures.issue, Refused(Refusal.CONFIRMATION_WRONG, "confirmation")),
            ("ISS-15", "ISS-16", "ISS-17"),
        ),
        Refuser(
            "every-activation",
            "どの利用開始登録も「シリアル番号かワンタイムパスワードが違う」と断る",
            "refuses every activation: serial or OTP wrong",
            _always(procedures.activate, Refused(Refusal.ACTIVATION_REFUSED)),
            ("ACT-20", "ACT-21", "ACT-23", "ACT-24"),
        ),
        Refuser(
            "every-deactivation",
            "どの利用解除も「ワンタイムパスワードが違う」と断る",
            "refuses every deactivation: OTP wrong",
            _always(procedures.deactivate, Refused(Refusal.OTP_REFUSED, "otp")),
            ("DEA-10", "DEA-28"),
        ),
        Refuser(
            "csrf-always-fails",
            "どの送信も改ざんとして断る",
            "takes every form for a forgery",
            _csrf_always_fails,
            _FOUR,
        ),
        Refuser(
            "session-lost",
            "手続きを送信するたびにログインが切れる",
            "loses the session whenever a form of a procedure is sent",
            _session_lost,
            ("ISS-15", "ACT-23", "DEA-10"),
        ),
    )
}
