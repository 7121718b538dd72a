"""Who works in a unit; who acts while somebody is away or a unit has no head; work handed over to a new clerk."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid, NotFound
from webapp.models import Unit
from webapp.people import acting, handing_over, queries
from webapp.people.routes import blueprint
from webapp.permissions import Permission as P
from webapp.permissions import can
from webapp.permissions.viewer import words_of
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer


@blueprint.get("/units/own", endpoint="own_people")
@requires(P.UNIT_READ)
def own_people() -> Response:
    """The viewer's own unit; who works for none finds the units in the directory."""
    own = queries.list_own_units(reads(), viewer=viewer())
    if not own:
        return redirect(url_for("people.directory_view"), 303)
    return _unit_page(own[0])


@blueprint.get("/units/<unit_id>/people", endpoint="unit_people")
@requires(P.UNIT_READ)
def unit_people(unit_id: str) -> Response:
    return _unit_page(queries.get_unit(reads(), unit_id, viewer=viewer()))


def _unit_page(unit: Unit, errors: dict[str, str] | None = None) -> Response:
    people = acting.colleagues(reads(), unit.id, now=now(), today=today())
    standing = acting.list_standing(
        reads(), viewer=viewer(), today=today(), unit_id=unit.id, people=[one.id for one in people]
    )
    return render(
        "people/unit_people.html",
        status=422 if errors else 200,
        unit=unit,
        others=[one for one in queries.list_own_units(reads(), viewer=viewer()) if one.id != unit.id],
        people=people,
        roles=queries.list_unit_roles(reads(), unit.id, now=now(), today=today()),
        standing=standing,
        words_of=words_of,
        headed=bool(acting.heads_of(reads(), unit.id, now=now(), today=today())),
        values=request.form,
        errors=errors or {},
    )


def _standing() -> acting.Standing:
    """The part of both forms that says who, why, from when to when. Raises Invalid by field."""
    form = FormReader(request.form)
    basis = form.text("basis", most=300)
    first, last = form.day("valid_from"), form.day("valid_until")
    form.check()
    return acting.Standing(person_id=form.text("person_id", most=20), basis=basis, valid_from=first, valid_until=last)


@blueprint.post("/units/<unit_id>/submitter", endpoint="submitter_name")
@requires(P.SUBMITTER_NAME, on_subject=True)
def submitter_name(unit_id: str) -> Response:
    try:
        standing = _standing()
        with unit_of_work() as work:
            acting.name_submitter(work, actor=viewer(), now=now(), today=today(), unit_id=unit_id, standing=standing)
    except Invalid as fault:
        return _unit_page(queries.get_unit(reads(), unit_id, viewer=viewer()), fault.fields)
    flash("Đã cử người trình thay cho đơn vị chưa có lãnh đạo.", "good")
    return redirect(url_for("people.unit_people", unit_id=unit_id), 303)


@blueprint.route("/people/<person_id>/stand-in", methods=["GET", "POST"], endpoint="stand_in_name")
@requires(P.ACTING_SET, on_subject=True)
def stand_in_name(person_id: str) -> Response:
    errors: dict[str, str] = {}
    who = viewer()
    if request.method == "POST":
        try:
            standing, chosen = _standing(), request.form.getlist("grants")
            with unit_of_work() as work:
                acting.name_stand_in(
                    work,
                    actor=who,
                    now=now(),
                    today=today(),
                    person_id=person_id,
                    grant_ids=chosen,
                    standing=standing,
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã cử người làm thay. Mỗi việc làm thay đều ghi rõ tên hai người.", "good")
            return redirect(url_for("people.stand_in_name", person_id=person_id), 303)
    person = acting.find_absent(reads(), person_id, viewer=who)
    return render(
        "people/stand_in.html",
        status=422 if errors else 200,
        person=person,
        roles=acting.roles_to_stand_in(reads(), person, viewer=who, now=now(), today=today()),
        people=acting.who_can_stand_in(reads(), person, viewer=who, now=now(), today=today()),
        standing=[
            one
            for one in acting.list_standing(reads(), viewer=who, today=today(), people=[person_id])
            if one.acting_for_id == person_id
        ],
        values=request.form,
        chosen=request.form.getlist("grants"),
        errors=errors,
        words_of=words_of,
    )


@blueprint.post("/stand-ins/<grant_id>/end", endpoint="stand_in_end")
@requires(P.ACTING_SET, on_subject=True)
def stand_in_end(grant_id: str) -> Response:
    with unit_of_work() as work:
        grant = acting.end_stand_in(work, actor=viewer(), now=now(), grant_id=grant_id)
        unit_id, away = grant.unit_id, grant.acting_for_id
    flash("Đã kết thúc việc làm thay, có hiệu lực ngay.", "good")
    if away is not None:
        return redirect(url_for("people.stand_in_name", person_id=away), 303)
    return redirect(url_for("people.unit_people", unit_id=unit_id), 303)


@blueprint.route("/units/<unit_id>/hand-over/<person_id>", methods=["GET", "POST"], endpoint="work_hand_over")
@requires(P.ACTING_SET, on_subject=True)
def work_hand_over(unit_id: str, person_id: str) -> Response:
    errors: dict[str, str] = {}
    who = viewer()
    if request.method == "POST":
        form = FormReader(request.form)
        try:
            from_day = form.day("from_day")
            form.check()
            with unit_of_work() as work:
                new = handing_over.hand_over(
                    work,
                    actor=who,
                    now=now(),
                    today=today(),
                    person_id=person_id,
                    unit_id=unit_id,
                    to=form.text("to", most=20),
                    from_day=from_day,
                )
                name = new.name
        except Invalid as fault:
            errors = fault.fields
        else:
            flash(f"Đã bàn giao việc cho {name}.", "good")
            return redirect(url_for("people.unit_people", unit_id=unit_id), 303)
    return _hand_over_page(unit_id, person_id, errors)


def _hand_over_page(unit_id: str, person_id: str, errors: dict[str, str]) -> Response:
    unit, who = queries.get_unit(reads(), unit_id, viewer=viewer()), viewer()
    person = acting.find_absent(reads(), person_id, viewer=who)
    work = handing_over.find_work(reads(), viewer=who, person=person, unit=unit, today=today())
    if not work.grants and not errors:
        raise NotFound(kind="person", key=person_id)
    people = handing_over.new_clerks(reads(), unit.id, viewer=who, now=now(), today=today())
    return render(
        "people/hand_over.html",
        status=422 if errors else 200,
        unit=unit,
        person=person,
        work=work,
        people=[one for one in people if one.id != person.id],
        may_add=can(who, P.PERSON_MANAGE),
        values=request.form,
        errors=errors,
    )
