"""Puts the five ports in front of a deployment, each adapter as its declaration says."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from otp_conformance.agent.interstitials import attentive
from otp_conformance.agent.port import ExtraInput, UserAgents
from otp_conformance.agent.reconnecting import Reconnecting, reconnected
from otp_conformance.assets.at_issue import SeedsAtIssue
from otp_conformance.assets.consumption import Spending, load_table
from otp_conformance.assets.described import (
    DescribedProvisioner,
    Means,
    call_means,
    command_means,
)
from otp_conformance.assets.made_up import TokenRules
from otp_conformance.assets.pool.provisioner import (
    MakeDevice,
    PoolMeans,
    PoolProvisioner,
    open_pool,
)
from otp_conformance.assets.pool.to_make import ToMakeProvisioner
from otp_conformance.assets.port import Provisioner
from otp_conformance.assets.test_control import TestControlProvisioner
from otp_conformance.calls.access import Access
from otp_conformance.calls.described import HttpCaller, member
from otp_conformance.calls.person import NobodyThere, Prompter
from otp_conformance.calls.test_control import TestControl, reading
from otp_conformance.clock.moved import CalledClock, FaketimeClock, MoveRules, SteeredClock
from otp_conformance.clock.port import Clock
from otp_conformance.clock.reading import Read, called, date_header, measured
from otp_conformance.clock.real import Announce, RealClock, WaitRules, tell_nobody
from otp_conformance.commands import Commands
from otp_conformance.declaration.adapters.clock import ClockAdapter
from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.adapters.outbox import OutboxAdapter
from otp_conformance.declaration.adapters.provisioning import ProvisioningAdapter
from otp_conformance.declaration.adapters.recipes import PASSWORD
from otp_conformance.declaration.adapters.staff import StaffAdapter
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.secrets import SecretError, resolve
from otp_conformance.deployment.access import access_to
from otp_conformance.deployment.counting import (
    CountingClock,
    CountingProvisioner,
    CountingStaffDesk,
)
from otp_conformance.deployment.mails import mailed
from otp_conformance.deployment.reach import reach
from otp_conformance.deployment.restart import Restart, told
from otp_conformance.deployment.sut import Outbox, Sut
from otp_conformance.staff.described import CommandStaffDesk, HttpStaffDesk
from otp_conformance.staff.person import PersonStaffDesk
from otp_conformance.staff.port import AbsentStaffDesk, StaffDesk
from otp_conformance.staff.screens import ScreensStaffDesk
from otp_conformance.staff.test_control import TestControlStaffDesk
from otp_conformance.tokens import SimulatedToken, learn_nothing
from otp_conformance.tokens.port import Display, TokenAsset, TokenDevice
from otp_conformance.tokens.reading import CommandToken, PersonToken
from otp_conformance.tokens.simulated import SeedError, read_seed
from otp_conformance.tokens.stock_file import StockFile
from otp_conformance.verdict.outcome import DeclarationMismatch

_CLOCK_CALLS = "時計の呼び出し"
_COMMAND_SECONDS, _PERSON_SECONDS = 30, 600
_NOBODY = "宣言に [adapters.staff] がありません（ics.staff_access = {access}）"


def connect(
    loaded: LoadedDeclaration,
    base_url: str,
    env: Mapping[str, str],
    agents: UserAgents,
    *,
    on_secret: Callable[[str], None] = learn_nothing,
    on_wait: Announce = tell_nobody,
    prompter: Prompter = NobodyThere(),  # noqa: B008 - it has no state
) -> Sut:
    """Return the ports to a running deployment.

    ``env`` holds the secrets that the declaration refers to; ``on_secret`` is
    told every secret that comes up, for masking, ``on_wait`` of every second
    that a clock waits; ``prompter`` asks people, where the declaration leaves
    a part to them. Raises `DeclarationMismatch`
    for an adapter that does not exist or lacks its part, and for a secret that
    cannot be read. Contacts nobody yet.
    """
    reconnecting = Reconnecting()
    agents = reconnected(agents, reconnecting)
    connection = Connection(
        declaration=loaded.declaration,
        base=Path(loaded.path).parent,
        base_url=base_url,
        env=env,
        agents=agents,
        on_secret=on_secret,
        on_wait=on_wait,
        prompter=prompter,
    )
    spending = Spending()
    inner = _at_issue(connection, provisioner(connection, spending))
    supplies = CountingProvisioner(inner, spending)
    return Sut(
        base_url=base_url,
        agents=attentive(
            agents,
            loaded.declaration.login.interstitials,
            loaded.declaration.labels["agreement.words"],
        ),
        clock=CountingClock(connection.clock, spending),
        provisioner=supplies,
        staff=CountingStaffDesk(staff(connection), spending),
        login_extras=_extras(connection),
        spending=spending,
        reconnecting=reconnecting,
        outbox=outbox(connection),
        restart=restart(connection),
    )


def _extras(connection: Connection) -> tuple[ExtraInput, ...]:
    key = "login.extra_fields.secret"
    return tuple(
        ExtraInput(
            extra.label, connection.secret(extra.secret, key) if extra.secret else extra.value
        )
        for extra in connection.declaration.login.extra_fields
    )


def lacking(key: str, observed: str) -> DeclarationMismatch:
    """Return the outcome for a declared adapter that cannot be used."""
    return DeclarationMismatch(
        expected=f"宣言の {key} が使える値であること",
        observed=observed,
        hint="宣言の [adapters] を確かめてください。",
    )


@dataclass(frozen=True)
class Connection:
    """One deployment to connect to.

    ``base``: folder of the declaration, where its relative paths start;
    ``env`` holds the secrets; ``on_secret`` is told each one, for masking;
    ``on_wait`` of every second that a clock waits; ``prompter`` asks people.
    """

    declaration: Declaration
    base: Path
    base_url: str
    env: Mapping[str, str]
    agents: UserAgents
    on_secret: Callable[[str], None]
    on_wait: Announce = tell_nobody
    prompter: Prompter = field(default_factory=NobodyThere)

    @cached_property
    def clock(self) -> Clock:
        """The deployment's clock, made when it is first asked for."""
        return clock(self)

    def secret(self, reference: str, key: str) -> str:
        """Return a referenced secret. Raises `DeclarationMismatch` naming ``key``."""
        try:
            value = resolve(reference, self.env, base=self.base)
        except SecretError as error:
            raise DeclarationMismatch(
                expected=f"宣言の {key} の秘密値を読めること", observed=str(error)
            ) from None
        self.on_secret(value)
        return value

    @cached_property
    def access(self) -> Access:
        """What the web server itself asks for. Raises `DeclarationMismatch`."""
        return access_to(self.declaration.sut, self.base_url, self.base, self.secret)

    @cached_property
    def _control(self) -> TestControl | None:
        adapter = self.declaration.adapters.test_control
        if adapter is None:
            return None
        key = self.secret(adapter.key, "adapters.test_control.key")
        return TestControl(
            self.base_url,
            adapter.path,
            key,
            any_certificate=self.declaration.sut.accept_any_certificate,
            access=self.access,
            timeout_seconds=self.declaration.sut.timeout_seconds,
        )

    def control(self, key: str) -> TestControl:
        """Return the test-control API, which the declared ``key`` needs."""
        if self._control is None:
            raise lacking(key, "test_control とありますが、[adapters.test_control] がありません")
        return self._control

    def caller(self, what: str, key: str) -> HttpCaller:
        """Return what makes the calls that the table ``key`` describes."""
        return HttpCaller(
            self.base_url,
            self.declaration.sut.allowed_hosts,
            what=what,
            key=key,
            secret=lambda reference: self.secret(reference, key),
            any_certificate=self.declaration.sut.accept_any_certificate,
            access=self.access,
            timeout_seconds=self.declaration.sut.timeout_seconds,
        )

    @property
    def display(self) -> Display:
        """What tokens show, as declared."""
        otp = self.declaration.otp
        algorithm = self.declaration.adapters.tokens.algorithm
        return Display(otp.digits, otp.step_seconds, algorithm)

    @property
    def rules(self) -> TokenRules:
        """What the declaration says about codes and passwords."""
        confirmation = self.declaration.confirmation_password
        return TokenRules(
            display=self.display,
            confirmation_min_length=confirmation.min_length,
            confirmation_max_length=confirmation.max_length,
            confirmation_digits_only=confirmation.characters == "digits",
        )


