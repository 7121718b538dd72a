"""Pages of sets: list, a new one, its indicators, a workbook read into it, putting it in force, publishing."""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from flask import Blueprint, flash, redirect, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.audit import log_event
from webapp.core.errors import Invalid, NotFound
from webapp.core.numbers import type_number
from webapp.indicators import importing, queries, scheme, sets
from webapp.indicators.book import set_sheet
from webapp.indicators.reading import understood
from webapp.indicators.rows import items_of
from webapp.indicators.scheme import Item
from webapp.indicators.sets import SetDraft
from webapp.indicators.sheet_words import read_method
from webapp.models import IndicatorMethod, IndicatorSet, IndicatorSetState, UnitKind
from webapp.movement.queries import list_movements_in
from webapp.official.tables import XLSX
from webapp.people.naming import recognise
from webapp.permissions import Permission as P
from webapp.permissions import Subject, can, ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options, year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer
from webapp.ui.views import form_view, reason_view

blueprint = Blueprint("indicators", __name__, url_prefix="/indicators", template_folder="templates")
KINDS = dict(options(UnitKind))


def to_set(set_id: str) -> str:
    return url_for("indicators.set_view", indicator_set_id=set_id)


@blueprint.get("", endpoint="set_list")
@requires(P.SEARCH_USE)
def set_list() -> Response:
    year = year_in(request.args.get("year"), otherwise=today().year)
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    may = movement is not None and can(viewer(), P.INDICATOR_SET_MANAGE, _to_be(movement.id))
    return render(
        "indicators/list.html",
        year=year,
        sets=queries.list_sets(reads(), viewer=viewer(), year=year),
        sheets=queries.list_sheets(reads(), viewer=viewer(), year=year),
        kinds=KINDS,
        may=may,
    )


def _to_be(movement_id: str) -> Subject:
    return Subject(kind="indicator-set", movement_id=movement_id)


@blueprint.route("/new", methods=["GET", "POST"], endpoint="set_new")
@requires(P.INDICATOR_SET_MANAGE, on_subject=True)
def set_new() -> Response:
    year = year_in(request.values.get("year"), otherwise=today().year)
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    if movement is None:
        raise Invalid(f"Năm {year} chưa có phong trào; hãy nhập kế hoạch trước.")
    ensure(viewer(), P.INDICATOR_SET_MANAGE, _to_be(movement.id))
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            draft = _draft()
            with unit_of_work() as work:
                made = sets.make_set(work, actor=viewer(), now=now(), movement_id=movement.id, year=year, draft=draft)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã lập bộ chỉ số. Hãy nhập các chỉ số từ bảng tính, hoặc thêm từng chỉ số.", "good")
            return redirect(to_set(made.id), 303)
    values = dict(request.form) if request.method == "POST" else {"decimals": "2", "rescales": "1"}
    return _form_page(None, values, errors, year=year, movement_id=movement.id)


@blueprint.route("/<indicator_set_id>/edit", methods=["GET", "POST"], endpoint="set_edit")
@requires(P.INDICATOR_SET_MANAGE, on_subject=True)
def set_edit(indicator_set_id: str) -> Response:
    one = _managed(indicator_set_id)
    errors: dict[str, str] = {}
    values = {
        "name": one.name,
        "citation": one.citation,
        "decimals": str(one.decimals),
        "rescales": "1" if one.rescales else "",
        "due_on": one.due_on.isoformat() if one.due_on else "",
        "unit_kinds": one.unit_kinds,
        "revision": str(one.revision),
    }
    if request.method == "POST":
        values = {**request.form, "unit_kinds": request.form.getlist("unit_kinds")}
        try:
            draft, revision = _draft(), FormReader(request.form).revision()
            with unit_of_work() as work:
                sets.write_set(work, actor=viewer(), now=now(), set_id=one.id, revision=revision, draft=draft)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã lưu.", "good")
            return redirect(to_set(one.id), 303)
    return _form_page(one, values, errors, year=one.year, movement_id=one.movement_id)


def _form_page(
    one: IndicatorSet | None,
    values: Mapping[str, object],
    errors: dict[str, str],
    *,
    year: int,
    movement_id: str,
) -> Response:
    chosen = values.get("unit_kinds", [])
    if request.method == "POST":
        chosen = request.form.getlist("unit_kinds")
    return render(
        "indicators/form.html",
        status=422 if errors else 200,
        one=one,
        year=year,
        movement_id=movement_id,
        values=values,
        chosen=chosen,
        errors=errors,
        unit_kinds=options(UnitKind),
    )


