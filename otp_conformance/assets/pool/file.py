"""The file of prepared customers and tokens (IX-44): its tables, what can be wrong, reading it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, ValidationError

from otp_conformance.assets.pool.sheet import Sheet, read_sheet
from otp_conformance.declaration.base import FilledText, Section, ix
from otp_conformance.declaration.errors import DeclarationError, Problem
from otp_conformance.declaration.explain import Source, explain, shown
from otp_conformance.declaration.load import read_toml
from otp_conformance.language import did_you_mean, say
from otp_conformance.specification.words import Kind, Status

Reference = Annotated[str, Field(pattern=r"^(env:[A-Za-z_{][A-Za-z0-9_{}]*|file:.+|command:.+)$")]
"""A reference to a secret in which {login_id} and {serial} are filled in."""
Digits = Annotated[str, Field(pattern=r"^[0-9]+$")]
_IX = "IX-44"
_STATUS = Annotated[Status, Field(strict=False)]
_KIND = Annotated[Kind, Field(strict=False)]


class PoolDefaults(Section):
    """What holds for every entry that says nothing else."""

    login_password: Annotated[
        Reference | None,
        ix(_IX, "ログインパスワード（参照）", "Login password, by reference", secret=True),
    ] = None
    confirmation_password: Annotated[
        Reference | None,
        ix(_IX, "確認用パスワード（参照）", "Confirmation password, by reference", secret=True),
    ] = None
    seed: Annotated[
        Reference | None, ix(_IX, "トークンの種（参照）", "Seed, by reference", secret=True)
    ] = None
    expires_at: Annotated[
        AwareDatetime | None, ix(_IX, "トークンの有効期限", "Expiry of tokens")
    ] = None


class PoolCustomer(Section):
    """One prepared customer. ``token``: serial number of the token of that status."""

    login_id: Annotated[FilledText, ix(_IX, "ログインID", "Login ID")]
    status: Annotated[
        _STATUS,
        ix(
            _IX,
            "用意した状態（kind = procedures なら未登録）",
            "State that it has been brought into (with kind = procedures: not_registered)",
        ),
    ] = Status.NOT_REGISTERED
    kind: Annotated[_KIND, ix(_IX, "トークンの種類", "Kind of its token")] = Kind.HARDWARE
    token: Annotated[
        Digits | None, ix(_IX, "トークンのシリアル番号", "Serial number of its token")
    ] = None
    name: Annotated[str, ix(_IX, "氏名", "Name")] = ""
    address: Annotated[str, ix(_IX, "住所", "Address")] = ""
    login_password: Annotated[
        Reference | None,
        ix(_IX, "ログインパスワード（参照）", "Login password, by reference", secret=True),
    ] = None
    confirmation_password: Annotated[
        Reference | None,
        ix(_IX, "確認用パスワード（参照）", "Confirmation password, by reference", secret=True),
    ] = None
    confirmation_length: Annotated[
        int,
        ix(
            _IX,
            "確認用パスワードの文字数（最短・最長の検査に使うときだけ）",
            "Characters of the confirmation password, where checks of shortest and longest use it",
        ),
        Field(ge=0, le=128),
    ] = 0


class PoolToken(Section):
    """One prepared token. Those without a customer are in stock, or kept for display only."""

    serial: Annotated[Digits, ix(_IX, "シリアル番号", "Serial number")]
    kind: Annotated[_KIND, ix(_IX, "種類", "Kind")] = Kind.HARDWARE
    expires_at: Annotated[AwareDatetime | None, ix(_IX, "有効期限", "Expiry")] = None
    seed: Annotated[
        Reference | None, ix(_IX, "トークンの種（参照）", "Seed, by reference", secret=True)
    ] = None
    last_used: Annotated[
        AwareDatetime | None,
        ix(_IX, "最後に使った日時", "Moment when it was used last"),
    ] = None
    reserved_for: Annotated[
        FilledText | None,
        ix(
            _IX,
            "次に申請したときにこのソフトウェアトークンを受け取るお客さまのログインID"
            "（同じお客さまに複数あれば、申請のたびにこの順）",
            "Login ID whose next application is given this software token; several: in this order",
        ),
    ] = None
    state: Annotated[
        Literal["stock", "spare"],
        ix(
            _IX,
            "お客さまのないトークン: stock（在庫、送れる）/ spare（表示を見るだけ、送らない）",
            "A token without customer: stock (can be sent) or spare (display only)",
        ),
    ] = "stock"


class PoolFile(Section):
    """The whole file."""

    pool_version: Annotated[Literal[1], ix(_IX, "一覧の書式の版", "Version of this format")] = 1
    made_at: Annotated[
        AwareDatetime | None,
        ix(
            _IX,
            "用意し終えた日時（検査対象の時刻で。時刻を戻せるとき、シナリオはこれより後から始まる）",
            "When all was ready, by the system's time; where the clock goes back, scenarios begin "
            "after it",
        ),
    ] = None
    defaults: Annotated[PoolDefaults, ix(_IX, "共通の値", "Values for all")] = PoolDefaults()
    customers_csv: Annotated[
        str,
        ix(
            _IX,
            "お客さまの一覧（CSV。このファイルから見た場所。[[customer]] に加わる）",
            "List of customers (CSV, relative to this file), added to [[customer]]",
        ),
    ] = ""
    tokens_csv: Annotated[
        str,
        ix(
            _IX,
            "トークンの一覧（CSV。このファイルから見た場所。[[token]] に加わる）",
            "List of tokens (CSV, relative to this file), added to [[token]]",
        ),
    ] = ""
    customer: Annotated[
        tuple[PoolCustomer, ...],
        ix(_IX, "お客さま", "Customers"),
        Field(strict=False),
    ] = ()
    token: Annotated[
        tuple[PoolToken, ...],
        ix(_IX, "トークン", "Tokens"),
        Field(strict=False),
    ] = ()


@dataclass(frozen=True)
class Entry:
    """A prepared customer together with its token and the software tokens reserved for it."""

    customer: PoolCustomer
    token: PoolToken | None
    reserved: tuple[PoolToken, ...] = ()

    @property
    def login_id(self) -> str:
        """Identify the entry."""
        return self.customer.login_id

    @property
    def status(self) -> Status:
        """State that the customer is in."""
        return self.customer.status

    @property
    def kind(self) -> Kind:
        """Kind of the token that belongs to that state."""
        return self.customer.kind


@dataclass(frozen=True)
class Pool:
    """A checked file of prepared assets, in the file's order."""

    path: Path
    file: PoolFile

    @cached_property
    def tokens(self) -> dict[str, PoolToken]:
        """Every token by its serial number."""
        return {token.serial: token for token in self.file.token}

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every customer with what belongs to it."""
        reserved: dict[str, tuple[PoolToken, ...]] = {}
        for token in self.file.token:
            if token.reserved_for:
                earlier = reserved.get(token.reserved_for, ())
                reserved[token.reserved_for] = (*earlier, token)
        return tuple(
            Entry(c, self.tokens[c.token] if c.token else None, reserved.get(c.login_id, ()))
            for c in self.file.customer
        )

    @cached_property
    def made_at(self) -> datetime | None:
        """When all was there for sure, by the system's time; None where nothing tells."""
        known = (self.file.made_at, *(token.last_used for token in self.file.token))
        return max((moment for moment in known if moment is not None), default=None)

    def expiry(self, token: PoolToken) -> datetime:
        """Return when a token expires."""
        found = token.expires_at or self.file.defaults.expires_at
        assert found is not None  # noqa: S101 - checked when the file was read
        return found

    @cached_property
    def spare(self) -> tuple[PoolToken, ...]:
        """Every token that belongs to nobody."""
        held = {c.token for c in self.file.customer}
        return tuple(t for t in self.file.token if t.serial not in held and not t.reserved_for)


