"""What the adapters of a declaration need of each other and of their own tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from otp_conformance.commands import placeholders
from otp_conformance.declaration.adapters.clock import ClockAdapter
from otp_conformance.declaration.adapters.provisioning import ProvisioningAdapter
from otp_conformance.declaration.adapters.recipes import PASSWORD, STAFF_ID, VERBS
from otp_conformance.declaration.adapters.staff import StaffAdapter, StaffCalls, StaffCommands
from otp_conformance.declaration.adapters.tokens import TokenAdapter
from otp_conformance.declaration.errors import Problem
from otp_conformance.declaration.explain import Source, shown
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.recipe_checks import check_recipes
from otp_conformance.declaration.unread import check_needed
from otp_conformance.language import say

Needed = Sequence[Sequence[str]]
"""Placeholders that must be there; of each entry one alternative."""

_CLOCK_PLACEHOLDERS = ("iso", "unix", "offset_seconds")
# Of each verb: what must be passed on, and what else may be. Staff note the
# circumstances before they lift a suspension (LCK-10, LCK-11).
_STAFF_PLACEHOLDERS: Mapping[str, tuple[Needed, Sequence[str]]] = {
    "orders": ((("login_id",),), ()),
    "dispatch": ((("login_id", "order_id"),), ("serial",)),
    "unlock": ((("login_id",), ("circumstances",)), ()),
    "revoke": ((("login_id",),), ("reason",)),
}


def check_adapters(source: Source, decl: Declaration) -> Iterator[Problem]:
    """Yield the contradictions of the tables under ``[adapters]``."""
    yield from check_needed(source, decl)
    yield from _staff_who_log_in(source, decl)
    yield from _procedures(source, decl)
    yield from _clock(source, decl.adapters.clock)
    yield from _token_command(source, decl.adapters.tokens)
    yield from _software_seeds(source, decl.adapters.tokens)
    yield from _restart(source, decl)
    if decl.adapters.provisioning.described:
        yield from _described(source, decl)
    if decl.adapters.staff is not None:
        yield from _staff_placeholders(source, decl.adapters.staff)
        if decl.adapters.staff.kind == "screens":
            yield from check_recipes(source, decl, decl.adapters.staff)


def _staff_who_log_in(source: Source, decl: Declaration) -> Iterator[Problem]:
    """Yield what the steps on staff's screens fill in and nobody has given."""
    staff = decl.adapters.staff
    if staff is None or staff.kind != "screens":
        return
    for key, name in (("login_id", STAFF_ID), ("password", PASSWORD)):
        if _asked_for(staff, name) and not getattr(staff, key):
            yield source.problem(
                ("adapters", "staff", key),
                say("記載なし", "nothing"),
                say("kind = screens に要る値", "a value, needed with kind = screens"),
                say(f"adapters.staff.{key} を書き足してください。", "Declare it."),
            )


def _asked_for(staff: StaffAdapter, name: str) -> bool:
    """Tell whether the steps on staff's screens fill a value in."""
    return any(
        name in placeholders(step.value) for verb in VERBS for step in staff.recipes.of(verb)
    )


def _offered(described: StaffCalls | StaffCommands) -> dict[str, Any]:
    """Return what is described, call or command, by its verb."""
    return {verb: how for verb in _STAFF_PLACEHOLDERS if (how := getattr(described, verb))}


# Without these nobody gets from 未登録 to a token in use by the procedures themselves.
_TO_MAKE = ("portal", "self_service_issue", "self_service_activation", "staff_access")


def _procedures(source: Source, decl: Declaration) -> Iterator[Problem]:
    """Yield what keeps the procedures from making customers (adapters.provisioning.kind)."""
    if decl.adapters.provisioning.kind != "procedures":
        return
    for key in _TO_MAKE:
        if not getattr(decl.ics, key):
            yield source.problem(
                ("ics", key),
                "false",
                say(
                    "true（adapters.provisioning.kind = procedures は、お客さまの申請・利用開始と"
                    "職員の発送でお客さまを作る）",
                    "true: with adapters.provisioning.kind = procedures customers are made by "
                    "application, dispatch and activation",
                ),
                say(
                    "true にするか、adapters.provisioning.kind をほかの方法にしてください。",
                    "Set it to true, or choose another adapters.provisioning.kind.",
                ),
            )
    staff = decl.adapters.staff
    if staff is None or staff.kind not in ("http", "command"):
        return
    table = "calls" if staff.kind == "http" else "commands"
    if "dispatch" not in _offered(getattr(staff, table)):
        yield source.problem(
            ("adapters", "staff", table, "dispatch"),
            say("記載なし", "nothing"),
            say(
                "発送の手段（adapters.provisioning.kind = procedures に要る）",
                "a way to dispatch, needed with adapters.provisioning.kind = procedures",
            ),
            say("書き足してください。", "Declare it."),
        )