def _draft() -> SetDraft:
    form = FormReader(request.form)
    name, citation, due_on = form.text("name", most=200), form.text("citation", most=2000), form.day("due_on")
    decimals = form.integer("decimals", least=0, most=4)
    form.check()
    return SetDraft(
        name=name,
        unit_kinds=request.form.getlist("unit_kinds"),
        rescales="rescales" in request.form,
        decimals=decimals if decimals is not None else 2,
        due_on=due_on,
        citation=citation,
    )


def _managed(set_id: str) -> IndicatorSet:
    one = queries.get_set(reads(), set_id, viewer=viewer())
    ensure(viewer(), P.INDICATOR_SET_MANAGE, one)
    return one


@blueprint.get("/<indicator_set_id>", endpoint="set_view")
@requires(P.INDICATOR_SET_READ, on_subject=True)
def set_view(indicator_set_id: str) -> Response:
    return _set_page(queries.get_set(reads(), indicator_set_id, viewer=viewer()))


def _set_page(one: IndicatorSet, errors: dict[str, str] | None = None) -> Response:
    items, draft = items_of(one), one.state is IndicatorSetState.DRAFT
    return render(
        "indicators/set.html",
        status=422 if errors else 200,
        one=one,
        lines=list(scheme.walk(items)),
        most=sum(item.most for item in items if not item.parent and item.counts),
        findings=scheme.check(items) if draft else [],
        kinds=KINDS,
        standing=queries.list_standing(reads(), one, viewer=viewer()),
        may=can(viewer(), P.INDICATOR_SET_MANAGE, one),
        understood=understood,
        errors=errors or {},
    )


@blueprint.get("/<indicator_set_id>.xlsx", endpoint="set_export")
@requires(P.INDICATOR_SET_READ, on_subject=True)
def set_export(indicator_set_id: str) -> Response:
    one = queries.get_set(reads(), indicator_set_id, viewer=viewer())
    data = set_sheet(items_of(one), title=one.name)
    return send_book(one, data, f"bo-chi-so-{one.year}.xlsx")


def send_book(one: IndicatorSet, data: bytes, name: str) -> Response:
    with unit_of_work() as work:
        log_event(work, viewer(), now(), "indicator-set.export", one, {"form": "xlsx"})
    return send_file(io.BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=name)


@blueprint.route("/<indicator_set_id>/import", methods=["GET", "POST"], endpoint="set_import")
@requires(P.INDICATOR_SET_MANAGE, on_subject=True)
def set_import(indicator_set_id: str) -> Response:
    """A workbook tried out, row by row; with `apply` its indicators take the place of the draft's."""
    one = _managed(indicator_set_id)
    errors: dict[str, str] = {}
    report = None
    if request.method == "POST":
        upload = request.files.get("file")
        try:
            if upload is None or not upload.filename:
                raise Invalid({"file": "Hãy chọn một tệp .xlsx."})
            data = upload.stream.read(importing.MAX_BYTES + 1)
            with_hidden = "hidden" in request.form
            report = importing.read_book(importing.list_named(reads()), data, upload.filename, with_hidden=with_hidden)
            if "apply" in request.form and report.reading.ok:
                revision = FormReader(request.form).revision()
                with unit_of_work() as work:
                    sets.replace_items(
                        work,
                        actor=viewer(),
                        now=now(),
                        set_id=one.id,
                        revision=revision,
                        items=report.reading.items,
                    )
                flash(f"Đã nhập {len(report.reading.items)} dòng chỉ số.", "good")
                return redirect(to_set(one.id), 303)
        except Invalid as fault:
            errors = fault.fields
    failed = bool(errors) or (report is not None and not report.reading.ok)
    return render("indicators/import.html", status=422 if failed else 200, one=one, errors=errors, report=report)


@blueprint.route("/<indicator_set_id>/indicator", methods=["GET", "POST"], endpoint="item_edit")
@requires(P.INDICATOR_SET_MANAGE, on_subject=True)
def item_edit(indicator_set_id: str) -> Response:
    """One indicator by `code`, or a new one where none is named."""
    one = _managed(indicator_set_id)
    items = items_of(one)
    code = request.args.get("code", "")
    old = next((item for item in items if item.code == code), None)
    if code and old is None:
        raise NotFound(kind="indicator-set", key=one.id)

    def act(work: Session, form: FormReader) -> None:
        item, revision = _item(form, items), form.revision()
        sets.save_item(work, actor=viewer(), now=now(), set_id=one.id, revision=revision, old_code=code, item=item)

    return form_view(
        "indicators/item.html",
        act,
        done=f"Đã lưu chỉ số.{_understood(items)}",
        to=to_set(one.id),
        one=one,
        old=old,
        kept=_fields(old) if old else {"parent": request.args.get("parent", "")},
        parents=[
            (item.code, f"{item.code} · {item.text}"[:90]) for item in items if not item.is_leaf and item.code != code
        ],
    )


