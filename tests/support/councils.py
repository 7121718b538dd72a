"""Verbs for the council on top of a small ward."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tests.support.ward import Ward
from webapp.council import assigning, service
from webapp.council.assigning import Given
from webapp.council.service import Founding, Instead, Seating
from webapp.models import Council, CouncilPost, CouncilSeat

START = date(2026, 1, 1)
FOUNDING = Founding(
    name="Hội đồng Thi đua - Khen thưởng phường",
    number="12/QĐ-UBND",
    decided_on=date(2025, 12, 28),
    first_day=START,
)


def found(ward: Ward, by: str = "office", **changes: Any) -> Council:
    with ward.work() as session:
        new = replace(FOUNDING, **changes)
        return service.found_council(
            session, actor=ward.viewer(by), now=ward.now, movement_id=ward.movement_id, new=new
        )


def seat(
    ward: Ward, council: Council, username: str, post: CouncilPost = CouncilPost.MEMBER, **changes: Any
) -> CouncilSeat:
    values: dict[str, Any] = {"from_day": council.first_day, "decision": "QĐ 12"}
    new = Seating(person_id=ward.people[username], post=post, **{**values, **changes})
    with ward.work() as session:
        return service.seat_member(session, actor=ward.viewer("office"), now=ward.now, council_id=council.id, new=new)


def change(ward: Ward, one: CouncilSeat, ends_on: date | None, **named: Any) -> CouncilSeat:
    with ward.work() as session:
        more: dict[str, Any] = {"ends_on": ends_on, "decision": "QĐ 40", **named}
        return service.change_seat(session, actor=ward.viewer("office"), now=ward.now, seat_id=one.id, **more)


def give(ward: Ward, one: CouncilSeat, **given: Any) -> None:
    with ward.work() as session:
        values: dict[str, Any] = {"year": 2026, "from_day": START, **given}
        assigning.assign(session, actor=ward.viewer("office"), now=ward.now, seat_id=one.id, given=Given(**values))


def stand_in(ward: Ward, one: CouncilSeat, username: str, **changes: Any) -> None:
    day = ward.now.date()
    values: dict[str, Any] = {"from_day": day, "until_day": day, "reason": "đi công tác"}
    new = Instead(person_id=ward.people[username], **{**values, **changes})
    with ward.work() as session:
        service.name_stand_in(session, actor=ward.viewer("office"), now=ward.now, seat_id=one.id, new=new)


def furnished(ward: Ward) -> str:
    """A council whose member looks after something and is stood in for; the id of that seat."""
    council = found(ward)
    seat(ward, council, "chair", CouncilPost.CHAIR)
    one = seat(ward, council, "council")
    give(ward, one, clusters=frozenset({ward.clusters["K1"]}), field="Công nghệ")
    stand_in(ward, one, "clerk.c")
    return one.id