# -- clock (IX-12) -----------------------------------------------------------


def clock(connection: Connection) -> Clock:
    """Return the adapter of the port `Clock`. Raises `DeclarationMismatch`."""
    adapter = connection.declaration.adapters.clock
    match adapter.kind:
        case "test_control":
            return SteeredClock(connection.control("adapters.clock.kind"), _move_rules(adapter))
        case "http":
            return _called(connection, adapter)
        case "faketime":
            return _faketime(connection, adapter)
        case "real":
            read = _reader(connection)
            return RealClock(
                _wait_rules(adapter),
                lambda: measured(read, pause=time.sleep),
                announce=connection.on_wait,
            )


def _reader(connection: Connection) -> Read:
    """Return what reads the system's time without any test-control API.

    The declared ``read`` call, else the header ``Date`` of the login page.
    """
    declared = _declared_read(connection, connection.declaration.adapters.clock)
    if declared is not None:
        return declared
    caller = connection.caller("時刻の読み取り（Date ヘッダー）", "sut.base_url")
    return date_header(caller, connection.declaration.login.path)


def _declared_read(connection: Connection, adapter: ClockAdapter) -> Read | None:
    if adapter.read is None:
        return None
    return called(connection.caller(_CLOCK_CALLS, "adapters.clock.read"), adapter, adapter.read)


