"""Pages of initiatives: lists, gallery, search, register, writing, files, one initiative with its next step."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp.audit import Thing, log_event
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.paging import Page, page_number
from webapp.documents.uploads import chosen_files, store_file
from webapp.handover.letterhead import issuer_on
from webapp.initiatives import alike, queries, rules, service
from webapp.initiatives.outputs import SHEET, certificate, register_sheet
from webapp.initiatives.queries import InitiativeFilter
from webapp.initiatives.searching import FILTERS, PER_PAGE, asked_in, search_initiatives
from webapp.initiatives.service import AuthorLine, Draft
from webapp.models import (
    Initiative,
    InitiativeField,
    InitiativeKind,
    InitiativeScope,
    InitiativeState,
    new_id,
)
from webapp.movement.queries import list_movements_in
from webapp.official import DOCX
from webapp.permissions import Permission as P
from webapp.permissions import can, decide, ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options, year_in
from webapp.ui.htmx import is_typing, render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer

blueprint = Blueprint("initiatives", __name__, template_folder="templates")

IN_GALLERY = 12
LONGEST = 20_000
# Rows of the form beside those already filled.
SPARE_AUTHORS = 2
UNDECIDED = (InitiativeState.SUBMITTED, InitiativeState.REVIEWED)


def _wanted() -> InitiativeFilter:
    """Filters in the address; whatever is odd is left out."""
    form = FormReader(request.args)
    year = request.args.get("year")
    return InitiativeFilter(
        kind=form.choice("kind", InitiativeKind),
        field=form.choice("field", InitiativeField),
        state=form.choice("state", InitiativeState),
        unit_id=form.optional("unit", most=20),
        year=year_in(year, otherwise=0) or None,
        mine=request.args.get("mine") == "1",
    )


def _listing() -> dict[str, Any]:
    return {
        "wanted": _wanted(),
        "kinds": options(InitiativeKind),
        "fields": options(InitiativeField),
        "states": options(InitiativeState),
        "units": queries.list_units(reads(), viewer=viewer()),
    }


@blueprint.get("/initiatives", endpoint="initiative_list")
@requires(P.SEARCH_USE)
def initiative_list() -> Response:
    page = queries.page_initiatives(
        reads(), viewer=viewer(), wanted=_wanted(), page=page_number(request.args.get("page"))
    )
    adoptions = queries.count_adoptions(reads(), page.rows, viewer=viewer())
    return render("initiatives/list.html", page=page, adoptions=adoptions, clocks=_clocks(page.rows), **_listing())


def _clocks(rows: Any) -> dict[str, rules.ClockFace | None]:
    return {one.id: _clock(one) for one in rows}


def _clock(one: Initiative) -> rules.ClockFace | None:
    return rules.clock(
        one.state,
        today=today(),
        first_applied_on=one.first_applied_on,
        first_submitted_on=one.first_submitted_on,
        submitted_on=one.submitted_on,
    )


@blueprint.get("/initiatives/gallery", endpoint="gallery_view")
@requires(P.SEARCH_USE)
def gallery_view() -> Response:
    page = queries.page_gallery(
        reads(), viewer=viewer(), wanted=_wanted(), page=page_number(request.args.get("page")), per_page=IN_GALLERY
    )
    adoptions = queries.count_adoptions(reads(), page.rows, viewer=viewer())
    return render("initiatives/gallery.html", page=page, adoptions=adoptions, **_listing())


@blueprint.get("/initiatives/search", endpoint="initiative_search")
@requires(P.SEARCH_USE)
def initiative_search() -> Response:
    asked = asked_in(request.args, FormReader(request.args).text("q", most=10_000))
    answer = search_initiatives(reads(), resources().index, asked, viewer=viewer(), typing=is_typing("q"))

    def address(**changes: str | int | None) -> str:
        parameters: dict[str, Any] = dict(asked.parameters(**{"page": None, **changes}))
        return url_for("initiatives.initiative_search", **parameters)

    return render(
        "initiatives/search.html",
        "initiative_results",
        asked=asked,
        answer=answer,
        page=Page((), answer.total, asked.page, PER_PAGE),
        address=address,
        headings=FILTERS,
    )


@blueprint.get("/initiatives/register.xlsx", endpoint="register_export")
@requires(P.INITIATIVE_EXPORT)
def register_export() -> Response:
    """Everything the list shows under these filters."""
    rows = queries.list_register(reads(), viewer=viewer(), wanted=_wanted())
    adoptions = queries.count_adoptions(reads(), rows, viewer=viewer())
    sheet = register_sheet(rows, adoptions, title=f"Sổ đăng ký sáng kiến, lập ngày {today():%d/%m/%Y}")
    with unit_of_work() as work:
        log_event(work, viewer(), now(), "initiative.export", Thing("initiative"), {"total": len(rows)})
    return send_file(io.BytesIO(sheet), mimetype=SHEET, as_attachment=True, download_name="so-dang-ky-sang-kien.xlsx")


@blueprint.get("/initiatives/<initiative_id>", endpoint="initiative_view")
@requires(P.INITIATIVE_READ, on_subject=True)
def initiative_view(initiative_id: str) -> Response:
    return initiative_page(initiative_id)


def initiative_page(initiative_id: str, errors: dict[str, str] | None = None) -> Response:
    """One initiative with its next step; with errors of a file that was not taken."""
    one = queries.get_initiative(reads(), initiative_id, viewer=viewer())
    editable, judging = can(viewer(), P.INITIATIVE_EDIT, one), can(viewer(), P.INITIATIVE_REVIEW, one)
    compares = editable or (judging and one.state in UNDECIDED)
    return render(
        "initiatives/view.html",
        status=422 if errors else 200,
        one=one,
        editable=editable,
        compares=compares,
        alike=_alike(one) if compares else [],
        attachable=queries.list_attachable(reads(), one, viewer=viewer()) if editable else [],
        errors=errors or {},
        **_around(one),
    )


def _around(one: Initiative) -> dict[str, Any]:
    """What stands beside an initiative's own words."""
    return {
        "clock": _clock(one),
        "late": rules.late_by(one.first_applied_on, one.first_submitted_on),
        "next_step": rules.NEXT[one.state],
        "moves": {move for state, move in rules.MOVES if state is one.state and can(viewer(), rules.NEEDED[move], one)},
        "refused": _refused(one),
        "reviews": queries.list_reviews(reads(), one, viewer=viewer()),
        "adoptions": queries.list_adoptions(reads(), one, viewer=viewer()),
        "files": queries.list_files(reads(), one, viewer=viewer()),
        "share_words": rules.share_words,
        "average": rules.average,
    }


