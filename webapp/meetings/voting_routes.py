"""Pages of votes: all open ballots of a meeting on one form, opened together, and papers from absent members."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid
from webapp.documents.decisions import list_decisions
from webapp.meetings import ballots, casting, nominations, queries, rules
from webapp.meetings.ballot_routes import house
from webapp.meetings.casting import PaperOpinion
from webapp.meetings.routes import blueprint, get_open_meeting, to_meeting, zone
from webapp.models import BallotState
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer

CHOICE = "choice-"


@blueprint.route("/meetings/<meeting_id>/vote", methods=["GET", "POST"], endpoint="votes_cast")
@requires(P.MEETING_READ, on_subject=True)
def votes_cast(meeting_id: str) -> Response:
    """All or none: what cannot be taken is told beside its line, and what was chosen stays."""
    meeting = queries.get_meeting(reads(), meeting_id, viewer=viewer())
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            form = FormReader(request.form)
            fields = [name for name in request.form if name.startswith(CHOICE)]
            choices = {
                name.removeprefix(CHOICE)[:20]: form.integer(name, least=0, most=rules.MOST_CHOICES) for name in fields
            }
            with unit_of_work() as work:
                cast = casting.cast_votes(work, **house(), meeting_id=meeting_id, choices=choices)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash(f"Đã nhận {len(cast)} phiếu của bạn.", "good")
            return to_meeting(meeting_id)
    waiting = casting.open_to(reads(), meeting, viewer(), now=now(), timezone=zone())
    turns = queries.list_turns(reads(), meeting, viewer=viewer(), now=now(), timezone=zone())
    asked = {one.id for one in waiting}
    return render(
        "meetings/votes.html",
        status=422 if errors else 200,
        meeting=meeting,
        waiting=[turn for turn in turns if turn.ballot.id in asked],
        about=nominations.list_about(reads(), waiting, viewer=viewer()),
        barred=[turn for turn in turns if turn.bar],
        values=request.form,
        errors=errors,
    )


@blueprint.post("/meetings/<meeting_id>/ballots/open", endpoint="ballots_open")
@requires(P.MEETING_MANAGE, on_subject=True)
def ballots_open(meeting_id: str) -> Response:
    """All that are prepared begin together, or none with the reason why."""
    meeting = get_open_meeting(meeting_id)
    turns = queries.list_turns(reads(), meeting, viewer=viewer(), now=now(), timezone=zone())
    prepared = [turn.ballot for turn in turns if turn.ballot.state is BallotState.PREPARED]
    if not prepared:
        raise Invalid("Không còn phiếu nào đã chuẩn bị mà chưa lấy.")
    try:
        with unit_of_work() as work:
            for one in prepared:
                ballots.open_ballot(work, **house(), ballot_id=one.id)
    except Invalid as fault:
        flash(fault.sentence, "bad")
    else:
        flash(f"Đã bắt đầu lấy {len(prepared)} phiếu; những người được bỏ phiếu đã được báo.", "good")
    return to_meeting(meeting_id)


@blueprint.route("/ballots/<ballot_id>/paper", methods=["GET", "POST"], endpoint="paper_record")
@requires(P.MEETING_MANAGE, on_subject=True)
def paper_record(ballot_id: str) -> Response:
    """What came in from an absent member; the page says plainly what whoever records it learns."""
    turn = queries.get_turn(reads(), ballot_id, viewer=viewer(), now=now(), timezone=zone())
    ensure(viewer(), P.MEETING_MANAGE, turn.ballot.meeting)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            opinion = _opinion()
            with unit_of_work() as work:
                casting.record_paper(work, **house(), ballot_id=ballot_id, opinion=opinion)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã ghi ý kiến bằng văn bản.", "good")
            return redirect(url_for("meetings.ballot_view", ballot_id=ballot_id), 303)
    return render(
        "meetings/paper.html",
        status=422 if errors else 200,
        ballot=turn.ballot,
        awaited=queries.list_awaited(reads(), turn.ballot),
        decisions=[(one.id, f"{one.number or ''} {one.title}") for one in list_decisions(reads(), viewer=viewer())],
        values=request.form or {"received_on": today().isoformat()},
        errors=errors,
    )


def _opinion() -> PaperOpinion:
    form = FormReader(request.form)
    opinion = PaperOpinion(
        person_id=form.text("person_id", most=20),
        choice=form.integer("choice", least=0, most=rules.MOST_CHOICES),
        received_on=form.day("received_on"),
        document_id=form.optional("document_id", most=20),
    )
    form.check()
    return opinion