def _called(connection: Connection, adapter: ClockAdapter) -> Clock:
    if adapter.move is None:
        raise lacking("adapters.clock.move", "時刻を進める呼び出しがありません")
    return CalledClock(
        connection.caller(_CLOCK_CALLS, "adapters.clock.move"),
        adapter.move,
        _move_rules(adapter),
        read=_declared_read(connection, adapter),
    )


def _faketime(connection: Connection, adapter: ClockAdapter) -> Clock:
    if not adapter.file:
        raise lacking("adapters.clock.file", "ファイルの場所がありません")
    file = connection.base / adapter.file
    if not file.parent.is_dir():
        raise lacking("adapters.clock.file", f"フォルダー {file.parent} がありません")
    return FaketimeClock(
        file,
        _move_rules(adapter),
        read=_declared_read(connection, adapter),
    )


def _wait_rules(adapter: ClockAdapter) -> WaitRules:
    return WaitRules(
        guard_seconds=adapter.guard_seconds,
        tolerance_seconds=adapter.tolerance_seconds,
        max_wait=timedelta(minutes=adapter.max_wait_minutes),
        overnight=adapter.wait_overnight,
    )


def _move_rules(adapter: ClockAdapter) -> MoveRules:
    return MoveRules(
        reversible=adapter.reversible,
        guard_seconds=0 if adapter.still else adapter.guard_seconds,
        tolerance_seconds=adapter.tolerance_seconds,
    )


# -- provisioner (IX-44) -----------------------------------------------------