def _understood(items: list[Item]) -> str:
    """How the words of the way of working out were taken, told where they are saved; empty for anything else."""
    if request.method != "POST":
        return ""
    try:
        item = _item(FormReader(request.form), items)
    except Invalid:
        return ""
    return f" Cách tính được hiểu là: {scheme.how_words(item)}" if item.is_leaf else ""


def _fields(item: Item) -> dict[str, str]:
    return {
        "code": item.code,
        "parent": item.parent,
        "text": item.text,
        "head": "" if item.is_leaf else "1",
        "most": type_number(item.most),
        "how": scheme.how_words(item),
        "evidence": item.evidence,
        "source": item.source,
        "verifier": item.verifier,
    }


def _item(form: FormReader, items: list[Item]) -> Item:
    code, text, how = form.text("code", most=20), form.text("text", most=1000), form.text("how", most=2000)
    most, verifier = form.number("most"), form.text("verifier", most=300)
    evidence, source = form.text("evidence", most=2000), form.text("source", most=1000)
    is_head = "head" in form.values
    method, rule, remark = (IndicatorMethod.SUM, scheme.Rule(), "")
    if not is_head:
        method, rule, remark = read_method(how, most or Decimal(0))
    if remark:
        form.faults["how"] = f"Cần viết lại: {remark}."
    if method is not IndicatorMethod.INFO:
        form.needed("most", most, "Hãy ghi điểm tối đa.")
    form.check()
    found, _ = recognise(verifier, importing.list_named(reads())) if verifier else (None, [])
    return Item(
        code=code,
        text=text,
        method=method,
        most=most or Decimal(0),
        parent=form.text("parent", most=20),
        rule=rule,
        evidence=evidence,
        source=source,
        verifier=verifier,
        verifier_unit_id=found.id if found else None,
    )


@blueprint.post("/<indicator_set_id>/indicator/remove", endpoint="item_remove")
@requires(P.INDICATOR_SET_MANAGE, on_subject=True)
def item_remove(indicator_set_id: str) -> Response:
    one = _managed(indicator_set_id)
    form = FormReader(request.form)
    code, revision = form.text("code", most=20), form.revision()
    with unit_of_work() as work:
        sets.remove_item(work, actor=viewer(), now=now(), set_id=one.id, revision=revision, code=code)
    flash(f"Đã bỏ {code}.", "good")
    return redirect(to_set(one.id), 303)


@blueprint.post("/<indicator_set_id>/copy", endpoint="set_copy")
@requires(P.INDICATOR_SET_MANAGE, on_subject=True)
def set_copy(indicator_set_id: str) -> Response:
    one = _managed(indicator_set_id)
    try:
        with unit_of_work() as work:
            made = sets.copy_set(work, actor=viewer(), now=now(), set_id=one.id)
    except Invalid as fault:
        return _set_page(one, fault.fields)
    flash(f"Đã chép sang năm {made.year}; hãy sửa rồi áp dụng.", "good")
    return redirect(to_set(made.id), 303)


@blueprint.post("/<indicator_set_id>/moves/<set_step>", endpoint="set_move")
@requires(P.INDICATOR_SET_MANAGE, on_subject=True)
def set_move(indicator_set_id: str, set_step: str) -> Response:
    one = _managed(indicator_set_id)
    act = {"apply": sets.apply_set, "publish": sets.publish_set}.get(set_step)
    if act is None:
        raise NotFound(kind="indicator-set", key=one.id)
    try:
        with unit_of_work() as work:
            act(work, actor=viewer(), now=now(), timezone=resources().settings.timezone, set_id=one.id)
    except Invalid as fault:
        return _set_page(one, fault.fields)
    flash(
        "Đã áp dụng; mỗi đơn vị đã có phiếu để tự đánh giá." if set_step == "apply" else "Đã công bố kết quả.", "good"
    )
    return redirect(to_set(one.id), 303)


@blueprint.route("/<indicator_set_id>/withdraw", methods=["GET", "POST"], endpoint="set_withdraw")
@requires(P.INDICATOR_SET_MANAGE, on_subject=True)
def set_withdraw(indicator_set_id: str) -> Response:
    one = _managed(indicator_set_id)
    act = partial(sets.withdraw_results, actor=viewer(), now=now(), set_id=one.id)
    return reason_view(
        "indicators/reason.html",
        lambda work, reason: act(work, reason=reason),
        done="Đã rút kết quả; các phiếu trở lại trạng thái đã kết luận.",
        to=to_set(one.id),
        heading="Rút kết quả đã công bố",
        label="Lý do rút kết quả",
        button="Rút kết quả",
        back=to_set(one.id),
        about=one.name,
    )
