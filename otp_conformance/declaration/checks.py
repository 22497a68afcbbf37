"""Checks across keys: what each key alone cannot tell."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel

from otp_conformance.declaration.adapter_checks import check_adapters
from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.errors import Problem
from otp_conformance.declaration.explain import Source, shown
from otp_conformance.declaration.model import ERROR_MESSAGE, Declaration
from otp_conformance.declaration.selectors import is_selector
from otp_conformance.declaration.system import FUNCTIONS
from otp_conformance.declaration.unread import check_unread
from otp_conformance.language import did_you_mean, say
from otp_conformance.specification.manual import Manual, flatten_labels
from otp_conformance.text import normalise

_PLACEHOLDERS = ("python", "port", "run_dir", "work_dir")
_LOOPBACK = {"127.0.0.1", "localhost", "::1", "[::1]"}


def check_labels(source: Source, data: Mapping[str, Any], manual: Manual) -> Iterator[Problem]:
    """Yield problems of label overrides; works on the file's raw data."""
    labels = data.get("labels")
    for key, texts in flatten_labels(labels if isinstance(labels, Mapping) else {}).items():
        path = ("labels", key)
        if key not in manual.labels:
            yield source.problem(
                path,
                say("知らない文言キー", "an unknown label key"),
                say("文言の一覧にあるキー", "a key of the list of labels"),
                str(did_you_mean(key, manual.labels)).strip()
                or say("消すか、正しいキーに直してください。", "Remove or correct it."),
            )
        elif isinstance(texts, list) and any(
            isinstance(t, str) and not normalise(t) for t in texts
        ):
            yield source.problem(
                path,
                say("文字のない文言", "a text without letters"),
                say("画面に出る文言", "the text on the screen"),
                say("どの画面にも当てはまる文言は書けません。", "It would match any screen."),
            )


def _address(source: Source, decl: Declaration) -> Iterator[Problem]:
    key = ("sut", "base_url")
    try:
        parts = urlsplit(decl.sut.base_url)
        host = (parts.hostname or "").lower()
        _ = parts.port
        require_host(host)
    except ValueError:
        yield source.problem(
            key,
            shown(decl.sut.base_url),
            say("正しいアドレス", "a valid address"),
            say("ホストとポートを確かめてください。", "Check host and port."),
        )
        return
    if parts.username or parts.password or parts.query or parts.fragment:
        yield source.problem(
            key,
            say(
                "利用者名・問い合わせなどの付いたアドレス", "an address with credentials or a query"
            ),
            say("それらのないアドレス", "an address without them"),
            say("秘密の値はアドレスに書けません。", "Secrets do not belong in an address."),
        )
        return
    if not any(fnmatchcase(host, allowed.lower()) for allowed in decl.sut.allowed_hosts):
        yield source.problem(
            ("sut", "allowed_hosts"),
            say(f"{host} のない一覧", f"a list without {host}"),
            say("base_url のホストを含む一覧", "a list with the host of base_url"),
            say(f"「{host}」を足してください。", f'Add "{host}".'),
        )


def _calls(section: BaseModel, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], HttpCall]]:
    """Yield the described calls of a table and of those within, with their keys."""
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, HttpCall):
            yield (*path, name), value
        elif isinstance(value, BaseModel):
            yield from _calls(value, (*path, name))


def _calls_elsewhere(source: Source, decl: Declaration) -> Iterator[Problem]:
    """Yield calls to hosts that nothing connects to (sut.allowed_hosts)."""
    for path, call in _calls(decl.adapters, ("adapters",)):
        host = (urlsplit(call.url).hostname or "").lower()
        allowed = any(fnmatchcase(host, each.lower()) for each in decl.sut.allowed_hosts)
        if host and "{" not in host and not allowed:
            yield source.problem(
                (*path, "url"),
                say(f"sut.allowed_hosts にない {host}", f"{host}, not in sut.allowed_hosts"),
                say("sut.allowed_hosts にあるホスト", "a host of sut.allowed_hosts"),
                say(
                    f"sut.allowed_hosts に「{host}」を足すか、アドレスを直してください。",
                    f'Add "{host}" to sut.allowed_hosts, or correct the address.',
                ),
            )


_ASCII_HOST = re.compile(
    r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?"
)
_LONGEST_HOST = 253


def require_host(host: str) -> None:
    """Raise `ValueError` for what no host can be called (RFC 1123; underscores do occur)."""
    if ":" in host:  # an IPv6 address, in brackets that `urlsplit` has looked at
        return
    name = host.encode("idna").decode("ascii").lower()  # an empty or long part: UnicodeError
    if len(name) > _LONGEST_HOST or not _ASCII_HOST.fullmatch(name):
        raise ValueError(host)


