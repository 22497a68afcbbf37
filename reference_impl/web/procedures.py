"""Token issue, activation, deactivation: input, confirmation, completion (S-03 to S-10)."""

from datetime import datetime

from flask import Response, abort

from reference_impl.domain.words import Kind, Refusal, Refused
from reference_impl.face.forms import form_id
from reference_impl.face.pages import KIND_LABEL, the_bank
from reference_impl.service import procedures
from reference_impl.service.bank import KIND_NAME
from reference_impl.web import visitor as door

# -- issue (S-03, S-04, S-05, S-10) -----------------------------------------


def kind_of(name: str) -> Kind:
    """Return the kind of an address; an unknown one has no page (404)."""
    if name not in set(Kind):
        abort(404)
    return Kind(name)


@door.pages.get("/otp/issue")
def issue() -> Response:
    """Show the choice of kind."""
    who = door.visitor()
    door.stop_if(procedures.may_issue(the_bank(), who.customer_id))
    offered = [
        (kind.value, KIND_LABEL[kind])
        for kind in (Kind.SOFTWARE, Kind.HARDWARE)
        if kind is Kind.HARDWARE or the_bank().policy.software_tokens
    ]
    title = "トークン発行（選択）"
    return door.page(who, "web/issue_choose.html", "BOT001", title=title, kinds=offered, step=0)


@door.pages.get("/otp/issue/<kind>")
def issue_confirm(kind: str) -> Response:
    """Show the notes and ask for the confirmation password."""
    who = door.visitor()
    chosen = kind_of(kind)
    door.stop_if(procedures.may_issue(the_bank(), who.customer_id, chosen))
    return _issue_page(who, chosen)


@door.pages.post("/otp/issue/<kind>")
def issue_post(kind: str) -> Response:
    """Apply for a token."""
    who, values = door.posting_visitor()
    chosen = kind_of(kind)
    given = values.get("kind", "")
    if given in set(Kind) and given != chosen:
        # Which of the two is meant would be a guess.
        door.stop_if(Refused(Refusal.UNKNOWN_KIND))
    answer = procedures.issue(
        the_bank(), who.customer_id, given, values.get("confirmation", ""), form_id(values)
    )
    if not isinstance(answer, Refused):
        return door.finish(who, f"/otp/issue/{answer.kind.value}/done")
    return door.answer_refused(answer, _issue_page, who, chosen)


@door.pages.get("/otp/issue/<kind>/done")
def issue_done(kind: str) -> Response:
    """Show that the application was accepted."""
    who = door.visitor()
    issued = kind_of(kind)
    door.result_of(who)
    title = f"トークン発行（{KIND_NAME[issued]}発行完了）"
    return door.page(who, "web/issue_done.html", title=title, kind=issued.value, step=2)


def _issue_page(who: door.Visitor, kind: Kind, refused: Refused | None = None) -> Response:
    title = f"トークン発行（{KIND_NAME[kind]}発行確認）"
    shown = door.told(refused)
    return door.page(who, "web/issue_confirm.html", title=title, kind=kind.value, step=1, **shown)


# -- activation (S-06, S-07) ------------------------------------------------


@door.pages.get("/otp/activate")
def activate() -> Response:
    """Ask for serial and OTP."""
    who = door.visitor()
    door.stop_if(procedures.may_activate(the_bank(), who.customer_id))
    return _activation_page(who)


@door.pages.post("/otp/activate")
def activate_post() -> Response:
    """Activate a token."""
    who, values = door.posting_visitor()
    serial = values.get("serial", "")
    answer = procedures.activate(
        the_bank(), who.customer_id, serial, values.get("otp", ""), form_id(values)
    )
    if not isinstance(answer, Refused):
        return door.finish(
            who,
            "/otp/activate/done",
            kind=answer.kind.value,
            serial=answer.serial,
            expires_at=answer.expires_at.isoformat(),
        )
    return door.answer_refused(answer, _activation_page, who, serial)


@door.pages.get("/otp/activate/done")
def activate_done() -> Response:
    """Show the activated token's serial and expiry."""
    who = door.visitor()
    result = door.result_of(who)
    kind = KIND_NAME[Kind(result["kind"])]
    return door.page(
        who,
        "web/activate_done.html",
        "BOK511",
        title=f"ワンタイムパスワード利用開始（{kind}完了）",
        kind_text=kind,
        serial=result["serial"],
        expires_at=datetime.fromisoformat(result["expires_at"]),
    )


def _activation_page(
    who: door.Visitor, serial: str = "", refused: Refused | None = None
) -> Response:
    kind = procedures.portal(the_bank(), who.customer_id).kind or Kind.HARDWARE
    return door.page(
        who,
        "web/activate.html",
        "BOK511",
        title=f"ワンタイムパスワード利用開始（{KIND_NAME[kind]}確認）",
        kind=kind.value,
        kind_text=KIND_NAME[kind],
        serial=serial,
        **door.told(refused),
    )


# -- deactivation (S-08, S-09) ----------------------------------------------


@door.pages.get("/otp/deactivate")
def deactivate() -> Response:
    """Show the warnings and ask for the confirmation password and, in service, an OTP."""
    who = door.visitor()
    door.stop_if(procedures.may_deactivate(the_bank(), who.customer_id))
    return _deactivation_page(who)


@door.pages.post("/otp/deactivate")
def deactivate_post() -> Response:
    """End the service."""
    who, values = door.posting_visitor()
    asks_otp = procedures.portal(the_bank(), who.customer_id).deactivation_asks_otp
    # Whether an OTP is needed is the bank's to say: dropping the parameter
    # from the form leaves an empty OTP, not a form without the field.
    otp = values.get("otp", "") if asks_otp else values.get("otp")
    answer = procedures.deactivate(
        the_bank(), who.customer_id, values.get("confirmation", ""), otp, form_id(values)
    )
    if not isinstance(answer, Refused):
        return door.finish(who, "/otp/deactivate/done", kind=answer.kind.value)
    return door.answer_refused(answer, _deactivation_page, who)


@door.pages.get("/otp/deactivate/done")
def deactivate_done() -> Response:
    """Show that the service has ended."""
    who = door.visitor()
    hardware = door.result_of(who)["kind"] == Kind.HARDWARE
    title = "ワンタイムパスワード利用解除（利用解除完了）"
    return door.page(who, "web/deactivate_done.html", title=title, hardware=hardware)


def _deactivation_page(who: door.Visitor, refused: Refused | None = None) -> Response:
    found = procedures.portal(the_bank(), who.customer_id)
    return door.page(
        who,
        "web/deactivate.html",
        "BOS001",
        title="ワンタイムパスワード利用解除（利用解除確認）",
        hardware=found.kind is not Kind.SOFTWARE,
        asks_otp=found.deactivation_asks_otp,
        **door.told(refused),
    )
