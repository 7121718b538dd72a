"""Pages of meetings: list, planning, one with its next step, attendance, what was said, closing, the minutes."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.days import ward_day
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.paging import page_number
from webapp.handover.letterhead import issuer_on
from webapp.meetings import ending, inviting, minutes, queries, rules, service
from webapp.meetings.service import Attendance, Plan
from webapp.models import BallotState, CouncilPost, Meeting
from webapp.movement.queries import list_movements_in
from webapp.official import DOCX
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer
from webapp.ui.views import reason_view

blueprint = Blueprint("meetings", __name__, template_folder="templates")


def zone() -> Any:
    return resources().settings.timezone


def to_meeting(meeting_id: str) -> Response:
    return redirect(url_for("meetings.meeting_view", meeting_id=meeting_id), 303)


def revision_sent() -> int:
    return FormReader(request.form).revision()


def _year() -> int:
    return year_in(request.values.get("year"), otherwise=today().year)


@blueprint.get("/meetings", endpoint="meeting_list")
@requires(P.SEARCH_USE)
def meeting_list() -> Response:
    year, who = _year(), viewer()
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    bodies = queries.list_bodies(reads(), viewer=who, movement_id=movement.id, year=year) if movement else []
    return render(
        "meetings/list.html",
        year=year,
        council=queries.COUNCIL,
        bodies=bodies,
        page=queries.page_meetings(reads(), viewer=who, year=year, page=page_number(request.args.get("page"))),
        url=lambda number: url_for("meetings.meeting_list", page=number, year=year),
    )


@blueprint.route("/meetings/new", methods=["GET", "POST"], endpoint="meeting_new")
@requires(P.MEETING_MANAGE, on_subject=True)
def meeting_new() -> Response:
    year, cluster_id = _year(), request.values.get("cluster", "")[:20]
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    bodies = queries.list_bodies(reads(), viewer=viewer(), movement_id=movement.id, year=year) if movement else []
    if movement is None or cluster_id not in dict(bodies):
        raise NotFound(kind="cluster", key=cluster_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            plan = _plan()
            with unit_of_work() as work:
                scope: dict[str, Any] = {"movement_id": movement.id, "year": year, "cluster_id": cluster_id or None}
                made = service.plan_meeting(work, actor=viewer(), now=now(), timezone=zone(), plan=plan, **scope)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã lên lịch họp; những người được mời đã được báo.", "good")
            return to_meeting(made.id)
    values = _typed() if request.method == "POST" else _usual(movement.id, cluster_id or None, year)
    return _form(None, values, errors, body=dict(bodies)[cluster_id], year=year, cluster=cluster_id)


def _usual(movement_id: str, cluster_id: str | None, year: int) -> dict[str, Any]:
    scope: dict[str, Any] = {"viewer": viewer(), "movement_id": movement_id, "cluster_id": cluster_id, "year": year}
    scores = queries.list_scores(reads(), **scope)
    day = FormReader(request.args).day("day") or today()
    posts = {one.post: one.person_id for one in inviting.list_seats(reads(), movement_id, on=day)}
    council = posts if cluster_id is None else {}
    return {
        "day": f"{day:%Y-%m-%d}" if request.args.get("day") else "",
        "secretary_id": council.get(CouncilPost.SECRETARY),
        "title": f"Xét kết quả thi đua năm {year}",
        "quorum": rules.TWO_THIRDS,
        "chair_id": council.get(CouncilPost.CHAIR, viewer().id),
        "agenda": queries.agenda_from_scores(scores, council=cluster_id is None),
        "people": inviting.list_usual_members(reads(), now=now(), today=day, **scope),
    }


def _typed() -> dict[str, Any]:
    return {**request.form.to_dict(), "people": set(request.form.getlist("people"))}


def _plan() -> Plan:
    form = FormReader(request.form)
    day, hour = form.day("day"), rules.time_of(form.text("time", most=20))
    if hour is None:
        form.faults["time"] = "Hãy ghi giờ họp như 14:30."
    form.needed("day", day, "Hãy ghi ngày họp.")
    meets_at = datetime.combine(day, hour, tzinfo=zone()).astimezone(UTC) if day and hour else None
    quorum = form.integer("quorum", least=1, most=100)
    form.needed("quorum", quorum, "Hãy nhập một số từ 1 đến 100.")
    plan = Plan(
        title=form.text("title", most=service.LONGEST_TITLE),
        meets_at=meets_at,
        place=form.text("place", most=service.LONGEST_TITLE),
        chair_id=form.text("chair_id", most=20),
        secretary_id=form.optional("secretary_id", most=20),
        quorum=quorum or rules.TWO_THIRDS,
        agenda=form.text("agenda", most=service.LONGEST_AGENDA),
        people=frozenset(one[:20] for one in request.form.getlist("people")[: service.MOST_MEMBERS]),
    )
    form.check()
    return plan


def _form(
    meeting: Meeting | None,
    values: dict[str, Any],
    errors: dict[str, str],
    conflict: Conflict | None = None,
    **more: Any,
) -> Response:
    return render(
        "meetings/form.html",
        status=409 if conflict else 422 if errors else 200,
        meeting=meeting,
        values=values,
        errors=errors,
        conflict=conflict,
        candidates=inviting.list_candidates(reads(), viewer=viewer()),
        rules=rules,
        **more,
    )


@blueprint.get("/meetings/<meeting_id>", endpoint="meeting_view")
@requires(P.MEETING_READ, on_subject=True)
def meeting_view(meeting_id: str) -> Response:
    return meeting_page(queries.get_meeting(reads(), meeting_id, viewer=viewer()))


def next_step(meeting: Meeting, turns: Sequence[queries.Turn], *, quorate: bool) -> tuple[str, queries.Turn | None]:
    """What is to be done now in a meeting that is held, and on which ballot."""
    if not quorate:
        return "attendance", None
    for step, state in (("count", BallotState.OPEN), ("vote", BallotState.PREPARED)):
        for turn in turns:
            if turn.ballot.state is state:
                return step, turn
    if not turns and not meeting.conclusion:
        return "ballot", None
    if any(one.present is None for one in meeting.members):
        return "attendance", None
    return ("close" if meeting.conclusion else "minutes"), None


def meeting_page(meeting: Meeting) -> Response:
    scope: dict[str, Any] = {"movement_id": meeting.movement_id, "cluster_id": meeting.cluster_id, "year": meeting.year}
    present = sum(one.present is True for one in meeting.members)
    quorate = rules.has_quorum(present, len(meeting.members), meeting.quorum)
    turns = queries.list_turns(reads(), meeting, viewer=viewer(), now=now(), timezone=zone())
    step, turn = next_step(meeting, turns, quorate=quorate)
    return render(
        "meetings/view.html",
        meeting=meeting,
        body=meeting.cluster.name if meeting.cluster else queries.COUNCIL,
        moves=rules.moves_from(meeting.state),
        present=present,
        quorate=quorate,
        step=step,
        turn_now=turn,
        may_invite=service.may_change_members(reads(), meeting),
        seats=rules.seats_needed(len(meeting.members), meeting.quorum),
        turns=turns,
        scores=queries.list_scores(reads(), viewer=viewer(), **scope),
        outcome=minutes.outcome,
        rules=rules,
    )


@blueprint.route("/meetings/<meeting_id>/edit", methods=["GET", "POST"], endpoint="meeting_edit")
@requires(P.MEETING_MANAGE, on_subject=True)
def meeting_edit(meeting_id: str) -> Response:
    meeting = get_open_meeting(meeting_id)
    conflict, errors = None, {}
    if request.method == "POST":
        try:
            plan = _plan()
            with unit_of_work() as work:
                named: dict[str, Any] = {"meeting_id": meeting_id, "revision": revision_sent(), "plan": plan}
                service.change_meeting(work, actor=viewer(), now=now(), timezone=zone(), **named)
        except Invalid as fault:
            errors = fault.fields
        except Conflict as fault:
            conflict, meeting = fault, get_open_meeting(meeting_id)
        else:
            flash("Đã lưu. Người mới được mời, hoặc mọi người khi đổi lịch, đã được báo.", "good")
            return to_meeting(meeting_id)
    values = _typed() if request.method == "POST" else _stored(meeting)
    body = meeting.cluster.name if meeting.cluster else queries.COUNCIL
    return _form(meeting, values, errors, conflict, body=body, year=meeting.year, cluster=meeting.cluster_id or "")


def get_open_meeting(meeting_id: str) -> Meeting:
    """One that this viewer may still change."""
    meeting = queries.get_meeting(reads(), meeting_id, viewer=viewer())
    ensure(viewer(), P.MEETING_MANAGE, meeting)
    service.refuse_when_over(meeting)
    return meeting


def _stored(meeting: Meeting) -> dict[str, Any]:
    begins = meeting.meets_at.astimezone(zone())
    names = ("title", "place", "chair_id", "secretary_id", "quorum", "agenda")
    return {
        **{name: getattr(meeting, name) for name in names},
        "day": f"{begins:%Y-%m-%d}",
        "time": f"{begins:%H:%M}",
        "people": {one.person_id for one in meeting.members},
    }


@blueprint.post("/meetings/<meeting_id>/open", endpoint="meeting_open")
@requires(P.MEETING_MANAGE, on_subject=True)
def meeting_open(meeting_id: str) -> Response:
    queries.get_meeting(reads(), meeting_id, viewer=viewer())
    with unit_of_work() as work:
        service.open_meeting(work, actor=viewer(), now=now(), meeting_id=meeting_id)
    flash("Cuộc họp bắt đầu. Hãy điểm danh trước khi lấy phiếu.", "good")
    return to_meeting(meeting_id)


@blueprint.route("/meetings/<meeting_id>/cancel", methods=["GET", "POST"], endpoint="meeting_cancel")
@requires(P.MEETING_MANAGE, on_subject=True)
def meeting_cancel(meeting_id: str) -> Response:
    meeting = get_open_meeting(meeting_id)
    service.next_state(meeting, "cancel")

    def cancel(work: Session, reason: str) -> None:
        ending.cancel_meeting(work, actor=viewer(), now=now(), timezone=zone(), meeting_id=meeting_id, reason=reason)

    return reason_view(
        "meetings/cancel.html",
        cancel,
        done="Đã hủy cuộc họp; những người được mời đã được báo.",
        to=url_for("meetings.meeting_view", meeting_id=meeting_id),
        meeting=meeting,
    )


def _written(
    meeting_id: str, template: str, write: Callable[[Any, int], object], sentence: str, **more: Any
) -> Response:
    """A form of a meeting: saved, or shown again with what was typed."""
    meeting = get_open_meeting(meeting_id)
    conflict, errors = None, {}
    if request.method == "POST":
        try:
            with unit_of_work() as work:
                write(work, revision_sent())
        except Invalid as fault:
            errors = fault.fields
        except Conflict as fault:
            conflict, meeting = fault, get_open_meeting(meeting_id)
        else:
            flash(sentence, "good")
            return to_meeting(meeting_id)
    values = request.form if request.method == "POST" else None
    status = 409 if conflict else 422 if errors else 200
    return render(template, status=status, meeting=meeting, values=values, errors=errors, conflict=conflict, **more)


@blueprint.route("/meetings/<meeting_id>/attendance", methods=["GET", "POST"], endpoint="attendance_mark")
@requires(P.MEETING_MANAGE, on_subject=True)
def attendance_mark(meeting_id: str) -> Response:
    marks = {"yes": True, "no": False}

    def write(work: Any, revision: int) -> None:
        form = FormReader(request.form)
        attendance = {
            name.removeprefix("present-"): Attendance(
                marks.get(value),
                form.text(f"reason-{name.removeprefix('present-')}", most=service.LONGEST_TITLE),
                form.optional(f"instead-{name.removeprefix('present-')}", most=20),
            )
            for name, value in request.form.items()
            if name.startswith("present-")
        }
        form.check()
        named: dict[str, Any] = {"meeting_id": meeting_id, "revision": revision, "attendance": attendance}
        service.mark_attendance(work, actor=viewer(), now=now(), **named)

    meeting = get_open_meeting(meeting_id)
    stand_ins = inviting.list_stand_ins(reads(), meeting, timezone=zone())
    return _written(meeting_id, "meetings/attendance.html", write, "Đã lưu điểm danh.", stand_ins=stand_ins)


@blueprint.route("/meetings/<meeting_id>/minutes", methods=["GET", "POST"], endpoint="minutes_write")
@requires(P.MEETING_MANAGE, on_subject=True)
def minutes_write(meeting_id: str) -> Response:
    def write(work: Any, revision: int) -> None:
        form = FormReader(request.form)
        texts = {name: form.text(name, most=service.LONGEST_TEXT) for name in ("discussion", "conclusion")}
        form.check()
        service.write_minutes(work, actor=viewer(), now=now(), meeting_id=meeting_id, revision=revision, **texts)

    return _written(meeting_id, "meetings/minutes.html", write, "Đã lưu nội dung thảo luận, kết luận.")


@blueprint.route("/meetings/<meeting_id>/close", methods=["GET", "POST"], endpoint="meeting_close")
@requires(P.MEETING_MANAGE, on_subject=True)
def meeting_close(meeting_id: str) -> Response:
    meeting = get_open_meeting(meeting_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with unit_of_work() as work:
                ending.close_meeting(work, actor=viewer(), now=now(), meeting_id=meeting_id)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Cuộc họp đã kết thúc, biên bản đã chốt.", "good")
            return to_meeting(meeting_id)
    faults = ending.list_faults(reads(), meeting, viewer=viewer())
    return render("meetings/close.html", status=422 if errors else 200, meeting=meeting, errors=errors, faults=faults)


@blueprint.get("/meetings/<meeting_id>/minutes.docx", endpoint="minutes_download")
@requires(P.MEETING_READ, on_subject=True)
def minutes_download(meeting_id: str) -> Response:
    meeting = queries.get_meeting(reads(), meeting_id, viewer=viewer())
    if meeting.opened_at is None:
        raise Invalid("Cuộc họp không diễn ra hoặc chưa diễn ra nên không có biên bản.")
    turns = queries.list_turns(reads(), meeting, viewer=viewer(), now=now(), timezone=zone())
    ballots = [turn.ballot for turn in turns]
    data = minutes.minutes_paper(
        meeting,
        ballots,
        {one.id: queries.list_votes(reads(), one, viewer=viewer()) for one in ballots},
        moments=queries.list_moments(reads(), ballots),
        body=meeting.cluster.name if meeting.cluster else queries.COUNCIL,
        committee=issuer_on(reads(), ward_day(meeting.opened_at, zone())).name,
        timezone=zone(),
    )
    with unit_of_work() as work:
        service.note_minutes(work, actor=viewer(), now=now(), meeting_id=meeting_id)
    return send_file(io.BytesIO(data), mimetype=DOCX, as_attachment=True, download_name=f"bien-ban-{meeting.year}.docx")
