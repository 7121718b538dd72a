"""From the vote to the decision, and what happens to an award afterwards."""

from __future__ import annotations

from tests.support import commendation as c
from tests.support.ward import Ward
from webapp.models import AwardDecisionState, AwardSubject, NominationState


def test_a_decision_gives_each_line_its_number_and_its_money_of_that_day(ward: Ward) -> None:
    made, awards = c.three_honoured(ward)
    assert made.state is AwardDecisionState.ISSUED
    # Collectives, households, persons; 0.6, 0.45 and 0.3 times 2.530.000, up to ten thousand.
    assert [(one.ordinal, one.subject, one.amount) for one in awards] == [
        (1, AwardSubject.COLLECTIVE, 1_520_000),
        (2, AwardSubject.HOUSEHOLD, 1_140_000),
        (3, AwardSubject.PERSON, 760_000),
    ]
    assert len(c.in_state(ward, NominationState.HONOURED)) == 3
