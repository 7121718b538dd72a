"""Pages of teams: drafted, people and units added, the decision entered, changed, ended."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import NotFound
from webapp.documents.decisions import list_decisions
from webapp.inspections import queries, rules, teams, visits
from webapp.inspections.routes import blueprint, moment, movement_needed, year_asked
from webapp.inspections.rules import TeamDraft
from webapp.models import Inspection, TeamPost
from webapp.people.queries import list_units
from webapp.permissions import Permission as P
from webapp.permissions import Subject, can, ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, viewer
from webapp.ui.views import form_view, reason_view


def _own(inspection_id: str) -> Inspection:
    """For who changes it. Raises NotFound, Refused."""
    one = queries.get_team(reads(), inspection_id, viewer=viewer())
    ensure(viewer(), P.INSPECTION_MANAGE, one)
    return one


def _to(inspection_id: str) -> str:
    return url_for("inspections.team_view", inspection_id=inspection_id)


@blueprint.get("/inspections/<inspection_id>", endpoint="team_view")
@requires(P.INSPECTION_READ, on_subject=True)
def team_view(inspection_id: str) -> Response:
    """The decision, people, units with the state of each visit, next step."""
    one = queries.get_team(reads(), inspection_id, viewer=viewer())
    may = can(viewer(), P.INSPECTION_MANAGE, one)
    return render(
        "inspections/team.html",
        one=one,
        members=[member for member in one.members if member.removed_at is None],
        left=[member for member in one.members if member.removed_at is not None],
        readable={visit.id for visit in one.visits if can(viewer(), P.VISIT_READ, visit)},
        moves={move for state, move in rules.TEAM_MOVES if state is one.state} if may else set(),
        day_labels=rules.DAY_LABELS,
        may=may,
    )


def _draft(form: FormReader) -> TeamDraft:
    return TeamDraft(
        name=form.text("name", most=rules.LONGEST_NAME),
        surprise="surprise" in request.form,
        period_from=form.day("period_from"),
        period_until=form.day("period_until"),
        first_day=form.day("first_day"),
        last_day=form.day("last_day"),
        days={key: form.integer(key, least=0, most=rules.MOST_DAYS) for key in rules.DAYS},
    )


@blueprint.route("/inspections/new", methods=["GET", "POST"], endpoint="team_draft")
@requires(P.INSPECTION_PLAN, on_subject=True)
def team_draft() -> Response:
    movement, year = movement_needed(), year_asked()
    ensure(viewer(), P.INSPECTION_PLAN, Subject(kind="inspection", movement_id=movement.id))
    made: list[str] = []

    def keep(work: Session, form: FormReader) -> None:
        new = _draft(form)
        form.check()
        one = teams.draft_team(work, actor=viewer(), now=now(), movement_id=movement.id, year=year, new=new)
        made.append(one.id)

    earlier = queries.list_teams(reads(), movement.id, year, viewer=viewer())
    start = {
        "name": f"Đoàn kiểm tra số {len(earlier) + 1}",
        "period_from": f"{year}-01-01",
        "period_until": f"{year}-12-31",
        **(earlier[0].days if earlier else rules.DAYS),
    }
    answer = form_view(
        "inspections/team_form.html",
        keep,
        done="Đã lập dự thảo. Hãy thêm thành viên và đơn vị, rồi ghi quyết định.",
        to="",
        one=None,
        year=year,
        start=start,
        day_labels=rules.DAY_LABELS,
    )
    if made:
        answer.location = _to(made[0])
    return answer


@blueprint.route("/inspections/<inspection_id>/edit", methods=["GET", "POST"], endpoint="team_edit")
@requires(P.INSPECTION_MANAGE, on_subject=True)
def team_edit(inspection_id: str) -> Response:
    one = _own(inspection_id)

    def keep(work: Session, form: FormReader) -> None:
        new, revision = _draft(form), form.revision()
        form.check()
        teams.write_team(work, actor=viewer(), now=now(), inspection_id=inspection_id, revision=revision, new=new)

    names = ("period_from", "period_until", "first_day", "last_day")
    start: dict[str, Any] = {name: getattr(one, name).isoformat() for name in names}
    start |= {"name": one.name, "surprise": "1" if one.surprise else "", **one.days}
    return form_view(
        "inspections/team_form.html",
        keep,
        done="Đã lưu dự thảo.",
        to=_to(inspection_id),
        one=one,
        year=one.year,
        start=start,
        day_labels=rules.DAY_LABELS,
    )


@blueprint.route("/inspections/<inspection_id>/members", methods=["GET", "POST"], endpoint="member_add")
@requires(P.INSPECTION_MANAGE, on_subject=True)
def member_add(inspection_id: str) -> Response:
    one = _own(inspection_id)

    def keep(work: Session, form: FormReader) -> None:
        person_id, post = form.text("person_id", most=20), form.choice("post", TeamPost)
        form.check()
        teams.add_member(
            work, actor=viewer(), moment=moment(), inspection_id=inspection_id, person_id=person_id, post=post
        )

    return form_view(
        "inspections/member.html",
        keep,
        done="Đã thêm thành viên.",
        to=_to(inspection_id),
        one=one,
        posts=options(TeamPost),
        people=[row for row in queries.list_people(reads(), viewer=viewer()) if row[0] not in one.team],
    )


@blueprint.route(
    "/inspections/<inspection_id>/members/<member_id>/remove", methods=["GET", "POST"], endpoint="member_remove"
)
@requires(P.INSPECTION_MANAGE, on_subject=True)
def member_remove(inspection_id: str, member_id: str) -> Response:
    one = _own(inspection_id)
    member = next((row for row in one.members if row.id == member_id and row.removed_at is None), None)
    if member is None:
        raise NotFound(kind="inspection", key=member_id)
    return reason_view(
        "inspections/member_remove.html",
        lambda work, reason: teams.remove_member(
            work, actor=viewer(), moment=moment(), inspection_id=inspection_id, member_id=member_id, reason=reason
        ),
        done="Đã cho thôi nhiệm vụ; từ lúc này người ấy không xem được hồ sơ của các đơn vị nữa.",
        to=_to(inspection_id),
        most=rules.LONGEST_REASON,
        one=one,
        member=member,
    )


@blueprint.route("/inspections/<inspection_id>/units", methods=["GET", "POST"], endpoint="visit_add")
@requires(P.INSPECTION_MANAGE, on_subject=True)
def visit_add(inspection_id: str) -> Response:
    one = _own(inspection_id)

    def keep(work: Session, form: FormReader) -> None:
        unit_id, start, end = form.text("unit_id", most=20), form.day("visit_from"), form.day("visit_until")
        form.check()
        teams.add_unit(
            work,
            actor=viewer(),
            moment=moment(),
            inspection_id=inspection_id,
            unit_id=unit_id,
            visit_from=start,
            visit_until=end,
        )

    there = {visit.unit_id for visit in one.visits}
    units = list_units(reads(), viewer=viewer())
    return form_view(
        "inspections/visit_add.html",
        keep,
        done="Đã thêm đơn vị.",
        to=_to(inspection_id),
        one=one,
        units=[(unit.id, unit.name) for unit in units if unit.id not in there],
    )


@blueprint.route("/inspections/<inspection_id>/issue", methods=["GET", "POST"], endpoint="team_issue")
@requires(P.INSPECTION_MANAGE, on_subject=True)
def team_issue(inspection_id: str) -> Response:
    one = _own(inspection_id)

    def keep(work: Session, form: FormReader) -> None:
        decision = teams.Decision(
            number=form.text("number", most=rules.LONGEST_NAME),
            decided_on=form.day("decided_on"),
            document_id=form.optional("document_id", most=20),
        )
        form.check()
        teams.issue_team(work, actor=viewer(), moment=moment(), inspection_id=inspection_id, decision=decision)

    decisions = list_decisions(reads(), viewer=viewer())
    return form_view(
        "inspections/team_issue.html",
        keep,
        done="Đã ghi quyết định. Thành viên xem được hồ sơ của các đơn vị trong những ngày của đoàn.",
        to=_to(inspection_id),
        one=one,
        decisions=[(row.id, f"{row.number or 'chưa ghi số'} · {row.title}") for row in decisions],
    )


@blueprint.route("/inspections/<inspection_id>/last-day", methods=["GET", "POST"], endpoint="team_move")
@requires(P.INSPECTION_MANAGE, on_subject=True)
def team_move(inspection_id: str) -> Response:
    one = _own(inspection_id)

    def keep(work: Session, form: FormReader) -> None:
        last_day, reason = form.day("last_day"), form.text("reason", most=rules.LONGEST_REASON)
        form.check()
        teams.move_last_day(
            work, actor=viewer(), moment=moment(), inspection_id=inspection_id, last_day=last_day, reason=reason
        )

    return form_view(
        "inspections/team_move.html",
        keep,
        done="Đã đổi ngày cuối; quyền xem của thành viên theo ngày mới.",
        to=_to(inspection_id),
        one=one,
    )


@blueprint.route(
    "/inspections/<inspection_id>/<any(end, cancel):team_step>", methods=["GET", "POST"], endpoint="team_end"
)
@requires(P.INSPECTION_MANAGE, on_subject=True)
def team_end(inspection_id: str, team_step: str) -> Response:
    one = _own(inspection_id)
    done = "Đoàn đã kết thúc" if team_step == "end" else "Đã hủy đoàn"
    return reason_view(
        "inspections/team_end.html",
        lambda work, reason: teams.end_team(
            work, actor=viewer(), moment=moment(), inspection_id=inspection_id, move=team_step, reason=reason
        ),
        done=f"{done}; thành viên không xem hồ sơ của các đơn vị theo đoàn này nữa.",
        to=_to(inspection_id),
        most=rules.LONGEST_REASON,
        one=one,
        move=team_step,
    )


@blueprint.route("/visits/<visit_id>/cancel", methods=["GET", "POST"], endpoint="visit_cancel")
@requires(P.INSPECTION_MANAGE, on_subject=True)
def visit_cancel(visit_id: str) -> Response:
    visit = queries.get_planned(reads(), visit_id, viewer=viewer())
    return reason_view(
        "inspections/visit_cancel.html",
        lambda work, reason: visits.cancel_visit(
            work, actor=viewer(), moment=moment(), visit_id=visit_id, reason=reason
        ),
        done="Đã hủy cuộc kiểm tra tại đơn vị này.",
        to=_to(visit.inspection_id),
        most=rules.LONGEST_REASON,
        visit=visit,
    )
