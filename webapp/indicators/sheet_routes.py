"""Pages of a unit's sheet: filled in, explained or verified cell by cell, with or without script; its history."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import Conflict, Invalid, Refused
from webapp.indicators import assessing, queries, rules, verifying
from webapp.indicators.entries import LONGEST, Spoken
from webapp.indicators.forms import filled, read_said, sent, understood
from webapp.indicators.queries import Row, SheetView
from webapp.indicators.scheme import choices_of, how_words, inputs_of, said_from_plain, said_words
from webapp.models import IndicatorSheet, IndicatorSheetState
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, unit_of_work, viewer

blueprint = Blueprint("indicator_sheets", __name__, url_prefix="/indicator-sheets", template_folder="templates")
OWN, EXPLAIN, VERIFY, CONCLUDE, READ = "own", "explain", "verify", "conclude", "read"
S = IndicatorSheetState
Place = tuple[IndicatorSheet, SheetView]


def to_sheet(sheet_id: str, key: str = "") -> str:
    return url_for("indicator_sheets.sheet_view", indicator_sheet_id=sheet_id) + (f"#e-{key}" if key else "")


def mode_of(sheet: IndicatorSheet) -> str:
    """What the viewer does on the page of a sheet now."""
    who = viewer()
    if can(who, P.INDICATOR_SHEET_WRITE, sheet):
        return OWN
    if sheet.state is S.VERIFIED and can(who, P.INDICATOR_SHEET_EXPLAIN, sheet):
        return EXPLAIN
    if can(who, P.INDICATOR_SHEET_VERIFY, sheet):
        if sheet.state is S.SUBMITTED:
            return VERIFY
        return CONCLUDE if can(who, P.INDICATOR_SHEET_CONCLUDE, sheet) else READ
    return READ


def may_fill(sheet: IndicatorSheet, row: Row, mode: str) -> bool:
    """Whether this cell is the viewer's to fill in."""
    if mode == EXPLAIN:
        return row.word.differs
    if mode == CONCLUDE:
        return bool(row.word.explanation)
    return mode == OWN or (mode == VERIFY and verifying.may_verify(viewer(), sheet, row.item))


def load(sheet_id: str) -> Place:
    sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
    return sheet, queries.view_sheet(reads(), sheet, viewer=viewer())


@blueprint.get("/<indicator_sheet_id>", endpoint="sheet_view")
@requires(P.INDICATOR_SHEET_READ, on_subject=True)
def sheet_view(indicator_sheet_id: str) -> Response:
    return sheet_page(*load(indicator_sheet_id))


def sheet_page(
    sheet: IndicatorSheet,
    view: SheetView,
    *,
    errors: dict[str, str] | None = None,
    conflicts: dict[str, Conflict] | None = None,
) -> Response:
    mode = mode_of(sheet)
    values = {name: text for row in view.leaves for name, text in fields(row, mode).items()}
    failed = bool(errors or conflicts)
    # What was saved just now is shown on its new revision; what was not keeps the one it was written on.
    unsaved = {row.key for row in view.leaves if any(row.key in name for name in (*(errors or ()), *(conflicts or ())))}
    left = {
        OWN: lambda: rules.before_submitting(view.words),
        VERIFY: lambda: rules.before_delivering(view.words),
        CONCLUDE: lambda: rules.before_settling(view.words),
    }.get(mode, list)()
    return render(
        "indicators/sheet.html",
        status=409 if conflicts else 422 if errors else 200,
        sheet=sheet,
        view=view,
        mode=mode,
        values=values | (dict(request.form) if failed else {}),
        errors=errors or {},
        conflicts=conflicts or {},
        unsaved=unsaved,
        left=left,
        may_conclude=can(viewer(), P.INDICATOR_SHEET_CONCLUDE, sheet),
        next_step=rules.NEXT[sheet.state],
        **_words(sheet, mode),
    )


def _words(sheet: IndicatorSheet, mode: str) -> dict[str, Any]:
    return {
        "may_fill": lambda row: may_fill(sheet, row, mode),
        "choices_of": choices_of,
        "inputs_of": inputs_of,
        "how_words": how_words,
        "said_words": said_words,
    }


def fields(row: Row, mode: str) -> dict[str, str]:
    """What the fields of a cell hold."""
    word, key = row.word, row.key
    if mode == OWN:
        return filled(row.item, word.own, key) | {f"text-{key}": word.own_comment}
    if mode == EXPLAIN:
        return {f"text-{key}": word.explanation}
    plain, text = (word.verified, word.verified_reason) if mode == VERIFY else (word.final, word.final_reason)
    same = {f"same-{key}": "1"} if plain is not None and plain == word.own else filled(row.item, plain, key)
    return same | {f"text-{key}": text}


def _save(work: Session, sheet: IndicatorSheet, row: Row, mode: str) -> None:
    key, form = row.key, FormReader(request.form)
    revision, text = form.revision(f"revision-{key}"), form.text(f"text-{key}", most=LONGEST)
    form.check()
    said = None
    if mode in (VERIFY, CONCLUDE) and request.form.get(f"same-{key}") and row.word.own is not None:
        said = said_from_plain(row.word.own)
    elif mode != EXPLAIN:
        said = read_said(request.form, row.item, key)
    spoken = Spoken(sheet_id=sheet.id, indicator_id=key, revision=revision, said=said, text=text)
    act = {OWN: assessing.save_own, EXPLAIN: assessing.explain}.get(mode, verifying.save_verified)
    act(work, actor=viewer(), now=now(), spoken=spoken)


