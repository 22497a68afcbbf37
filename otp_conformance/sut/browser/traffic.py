"""What became of a page's own requests: status, failure, whether one is under way."""

from __future__ import annotations

from playwright.sync_api import Dialog, Page, Request, Response
from playwright.sync_api import Error as PlaywrightError

# The browser itself gave up a request: a second click overtook the first, the
# answer was a download or had no content. The page stays; nothing is wrong.
HARMLESS = ("net::ERR_ABORTED",)


class Traffic:
    """Listens to one page. ``status`` is that of the document shown (or None)."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.status: int | None = None
        self.failure: str = ""
        self.failed_address: str = ""
        self.pending_address: str = ""
        self.dialogs: list[str] = []
        page.on("request", self._on_request)
        page.on("response", self._on_response)
        page.on("requestfailed", self._on_failed)
        page.on("dialog", self._on_dialog)

    def forget_failure(self) -> None:
        """Start a new action: earlier failures and messages are history."""
        self.failure = self.failed_address = ""
        self.dialogs.clear()

    def _is_own(self, request: Request) -> bool:
        if not request.is_navigation_request():
            return False
        try:
            return request.frame == self._page.main_frame
        except PlaywrightError:
            return True  # a new window's first request has no frame yet

    def _on_request(self, request: Request) -> None:
        if self._is_own(request):
            self.pending_address = request.url
            self.failure = self.failed_address = ""

    def _on_response(self, response: Response) -> None:
        if self._is_own(response.request):
            self.status = response.status
            self.pending_address = ""

    def _on_failed(self, request: Request) -> None:
        if not self._is_own(request):
            return
        self.pending_address = ""
        failure = request.failure or "net::ERR_FAILED"
        if failure not in HARMLESS:
            self.failure, self.failed_address = failure, request.url
            self.status = None

    def _on_dialog(self, dialog: Dialog) -> None:
        # A person reads the question and goes on; the text counts as a message.
        self.dialogs.append(dialog.message)
        dialog.accept()
