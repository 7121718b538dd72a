"""Pages of the movement: its plan, versions, coverage, and reading a plan in."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid
from webapp.documents import service as documents
from webapp.documents.uploads import store_file
from webapp.models import DocumentKind, Movement, PlanImport, ReadingStatus, TextReading, new_id
from webapp.movement import queries, rules
from webapp.movement.reading import PlanReading, looks_like_a_plan, read_plan
from webapp.movement.stored import parse_stored
from webapp.people.queries import list_units
from webapp.permissions import Permission as P
from webapp.permissions import Subject, can
from webapp.plans import service
from webapp.plans.forms import RELATIONS, reading_from_form
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer

blueprint = Blueprint("movement", __name__, template_folder="../movement/templates")


@blueprint.get("/movements", endpoint="movement_list")
@requires(P.MOVEMENT_READ)
def movement_list() -> Response:
    may_import = can(viewer(), P.PLAN_IMPORT)
    return render(
        "movement/list.html",
        movements=queries.list_movements(reads(), viewer=viewer()),
        imports=queries.list_imports(reads(), viewer=viewer()) if may_import else [],
        may_import=may_import,
    )


@blueprint.get("/movements/<movement_id>", endpoint="movement_view")
@blueprint.get("/movements/<movement_id>/versions/<int:no>", endpoint="plan_version_view")
@requires(P.MOVEMENT_READ)
def movement_view(movement_id: str, no: int | None = None) -> Response:
    movement = queries.get_movement(reads(), movement_id, viewer=viewer())
    version = queries.get_plan_version(reads(), movement_id, no or movement.plan_no, viewer=viewer())
    reading = parse_stored(version.reading)
    # Criteria are those in force, so that only the present plan's points stand beside them.
    points = rules.points_of(reading) if version.no == movement.plan_no else {}
    own_groups = queries.list_own_group_ids(reads(), movement_id, viewer=viewer())
    return render(
        "movement/movement.html",
        points=points,
        rubric_year=_rubric_year(movement) if points else None,
        movement=movement,
        version=version,
        versions=queries.list_plan_versions(reads(), movement_id, viewer=viewer()),
        reading=reading,
        lines=rules.plan_lines(reading),
        groups=sorted(
            queries.list_groups(reads(), movement_id, viewer=viewer()), key=lambda group: group.id not in own_groups
        ),
        own_groups=own_groups,
        deadlines=queries.list_deadlines(reads(), movement_id, viewer=viewer()),
        relations=dict(RELATIONS),
    )


def _rubric_year(movement: Movement) -> int | None:
    """The year for which this person may make a rubric of this movement; None for whom there is none."""
    may = can(viewer(), P.RUBRIC_MANAGE, Subject(kind="rubric", movement_id=movement.id))
    return min(max(today().year, movement.first_year), movement.last_year) if may else None


@blueprint.get("/movements/<movement_id>/compare", endpoint="plan_compare")
@requires(P.MOVEMENT_READ)
def plan_compare(movement_id: str) -> Response:
    movement = queries.get_movement(reads(), movement_id, viewer=viewer())
    form = FormReader(request.args)
    new_no = form.integer("new", least=1, most=9999) or movement.plan_no
    old_no = form.integer("old", least=1, most=9999) or max(1, new_no - 1)
    old = queries.get_plan_version(reads(), movement_id, old_no, viewer=viewer())
    new = queries.get_plan_version(reads(), movement_id, new_no, viewer=viewer())
    rows = rules.compare_texts(old.text, new.text)
    return render("movement/compare.html", movement=movement, old=old, new=new, rows=rows)


@blueprint.route("/movements/<movement_id>/coverage", methods=["GET", "POST"], endpoint="coverage_view")
@requires(P.COVERAGE_READ, on_subject=True)
def coverage_view(movement_id: str) -> Response:
    movement = queries.get_movement(reads(), movement_id, viewer=viewer())
    if request.method == "POST":
        units = request.form.getlist("unit")
        mapped = {unit_id: request.form.getlist(f"groups-{unit_id}") for unit_id in units}
        with unit_of_work() as work:
            changed = service.map_units(work, actor=viewer(), now=now(), movement_id=movement_id, mapped=mapped)
        flash(f"Đã lưu nhóm tiêu chí của {changed} đơn vị." if changed else "Không có gì thay đổi.", "good")
        return redirect(url_for("movement.coverage_view", movement_id=movement_id), 303)
    coverage = queries.get_coverage(reads(), movement_id, viewer=viewer(), on=today())
    version = queries.get_plan_version(reads(), movement_id, movement.plan_no, viewer=viewer())
    names = [unit.name for unit in list_units(reads(), viewer=viewer())]
    before = queries.find_before(reads(), movement, viewer=viewer())
    asked = before is not None and request.args.get("before") == before.id
    found = queries.groups_as_before(reads(), movement_id, before.id) if before and asked else {}
    lone = {unit.id for unit in coverage.units_without_group}
    return render(
        "movement/coverage.html",
        movement=movement,
        before=before,
        taken={unit_id: groups for unit_id, groups in found.items() if unit_id in lone},
        coverage=coverage,
        suggestions=rules.unit_suggestions(parse_stored(version.reading).recipients, names),
        may_manage=can(viewer(), P.COVERAGE_MANAGE, movement),
    )


# --- reading a plan in --------------------------------------------------------------------------------------------


@blueprint.route("/movements/imports/new", methods=["GET", "POST"], endpoint="import_start")
@requires(P.PLAN_IMPORT)
def import_start() -> Response:
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return redirect(url_for("movement.import_view", import_id=_start_import().id), 303)
        except Invalid as fault:
            errors = {"file" if name == "files" else name: text for name, text in fault.fields.items()}
    return render(
        "movement/import_start.html",
        status=422 if errors else 200,
        errors=errors,
        movements=queries.list_movements(reads(), viewer=viewer()),
        values=request.form,
    )


def _start_import() -> PlanImport:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid({"file": "Hãy chọn tệp của kế hoạch."})
    movement_id = FormReader(request.form).optional("movement_id", most=20)
    held = resources()
    receipt = store_file(held.store, file, max_size=held.settings.max_upload)
    with unit_of_work() as work:
        document = documents.add_document(
            work,
            actor=viewer(),
            now=now(),
            new=documents.NewDocument(
                receipt=receipt,
                kind=DocumentKind.PLAN,
                unit_id=None,
                movement_id=movement_id,
                year=today().year,
                batch_id=new_id(),
            ),
        )
        return service.start_import(work, actor=viewer(), now=now(), document=document, movement_id=movement_id)


def _reading_of(plan_import: PlanImport, text: TextReading) -> PlanReading:
    """As corrected so far, or as read by machine."""
    return parse_stored(plan_import.reading) if plan_import.reading else read_plan(text.text)


@blueprint.route("/movements/imports/<import_id>", methods=["GET", "POST"], endpoint="import_view")
@requires(P.PLAN_IMPORT, on_subject=True)
def import_view(import_id: str) -> Response:
    plan_import = queries.get_import(reads(), import_id, viewer=viewer())
    if plan_import.applied_at is not None and plan_import.document.movement_id:
        return redirect(url_for("movement.movement_view", movement_id=plan_import.document.movement_id), 303)
    text = queries.find_import_text(reads(), plan_import)
    if text is None or text.status is ReadingStatus.WAITING:
        # The whole page: the one that waits takes its main part, whatever page it is by then.
        return render("movement/import_wait.html", plan_import=plan_import)
    if text.status is not ReadingStatus.OK:
        return render("movement/import_failed.html", plan_import=plan_import, sentence=text.sentence)
    reading = _reading_of(plan_import, text)
    errors: dict[str, str] = {}
    if request.method == "POST":
        reading, errors = reading_from_form(request.form, reading)
        try:
            if errors:
                raise Invalid(errors)
            _correct(plan_import, reading)
        except Invalid as fault:
            errors = fault.fields
        else:
            if "apply" in request.form:
                return redirect(url_for("movement.import_apply", import_id=import_id), 303)
            flash("Đã lưu phần sửa. Kế hoạch chưa được áp dụng.", "good")
            return redirect(url_for("movement.import_view", import_id=import_id), 303)
    return render(
        "movement/import.html",
        status=422 if errors else 200,
        plan_import=plan_import,
        reading=reading,
        lines=rules.plan_lines(reading),
        fault=looks_like_a_plan(reading),
        errors=errors,
        movements=queries.list_movements(reads(), viewer=viewer()),
        values=request.form,
        relations=RELATIONS,
    )


def _correct(plan_import: PlanImport, reading: PlanReading) -> None:
    form = FormReader(request.form)
    with unit_of_work() as work:
        service.correct_import(
            work,
            actor=viewer(),
            now=now(),
            import_id=plan_import.id,
            reading=reading,
            movement_id=form.optional("movement_id", most=20),
            revision=form.revision(),
        )


def _twins(plan_import: PlanImport, reading: PlanReading) -> Sequence[Movement]:
    """Movements of the same years that a plan read in as a new one would stand beside."""
    years = [year for phase in reading.phases for year in (phase.first_year, phase.last_year) if year]
    if plan_import.movement_id is not None or not years:
        return ()
    return queries.list_overlapping(reads(), viewer=viewer(), first_year=min(years), last_year=max(years))


@blueprint.route("/movements/imports/<import_id>/apply", methods=["GET", "POST"], endpoint="import_apply")
@requires(P.PLAN_IMPORT, on_subject=True)
def import_apply(import_id: str) -> Response:
    plan_import = queries.get_import(reads(), import_id, viewer=viewer())
    text = queries.find_import_text(reads(), plan_import)
    if text is None or text.status is not ReadingStatus.OK or plan_import.applied_at is not None:
        return redirect(url_for("movement.import_view", import_id=import_id), 303)
    reading = _reading_of(plan_import, text)
    errors = rules.reading_faults(reading)
    twins = _twins(plan_import, reading)
    if request.method == "POST" and not errors:
        form = FormReader(request.form)
        try:
            note = form.text("note", most=1000)
            # What is applied is what was read on this page before the button was pressed.
            revision = form.revision() or plan_import.revision
            if twins and not note:
                form.faults["note"] = (
                    f"Cùng thời gian này phường đã có phong trào “{twins[0].name}”. Nếu đây là kế hoạch sửa đổi của "
                    "phong trào ấy, hãy quay lại và chọn nó; nếu đúng là phong trào khác, hãy ghi lý do."
                )
            form.check()
            with unit_of_work() as work:
                version = service.apply_import(
                    work,
                    actor=viewer(),
                    now=now(),
                    import_id=import_id,
                    reading=reading,
                    text=rules.plan_text(reading),
                    note=note,
                    revision=revision,
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã áp dụng kế hoạch. Bước tiếp theo: gắn đơn vị vào nhóm tiêu chí.", "good")
            return redirect(url_for("movement.coverage_view", movement_id=version.movement_id), 303)
    old = None
    if plan_import.movement is not None:
        old = queries.get_plan_version(reads(), plan_import.movement.id, plan_import.movement.plan_no, viewer=viewer())
    return render(
        "movement/import_apply.html",
        status=422 if errors else 200,
        plan_import=plan_import,
        reading=reading,
        criteria=rules.criteria_of(reading),
        name=rules.movement_name(reading),
        twins=twins,
        rows=rules.compare_texts(old.text, rules.plan_text(reading)) if old else [],
        values=request.form,
        errors=errors,
    )
