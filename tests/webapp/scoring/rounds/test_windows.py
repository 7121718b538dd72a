"""When the time for a stage ends, and for whom it is longer."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.support import scores
from tests.support.scores import step
from tests.support.ward import Ward
from webapp.core.clock import Clock
from webapp.core.errors import Invalid
from webapp.scoring.rounds import arranging, opening


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
