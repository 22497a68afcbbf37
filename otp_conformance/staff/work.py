"""What every staff desk says of its work."""

from __future__ import annotations

from otp_conformance.verdict.outcome import NotRun

LOST = "紛失の届出（検査）"

WORK = {
    "orders": "お客さまの申請の一覧を見る",
    "dispatch": "お客さまへトークンを発送する",
    "unlock": "停止状態を解除する",
    "revoke": "お客さまのトークンを失効させる",
}


def not_offered(verb: str, reason: str, hint: str) -> NotRun:
    """Return the outcome for a verb that this deployment's desk does not offer."""
    return NotRun(expected=f"職員の操作：{WORK[verb]}", observed=reason, hint=hint)