_SHEETS: Mapping[str, tuple[str, type[Section]]] = {
    "customers_csv": ("customer", PoolCustomer),
    "tokens_csv": ("token", PoolToken),
}


@dataclass(frozen=True)
class _WithSheets(Source):
    """A list whose later entries stand in CSV files: table to the first number and the file."""

    sheets: Mapping[str, tuple[int, Sheet]]

    def problem(self, path: Sequence[str | int], found: str, expected: str, fix: str) -> Problem:
        """Return a problem where its entry stands."""
        table, number = str(path[0]), path[1] if len(path) > 1 else -1
        first, sheet = self.sheets.get(table, (0, None))
        if sheet is None or not isinstance(number, int) or number < first:
            return super().problem(path, found, expected, fix)
        line, key = sheet.lines[number - first], ".".join(map(str, path[2:]))
        return Problem(str(sheet.path), line, key, found, expected, fix)


def _add_sheets(
    path: Path, data: dict[str, Any], shortest_serial: int
) -> dict[str, tuple[int, Sheet]]:
    """Put the rows of the named CSV files behind the entries of the file's own."""
    found = {}
    for key, (table, model) in _SHEETS.items():
        name, entries = data.get(key), data.get(table, [])
        if isinstance(name, str) and name and isinstance(entries, list):
            sheet = read_sheet(path.parent / name, model, shortest_serial)
            found[table] = (len(entries), sheet)
            data[table] = [*entries, *sheet.rows]
    return found


