"""When the time for a stage ends, and for whom it is longer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.support import scores
from tests.support.scores import step
from tests.support.ward import Ward
from webapp.core.clock import Clock
from webapp.core.errors import Invalid
from webapp.models import Notice
from webapp.scoring.rounds import arranging, opening
from webapp.scoring.rounds.routine import keep_scores
from webapp.scoring.sheets import appraising


@pytest.mark.parametrize(
    ("instant", "open_"),
    [
        # The ward is seven hours ahead: 16:59 UTC is still 30/11 there, 17:00 is 01/12.
        (datetime(2026, 11, 30, 16, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 30, 17, 0, tzinfo=UTC), False),
    ],
)
def test_windows_end_with_the_wards_day(two_clusters: tuple[Ward, str], instant: datetime, open_: bool) -> None:
    ward, round_id = two_clusters
    days = {"self": date(2026, 11, 30)}
    step(ward, opening.set_windows, "office", round_id=round_id, windows=days, reason="")
    ward.now = instant
    ward.resources.clock = Clock(instant)
    if open_:
        scores.score_self(ward, "clerk.a", "A", {"B": scores.value("3")})
        return
    with pytest.raises(Invalid, match="đã hết ngày 30/11/2026"):
        scores.score_self(ward, "clerk.a", "A", {"B": scores.value("3")})
    sheet = scores.sheet_of(ward, "A")
    later = {"stage": "self", "until": date(2026, 12, 1), "reason": "Mất điện."}
    step(ward, arranging.extend_stage, "office", sheet_id=sheet.id, **later)
    scores.score_self(ward, "clerk.a", "A", {"B": scores.value("3")})
    # Only for that unit.
    with pytest.raises(Invalid, match="đã hết ngày 30/11/2026"):
        scores.score_self(ward, "clerk.b", "B", {"B": scores.value("3")})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_sheet_handed_in_in_time_and_given_back_can_be_handed_in_again(two_clusters: tuple[Ward, str]) -> None:
    """The day that the return sets holds, is told, and is the one that is reminded of."""
    ward, round_id = two_clusters
    last, until = ward.now.date(), ward.now.date() + timedelta(days=3)
    step(ward, opening.set_windows, "office", round_id=round_id, windows={"self": last}, reason="")
    scores.handed_in(ward)
    sheet = scores.sheet_of(ward, "A")
    with pytest.raises(Invalid, match="đã qua"):
        step(
            ward,
            appraising.return_sheet,
            "leader.1",
            sheet_id=sheet.id,
            reason="Thiếu.",
            until=last - timedelta(days=1),
        )
    step(ward, appraising.return_sheet, "leader.1", sheet_id=sheet.id, reason="Thiếu.", until=until)
    ward.later(days=2)
    keep_scores(ward.resources, ward.now)
    scores.score_self(ward, "clerk.a", "A", {"B": scores.value("3")})
    with ward.db.reading() as session:
        texts = session.scalars(select(Notice.text).where(Notice.person_id == ward.people["clerk.a"])).all()
    day = f"{until:%d/%m/%Y}"
    assert any("được trả lại" in text and f"Chậm nhất trình lại hết ngày {day}" in text for text in texts)
    assert any(f"hết hạn ngày {day}" in text for text in texts)