def _restart(source: Source, decl: Declaration) -> Iterator[Problem]:
    """Yield what keeps a process of our own from coming back where it was."""
    restart, sut = decl.adapters.restart, decl.sut
    if restart is None or restart.kind != "process":
        return
    path = ("adapters", "restart", "kind")
    if sut.start is None:
        yield source.problem(
            path,
            say("[sut.start] のない process", "process without [sut.start]"),
            say("sut.start（process に要る）", "sut.start, needed with process"),
            say(
                "sut.start を書くか、adapters.restart.kind を command か http にしてください。",
                "Declare sut.start, or choose command or http.",
            ),
        )
    elif sut.base_url == "auto" and not any("port" in placeholders(w) for w in sut.start.command):
        yield source.problem(
            path,
            say("{port} のない sut.start.command", "sut.start.command without {port}"),
            say(
                "同じアドレスで起動し直せること（{port} か、決まった sut.base_url）",
                "a start at the same address: {port}, or a fixed sut.base_url",
            ),
            say(
                "sut.start.command に {port} を書いてください。",
                "Put {port} into sut.start.command.",
            ),
        )


def _clock(source: Source, clock: ClockAdapter) -> Iterator[Problem]:
    """Yield what is wrong with the calls that steer a clock."""
    path = ("adapters", "clock")
    if clock.kind == "http" and clock.move is not None:
        found = _named((clock.move.url, clock.move.body, *clock.move.headers.values()))
        yield from _placeholders(source, (*path, "move"), found, (), _CLOCK_PLACEHOLDERS)
        if not found:
            yield source.problem(
                (*path, "move"),
                say("時刻の渡らない呼び出し", "a call that passes no time on"),
                say("{iso} {unix} {offset_seconds} のどれか", "{iso}, {unix} or {offset_seconds}"),
                say("進める先の時刻を書き足してください。", "Pass on the moment to go to."),
            )


def _token_command(source: Source, tokens: TokenAdapter) -> Iterator[Problem]:
    """Yield what is wrong with the command that prints codes."""
    if tokens.kind != "command" or not tokens.command:
        return
    path = ("adapters", "tokens", "command")
    found = _named(tokens.command)
    yield from _placeholders(source, path, found, (("serial",),), ("unix", "step"))
    if tokens.any_moment and not {"unix", "step"} & set(found):
        yield source.problem(
            ("adapters", "tokens", "any_moment"),
            say("true", "true"),
            say(
                "{unix} か {step} のある adapters.tokens.command",
                "{unix} or {step} in adapters.tokens.command",
            ),
            say(
                "コマンドに時刻を渡すか、any_moment を false にしてください。",
                "Pass the moment to the command, or set any_moment to false.",
            ),
        )


def _software_seeds(source: Source, tokens: TokenAdapter) -> Iterator[Problem]:
    """Yield what is wrong with where the seeds of software tokens come from."""
    software = tokens.software
    if software.source == "prepared":
        return
    path = ("adapters", "tokens", "software")
    if tokens.kind not in ("simulated", "pskc"):
        yield source.problem(
            (*path, "source"),
            shown(software.source),
            say(
                f"prepared（adapters.tokens.kind = {tokens.kind} は種を使いません）",
                f"prepared: adapters.tokens.kind = {tokens.kind} uses no seeds",
            ),
            say("どちらかを直してください。", "Correct one of them."),
        )
    if software.source == "call" and software.call is not None:
        call = software.call
        found = _named((call.url, call.body, *call.headers.values()))
        yield from _placeholders(source, (*path, "call"), found, (("login_id",),), ())


def _staff_placeholders(source: Source, staff: StaffAdapter) -> Iterator[Problem]:
    """Yield placeholders of staff's calls and commands that are unknown or missing."""
    table: tuple[str, ...] = ()
    texts: dict[str, Sequence[str]] = {}
    if staff.kind == "http":
        table = ("adapters", "staff", "calls")
        texts = {v: (c.url, c.body, *c.headers.values()) for v, c in _offered(staff.calls).items()}
    elif staff.kind == "command":
        table, texts = ("adapters", "staff", "commands"), _offered(staff.commands)
    for verb, words in texts.items():
        needed, more = _STAFF_PLACEHOLDERS[verb]
        found = _named(words)
        yield from _placeholders(source, (*table, verb), found, needed, more)
        if "order_id" in found and not staff.order_members.id:
            yield source.problem(
                ("adapters", "staff", "order_members", "id"),
                say("記載なし", "nothing"),
                say("{order_id} になる項目", "the member that {order_id} stands for"),
                say("申請の番号の項目名を書いてください。", "Declare the member's name."),
            )
        if verb == "dispatch" and "serial" not in found and "orders" not in texts:
            yield source.problem(
                (*table, verb),
                say("{serial} も orders もなし", "neither {serial} nor orders"),
                say(
                    "発送するトークンの {serial} か、発送されたシリアル番号の分かる orders",
                    "{serial} of the token to send, or orders to read the one that was sent",
                ),
                say("どちらかを書き足してください。", "Declare one of them."),
            )
        if "order_id" in found and "orders" not in texts:
            yield source.problem(
                (*table, "orders"),
                say("記載なし", "nothing"),
                say("{order_id} を調べる手段", "a way to find {order_id}"),
                say("orders も書いてください。", "Declare orders, too."),
            )