def load_pool(
    path: Path, *, needs_seeds: bool = True, to_make: bool = False, shortest_serial: int = 0
) -> Pool:
    """Read and check a file, and the CSV files that it names.

    ``needs_seeds``: codes are computed, from seeds; ``to_make``: every customer is to be
    brought into its state by the procedures; ``shortest_serial``: the declared least
    number of digits, below which a spreadsheet has lost some. Raises `DeclarationError`
    with every problem found, each with its line.
    """
    toml = read_toml(
        path,
        say(
            "お客さまとトークンの一覧（adapters.provisioning.file）",
            "the list of customers and tokens (adapters.provisioning.file)",
        ),
    )
    sheets = _add_sheets(path, toml.data, shortest_serial)

    def source() -> Source:
        own = toml.source()
        return _WithSheets(own.file, own.lines, own.last_line, sheets) if sheets else own

    try:
        file = PoolFile.model_validate(toml.data)
    except ValidationError as error:
        found = explain(source(), error.errors(include_url=False), PoolFile)
        raise DeclarationError(found) from None
    found = list(check(file, source, needs_seeds=needs_seeds, to_make=to_make))
    if found:
        raise DeclarationError(found)
    return Pool(path, file)


def check(
    file: PoolFile,
    source: Callable[[], Source],
    *,
    needs_seeds: bool = True,
    to_make: bool = False,
) -> Iterator[Problem]:
    """Yield the contradictions between the tables.

    ``source`` finds the lines; it is asked only once something is wrong, because
    a file may have thousands of entries. ``needs_seeds``, ``to_make``: see `load_pool`.
    """
    checks = _Checks(file, source)
    yield from checks.repeated("customer", "login_id", (c.login_id for c in file.customer))
    yield from checks.repeated("token", "serial", (t.serial for t in file.token))
    yield from checks.repeated("customer", "token", (c.token for c in file.customer))
    for number, customer in enumerate(file.customer):
        yield from checks.customer(number, customer)
        if to_make and customer.status is not Status.NOT_REGISTERED:
            yield checks.made_already(number, customer)
    for number, token in enumerate(file.token):
        yield from checks.token(number, token, needs_seeds=needs_seeds)