def _refused(one: Initiative) -> str:
    """The sentence for somebody who judges others, but not this one."""
    someone = viewer().judged_movements or viewer().judged or viewer().decided_movements
    if not someone or one.state not in UNDECIDED:
        return ""
    allowed = can(viewer(), P.INITIATIVE_DECIDE, one)
    return "" if allowed else decide(viewer(), P.INITIATIVE_REVIEW, one).reason


def _alike(one: Initiative) -> list[alike.Alike] | None:
    return alike.list_alike(
        reads(), resources(), title=one.title, solution=one.solution, viewer=viewer(), own_id=one.id
    )


@blueprint.route("/initiatives/new", methods=["GET", "POST"], endpoint="initiative_new")
@requires(P.INITIATIVE_ADD, on_subject=True)
def initiative_new() -> Response:
    units = queries.list_own_units(reads(), viewer=viewer())
    if not units:
        ensure(viewer(), P.INITIATIVE_ADD)
    if request.method == "GET":
        return _form_page(None, units=units)
    try:
        form = FormReader(request.form)
        unit_id = form.text("unit_id", most=20)
        year = year_in(request.form.get("year"), otherwise=today().year)
        draft = _draft(form)
        with unit_of_work() as work:
            one = service.open_initiative(work, actor=viewer(), now=now(), unit_id=unit_id, year=year, draft=draft)
    except Invalid as fault:
        return _form_page(None, units=units, errors=fault.fields)
    flash("Đã lưu bản nháp. Chỉ đơn vị bạn xem được cho đến khi lãnh đạo đơn vị ký trình.", "good")
    return redirect(url_for("initiatives.initiative_view", initiative_id=one.id), 303)