def _start(source: Source, decl: Declaration) -> Iterator[Problem]:
    start = decl.sut.start
    if start is None:
        yield source.problem(
            ("sut", "base_url"),
            say("[sut.start] のない auto", "auto without [sut.start]"),
            say("アドレス、または起動方法", "an address, or a way to start the system"),
            say(
                "動いている製品ならアドレスを、起動させるなら [sut.start] を書いてください。",
                "Give the address of a running system, or add [sut.start].",
            ),
        )
        return
    if not any("{port}" in word for word in start.command):
        yield source.problem(
            ("sut", "start", "command"),
            say("{port} のないコマンド", "a command without {port}"),
            say("{port} を含むコマンド", "a command with {port}"),
            say(
                "base_url が auto のとき、ポートは実行側が決めて渡します。",
                "With base_url = auto the run chooses the port and hands it over.",
            ),
        )
    if not {host.lower() for host in decl.sut.allowed_hosts} & _LOOPBACK:
        yield source.problem(
            ("sut", "allowed_hosts"),
            say("127.0.0.1 のない一覧", "a list without 127.0.0.1"),
            say("起動した製品のホストを含む一覧", "a list with the host of the started system"),
            say("「127.0.0.1」を足してください。", 'Add "127.0.0.1".'),
        )


def _placeholders(source: Source, decl: Declaration) -> Iterator[Problem]:
    for number, word in enumerate(decl.sut.start.command if decl.sut.start else ()):
        for name in re.findall(r"\{(\w*)\}", word):
            if name not in _PLACEHOLDERS:
                yield source.problem(
                    ("sut", "start", "command", number),
                    "{" + name + "}",
                    "{python} / {port} / {run_dir} / {work_dir}",
                    str(did_you_mean(name, _PLACEHOLDERS)).strip(),
                )


def _orders(source: Source, decl: Declaration) -> Iterator[Problem]:
    serial, confirmation = decl.serial, decl.confirmation_password
    ranges = {
        "serial": (serial.min_length, serial.max_length),
        "confirmation_password": (confirmation.min_length, confirmation.max_length),
    }
    for table, (least, most) in ranges.items():
        if least > most:
            yield source.problem(
                (table, "min_length"),
                shown(least),
                say(f"max_length（{most}）以下", f"at most max_length ({most})"),
                say("最小と最大を見直してください。", "Check min_length and max_length."),
            )


def _activation(source: Source, decl: Declaration) -> Iterator[Problem]:
    limited = decl.activation.failure_limit > 0
    if limited == (decl.activation.limit_effect == "none"):
        yield source.problem(
            ("activation", "limit_effect" if limited else "failure_limit"),
            shown(decl.activation.limit_effect if limited else decl.activation.failure_limit),
            say(
                "制限があれば効果も、なければ none",
                "an effect if there is a limit, none if there is not",
            ),
            say(
                "failure_limit と limit_effect をそろえてください（IX-48）。",
                "Make failure_limit and limit_effect agree (IX-48).",
            ),
        )


def _functions(source: Source, decl: Declaration) -> Iterator[Problem]:
    for key in FUNCTIONS:
        if key != "portal" and not decl.ics.portal and getattr(decl.ics, key):
            yield source.problem(
                ("ics", key),
                "true",
                say(
                    "false（申請内容選択の画面がないため）",
                    "false (there is no request selection screen to begin at)",
                ),
                say(
                    "ics.portal と同じく false にするか、ics.portal を true にしてください。",
                    "Set it to false like ics.portal, or ics.portal to true.",
                ),
            )


def _titles(source: Source, decl: Declaration) -> Iterator[Problem]:
    """Yield titles that several screens share: nobody could tell which one is in sight."""
    absent = {"login_otp"} if decl.login.flow == "one_page" else set()
    if not decl.ics.software_tokens:
        absent |= {screen.software for screen in decl.manual.screens.values()}
    keys: dict[str, list[str]] = {}
    for screen in decl.manual.screens.values():
        for text in (
            ()
            if screen.key in absent
            else dict.fromkeys(map(normalise, decl.labels[screen.title_key]))
        ):
            keys.setdefault(text, []).append(screen.title_key)
    clashes = {tuple(each) for each in keys.values() if len(each) > 1}
    for clash in sorted(clashes):
        declared = [key for key in clash if decl.labels[key] != decl.manual.labels[key]]
        first = (declared or clash)[0]
        shared = next(t for t in decl.labels[first] if len(keys[normalise(t)]) > 1)
        named = say("、", ", ").join(clash)
        yield source.problem(
            ("labels", first),
            say(
                f"{len(clash)} つの画面（{named}）に共通の題名{shown(shared)}",
                f"one title {shown(shared)} for {len(clash)} screens ({named})",
            ),
            say("画面ごとに違う題名", "another title for each screen"),
            say(
                "その画面だけにある見出しに直すか、行を消してください（見出しで見分けられない"
                "画面は [screen_marks]）。",
                "Give a heading that this screen alone has, or remove the line "
                "([screen_marks] is for screens that no heading tells apart).",
            ),
        )


