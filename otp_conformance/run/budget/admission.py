"""Whether a run may begin: enough prepared assets, and a yes to what cannot be undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from otp_conformance.assets.consumption import load_table
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.declaration.needs import Unmet
from otp_conformance.errors import UsageError
from otp_conformance.language import Text
from otp_conformance.run.budget.forecast import Totals, forecast
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.specification.words import AgentKind

Ask = Callable[[Text], bool | None]
"""Asks somebody for a yes; None where nobody is there to be asked."""

Admit = Callable[[Sequence[ScenarioPlan]], Mapping[str, Unmet]]
"""Lets scenarios begin, each as often as it is given; returns those that cannot, and
why. Raises `UsageError` when the run must not begin at all."""


def admit_all(plans: Sequence[ScenarioPlan]) -> Mapping[str, Unmet]:
    """Let everything begin."""
    del plans
    return {}


@dataclass(frozen=True)
class Admission:
    """Admits the scenarios of a run against a declared system (an `Admit`).

    ``partial``: carry out what prepared assets suffice for, instead of refusing.
    ``yes``: what cannot be undone has been agreed to; else ``ask`` asks. A system
    that the run starts itself (sut.start) is its own and needs no yes.
    """

    loaded: LoadedDeclaration
    agent: AgentKind
    partial: bool
    yes: bool
    ask: Ask

    def __call__(self, plans: Sequence[ScenarioPlan]) -> Mapping[str, Unmet]:
        """Return the scenarios that cannot be carried out, and why."""
        ours = self.loaded.declaration.sut.start is not None
        if ours and self.loaded.declaration.adapters.provisioning.kind != "pool":
            return {}
        found = forecast(plans, self.loaded, load_table(), agent=self.agent)
        if found.match.shortages and not self.partial:
            with_all = "".join(f"\n  {shortage}" for shortage in found.match.shortages)
            raise UsageError(
                f"用意した一覧では足りません。{with_all}\n"
                "一覧に足すか、使い終えたものを元に戻して otp-conformance assets --release で"
                "解放するか、--partial を付けて実施できる分だけ実施してください。",
                f"The prepared assets do not suffice.{with_all}\n"
                "Add some, or restore used ones and free them with otp-conformance assets "
                "--release, or carry out what is possible with --partial.",
            )
        if found.totals.irreversible and not ours and not self.yes:
            _agree(found.totals, self.ask)
        return found.match.lacking


def warning(sums: Totals) -> Text:
    """Return what a run will do that nobody can undo on the screens, without zeros."""
    ja, en = [], []
    if sums.suspended:
        ja.append(f"検査対象のお客さま {sums.suspended} 名の認証を停止させ")
        en.append(f"suspend {sums.suspended} customers")
    if sums.burnt:
        ja.append(f"トークン {sums.burnt} 個を使えなくし")
        en.append(f"retire {sums.burnt} tokens")
    wrong_ja = wrong_en = ""
    if sums.wrong_attempts:
        wrong_ja = f"（誤ったワンタイムパスワードの入力は約 {sums.wrong_attempts} 回）"
        wrong_en = f" (about {sums.wrong_attempts} wrong OTPs)"
    return Text(
        f"この実行は、{'、'.join(ja)}ます{wrong_ja}。",
        f"This run will {' and '.join(en)}{wrong_en}.",
    )


def _agree(sums: Totals, ask: Ask) -> None:
    said = warning(sums)
    answer = ask(said)
    if answer is None:
        raise UsageError(
            f"{said.ja}よければ --yes を付けてください。",
            f"{said.en} Give --yes if that is all right.",
        )
    if not answer:
        raise UsageError("実行しませんでした。", "Nothing was carried out.")
