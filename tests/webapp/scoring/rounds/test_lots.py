"""Appraisers drawn by lot, and the sample for second appraisers."""

from __future__ import annotations

from sqlalchemy import select

from tests.support import scores
from tests.support.scores import step
from tests.support.ward import Ward
from webapp.models import (
    AuditEvent,
    Person,
)
from webapp.scoring.points.cluster_rules import RubricRules
from webapp.scoring.rounds import arranging
from webapp.scoring.sheets.appraisers import draw, list_candidates


def test_a_lot_is_drawn_again_from_the_seed_in_the_log(two_clusters: tuple[Ward, str]) -> None:
    ward, _ = two_clusters
    sheet = scores.sheet_of(ward, "A")
    zone = ward.resources.settings.timezone
    drawn = set()
    for _ in range(12):
        step(ward, arranging.assign_appraiser, "office", sheet_id=sheet.id, person_id="", by_lot=True, reason="Thử")
        with ward.db.reading() as session:
            query = select(AuditEvent).where(AuditEvent.action == "score.assign").order_by(AuditEvent.seq.desc())
            event = session.scalars(query).first()
            assert event is not None and event.object_unit_id is None
            seed = str(event.details["seed"])
            candidates = list_candidates(session, scores.sheet_of(ward, "A"), now=ward.now, timezone=zone)
        names = {one.id for one in candidates}
        wanted = {"clerk.b", "head.b", "head.vh", "leader.1"}
        assert names == {ward.people[one] for one in wanted} and event.details["candidates"] == " ".join(sorted(names))
        assert draw(list(reversed(list(candidates))), seed, sheet.id).id == event.details["person"]
        assert scores.sheet_of(ward, "A").appraiser_id == event.details["person"]
        drawn.add(event.details["person"])
    assert len(drawn) > 1


def test_the_sample_of_second_appraisers_is_the_share_rounded_up_and_stays(ward: Ward) -> None:
    scores.add_heads(ward)
    scores.rubric(ward, rules=RubricRules(control=40))
    round_id = scores.open_round(ward)
    # 40 % of three sheets: two.
    assert step(ward, arranging.draw_sample, "office", round_id=round_id) == 2

    def controls() -> dict[str, str | None]:
        return {unit: scores.sheet_of(ward, unit).control_id for unit in ("A", "B", "VH")}

    first = controls()
    assert sum(one is not None for one in first.values()) == 2
    for unit, person_id in first.items():
        if person_id is not None:
            assert person_id not in {ward.people["leader.1"], ward.people["deputy.1"]}  # they read the first one
            with ward.db.reading() as session:
                assert session.get_one(Person, person_id).unit_id != ward.units[unit]
    assert step(ward, arranging.draw_sample, "office", round_id=round_id) == 2
    assert controls() == first
