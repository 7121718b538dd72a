"""What moves a sheet on: handing in, returning, giving to the unit, answering, concluding; and the sheet as a file."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import flash, redirect, request, send_file
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid, NotFound
from webapp.indicators import assessing, rules, verifying
from webapp.indicators.book import Assessed, points_book
from webapp.indicators.concluding import said_by
from webapp.indicators.entries import log
from webapp.indicators.rows import items_of
from webapp.indicators.sheet_routes import EXPLAIN, blueprint, load, mode_of, save_all, sheet_page, to_sheet
from webapp.models import IndicatorSheet
from webapp.official.tables import XLSX
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.ui.auth import requires
from webapp.ui.htmx import render
from webapp.ui.request_state import now, resources, unit_of_work, viewer
from webapp.ui.views import reason_view


def _common(sheet: IndicatorSheet) -> dict[str, Any]:
    return {"actor": viewer(), "now": now(), "timezone": resources().settings.timezone, "sheet_id": sheet.id}


def _do(sheet_id: str, act: Callable[..., object], done: str, **more: Any) -> Response:
    """One move without a form of its own; what stands against it is said on the page of the sheet."""
    sheet, view = load(sheet_id)
    try:
        with unit_of_work() as work:
            act(work, **_common(sheet), **more)
    except Invalid as fault:
        return sheet_page(sheet, view, errors=fault.fields)
    flash(done, "good")
    return redirect(to_sheet(sheet.id), 303)


@blueprint.route("/<indicator_sheet_id>/submit", methods=["GET", "POST"], endpoint="sheet_submit")
@requires(P.INDICATOR_SHEET_SUBMIT, on_subject=True)
def sheet_submit(indicator_sheet_id: str) -> Response:
    sheet, view = load(indicator_sheet_id)
    ensure(viewer(), P.INDICATOR_SHEET_SUBMIT, sheet)
    if request.method == "POST":
        return _do(sheet.id, assessing.submit_sheet, "Đã trình phiếu chỉ số; người thẩm định đã được báo.")
    return render("indicators/submit.html", sheet=sheet, view=view, left=rules.before_submitting(view.words))


@blueprint.post("/<indicator_sheet_id>/answer", endpoint="sheet_answer")
@requires(P.INDICATOR_SHEET_ANSWER, on_subject=True)
def sheet_answer(indicator_sheet_id: str) -> Response:
    sheet, view = load(indicator_sheet_id)
    ensure(viewer(), P.INDICATOR_SHEET_ANSWER, sheet)
    # What was typed goes along: without script nothing of it is saved yet.
    errors, conflicts = save_all(sheet, view) if mode_of(sheet) == EXPLAIN else ({}, {})
    if errors or conflicts:
        return sheet_page(*load(sheet.id), errors=errors, conflicts=conflicts)
    agrees = request.form.get("answer") == "agree"
    done = "Đã đồng ý với kết quả thẩm định." if agrees else "Đã gửi giải trình."
    return _do(sheet.id, assessing.answer, done, agrees=agrees)


@blueprint.post("/<indicator_sheet_id>/accept", endpoint="sheet_accept")
@requires(P.INDICATOR_SHEET_VERIFY, on_subject=True)
def sheet_accept(indicator_sheet_id: str) -> Response:
    sheet, view = load(indicator_sheet_id)
    try:
        with unit_of_work() as work:
            count = verifying.accept_rest(work, actor=viewer(), now=now(), sheet_id=sheet.id)
    except Invalid as fault:
        return sheet_page(sheet, view, errors=fault.fields)
    flash(f"Đã đồng ý với đơn vị ở {count} chỉ số chưa thẩm định.", "good")
    return redirect(to_sheet(sheet.id), 303)


@blueprint.post("/<indicator_sheet_id>/moves/<sheet_step>", endpoint="sheet_move")
@requires(P.INDICATOR_SHEET_CONCLUDE, on_subject=True)
def sheet_move(indicator_sheet_id: str, sheet_step: str) -> Response:
    if sheet_step == "deliver":
        return _do(indicator_sheet_id, verifying.deliver, "Đã gửi kết quả thẩm định cho đơn vị.")
    if sheet_step == "settle":
        return _do(indicator_sheet_id, verifying.settle_explained, "Đã kết luận.")
    raise NotFound(kind="indicator-sheet", key=indicator_sheet_id)


# heading, label, button, what is said afterwards
REASONS: dict[str, tuple[Callable[..., object], str, str, str, str]] = {
    "return": (
        verifying.return_sheet,
        "Trả lại phiếu chỉ số",
        "Lý do, để đơn vị biết cần sửa gì",
        "Trả lại",
        "Đã trả lại phiếu cho đơn vị.",
    ),
    "lapse": (
        verifying.lapse,
        "Kết luận khi đơn vị không trả lời",
        "Lý do, ví dụ: quá hạn trả lời",
        "Kết luận theo kết quả thẩm định",
        "Đã kết luận theo kết quả thẩm định.",
    ),
    "reopen": (verifying.reopen, "Mở lại phiếu đã kết luận", "Lý do mở lại", "Mở lại", "Đã mở lại phiếu."),
}


@blueprint.route("/<indicator_sheet_id>/reasons/<reason_step>", methods=["GET", "POST"], endpoint="sheet_reason")
@requires(P.INDICATOR_SHEET_CONCLUDE, on_subject=True)
def sheet_reason(indicator_sheet_id: str, reason_step: str) -> Response:
    sheet, _ = load(indicator_sheet_id)
    ensure(viewer(), P.INDICATOR_SHEET_CONCLUDE, sheet)
    if reason_step not in REASONS:
        raise NotFound(kind="indicator-sheet", key=sheet.id)
    service, heading, label, button, done = REASONS[reason_step]
    act = partial(service, **_common(sheet))
    return reason_view(
        "indicators/reason.html",
        lambda work, reason: act(work, reason=reason),
        done=done,
        to=to_sheet(sheet.id),
        heading=heading,
        label=label,
        button=button,
        back=to_sheet(sheet.id),
        about=f"Phiếu chỉ số năm {sheet.year} · {sheet.unit.name}",
    )


@blueprint.get("/<indicator_sheet_id>.xlsx", endpoint="sheet_export")
@requires(P.INDICATOR_SHEET_READ, on_subject=True)
def sheet_export(indicator_sheet_id: str) -> Response:
    """With live formulas, of what stands as far as the viewer reads it."""
    sheet, view = load(indicator_sheet_id)
    one = Assessed(
        name="Phiếu chỉ số",
        title=f"{sheet.set.name} · {sheet.unit.name} · {sheet.state.label}",
        items=items_of(sheet.set),
        said=said_by(view.words, "standing"),
        decimals=sheet.set.decimals,
        rescales=sheet.set.rescales,
    )
    name = f"phieu-chi-so-{sheet.unit.code.lower()}-{sheet.year}.xlsx"
    with unit_of_work() as work:
        log(work, viewer(), now(), "indicator-sheet.export", sheet, {"form": "xlsx"})
    return send_file(io.BytesIO(points_book([one])), mimetype=XLSX, as_attachment=True, download_name=name)
