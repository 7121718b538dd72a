"""Pages of plans and reports: list, writing, reading, versions, handing in, giving back, accepting, remarks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.paging import page_number
from webapp.documents.comparing import compare_texts
from webapp.documents.uploads import store_file
from webapp.duties.queries import find_last_day, list_duties
from webapp.duties.rules import AGAIN
from webapp.models import PaperKind, PaperPart, PaperState, PartKind, PlanForm, UnitPaper, new_id
from webapp.movement.queries import list_movements_in
from webapp.people.queries import list_own_units
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.submissions import commenting, queries, rules, service
from webapp.submissions.taking_over import list_offers
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options, year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer
from webapp.ui.views import autosave_view, form_view

blueprint = Blueprint("submissions", __name__, template_folder="templates")


def _year() -> int:
    return year_in(request.values.get("year"), otherwise=today().year)


def _to(paper_id: str) -> Response:
    return redirect(url_for("submissions.paper_view", paper_id=paper_id), 303)


@blueprint.get("/papers", endpoint="paper_list")
@requires(P.SEARCH_USE)
def paper_list() -> Response:
    year, who = _year(), viewer()
    kinds = {kind.value: kind for kind in rules.WRITTEN}
    states = {state.value: state for state in PaperState}
    kind, state = kinds.get(request.args.get("kind", "")), states.get(request.args.get("state", ""))
    timezone = resources().settings.timezone
    duties = list_duties(reads(), viewer=who, year=year, now=now(), timezone=timezone, own_only=True)
    shown = {row.paper_id for row in duties}
    own = queries.list_own_papers(reads(), viewer=who, year=year, kind=kind, state=state)
    number = page_number(request.args.get("page"))
    filters: dict[str, Any] = {"kind": kind.value if kind else None, "state": state.value if state else None}
    return render(
        "submissions/list.html",
        year=year,
        kind=kind,
        state=state,
        kinds=[(value, found.label) for value, found in kinds.items()],
        states=options(PaperState),
        movement=choose(list_movements_in(reads(), viewer=viewer(), year=year)),
        duties=[row for row in duties if row.duty.paper in rules.WRITTEN],
        units=list_own_units(reads(), viewer=who),
        last_year=queries.kinds_with_last_year(reads(), viewer=who, year=year),
        # Those that are owed stand above already.
        own=[paper for paper in own if paper.id not in shown],
        page=queries.page_of_papers(reads(), viewer=who, year=year, kind=kind, state=state, page=number),
        page_url=lambda number: url_for("submissions.paper_list", year=year, page=number, **filters),
    )


@blueprint.post("/papers", endpoint="paper_open")
@requires(P.PAPER_OPEN, on_subject=True)
def paper_open() -> Response:
    form = FormReader(request.form)
    kind = form.choice("kind", PaperKind)
    form.needed("kind", kind, "Hãy chọn loại văn bản.")
    form.check()
    with unit_of_work() as work:
        paper = service.open_paper(
            work,
            actor=viewer(),
            now=now(),
            movement_id=form.text("movement_id", most=20),
            unit_id=form.text("unit_id", most=20),
            kind=kind or PaperKind.ANNUAL,
            year=_year(),
            from_last_year="from_last_year" in request.form,
        )
    return _to(paper.id)


@blueprint.get("/papers/<paper_id>", endpoint="paper_view")
@requires(P.PAPER_READ, on_subject=True)
def paper_view(paper_id: str) -> Response:
    return _page(queries.get_paper(reads(), paper_id, viewer=viewer()))


def _page(
    paper: UnitPaper,
    *,
    errors: dict[str, str] | None = None,
    conflicts: dict[str, Conflict] | None = None,
    version_no: int | None = None,
) -> Response:
    """Being written for the unit while it is open; the latest submission for everybody else, or the version named."""
    writing = can(viewer(), P.PAPER_EDIT, paper) and version_no is None
    versions = queries.list_versions(reads(), paper, viewer=viewer())
    shown = next((one for one in versions if one.no == (version_no or paper.version_no)), None)
    if version_no is not None and shown is None:
        raise NotFound(kind="paper", key=paper.id)
    parts = queries.list_parts(reads(), paper, viewer=viewer()) if writing else []
    has_file = paper.document is not None and paper.document.withdrawn_at is None
    return render(
        "submissions/write.html" if writing else "submissions/read.html",
        status=409 if conflicts else 422 if errors else 200,
        paper=paper,
        parts=parts,
        shown=shown,
        versions=versions,
        comments=queries.list_comments(reads(), paper, viewer=viewer()),
        offered={one.part.id: one.sources for one in list_offers(reads(), paper, parts) if not one.is_taken},
        sections=rules.SECTIONS,
        missing=rules.unwritten(parts),
        last_day=find_last_day(reads(), paper) if writing or paper.state is PaperState.RETURNED else None,
        has_file=has_file,
        forms=options(PlanForm),
        moves=rules.moves_from(paper.state),
        errors=errors or {},
        conflicts=conflicts or {},
        clashes={
            part.id: f"“{part.title}” vừa được sửa ở nơi khác. Phần của bạn còn trong ô: hãy chọn dùng phần nào."
            for part in parts
            if conflicts and part.id in conflicts
        },
        values=request.form,
        limit=resources().settings.max_upload,
    )


@blueprint.post("/papers/<paper_id>", endpoint="paper_write")
@requires(P.PAPER_EDIT, on_subject=True)
def paper_write(paper_id: str) -> Response:
    """All parts at once, as the page sends them without script; what somebody else changed meanwhile is not touched."""
    paper = queries.get_paper(reads(), paper_id, viewer=viewer())
    ensure(viewer(), P.PAPER_EDIT, paper)
    conflicts: dict[str, Conflict] = {}
    errors: dict[str, str] = {}
    try:
        with unit_of_work() as work:
            for part in queries.list_parts(reads(), paper, viewer=viewer()):
                if f"text-{part.id}" not in request.form:
                    continue
                try:
                    _save(work, paper, part.id)
                except Conflict as fault:
                    conflicts[part.id] = fault
                except Invalid as fault:
                    errors[f"text-{part.id}"] = fault.sentence
    except Invalid as fault:  # it was sent only to be shown again
        errors[""] = fault.sentence
    if conflicts or errors:
        return _page(queries.get_paper(reads(), paper_id, viewer=viewer()), errors=errors, conflicts=conflicts)
    flash("Đã lưu.", "good")
    return _to(paper_id)


def _save(work: Session, paper: UnitPaper, part_id: str) -> PaperPart:
    form = FormReader(request.form)
    text = form.text(f"text-{part_id}", most=service.LONGEST)
    revision = form.revision(f"revision-{part_id}")
    form.check()
    return service.save_part(
        work, actor=viewer(), now=now(), paper_id=paper.id, part_id=part_id, revision=revision, text=text
    )


@blueprint.route("/papers/<paper_id>/parts/<part_id>", methods=["GET", "POST"], endpoint="part_save")
@requires(P.PAPER_EDIT, on_subject=True)
def part_save(paper_id: str, part_id: str) -> Response:
    """One part, saved while it is being typed; answers with its status, or with both texts after a conflict."""
    paper = queries.get_paper(reads(), paper_id, viewer=viewer())
    ensure(viewer(), P.PAPER_EDIT, paper)

    def shown() -> dict[str, Any]:
        parts = queries.list_parts(reads(), paper, viewer=viewer())
        part = next((part for part in parts if part.id == part_id), None)
        if part is None:
            raise NotFound(kind="paper", key=part_id)
        return {"paper": paper, "part": part}

    return autosave_view(
        "submissions/part.html",
        "part",
        lambda work: _save(work, paper, part_id),
        field=f"text-{part_id}",
        values=shown,
    )


@blueprint.post("/papers/<paper_id>/form", endpoint="form_choose")
@requires(P.PAPER_EDIT, on_subject=True)
def form_choose(paper_id: str) -> Response:
    queries.get_paper(reads(), paper_id, viewer=viewer())
    form = FormReader(request.form)
    chosen = form.choice("form", PlanForm)
    form.check()
    with unit_of_work() as work:
        service.choose_form(work, actor=viewer(), now=now(), paper_id=paper_id, form=chosen or PlanForm.SEPARATE)
    return _to(paper_id)


@blueprint.post("/papers/<paper_id>/file", endpoint="file_attach")
@requires(P.PAPER_EDIT, on_subject=True)
def file_attach(paper_id: str) -> Response:
    paper = queries.get_paper(reads(), paper_id, viewer=viewer())
    ensure(viewer(), P.PAPER_EDIT, paper)
    held = resources()
    try:
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid({"file": "Hãy chọn tệp đã ký."})
        receipt = store_file(held.store, file, max_size=held.settings.max_upload)
        with unit_of_work() as work:
            service.attach_file(work, actor=viewer(), now=now(), paper_id=paper_id, receipt=receipt, batch_id=new_id())
    except Invalid as fault:
        return _page(queries.get_paper(reads(), paper_id, viewer=viewer()), errors={"file": fault.sentence})
    flash("Đã lưu tệp vào kho và gắn vào văn bản.", "good")
    return _to(paper_id)


@blueprint.route("/papers/<paper_id>/submit", methods=["GET", "POST"], endpoint="paper_submit")
@requires(P.PAPER_SUBMIT, on_subject=True)
def paper_submit(paper_id: str) -> Response:
    paper = queries.get_paper(reads(), paper_id, viewer=viewer())
    ensure(viewer(), P.PAPER_SUBMIT, paper)
    if request.method == "POST":
        with unit_of_work() as work:
            service.submit_paper(
                work, actor=viewer(), now=now(), timezone=resources().settings.timezone, paper_id=paper_id
            )
        flash(f"Đã trình {paper.name}. Cơ quan thường trực được báo ngay.", "good")
        return _to(paper_id)
    parts = queries.list_parts(reads(), paper, viewer=viewer())
    has_file = paper.document is not None and paper.document.withdrawn_at is None
    return render(
        "submissions/submit.html",
        paper=paper,
        parts=parts,
        has_file=has_file,
        empty=rules.is_empty([part.text for part in parts], has_file=has_file),
        missing=rules.unwritten(parts),
    )


@blueprint.route("/papers/<paper_id>/return", methods=["GET", "POST"], endpoint="paper_return")
@requires(P.PAPER_RETURN, on_subject=True)
def paper_return(paper_id: str) -> Response:
    paper = queries.get_paper(reads(), paper_id, viewer=viewer())
    ensure(viewer(), P.PAPER_RETURN, paper)

    asks = find_last_day(reads(), paper) is not None

    def give_back(work: Session, form: FormReader) -> None:
        reason, again_until = form.text("reason", most=5000), form.day("again_until")
        if asks:
            form.needed("again_until", again_until, AGAIN)
        form.check()
        service.return_paper(
            work,
            actor=viewer(),
            now=now(),
            timezone=resources().settings.timezone,
            paper_id=paper_id,
            reason=reason,
            again_until=again_until,
        )

    return form_view(
        "submissions/return.html",
        give_back,
        asks=asks,
        done="Đã trả lại. Đơn vị được báo và đọc nguyên văn lý do.",
        to=url_for("submissions.paper_view", paper_id=paper_id),
        paper=paper,
    )


@blueprint.post("/papers/<paper_id>/accept", endpoint="paper_accept")
@requires(P.PAPER_ACCEPT, on_subject=True)
def paper_accept(paper_id: str) -> Response:
    paper = queries.get_paper(reads(), paper_id, viewer=viewer())
    with unit_of_work() as work:
        service.accept_paper(work, actor=viewer(), now=now(), timezone=resources().settings.timezone, paper_id=paper_id)
    flash(f"Đã nhận {paper.name} của {paper.unit.name}.", "good")
    return _to(paper_id)


@blueprint.get("/papers/<paper_id>/versions/<int:no>", endpoint="version_view")
@requires(P.PAPER_READ, on_subject=True)
def version_view(paper_id: str, no: int) -> Response:
    return _page(queries.get_paper(reads(), paper_id, viewer=viewer()), version_no=no)


@blueprint.get("/papers/<paper_id>/compare", endpoint="version_compare")
@requires(P.PAPER_READ, on_subject=True)
def version_compare(paper_id: str) -> Response:
    paper = queries.get_paper(reads(), paper_id, viewer=viewer())
    versions = {one.no: one for one in queries.list_versions(reads(), paper, viewer=viewer())}
    if not versions:
        raise NotFound(kind="paper", key=paper_id)
    last = max(versions)
    old = versions.get(request.args.get("old", last - 1, int)) or versions[min(versions)]
    new = versions.get(request.args.get("new", last, int)) or versions[last]
    return render(
        "submissions/compare.html",
        paper=paper,
        versions=sorted(versions),
        old=old,
        new=new,
        comparison=compare_texts(rules.plain_text(old.content), rules.plain_text(new.content)),
    )


@blueprint.post("/papers/<paper_id>/comments", endpoint="comment_add")
@requires(P.PAPER_COMMENT, on_subject=True)
def comment_add(paper_id: str) -> Response:
    paper = queries.get_paper(reads(), paper_id, viewer=viewer())
    form = FormReader(request.form)
    kind, _, code = form.text("part", most=80).partition(":")
    try:
        if kind not in {known.value for known in PartKind}:
            raise Invalid({"part": "Văn bản không có mục này."})
        quote, text = form.text("quote", most=2000), form.text("text", most=4000)
        form.check()
        with unit_of_work() as work:
            commenting.comment_on(
                work,
                actor=viewer(),
                now=now(),
                timezone=resources().settings.timezone,
                paper_id=paper_id,
                part=(PartKind(kind), code),
                quote=quote,
                text=text,
            )
    except Invalid as fault:
        return _page(paper, errors=fault.fields, version_no=paper.version_no or None)
    flash("Đã gửi góp ý.", "good")
    return _to(paper_id)


@blueprint.post("/papers/<paper_id>/comments/<comment_id>/resolve", endpoint="comment_resolve")
@requires(P.PAPER_COMMENT, on_subject=True)
def comment_resolve(paper_id: str, comment_id: str) -> Response:
    queries.get_paper(reads(), paper_id, viewer=viewer())
    with unit_of_work() as work:
        commenting.resolve_comment(work, actor=viewer(), now=now(), paper_id=paper_id, comment_id=comment_id)
    return _to(paper_id)
