"""Every person x every plan, report and duty: predicate, SQL condition and search keys agree with the ward's rule."""

from __future__ import annotations

import itertools
from datetime import date

from sqlalchemy import select

from tests.support import papers
from tests.support.permissions import PEOPLE, add_people_with_dead_grants, may_read
from tests.support.ward import Ward
from webapp.models import DocumentState, Duty, PaperKind, PaperState, UnitPaper
from webapp.permissions import Permission, can, subject_of
from webapp.permissions.scopes import readable_duties, readable_papers, subject_keys, viewer_keys


def add_all(ward: Ward) -> None:
    papers.make_duties(ward)
    with ward.work() as session:
        rule_id = session.scalars(select(Duty.rule_id)).first()
        kinds = iter(itertools.cycle((PaperKind.UNIT_PLAN, PaperKind.ANNUAL, PaperKind.INTERIM, PaperKind.FINAL)))
        for unit_id, year in itertools.product(ward.units.values(), (2025, 2026)):
            for state in PaperState:
                session.add(
                    UnitPaper(
                        movement_id=ward.movement_id,
                        unit_id=unit_id,
                        kind=next(kinds),
                        year=year,
                        state=state,
                        created_at=ward.now,
                    )
                )
            if year == 2025:
                session.add(
                    Duty(
                        rule_id=rule_id,
                        movement_id=ward.movement_id,
                        unit_id=unit_id,
                        paper=PaperKind.ANNUAL,
                        year=year,
                        due_on=date(2025, 12, 4),
                        created_at=ward.now,
                    )
                )


def test_reading_papers_and_duties_agrees_in_every_cell(ward: Ward) -> None:
    add_people_with_dead_grants(ward)
    add_all(ward)
    cells = 0
    with ward.db.reading() as session:
        all_papers = session.scalars(select(UnitPaper)).all()
        all_duties = session.scalars(select(Duty)).all()
        assert {paper.state for paper in all_papers} == set(PaperState) and {duty.year for duty in all_duties} == {
            2025,
            2026,
        }
        for name in PEOPLE:
            viewer = ward.viewer(name)
            keys = viewer_keys(viewer)
            in_sql = set(session.scalars(select(UnitPaper.id).where(readable_papers(viewer))))
            for paper in all_papers:
                expected = may_read(ward, name, paper.unit_id, DocumentState(paper.state.value), paper.year)
                where = (name, paper.unit_id, paper.state, paper.year)
                assert can(viewer, Permission.PAPER_READ, paper) is expected, where
                assert (paper.id in in_sql) is expected, where
                assert bool(keys & subject_keys(subject_of(paper))) is expected, where
                cells += 3
            owed = set(session.scalars(select(Duty.id).where(readable_duties(viewer))))
            for duty in all_duties:
                expected = may_read(ward, name, duty.unit_id, DocumentState.SUBMITTED, duty.year)
                assert can(viewer, Permission.DUTY_READ, duty) is expected and (duty.id in owed) is expected
                cells += 2
    assert cells > 2000