def provisioner(connection: Connection, spending: Spending) -> Provisioner:
    """Return the adapter of the port `Provisioner`. Raises `DeclarationMismatch`."""
    adapters = connection.declaration.adapters
    if adapters.provisioning.kind == "test_control":
        if adapters.tokens.kind != "simulated":
            found = f"{adapters.tokens.kind} は、試験用APIで作るトークンには使えません"
            raise lacking("adapters.tokens.kind", found)
        control = connection.control("adapters.provisioning.kind")
        return TestControlProvisioner(control, connection.rules, on_secret=connection.on_secret)
    if adapters.provisioning.described:
        return _described(connection, adapters.provisioning)
    make_device = devices(connection)
    try:
        pool, ledger = open_pool(
            adapters.provisioning,
            connection.base,
            needs_seeds=adapters.tokens.kind == "simulated",
            shortest_serial=connection.declaration.serial.min_length,
        )
    except DeclarationError as error:
        raise lacking("adapters.provisioning.file", str(error.problems[0])) from None
    table = load_table()
    prepared = adapters.tokens.software.source == "prepared"
    means = PoolMeans(
        secret=connection.secret,
        make_device=make_device,
        step_seconds=connection.display.step_seconds,
        software=table.applies_for_software if prepared else lambda _: 0,
    )
    if adapters.provisioning.kind == "pool":
        return PoolProvisioner(pool, ledger, spending, means)
    return ToMakeProvisioner(
        pool,
        ledger,
        spending,
        means,
        lasting=lambda scenario: table.lasting(scenario, _now(connection)),
        reserved=int(prepared),
    )


def _at_issue(connection: Connection, inner: Provisioner) -> Provisioner:
    """Return a provisioner that reads seeds at issue, where so declared."""
    seeds = connection.declaration.adapters.tokens.software
    if seeds.source == "prepared":
        return inner
    key = "adapters.tokens.software"
    caller = None
    if seeds.source == "call":
        caller = connection.caller("ソフトウェアトークンの種", f"{key}.call")

    def device(asset: TokenAsset, seed: str) -> TokenDevice:
        connection.on_secret(seed)
        return _from_text(connection, asset, seed, f"{key}.seed")

    expiry = connection.declaration.expiry
    return SeedsAtIssue(inner, seeds, expiry, device, lambda: _now(connection), caller)


def _described(connection: Connection, adapter: ProvisioningAdapter) -> DescribedProvisioner:
    kind = connection.declaration.adapters.tokens.kind
    make_device = devices(connection)

    def device(asset: TokenAsset, seed: str) -> TokenDevice:
        if kind != "simulated":
            return make_device(asset, "")
        return _from_text(connection, asset, seed, "adapters.provisioning.members.seed")

    return DescribedProvisioner(
        _means(connection, adapter),
        adapter.members,
        adapter.words,
        connection.rules,
        device,
        lambda: _now(connection),
        on_secret=connection.on_secret,
    )


def _means(connection: Connection, adapter: ProvisioningAdapter) -> dict[str, Means]:
    """Return the described calls or commands by verb."""
    found: dict[str, Means] = {}
    commands = Commands(connection.base, connection.env, adapter.timeout_seconds)
    for verb in ("customer", "token", "software_token"):
        if adapter.kind == "command":
            words: tuple[str, ...] = getattr(adapter.commands, verb)
            if words:
                found[verb] = command_means(
                    f"adapters.provisioning.commands.{verb}", words, commands
                )
            continue
        call: HttpCall | None = getattr(adapter.calls, verb)
        if call is not None:
            key = f"adapters.provisioning.calls.{verb}"
            found[verb] = call_means(key, call, connection.caller("お客さまとトークンの用意", key))
    return found


# -- notices (IX-46) ---------------------------------------------------------


def outbox(connection: Connection) -> Outbox | None:
    """Return what reads the subjects of a customer's notices; None where nothing is declared.

    Raises `DeclarationMismatch` for a declaration that lacks its part.
    """
    adapter = connection.declaration.adapters.outbox
    if adapter is None:
        return None
    if adapter.kind == "test_control":
        return _controlled_outbox(connection)
    if adapter.kind == "folder":
        return mailed(connection.base / adapter.folder, adapter.recipient)
    return _described_outbox(connection, adapter)


