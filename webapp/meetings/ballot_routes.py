"""Pages of ballots: preparing, opening, voting, counting, declaring void, counting again."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid
from webapp.meetings import ballots, minutes, queries, rules, vote_rules
from webapp.meetings.ballots import Draft
from webapp.meetings.routes import blueprint, get_open_meeting, to_meeting, zone
from webapp.meetings.salts import HouseKey
from webapp.meetings.service import LONGEST_TITLE, may_change_members
from webapp.models import Meeting
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer
from webapp.ui.views import reason_view


def _to(ballot_id: str) -> Response:
    return redirect(url_for("meetings.ballot_view", ballot_id=ballot_id), 303)


def _turn(ballot_id: str) -> queries.Turn:
    return queries.get_turn(reads(), ballot_id, viewer=viewer(), now=now(), timezone=zone())


def house_key() -> HouseKey:
    settings = resources().settings
    return HouseKey(settings.secret_key, settings.data / "ballots")


def house() -> dict[str, Any]:
    """The house's key goes no further than the box."""
    return {"actor": viewer(), "now": now(), "timezone": zone(), "key": house_key()}


@blueprint.route("/meetings/<meeting_id>/ballots/new", methods=["GET", "POST"], endpoint="ballot_new")
@requires(P.MEETING_MANAGE, on_subject=True)
def ballot_new(meeting_id: str) -> Response:
    meeting = get_open_meeting(meeting_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            draft = _draft()
            with unit_of_work() as work:
                made = ballots.prepare_ballots(work, actor=viewer(), now=now(), meeting_id=meeting_id, draft=draft)
        except Invalid as fault:
            errors = fault.fields
        else:
            short = any(_turn(one.id).few for one in made)
            more = (
                "Có phiếu chưa đủ người bỏ phiếu." if short else "Đến nội dung nào thì bắt đầu lấy phiếu nội dung đó."
            )
            flash(f"Đã chuẩn bị {len(made)} phiếu. {more}", "warn" if short else "good")
            return to_meeting(meeting_id)
    return render(
        "meetings/ballot_form.html",
        status=422 if errors else 200,
        meeting=meeting,
        errors=errors,
        values=request.form,
        chosen=request.form.getlist("units"),
        few=_few(meeting),
        may_invite=may_change_members(reads(), meeting),
        units=_units(meeting),
        rules=rules,
        vote_rules=[(one.id, one.name) for one in vote_rules.list_rules(reads(), on=today())],
    )


def _few(meeting: Meeting) -> str:
    """Why no secret ballot of this meeting could begin, even one that nobody has a stake in."""
    able = sum(one.present is not False for one in meeting.members)
    absent, may_invite = able < len(meeting.members), may_change_members(reads(), meeting)
    return rules.too_few(able, secret=True, absent=absent, may_invite=may_invite)


def _units(meeting: Meeting) -> list[tuple[str, str]]:
    scope: dict[str, Any] = {"cluster_id": meeting.cluster_id, "year": meeting.year}
    return [(unit.id, unit.name) for unit in queries.list_units_of(reads(), viewer=viewer(), **scope)]


def _draft() -> Draft:
    form = FormReader(request.form)
    own = form.text("choices", most=rules.MOST_CHOICES * (rules.LONGEST_CHOICE + 2))
    rule_id = form.optional("rule_id", most=20)
    needed = form.integer("needed", least=rules.MORE_THAN_HALF, most=100)
    kind = form.text("kind", most=10)
    if kind not in ("secret", "open") and rule_id is None:
        form.faults["kind"] = "Hãy chọn bỏ phiếu kín hay biểu quyết công khai."
    draft = Draft(
        question=form.text("question", most=LONGEST_TITLE),
        unit_ids=tuple(one[:20] for one in request.form.getlist("units")),
        choices=tuple(line.strip() for line in own.splitlines() if line.strip()) if own else rules.STANDARD,
        secret=kind == "secret",
        needed=needed or rules.MORE_THAN_HALF,
        rule_id=rule_id,
    )
    form.check()
    return draft


@blueprint.get("/ballots/<ballot_id>", endpoint="ballot_view")
@requires(P.MEETING_READ, on_subject=True)
def ballot_view(ballot_id: str) -> Response:
    return _page(_turn(ballot_id))


def _page(turn: queries.Turn, errors: dict[str, str] | None = None, title: str = "Chưa lưu được") -> Response:
    ballot = turn.ballot
    return render(
        "meetings/ballot.html",
        status=422 if errors else 200,
        turn=turn,
        ballot=ballot,
        moves=rules.ballot_moves_from(ballot.state),
        votes=queries.list_votes(reads(), ballot, viewer=viewer()),
        outcome=minutes.outcome,
        at_the_moment=minutes.at_the_moment,
        in_writing=minutes.in_writing,
        share_of=minutes.share_of,
        moment=queries.list_moments(reads(), [ballot]).get(ballot.id),
        awaited=queries.list_awaited(reads(), ballot),
        rules=rules,
        errors=errors or {},
        title=title,
        may_invite=may_change_members(reads(), ballot.meeting),
        values=request.form,
    )


@blueprint.post("/ballots/<ballot_id>/vote", endpoint="vote_cast")
@requires(P.BALLOT_VOTE, on_subject=True)
def vote_cast(ballot_id: str) -> Response:
    turn = _turn(ballot_id)
    try:
        choice = FormReader(request.form).integer("choice", least=0, most=rules.MOST_CHOICES)
        with unit_of_work() as work:
            ballots.cast_vote(work, **house(), ballot_id=ballot_id, choice=choice)
    except Invalid as fault:
        return _page(turn, fault.fields)
    flash("Đã nhận phiếu của bạn.", "good")
    return to_meeting(turn.ballot.meeting_id)


def _moved(ballot_id: str, move: Any, sentence: str, refusal: str) -> Response:
    """One step of whoever runs the meeting; or the page again with the reason why not."""
    turn = _turn(ballot_id)
    ensure(viewer(), P.MEETING_MANAGE, turn.ballot.meeting)
    try:
        with unit_of_work() as work:
            move(work, **house(), ballot_id=ballot_id)
    except Invalid as fault:
        return _page(_turn(ballot_id), fault.fields, refusal)
    flash(sentence, "good")
    return _to(ballot_id)


@blueprint.post("/ballots/<ballot_id>/open", endpoint="ballot_open")
@requires(P.MEETING_MANAGE, on_subject=True)
def ballot_open(ballot_id: str) -> Response:
    sentence = "Đã bắt đầu lấy phiếu; những người được bỏ phiếu đã được báo."
    return _moved(ballot_id, ballots.open_ballot, sentence, "Chưa bắt đầu lấy phiếu được")


@blueprint.post("/ballots/<ballot_id>/close", endpoint="ballot_close")
@requires(P.MEETING_MANAGE, on_subject=True)
def ballot_close(ballot_id: str) -> Response:
    return _moved(ballot_id, ballots.close_ballot, "Đã kiểm phiếu; kết quả ở bên dưới.", "Chưa kiểm phiếu được")


@blueprint.route("/ballots/<ballot_id>/void", methods=["GET", "POST"], endpoint="ballot_void")
@requires(P.MEETING_MANAGE, on_subject=True)
def ballot_void(ballot_id: str) -> Response:
    turn = _turn(ballot_id)
    ensure(viewer(), P.MEETING_MANAGE, turn.ballot.meeting)

    def void(work: Session, reason: str) -> None:
        ballots.void_ballot(work, actor=viewer(), now=now(), key=house_key(), ballot_id=ballot_id, reason=reason)

    return reason_view(
        "meetings/void.html",
        void,
        done="Đã hủy lần lấy phiếu này.",
        to=url_for("meetings.ballot_view", ballot_id=ballot_id),
        most=LONGEST_TITLE * 10,
        turn=turn,
        ballot=turn.ballot,
    )


@blueprint.post("/ballots/<ballot_id>/repeat", endpoint="ballot_repeat")
@requires(P.MEETING_MANAGE, on_subject=True)
def ballot_repeat(ballot_id: str) -> Response:
    ensure(viewer(), P.MEETING_MANAGE, _turn(ballot_id).ballot.meeting)
    with unit_of_work() as work:
        made = ballots.repeat_ballot(work, actor=viewer(), now=now(), ballot_id=ballot_id)
    flash("Đã chuẩn bị lại phiếu này.", "good")
    return _to(made.id)


@blueprint.post("/ballots/<ballot_id>/recount", endpoint="ballot_recount")
@requires(P.MEETING_READ, on_subject=True)
def ballot_recount(ballot_id: str) -> Response:
    _turn(ballot_id)
    with unit_of_work() as work:
        found = ballots.recount_ballot(work, actor=viewer(), now=now(), ballot_id=ballot_id)
    if found.agrees:
        flash(f"Kiểm lại: {found.papers} phiếu, {found.voters} người bỏ phiếu, khớp với kết quả đã công bố.", "good")
    else:
        flash(
            f"Kiểm lại KHÔNG khớp: có {found.papers} phiếu, {found.voters} người bỏ phiếu. "
            "Hãy báo quản trị hệ thống và kiểm toán.",
            "bad",
        )
    return _to(ballot_id)
