"""Every person x every report of the movement, difficulty and announcement: predicate, SQL condition and search keys agree."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select

from tests.support.permissions import OWN, PEOPLE, YEARS, add_people_with_dead_grants, may_read
from tests.support.ward import Ward
from webapp.models import (
    Announcement,
    AnnouncementKind,
    AnnouncementState,
    AnnouncementUnit,
    Difficulty,
    DifficultyKind,
    DifficultyState,
    DocumentState,
    PaperKind,
    Signing,
    Synthesis,
)
from webapp.permissions import Permission, can, subject_of
from webapp.permissions.scopes import (
    readable_announcements,
    readable_difficulties,
    readable_syntheses,
    subject_keys,
    viewer_keys,
)

OVERSEERS = ("office", "chair", "council", "auditor")
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_difficulties_agree_in_every_cell(ward: Ward) -> None:
    add_people_with_dead_grants(ward)
    with ward.work() as session:
        for unit_id, state, year in itertools.product(ward.units.values(), DifficultyState, YEARS):
            session.add(
                Difficulty(
                    movement_id=ward.movement_id,
                    unit_id=unit_id,
                    year=year,
                    kind=DifficultyKind.DIFFICULTY,
                    state=state,
                    point="III.1.đ",
                    text="x",
                    answer="x",
                    created_at=ward.now,
                )
            )
    with ward.db.reading() as session:
        rows = session.scalars(select(Difficulty)).all()
        for name in PEOPLE:
            viewer = ward.viewer(name)
            in_sql = set(session.scalars(select(Difficulty.id).where(readable_difficulties(viewer))))
            keys = viewer_keys(viewer)
            for one in rows:
                where = (name, one.unit_id, one.state, one.year)
                draft = one.state is DifficultyState.DRAFT
                as_paper = DocumentState.DRAFT if draft else DocumentState.SUBMITTED
                expected = may_read(ward, name, one.unit_id, as_paper, one.year)
                assert can(viewer, Permission.DIFFICULTY_READ, one) is expected, where
                assert (one.id in in_sql) is expected, where
                assert bool(keys & subject_keys(subject_of(one))) is expected, where
                mine = one.unit_id == ward.units.get(OWN.get(name, ""))
                decides = not draft and (name == "chair" or (name == "office" and one.unit_id != ward.units["VH"]))
                for permission, allowed in {
                    Permission.DIFFICULTY_EDIT: mine and draft,
                    Permission.DIFFICULTY_RAISE: mine and draft and name == "head.a",
                    Permission.DIFFICULTY_GATHER: not draft and name == "office",
                    Permission.DIFFICULTY_DECIDE: decides,
                    Permission.DIFFICULTY_ADD: mine,
                }.items():
                    assert can(viewer, permission, one) is allowed, (*where, permission)


def test_reports_of_the_movement_agree_in_every_cell(ward: Ward) -> None:
    add_people_with_dead_grants(ward)
    with ward.work() as session:
        for year, no in itertools.product(YEARS, (0, 1)):
            session.add(
                Synthesis(
                    movement_id=ward.movement_id,
                    kind=PaperKind.FINAL if no else PaperKind.ANNUAL,
                    year=year,
                    version_no=no,
                    counts={},
                    renewed_at=ward.now,
                    signing=Signing.CHAIR,
                    created_at=ward.now,
                )
            )
    with ward.db.reading() as session:
        rows = session.scalars(select(Synthesis)).all()
        for name in PEOPLE:
            viewer = ward.viewer(name)
            in_sql = set(session.scalars(select(Synthesis.id).where(readable_syntheses(viewer))))
            for one in rows:
                expected = name == "office" or (one.version_no > 0 and name in OVERSEERS)
                where = (name, one.version_no)
                assert can(viewer, Permission.SYNTHESIS_READ, one) is expected, where
                assert (one.id in in_sql) is expected, where
                assert bool(viewer_keys(viewer) & subject_keys(subject_of(one))) is expected, where
                assert can(viewer, Permission.SYNTHESIS_WRITE, one) is (name == "office"), where


def test_announcements_agree_in_every_cell(ward: Ward) -> None:
    add_people_with_dead_grants(ward)
    audiences = ((), ("A",), ("A", "C"), ("B", "VH"))
    with ward.work() as session:
        for state, units, everyone in itertools.product(AnnouncementState, audiences, (False, True)):
            session.add(
                Announcement(
                    movement_id=ward.movement_id,
                    kind=AnnouncementKind.NOTICE,
                    state=state,
                    year=2026,
                    title="x",
                    text="x",
                    everyone=everyone,
                    unit_kinds=[],
                    cluster_ids=[],
                    unit_ids=[],
                    withdrawal_reason="x",
                    created_at=ward.now,
                    units=[AnnouncementUnit(unit_id=ward.units[code]) for code in units],
                )
            )
    with ward.db.reading() as session:
        rows = session.scalars(select(Announcement)).all()
        for name in PEOPLE:
            viewer = ward.viewer(name)
            in_sql = set(session.scalars(select(Announcement.id).where(readable_announcements(viewer))))
            for one in rows:
                told = ward.units.get(OWN.get(name, "")) in {unit.unit_id for unit in one.units}
                out = one.state is not AnnouncementState.DRAFT
                expected = name == "office" or (out and (one.everyone or told or name in OVERSEERS))
                where = (name, one.state, one.everyone, told)
                assert can(viewer, Permission.ANNOUNCEMENT_READ, one) is expected, where
                assert (one.id in in_sql) is expected, where
                assert bool(viewer_keys(viewer) & subject_keys(subject_of(one))) is expected, where
                for permission, allowed in {
                    Permission.ANNOUNCEMENT_POST: name == "office",
                    Permission.ANNOUNCEMENT_WATCH: name == "office",
                    Permission.ANNOUNCEMENT_CONFIRM: told and one.state is AnnouncementState.POSTED,
                }.items():
                    assert can(viewer, permission, one) is allowed, (*where, permission)


@on_one_database
def test_an_office_for_another_movement_sees_none_of_it(ward: Ward) -> None:
    from tests.support import voices
    from tests.support.ward import small_reading
    from webapp.models import Role

    synthesis = voices.make_synthesis(ward)
    voices.fix(ward, synthesis)
    announcement = voices.announce(ward)
    difficulty = voices.raise_one(ward, state=DifficultyState.RAISED)
    first = ward.movement_id
    ward.later(minutes=1)
    ward.plan(small_reading(abstract="Phong trào “Xây dựng nông thôn mới” giai đoạn 2026-2030"))
    for number, movement_id in enumerate((first, ward.movement_id), start=1):
        ward.person(f"office.{number}")
        ward.grant(f"office.{number}", Role.STANDING_OFFICE, movement_id=movement_id)
    with ward.db.reading() as session:
        for name, expected in (("office.1", 1), ("office.2", 0)):
            viewer = ward.viewer(name)
            for query in (
                select(Synthesis.id).where(readable_syntheses(viewer)),
                select(Announcement.id).where(readable_announcements(viewer)),
                select(Difficulty.id).where(readable_difficulties(viewer)),
            ):
                assert len(session.scalars(query).all()) == expected, name
            for kind, one in ((Synthesis, synthesis), (Announcement, announcement), (Difficulty, difficulty)):
                keys = subject_keys(subject_of(session.get_one(kind, one.id)))
                assert bool(viewer_keys(viewer) & keys) is bool(expected), name
