"""Starting what a run needs: the agents, the system under test, the ports to it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from otp_conformance.agent.port import server_of
from otp_conformance.agent.trouble import BrowserMissing
from otp_conformance.declaration.secrets import SecretError, resolve
from otp_conformance.deployment.access import access_to
from otp_conformance.deployment.process import (
    StartPlan,
    SutProcess,
    generate_secrets,
    refuses_connections,
    require_free_port,
)
from otp_conformance.deployment.reach import Reached, reach
from otp_conformance.deployment.restart import of_process
from otp_conformance.deployment.sut import Sut
from otp_conformance.errors import RunError, UnreadyError, UsageError
from otp_conformance.journal.masking import Masker
from otp_conformance.language import Text
from otp_conformance.leftovers import kept_folder, private_folder
from otp_conformance.run.context import RunContext
from otp_conformance.run.request import Agents, Request
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.outcome import Outcome
from otp_conformance.verdict.verdict import Cause


@dataclass(frozen=True)
class Outage:
    """Why the system under test could not be reached; ``for_good``: nor can it be now."""

    reason: str
    for_good: bool = True


NO_NAME = "—"
"""What a browser is called that has not told its name (yet)."""

_DYING_SECONDS = 1.0

_LOOK_AGAIN_SECONDS = 0.5


def check_start(request: Request) -> None:
    """Check what can be checked before anything is started.

    Raises `UsageError`.
    """
    sut = request.loaded.declaration.sut
    if request.agent.at:
        _check_sight(request)
    if sut.frame and request.agent.kind is not AgentKind.BROWSER:
        raise UsageError(
            f"{request.loaded.path}: フレームの中の画面（sut.frame）は、ブラウザーでだけ"
            "試験できます。--agent http を外してください。",
            f"{request.loaded.path}: screens in a frame (sut.frame) need the browser. "
            "Leave --agent http out.",
        )
    if sut.start is None:
        if sut.base_url == "auto":
            raise UsageError(
                f"{request.loaded.path}: sut.base_url が auto のときは sut.start が必要です。"
                "起動方法を書くか、アドレスを書いてください。",
                f"{request.loaded.path}: sut.base_url = auto needs sut.start. "
                "Declare how to start the system, or its address.",
            )
        if request.port or request.sut_arguments:
            raise UsageError(
                "--port と --settings は、検査対象をこちらで起動するとき（宣言の sut.start）だけ"
                "使えます。",
                "--port and --settings need a system that the run starts itself (sut.start).",
            )
    require_free_port(request.port)


_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def _check_sight(request: Request) -> None:
    """Raise `UsageError` where a browser on another machine could not see the system."""
    sut = request.loaded.declaration.sut
    here = sut.base_url == "auto" or urlsplit(sut.base_url).hostname in _LOOPBACK
    server = server_of(request.agent.at)
    if here and urlsplit(server).hostname not in _LOOPBACK:
        raise UsageError(
            f"--browser-at {server}: 検査対象はこの計算機の中だけのアドレス（{sut.base_url}）で、"
            "そのブラウザーからは見えません。sut.base_url を外から見えるアドレスにするか、"
            "ブラウザーのサーバーをこの計算機で動かしてください。",
            f"--browser-at {server}: the system's address ({sut.base_url}) is of this machine "
            "alone, that browser cannot see it. Declare an address that can be seen from there, "
            "or run the server here.",
        )
    if sut.client_certificate is not None:
        raise UsageError(
            "--browser-at は、クライアント証明書（sut.client_certificate）とは使えません。",
            "--browser-at cannot be used with a client certificate (sut.client_certificate).",
        )


class Launch:
    """The browser and the system of one run; the stack ends both."""

    def __init__(self, context: RunContext) -> None:
        self.base_url = context.request.loaded.declaration.sut.base_url
        self.browser_name = NO_NAME
        self.agents: Agents | None = None
        self._context = context
        self._process: SutProcess | None = None

    def start(self) -> Sut:
        """Start user agents and system, and connect.

        Raises `UsageError`, `UnreadyError` or a judged outcome: whatever keeps
        the run from beginning.
        """
        request = self._context.request
        declaration, folder = request.loaded.declaration, Path(request.loaded.path).parent
        access = access_to(declaration.sut, self.base_url, folder, self._secret)
        agents = self._context.parts.make_agents(request.agent, declaration, access)
        self._context.stack.callback(self._close, agents)
        self.agents = agents
        self.browser_name = agents.product()
        env = dict(self._context.request.env)
        start = declaration.sut.start
        if start is not None:
            env |= generate_secrets(start.generated_secrets, self._context.masker)
            plan = StartPlan(
                command=tuple(start.command),
                ready_line=start.ready_line,
                ready_timeout_seconds=start.ready_timeout_seconds,
                env=env,
                port=self._context.request.port,
                more_arguments=self._context.request.sut_arguments,
            )
            process = SutProcess(
                plan,
                self._context.run_dir,
                self._context.masker,
                self._work_dir(),
                log_name=self._context.log_name,
            )
            self._process = self._context.stack.enter_context(process)
            if self.base_url == "auto":
                self.base_url = process.base_url
        if refuses_connections(self.base_url):
            raise UnreadyError(
                f"検査対象 {self.base_url} に接続できません。起動しているか確かめてください。",
                f"The system at {self.base_url} refuses connections. Is it running?",
            )
        look = partial(
            reach,
            allowed_hosts=declaration.sut.allowed_hosts,
            any_certificate=declaration.sut.accept_any_certificate,
            access=access,
            timeout_seconds=declaration.sut.timeout_seconds,
        )
        self._notice_slowness(look(self.base_url))
        login = urljoin(self.base_url, declaration.login.path)
        look(login, what="ログイン画面", key="login.path")
        sut = self._context.parts.connect(
            self._context.request.loaded,
            self.base_url,
            env,
            agents,
            on_secret=self._context.masker.add,
        )
        restart = declaration.adapters.restart
        if self._process is None or restart is None or restart.kind != "process":
            return sut
        return replace(sut, restart=of_process(self._process))

    def _secret(self, reference: str, key: str) -> str:
        """Return a referenced secret, registered for masking. Raises `SecretError`."""
        del key  # the reference itself names what is missing
        request = self._context.request
        folder = Path(request.loaded.path).parent
        value = resolve(reference, request.env, base=folder)
        self._context.masker.add(value)
        return value

    def _notice_slowness(self, reached: Reached) -> None:
        if reached.slow:
            self._context.observer.notice(
                Text(
                    f"検査対象の応答に {reached.seconds:.1f} 秒かかりました。"
                    "実施はできますが、時間切れの判定不能が出ることがあります。",
                    f"The system took {reached.seconds:.1f} s to answer. The run goes on, "
                    "but some scenarios may end inconclusive for time-outs.",
                )
            )

    def _work_dir(self) -> Path:
        """Return a private folder for what the system keeps: data and keys of its own.

        It is not part of the run's folder, which people hand on. Made with
        mode 0700, and removed after the system has ended.
        """
        if self._context.request.keep_work:
            folder = kept_folder()
            self._context.observer.notice(
                Text(
                    f"検査対象の作業フォルダーを残します: {folder}（検査用のデータと鍵を含みます）",
                    f"The system's work folder is kept: {folder} (test data and keys)",
                )
            )
            return folder
        return self._context.stack.enter_context(private_folder())

    def outage(self, suspected: bool) -> Outage | None:
        """Return why the system under test is or was gone, None when it is not.

        A process that answers no more may need a moment until it has ended:
        ``suspected`` tells that there is reason to wait for it. A system that
        somebody else started may come back: it is waited for as long as asked.
        """
        if self._process is not None:
            code = self._process.exit_code()
            if code is None and (suspected or refuses_connections(self.base_url)):
                code = self._process.wait_for_exit(_DYING_SECONDS)
            if code is not None:
                return Outage(f"検査対象のプロセスが終了しました（終了コード {code}）")
        if not refuses_connections(self.base_url):
            return None
        reason = f"検査対象 {self.base_url} に接続できなくなりました"
        if self._process is None and self._comes_back():
            return Outage(f"検査対象 {self.base_url} に一時、接続できませんでした", for_good=False)
        return Outage(reason)

    def _comes_back(self) -> bool:
        patience = self._context.request.patience_seconds
        if patience <= 0:
            return False
        self._context.observer.notice(
            Text(
                f"検査対象 {self.base_url} に接続できません。{patience:g} 秒まで待ちます。",
                f"The system at {self.base_url} refuses connections; waiting up to {patience:g} s.",
            )
        )
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and not self._context.interrupt.requested:
            time.sleep(_LOOK_AGAIN_SECONDS)
            if not refuses_connections(self.base_url):
                self._context.observer.notice(
                    Text("検査対象に接続できました。続けます。", "The system is back; going on.")
                )
                return True
        return False

    def _close(self, agents: Agents) -> None:
        """End the browser; after an interrupt it may have ended before us."""
        try:
            agents.close()
        except Exception as error:  # noqa: BLE001 - the results are complete by now
            self._context.observer.notice(
                Text(
                    f"ブラウザーを終了できませんでした: {type(error).__name__}",
                    f"The browser did not end properly: {type(error).__name__}",
                )
            )


def cause_of(trouble: Exception) -> Cause:
    """Return whose matter it is that the run could not start."""
    declared = isinstance(trouble, SecretError) or (
        isinstance(trouble, Outcome) and trouble.cause is Cause.DECLARATION
    )
    return Cause.DECLARATION if declared else Cause.ENVIRONMENT


def told(trouble: Exception, masker: Masker, *, browser: str, headed: bool) -> Text:
    """Return the trouble for both readers, without secrets.

    ``browser``: its product's name as far as known; ``headed``: with a window.
    """
    match trouble:
        case RunError():
            text = trouble.text
        case Outcome():
            text = _outcome(trouble, browser=browser, headed=headed)
        case _:
            text = Text(str(trouble), str(trouble))
    return Text(masker.mask(text.ja), masker.mask(text.en))


def _outcome(trouble: Outcome, *, browser: str, headed: bool) -> Text:
    """Return an outcome for both readers: its own sentences are Japanese."""
    ja = f"{trouble.observed}。{trouble.hint}" if trouble.hint else trouble.observed
    details = re.search(r"[（(]([ -~]+)[）)]", trouble.observed)
    why = f" ({details[1].strip()})" if details else ""
    if isinstance(trouble, BrowserMissing):
        package = "chromium" if headed else "chromium-headless-shell"
        en = (
            f"No browser was found{why}. On Debian: apt install {package}; "
            f"elsewhere: playwright install {package}."
        )
    elif browser == NO_NAME:
        en = f"The browser or its driver does not start{why}. Is there enough memory and disk?"
    elif trouble.cause is Cause.DECLARATION:
        en = f"The declaration does not describe the system under test: {ja}"
    else:
        en = f"The system under test could not be made ready: {ja}"
    return Text(ja, en)