def _screen_marks(source: Source, decl: Declaration) -> Iterator[Problem]:
    screens = list(decl.manual.screens)
    for screen in decl.screen_marks:
        if screen not in screens:
            yield source.problem(
                ("screen_marks", screen),
                say(f"知らない画面「{screen}」", f'an unknown screen "{screen}"'),
                say("[labels] の題名と同じ画面の名前", "the name of a screen, as in [labels]"),
                str(did_you_mean(screen, screens)).strip(),
            )


def _selectors(source: Source, decl: Declaration) -> Iterator[Problem]:
    for name, selector in decl.selectors.items():
        screen, _, key = name.rpartition("/")
        if screen and screen not in decl.manual.screens:
            yield source.problem(
                ("selectors", name),
                say(f"知らない画面「{screen}」", f'an unknown screen "{screen}"'),
                say("[screen_marks] と同じ画面の名前", "the name of a screen"),
                str(did_you_mean(screen, decl.manual.screens)).strip(),
            )
        elif key not in decl.labels and key != ERROR_MESSAGE:
            yield source.problem(
                ("selectors", name),
                say(f"知らない鍵「{key}」", f'an unknown key "{key}"'),
                say("[labels] と同じ鍵", "a key as in [labels]"),
                str(did_you_mean(key, decl.labels)).strip(),
            )
        if not is_selector(selector):
            yield source.problem(
                ("selectors", name),
                f"「{selector}」",
                say("CSS セレクター（例: #otp、input[name=otp]）", "a CSS selector, e.g. #otp"),
                say("書き方を確かめてください。", "Look at how it is written."),
            )


def check(source: Source, decl: Declaration) -> Iterator[Problem]:
    """Yield the contradictions of a declaration whose keys are all right."""
    problems = list(_contradictions(source, decl))
    yield from problems
    # Where the deciding key is wrong itself, what hangs on it is told by that.
    wrong = {problem.key for problem in problems}
    yield from (p for p, by in check_unread(source, decl) if not wrong & set(by))


def _contradictions(source: Source, decl: Declaration) -> Iterator[Problem]:
    if decl.sut.base_url == "auto":
        yield from _start(source, decl)
    else:
        yield from _address(source, decl)
    yield from _placeholders(source, decl)
    yield from check_adapters(source, decl)
    yield from _calls_elsewhere(source, decl)
    yield from _orders(source, decl)
    yield from _activation(source, decl)
    yield from _functions(source, decl)
    yield from _screen_marks(source, decl)
    yield from _selectors(source, decl)
    yield from _titles(source, decl)


def missing_files(decl: Declaration, base: Path) -> Iterator[str]:
    """Yield the declared commands and files that are not there. ``base``: the file's folder."""
    for key, words in _commands(decl):
        # A relative path begins at the declaration's folder, where commands run.
        if words and shutil.which(base / words[0] if "/" in words[0] else words[0]) is None:
            yield say(
                f"{key}: コマンド {words[0]} がないか、実行できません。",
                f"{key}: the command {words[0]} is not there or cannot be executed.",
            )
    tokens, clock = decl.adapters.tokens, decl.adapters.clock
    shown = decl.sut.client_certificate
    files = {
        "adapters.tokens.file": tokens.file if tokens.kind == "pskc" else "",
        "sut.client_certificate.file": shown.file if shown else "",
        "sut.client_certificate.key": shown.key if shown else "",
    }
    for key, name in files.items():
        if name and not (base / name).is_file():
            yield say(
                f"{key}: ファイル {base / name} がありません。",
                f"{key}: there is no file {base / name}.",
            )
    if clock.kind == "faketime" and clock.file and not (base / clock.file).parent.is_dir():
        yield say(
            f"adapters.clock.file: フォルダー {(base / clock.file).parent} がありません。",
            f"adapters.clock.file: there is no folder {(base / clock.file).parent}.",
        )


