"""Pages of the office's report: list, writing, sources, versions, signing, the paper and its annex."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.documents.comparing import compare_texts
from webapp.models import PaperKind, Signing, Synthesis, SynthesisParagraph
from webapp.movement.figures import amount_of
from webapp.movement.queries import list_movements_in
from webapp.permissions import Permission as P
from webapp.permissions import Subject, can, ensure
from webapp.synthesis import queries, rules, service
from webapp.synthesis.freshness import Freshness, look_anew
from webapp.synthesis.rules import Counts
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options, year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer
from webapp.ui.views import autosave_view

blueprint = Blueprint("synthesis", __name__, template_folder="templates")


def _to(synthesis_id: str, anchor: str | None = None) -> Response:
    return redirect(url_for("synthesis.synthesis_view", synthesis_id=synthesis_id, _anchor=anchor), 303)


@blueprint.get("/syntheses", endpoint="synthesis_list")
@requires(P.SEARCH_USE)
def synthesis_list() -> Response:
    year, who = year_in(request.args.get("year"), otherwise=today().year), viewer()
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    rows = queries.list_syntheses(reads(), viewer=who)
    there = {(one.movement_id, one.kind, one.year) for one in rows}
    runs = movement is not None and can(who, P.SYNTHESIS_WRITE, Subject(kind="synthesis", movement_id=movement.id))
    kinds = queries.list_kinds_due(reads(), viewer=who, movement_id=movement.id, year=year) if movement and runs else []
    return render(
        "synthesis/list.html",
        year=year,
        movement=movement,
        runs=runs,
        rows=rows,
        kinds=[kind for kind in kinds if movement and (movement.id, kind, year) not in there],
    )


@blueprint.post("/syntheses", endpoint="synthesis_make")
@requires(P.SYNTHESIS_WRITE, on_subject=True)
def synthesis_make() -> Response:
    form = FormReader(request.form)
    kind, movement_id = form.choice("kind", PaperKind), form.text("movement_id", most=20)
    form.needed("kind", kind, "Hãy chọn loại báo cáo.")
    form.check()
    with unit_of_work() as work:
        made = service.make_synthesis(
            work,
            actor=viewer(),
            now=now(),
            timezone=resources().settings.timezone,
            movement_id=movement_id,
            kind=kind or PaperKind.ANNUAL,
            year=year_in(request.form.get("year"), otherwise=today().year),
        )
    return _to(made.id)


@blueprint.get("/syntheses/<synthesis_id>", endpoint="synthesis_view")
@requires(P.SYNTHESIS_READ, on_subject=True)
def synthesis_view(synthesis_id: str) -> Response:
    """For the office what it writes; for readers the last fixed version."""
    synthesis = queries.get_synthesis(reads(), synthesis_id, viewer=viewer())
    if can(viewer(), P.SYNTHESIS_WRITE, synthesis):
        return _writing(synthesis)
    return _reading(synthesis, synthesis.version_no)


def _writing(
    synthesis: Synthesis, *, errors: dict[str, str] | None = None, conflicts: dict[str, Conflict] | None = None
) -> Response:
    paragraphs = queries.list_paragraphs(reads(), synthesis, viewer=viewer())
    return render(
        "synthesis/write.html",
        status=409 if conflicts else 422 if errors else 200,
        synthesis=synthesis,
        paragraphs=paragraphs,
        fresh=_freshness(synthesis, paragraphs),
        versions=queries.list_versions(reads(), synthesis, viewer=viewer()),
        counts=Counts.from_dict(synthesis.counts),
        titles=rules.TITLES,
        amount_of=amount_of,
        errors=errors or {},
        conflicts=conflicts or {},
        values=request.form,
    )


def _freshness(synthesis: Synthesis, paragraphs: Sequence[SynthesisParagraph]) -> Freshness:
    """Counted only where somebody edited: all else follows its sources when it is renewed."""
    if not any(one.is_edited for one in paragraphs):
        return Freshness()
    return look_at(synthesis, paragraphs)


def look_at(synthesis: Synthesis, paragraphs: Sequence[SynthesisParagraph]) -> Freshness:
    """Its sources counted anew, for the viewer at hand."""
    return look_anew(
        reads(),
        viewer=viewer(),
        now=now(),
        timezone=resources().settings.timezone,
        synthesis=synthesis,
        paragraphs=paragraphs,
    )


def _reading(synthesis: Synthesis, no: int) -> Response:
    version = queries.get_version(reads(), synthesis, no, viewer=viewer())
    return render(
        "synthesis/read.html",
        synthesis=synthesis,
        version=version,
        counts=Counts.from_dict(version.counts),
        amount_of=amount_of,
        versions=queries.list_versions(reads(), synthesis, viewer=viewer()),
        titles=rules.TITLES,
    )


def _load_own(synthesis_id: str) -> Synthesis:
    """One that the viewer writes."""
    synthesis = queries.get_synthesis(reads(), synthesis_id, viewer=viewer())
    ensure(viewer(), P.SYNTHESIS_WRITE, synthesis)
    return synthesis


@blueprint.post("/syntheses/<synthesis_id>", endpoint="synthesis_write")
@requires(P.SYNTHESIS_WRITE, on_subject=True)
def synthesis_write(synthesis_id: str) -> Response:
    """All paragraphs at once, and one thing done to one of them; what somebody else changed meanwhile is not touched."""
    synthesis = _load_own(synthesis_id)
    conflicts: dict[str, Conflict] = {}
    errors: dict[str, str] = {}
    move, _, paragraph_id = request.form.get("do", "").partition(":")
    try:
        with unit_of_work() as work:
            for paragraph in queries.list_paragraphs(reads(), synthesis, viewer=viewer()):
                if f"text-{paragraph.id}" in request.form:
                    try:
                        _save(work, synthesis, paragraph.id)
                    except Conflict as fault:
                        conflicts[paragraph.id] = fault
                    except Invalid as fault:
                        errors[f"text-{paragraph.id}"] = fault.sentence
    except Invalid as fault:  # it was sent only to be shown again
        errors[""] = fault.sentence
    if move and paragraph_id not in conflicts:
        try:
            # Apart from the saving: what was typed stays even when this cannot be done.
            with unit_of_work() as work:
                _do(work, synthesis, move, paragraph_id)
        except (Invalid, NotFound) as fault:
            errors[""] = fault.sentence
    if conflicts or errors:
        return _writing(
            queries.get_synthesis(reads(), synthesis_id, viewer=viewer()), errors=errors, conflicts=conflicts
        )
    flash("Đã lưu.", "good")
    return _to(synthesis_id, f"p-{paragraph_id}" if move else None)


def _save(work: Session, synthesis: Synthesis, paragraph_id: str) -> SynthesisParagraph:
    form = FormReader(request.form)
    text = form.text(f"text-{paragraph_id}", most=service.LONGEST)
    revision = form.revision(f"revision-{paragraph_id}")
    form.check()
    return service.save_paragraph(
        work,
        actor=viewer(),
        now=now(),
        synthesis_id=synthesis.id,
        paragraph_id=paragraph_id,
        revision=revision,
        text=text,
    )


def _do(work: Session, synthesis: Synthesis, move: str, paragraph_id: str) -> None:
    named: dict[str, Any] = {
        "actor": viewer(),
        "now": now(),
        "synthesis_id": synthesis.id,
        "paragraph_id": paragraph_id,
    }
    if move in ("leave", "put"):
        service.leave_out(work, **named, left_out=move == "leave")
    elif move in ("take", "keep"):
        service.settle_fresh(work, **named, take=move == "take")
    else:
        raise Invalid("Không có thao tác này.")


@blueprint.route(
    "/syntheses/<synthesis_id>/paragraphs/<paragraph_id>", methods=["GET", "POST"], endpoint="paragraph_save"
)
@requires(P.SYNTHESIS_WRITE, on_subject=True)
def paragraph_save(synthesis_id: str, paragraph_id: str) -> Response:
    """One paragraph, saved while it is being typed; answers with its status, or with both texts after a conflict."""
    synthesis = _load_own(synthesis_id)

    def shown() -> dict[str, Any]:
        paragraphs = queries.list_paragraphs(reads(), synthesis, viewer=viewer())
        paragraph = next((one for one in paragraphs if one.id == paragraph_id), None)
        if paragraph is None:
            raise NotFound(kind="synthesis", key=paragraph_id)
        return {"synthesis": synthesis, "paragraph": paragraph}

    return autosave_view(
        "synthesis/paragraph.html",
        "paragraph",
        lambda work: _save(work, synthesis, paragraph_id),
        field=f"text-{paragraph_id}",
        values=shown,
    )


@blueprint.post("/syntheses/<synthesis_id>/renew", endpoint="synthesis_renew")
@requires(P.SYNTHESIS_WRITE, on_subject=True)
def synthesis_renew(synthesis_id: str) -> Response:
    _load_own(synthesis_id)
    with unit_of_work() as work:
        renewal = service.renew_synthesis(
            work, actor=viewer(), now=now(), timezone=resources().settings.timezone, synthesis_id=synthesis_id
        )
    sentence = f"Đã cập nhật số liệu; {renewal.changed} đoạn đổi theo nguồn."
    if renewal.waiting:
        sentence += f" {renewal.waiting} đoạn bạn đã sửa được giữ nguyên và có nội dung mới chờ xem."
    flash(sentence, "good")
    return _to(synthesis_id)


@blueprint.route("/syntheses/<synthesis_id>/fix", methods=["GET", "POST"], endpoint="synthesis_fix")
@requires(P.SYNTHESIS_WRITE, on_subject=True)
def synthesis_fix(synthesis_id: str) -> Response:
    synthesis = _load_own(synthesis_id)
    if request.method == "POST":
        with unit_of_work() as work:
            version = service.fix_version(work, actor=viewer(), now=now(), synthesis_id=synthesis_id)
        flash(f"Đã chốt phiên bản {version.no}.", "good")
        return redirect(url_for("synthesis.version_view", synthesis_id=synthesis_id, no=version.no), 303)
    paragraphs = queries.list_paragraphs(reads(), synthesis, viewer=viewer())
    return render(
        "synthesis/fix.html",
        synthesis=synthesis,
        kept=[one for one in paragraphs if not one.left_out and one.text.strip()],
        left_out=[one for one in paragraphs if one.left_out],
        waiting=[one for one in paragraphs if one.fresh_text is not None],
        fresh=_freshness(synthesis, paragraphs),
        titles=rules.TITLES,
    )


@blueprint.route("/syntheses/<synthesis_id>/signing", methods=["GET", "POST"], endpoint="signing_choose")
@requires(P.SYNTHESIS_WRITE, on_subject=True)
def signing_choose(synthesis_id: str) -> Response:
    synthesis = _load_own(synthesis_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _choose_signing(synthesis_id)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã lưu thể thức văn bản.", "good")
            return _to(synthesis_id)
    return render(
        "synthesis/signing.html",
        status=422 if errors else 200,
        synthesis=synthesis,
        signings=options(Signing),
        errors=errors,
        values=request.form if errors else {},
    )


def _choose_signing(synthesis_id: str) -> None:
    form = FormReader(request.form)
    signing = form.choice("signing", Signing)
    form.needed("signing", signing, "Hãy chọn người ký.")
    signer, number = form.text("signer", most=80), form.text("number", most=20)
    issued_on, place = form.day("issued_on"), form.text("place", most=80)
    recipients = form.text("recipients", most=2000)
    form.check()
    with unit_of_work() as work:
        service.choose_signing(
            work,
            actor=viewer(),
            now=now(),
            synthesis_id=synthesis_id,
            choice=service.SigningChoice(
                signing=signing or Signing.OFFICE_HEAD,
                signer=signer,
                number=number,
                issued_on=issued_on,
                place=place,
                recipients=recipients,
            ),
        )


@blueprint.get("/syntheses/<synthesis_id>/versions/<int:no>", endpoint="version_view")
@requires(P.SYNTHESIS_READ, on_subject=True)
def version_view(synthesis_id: str, no: int) -> Response:
    return _reading(queries.get_synthesis(reads(), synthesis_id, viewer=viewer()), no)


@blueprint.get("/syntheses/<synthesis_id>/compare", endpoint="version_compare")
@requires(P.SYNTHESIS_READ, on_subject=True)
def version_compare(synthesis_id: str) -> Response:
    synthesis = queries.get_synthesis(reads(), synthesis_id, viewer=viewer())
    versions = {one.no: one for one in queries.list_versions(reads(), synthesis, viewer=viewer())}
    if not versions:
        raise NotFound(kind="synthesis", key=synthesis_id)
    last = max(versions)
    old = versions.get(request.args.get("old", last - 1, int)) or versions[min(versions)]
    new = versions.get(request.args.get("new", last, int)) or versions[last]
    return render(
        "synthesis/compare.html",
        synthesis=synthesis,
        versions=sorted(versions),
        old=old,
        new=new,
        comparison=compare_texts(rules.plain_text(old.content), rules.plain_text(new.content)),
    )
