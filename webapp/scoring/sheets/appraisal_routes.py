"""Pages of appraisers: one criterion beside its evidence, giving back, giving out, opening again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.models import ScoreSheet, SheetState
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.scoring.points.pooling import outliers
from webapp.scoring.points.scheme import Entry, entry_from_plain, inputs_of
from webapp.scoring.rubrics.queries import scheme_of
from webapp.scoring.sheets import accepting, appraising, opinion_queries, presence, queries, rules
from webapp.scoring.sheets.entries import LONGEST, Word, in_words
from webapp.scoring.sheets.forms import doubtful, filled, read_entry, read_points
from webapp.scoring.sheets.queries import Line, SheetView
from webapp.scoring.sheets.routes import LEVELS, to_sheet, zone
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render, wants_htmx
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer
from webapp.ui.views import form_view

blueprint = Blueprint("appraising", __name__, template_folder="../templates")


def _judged(sheet_id: str) -> ScoreSheet:
    sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
    ensure(viewer(), P.SHEET_APPRAISE, sheet)
    return sheet


def acting_on(sheet_id: str) -> dict[str, Any]:
    return {"actor": viewer(), "now": now(), "timezone": zone(), "sheet_id": sheet_id}


@blueprint.get("/scores/sheets/<sheet_id>/appraise", endpoint="item_view")
@requires(P.SHEET_APPRAISE, on_subject=True)
def item_view(sheet_id: str) -> Response:
    """One criterion, the one asked for or the first that still waits."""
    return _item(_judged(sheet_id), request.args.get("item", ""))


def _item(
    sheet: ScoreSheet,
    wanted: str,
    *,
    block: str = "item",
    errors: dict[str, str] | None = None,
    conflict: Conflict | None = None,
    saved: bool = False,
) -> Response:
    view = queries.view_sheet(reads(), sheet, viewer=viewer())
    second = sheet.state is SheetState.EXPLAINED
    items = [line for line in view.leaves if not second or _asks_again(line)]
    if not items:
        raise Invalid("Không có mục nào cần thẩm định.")
    waiting = [line for line in items if _waits(line, second)]
    here = next((line for line in items if row_id(line) == wanted), waiting[0] if waiting else items[0])
    place = items.index(here)
    said = here.said
    assert said is not None
    answer = said.second if second else said.appraisal
    values = filled(here.node, answer, row_id(here))
    return render(
        "scoring/appraise.html",
        block,
        status=409 if conflict else 422 if errors else 200,
        view=view,
        sheet=sheet,
        line=here,
        second=second,
        place=place,
        items=items,
        done=len(items) - len(waiting),
        before=items[place - 1] if place else None,
        after=items[place + 1] if place + 1 < len(items) else None,
        answered=answer is not None and not said.reopened,
        lacks_reason=here.said is not None and rules.lacks_reason(here.said, second=second),
        reason=said.second_reason if second else said.appraisal_reason,
        values=values | dict(request.form if errors or conflict else {}),
        levels=LEVELS,
        inputs_of=inputs_of,
        first=in_words(here.node, said.appraisal),
        opinions=_opinions(sheet, here),
        in_words=in_words,
        left=_left(view, second),
        undoable=len(accepting.list_accepted(reads(), sheet, actor=viewer(), now=now())),
        present=presence.list_present(reads(), sheet, viewer=viewer(), now=now()),
        errors=errors or {},
        conflict=conflict,
        saved=saved,
        understood=doubtful(request.form),
    )


def _opinions(sheet: ScoreSheet, line: Line) -> list[tuple[str, str, str, bool]]:
    """(who, what, remark, stands apart) of the opinions handed in on one criterion."""
    found = opinion_queries.list_opinions(reads(), sheet, viewer=viewer()).get(line.node.code, [])
    names = opinion_queries.names_of(reads(), {giver for giver, _ in found})
    given = [entry_from_plain(one.value).points if one.value is not None else None for _, one in found]
    points = [one for one in given if one is not None]
    apart = outliers(points, line.node.reach) if len(points) == len(found) else set()
    return [
        (names.get(giver, ""), in_words(line.node, one.value), one.reason, place in apart)
        for place, (giver, one) in enumerate(found)
    ]


def row_id(line: Line) -> str:
    return line.row.id if line.row is not None else ""


def _asks_again(line: Line) -> bool:
    return line.said is not None and (bool(line.said.explanation) or line.said.reopened or line.said.second is not None)


def _waits(line: Line, second: bool) -> bool:
    said = line.said
    return (
        said is None
        or said.reopened
        or (said.second if second else said.appraisal) is None
        or rules.lacks_reason(said, second=second)
    )


def _left(view: SheetView, second: bool) -> list[str]:
    said = [line.said for line in view.leaves if line.said is not None]
    if view.sheet.cross and not second:
        return []
    return rules.before_settling(said) if second else rules.before_delivering(said)


@blueprint.post("/scores/sheets/<sheet_id>/appraise/<entry_id>", endpoint="item_save")
@requires(P.SHEET_APPRAISE, on_subject=True)
def item_save(sheet_id: str, entry_id: str) -> Response:
    """Save one criterion; without script go on to the next."""
    sheet = _judged(sheet_id)
    conflict, errors = None, {}
    try:
        _save(sheet, entry_id)
    except Conflict as fault:
        conflict = fault
    except Invalid as fault:
        errors = fault.fields
    sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
    if errors or conflict or wants_htmx():
        return _item(sheet, entry_id, block="item_status", errors=errors, conflict=conflict, saved=not errors)
    for sentence in doubtful(request.form):
        flash(sentence, "warn")
    following = request.form.get("next") or entry_id
    return redirect(url_for("appraising.item_view", sheet_id=sheet_id, item=following), 303)


def _save(sheet: ScoreSheet, entry_id: str) -> None:
    view = queries.view_sheet(reads(), sheet, viewer=viewer())
    line = next((line for line in view.leaves if row_id(line) == entry_id), None)
    if line is None:
        raise NotFound(kind="score-sheet", key=entry_id)
    form = FormReader(request.form)
    reason = form.text(f"reason-{entry_id}", most=LONGEST)
    revision = form.revision(f"revision-{entry_id}")
    form.check()
    keep = "keep" in request.form
    entry = read_entry(request.form, line.node, entry_id)
    if "own" in request.form and line.said is not None and line.said.own is not None:
        entry = entry_from_plain(line.said.own)
    points = read_points(request.form, f"points-{entry_id}") if sheet.cross else None
    if points is not None:
        entry = Entry(points=points)
    with unit_of_work() as work:
        word = Word(sheet_id=sheet.id, entry_id=entry_id, revision=revision, entry=entry, text=reason)
        appraising.save_appraisal(work, actor=viewer(), now=now(), timezone=zone(), word=word, keep=keep)
        presence.note_presence(work, sheet, actor=viewer(), now=now(), code=line.node.code)


@blueprint.post("/scores/sheets/<sheet_id>/take-own", endpoint="own_take")
@requires(P.SHEET_APPRAISE, on_subject=True)
def own_take(sheet_id: str) -> Response:
    _judged(sheet_id)
    with unit_of_work() as work:
        taken = accepting.accept_own_scores(work, **acting_on(sheet_id))
    flash(f"Đã lấy điểm tự chấm cho {taken} mục chưa thẩm định.", "good")
    return redirect(url_for("appraising.item_view", sheet_id=sheet_id), 303)


@blueprint.post("/scores/sheets/<sheet_id>/take-own/undo", endpoint="own_take_undo")
@requires(P.SHEET_APPRAISE, on_subject=True)
def own_take_undo(sheet_id: str) -> Response:
    _judged(sheet_id)
    with unit_of_work() as work:
        undone = accepting.undo_accepted(work, **acting_on(sheet_id))
    flash(f"Đã hoàn tác: {undone} mục trở lại chưa thẩm định.", "good")
    return redirect(url_for("appraising.item_view", sheet_id=sheet_id), 303)


@blueprint.route("/scores/sheets/<sheet_id>/return", methods=["GET", "POST"], endpoint="sheet_return")
@requires(P.SHEET_RETURN, on_subject=True)
def sheet_return(sheet_id: str) -> Response:
    sheet = _judged(sheet_id)

    def give_back(work: Session, form: FormReader) -> None:
        reason, until = form.text("reason", most=LONGEST), form.day("until")
        form.check()
        appraising.return_sheet(work, **acting_on(sheet_id), reason=reason, until=until)

    return form_view(
        "scoring/return.html",
        give_back,
        done="Đã trả lại phiếu; đơn vị đã được báo.",
        to=url_for("scores.sheet_view", sheet_id=sheet_id),
        sheet=sheet,
        late=rules.too_late("self", today(), sheet.round.windows, sheet.extensions),
    )


@blueprint.post("/scores/sheets/<sheet_id>/deliver", endpoint="appraisal_deliver")
@requires(P.SHEET_APPRAISE, on_subject=True)
def appraisal_deliver(sheet_id: str) -> Response:
    _judged(sheet_id)
    with unit_of_work() as work:
        appraising.look_at_evidence(work, now=now(), timezone=zone(), sheet_ids=[sheet_id])
    sheet = _judged(sheet_id)
    try:
        with unit_of_work() as work:
            if sheet.state is SheetState.EXPLAINED:
                appraising.settle_sheet(work, **acting_on(sheet_id))
            else:
                appraising.deliver_appraisal(work, **acting_on(sheet_id))
    except Invalid as fault:
        return _item(queries.get_sheet(reads(), sheet_id, viewer=viewer()), "", errors=fault.fields)
    flash("Đã gửi kết quả cho đơn vị.", "good")
    return to_sheet(sheet_id)


@blueprint.route("/scores/sheets/<sheet_id>/reopen", methods=["GET", "POST"], endpoint="sheet_reopen")
@requires(P.SHEET_ASSIGN, on_subject=True)
def sheet_reopen(sheet_id: str) -> Response:
    """One criterion once more, with a reason, after the appraisal ended and before the cluster is closed."""
    sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
    ensure(viewer(), P.SHEET_ASSIGN, sheet)

    def reopen(work: Session, form: FormReader) -> None:
        code, reason = form.text("code", most=60), form.text("reason", most=LONGEST)
        form.check()
        appraising.reopen_sheet(work, **acting_on(sheet_id), code=code, reason=reason)

    return form_view(
        "scoring/reopen.html",
        reopen,
        done="Đã mở lại mục; đơn vị và người thẩm định đã được báo.",
        to=url_for("scores.sheet_view", sheet_id=sheet_id),
        sheet=sheet,
        leaves=[(leaf.code, f"{leaf.code} · {leaf.title[:80]}") for leaf in scheme_of(sheet.rubric).leaves()],
    )


@blueprint.post("/scores/sheets/<sheet_id>/lapse", endpoint="answer_lapse")
@requires(P.SHEET_ASSIGN, on_subject=True)
def answer_lapse(sheet_id: str) -> Response:
    sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
    with unit_of_work() as work:
        appraising.settle_sheet(work, **acting_on(sheet_id))
    flash("Đã kết thúc thẩm định của đơn vị không trả lời.", "good")
    return redirect(url_for("scores.round_view", round_id=sheet.round_id), 303)