def _described_outbox(connection: Connection, adapter: OutboxAdapter) -> Outbox:
    key = f"adapters.outbox.{'call' if adapter.kind == 'http' else 'command'}"
    caller = connection.caller("お客さまへの通知の確認", key)
    commands = Commands(connection.base, connection.env, adapter.timeout_seconds)

    def ask(values: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
        if adapter.kind == "command":
            return commands.ask(adapter.command, values, key=key)
        if adapter.call is None:
            raise lacking(key, "呼び出しが宣言されていません")
        return caller.json(adapter.call, values)

    def subjects(login_id: str) -> tuple[str, ...]:
        answer = ask({"login_id": login_id})
        try:
            notices = member(answer, adapter.subjects)
            return tuple(str(n["subject"] if isinstance(n, dict) else n) for n in notices)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            place = adapter.subjects or "（全体）"
            raise caller.unreadable(f"{place} に件名の配列がありません: {error}") from None

    return subjects


def _controlled_outbox(connection: Connection) -> Outbox:
    control = connection.control("adapters.outbox.kind")

    def subjects(login_id: str) -> tuple[str, ...]:
        answer = control.call("GET", "outbox", query={"login_id": login_id})
        with reading("outbox"):
            notices = sorted(answer["notices"], key=lambda n: datetime.fromisoformat(n["at"]))
            return tuple(str(notice["subject"]) for notice in notices)

    return subjects


# -- restart (IX-01) ---------------------------------------------------------


def restart(connection: Connection) -> Restart | None:
    """Return what restarts the system by a command or call; None for any other.

    A process that the run has started is its own to restart (`run.launch`).
    """
    adapter, sut = connection.declaration.adapters.restart, connection.declaration.sut
    if adapter is None or adapter.kind == "process":
        return None
    caller = connection.caller("検査対象の再起動", "adapters.restart.call")
    commands = Commands(connection.base, connection.env, adapter.timeout_seconds)

    def tell() -> None:
        if adapter.kind == "command":
            commands.run(adapter.command, {}, key="adapters.restart.command")
        elif adapter.call is not None:
            caller.send(adapter.call, {})

    def look() -> None:
        reach(
            connection.base_url,
            sut.allowed_hosts,
            any_certificate=sut.accept_any_certificate,
            access=connection.access,
            timeout_seconds=sut.timeout_seconds,
        )

    return told(
        tell,
        look,
        settle_seconds=adapter.settle_seconds,
        patience_seconds=adapter.timeout_seconds,
    )


# -- staff (IX-17, IX-26, IX-43) ---------------------------------------------


def staff(connection: Connection) -> StaffDesk:
    """Return the adapter of the port `StaffDesk`. Raises `DeclarationMismatch`.

    Without a declared one it is a desk that answers 未実施 to everything.
    """
    adapter = connection.declaration.adapters.staff
    if adapter is None:
        access = "true" if connection.declaration.ics.staff_access else "false"
        return AbsentStaffDesk(_NOBODY.format(access=access))
    match adapter.kind:
        case "test_control":
            return TestControlStaffDesk(connection.control("adapters.staff.kind"))
        case "http":
            return HttpStaffDesk(
                adapter.calls,
                adapter.order_members,
                lambda key: connection.caller("職員の操作", key),
            )
        case "command":
            commands = Commands(
                connection.base, connection.env, adapter.timeout_seconds or _COMMAND_SECONDS
            )
            return CommandStaffDesk(adapter.commands, adapter.order_members, commands)
        case "person":
            seconds = adapter.timeout_seconds or _PERSON_SECONDS
            return PersonStaffDesk(connection.prompter, seconds=seconds)
        case "screens":
            return _screens(connection, adapter)


def _screens(connection: Connection, adapter: StaffAdapter) -> ScreensStaffDesk:
    references = {name: (f"secrets.{name}", ref) for name, ref in adapter.secrets.items()}
    if adapter.password is not None:
        references[PASSWORD] = ("password", adapter.password)
    secrets = {
        name: connection.secret(reference, f"adapters.staff.{key}")
        for name, (key, reference) in references.items()
    }
    return ScreensStaffDesk(
        connection.agents, connection.declaration, connection.base_url, adapter, secrets
    )


# -- tokens (IX-11) ----------------------------------------------------------


def devices(connection: Connection) -> MakeDevice:
    """Return what makes devices for prepared tokens. Raises `DeclarationMismatch`.

    Each device that is made from a seed raises `DeclarationMismatch` at once
    when the seed cannot be had.
    """
    kind = connection.declaration.adapters.tokens.kind
    make = {
        "simulated": _simulated,
        "pskc": _from_file,
        "command": _commanded,
        "person": _read_by_people,
    }[kind]
    return make(connection)


def _simulated(connection: Connection) -> MakeDevice:
    def make(asset: TokenAsset, seed_reference: str) -> TokenDevice:
        what = f"トークン {asset.serial} の seed"
        if not seed_reference:
            raise DeclarationMismatch(
                expected=f"{what} が参照（env:、file:、command:）で書かれていること",
                observed="記載なし",
                hint="一覧に seed を書くか、adapters.tokens.kind をほかの種類にしてください。",
            )
        return _from_text(
            connection, asset, connection.secret(seed_reference, what), seed_reference
        )

    return make


def _from_text(connection: Connection, asset: TokenAsset, text: str, where: str) -> TokenDevice:
    """Return a token's device from its seed as it was given; ``where``: by what."""
    written = connection.declaration.adapters.tokens.seed_format
    try:
        seed = read_seed(text, written, connection.display)
    except SeedError as error:
        raise DeclarationMismatch(
            expected=f"トークン {asset.serial} の seed（{where}）が Base32 か16進の種であること",
            observed=f"{where}: {error}",
            hint="参照の先の値を確かめてください。",
        ) from None
    return _from_seed(connection, asset, seed)


def _from_file(connection: Connection) -> MakeDevice:
    adapter = connection.declaration.adapters.tokens
    if not adapter.file:
        raise lacking("adapters.tokens.file", "PSKC ファイルの場所がありません")
    key = connection.secret(adapter.key, "adapters.tokens.key") if adapter.key else None
    stock = StockFile(connection.base / adapter.file, key, connection.display)

    def make(asset: TokenAsset, _seed_reference: str) -> TokenDevice:
        return _from_seed(connection, asset, stock.seed(asset.serial))

    return make


def _from_seed(connection: Connection, asset: TokenAsset, seed: bytes) -> TokenDevice:
    connection.on_secret(base64.b32encode(seed).decode())
    return SimulatedToken(asset, seed, connection.display, on_secret=connection.on_secret)


def _commanded(connection: Connection) -> MakeDevice:
    adapter = connection.declaration.adapters.tokens
    if not adapter.command:
        raise lacking("adapters.tokens.command", "コマンドがありません")
    commands = Commands(connection.base, connection.env, adapter.timeout_seconds)

    def make(asset: TokenAsset, _seed_reference: str) -> TokenDevice:
        return CommandToken(
            asset,
            connection.display,
            adapter.command,
            commands,
            any_moment=adapter.any_moment,
            now=lambda: _now(connection),
            on_secret=connection.on_secret,
        )

    return make


def _read_by_people(connection: Connection) -> MakeDevice:
    def make(asset: TokenAsset, _seed_reference: str) -> TokenDevice:
        return PersonToken(
            asset,
            connection.display,
            connection.prompter,
            now=lambda: _now(connection),
            on_secret=connection.on_secret,
        )

    return make


def _now(connection: Connection) -> datetime:
    """Return the system's time: asked only once a display is read, not when connecting."""
    return connection.clock.now()
