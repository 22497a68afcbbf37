"""How far from the present time step a login takes codes (IX-07, IX-08), and how far not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from otp_conformance.assets.consumption import What
from otp_conformance.assets.port import Need, Provisioned
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.otp import Window
from otp_conformance.deployment.sut import Sut
from otp_conformance.errors import UnreadyError
from otp_conformance.language import say
from otp_conformance.people.timeline import Timeline
from otp_conformance.preflight.finding import Findings
from otp_conformance.preflight.fresh import Codes
from otp_conformance.preflight.screens import refused, seen
from otp_conformance.screens.site import Site
from otp_conformance.specification.words import Kind, Status
from otp_conformance.tokens.port import TokenDevice
from otp_conformance.tokens.simulated import SimulatedToken

_KEY = "otp.window.login"
_MOST_LOOKED_AT = 10
_USUAL_STEPS = (30, 60)


class WindowProbe:
    """Logs one customer in at the declared edges, and one step beyond.

    What is refused counts as a failure: it is tried only where the declared threshold
    leaves room, and a login that succeeds clears the count. Nobody is suspended.
    """

    def __init__(self, sut: Sut, declaration: Declaration, findings: Findings) -> None:
        self._sut = sut
        self._declaration = declaration
        self._findings = findings
        self._failures = 0
        self._seen: dict[int, bool] = {}
        self._proven = False  # some code of this very customer was accepted

    def look(self, *, logged_in: bool) -> None:
        """Say what is seen against what is declared, or why it is not looked at.

        ``logged_in``: a login with a token's code has succeeded.
        """
        area, what = _area(), say(f"ログインの許容幅（{_KEY}）", f"window of the login ({_KEY})")
        with self._findings.about(area, what):
            why_not = self._why_not(logged_in=logged_in)
            if not why_not:
                with self._customer() as provisioned:
                    why_not = self._try(provisioned)
            if why_not:
                untried = say("試していません: ", "not tried: ")
                self._findings.note(area, what, f"{untried}{why_not}")
                return
        self._findings.note(
            area,
            say("利用開始登録と利用解除の許容幅", "windows of activation and deactivation"),
            say(
                "試していません: 受け付けられると状態が変わります（otp.window.activation、"
                "otp.window.deactivation）",
                "not tried: what is accepted changes the state (otp.window.activation, "
                "otp.window.deactivation)",
            ),
        )

    def other_step(self, provisioned: Provisioned) -> int | None:
        """Return the usual length of a time step (s) with which a refused token is accepted.

        None where there is none, nobody could tell, or one more refusal might suspend.
        """
        declared, token = self._declaration.otp.step_seconds, provisioned.token
        self._failures = 1
        for seconds in _USUAL_STEPS:
            room = self._failures + 1 < self._declaration.lockout.threshold
            if seconds == declared or not room or not isinstance(token, SimulatedToken):
                continue
            timeline = Timeline(self._sut.clock, seconds)
            timeline.settle()
            code = token.shown_with(seconds, timeline.now())
            try:
                if self._accepted(provisioned, partial(str, code)):
                    return seconds
            except UnreadyError:
                return None
        return None

    def _why_not(self, *, logged_in: bool) -> str:
        otp, lockout = self._declaration.otp, self._declaration.lockout
        if self._findings.wrong:
            return say("上の相違を直してからです", "first the differences above are mended")
        if self._declaration.adapters.provisioning.kind == "procedures":
            return say(
                "利用中のお客さまは、実施のときに手続きで作ります",
                "a customer in service is made by the procedures during a run",
            )
        if not logged_in:
            return say(
                "トークンの値でログインできたお客さまがいません",
                "nobody has logged in with a token's code",
            )
        if otp.resynchronisation == "drift_learning":
            return say(
                "otp.resynchronisation = drift_learning なので、試すと幅がずれます",
                "with otp.resynchronisation = drift_learning trying shifts the window",
            )
        if lockout.threshold < 2:
            return say(
                "lockout.threshold = 1 なので、一度断られると停止します",
                "with lockout.threshold = 1 one refusal suspends",
            )
        return ""

    @contextmanager
    def _customer(self) -> Iterator[Provisioned]:
        """Hand out a customer whose codes of the steps before are unused, if there is one."""
        provisioner = self._sut.provisioner
        # Where time can be moved, the one who has logged in before: known to be in service.
        rested = None if self._sut.clock.reversible else self._rested()
        found = rested or provisioner.customer(Need(Status.IN_SERVICE))
        try:
            yield found
        finally:
            if not self._failures:
                provisioner.give_back(found.account.login_id)

    def _rested(self) -> Provisioned | None:
        """Return one of a prepared list, of whom no code need be waited for."""
        provisioner, looked_at = self._sut.provisioner, 0
        for listed in provisioner.unused():
            if (listed.status, listed.kind) != (Status.IN_SERVICE, Kind.HARDWARE):
                continue
            looked_at += 1
            lent = provisioner.lend(listed.login_id) if looked_at <= _MOST_LOOKED_AT else None
            if lent is None:
                continue
            if lent.token is not None and self._is_rested(self._codes(lent, lent.token)):
                return lent
            provisioner.give_back(listed.login_id)
        return None

    def _codes(self, provisioned: Provisioned, token: TokenDevice) -> Codes:
        return Codes(self._sut, self._declaration, provisioned, token)

    def _is_rested(self, codes: Codes) -> bool:
        return codes.free_from(self._window.backward + 1) <= codes.timeline.step()

    @property
    def _window(self) -> Window:
        return self._declaration.otp.window.login

    def _try(self, provisioned: Provisioned) -> str:
        """Try all that can be tried; return why nothing was, empty where something was."""
        token = provisioned.token
        if token is None or not token.foresees:
            return say(
                "表示を読むトークンでは、ほかの時刻の値を知れません",
                "of a token that is read nobody knows the codes of other moments",
            )
        codes, clock = self._codes(provisioned, token), self._sut.clock
        before = clock.now() if clock.reversible else None
        if not self._is_rested(codes):
            if not clock.reversible:
                return say(
                    f"どの利用中のお客さまの値も使ったばかりです。{self._window.backward + 2} "
                    "ステップ以上使っていない利用中のお客さまがもう一人要ります",
                    "the code of every customer in service was used just now; one is needed whose "
                    f"token rested for {self._window.backward + 2} steps",
                )
            codes.timeline.to_step(codes.free_from(self._window.backward + 1))
        try:
            self._edges(provisioned, codes)
        finally:
            if before is not None:  # a refusal, too, is made good at a later step
                clock.move_to(before)
        self._tell(provisioned.account.login_id)
        return ""

    # -- the attempts --------------------------------------------------------

    def _edges(self, provisioned: Provisioned, codes: Codes) -> None:
        window, lockout = self._window, self._declaration.lockout
        beyond = {-window.backward - 1, window.forward + 1}
        edges = [-window.backward - 1, -window.backward, window.forward + 1, window.forward]
        if not window.backward:  # of that edge the login before has told
            edges.remove(0)
            self._seen[0] = True
        clears, newest = "otp_success" in lockout.resets, edges[0]
        while edges:
            offset = edges.pop(0)
            room = 2 if offset in beyond else 1  # a refusal more than is expected must not suspend
            if self._failures + room >= lockout.threshold or (offset in beyond and not clears):
                continue
            if self._proven and offset <= newest:
                continue  # not newer than what was accepted: a refusal would say nothing
            self._seen[offset] = self._accepted(provisioned, partial(codes.at, offset))
            if self._seen[offset]:
                newest, self._proven = offset, True
            elif offset == 0:
                return  # not even the present code: it is the customer who is not as listed
            elif offset not in beyond and not self._proven:
                edges.insert(0, 0)
        if self._failures and clears and self._sut.clock.reversible:
            self._proven = self._accepted(provisioned, codes.fresh)

    def _accepted(self, provisioned: Provisioned, code: Callable[[], str]) -> bool:
        """Log in with a code; tell whether it was accepted. `UnreadyError` for an unknown page."""
        self._failures += 1
        if self._log_in(provisioned, code):
            self._failures = 0
            return True
        self._sut.spending.note(What.WRONG, provisioned.account.login_id, "login")
        return False

    def _log_in(self, provisioned: Provisioned, code: Callable[[], str]) -> bool:
        site = Site(
            self._sut.agents.new(), self._declaration, self._sut.base_url, self._sut.login_extras
        )
        account = provisioned.account
        try:
            site.login.open(account.login_id)
            site.login.require()
            if self._declaration.login.flow == "one_page":
                site.login.submit(account.login_id, account.login_password, code())
            else:
                site.login.submit(account.login_id, account.login_password, None)
                site.login_otp.require()
                site.login_otp.submit(code())
            if site.top.is_shown():
                site.logout()
                return True
            if not refused(site):
                raise _unknown(site)
            return False
        finally:
            site.agent.close()

    # -- what is said ----------------------------------------------------------

    def _tell(self, login_id: str) -> None:
        window, area = self._window, _area()
        if self._proven:
            before, ahead = say("ステップ前", "steps before"), say("ステップ先", "steps ahead")
            self._direction(f"{_KEY}.backward", window.backward, -1, before)
            self._direction(f"{_KEY}.forward", window.forward, 1, ahead)
        else:
            self._findings.note(
                area,
                _KEY,
                say(
                    f"お客さま {login_id} のどの値も断られたので、幅は分かりません。一覧の状態と"
                    "トークンを check --all-customers で確かめてください",
                    f"no code of customer {login_id} was accepted, so that nothing is known of the "
                    "window. See with check --all-customers whether state and token are as listed",
                ),
            )
        if self._failures:
            self._findings.note(
                area,
                say("失敗の残り", "failures left"),
                say(
                    f"お客さま {login_id} に失敗が {self._failures} 回残っています。"
                    "一覧には戻しません",
                    f"{self._failures} failures are left to customer {login_id}, who is not put "
                    "back on the list",
                ),
            )

    def _direction(self, key: str, declared: int, sign: int, steps: str) -> None:
        edge, beyond = self._seen.get(sign * declared), self._seen.get(sign * (declared + 1))
        if edge is None and beyond is None:
            return
        told = [
            say(f"{number} {steps}の値: ", f"code of {number} {steps}: ")
            + (say("受け付けました", "accepted") if accepted else say("断りました", "refused"))
            for number, accepted in ((declared, edge), (declared + 1, beyond))
            if accepted is not None and number
        ]
        if beyond is None:
            told.append(
                say(
                    "その一つ外は、断られた回数が残るか停止に近づくため試していません"
                    "（lockout.threshold、lockout.resets）",
                    "the one beyond is not tried: the refusal would be left or come near to a "
                    "suspension (lockout.threshold, lockout.resets)",
                )
            )
        real = declared + 1 if beyond else declared - 1
        self._findings.judge(
            _area(),
            key,
            right=edge is not False and not beyond,
            observed=say("、", ", ").join(told)
            + say(f"（宣言 {declared}）", f" ({declared} declared)"),
            fix=say(
                f"宣言を {key} = {real} に直し、もう一度 check で確かめてください"
                "（検査対象の時刻がずれていないことも）。",
                f"Declare {key} = {real} and check again (see, too, that the system's time is "
                "right).",
            ),
        )


def _area() -> str:
    return say("時間枠", "time steps")


def _unknown(site: Site) -> UnreadyError:
    return UnreadyError(
        f"値を送った後の画面が分かりません: {site.describe()}",
        f"the page after the code is unknown: {seen(site)}",
    )
