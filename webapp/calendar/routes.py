"""Pages of the calendar, its file, and the private feed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, request, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from webapp.calendar import entries as layout
from webapp.calendar.entries import Entry, EntryKind
from webapp.calendar.feed import calendar_of
from webapp.calendar.sources import Asked, list_entries
from webapp.movement.working_days import load_working_days
from webapp.notices.queries import find_calendar_owner
from webapp.permissions import Permission as P
from webapp.permissions import Viewer, load_viewer
from webapp.ui.auth import public, requires
from webapp.ui.forms import FormReader, year_in
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, resources, today, viewer

blueprint = Blueprint("calendar", __name__, template_folder="templates")

VIEWS = (("month", "Tháng"), ("list", "Danh sách"), ("year", "Cả năm"))
NAME = "Lịch thi đua"


def _view() -> str:
    wanted = request.args.get("view", "")
    return wanted if wanted in dict(VIEWS) else "month"


def _kinds() -> list[EntryKind]:
    sent = request.args.getlist("kind")
    return [kind for kind in EntryKind if kind.value in sent]


def _asked(who: Viewer, first: date, last: date, *, own_only: bool) -> Asked:
    zone = resources().settings.timezone
    return Asked(viewer=who, first=first, last=last, now=now(), timezone=zone, own_only=own_only)


def _chosen(first: date, last: date) -> Sequence[Entry]:
    """Of the span, what the address asks for."""
    found = list_entries(reads(), _asked(viewer(), first, last, own_only=request.args.get("own") == "1"))
    return layout.only(found, _kinds())


@blueprint.get("/calendar", endpoint="calendar_view")
@requires(P.ACCOUNT_USE)
def calendar_view() -> Response:
    year, view = year_in(request.args.get("year"), otherwise=today().year), _view()
    asked = FormReader(request.args).integer("month", least=1, most=12)
    month = asked or (today().month if year == today().year else 1)
    first, last = layout.span_of(year, None if view == "year" else month)
    lines = layout.by_day(_chosen(first, last))
    working = load_working_days(reads())
    kinds = [kind.value for kind in _kinds()]
    kept: dict[str, Any] = {"kind": kinds, "own": request.args.get("own") or None}

    def address(**changed: Any) -> str:
        return url_for("calendar.calendar_view", **{"view": view, "year": year, "month": month, **kept, **changed})

    before, after = layout.months_beside(year, month)
    return render(
        "calendar/view.html",
        year=year,
        month=month,
        view=view,
        views=VIEWS,
        kinds=kinds,
        all_kinds=list(EntryKind),
        own=kept["own"] == "1",
        lines=lines,
        weeks=layout.weeks_of(year, month, lines, working) if view == "month" else (),
        months={number: {day: found for day, found in lines.items() if day.month == number} for number in range(1, 13)},
        working_days={number: layout.working_days_in(year, number, working) for number in range(1, 13)},
        address=address,
        before={"year": before[0], "month": before[1]},
        after={"year": after[0], "month": after[1]},
        file=url_for("calendar.calendar_file", year=year, month=None if view == "year" else month, **kept),
        there=_there,
        all_there=lambda entry: url_for(entry.group_endpoint or entry.endpoint, **(entry.group_values or entry.values)),
    )


def _there(entry: Entry) -> str:
    return url_for(entry.endpoint, **dict[str, Any](entry.values))


def _page_of(entry: Entry) -> str:
    return url_for(entry.endpoint, _external=True, **dict[str, Any](entry.values))


def _file(found: Sequence[Entry]) -> FlaskResponse:
    zone = resources().settings.timezone
    body = calendar_of(found, now=now(), timezone=zone, address=_page_of, name=NAME)
    return FlaskResponse(body, mimetype="text/calendar", headers={"Cache-Control": "no-store"})


@blueprint.get("/calendar/entries.ics", endpoint="calendar_file")
@requires(P.ACCOUNT_USE)
def calendar_file() -> FlaskResponse:
    """What the page shows, to be opened by a calendar program once."""
    year = year_in(request.args.get("year"), otherwise=today().year)
    month = FormReader(request.args).integer("month", least=1, most=12)
    answer = _file(_chosen(*layout.span_of(year, month)))
    name = f"lich-thi-dua-{year}{f'-{month:02d}' if month else ''}.ics"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.get("/calendar.ics", endpoint="calendar_feed")
@public
def calendar_feed() -> FlaskResponse:
    """For calendar programs, which cannot sign in: the secret in the address is what they show. Of duties only those of
    one's own units; nothing at all for who has no role any more."""
    person = find_calendar_owner(reads(), request.args.get("key", "")[:100])
    if person is None:
        return FlaskResponse("Địa chỉ lịch này không dùng được nữa.\n", status=404, mimetype="text/plain")
    owner = load_viewer(reads(), person, now=now(), timezone=resources().settings.timezone)
    first, last = date(today().year - 1, 1, 1), date(today().year + 1, 12, 31)
    return _file(list_entries(reads(), _asked(owner, first, last, own_only=True)) if owner.grants else [])
