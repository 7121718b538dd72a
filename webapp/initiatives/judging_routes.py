"""Pages for the moves of an initiative: hand in, give back, review, decide, take over, honour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.documents.decisions import list_decisions
from webapp.initiatives import alike, judging, queries, rules
from webapp.models import Initiative, Role
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.request_state import now, reads, resources, today, viewer
from webapp.ui.views import form_view

blueprint = Blueprint("judging", __name__, template_folder="templates")


Act = Callable[[Session, FormReader, Initiative], object]


def _load(initiative_id: str, permission: P) -> Initiative:
    one = queries.get_initiative(reads(), initiative_id, viewer=viewer())
    ensure(viewer(), permission, one)
    return one


def _who(one: Initiative) -> dict[str, Any]:
    """What every move is told: who, when, on what."""
    return {"actor": viewer(), "now": now(), "initiative_id": one.id}


def _move(one: Initiative, template: str, said: str, act: Act, **values: Any) -> Response:
    """The page of one move, which does it."""
    to = url_for("initiatives.initiative_view", initiative_id=one.id)
    return form_view(
        template,
        lambda work, form: act(work, form, one),
        done=said,
        to=to,
        shows_conflict=True,
        one=one,
        **values,
    )


def _submission(form: FormReader) -> int:
    """Which submission the page spoke of; raises Invalid for whatever was mistyped on the form."""
    number = form.integer("submission", least=0, most=10**6)
    form.check()
    return number or 0


@blueprint.route("/initiatives/<initiative_id>/submit", methods=["GET", "POST"], endpoint="initiative_submit")
@requires(P.INITIATIVE_SUBMIT, on_subject=True)
def initiative_submit(initiative_id: str) -> Response:
    one = _load(initiative_id, P.INITIATIVE_SUBMIT)
    return _move(
        one,
        "initiatives/submit.html",
        "Đã trình sáng kiến. Cơ quan thường trực, Hội đồng xem được ngay.",
        _submit,
        missing=judging.list_missing(one, today=today()),
        late=rules.late_by(one.first_applied_on, one.first_submitted_on or today()),
    )


def _submit(work: Session, _form: FormReader, one: Initiative) -> None:
    judging.submit_initiative(work, **_who(one), today=today())


@blueprint.route("/initiatives/<initiative_id>/return", methods=["GET", "POST"], endpoint="initiative_return")
@requires(P.INITIATIVE_RETURN, on_subject=True)
def initiative_return(initiative_id: str) -> Response:
    one = _load(initiative_id, P.INITIATIVE_RETURN)
    return _move(one, "initiatives/return.html", "Đã trả lại. Đơn vị đọc được lý do ngay.", _return)


def _return(work: Session, form: FormReader, one: Initiative) -> None:
    reason = form.text("reason")
    judging.return_initiative(work, **_who(one), submission=_submission(form), reason=reason)


@blueprint.route("/initiatives/<initiative_id>/review", methods=["GET", "POST"], endpoint="initiative_review")
@requires(P.INITIATIVE_REVIEW, on_subject=True)
def initiative_review(initiative_id: str) -> Response:
    one = _load(initiative_id, P.INITIATIVE_REVIEW)
    reviews = queries.list_reviews(reads(), one, viewer=viewer())
    own = next((r for r in reviews if r.reviewer_id == viewer().id and r.submission == one.submissions), None)
    others = alike.list_alike(
        reads(), resources(), title=one.title, solution=one.solution, viewer=viewer(), own_id=one.id
    )
    kept = {name: str(getattr(own, name)) for name in (*judging.SCORES, "comment")} if own else {}
    return _move(one, "initiatives/review.html", "Đã lưu nhận xét.", _review, kept=kept, alike=others)


def _review(work: Session, form: FormReader, one: Initiative) -> None:
    scores = {name: form.integer(name, least=0, most=10) for name in judging.SCORES}
    comment = form.text("comment")
    judging.review_initiative(work, **_who(one), submission=_submission(form), scores=scores, comment=comment)


@blueprint.route("/initiatives/<initiative_id>/decide", methods=["GET", "POST"], endpoint="initiative_decide")
@requires(P.INITIATIVE_DECIDE, on_subject=True)
def initiative_decide(initiative_id: str) -> Response:
    one = _load(initiative_id, P.INITIATIVE_DECIDE)
    reviews = queries.list_reviews(reads(), one, viewer=viewer())
    current = [review for review in reviews if review.submission == one.submissions]
    mean = rules.average(review.total for review in current)
    return _move(one, "initiatives/decide.html", "Đã ghi quyết định.", _decide, reviews=current, mean=mean, **_papers())


def _papers() -> dict[str, Any]:
    """What the fields of a decision need: papers to choose from, whether one must be chosen."""
    papers = [
        (one.id, " · ".join(filter(None, (one.number, one.title[:80]))))
        for one in list_decisions(reads(), viewer=viewer())
    ]
    return {"papers": papers, "decides_alone": viewer().has(Role.LEADERSHIP)}


def _decide(work: Session, form: FormReader, one: Initiative) -> None:
    decision = form.text("decision", most=20)
    form.needed("decision", decision if decision in ("recognise", "decline") else "", "Hãy chọn quyết định.")
    verdict = _verdict(form, recognised=decision == "recognise", reason=form.text("reason"))
    judging.decide_initiative(work, **_who(one), today=today(), submission=_submission(form), verdict=verdict)


def _verdict(form: FormReader, *, recognised: bool, reason: str = "") -> judging.Verdict:
    return judging.Verdict(
        recognised=recognised,
        number=form.text("number", most=60),
        decided_on=form.day("decided_on"),
        reason=reason,
        document_id=form.optional("document_id", most=20),
    )


@blueprint.route("/initiatives/<initiative_id>/decision", methods=["GET", "POST"], endpoint="decision_complete")
@requires(P.INITIATIVE_DECIDE, on_subject=True)
def decision_complete(initiative_id: str) -> Response:
    one = _load(initiative_id, P.INITIATIVE_DECIDE)
    return _move(one, "initiatives/decision.html", "Đã ghi số, ngày của quyết định.", _complete, **_papers())


def _complete(work: Session, form: FormReader, one: Initiative) -> None:
    verdict = _verdict(form, recognised=True)
    form.check()
    judging.complete_decision(work, **_who(one), today=today(), verdict=verdict)


@blueprint.route("/initiatives/<initiative_id>/adopt", methods=["GET", "POST"], endpoint="initiative_adopt")
@requires(P.INITIATIVE_ADOPT, on_subject=True)
def initiative_adopt(initiative_id: str) -> Response:
    one = _load(initiative_id, P.INITIATIVE_ADOPT)
    units = queries.list_own_units(reads(), viewer=viewer(), without=one.unit_id)
    return _move(one, "initiatives/adopt.html", "Đã ghi việc áp dụng của đơn vị.", _adopt, units=units)


def _adopt(work: Session, form: FormReader, one: Initiative) -> None:
    unit_id, adopted_on, result = form.text("unit_id", most=20), form.day("adopted_on"), form.text("result")
    form.check()
    judging.adopt_initiative(work, **_who(one), today=today(), unit_id=unit_id, adopted_on=adopted_on, result=result)


@blueprint.route("/initiatives/<initiative_id>/honour", methods=["GET", "POST"], endpoint="initiative_honour")
@requires(P.INITIATIVE_HONOUR, on_subject=True)
def initiative_honour(initiative_id: str) -> Response:
    one = _load(initiative_id, P.INITIATIVE_HONOUR)
    return _move(one, "initiatives/honour.html", "Đã ghi biểu dương.", _honour)


def _honour(work: Session, form: FormReader, one: Initiative) -> None:
    number, note = form.text("number", most=60), form.text("note")
    form.check()
    judging.honour_initiative(work, **_who(one), today=today(), number=number, note=note)
