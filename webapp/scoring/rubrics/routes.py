"""Pages of rubrics: list, a new one, the tree with what is wrong, one criterion, putting it in force."""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from webapp.audit import log_event
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.numbers import type_number
from webapp.models import Movement, Rubric, RubricState, UnitKind
from webapp.movement.queries import find_points, get_movement, list_groups, list_movements_in
from webapp.official.tables import XLSX
from webapp.permissions import Permission as P
from webapp.permissions import Subject, can, ensure
from webapp.scoring.points.cluster_rules import MOST_TITLES, RubricRules, rules_in_words
from webapp.scoring.points.pooling import Pooling
from webapp.scoring.points.scheme import BadRubric, Node, NodeKind, Scheme, walk
from webapp.scoring.points.wording import formula_words
from webapp.scoring.rubrics import from_plan, queries, service
from webapp.scoring.rubrics.examples import Example
from webapp.scoring.rubrics.workbook import LARGEST_FILE, read_rubric_book, rubric_sheet
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options, year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer

blueprint = Blueprint("scoring", __name__, template_folder="../templates")
blueprint.add_app_template_filter(formula_words)

LAST_YEAR = "last-year"
FILE = "file"


def _year() -> int:
    return year_in(request.values.get("year"), otherwise=today().year)


def _movement(year: int) -> Movement | None:
    """The one that is asked for, where it runs in that year; else the year's."""
    wanted = request.values.get("movement")
    if wanted:
        movement = get_movement(reads(), wanted, viewer=viewer())
        if movement.first_year <= year <= movement.last_year:
            return movement
    return choose(list_movements_in(reads(), viewer=viewer(), year=year))


def to_rubric(rubric_id: str) -> Response:
    return redirect(url_for("scoring.rubric_view", rubric_id=rubric_id), 303)


@blueprint.get("/rubrics", endpoint="rubric_list")
@requires(P.SEARCH_USE)
def rubric_list() -> Response:
    year = _year()
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    may = movement is not None and can(viewer(), P.RUBRIC_MANAGE, Subject(kind="rubric", movement_id=movement.id))
    return render(
        "scoring/list.html",
        year=year,
        rows=queries.list_rubrics(reads(), viewer=viewer(), year=year),
        kinds=dict(options(UnitKind)),
        may=may,
    )


