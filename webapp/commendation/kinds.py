"""What the house knows of rounds of commendation, nominations, decisions and awards as kinds."""

from __future__ import annotations

from sqlalchemy.orm import joinedload, raiseload

from webapp.kinds import Address, Kind
from webapp.models import Award, AwardDecision, AwardRound, Nomination
from webapp.permissions.award_scopes import (
    readable_award_decisions,
    readable_award_rounds,
    readable_awards,
    readable_nominations,
)

KINDS = (
    Kind(
        name="award-round",
        label="đợt xét khen thưởng",
        model=AwardRound,
        readable=readable_award_rounds,
        title=lambda round_: round_.title,
        address=lambda round_: Address("award_rounds.round_view", {"award_round_id": round_.id}),
        unit=None,
        parts=(),
        noted=(AwardRound.year,),
        loading=(raiseload(AwardRound.lines),),
        search=None,
        bag=None,
    ),
    Kind(
        name="nomination",
        label="đề nghị khen thưởng",
        model=Nomination,
        readable=readable_nominations,
        title=lambda one: f"Đề nghị khen thưởng {one.called}",
        address=lambda one: Address("nominations.nomination_view", {"nomination_id": one.id}),
        unit=Nomination.unit_id,
        parts=(),
        noted=(Nomination.year,),
        loading=(raiseload(Nomination.title),),
        # Who was put forward, and was not honoured, is nobody else's business: in no index, in no unit's bag.
        search=None,
        bag=None,
    ),
    Kind(
        name="award-decision",
        label="quyết định khen thưởng",
        model=AwardDecision,
        readable=readable_award_decisions,
        title=lambda one: f"Quyết định khen thưởng {one.number or '(dự thảo)'}",
        address=lambda one: Address("award_decisions.decision_view", {"decision_id": one.id}),
        unit=None,
        parts=(),
        noted=(AwardDecision.year,),
        search=None,
        bag=None,
    ),
    Kind(
        name="award",
        label="khen thưởng",
        model=Award,
        readable=readable_awards,
        title=lambda one: f"{one.title_name}: {one.called}",
        address=lambda one: Address("honours.award_view", {"award_id": one.id}),
        unit=Award.unit_id,
        parts=(),
        noted=(Award.year,),
        loading=(joinedload(Award.decision),),
        search=None,
        bag=None,
    ),
)
