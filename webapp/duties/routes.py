"""Pages of duties: who is missing, reminding, extending, the rules."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid, NotFound
from webapp.core.paging import page_among, page_number
from webapp.duties import queries, service
from webapp.duties.grid import Reached, grid_of, reached, to_remind
from webapp.models import DutyRule, Movement, PaperKind, UnitKind
from webapp.movement.queries import get_movement, list_movements_in
from webapp.people.queries import list_clusters, list_units
from webapp.permissions import Permission as P
from webapp.permissions import Subject, ensure
from webapp.ui import bulk
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options, year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer

# All that a ward of thirty units owes in a year fits on one page, to be reminded of in one go.
PER_PAGE = 120

blueprint = Blueprint("duties", __name__, template_folder="templates")


def _year() -> int:
    return year_in(request.values.get("year"), otherwise=today().year)


def _kind() -> PaperKind | None:
    value = request.args.get("paper", "")
    return PaperKind(value) if value in {kind.value for kind in PaperKind} else None


def _rows(kind: PaperKind | None = None) -> list[queries.DutyRow]:
    """Duties of the year and cluster asked for, of one kind or of all."""
    return queries.list_duties(
        reads(),
        viewer=viewer(),
        year=_year(),
        now=now(),
        timezone=resources().settings.timezone,
        paper=kind,
        cluster_id=request.values.get("cluster") or None,
    )


def _of_one_movement(rows: list[queries.DutyRow]) -> tuple[Movement | None, list[queries.DutyRow]]:
    """The movement shown, and of several in one year only its duties."""
    movements = list_movements_in(reads(), viewer=viewer(), year=_year())
    movement = choose(movements)
    if movement is None or len(movements) == 1:
        return movement, rows
    return movement, [row for row in rows if row.duty.movement_id == movement.id]


@blueprint.get("/duties", endpoint="duty_list")
@requires(P.ACCOUNT_USE)
def duty_list() -> Response:
    """Who has handed in and who has not: a unit a row, a paper a column."""
    year, kind = _year(), _kind()
    cluster = request.args.get("cluster") or None
    movement, rows = _of_one_movement(_rows(kind))
    only_open = request.args.get("show", "open") != "all"
    grid = grid_of(rows, only_open=only_open)
    asked = to_remind(rows, viewer=viewer()) if viewer().run_movements else []
    filters: dict[str, Any] = {
        "paper": kind.value if kind else None,
        "cluster": cluster,
        "show": None if only_open else "all",
    }
    known = reached(reads(), rows, now=now(), timezone=resources().settings.timezone) if asked else Reached()
    can_be = [row for row in asked if not _why_not(row, known)]
    return render(
        "duties/list.html",
        year=year,
        kind=kind,
        cluster=cluster or "",
        clusters=[(one.id, one.name) for one in list_clusters(reads(), viewer=viewer())],
        kinds=options(PaperKind),
        only_open=only_open,
        movement=movement,
        counts=queries.tally(rows),
        grid=grid,
        to_remind=Counter(row.duty.paper for row in can_be),
        left_out=len(asked) - len(can_be),
        may_remind={row.duty.id for row in asked},
        can_remind=len(can_be),
        reached=known,
        page=page_among(grid.lines, page_number(request.args.get("page")), per_page=PER_PAGE),
        page_url=lambda number: url_for("duties.duty_list", year=year, page=number, **filters),
    )


@blueprint.post("/duties/remind", endpoint="duty_remind")
@requires(P.DUTY_REMIND, on_subject=True)
def duty_remind() -> Response:
    """Remind of what was ticked; all that is open of one kind (`all` names it) or of every kind is asked about first."""
    chosen = request.form.getlist("duty")
    if wanted := request.form.get("all"):
        return _ask_to_remind(next((one for one in PaperKind if one.value == wanted), None))
    if not chosen:
        raise Invalid("Hãy chọn ít nhất một đơn vị để nhắc.")
    with unit_of_work() as work:
        count, told = service.remind(
            work, actor=viewer(), now=now(), timezone=resources().settings.timezone, duty_ids=chosen[:2000]
        )
    if told:
        flash(f"Đã nhắc {count} việc, {told} người nhận được lời nhắc.", "good")
    else:
        flash(
            "Không có ai để nhắc thêm: các đơn vị này đã được nhắc hôm nay, đã trình, hoặc chưa có người dùng.", "info"
        )
    return redirect(url_for("duties.duty_list", year=_year(), cluster=request.form.get("cluster") or None), 303)


def _why_not(row: queries.DutyRow, known: Reached) -> str:
    """Why nobody can be reminded of this now; empty when somebody can."""
    if row.duty.unit_id in known.without_people:
        return "chưa có tài khoản nên không nhận được; hãy báo bằng cách khác."
    return "đã được nhắc hôm nay." if known.reminded.get(row.duty.id) == today() else ""


def _ask_to_remind(kind: PaperKind | None) -> Response:
    """In numbers: how many letters go out, to how many units, whom they do not reach."""
    movement, rows = _of_one_movement(_rows())
    asked = to_remind(rows, viewer=viewer(), paper=kind)
    known = reached(reads(), asked, now=now(), timezone=resources().settings.timezone)
    items = [bulk.Item(row.duty.id, f"{row.duty.unit.name}: {row.duty.name}", _why_not(row, known)) for row in asked]
    units = {row.duty.unit_id for row in asked if not _why_not(row, known)}
    people = sum(count for unit, count in known.people.items() if unit in units)
    question = bulk.Question(
        act="Nhắc",
        noun="việc",
        says=(f"Lời nhắc đến {people} cán bộ, lãnh đạo của {len(units)} đơn vị, trong chương trình và qua thư.",),
        to=url_for("duties.duty_remind", year=_year()),
        back=url_for("duties.duty_list", year=_year(), cluster=request.form.get("cluster") or None),
        key_name="duty",
        will="sẽ được nhắc",
        will_not="không nhắc được",
        sent={"cluster": request.form.get("cluster", ""), "movement": movement.id if movement else ""},
    )
    return bulk.ask(question, items)


@blueprint.route("/duties/<duty_id>/extend", methods=["GET", "POST"], endpoint="duty_extend")
@requires(P.DUTY_EXTEND, on_subject=True)
def duty_extend(duty_id: str) -> Response:
    duty = queries.get_duty(reads(), duty_id, viewer=viewer())
    ensure(viewer(), P.DUTY_EXTEND, duty)
    errors: dict[str, str] = {}
    if request.method == "POST":
        form = FormReader(request.form)
        try:
            until, reason = form.day("until"), form.text("reason", most=1000)
            form.needed("until", until, "Hãy chọn thời hạn mới.")
            form.check()
            with unit_of_work() as work:
                service.extend_duty(
                    work,
                    actor=viewer(),
                    now=now(),
                    timezone=resources().settings.timezone,
                    duty_id=duty_id,
                    until=until or today(),
                    reason=reason,
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            flash(f"Đã gia hạn cho {duty.unit.name}; đơn vị đọc được lý do.", "good")
            return redirect(url_for("duties.duty_list", year=duty.year), 303)
    return render("duties/extend.html", status=422 if errors else 200, duty=duty, errors=errors, values=request.form)


def _ensure_manages(movement: Movement) -> None:
    ensure(viewer(), P.DUTY_MANAGE, Subject(kind="duty", movement_id=movement.id))


@blueprint.get("/movements/<movement_id>/duties", endpoint="rule_list")
@requires(P.DUTY_MANAGE, on_subject=True)
def rule_list(movement_id: str) -> Response:
    movement = get_movement(reads(), movement_id, viewer=viewer())
    _ensure_manages(movement)
    year = min(max(today().year, movement.first_year), movement.last_year)
    return render(
        "duties/rules.html",
        movement=movement,
        year=year,
        rows=queries.list_rules(reads(), viewer=viewer(), movement_id=movement_id),
        unit_kinds=dict(options(UnitKind)),
        units={unit.id: unit.name for unit in list_units(reads(), viewer=viewer())},
    )


@blueprint.post("/movements/<movement_id>/duties/start", endpoint="rule_start")
@requires(P.DUTY_MANAGE, on_subject=True)
def rule_start(movement_id: str) -> Response:
    _ensure_manages(get_movement(reads(), movement_id, viewer=viewer()))
    with unit_of_work() as work:
        service.start_rules(work, actor=viewer(), now=now(), movement_id=movement_id)
    flash("Đã lập danh mục từ kế hoạch. Hãy xem lại ngày và đơn vị rồi lập việc cho năm nay.", "good")
    return redirect(url_for("duties.rule_list", movement_id=movement_id), 303)


@blueprint.post("/movements/<movement_id>/duties/make", endpoint="duty_make")
@requires(P.DUTY_MANAGE, on_subject=True)
def duty_make(movement_id: str) -> Response:
    _ensure_manages(get_movement(reads(), movement_id, viewer=viewer()))
    year = _year()
    with unit_of_work() as work:
        changed = service.make_duties(work, actor=viewer(), now=now(), movement_id=movement_id, year=year)
    flash(
        f"Năm {year}: {changed} việc được lập hoặc cập nhật." if changed else f"Năm {year} không có gì thay đổi.",
        "good",
    )
    return redirect(url_for("duties.duty_list", year=year, show="all"), 303)


@blueprint.route("/movements/<movement_id>/duties/rules/<rule_id>", methods=["GET", "POST"], endpoint="rule_edit")
@requires(P.DUTY_MANAGE, on_subject=True)
def rule_edit(movement_id: str, rule_id: str) -> Response:
    """`new` stands for a rule not made yet."""
    movement = get_movement(reads(), movement_id, viewer=viewer())
    _ensure_manages(movement)
    rules = queries.list_rules(reads(), viewer=viewer(), movement_id=movement_id)
    rule = next((rule for rule in rules if rule.id == rule_id), None)
    if rule is None and rule_id != "new":
        raise NotFound(kind="duty", key=rule_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _save_rule(movement, rule)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã lưu. Bấm “Lập việc” để áp dụng cho các đơn vị.", "good")
            return redirect(url_for("duties.rule_list", movement_id=movement_id), 303)
    return render(
        "duties/rule.html",
        status=422 if errors else 200,
        movement=movement,
        rule=rule,
        errors=errors,
        values=_rule_values(movement, rule),
        kinds=options(PaperKind),
        unit_kinds=options(UnitKind),
        units=list_units(reads(), viewer=viewer()),
    )


def _save_rule(movement: Movement, rule: DutyRule | None) -> None:
    form = FormReader(request.form)
    paper = form.choice("paper", PaperKind)
    form.needed("paper", paper, "Hãy chọn loại văn bản.")
    years = {"least": movement.first_year, "most": movement.last_year}
    first, last = form.integer("first_year", **years), form.integer("last_year", **years)
    month, day = form.integer("month", least=1, most=12), form.integer("day", least=1, most=31)
    for name, value in (("first_year", first), ("last_year", last), ("month", month), ("day", day)):
        form.needed(name, value, "Mục này cần được điền.")
    what, point = form.text("what", most=300), form.text("point", most=30)
    form.check()
    with unit_of_work() as work:
        service.save_rule(
            work,
            actor=viewer(),
            now=now(),
            movement_id=movement.id,
            rule_id=rule.id if rule else None,
            draft=service.RuleDraft(
                paper=paper or PaperKind.ANNUAL,
                what=what,
                point=point,
                first_year=first or 0,
                last_year=last or 0,
                month=month or 0,
                day=day or 0,
                exclusive="exclusive" in request.form,
                years_after=int("next_year" in request.form),
                unit_kinds=request.form.getlist("unit_kinds"),
                included=request.form.getlist("included"),
                excluded=request.form.getlist("excluded"),
            ),
        )


def _rule_values(movement: Movement, rule: DutyRule | None) -> dict[str, Any]:
    """What the form shows: what was typed, else the rule, else a start."""
    start: dict[str, Any] = {
        "paper": "",
        "what": "",
        "point": "",
        "first_year": movement.first_year,
        "last_year": movement.last_year,
        "month": 12,
        "day": 5,
        "exclusive": True,
        "next_year": False,
        "unit_kinds": [],
        "included": [],
        "excluded": [],
    }
    lists = ("unit_kinds", "included", "excluded")
    if request.method == "POST":
        form = request.form
        ticked = {"exclusive": "exclusive" in form, "next_year": "next_year" in form}
        return {**start, **form.to_dict(), **ticked, **{name: form.getlist(name) for name in lists}}
    if rule is None:
        return start
    same = [name for name in start if name not in ("paper", "next_year")]
    return {name: getattr(rule, name) for name in same} | {
        "paper": rule.paper.value,
        "next_year": rule.years_after > 0,
    }


@blueprint.post("/movements/<movement_id>/duties/rules/<rule_id>/retire", endpoint="rule_retire")
@requires(P.DUTY_MANAGE, on_subject=True)
def rule_retire(movement_id: str, rule_id: str) -> Response:
    _ensure_manages(get_movement(reads(), movement_id, viewer=viewer()))
    with unit_of_work() as work:
        service.retire_rule(work, actor=viewer(), now=now(), movement_id=movement_id, rule_id=rule_id)
    flash("Đã bỏ khỏi danh mục. Văn bản đã nộp vẫn được giữ.", "good")
    return redirect(url_for("duties.rule_list", movement_id=movement_id), 303)