_OF_TOKEN = ("serial_length", "seed_base32", "seed_hex", "kind", "expires_at", "serial")
_OF_CUSTOMER = (
    *("status", "kind", "login_id", "login_password", "confirmation_password"),
    *("confirmation_length", "name", "address", "serial", "serial_length"),
)
# Of each verb: what must be passed on, and what else may be.
_PROVISIONING_PLACEHOLDERS: Mapping[str, tuple[Needed, Sequence[str]]] = {
    "customer": ((("status",),), _OF_CUSTOMER),
    "token": ((), _OF_TOKEN),
    "software_token": ((("login_id",),), _OF_TOKEN),
}


def _described(source: Source, decl: Declaration) -> Iterator[Problem]:
    """Yield what is wrong with the calls or commands that make customers and tokens.

    What neither is sent nor stands in an answer nobody would know.
    """
    adapter, simulated = decl.adapters.provisioning, decl.adapters.tokens.kind == "simulated"
    table = ("adapters", "provisioning", "calls" if adapter.kind == "http" else "commands")
    texts: dict[str, Sequence[str]] = {}
    for verb in _PROVISIONING_PLACEHOLDERS:
        call, words = getattr(adapter.calls, verb), getattr(adapter.commands, verb)
        if adapter.kind == "http" and call is not None:
            texts[verb] = (call.url, call.body, *call.headers.values())
        elif adapter.kind == "command" and words:
            texts[verb] = words
    found = {verb: _named(words) for verb, words in texts.items()}
    for verb, names in found.items():
        needed, more = _PROVISIONING_PLACEHOLDERS[verb]
        yield from _placeholders(source, (*table, verb), names, needed, more)
    for verb, names in found.items():
        yield from _known_nowhere(source, adapter, verb, names, simulated=simulated)
    if "serial" in found.get("customer", ()) and "token" not in found:
        yield source.problem(
            (*table, "token"),
            say("記載なし", "nothing"),
            say(
                "{serial} のトークンを在庫にする手段", "a way to put the token of {serial} in stock"
            ),
            say(
                "token も書くか、customer から {serial} を消してください。",
                "Declare token, too, or leave {serial} out of customer.",
            ),
        )


def _known_nowhere(
    source: Source,
    adapter: ProvisioningAdapter,
    verb: str,
    names: Sequence[str],
    *,
    simulated: bool,
) -> Iterator[Problem]:
    """Yield what a call or command is not sent and has no member of its answer for."""
    known = {"serial": {"serial"}, "expires_at": {"expires_at"}}
    if simulated:
        known["seed"] = {"seed_base32", "seed_hex"}
    if verb == "customer":
        own = ("login_id", "login_password", "confirmation_password")
        known = ({} if "serial" in names else known) | {name: {name} for name in own}
    for name, places in known.items():
        if not places & set(names) and not getattr(adapter.members, name):
            sent = say(" か ", " or ").join(f"{{{place}}}" for place in sorted(places))
            yield source.problem(
                ("adapters", "provisioning", "members", name),
                say("記載なし", "nothing"),
                say(
                    f"{verb} の答えの項目（{sent} を渡していないため）",
                    f"the member of the answer of {verb}, which is not sent {sent}",
                ),
                say(
                    f"答えの項目を書くか、{verb} に {sent} を渡してください。",
                    f"Declare the member, or pass {sent} to {verb}.",
                ),
            )


def _named(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for text in texts for name in placeholders(text))


def _placeholders(
    source: Source, path: tuple[str, ...], found: Sequence[str], needed: Needed, more: Sequence[str]
) -> Iterator[Problem]:
    """Yield unknown placeholders; where all are known, the needed ones that are missing.

    Of each entry of ``needed`` one alternative must be there.
    """
    known = (*(name for names in needed for name in names), *more)
    unknown = [name for name in found if name not in known]
    yield from (source.unknown_name(path, name, known) for name in unknown)
    for names in needed:
        if not unknown and not set(names) & set(found):
            wanted = say(" か ", " or ").join(f"{{{name}}}" for name in names)
            yield source.problem(
                path,
                say(f"{wanted} なし", f"no {wanted}"),
                say(f"{wanted} を渡すこと", f"{wanted} passed on"),
                say(f"{wanted} を書き足してください。", f"Add {wanted}."),
            )
