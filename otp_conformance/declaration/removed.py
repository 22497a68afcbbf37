"""Keys that earlier versions of the format had: what became of each.

A key goes when no judgement, screen or adapter reads it: declared all the same, it
would be a promise in the vendor's name that nobody looks at.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from otp_conformance.language import Text

_RECORD = Text(
    "判定に使わない記録だったため、なくなりました。この行を消してください。",
    "It was a record that no judgement read, and is gone. Remove the line.",
)

REMOVED: Mapping[str, Text] = MappingProxyType(
    {
        "otp.resynchronisation_note": _RECORD,
        "issue.confirm_content": _RECORD,
        "issue.delivery_evidence": _RECORD,
        "expiry.renewal": _RECORD,
        "lockout.channels": Text(
            "試験で使う経路のほかは判定できないため、なくなりました。この行を消してください。",
            "Other channels than the tested one cannot be judged; the key is gone. "
            "Remove the line.",
        ),
        "retired.permanent": Text(
            "retired.refused_days（断る日数）になりました。true だったなら、行を消すだけです。",
            "It became retired.refused_days, the days of refusal. If it was true, remove it.",
        ),
        "ics.outbox_access": Text(
            "[adapters.outbox] の有無になりました。この行を消してください。",
            "It became the table [adapters.outbox], there or not. Remove the line.",
        ),
        "adapters.provisioning.outbox": Text(
            "[adapters.outbox] の call になりました。そこへ移してください。",
            "It became call in [adapters.outbox]. Move it there.",
        ),
        "adapters.provisioning.outbox_subjects": Text(
            "[adapters.outbox] の subjects になりました。そこへ移してください。",
            "It became subjects in [adapters.outbox]. Move it there.",
        ),
    }
)