@blueprint.route("/initiatives/<initiative_id>/edit", methods=["GET", "POST"], endpoint="initiative_edit")
@requires(P.INITIATIVE_EDIT, on_subject=True)
def initiative_edit(initiative_id: str) -> Response:
    one = queries.get_initiative(reads(), initiative_id, viewer=viewer())
    ensure(viewer(), P.INITIATIVE_EDIT, one)
    if request.method == "GET":
        return _form_page(one)
    try:
        form = FormReader(request.form)
        draft = _draft(form)
        revision = form.revision()
        form.check()
        with unit_of_work() as work:
            service.write_initiative(
                work, actor=viewer(), now=now(), initiative_id=initiative_id, revision=revision, draft=draft
            )
    except Invalid as fault:
        return _form_page(one, errors=fault.fields)
    except Conflict as fault:
        return _form_page(one, conflict=fault)
    flash("Đã lưu bản nháp.", "good")
    return redirect(url_for("initiatives.initiative_view", initiative_id=initiative_id), 303)


def _draft(form: FormReader) -> Draft:
    """What the form says; raises Invalid for what is no date, percentage or choice."""
    draft = Draft(
        kind=form.choice("kind", InitiativeKind) or InitiativeKind.INITIATIVE,
        field=form.choice("field", InitiativeField),
        scope=form.choice("scope", InitiativeScope) or InitiativeScope.UNIT,
        theme_id=form.optional("theme_id", most=20),
        criterion_id=form.optional("criterion_id", most=20),
        title=" ".join(form.text("title", most=500).split()),
        problem=form.text("problem", most=LONGEST),
        solution=form.text("solution", most=LONGEST),
        effect=form.text("effect", most=LONGEST),
        secret=form.text("secret", most=LONGEST),
        first_applied_on=form.day("first_applied_on"),
        authors=tuple(_authors(form)),
    )
    form.check()
    return draft


def _authors(form: FormReader) -> list[AuthorLine]:
    found = []
    for row in range(rules.MOST_AUTHORS):
        name, workplace = form.text(f"author-{row}", most=200), form.text(f"workplace-{row}", most=200)
        share = rules.share_of(form.text(f"share-{row}", most=20))
        if share is None:
            form.faults[f"share-{row}"] = "Tỷ lệ ghi như 60 hoặc 33,34; từ 0 đến 100, nhiều nhất hai số lẻ."
        if name or workplace or share:
            found.append(AuthorLine(name, workplace, share or 0))
    return found


def _form_page(
    one: Initiative | None,
    *,
    units: list[tuple[str, str]] | None = None,
    errors: dict[str, str] | None = None,
    conflict: Conflict | None = None,
) -> Response:
    """The form with what is kept, or with what was just typed."""
    typed = errors is not None or conflict is not None
    values: Any = request.form if typed else _kept(one)
    year = one.year if one else year_in(values.get("year"), otherwise=today().year)
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    movement_id = one.movement_id if one else movement.id if movement else None
    filled = [row for row in range(rules.MOST_AUTHORS) if values.get(f"author-{row}") or values.get(f"share-{row}")]
    rows = min(rules.MOST_AUTHORS, (max(filled) + 1 if filled else 1) + SPARE_AUTHORS)
    return render(
        "initiatives/form.html",
        status=409 if conflict else 422 if errors else 200,
        one=one,
        units=units or [],
        year=year,
        values=values,
        author_rows=range(rows),
        choices=queries.load_choices(reads(), movement_id, viewer=viewer()),
        kinds=options(InitiativeKind),
        fields=options(InitiativeField),
        scopes=options(InitiativeScope),
        revision=one.revision if one else 0,
        errors=errors or {},
        conflict=conflict,
    )


