"""The home page."""

from __future__ import annotations

from datetime import datetime, time

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.dashboard import honours, index_tasks, inspections, queries, ready, standing_today
from webapp.dashboard.council_work import find_work
from webapp.dashboard.welcome import SENTENCES, find_welcome, key_of
from webapp.duties.progress import list_progress
from webapp.duties.queries import DutyRow, Tally, list_duties, tally
from webapp.models import Role
from webapp.movement.queries import list_movements_in
from webapp.notices.queries import list_unread
from webapp.notices.service import READY, note_read
from webapp.permissions import Permission as P
from webapp.permissions import can
from webapp.ui.auth import requires
from webapp.ui.forms import year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer

# Days before the last day from which what is missing is shown to those who look after others.
SOON = 14

blueprint = Blueprint("dashboard", __name__, template_folder="templates")


@blueprint.post("/ready/<what>/<what_id>", endpoint="ready_tell")
@requires(P.SEARCH_USE, on_subject=True)
def ready_tell(what: str, what_id: str) -> Response:
    """What a clerk has finished waits on the head's home."""
    with unit_of_work() as work:
        zone = resources().settings.timezone
        ready.tell_heads(work, actor=viewer(), now=now(), timezone=zone, kind=what, key=what_id)
    flash("Đã báo lãnh đạo đơn vị. Việc này đang chờ ở trang “Việc của tôi” của lãnh đạo.", "good")
    return redirect(ready.KINDS[what].page.format(what_id).removesuffix("/submit"), 303)


@blueprint.get("/", endpoint="home_view")
@requires(P.ACCOUNT_USE)
def home_view() -> Response:
    year = year_in(request.args.get("year"), otherwise=today().year)
    session, who = reads(), viewer()
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    owed = _of_others(year)
    unread = list_unread(session, viewer=who, limit=6)
    return render(
        "dashboard/home.html",
        year=year,
        movement=movement,
        duties=_own_duties(year),
        urgent=_urgent(owed) if who.run_movements or who.led else [],
        lines=standing_today.list_lines(session, viewer=who, year=year, duties=owed.get(year, []))
        if who.has(Role.LEADERSHIP)
        else [],
        to_confirm=standing_today.list_rounds_to_confirm(session, viewer=who, today=today()),
        to_decide=standing_today.count_difficulties_to_decide(session, viewer=who),
        progress=(progress := list_progress(session, viewer=who, year=year, own_only=True)),
        has_group=bool(progress) or queries.has_group(session, viewer=who, year=year),
        to_sign=[one for one in unread if READY in one.key],
        notices=[one for one in unread if READY not in one.key],
        welcome=find_welcome(session, viewer=who),
        council_work=find_work(session, viewer=who, movement_id=movement.id, year=year, today=today())
        if movement
        else None,
        receiving=can(who, P.DUTY_MANAGE, movement) if movement else False,
        to_receive=queries.count_to_receive(session, viewer=who, year=year) if who.run_movements else 0,
        midnight=_midnight(),
        meetings=queries.list_meeting_tasks(session, viewer=who, today=_midnight()),
        scores=queries.list_score_tasks(session, viewer=who, year=year),
        initiatives=queries.count_initiatives(session, viewer=who),
        honours=honours.find_tasks(session, viewer=who, today=today()),
        inspections=inspections.find_tasks(session, viewer=who),
        indicators=index_tasks.find_tasks(session, viewer=who),
        index_words=index_tasks.WORDS,
        reader=queries.is_reader(who),
        submitted=queries.count_submitted(session, viewer=who, year=year) if queries.is_reader(who) else 0,
        waiting=queries.count_waiting(session, viewer=who),
        troubled=queries.list_troubled(session, viewer=who),
    )


@blueprint.post("/welcome", endpoint="welcome_dismiss")
@requires(P.ACCOUNT_USE)
def welcome_dismiss() -> Response:
    """The viewer knows what to do first; the sentences stay among the notices."""
    wanted = request.form.get("role", "")
    role = next((role for role in SENTENCES if role.value == wanted and viewer().has(role)), None)
    if role is not None:
        text = f"{role.label}: {' '.join(SENTENCES[role])}"
        with unit_of_work() as work:
            note_read(work, actor=viewer(), now=now(), key=key_of(role), text=text, link=url_for("help.guide_view"))
    return redirect(url_for("dashboard.home_view"), 303)


def _midnight() -> datetime:
    return datetime.combine(today(), time(), tzinfo=resources().settings.timezone)


def _own_duties(year: int) -> list[DutyRow]:
    """What the viewer's units owe this year, after what is still open of the last."""
    who, timezone = viewer(), resources().settings.timezone
    rows: list[DutyRow] = []
    for one in (year - 1, year):
        found = list_duties(reads(), viewer=who, year=one, now=now(), timezone=timezone, own_only=True)
        rows += [row for row in found if row.is_open or one == year]
    return rows


def _of_others(year: int) -> dict[int, list[DutyRow]]:
    """What units owe of this year and the last, for those who look after others or for the whole ward."""
    who = viewer()
    if not (who.run_movements or who.led or who.has(Role.LEADERSHIP)):
        return {}
    timezone = resources().settings.timezone
    return {one: list_duties(reads(), viewer=who, year=one, now=now(), timezone=timezone) for one in (year - 1, year)}


def _urgent(owed: dict[int, list[DutyRow]]) -> list[tuple[int, Tally, list[DutyRow]]]:
    """(year, all its duties counted, those missing whose day is past or near), for years that have such."""
    found = []
    for year, rows in owed.items():
        near = [row for row in rows if row.is_missing and (row.duty.last_day - today()).days <= SOON]
        if near:
            found.append((year, tally(rows), near))
    return found
