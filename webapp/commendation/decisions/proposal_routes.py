"""Pages of a proposal: making it from what the council voted on, the Chairman's word line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.commendation.decisions import queries, rules, service
from webapp.commendation.decisions.decision_routes import blueprint
from webapp.commendation.decisions.judging import Verdict, give_verdicts, may_judge
from webapp.commendation.rounds.queries import get_round
from webapp.core.errors import Invalid
from webapp.models import NominationState
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer


@blueprint.route("/award-rounds/<award_round_id>/proposal", methods=["GET", "POST"], endpoint="proposal_make")
@requires(P.AWARD_ROUND_MANAGE, on_subject=True)
def proposal_make(award_round_id: str) -> Response:
    round_ = get_round(reads(), award_round_id, viewer=viewer())
    ensure(viewer(), P.AWARD_ROUND_MANAGE, round_)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with unit_of_work() as work:
                made = _make(work, FormReader(request.form), award_round_id)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã lập tờ trình. Chủ tịch xem và quyết định được ngay.", "good")
            return redirect(url_for("award_decisions.proposal_view", proposal_id=made), 303)
    rows = queries.list_received(reads(), award_round_id, viewer=viewer())
    votes = queries.count_votes(reads(), [one.id for one in rows])
    return render(
        "commendation/proposal_make.html",
        status=422 if errors else 200,
        round=round_,
        rows=rows,
        votes=votes,
        stands=queries.stand_of(reads(), round_, rows, votes, viewer=viewer()),
        errors=errors,
        values=request.form,
        chosen=request.form.getlist("nomination"),
        today=today(),
    )


def _make(work: Session, form: FormReader, round_id: str) -> str:
    number, signed_on = form.text("number", most=service.LONGEST_NUMBER), form.day("signed_on")
    form.check()
    made = service.make_proposal(
        work,
        actor=viewer(),
        now=now(),
        round_id=round_id,
        nomination_ids=form.values.getlist("nomination"),
        number=number,
        signed_on=signed_on,
    )
    return made.id


@blueprint.get("/award-proposals/<proposal_id>", endpoint="proposal_view")
@requires(P.NOMINATION_READ, on_subject=True)
def proposal_view(proposal_id: str) -> Response:
    return _page(proposal_id)


@blueprint.post("/award-proposals/<proposal_id>", endpoint="proposal_judge")
@requires(P.NOMINATION_DECIDE, on_subject=True)
def proposal_judge(proposal_id: str) -> Response:
    proposal = queries.get_proposal(reads(), proposal_id, viewer=viewer())
    try:
        with unit_of_work() as work:
            verdicts = _verdicts(FormReader(request.form), work, proposal.id)
            said = give_verdicts(
                work,
                actor=viewer(),
                now=now(),
                proposal_id=proposal.id,
                verdicts=verdicts,
                rest=request.form.get("rest") == "1",
            )
    except Invalid as fault:
        return _page(proposal_id, fault.fields)
    flash(f"Đã lưu ý kiến về {said} trường hợp.", "good")
    return redirect(url_for("award_decisions.proposal_view", proposal_id=proposal_id), 303)


def _verdicts(form: FormReader, work: Session, proposal_id: str) -> Mapping[str, Verdict]:
    found = {}
    for one in queries.list_lines(work, proposal_id, viewer=viewer()):
        said = form.text(f"verdict-{one.id}", most=20)
        found[one.id] = Verdict(
            {"approve": True, "strike": False}.get(said),
            form.text(f"reason-{one.id}", most=service.LONGEST_WORDS),
            form.text(f"seen-{one.id}", most=20),
        )
    form.check()
    return found


def _page(proposal_id: str, errors: Mapping[str, str] | None = None) -> Response:
    proposal = queries.get_proposal(reads(), proposal_id, viewer=viewer())
    lines = queries.list_lines(reads(), proposal_id, viewer=viewer())
    values: dict[str, Any] = request.form.to_dict() if errors else {}
    return render(
        "commendation/proposal.html",
        status=422 if errors else 200,
        proposal=proposal,
        lines=lines,
        votes=queries.count_votes(reads(), [one.id for one in lines]),
        judged={one.id for one in lines if may_judge(viewer(), one)},
        counted=rules.count_words(Counter(one.subject for one in lines)),
        stands="; ".join(f"{state.label}: {total}" for state, total in Counter(one.state for one in lines).items()),
        waiting=sum(one.state is NominationState.PROPOSED for one in lines),
        may_draft=service.may_draft(viewer(), proposal.round),
        may_print=can(viewer(), P.AWARD_ROUND_MANAGE, proposal.round) or any(may_judge(viewer(), one) for one in lines),
        errors=errors or {},
        values=values,
    )
