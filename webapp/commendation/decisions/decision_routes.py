"""Pages of a decision: what came of a round, draft, issuing, its list, handing over several at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.commendation.catalogue.rules import Money
from webapp.commendation.decisions import afterwards, queries, rules, service
from webapp.commendation.decisions.paying import work_out
from webapp.commendation.decisions.service import DecisionDraft
from webapp.commendation.rounds.queries import get_round
from webapp.core.errors import Invalid
from webapp.documents.decisions import list_decisions
from webapp.handover.letterhead import issuer_on
from webapp.models import Award, AwardDecision, AwardDecisionState, Nomination, Role
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer
from webapp.ui.views import form_view

blueprint = Blueprint("award_decisions", __name__, template_folder="../templates")


@blueprint.get("/award-rounds/<award_round_id>/decisions", endpoint="decision_list")
@requires(P.AWARD_ROUND_READ, on_subject=True)
def decision_list(award_round_id: str) -> Response:
    """What came of a round: proposals as far as the viewer judges, decisions."""
    round_ = get_round(reads(), award_round_id, viewer=viewer())
    may_draft = service.may_draft(viewer(), round_)
    return render(
        "commendation/decisions.html",
        round=round_,
        proposals=queries.list_proposals(reads(), award_round_id, viewer=viewer()),
        decisions=queries.list_decisions(reads(), award_round_id, viewer=viewer()),
        may_propose=can(viewer(), P.AWARD_ROUND_MANAGE, round_),
        may_draft=may_draft,
        approved=len(queries.list_approved_for(reads(), award_round_id, viewer=viewer())) if may_draft else 0,
    )


@blueprint.route("/award-rounds/<award_round_id>/decisions/new", methods=["GET", "POST"], endpoint="decision_new")
@requires(P.AWARD_DECISION_MANAGE, on_subject=True)
def decision_new(award_round_id: str) -> Response:
    round_ = get_round(reads(), award_round_id, viewer=viewer())
    service.ensure_may_draft(viewer(), round_)
    if request.method == "POST":
        try:
            draft = _draft(FormReader(request.form))
            with unit_of_work() as work:
                made = service.draft_decision(work, actor=viewer(), now=now(), round_id=award_round_id, draft=draft)
        except Invalid as fault:
            return _form(round_, fault.fields)
        flash("Đã lập dự thảo quyết định.", "good")
        return redirect(url_for("award_decisions.decision_view", decision_id=made.id), 303)
    return _form(round_, {})


def _form(round_: Any, errors: dict[str, str]) -> Response:
    head = issuer_on(reads(), today())
    return render(
        "commendation/decision_form.html",
        status=422 if errors else 200,
        round=round_,
        decision=None,
        revision=0,
        kept={"decided_on": "", "signer_name": "", "signer_post": head.title, "money_source": ""},
        errors=errors,
        conflict=None,
        values=request.form,
    )


def _draft(form: FormReader) -> DecisionDraft:
    draft = DecisionDraft(
        decided_on=form.day("decided_on"),
        signer_name=form.text("signer_name"),
        signer_post=form.text("signer_post"),
        money_source=form.text("money_source"),
    )
    form.check()
    return draft


@blueprint.get("/award-decisions/<decision_id>", endpoint="decision_view")
@requires(P.AWARD_DECISION_READ, on_subject=True)
def decision_view(decision_id: str) -> Response:
    return _page(decision_id)


def _page(decision_id: str, errors: dict[str, str] | None = None) -> Response:
    decision = queries.get_decision(reads(), decision_id, viewer=viewer())
    may = can(viewer(), P.AWARD_DECISION_MANAGE, decision)
    awards = queries.list_awards(reads(), decision_id)
    lines: list[Nomination] = []
    money: dict[str, Money | None] = {}
    fault = ""
    if decision.state is AwardDecisionState.DRAFT:
        lines = queries.list_approved_for(reads(), decision.round_id, viewer=viewer())
        try:
            money = work_out(reads(), lines, decision.decided_on)
        except Invalid as invalid:
            fault = invalid.sentence
    return render(
        "commendation/decision.html",
        status=422 if errors else 200,
        decision=decision,
        awards=awards,
        in_force={one.id for one in queries.list_in_force(reads(), decision_id)} if awards else set(),
        lines=lines,
        money=money,
        money_fault=fault,
        before=queries.find_titles_before(reads(), lines, decision.year) if lines else {},
        total=_total(awards, money),
        counted=rules.count_words(Counter(one.subject for one in (awards or lines))),
        may=may,
        errors=errors or {},
        values=request.form,
        chosen=request.form.getlist("award"),
        today=today(),
        place=url_for("award_decisions.decision_view", decision_id=decision_id),
    )


def _total(awards: Sequence[Award], money: Mapping[str, Money | None]) -> int:
    return sum(one.amount or 0 for one in awards) + sum(one.amount for one in money.values() if one)


@blueprint.route("/award-decisions/<decision_id>/edit", methods=["GET", "POST"], endpoint="decision_edit")
@requires(P.AWARD_DECISION_MANAGE, on_subject=True)
def decision_edit(decision_id: str) -> Response:
    decision = load_managed(decision_id)

    def act(work: Session, form: FormReader) -> None:
        revision = form.revision()
        service.write_decision(
            work, actor=viewer(), now=now(), decision_id=decision_id, revision=revision, draft=_draft(form)
        )

    kept = {name: getattr(decision, name) for name in ("signer_name", "signer_post", "money_source")}
    return form_view(
        "commendation/decision_form.html",
        act,
        done="Đã lưu dự thảo.",
        to=url_for("award_decisions.decision_view", decision_id=decision_id),
        shows_conflict=True,
        round=decision.round,
        decision=decision,
        revision=decision.revision,
        kept={**kept, "decided_on": decision.decided_on.isoformat()},
    )


@blueprint.route("/award-decisions/<decision_id>/issue", methods=["GET", "POST"], endpoint="decision_issue")
@requires(P.AWARD_DECISION_MANAGE, on_subject=True)
def decision_issue(decision_id: str) -> Response:
    decision = load_managed(decision_id)

    def act(work: Session, form: FormReader) -> None:
        number = form.text("number")
        document_id = form.optional("document_id", most=20)
        seen = form.optional("seen", most=64)
        form.check()
        service.issue_decision(
            work,
            actor=viewer(),
            now=now(),
            today=today(),
            decision_id=decision_id,
            number=number,
            document_id=document_id,
            seen=seen,
        )

    rows = queries.list_approved_for(reads(), decision.round_id, viewer=viewer())
    return form_view(
        "commendation/decision_issue.html",
        act,
        done="Đã ban hành. Mọi người xem được ở sổ khen thưởng.",
        to=url_for("award_decisions.decision_view", decision_id=decision_id),
        decision=decision,
        lines=len(rows),
        seen=service.list_stamp(decision, rows),
        **signed_papers(),
    )


def signed_papers() -> dict[str, Any]:
    """What the field of a signed paper needs: papers to choose from, whether one must be chosen."""
    papers = [
        (one.id, " · ".join(filter(None, (one.number, one.title[:80]))))
        for one in list_decisions(reads(), viewer=viewer())
    ]
    return {"papers": papers, "decides_alone": viewer().has(Role.LEADERSHIP)}


@blueprint.post("/award-decisions/<decision_id>/hand-over", endpoint="several_hand_over")
@requires(P.AWARD_DECISION_MANAGE, on_subject=True)
def several_hand_over(decision_id: str) -> Response:
    """The certificates of several lines were given on one day; to the honoured themselves where nobody else is named."""
    load_managed(decision_id)
    form = FormReader(request.form)
    day, to = form.day("day"), form.text("to", most=afterwards.LONGEST)
    try:
        form.check()
        with unit_of_work() as work:
            done = afterwards.hand_over_several(
                work,
                actor=viewer(),
                now=now(),
                today=today(),
                decision_id=decision_id,
                award_ids=request.form.getlist("award"),
                handed=afterwards.Handed(day, to),
            )
    except Invalid as fault:
        return _page(decision_id, fault.fields)
    flash(f"Đã ghi trao {done} giấy.", "good")
    return redirect(url_for("award_decisions.decision_view", decision_id=decision_id), 303)


def load_managed(decision_id: str) -> AwardDecision:
    """Raises NotFound, Refused."""
    decision = queries.get_decision(reads(), decision_id, viewer=viewer())
    ensure(viewer(), P.AWARD_DECISION_MANAGE, decision)
    return decision
