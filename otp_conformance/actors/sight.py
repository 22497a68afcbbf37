"""Judgements about what is, or must not be, in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otp_conformance.actors.places import address_of, is_shown
from otp_conformance.sut.ports import Kind
from otp_conformance.text import contains

if TYPE_CHECKING:
    from otp_conformance.actors.customer import Customer
    from otp_conformance.actors.world import World


class Sight:
    """Judges screens: shown, not shown, and what they offer."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._case = world.case

    def shown(self, screen: str) -> None:
        """A screen is in sight."""
        site = self._world.acting().site
        self._case.confirm(
            f"{screen}が表示される",
            is_shown(site, screen),
            expected=f"{screen}が表示されること",
            observed=site.describe(),
        )

    def not_shown(self, screen: str) -> None:
        """A screen that must not be reached is not in sight."""
        site = self._world.acting().site
        self._case.refused(
            f"{screen}へ進めない",
            not is_shown(site, screen),
            expected=f"{screen}へ進めないこと",
            observed=site.describe(),
        )

    def not_shown_directly(self) -> None:
        """The screen opened by its address is not in sight."""
        self.not_shown(self._world.opened_directly)

    def login_shown_instead(self) -> None:
        """Instead of the screen opened by its address, the login is in sight."""
        site = self._world.acting().site
        self._case.refused(
            f"{self._world.opened_directly}の代わりにログイン画面が表示される",
            site.login.is_shown() and not is_shown(site, self._world.opened_directly),
            expected="ログイン画面が表示されること",
            observed=site.describe(),
        )

    def control_direct(self, customer: Customer, screen: str) -> None:
        """With everything in order, the same address shows the screen."""
        site = customer.site
        site.agent.open(address_of(self._world, screen))
        self._case.control(
            f"対照：{screen}を直接開ける",
            is_shown(site, screen),
            expected=f"対照として、{screen}が表示されること",
            observed=site.describe(),
        )

    def control_way(self, what: str, customer: Customer, reached: bool) -> None:
        """Another customer, for whom the way is open, gets there."""
        self._case.control(
            f"対照：{what}",
            reached,
            expected=f"対照として、{what}こと",
            observed=customer.site.describe(),
        )

    def two_kinds(self) -> None:
        """Exactly the two kinds are offered (CON-09, CON-10)."""
        offered = self._world.acting().site.kind_selection.kinds_offered()
        declared = {Kind.HARDWARE, Kind.SOFTWARE}
        if not self._world.declaration.ics.software_tokens:
            declared = {Kind.HARDWARE}
        self._case.confirm(
            "選べるトークンの種類",
            len(offered) == len(declared) and set(offered) == declared,
            expected="、".join(sorted(k.value for k in declared)),
            observed="、".join(str(k) for k in offered) or "選択肢なし",
        )

    def only_fields(self, *label_keys: str) -> None:
        """The screen asks for these inputs and no others."""
        site = self._world.acting().site
        labels = [field.label for field in site.agent.view().fields]
        wanted = [self._world.declaration.labels[key] for key in label_keys]
        missing = [names[0] for names in wanted if not any(contains(x, names) for x in labels)]
        extra = [x for x in labels if not any(contains(x, names) for names in wanted)]
        self._case.confirm(
            "入力欄",
            not missing and not extra and len(labels) == len(label_keys),
            expected="入力欄は" + "、".join(names[0] for names in wanted) + "だけであること",
            observed="、".join(labels) or "入力欄なし",
        )