class _Checks:
    def __init__(self, file: PoolFile, source: Callable[[], Source]) -> None:
        self._file = file
        self._find = source
        self._tokens = {t.serial: t for t in file.token}
        self._logins = {c.login_id for c in file.customer}

    @cached_property
    def _source(self) -> Source:
        return self._find()

    def _problem(
        self, table: str, number: int, key: str, found: str, expected: str, fix: str
    ) -> Problem:
        return self._source.problem((table, number, key), found, expected, fix)

    def repeated(self, table: str, key: str, values: Iterable[str | None]) -> Iterator[Problem]:
        first: dict[str, int] = {}
        for number, value in enumerate(values):
            if value is None or first.setdefault(value, number) == number:
                continue
            other = f"{table}[{first[value]}]"
            yield self._problem(
                *(table, number, key),
                say(f"{other} と同じ {shown(value)}", f"{shown(value)}, as in {other}"),
                say("ほかにない値", "a value of its own"),
                say("どちらかを消すか直してください。", "Remove or correct one of them."),
            )

    def customer(self, number: int, customer: PoolCustomer) -> Iterator[Problem]:
        defaults = self._file.defaults
        for key in ("login_password", "confirmation_password"):
            if getattr(customer, key) is None and getattr(defaults, key) is None:
                yield self._lacking("customer", number, key)
        if customer.token is None:
            if customer.status is not Status.NOT_REGISTERED:
                yield self._problem(
                    *("customer", number, "token"),
                    say("記載なし", "nothing"),
                    say(
                        f"状態 {customer.status} のトークンのシリアル番号",
                        f"the serial number of the token of status {customer.status}",
                    ),
                    say("token を書き足してください。", "Declare it."),
                )
            return
        if customer.status is Status.NOT_REGISTERED:
            yield self._problem(
                *("customer", number, "token"),
                shown(customer.token),
                say("記載なし（状態 not_registered）", "nothing with status not_registered"),
                say(
                    "token を消すか、状態を直してください（利用解除済みなら deactivated）。",
                    "Remove it, or correct the status (deactivated?).",
                ),
            )
        yield from self._held(number, customer, customer.token)

    def made_already(self, number: int, customer: PoolCustomer) -> Problem:
        return self._problem(
            *("customer", number, "status"),
            shown(customer.status.value),
            say(
                "not_registered（手続きで作るお客さまは、未登録で用意する）",
                "not_registered: whom the procedures are to bring into a state begins there",
            ),
            say(
                '消すか、用意した状態のお客さまを使うなら adapters.provisioning.kind = "pool" に'
                "してください。",
                "Remove it; to use customers in a prepared state declare "
                'adapters.provisioning.kind = "pool".',
            ),
        )

    def _held(self, number: int, customer: PoolCustomer, serial: str) -> Iterator[Problem]:
        token = self._tokens.get(serial)
        if token is None:
            yield self._problem(
                *("customer", number, "token"),
                shown(serial),
                say("[[token]] にあるシリアル番号", "the serial number of a [[token]]"),
                str(did_you_mean(serial, self._tokens)).strip()
                or say("[[token]] を足してください。", "Add that [[token]]."),
            )
        elif token.kind is not customer.kind:
            yield self._problem(
                *("customer", number, "kind"),
                shown(customer.kind.value),
                shown(token.kind.value),
                say("トークンの種類に合わせてください。", "Make it the kind of its token."),
            )

    def token(self, number: int, token: PoolToken, *, needs_seeds: bool) -> Iterator[Problem]:
        defaults = self._file.defaults
        if token.expires_at is None and defaults.expires_at is None:
            yield self._lacking("token", number, "expires_at")
        if needs_seeds and token.seed is None and defaults.seed is None:
            yield self._lacking("token", number, "seed")
        if token.reserved_for is None:
            return
        if token.kind is not Kind.SOFTWARE:
            yield self._problem(
                *("token", number, "reserved_for"),
                say("ハードウェアトークンの予約", "a reservation of a hardware token"),
                say('kind = "software" のトークン', 'a token with kind = "software"'),
                say("kind を直すか、reserved_for を消してください。", "Correct either key."),
            )
        if token.reserved_for not in self._logins:
            yield self._problem(
                *("token", number, "reserved_for"),
                shown(token.reserved_for),
                say("[[customer]] にあるログインID", "the login ID of a [[customer]]"),
                str(did_you_mean(token.reserved_for, self._logins)).strip()
                or say("[[customer]] を足してください。", "Add that [[customer]]."),
            )

    def _lacking(self, table: str, number: int, key: str) -> Problem:
        return self._problem(
            *(table, number, key),
            say("記載なし", "nothing"),
            say(f"ここか [defaults] の {key}", f"{key}, here or in [defaults]"),
            say(f"{key} を書き足してください。", "Declare it."),
        )