def _kept(one: Initiative | None) -> MultiDict[str, str]:
    """An initiative as the form's fields; for a new one the author is proposed."""
    if one is None:
        return MultiDict({"author-0": viewer().name, "kind": "initiative", "scope": "unit", **request.args.to_dict()})
    values = {name: getattr(one, name) for name in service.PLAIN}
    fields = {name: getattr(value, "value", value) for name, value in values.items() if value is not None}
    for row, author in enumerate(one.authors):
        fields |= {f"author-{row}": author.name, f"workplace-{row}": author.workplace}
        fields[f"share-{row}"] = rules.share_words(author.share) if author.share else ""
    return MultiDict({name: str(value) for name, value in fields.items()})


@blueprint.post("/initiatives/<initiative_id>/files", endpoint="file_attach")
@requires(P.INITIATIVE_EDIT, on_subject=True)
def file_attach(initiative_id: str) -> Response:
    ensure(viewer(), P.INITIATIVE_EDIT, queries.get_initiative(reads(), initiative_id, viewer=viewer()))
    files, batch, held = chosen_files(request.files.getlist("files")), new_id(), resources()
    faults = [] if files else ["Hãy chọn ít nhất một tệp."]
    for file in files:
        try:
            receipt = store_file(held.store, file, max_size=held.settings.max_upload)
        except Invalid as fault:
            faults.append(fault.sentence)
            continue
        with unit_of_work() as work:
            service.attach_file(
                work, actor=viewer(), now=now(), initiative_id=initiative_id, receipt=receipt, batch_id=batch
            )
    if faults:
        return initiative_page(initiative_id, {"files": " ".join(faults)})
    flash(f"Đã lưu {len(files)} tệp vào kho và gắn vào sáng kiến.", "good")
    return redirect(url_for("initiatives.initiative_view", initiative_id=initiative_id), 303)


@blueprint.post("/initiatives/<initiative_id>/existing", endpoint="existing_attach")
@requires(P.INITIATIVE_EDIT, on_subject=True)
def existing_attach(initiative_id: str) -> Response:
    queries.get_initiative(reads(), initiative_id, viewer=viewer())
    try:
        with unit_of_work() as work:
            service.attach_existing(
                work,
                actor=viewer(),
                now=now(),
                initiative_id=initiative_id,
                document_id=FormReader(request.form).text("document_id", most=20),
            )
    except Invalid as fault:
        return initiative_page(initiative_id, fault.fields)
    flash("Đã gắn văn bản chọn từ kho.", "good")
    return redirect(url_for("initiatives.initiative_view", initiative_id=initiative_id), 303)


@blueprint.route("/initiatives/<initiative_id>/files/<file_id>/remove", methods=["GET", "POST"], endpoint="file_detach")
@requires(P.INITIATIVE_EDIT, on_subject=True)
def file_detach(initiative_id: str, file_id: str) -> Response:
    one = queries.get_initiative(reads(), initiative_id, viewer=viewer())
    ensure(viewer(), P.INITIATIVE_EDIT, one)
    found = {file.id: document for file, document in queries.list_files(reads(), one, viewer=viewer())}
    if file_id not in found:
        raise NotFound(kind="initiative", key=file_id)
    if request.method == "GET":
        return render("initiatives/detach.html", one=one, document=found[file_id])
    with unit_of_work() as work:
        service.detach_file(work, actor=viewer(), now=now(), initiative_id=initiative_id, file_id=file_id)
    flash("Đã gỡ tệp khỏi sáng kiến. Tệp vẫn còn trong kho.", "good")
    return redirect(url_for("initiatives.initiative_view", initiative_id=initiative_id), 303)


@blueprint.get("/initiatives/<initiative_id>/certificate.docx", endpoint="certificate_download")
@requires(P.INITIATIVE_CERTIFY, on_subject=True)
def certificate_download(initiative_id: str) -> Response:
    one = queries.get_initiative(reads(), initiative_id, viewer=viewer())
    ensure(viewer(), P.INITIATIVE_CERTIFY, one)
    data = certificate(one, issuer=issuer_on(reads(), one.decision_date or one.decided_on or today()))
    with unit_of_work() as work:
        log_event(work, viewer(), now(), "initiative.certify", one, {})
    return send_file(
        io.BytesIO(data), mimetype=DOCX, as_attachment=True, download_name=f"giay-chung-nhan-{one.id}.docx"
    )
