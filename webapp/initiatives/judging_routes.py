"""Pages for the moves of an initiative: hand in, give back, review, decide, take over, honour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import Conflict, Invalid
from webapp.initiatives import judging, queries, rules
from webapp.models import Initiative, InitiativeReview
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer

blueprint = Blueprint("judging", __name__, template_folder="templates")


def _load(initiative_id: str, permission: P) -> Initiative:
    one = queries.get_initiative(reads(), initiative_id, viewer=viewer())
    ensure(viewer(), permission, one)
    return one


def _move(
    one: Initiative, template: str, said: str, act: Callable[[Session, FormReader], object], **values: Any
) -> Response:
    """The move's page; on POST the move itself, with what was typed kept when it cannot be done."""
    errors: dict[str, str] = {}
    conflict: Conflict | None = None
    if request.method == "POST":
        form = FormReader(request.form)
        try:
            with unit_of_work() as work:
                act(work, form)
        except Invalid as fault:
            errors = fault.fields
        except Conflict as fault:
            conflict = fault
        else:
            flash(said, "good")
            return redirect(url_for("initiatives.initiative_view", initiative_id=one.id), 303)
    return render(
        template,
        status=409 if conflict else 422 if errors else 200,
        one=one,
        errors=errors,
        conflict=conflict,
        values=request.form,
        **values,
    )


def _submission(form: FormReader) -> int:
    number = form.integer("submission", least=0, most=10**6)
    form.check()
    return number or 0


@blueprint.route("/initiatives/<initiative_id>/submit", methods=["GET", "POST"], endpoint="initiative_submit")
@requires(P.INITIATIVE_SUBMIT, on_subject=True)
def initiative_submit(initiative_id: str) -> Response:
    one = _load(initiative_id, P.INITIATIVE_SUBMIT)
    missing = rules.missing(
        title=one.title,
        field=one.field,
        problem=one.problem,
        solution=one.solution,
        effect=one.effect,
        first_applied_on=one.first_applied_on,
        today=today(),
        shares=[author.share for author in one.authors],
    )

    def act(work: Session, _form: FormReader) -> None:
        judging.submit_initiative(work, actor=viewer(), now=now(), today=today(), initiative_id=initiative_id)

    late = rules.late_by(one.first_applied_on, one.first_submitted_on or today())
    said = "Đã trình sáng kiến. Cơ quan thường trực, Hội đồng xem được ngay."
    return _move(one, "initiatives/submit.html", said, act, missing=missing, late=late)


@blueprint.route("/initiatives/<initiative_id>/return", methods=["GET", "POST"], endpoint="initiative_return")
@requires(P.INITIATIVE_RETURN, on_subject=True)
def initiative_return(initiative_id: str) -> Response:
    def act(work: Session, form: FormReader) -> None:
        reason, submission = form.text("reason"), _submission(form)
        judging.return_initiative(
            work, actor=viewer(), now=now(), initiative_id=initiative_id, submission=submission, reason=reason
        )

    one = _load(initiative_id, P.INITIATIVE_RETURN)
    return _move(one, "initiatives/return.html", "Đã trả lại. Đơn vị đọc được lý do ngay.", act)


@blueprint.route("/initiatives/<initiative_id>/review", methods=["GET", "POST"], endpoint="initiative_review")
@requires(P.INITIATIVE_REVIEW, on_subject=True)
def initiative_review(initiative_id: str) -> Response:
    one = _load(initiative_id, P.INITIATIVE_REVIEW)

    def act(work: Session, form: FormReader) -> None:
        scores = {name: form.integer(name, least=0, most=10) for name in judging.SCORES}
        comment, submission = form.text("comment"), _submission(form)
        judging.review_initiative(
            work,
            actor=viewer(),
            now=now(),
            initiative_id=initiative_id,
            submission=submission,
            scores=scores,
            comment=comment,
        )

    reviews = queries.list_reviews(reads(), one, viewer=viewer())
    own = next((r for r in reviews if r.reviewer_id == viewer().id and r.submission == one.submissions), None)
    alike = queries.list_alike(
        reads(), resources(), title=one.title, solution=one.solution, viewer=viewer(), own_id=one.id
    )
    return _move(one, "initiatives/review.html", "Đã lưu nhận xét.", act, kept=_kept(own), alike=alike)


def _kept(review: InitiativeReview | None) -> dict[str, str]:
    if review is None:
        return {}
    return {name: str(getattr(review, name)) for name in (*judging.SCORES, "comment")}


@blueprint.route("/initiatives/<initiative_id>/decide", methods=["GET", "POST"], endpoint="initiative_decide")
@requires(P.INITIATIVE_DECIDE, on_subject=True)
def initiative_decide(initiative_id: str) -> Response:
    one = _load(initiative_id, P.INITIATIVE_DECIDE)

    def act(work: Session, form: FormReader) -> None:
        decision = form.text("decision", most=20)
        form.needed("decision", decision if decision in ("recognise", "decline") else "", "Hãy chọn quyết định.")
        number, decided_on, reason = form.text("number", most=60), form.day("decided_on"), form.text("reason")
        submission = _submission(form)
        judging.decide_initiative(
            work,
            actor=viewer(),
            now=now(),
            today=today(),
            initiative_id=initiative_id,
            submission=submission,
            recognised=decision == "recognise",
            number=number,
            decided_on=decided_on,
            reason=reason,
        )

    reviews = queries.list_reviews(reads(), one, viewer=viewer())
    current = [review for review in reviews if review.submission == one.submissions]
    mean = rules.average(review.total for review in current)
    return _move(one, "initiatives/decide.html", "Đã ghi quyết định.", act, reviews=current, mean=mean)


@blueprint.route("/initiatives/<initiative_id>/adopt", methods=["GET", "POST"], endpoint="initiative_adopt")
@requires(P.INITIATIVE_ADOPT, on_subject=True)
def initiative_adopt(initiative_id: str) -> Response:
    one = _load(initiative_id, P.INITIATIVE_ADOPT)

    def act(work: Session, form: FormReader) -> None:
        unit_id, adopted_on, result = form.text("unit_id", most=20), form.day("adopted_on"), form.text("result")
        form.check()
        judging.adopt_initiative(
            work,
            actor=viewer(),
            now=now(),
            today=today(),
            initiative_id=initiative_id,
            unit_id=unit_id,
            adopted_on=adopted_on,
            result=result,
        )

    units = queries.list_own_units(reads(), viewer=viewer(), without=one.unit_id)
    return _move(one, "initiatives/adopt.html", "Đã ghi việc áp dụng của đơn vị.", act, units=units)


@blueprint.route("/initiatives/<initiative_id>/honour", methods=["GET", "POST"], endpoint="initiative_honour")
@requires(P.INITIATIVE_HONOUR, on_subject=True)
def initiative_honour(initiative_id: str) -> Response:
    one = _load(initiative_id, P.INITIATIVE_HONOUR)

    def act(work: Session, form: FormReader) -> None:
        number, note = form.text("number", most=60), form.text("note")
        form.check()
        judging.honour_initiative(
            work, actor=viewer(), now=now(), today=today(), initiative_id=initiative_id, number=number, note=note
        )

    can_certify = can(viewer(), P.INITIATIVE_CERTIFY, one)
    return _move(one, "initiatives/honour.html", "Đã ghi biểu dương.", act, can_certify=can_certify)
