"""Judgements of the hardening set: what an attacker must not learn, keep, plant or do."""

from __future__ import annotations

import re
from collections.abc import Mapping

from otp_conformance.judging.judge import Judge
from otp_conformance.people import attacks
from otp_conformance.people.attacks import Answer, constant
from otp_conformance.people.attempt import Action
from otp_conformance.people.customer import Customer
from otp_conformance.people.introduction import People
from otp_conformance.screens.site import Site
from otp_conformance.text import contains
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble

_SHOWN = 3
_EXPIRY = ("期限", "有効期間", "expired", "expiry")
_FRAMES = re.compile(r"frame-ancestors\s+([^;]*)", re.IGNORECASE)
_ANYBODY = {"*", "http:", "https:", "data:"}


class Resistance:
    """Judges what attacks bring in."""

    def __init__(self, people: People, judge: Judge) -> None:
        self._people = people
        self._case = people.scene.case
        self._judge = judge
        self._answers: Mapping[str, list[Answer]] = {}
        self._stranger: Site | None = None
        self._told: tuple[str, ...] = ()

    # -- answers that tell too much ------------------------------------------

    def ask_suspended(self, customer: Customer) -> None:
        """Try right and wrong OTPs in turn; which is which must not be told."""
        self._answers = attacks.log_in_answers(customer, ("新しい", "誤った") * 2)

    def ask_at_activation(self, customer: Customer) -> None:
        """Try serials of no token, of another customer's, and a wrong OTP, in turn."""
        wrong = (
            ("どこにも存在しない", "表示中の"),
            ("別のお客さまの", "そのトークンの"),
            ("届いたトークンの", "誤った"),
        )
        self._answers = attacks.activation_answers(customer, wrong * 2)

    def same_answers(self) -> None:
        """All were answered in the same words and with the same status.

        Compared is what the product says to one and the same attempt each time.
        """
        always = {name: constant(answers) for name, answers in self._answers.items()}
        (first, (words, statuses)), *rest = always.items()
        differing = [
            f"「{first}」と「{name}」: {_difference(words, said) or f'{statuses} と {codes}'}"
            for name, (said, codes) in rest
            if (said, codes) != (words, statuses)
        ]
        self._judge.fact(
            "どの誤りにも同じ答えが返る",
            not differing,
            expected="どれも同じ文面と同じ応答で拒否され、何が誤りかを答えから知れないこと",
            observed="／".join(differing) or "同じ文面で拒否されました",
        )

    # -- cookies -----------------------------------------------------------------

    def plant(self, stranger: Site) -> None:
        """Remember the stranger whose cookies were planted in the customer's browser."""
        self._stranger = stranger

    def stranger_outside(self) -> None:
        """With the cookies that were planted the stranger is not logged in."""
        assert self._stranger is not None  # noqa: S101 - the step before planted them
        self._outside(self._stranger, "植え付けた Cookie だけでは")

    def ended_for_good(self, customer: Customer) -> None:
        """The cookies of a login that was ended open nothing."""
        self._outside(customer.site, "ログアウトした後の Cookie では")

    def _outside(self, site: Site, how: str) -> None:
        site.open_start()
        inside = site.top.is_shown() or site.portal.is_shown()
        self._case.refused(
            f"{how}ログインした画面に入れない",
            not inside,
            expected=f"{how}、ログインしていない扱いであること",
            observed=site.describe(),
        )

    def inside(self, customer: Customer) -> None:
        """As a control: in the customer's browser the login goes on."""
        site = customer.site
        site.open_start()
        shown = site.top.is_shown() or site.portal.is_shown()
        self._judge.control_shown("ログインした画面に入れる", shown, site.describe())

    # -- another customer ----------------------------------------------------------

    def name_another(self, customer: Customer, action: str) -> None:
        """Have a customer send a form in which the other one is named."""
        attacks.name_another(customer, customer.other(), Action(action))

    def stands_odd_requests(self, customer: Customer, action: str) -> None:
        """However odd a form is sent, the answer is a plain page, and the site goes on."""
        broken = attacks.fallen_over(customer, Action(action))
        self._judge.fact(
            f"{action}の送信内容がどのようでも、サーバーエラーにならない",
            not broken,
            expected="内部の事情を見せない画面で拒否されること",
            observed=f"サーバーエラーか内部の情報が返りました: {'、'.join(broken)}"
            if broken
            else "どれも画面で拒否されました",
        )

    def sent_from_elsewhere(self, customer: Customer, action: str) -> None:
        """What another site has the customer's browser send is not done."""
        attempt = attacks.send_from_elsewhere(customer, Action(action))
        self._case.refused(
            f"ほかのサイトから送られた{action}が行われない",
            not attempt.accepted,
            expected=f"ほかのサイトの画面から送られた{action}が受け付けられないこと",
            observed=attempt.seen,
        )

    # -- notices -------------------------------------------------------------------

    def note_notices(self, customer: Customer) -> None:
        """Remember which notices the customer has been sent so far."""
        self._told = customer.notices()

    def told_anew(self, customer: Customer) -> None:
        """The customer has been sent another notice since."""
        scene = self._people.scene
        outbox = scene.declaration.adapters.outbox
        scene.time.wait_for_effect(0 if outbox is None else outbox.delay_seconds)
        now = customer.notices()
        new = now[len(self._told) :]
        self._judge.fact(
            f"{customer.name}へ通知が送られている",
            len(now) > len(self._told),
            expected="手続きの後に、お客さまへの通知が一通以上増えていること",
            observed="、".join(f"件名「{subject}」" for subject in new)
            or f"通知は増えていません（{len(now)} 通のまま）",
        )

    # -- pages -------------------------------------------------------------------

    def not_sent_back(self, customer: Customer, action: str) -> None:
        """The form that is shown again after a refusal does not hold the secret that was sent."""
        back = attacks.sent_back(*attacks.refused_with(customer, Action(action)))
        labels = self._people.scene.declaration.labels
        names = "、".join(f"「{labels[key][0]}」" for key in back)
        self._judge.fact(
            f"{action}の拒否の後、入力した秘密の値が画面に戻されない",
            not back,
            expected="送った値が、拒否の後の画面の入力欄に入っていないこと",
            observed=f"{names}の欄に、送った値が入っています" if back else "欄は空です",
        )

    def shows_no_secret(self, customer: Customer, action: str) -> None:
        """While something is carried out, no secret stands where it can be read afterwards."""
        found = attacks.secrets_seen(customer, Action(action))
        self._judge.fact(
            f"{action}の間、秘密の値がどこにも現れない",
            not found,
            expected="入力したワンタイムパスワードとパスワードが、アドレス、画面、応答のヘッダー、"
            "Cookie、通知の件名のどこにもないこと",
            observed=f"秘密の値が現れました: {'、'.join(found)}" if found else "現れませんでした",
        )

    def not_led_elsewhere(self, customer: Customer) -> None:
        """Headers that name another host send nobody there."""
        found = attacks.led_elsewhere(customer)
        self._judge.fact(
            "別のホストを名乗るヘッダーで、移る先が変わらない",
            not found,
            expected="フォームの送り先も移動先も、検査対象のホストのままであること",
            observed=f"ヘッダーの名乗るホストになりました: {'、'.join(found)}"
            if found
            else "検査対象のホストのままでした",
        )

    def not_framed(self) -> None:
        """The page in sight forbids other sites to show it in a frame.

        Raises `EnvironmentTrouble` where the headers of its response are unknown.
        """
        site = self._people.acting().site
        view, seen = site.view(), site.describe()
        if not view.headers:
            raise EnvironmentTrouble(
                expected=f"{seen}の応答のヘッダーを読めること",
                observed="ヘッダーを読めませんでした",
                hint="もう一度実施してください。",
            )
        policy = ", ".join(_FRAMES.findall(view.headers.get("content-security-policy", "")))
        option = view.headers.get("x-frame-options", "").upper()
        allowed = set(policy.split())
        ok = (bool(policy) and not allowed & _ANYBODY) or (
            not policy and option in {"DENY", "SAMEORIGIN"}
        )
        self._judge.fact(
            "ほかのサイトの枠の中に表示できない",
            ok,
            expected="Content-Security-Policy の frame-ancestors か X-Frame-Options が、"
            "ほかのサイトの枠に入れることを禁じていること",
            observed=f"{seen}の frame-ancestors「{policy or 'なし'}」、"
            f"X-Frame-Options「{option or 'なし'}」",
        )

    def names_expiry(self) -> None:
        """The refusal of an expired token says that it is the expiry.

        In which words is the product's own affair. Without a known one the refusal of a wrong
        OTP is looked at: where both read alike, the reason is not told; where they differ,
        nobody can say, and `DeclarationMismatch` asks for the declaration.
        """
        customer, key = self._people.acting(), "error.expired"
        said, seen = customer.site.alerts(), customer.site.describe()
        words = (*_EXPIRY, *self._people.scene.declaration.labels.get(key, ()))
        told = contains(" ".join(said or (customer.site.view().text,)), words)
        if not told:
            customer.log_in("誤った").require_refused("誤ったワンタイムパスワード")
            if customer.site.alerts() != said:
                raise DeclarationMismatch(
                    expected="有効期限を過ぎたことが、拒否の文から分かること",
                    observed=f"{seen}。期限のことを言っているのかどうか分かりません",
                    hint=f"期限の切れたトークンの拒否の文なら、宣言の [labels] の {key} に"
                    "書いてください。",
                )
        self._judge.fact(
            "有効期限を過ぎたことが画面から分かる",
            told,
            expected="有効期限を過ぎたトークンであることが、拒否の文に書かれていること",
            observed=seen if told else f"{seen}（誤った値の拒否の文と同じです）",
        )


def _difference(one: frozenset[str], other: frozenset[str]) -> str:
    """Return what one answer says and the other does not."""
    mine, theirs = sorted(one - other)[:_SHOWN], sorted(other - one)[:_SHOWN]
    told = ["、".join(f"「{line}」" for line in lines) or "（なし）" for lines in (mine, theirs)]
    return " に対して ".join(told) if mine or theirs else ""
