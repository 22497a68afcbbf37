"""One person's browser: the `UserAgent` port on Playwright."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator

from otp_conformance.agent import trouble as page_trouble
from otp_conformance.agent.browser.foreground import first_line
from otp_conformance.agent.browser.locate import TEXTUAL, best, matches
from otp_conformance.agent.browser.requesting import Requesting
from otp_conformance.agent.page import Control

_LOG = logging.getLogger(__name__)
# How keyboards name the key between small and capital letters.
_SHIFT = re.compile(r"^\s*(大文字|小文字|シフト|[Ss]hift|⇧).*$")
_FRAME = "(e) => { e.style.outline = '4px solid #d0021b'; e.style.outlineOffset = '2px'; }"


class BrowserAgent(Requesting):
    """A browser context with one page in the foreground (port `UserAgent`).

    What its methods raise: see `Foreground`.
    """

    @property
    def is_browser(self) -> bool:
        """Scripts run and pixels exist."""
        return True

    def forget_cookies(self) -> None:
        """Drop all cookies."""
        with self._acting("Cookie の消去"):
            self._context.clear_cookies()

    def has(self, control: Control) -> bool:
        """Tell whether the control is on the page, enabled or not. Never waits."""
        with self._acting("画面の読み取り", judged=False):
            return bool(matches(self._scope, control))

    def screenshot(self, marked: Sequence[Control] = ()) -> bytes | None:
        """Return a JPEG of the whole page with every input masked, None if it fails twice.

        ``marked``: controls to draw a frame around, where they are there.
        """
        for _ in range(2):
            try:
                self._page.wait_for_load_state()
                for control in marked:
                    if found := best(matches(self._scope, control), control):
                        found.locator.evaluate(_FRAME)
                return self._page.screenshot(
                    type="jpeg",
                    quality=70,
                    full_page=True,
                    mask=[self._scope.locator(f"{TEXTUAL},select")],
                    mask_color="#808080",
                    animations="disabled",
                )
            except PlaywrightError as error:
                _LOG.warning("画面を撮影できませんでした：%s", first_line(error))
        return None

    # -- acting ------------------------------------------------------------

    def fill(self, control: Control, value: str) -> None:
        """Replace a field's value as typing would; maxlength cuts it."""
        self._drop_held()
        with self._acting("入力", judged=False):
            field = self._find(control)
            if not field.editable:
                raise page_trouble.unusable(
                    control, "入力できない状態です（読み取り専用または無効）"
                )
            typed = value if field.max_length is None else value[: field.max_length]
            if field.kind == "number":
                # Only real keys can show what a number field does with letters.
                field.locator.clear()
                field.locator.press_sequentially(typed)
            else:
                field.locator.fill(typed)

    def press(self, control: Control) -> None:
        """Press a button or link and wait until the page has settled.

        Playwright's click returns once a navigation that it started has
        committed; what is left is the new page's loading.
        """
        held = self._take_held(control)
        with self._acting("操作", control):
            if held is not None:
                held.go_on()
                return
            found = self._pressable(control)
            told = self._unchecked(found)
            if found.opens_window:
                with self._context.expect_page():
                    found.locator.click()
            else:
                found.locator.click()
            self._traffic.dialogs.extend(told)

    def press_twice(self, control: Control) -> None:
        """Double-click a button and wait until neither click has anything under way."""
        with self._acting("操作", control):
            found = self._pressable(control)
            told = self._unchecked(found)
            found.locator.dblclick()
            self._traffic.dialogs.extend(told)
            self._page.wait_for_load_state("networkidle")

    def type_by_clicks(self, field: Control, opener: Control, value: str) -> None:
        """Empty a field, open its on-screen keyboard and click the value in, key by key."""
        with self._acting("ソフトウェアキーボードを開く", opener):
            target = self._find(field)
            if target.editable:
                target.locator.clear()
            target.locator.focus()
            self._pressable(opener).locator.click()
        with self._acting("ソフトウェアキーボードによる入力", judged=False):
            for character in value:
                self._key(character, opener).click()

    def _key(self, character: str, opener: Control) -> Locator:
        """Return the key of a character, after the shift key where it takes that."""
        key = self._scope.get_by_role("button", name=character, exact=True)
        if not key.count():
            shift = self._scope.get_by_role("button", name=_SHIFT)
            if shift.count():
                shift.first.click()
        if not key.count():
            # The character may be part of a secret: it is not named.
            raise page_trouble.unusable(opener, "入力する文字のキーがキーボードにありません")
        return key.first

    def close(self) -> None:
        """End this person's browser. Idempotent."""
        try:
            self._context.close()
        except PlaywrightError as error:
            _LOG.debug("ブラウザーは既に終了しています：%s", first_line(error))