def _under(row: Row, fault: Invalid) -> dict[str, str]:
    """A fault of a value stands at the cell."""
    return {
        (f"text-{row.key}" if name == "text" else name if name not in ("", "value") else f"cell-{row.key}"): (
            f"{row.item.code}: {text.removeprefix(row.item.code + ': ')}"
        )
        for name, text in fault.fields.items()
    }


@blueprint.post("/<indicator_sheet_id>", endpoint="sheet_write")
@requires(P.INDICATOR_SHEET_READ, on_subject=True)
def sheet_write(indicator_sheet_id: str) -> Response:
    """All cells at once, as the page sends them without script; what somebody else changed meanwhile is not touched."""
    sheet, view = load(indicator_sheet_id)
    errors, conflicts = save_all(sheet, view)
    for sentence in understood(request.form):
        flash(sentence, "warn")
    if errors or conflicts:
        return sheet_page(*load(indicator_sheet_id), errors=errors, conflicts=conflicts)
    flash("Đã lưu.", "good")
    return redirect(to_sheet(sheet.id), 303)


def save_all(sheet: IndicatorSheet, view: SheetView) -> tuple[dict[str, str], dict[str, Conflict]]:
    """Every cell that the form sent and that is the viewer's; faults by field, conflicts by indicator."""
    mode = mode_of(sheet)
    if mode == READ:
        raise Refused(f"Phiếu đang ở trạng thái “{sheet.state.label}”, bạn không sửa được.")
    errors: dict[str, str] = {}
    conflicts: dict[str, Conflict] = {}
    with unit_of_work() as work:
        for row in view.leaves:
            if not sent(request.form, row.key) or not may_fill(sheet, row, mode):
                continue
            try:
                _save(work, sheet, row, mode)
            except Conflict as fault:
                conflicts[row.key] = fault
            except Invalid as fault:
                errors |= _under(row, fault)
    return errors, conflicts


@blueprint.route("/<indicator_sheet_id>/indicators/<indicator_id>", methods=["GET", "POST"], endpoint="entry_save")
@requires(P.INDICATOR_SHEET_READ, on_subject=True)
def entry_save(indicator_sheet_id: str, indicator_id: str) -> Response:
    """One cell, saved while it is filled in; answers with its status, or with both values after a conflict."""
    sheet, row = _cell(indicator_sheet_id, indicator_id)
    mode = mode_of(sheet)
    conflict, errors = None, {}
    if request.method == "POST":
        try:
            if not may_fill(sheet, row, mode):
                raise Refused("Bạn không sửa được chỉ số này lúc này.")
            with unit_of_work() as work:
                _save(work, sheet, row, mode)
        except Conflict as fault:
            conflict = fault
        except Invalid as fault:
            errors = _under(row, fault)
        sheet, row = _cell(indicator_sheet_id, indicator_id)
    posted = request.method == "POST"
    return render(
        "indicators/entry.html",
        "entry_status" if posted else "entry_field",
        status=409 if conflict else 422 if errors else 200,
        sheet=sheet,
        row=row,
        mode=mode,
        values=fields(row, mode) | dict(request.form if conflict or errors else {}),
        conflict=conflict,
        errors=errors,
        unsaved={indicator_id} if errors else frozenset(),
        posted_here=posted,
        understood=understood(request.form) if posted else [],
        saved=posted and not conflict and not errors,
        **_words(sheet, mode),
    )


def _cell(sheet_id: str, indicator_id: str) -> tuple[IndicatorSheet, Row]:
    sheet, view = load(sheet_id)
    queries.find_item(sheet, indicator_id)
    return sheet, next(row for row in view.leaves if row.key == indicator_id)


@blueprint.get("/<indicator_sheet_id>/indicators/<indicator_id>/history", endpoint="entry_history")
@requires(P.INDICATOR_SHEET_READ, on_subject=True)
def entry_history(indicator_sheet_id: str, indicator_id: str) -> Response:
    sheet, row = _cell(indicator_sheet_id, indicator_id)
    return render(
        "indicators/history.html",
        sheet=sheet,
        row=row,
        changes=queries.list_history(reads(), sheet, row.item.code, viewer=viewer()),
        said_words=said_words,
    )


@blueprint.route(
    "/<indicator_sheet_id>/indicators/<indicator_id>/documents", methods=["GET", "POST"], endpoint="documents_choose"
)
@requires(P.INDICATOR_SHEET_WRITE, on_subject=True)
def documents_choose(indicator_sheet_id: str, indicator_id: str) -> Response:
    """The unit's papers that show an indicator."""
    sheet, row = _cell(indicator_sheet_id, indicator_id)
    ensure(viewer(), P.INDICATOR_SHEET_WRITE, sheet)
    errors: dict[str, str] = {}
    conflict = None
    if request.method == "POST":
        try:
            with unit_of_work() as work:
                assessing.choose_documents(
                    work,
                    actor=viewer(),
                    now=now(),
                    sheet_id=sheet.id,
                    indicator_id=indicator_id,
                    before=request.form.get("before", "").split(),
                    document_ids=request.form.getlist("document"),
                )
        except Invalid as fault:
            errors = fault.fields
        except Conflict as fault:
            conflict, errors = fault, {"": fault.sentence}
            sheet, row = _cell(indicator_sheet_id, indicator_id)
        else:
            flash("Đã chọn văn bản kiểm chứng.", "good")
            return redirect(to_sheet(sheet.id, indicator_id), 303)
    return render(
        "indicators/documents.html",
        status=409 if conflict else 422 if errors else 200,
        sheet=sheet,
        row=row,
        documents=assessing.choosable(reads(), sheet, viewer()),
        chosen=[key for key, _ in row.documents],
        errors=errors,
    )
