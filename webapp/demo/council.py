"""The council of the demonstration: its decision, who sits in it, what each looks after, who sits for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from webapp.core.days import ward_day
from webapp.core.resources import Resources
from webapp.council import assigning, service
from webapp.council.assigning import Given
from webapp.council.service import Founding, Instead, Seating
from webapp.models import Cluster, CouncilPost, CriteriaGroup, Theme
from webapp.permissions import Viewer

# Who sits in which post, and the clusters each follows; the last cluster and the last theme are left without anybody, so
# that the page has something to tell.
SEATS = (
    ("chutich", CouncilPost.CHAIR, ()),
    ("vhxh2", CouncilPost.DEPUTY, ("C1",)),
    ("vhxh", CouncilPost.SECRETARY, ()),
    ("hoidong", CouncilPost.MEMBER, ("C2", "C3")),
    ("nga", CouncilPost.MEMBER, ()),
)
FIELDS = {"vhxh": "Hồ sơ, thủ tục khen thưởng", "nga": "Phong trào của đoàn thể"}


def add_council(
    resources: Resources, people: Callable[[str], Viewer], *, now: datetime, movement_id: str, year: int
) -> None:
    """`people` gives a viewer by user name. It was founded with the movement, and its work was given anew this year."""
    office = people("vhxh")
    first, this_year = date(year - 1, 8, 1), date(year, 1, 5)
    today = ward_day(now, resources.settings.timezone)
    by_office: dict[str, Any] = {"actor": office, "now": now}
    with resources.db.unit_of_work() as session:
        council = service.found_council(
            session,
            **by_office,
            movement_id=movement_id,
            new=Founding(
                name="Hội đồng Thi đua - Khen thưởng phường",
                number="86/QĐ-UBND",
                decided_on=date(year - 1, 7, 28),
                first_day=first,
            ),
        )
        decision = f"Quyết định số 86/QĐ-UBND ngày 28/7/{year - 1}"
        clusters = {one.code: one.id for one in session.scalars(select(Cluster))}
        themes = session.scalars(
            select(Theme.id).where(Theme.movement_id == movement_id).order_by(Theme.position)
        ).all()
        groups = session.scalars(select(CriteriaGroup.id).where(CriteriaGroup.movement_id == movement_id)).all()
        for place, (username, post, followed) in enumerate(SEATS):
            seat = service.seat_member(
                session,
                **by_office,
                council_id=council.id,
                new=Seating(person_id=people(username).id or "", post=post, from_day=first, decision=decision),
            )
            given = Given(
                year=year,
                clusters=frozenset(clusters[code] for code in followed),
                themes=frozenset(themes[place : place + 1] if place < len(themes) - 1 else ()),
                groups=frozenset(groups[:1] if post is CouncilPost.DEPUTY else ()),
                field=FIELDS.get(username, ""),
                decision=f"Thông báo số 03/TB-HĐ ngày 05/01/{year}",
                from_day=this_year,
            )
            if given.clusters or given.themes or given.field:
                assigning.assign(session, **by_office, seat_id=seat.id, given=given)
            if username == "hoidong":
                away = Instead(
                    person_id=people("tam").id or "",
                    from_day=today + timedelta(days=10),
                    until_day=today + timedelta(days=14),
                    reason="đi công tác tại thành phố",
                )
                service.name_stand_in(session, **by_office, seat_id=seat.id, new=away)
