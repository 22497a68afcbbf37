"""``otp-conformance assets``: what is left of a pool, and freeing what was restored."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from otp_conformance.assets.pool.file import Pool
from otp_conformance.assets.pool.ledger import Assets, Ledger, LedgerError
from otp_conformance.assets.pool.shelf import name_of
from otp_conformance.assets.port import Need
from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.choosing import declaration_option
from otp_conformance.cli.console import echo, table
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.errors import UsageError
from otp_conformance.language import Text, did_you_mean, say
from otp_conformance.run.budget import pool_of


@click.command(
    "assets",
    cls=BilingualCommand,
    text=Text(
        "用意したお客さまとトークンの、使用済みと未使用の数を表示します。\n"
        "検査対象で元の状態に戻したものは、--release で再び使えるようにします。",
        "Show how many prepared customers and tokens are used and free.\n"
        "What has been restored at the system is freed with --release.",
    ),
)
@declaration_option
@option(
    "--list",
    "listed",
    is_flag=True,
    ja="使用済みと未使用の数を表示します（既定の動作）。",
    en="Show used and free counts (this is the default).",
)
@option(
    "--release",
    "released",
    multiple=True,
    metavar="ID",
    ja="元の状態に戻したお客さまのログインID、またはトークンのシリアル番号（繰り返せます）。",
    en="Login ID of a restored customer, or serial of a restored token; repeatable.",
)
@option(
    "--release-all",
    is_flag=True,
    ja="すべてを元の状態に戻したので、すべて再び使えるようにします。",
    en="Everything has been restored: free it all.",
)
@option(
    "--add-ledger",
    "ledgers",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    ja="別の台（run --shard）の台帳に書かれたことを、この台帳に足します（繰り返せます）。",
    en="Add what the ledger of another machine (run --shard) says; repeatable.",
)
@common_options
def assets(
    declaration_file: str | None,
    released: tuple[str, ...],
    ledgers: tuple[Path, ...],
    *,
    listed: bool,
    release_all: bool,
) -> int:
    """Print the counts; free what was named; take over what other ledgers say."""
    loaded = bundle.load_declaration(declaration_file)
    prepared = pool_of(loaded)
    if prepared is None:
        raise no_list(loaded)
    pool, ledger = prepared
    try:
        freed = ledger.spent() if release_all else _named(pool, released)
        if freed.customers or freed.tokens:
            ledger.release(freed)
            echo(
                say(
                    f"解放しました: お客さま {len(freed.customers)}、トークン {len(freed.tokens)}",
                    f"Freed: {len(freed.customers)} customers, {len(freed.tokens)} tokens",
                )
            )
        for path in ledgers:
            number = ledger.add(Ledger(path))
            echo(say(f"{path}: {number} 行を足しました", f"{path}: {number} lines added"))
        if listed or not (released or release_all or ledgers):
            _print(pool, ledger)
    except LedgerError as error:
        raise UsageError(str(error), str(error)) from error
    return 0


def no_list(loaded: LoadedDeclaration) -> UsageError:
    """Return what to raise for a deployment whose customers stand on no list."""
    return UsageError(
        f"{loaded.path}: adapters.provisioning.kind が pool でも procedures でもないので、"
        "一覧はありません。",
        f"{loaded.path}: adapters.provisioning.kind is neither pool nor procedures; "
        "there is no list.",
    )


def _named(pool: Pool, names: tuple[str, ...]) -> Assets:
    found = Assets()
    by_login = {entry.login_id: entry for entry in pool.entries}
    for name in names:
        if name in by_login:
            entry = by_login[name]
            held = (t.serial for t in (entry.token, *entry.reserved) if t is not None)
            found |= Assets(frozenset({name}), frozenset(held))
        elif name in pool.tokens:
            found |= Assets(tokens=frozenset({name}))
        else:
            hint = did_you_mean(name, [*by_login, *pool.tokens])
            raise UsageError(
                f"{name} は {pool.path} にありません。{hint.ja}",
                f"{name} is not in {pool.path}.{hint.en}",
            )
    return found


def _print(pool: Pool, ledger: Ledger) -> None:
    spent = ledger.spent()
    total: Counter[Need] = Counter()
    used: Counter[Need] = Counter()
    for entry in pool.entries:
        need = Need(entry.status, entry.kind)
        total[need] += 1
        used[need] += entry.login_id in spent.customers
    for token in pool.spare:
        need = Need(kind=token.kind, to_send=token.state == "stock")
        total[need] += 1
        used[need] += token.serial in spent.tokens
    head = ["", say("計", "total"), say("使用済み", "used"), say("未使用", "free")]
    rows = [
        [name_of(need), str(number), str(used[need]), str(number - used[need])]
        for need, number in sorted(total.items(), key=lambda item: str(item[0]))
    ]
    table(rows, head, numbers=True)
    echo("")
    echo(say(f"台帳: {ledger.path}", f"Ledger: {ledger.path}"))