def _commands(decl: Declaration) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the commands that the declared kinds use, by key; empty: not declared."""
    tokens, staff = decl.adapters.tokens, decl.adapters.staff
    provisioning = decl.adapters.provisioning
    if tokens.kind == "command":
        yield "adapters.tokens.command", tokens.command
    if staff is not None and staff.kind == "command":
        of_staff = staff.commands.model_dump()
        yield from ((f"adapters.staff.commands.{verb}", words) for verb, words in of_staff.items())
    if provisioning.kind == "command":
        making = provisioning.commands.model_dump()
        yield from ((f"adapters.provisioning.commands.{v}", words) for v, words in making.items())
    for name in ("outbox", "restart"):
        adapter = getattr(decl.adapters, name)
        if adapter is not None and adapter.kind == "command":
            yield f"adapters.{name}.command", adapter.command


def remarks(decl: Declaration) -> Iterator[str]:
    """Yield what may be meant as it stands, but is a mistake more often than not."""
    yield from _cannot_be_made(decl)
    yield from _verbs_of_staff(decl)
    entrance = urlsplit(decl.sut.base_url).path if decl.sut.base_url != "auto" else ""
    if entrance.strip("/") and not decl.login.path.startswith(f"{entrance.rstrip('/')}/"):
        whole = f"{entrance.rstrip('/')}{decl.login.path}"
        yield say(
            f"login.path: sut.base_url の「{entrance}」は前に付かず、ログイン画面として開くのは"
            f"「{decl.login.path}」です。「{entrance}」の下にあるなら "
            f'login.path = "{whole}" と書いてください。',
            f'login.path: "{entrance}" of sut.base_url is not put before it; the login screen '
            f'that is opened is "{decl.login.path}". If it lies below, write '
            f'login.path = "{whole}".',
        )


def _cannot_be_made(decl: Declaration) -> Iterator[str]:
    """Yield the states into which the suite cannot bring the customers of a list (IX-44)."""
    adapter, lockout = decl.adapters.provisioning, decl.lockout
    if not adapter.listed:
        return
    counted = {"sources": ("login", lockout.sources), "classes": ("wrong", lockout.classes)}
    for key, (word, there) in counted.items():
        if adapter.suspends_here and word not in there:
            yield say(
                f"lockout.{key}: {word} がないので、ログインで間違えて停止させることができません。"
                "停止中のお客さまが要るシナリオは判定不能になります"
                f"（adapters.provisioning.{_suspending(decl)}）。",
                f"lockout.{key}: without {word} no customer can be suspended by wrong OTPs at the "
                "login. Scenarios that need a suspended customer will be inconclusive "
                f"(adapters.provisioning.{_suspending(decl)}).",
            )
    if adapter.kind == "procedures" and not decl.ics.self_service_deactivation:
        yield say(
            "ics.self_service_deactivation: false なので、利用解除済みのお客さまを作れません。"
            "要るシナリオは未実施になります（adapters.provisioning.kind = procedures）。",
            "ics.self_service_deactivation: false, so that no customer can be deactivated. "
            "Scenarios that need one are not run (adapters.provisioning.kind = procedures).",
        )


_WORK = ("orders", "dispatch", "unlock")


def _verbs_of_staff(decl: Declaration) -> Iterator[str]:
    """Yield the work that nobody can do as staff, so that scenarios are not run (IX-17, IX-43)."""
    staff = decl.adapters.staff
    if staff is None:
        if decl.ics.staff_revocation:
            yield say(
                "ics.staff_revocation = true ですが、失効の手段がありません"
                "（ics.staff_access = false）。失効のシナリオは未実施になります。",
                "ics.staff_revocation = true, and there is no way to revoke "
                "(ics.staff_access = false). Scenarios of a revocation are not run.",
            )
        return
    if staff.kind not in ("http", "command", "screens"):
        return
    tables = {"http": "calls", "command": "commands", "screens": "recipes"}
    table = tables[staff.kind]
    described = getattr(staff, table)
    verbs = (*_WORK, "revoke") if decl.ics.staff_revocation else _WORK
    lacking = [f"adapters.staff.{table}.{verb}" for verb in verbs if not getattr(described, verb)]
    named, listed = say("、", ", ").join(lacking), ", ".join(lacking)
    if staff.kind == "screens":
        # Where nothing is described the staff's screens are meant to be as the suite knows them.
        if described.model_fields_set and lacking:
            yield say(
                f"{named}: 書かれていないので、組み込みの手順（features/staff.toml）を使います。",
                f"{listed}: not given; the built-in steps (features/staff.toml) are used.",
            )
        return
    if lacking:
        why = "（ics.staff_revocation = true）" if "revoke" in lacking[-1] else ""
        yield say(
            f"{named}: 書かれていないので、使うシナリオは未実施になります{why}。",
            f"{listed}: not given; scenarios that need it are not run.",
        )


def _suspending(decl: Declaration) -> str:
    procedures = decl.adapters.provisioning.kind == "procedures"
    return "kind = procedures" if procedures else "suspend = wrong_codes"
