"""Pages of difficulties: list, writing, one with its steps, the list for the committee."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Conflict, Invalid
from webapp.core.paging import page_number
from webapp.difficulties import outputs, queries, rules, service
from webapp.difficulties.queries import DifficultyFilter
from webapp.difficulties.service import Wording
from webapp.documents.decisions import list_decisions
from webapp.handover.letterhead import issuer_on
from webapp.models import Difficulty, DifficultyKind, DifficultyState, Role, Unit
from webapp.movement.queries import list_movements_in, list_points
from webapp.official import DOCX
from webapp.official.tables import XLSX
from webapp.people.queries import list_own_units, list_units
from webapp.permissions import Permission as P
from webapp.permissions import Subject, can, ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options, year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer

blueprint = Blueprint("difficulties", __name__, template_folder="templates")


def _year() -> int:
    return year_in(request.values.get("year"), otherwise=today().year)


def _to(difficulty_id: str) -> Response:
    return redirect(url_for("difficulties.difficulty_view", difficulty_id=difficulty_id), 303)


def wanted_here() -> DifficultyFilter:
    """What the address narrows the list to."""
    kinds = {kind.value: kind for kind in DifficultyKind}
    states = {state.value: state for state in DifficultyState}
    return DifficultyFilter(
        year=_year(),
        kind=kinds.get(request.args.get("kind", "")),
        state=states.get(request.args.get("state", "")),
        unit_id=request.args.get("unit", "")[:20],
    )


@blueprint.get("/difficulties", endpoint="difficulty_list")
@requires(P.SEARCH_USE)
def difficulty_list() -> Response:
    wanted, who = wanted_here(), viewer()
    values: dict[str, Any] = {
        "year": wanted.year,
        "kind": wanted.kind.value if wanted.kind else None,
        "state": wanted.state.value if wanted.state else None,
        "unit": wanted.unit_id or None,
    }
    page = queries.page_difficulties(reads(), viewer=who, wanted=wanted, page=page_number(request.args.get("page")))
    return render(
        "difficulties/list.html",
        wanted=wanted,
        values=values,
        page=page,
        gathers=any(can(who, P.DIFFICULTY_GATHER, one) for one in page.rows),
        url=lambda number: url_for("difficulties.difficulty_list", page=number, **values),
        kinds=options(DifficultyKind),
        states=options(DifficultyState),
        units=[(unit.id, unit.name) for unit in list_units(reads(), viewer=who)]
        if can(who, P.DIFFICULTY_EXPORT)
        else [],
        may_add=choose(list_movements_in(reads(), viewer=who, year=wanted.year)) is not None and bool(who.own_units),
    )


@blueprint.route("/difficulties/new", methods=["GET", "POST"], endpoint="difficulty_new")
@requires(P.DIFFICULTY_ADD, on_subject=True)
def difficulty_new() -> Response:
    units = list_own_units(reads(), viewer=viewer())
    year = _year()
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    errors: dict[str, str] = {}
    unit_id = request.form.get("unit_id", units[0].id if units else "")[:20]
    ensure(viewer(), P.DIFFICULTY_ADD, Subject(kind="unit", id=unit_id, unit_id=unit_id or None))
    if movement is None:
        raise Invalid(f"Năm {year} chưa có phong trào nào.")
    if request.method == "POST":
        try:
            wording = _wording()
            with unit_of_work() as work:
                made = service.add_difficulty(
                    work,
                    actor=viewer(),
                    now=now(),
                    movement_id=movement.id,
                    unit_id=unit_id,
                    year=year,
                    wording=wording,
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã lưu bản nháp. Lãnh đạo đơn vị xem lại và gửi.", "good")
            return _to(made.id)
    return _form(movement.id, None, errors, units=[(unit.id, unit.name) for unit in units], year=year)


def _form(
    movement_id: str,
    difficulty: Difficulty | None,
    errors: dict[str, str],
    *,
    conflict: Conflict | None = None,
    units: list[tuple[str, str]] | None = None,
    year: int = 0,
) -> Response:
    points = list_points(reads(), movement_id, viewer=viewer())
    typed = request.method == "POST"
    return render(
        "difficulties/form.html",
        status=409 if conflict else 422 if errors else 200,
        difficulty=difficulty,
        units=units or [],
        year=year,
        kinds=options(DifficultyKind),
        points=[(one.code, f"{one.code} {' '.join(one.text.split())[:90]}") for one in points],
        errors=errors,
        conflict=conflict,
        values=request.form
        if typed
        else {name: getattr(difficulty, name) for name in ("kind", "point", "text", "proposal")}
        if difficulty
        else {},
    )


def _wording() -> Wording:
    form = FormReader(request.form)
    kind = form.choice("kind", DifficultyKind)
    form.needed("kind", kind, "Hãy chọn loại.")
    wording = Wording(
        kind or DifficultyKind.DIFFICULTY,
        form.text("point", most=40),
        form.text("text", most=service.LONGEST),
        form.text("proposal", most=service.LONGEST),
    )
    form.check()
    return wording


@blueprint.get("/difficulties/<difficulty_id>", endpoint="difficulty_view")
@requires(P.DIFFICULTY_READ, on_subject=True)
def difficulty_view(difficulty_id: str) -> Response:
    return _page(queries.get_difficulty(reads(), difficulty_id, viewer=viewer()))


def _page(difficulty: Difficulty, errors: dict[str, str] | None = None) -> Response:
    moves = rules.moves_from(difficulty.state)
    decides = can(viewer(), P.DIFFICULTY_DECIDE, difficulty)
    choosing = decides and "accept" in moves
    linking = decides and "link" in moves
    return render(
        "difficulties/view.html",
        status=422 if errors else 200,
        difficulty=difficulty,
        moves=moves,
        documents=list_decisions(reads(), viewer=viewer()) if choosing else [],
        decides_alone=viewer().has(Role.LEADERSHIP),
        plans=queries.list_plan_choices(reads(), difficulty.movement_id) if linking else [],
        errors=errors or {},
        values=request.form,
    )


@blueprint.route("/difficulties/<difficulty_id>/edit", methods=["GET", "POST"], endpoint="difficulty_edit")
@requires(P.DIFFICULTY_EDIT, on_subject=True)
def difficulty_edit(difficulty_id: str) -> Response:
    difficulty = queries.get_difficulty(reads(), difficulty_id, viewer=viewer())
    ensure(viewer(), P.DIFFICULTY_EDIT, difficulty)
    errors: dict[str, str] = {}
    conflict = None
    if request.method == "POST":
        try:
            wording = _wording()
            revision = FormReader(request.form).revision()
            with unit_of_work() as work:
                service.write_difficulty(
                    work,
                    actor=viewer(),
                    now=now(),
                    difficulty_id=difficulty_id,
                    revision=revision,
                    wording=wording,
                )
        except Invalid as fault:
            errors = fault.fields
        except Conflict as fault:
            conflict = fault
            difficulty = queries.get_difficulty(reads(), difficulty_id, viewer=viewer())
        else:
            flash("Đã lưu.", "good")
            return _to(difficulty_id)
    return _form(difficulty.movement_id, difficulty, errors, conflict=conflict)


def _moved(difficulty_id: str, permission: P, sentence: str, move: Any) -> Response:
    """Do one step and come back to the page; or show the page again with what is wrong."""
    difficulty = queries.get_difficulty(reads(), difficulty_id, viewer=viewer())
    ensure(viewer(), permission, difficulty)
    try:
        with unit_of_work() as work:
            move(
                work,
                actor=viewer(),
                now=now(),
                timezone=resources().settings.timezone,
                difficulty_id=difficulty_id,
            )
    except Invalid as fault:
        if "" in fault.fields:
            raise
        return _page(queries.get_difficulty(reads(), difficulty_id, viewer=viewer()), fault.fields)
    flash(sentence, "good")
    return _to(difficulty_id)


@blueprint.post("/difficulties/<difficulty_id>/raise", endpoint="difficulty_raise")
@requires(P.DIFFICULTY_RAISE, on_subject=True)
def difficulty_raise(difficulty_id: str) -> Response:
    return _moved(
        difficulty_id, P.DIFFICULTY_RAISE, "Đã gửi. Cơ quan thường trực được báo ngay.", service.raise_difficulty
    )


@blueprint.post("/difficulties/<difficulty_id>/gather", endpoint="difficulty_gather")
@requires(P.DIFFICULTY_GATHER, on_subject=True)
def difficulty_gather(difficulty_id: str) -> Response:
    def gather(work: Any, **named: Any) -> None:
        form = FormReader(request.form)
        topic, note = form.text("topic", most=160), form.text("note", most=4000)
        form.check()
        service.gather_difficulty(work, **named, topic=topic, note=note)

    return _moved(difficulty_id, P.DIFFICULTY_GATHER, "Đã tổng hợp.", gather)


@blueprint.post("/difficulties/<difficulty_id>/decide", endpoint="difficulty_decide")
@requires(P.DIFFICULTY_DECIDE, on_subject=True)
def difficulty_decide(difficulty_id: str) -> Response:
    def decide(work: Any, **named: Any) -> None:
        form = FormReader(request.form)
        decision, answer = form.text("decision", most=20), form.text("answer", most=4000)
        if decision not in ("accept", "decline"):
            form.faults["decision"] = "Hãy chọn chấp thuận hay không."
        document_id = form.optional("document_id", most=20)
        form.check()
        service.decide_difficulty(work, **named, accepted=decision == "accept", answer=answer, document_id=document_id)

    return _moved(difficulty_id, P.DIFFICULTY_DECIDE, "Đã ghi quyết định; đơn vị được báo ngay.", decide)


@blueprint.post("/difficulties/<difficulty_id>/plan", endpoint="plan_link")
@requires(P.DIFFICULTY_DECIDE, on_subject=True)
def plan_link(difficulty_id: str) -> Response:
    def link(work: Any, **named: Any) -> None:
        service.link_plan(work, **named, plan_version_id=FormReader(request.form).text("plan_version_id", most=20))

    return _moved(difficulty_id, P.DIFFICULTY_DECIDE, "Đã ghi bản kế hoạch.", link)


@blueprint.get("/difficulties.xlsx", endpoint="difficulty_sheet")
@requires(P.DIFFICULTY_EXPORT)
def difficulty_sheet() -> Response:
    wanted = wanted_here()
    rows = queries.list_raised(reads(), viewer=viewer(), wanted=wanted)
    return _send(
        outputs.list_sheet(rows, year=wanted.year, timezone=resources().settings.timezone),
        len(rows),
        wanted.year,
        "xlsx",
    )


@blueprint.get("/difficulties.docx", endpoint="difficulty_paper")
@requires(P.DIFFICULTY_EXPORT)
def difficulty_paper() -> Response:
    wanted = wanted_here()
    rows = queries.list_raised(reads(), viewer=viewer(), wanted=wanted)
    paper = outputs.list_paper(
        rows,
        year=wanted.year,
        committee=issuer_on(reads(), today()),
        office=reads().get(Unit, viewer().unit_id) if viewer().unit_id else None,
    )
    return _send(paper, len(rows), wanted.year, "docx")


def _send(data: bytes, total: int, year: int, form: str) -> Response:
    with unit_of_work() as work:
        service.note_export(work, actor=viewer(), now=now(), year=year, total=total, form=form)
    name = f"kho-khan-de-nghi-{year}.{form}"
    return send_file(
        io.BytesIO(data), mimetype=DOCX if form == "docx" else XLSX, as_attachment=True, download_name=name
    )