@blueprint.route("/rubrics/new", methods=["GET", "POST"], endpoint="rubric_new")
@requires(P.RUBRIC_MANAGE, on_subject=True)
def rubric_new() -> Response:
    year = _year()
    movement = _movement(year)
    if movement is None:
        raise Invalid(f"Năm {year} chưa có phong trào; hãy nhập kế hoạch trước.")
    ensure(viewer(), P.RUBRIC_MANAGE, Subject(kind="rubric", movement_id=movement.id))
    before = queries.list_rubrics(reads(), viewer=viewer(), year=year - 1)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            form = FormReader(request.form)
            name = form.text("name", most=200)
            form.check()
            start, rules = _start(form, before, movement.id)
            with unit_of_work() as work:
                made = service.make_rubric(
                    work,
                    actor=viewer(),
                    now=now(),
                    movement_id=movement.id,
                    year=year,
                    new=service.NewRubric(
                        name=name,
                        unit_kinds=request.form.getlist("unit_kinds"),
                        start=start,
                        group_ids=request.form.getlist("groups"),
                        rules=rules,
                    ),
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            return to_rubric(made.id)
    starts = [
        *options(Example),
        *((f"{LAST_YEAR}:{one.id}", f"Chép “{one.name}” của năm {year - 1}") for one in before),
    ]
    if find_points(reads(), movement.id):
        starts.insert(0, (from_plan.START, from_plan.LABEL))
    return render(
        "scoring/new.html",
        status=422 if errors else 200,
        year=year,
        movement=movement,
        errors=errors,
        values=request.form if request.method == "POST" else request.args,
        starts=[*starts, (FILE, "Đọc từ tệp .xlsx")],
        unit_kinds=options(UnitKind),
        groups=list_groups(reads(), movement.id, viewer=viewer()),
        chosen={name: request.form.getlist(name) for name in ("unit_kinds", "groups")},
    )


def _start(form: FormReader, before: Any, movement_id: str) -> tuple[Example | Scheme, RubricRules | None]:
    wanted = form.text("start", most=40)
    if wanted == from_plan.START:
        return _plan_scheme(movement_id), None
    if wanted == FILE:
        return _sheet(2)
    if wanted.startswith(LAST_YEAR):
        old = next((one for one in before if wanted == f"{LAST_YEAR}:{one.id}"), None)
        if old is not None:
            return queries.scheme_of(old), queries.rules_of(old)
    if wanted in set(Example):
        return Example(wanted), None
    raise Invalid({"start": "Hãy chọn cách bắt đầu."})


def _plan_scheme(movement_id: str) -> Scheme:
    """Over the chosen groups, all where none is chosen."""
    chosen = request.form.getlist("groups")
    groups = [
        from_plan.PlanGroup(
            code=group.code, title=group.title, criteria=[(one.code, one.text) for one in group.criteria]
        )
        for group in list_groups(reads(), movement_id, viewer=viewer())
        if not chosen or group.id in chosen
    ]
    scheme = from_plan.scheme_from_plan(groups, find_points(reads(), movement_id))
    if scheme is None:
        raise Invalid({"start": "Kế hoạch không ghi điểm cho tiêu chí nào của các nhóm đã chọn."})
    return scheme


def _sheet(decimals: int) -> tuple[Scheme, RubricRules | None]:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid({"file": "Hãy chọn tệp .xlsx của thang điểm."})
    try:
        return read_rubric_book(file.stream.read(LARGEST_FILE + 1), decimals=decimals)
    except BadRubric as fault:
        raise Invalid({"file": str(fault)}) from fault


@blueprint.get("/rubrics/<rubric_id>", endpoint="rubric_view")
@requires(P.RUBRIC_READ, on_subject=True)
def rubric_view(rubric_id: str) -> Response:
    return rubric_page(queries.get_rubric(reads(), rubric_id, viewer=viewer()))


def rubric_page(
    rubric: Rubric,
    errors: dict[str, str] | None = None,
    *,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """`typed` is what stood in the form of rules when it could not be saved."""
    scheme, rules = queries.scheme_of(rubric), queries.rules_of(rubric)
    return render(
        "scoring/rubric.html",
        status=422 if errors and status == 200 else status,
        rubric=rubric,
        nodes=list(walk(scheme.root)),
        findings=queries.findings_of(reads(), rubric) if rubric.state is RubricState.DRAFT else [],
        kinds=dict(options(UnitKind)),
        may_edit=rubric.state is RubricState.DRAFT and can(viewer(), P.RUBRIC_MANAGE, rubric),
        rules=rules_in_words(rules),
        values=typed if typed is not None else rule_fields(rules),
        poolings=options(Pooling),
        title_rows=MOST_TITLES,
        rules_open=typed is not None,
        errors=errors or {},
    )


def rule_fields(rules: RubricRules) -> dict[str, str]:
    """The fields of the form of rules."""
    values = {"pooling": rules.pooling.value, "ties": "; ".join(rules.ties), "control": str(rules.control)}
    for place, title in enumerate(rules.titles):
        quota = type_number(title.quota) if title.quota is not None else ""
        values |= {f"title-{place}": title.name, f"least-{place}": type_number(title.least), f"quota-{place}": quota}
    return values


@blueprint.route("/rubrics/<rubric_id>/node", methods=["GET", "POST"], endpoint="node_edit")
@requires(P.RUBRIC_MANAGE, on_subject=True)
def node_edit(rubric_id: str) -> Response:
    """Change the node named in the address, or with `parent` add one below it."""
    rubric = queries.get_rubric(reads(), rubric_id, viewer=viewer())
    ensure(viewer(), P.RUBRIC_MANAGE, rubric)
    nodes = {node.code: node for node, _ in walk(queries.scheme_of(rubric).root)}
    old_code, parent = request.args.get("code", ""), request.args.get("parent", "")
    node = nodes.get(old_code)
    if (old_code and node is None) or (not old_code and parent not in nodes):
        raise NotFound(kind="rubric", key=rubric_id)
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            _save_node(rubric, node, old_code, parent)
        except Invalid as fault:
            errors, status = fault.fields, 422
        except Conflict as fault:
            errors, status = {"": fault.sentence}, 409
        else:
            flash("Đã lưu.", "good")
            return to_rubric(rubric_id)
    return render(
        "scoring/node.html",
        status=status,
        rubric=rubric,
        node=node,
        parent=parent,
        kinds=options(NodeKind),
        criteria=queries.list_criteria(reads(), rubric.movement_id),
        errors=errors,
        values=request.form if request.method == "POST" else _values(node),
    )


_NUMBERS = ("most", "least", "target", "over", "partly", "each")


def _values(node: Node | None) -> dict[str, Any]:
    if node is None:
        return {"kind": NodeKind.LEVEL.value, "evidence": "1"}
    numbers = {name: "" if getattr(node, name) is None else type_number(getattr(node, name)) for name in _NUMBERS}
    texts = {name: getattr(node, name) for name in ("code", "title", "formula", "criterion")}
    return {**numbers, **texts, "kind": node.kind.value, "evidence": "1" if node.evidence else ""}


def _save_node(rubric: Rubric, old: Node | None, old_code: str, parent: str) -> None:
    form = FormReader(request.form)
    kind = form.choice("kind", NodeKind)
    form.needed("kind", kind, "Hãy chọn cách tính.")
    code, title = form.text("code", most=60), form.text("title", most=1000)
    form.needed("code", code, "Hãy ghi ký hiệu.")
    form.needed("title", title, "Hãy ghi tên.")
    read = {name: form.number(name) for name in _NUMBERS}
    numbers: dict[str, Decimal] = {name: number for name, number in read.items() if number is not None}
    form.needed("most", numbers.get("most"), "Hãy ghi điểm tối đa.")
    formula, criterion = form.text("formula", most=500), form.text("criterion", most=30)
    revision = form.revision()
    form.check()
    node = Node(
        code=code,
        title=title,
        kind=kind or NodeKind.LEVEL,
        formula=formula,
        criterion=criterion,
        evidence="evidence" in request.form,
        children=old.children if old is not None else (),
        **numbers,
    )
    with unit_of_work() as work:
        service.save_node(
            work,
            actor=viewer(),
            now=now(),
            rubric_id=rubric.id,
            revision=revision,
            old_code=old_code,
            parent=parent,
            node=node,
        )
    for sentence in form.doubts:
        flash(sentence, "warn")


@blueprint.post("/rubrics/<rubric_id>/node/remove", endpoint="node_remove")
@requires(P.RUBRIC_MANAGE, on_subject=True)
def node_remove(rubric_id: str) -> Response:
    queries.get_rubric(reads(), rubric_id, viewer=viewer())
    form = FormReader(request.form)
    code, revision = form.text("code", most=60), form.revision()
    form.check()
    with unit_of_work() as work:
        service.remove_node(work, actor=viewer(), now=now(), rubric_id=rubric_id, revision=revision, code=code)
    flash("Đã bỏ mục.", "good")
    return to_rubric(rubric_id)


@blueprint.post("/rubrics/<rubric_id>/sheet", endpoint="rubric_import")
@requires(P.RUBRIC_MANAGE, on_subject=True)
def rubric_import(rubric_id: str) -> Response:
    rubric = queries.get_rubric(reads(), rubric_id, viewer=viewer())
    ensure(viewer(), P.RUBRIC_MANAGE, rubric)
    form = FormReader(request.form)
    try:
        decimals = form.integer("decimals", least=0, most=4)
        revision = form.revision()
        form.check()
        given = request.files.get("file")
        kept = Scheme(queries.scheme_of(rubric).root, decimals if decimals is not None else rubric.decimals)
        scheme, rules = _sheet(kept.decimals) if given is not None and given.filename else (kept, None)
        with unit_of_work() as work:
            service.replace_tree(
                work,
                actor=viewer(),
                now=now(),
                rubric_id=rubric_id,
                revision=revision,
                scheme=scheme,
                rules=rules,
            )
    except Invalid as fault:
        return rubric_page(rubric, fault.fields)
    flash("Đã lưu thang điểm.", "good")
    return to_rubric(rubric_id)


@blueprint.get("/rubrics/<rubric_id>/rubric.xlsx", endpoint="rubric_export")
@requires(P.RUBRIC_READ, on_subject=True)
def rubric_export(rubric_id: str) -> Response:
    rubric = queries.get_rubric(reads(), rubric_id, viewer=viewer())
    data = rubric_sheet(queries.scheme_of(rubric), queries.rules_of(rubric), title=f"{rubric.name} {rubric.year}")
    return send_sheet(rubric, data, "thang-diem")


def send_sheet(rubric: Rubric, data: bytes, name: str) -> Response:
    with unit_of_work() as work:
        log_event(work, viewer(), now(), "rubric.export", rubric)
    return send_file(io.BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=f"{name}-{rubric.year}.xlsx")


@blueprint.route("/rubrics/<rubric_id>/enforce", methods=["GET", "POST"], endpoint="rubric_enforce")
@requires(P.RUBRIC_MANAGE, on_subject=True)
def rubric_enforce(rubric_id: str) -> Response:
    rubric = queries.get_rubric(reads(), rubric_id, viewer=viewer())
    ensure(viewer(), P.RUBRIC_MANAGE, rubric)
    if request.method == "GET":
        findings = queries.findings_of(reads(), rubric)
        return render("scoring/enforce.html", rubric=rubric, findings=findings, kinds=dict(options(UnitKind)))
    with unit_of_work() as work:
        service.put_in_force(work, actor=viewer(), now=now(), rubric_id=rubric_id)
    flash("Thang điểm được áp dụng từ bây giờ; mọi người trong phường đọc được.", "good")
    return to_rubric(rubric_id)
