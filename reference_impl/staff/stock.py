"""Tokens in stock and their import from a PSKC file (RFC 6030)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from reference_impl.service.contract import StaffError
from reference_impl.staff.office import MAX_ROWS, Clerk, Office


def register(blueprint: Blueprint, office: Office) -> None:
    """Add the stock page."""

    def page(
        clerk: Clerk, status: int = 200, alerts: tuple[str, ...] = (), notice: str = ""
    ) -> Response:
        tokens = office.service.stock()
        return office.page(
            clerk,
            "staff/stock.html",
            status,
            title="トークン在庫",
            tokens=tokens[:MAX_ROWS],
            total=len(tokens),
            in_stock=sum(token.state == "stock" for token in tokens),
            alerts=alerts,
            notice=notice,
        )

    def stock() -> Response:
        return page(office.clerk())

    def stock_import() -> Response:
        clerk, values = office.posting_clerk()
        uploads = request.files.getlist("pskc")
        data = uploads[0].read() if len(uploads) == 1 else b""
        if not data:
            return page(clerk, 422, ("取り込むPSKCファイルを1つ選択してください。",))
        try:
            report = office.service.import_pskc(
                clerk.staff_id, data, values.get("pskc_password") or None
            )
        except StaffError as error:
            return page(clerk, 422, (str(error),))
        text = f"{report.imported}件のトークンを取り込みました。"
        if not report.refused:
            return office.done(clerk, "/staff/stock", text)
        refused = (f"{len(report.refused)}件は取り込みませんでした。", *report.refused[:MAX_ROWS])
        # Shown at once: the list may be longer than a cookie can carry.
        return page(clerk, 200 if report.imported else 422, refused, text)

    blueprint.add_url_rule("/stock", "stock", stock)
    blueprint.add_url_rule("/stock", "stock_import", stock_import, methods=["POST"])
