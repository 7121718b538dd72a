"""Something on every page of commendation, and what keeps people apart in it."""

from __future__ import annotations

from datetime import date

from tests.support import commendation as c
from tests.support.ward import Ward
from webapp.commendation.nominations import marking, moving
from webapp.commendation.nominations.service import Ground
from webapp.commendation.rounds import service as rounds
from webapp.models import AwardSubject, MarkKind, NominationState


def furnish(ward: Ward, *, initiative: str) -> dict[str, str]:
    """Something on every page of decisions and honours: ids by name. `initiative` was recognised, of unit A."""
    round_ = c.open_round(ward)
    ground = Ground("initiative", "Sáng kiến được công nhận", initiative)
    honoured = [
        c.received(ward, round_, subject=AwardSubject.COLLECTIVE, grounds=(ground,)),
        c.received(ward, round_, name="Lê Thị Hai"),
    ]
    decision = c.decided(ward, round_, *honoured)
    award, revoked = c.awards_of(ward, decision)
    c.note(ward, "pay", revoked)
    c.note(ward, "revoke", revoked)
    approved = c.received(ward, round_, name="Trần Thị Ba")
    waits = c.received(ward, round_, name="Trần Thị Bốn")
    c.voted(ward, approved, waits)
    proposal = c.propose(ward, round_, approved, waits)
    c.judge(ward, approved)
    drafted = c.draft(ward, round_)
    c.received(ward, round_, name="Trần Thị Năm")
    return {
        "award_round": round_.id,
        "award_decision": decision.id,
        "award_draft": drafted.id,
        "award_proposal": proposal.id,
        "award": award.id,
        "award_revoked": revoked.id,
    }


def keep_apart(ward: Ward) -> None:
    """Somebody who judges is related to a person put forward; a household is not to be honoured for now; a day off."""
    waits = c.in_state(ward, NominationState.RECEIVED)[0]
    with ward.work() as session:
        office = ward.viewer("office")
        moving.declare_stake(
            session, actor=ward.viewer("council"), now=ward.now, nomination_id=waits.id, reason="Em ruột"
        )
        marking.add_mark(
            session,
            actor=office,
            now=ward.now,
            new=marking.NewMark(
                kind=MarkKind.COMPLAINT, name="Hộ khác", unit_id=None, note="Đơn số 1", from_day=c.TODAY
            ),
        )
        rounds.set_holiday(
            session,
            actor=office,
            now=ward.now,
            day=date(2026, 9, 2),
            name="Quốc khánh",
            works=False,
            citation="Điều 112 Bộ luật Lao động",
        )
