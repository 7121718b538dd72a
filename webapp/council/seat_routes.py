"""Pages of seats: a member added, changed, given work, stood in for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid
from webapp.council import assigning, queries, rules, service
from webapp.council.assigning import Given
from webapp.council.routes import blueprint, to_council, year_asked
from webapp.council.service import Instead, Seating
from webapp.models import CouncilPost, CouncilSeat
from webapp.movement.queries import list_groups, list_themes
from webapp.people.queries import list_clusters
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer


def _form(template: str, council_id: str, write: Any, done: str, **context: Any) -> Response:
    """A form of the council: saved, or shown again with what was typed."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            form = FormReader(request.form)
            with unit_of_work() as work:
                write(work, form)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash(done, "good")
            return to_council(council_id)
    context.setdefault("values", request.form)
    if request.method == "POST":
        context["values"] = request.form
    return render(template, status=422 if errors else 200, errors=errors, **context)


def _seating(form: FormReader) -> Seating:
    return Seating(
        person_id=form.text("person_id", most=20),
        post=form.choice("post", CouncilPost),
        from_day=form.day("from_day"),
        until_day=form.day("until_day"),
        decision=form.text("decision", most=rules.LONGEST),
    )


@blueprint.route("/council/<council_id>/seats/new", methods=["GET", "POST"], endpoint="seat_add")
@requires(P.COUNCIL_MANAGE)
def seat_add(council_id: str) -> Response:
    council = queries.get_council(reads(), council_id, viewer=viewer())

    def write(work: Session, form: FormReader) -> None:
        seating = _seating(form)
        form.check()
        service.seat_member(work, actor=viewer(), now=now(), council_id=council_id, new=seating)

    decision = f"Quyết định số {council.number} ngày {council.decided_on:%d/%m/%Y}"
    return _form(
        "council/seat.html",
        council_id,
        write,
        "Đã thêm thành viên.",
        council=council,
        values={"from_day": council.first_day.isoformat(), "decision": decision, "post": "member"},
        people=queries.list_people(reads(), viewer=viewer()),
        posts=options(CouncilPost),
    )


@blueprint.route("/council/seats/<seat_id>/change", methods=["GET", "POST"], endpoint="seat_change")
@requires(P.COUNCIL_MANAGE)
def seat_change(seat_id: str) -> Response:
    seat = queries.get_seat(reads(), seat_id, viewer=viewer())

    def write(work: Session, form: FormReader) -> None:
        ends_on, decision = form.day("ends_on"), form.text("decision", most=rules.LONGEST)
        person, post = form.text("person_id", most=20), form.choice("post", CouncilPost)
        form.check()
        named: dict[str, Any] = {"seat_id": seat_id, "ends_on": ends_on, "decision": decision}
        if person and ends_on is not None:
            begins = ends_on + timedelta(days=1)
            named["successor"] = Seating(person_id=person, post=post, from_day=begins, decision=decision)
        service.change_seat(work, actor=viewer(), now=now(), carry="carry" in request.form, **named)

    return _form(
        "council/change.html",
        seat.council_id,
        write,
        "Đã ghi thay đổi; chức vụ trước đó vẫn còn trong phần lịch sử.",
        seat=seat,
        values={"post": seat.post.value, "carry": "1"},
        people=queries.list_people(reads(), viewer=viewer()),
        posts=options(CouncilPost),
    )


@blueprint.route("/council/seats/<seat_id>/assign", methods=["GET", "POST"], endpoint="seat_assign")
@requires(P.COUNCIL_MANAGE)
def seat_assign(seat_id: str) -> Response:
    seat = queries.get_seat(reads(), seat_id, viewer=viewer())
    year = year_asked()

    def write(work: Session, form: FormReader) -> None:
        given = _given(form, year)
        form.check()
        assigning.assign(work, actor=viewer(), now=now(), seat_id=seat_id, given=given)

    values = MultiDict({"from_day": max(seat.from_day, today().replace(month=1, day=1)).isoformat()})
    return _form(
        "council/assign.html",
        seat.council_id,
        write,
        "Đã ghi phân công.",
        seat=seat,
        year=year,
        values=values,
        **_choices(seat),
    )


def _given(form: FormReader, year: int) -> Given:
    named: dict[str, Any] = {
        name: frozenset(one[:20] for one in request.form.getlist(name)) for name in ("themes", "groups", "clusters")
    }
    return Given(
        year=year,
        field=form.text("field", most=rules.LONGEST),
        decision=form.text("decision", most=rules.LONGEST),
        from_day=form.day("from_day"),
        until_day=form.day("until_day"),
        **named,
    )


def _choices(seat: CouncilSeat) -> dict[str, list[tuple[str, str]]]:
    movement_id, who = seat.council.movement_id, viewer()
    return {
        "themes": [(one.id, f"{one.code} {one.text}") for one in list_themes(reads(), movement_id, viewer=who)],
        "groups": [(one.id, f"{one.code} {one.title}") for one in list_groups(reads(), movement_id, viewer=who)],
        "clusters": [(one.id, one.name) for one in list_clusters(reads(), viewer=who)],
    }


@blueprint.route("/council/assignments/<assignment_id>/end", methods=["GET", "POST"], endpoint="assignment_end")
@requires(P.COUNCIL_MANAGE)
def assignment_end(assignment_id: str) -> Response:
    assignment = queries.get_assignment(reads(), assignment_id, viewer=viewer())
    seat = queries.get_seat(reads(), assignment.seat_id, viewer=viewer())

    def write(work: Session, form: FormReader) -> None:
        until_day = form.day("until_day")
        form.check()
        assigning.end_assignment(work, actor=viewer(), now=now(), assignment_id=assignment_id, until_day=until_day)

    return _form(
        "council/unassign.html",
        seat.council_id,
        write,
        "Đã ghi ngày kết thúc phân công.",
        seat=seat,
        assignment=assignment,
        values={"until_day": today().isoformat()},
    )


@blueprint.route("/council/seats/<seat_id>/stand-in", methods=["GET", "POST"], endpoint="stand_in_name")
@requires(P.COUNCIL_MANAGE)
def stand_in_name(seat_id: str) -> Response:
    seat = queries.get_seat(reads(), seat_id, viewer=viewer())

    def write(work: Session, form: FormReader) -> None:
        new = Instead(
            person_id=form.text("person_id", most=20),
            from_day=form.day("from_day"),
            until_day=form.day("until_day"),
            reason=form.text("reason", most=rules.LONGEST),
        )
        form.check()
        service.name_stand_in(work, actor=viewer(), now=now(), seat_id=seat_id, new=new)

    return _form(
        "council/stand_in.html",
        seat.council_id,
        write,
        "Đã cử người dự thay.",
        seat=seat,
        people=queries.list_people(reads(), viewer=viewer()),
    )


@blueprint.post("/council/stand-ins/<stand_in_id>/end", endpoint="stand_in_end")
@requires(P.COUNCIL_MANAGE)
def stand_in_end(stand_in_id: str) -> Response:
    with unit_of_work() as work:
        ended = service.end_stand_in(work, actor=viewer(), now=now(), stand_in_id=stand_in_id)
        seat_id = ended.seat_id
    flash("Đã thôi cử người dự thay.", "good")
    return to_council(queries.get_seat(reads(), seat_id, viewer=viewer()).council_id)
