"""The policy for reading, said twice more: as an SQL condition for lists and as keys for the search index.

A document carries keys that follow from its own facts alone (`document_keys`); a viewer's keys follow from the grants
(`viewer_keys`). So a changed grant or cluster needs no new index, and a viewer sees a document exactly when the two
sets meet.
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, true
from sqlalchemy.orm import aliased

from webapp.models import (
    RECOGNISED_STATES,
    Announcement,
    AnnouncementState,
    AnnouncementUnit,
    AuditEvent,
    Checklist,
    ChecklistState,
    Difficulty,
    DifficultyState,
    Document,
    DocumentState,
    Duty,
    Initiative,
    InitiativeState,
    Meeting,
    MeetingMember,
    PaperState,
    Role,
    RoundState,
    Rubric,
    RubricState,
    ScoreRound,
    ScoreSheet,
    SheetState,
    Synthesis,
    Task,
    UnitPaper,
)
from webapp.permissions.award_scopes import JUDGING, papers_kept_back
from webapp.permissions.inspection_scopes import TEAMWORK, files_of_teams, surprises
from webapp.permissions.subject import DELIVERED_STATES, SUBMITTED_STATES, Subject
from webapp.permissions.viewer import Viewer

# What a unit makes for a year, with an audience that follows from unit, year and movement.
OfUnit = type[Document] | type[Checklist] | type[UnitPaper] | type[Duty] | type[Initiative] | type[Difficulty]

EVERYONE = "everyone"

# Kinds of objects an administrator follows in the log; none of them is content.
SYSTEM_OBJECT_KINDS = ("person", "unit", "cluster", "grant", "session", "system")


def subject_keys(subject: Subject) -> frozenset[str]:
    """Search keys of anything with an audience; what is withdrawn has none."""
    if subject.withdrawn:
        return frozenset()
    if subject.published:
        return frozenset({EVERYONE})
    if subject.unit_id is None:
        of_movement = {"office:*", f"office:{subject.movement_id}", *(f"unit:{unit}" for unit in subject.audience)}
        if subject.overseen:
            of_movement |= {"submitted-to:*", f"submitted-to:{subject.movement_id}"}
        return frozenset(of_movement)
    keys = {f"unit:{subject.unit_id}"}
    if subject.submitted:
        keys |= {
            f"submitted:{subject.unit_id}:{subject.year}",
            f"submitted:{subject.unit_id}:*",
            f"submitted-to:{subject.movement_id}",
            "submitted-to:*",
        }
    return frozenset(keys)


def viewer_keys(viewer: Viewer) -> frozenset[str]:
    """Search keys of a person; empty for nobody."""
    if viewer.id is None:
        return frozenset()
    keys = {EVERYONE}
    keys |= {f"unit:{unit_id}" for unit_id in viewer.own_units}
    keys |= {f"submitted:{unit_id}:{year}" for unit_id, year in viewer.led}
    keys |= {f"submitted:{unit_id}:*" for unit_id in viewer.inspected}
    keys |= {f"submitted-to:{movement_id or '*'}" for movement_id in viewer.overseen_movements}
    keys |= {f"office:{movement_id or '*'}" for movement_id in viewer.run_movements}
    return frozenset(keys)


def readable_documents(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Document for DOCUMENT_READ."""
    if viewer.id is None:
        return false()
    conditions = [
        Document.state == DocumentState.PUBLISHED,
        *_of_units(viewer, Document),
        *_submitted(viewer, Document, Document.state.in_(SUBMITTED_STATES)),
        *_scored(viewer, Document, Document.state.in_(SUBMITTED_STATES)),
    ]
    run = viewer.run_movements
    if run:
        of_movement = true() if None in run else Document.movement_id.in_(run - {None})
        # What the office itself put into a dossier is not there for those of the office who have a stake in it.
        kept = or_(papers_kept_back(viewer), files_of_teams())
        conditions.append(and_(Document.unit_id.is_(None), of_movement, not_(kept)))
    return and_(Document.withdrawn_at.is_(None), or_(*conditions))


def restorable_documents(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Document for DOCUMENT_RESTORE: withdrawn papers of the viewer's units, or of the movements run."""
    conditions: list[ColumnElement[bool]] = _of_units(viewer, Document)
    run = viewer.run_movements
    if run:
        of_movement = true() if None in run else Document.movement_id.in_(run - {None})
        conditions.append(and_(Document.unit_id.is_(None), of_movement))
    return and_(Document.withdrawn_at.is_not(None), or_(false(), *conditions))


def readable_tasks(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Task for TASK_READ."""
    if viewer.id is None:
        return false()
    if viewer.has(Role.ADMINISTRATOR):
        return true()
    return Task.requested_by == viewer.id


def readable_checklists(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Checklist for CHECKLIST_READ."""
    if viewer.id is None:
        return false()
    return or_(
        false(),
        *_of_units(viewer, Checklist),
        *_submitted(viewer, Checklist, Checklist.state != ChecklistState.DRAFT),
        *_scored(viewer, Checklist, Checklist.state != ChecklistState.DRAFT),
    )


def readable_papers(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on UnitPaper for PAPER_READ."""
    if viewer.id is None:
        return false()
    return or_(
        false(),
        *_of_units(viewer, UnitPaper),
        *_submitted(viewer, UnitPaper, UnitPaper.state != PaperState.DRAFT),
    )


def readable_duties(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Duty for DUTY_READ."""
    if viewer.id is None:
        return false()
    return or_(false(), *_of_units(viewer, Duty), *_submitted(viewer, Duty, true()))


def readable_initiatives(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Initiative for INITIATIVE_READ."""
    if viewer.id is None:
        return false()
    return or_(
        Initiative.state.in_(RECOGNISED_STATES),
        *_of_units(viewer, Initiative),
        *_submitted(viewer, Initiative, Initiative.state != InitiativeState.DRAFT),
    )


def readable_difficulties(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Difficulty for DIFFICULTY_READ."""
    if viewer.id is None:
        return false()
    return or_(
        false(),
        *_of_units(viewer, Difficulty),
        *_submitted(viewer, Difficulty, Difficulty.state != DifficultyState.DRAFT),
    )


def readable_syntheses(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Synthesis for SYNTHESIS_READ."""
    if viewer.id is None:
        return false()
    return or_(
        false(),
        *_of_movement(viewer.run_movements, Synthesis),
        *(and_(Synthesis.version_no > 0, one) for one in _of_movement(viewer.overseen_movements, Synthesis)),
    )


def readable_announcements(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Announcement for ANNOUNCEMENT_READ."""
    if viewer.id is None:
        return false()
    told: list[ColumnElement[bool]] = [
        Announcement.everyone.is_(True),
        *_of_movement(viewer.overseen_movements, Announcement),
    ]
    if viewer.own_units:
        told.append(
            exists().where(
                AnnouncementUnit.announcement_id == Announcement.id, AnnouncementUnit.unit_id.in_(viewer.own_units)
            )
        )
    return or_(
        and_(Announcement.state != AnnouncementState.DRAFT, or_(*told)),
        *_of_movement(viewer.run_movements, Announcement),
    )


def _of_movement(
    movements: frozenset[str | None],
    table: type[Synthesis] | type[Announcement] | type[ScoreRound] | type[ScoreSheet] | type[Meeting],
) -> list[ColumnElement[bool]]:
    """For what belongs to movements; None among them stands for all."""
    if None in movements:
        return [true()]
    return [table.movement_id.in_(movements)] if movements else []


def readable_meetings(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Meeting for MEETING_READ."""
    if viewer.id is None:
        return false()
    conditions = [
        exists().where(
            MeetingMember.meeting_id == Meeting.id,
            or_(MeetingMember.person_id == viewer.id, MeetingMember.stand_in_id == viewer.id),
        ),
        Meeting.chair_id == viewer.id,
        Meeting.secretary_id == viewer.id,
        *_of_movement(viewer.overseen_movements, Meeting),
    ]
    for grant in viewer.grants:
        if grant.role in (Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY, Role.COUNCIL) and grant.cluster_id is not None:
            in_year = true() if grant.year is None else Meeting.year == grant.year
            conditions.append(and_(Meeting.cluster_id == grant.cluster_id, in_year))
        if grant.role is Role.COUNCIL:
            in_movement = true() if grant.movement_id is None else Meeting.movement_id == grant.movement_id
            conditions.append(and_(Meeting.cluster_id.is_(None), in_movement))
    return or_(*conditions)


def readable_rubrics(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Rubric for RUBRIC_READ."""
    if viewer.id is None:
        return false()
    run = viewer.run_movements
    drafts = true() if None in run else Rubric.movement_id.in_(run - {None})
    return or_(Rubric.state != RubricState.DRAFT, drafts)


def readable_rounds(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on ScoreRound for ROUND_READ."""
    if viewer.id is None:
        return false()
    conditions: list[ColumnElement[bool]] = [
        ScoreRound.state.in_((RoundState.PUBLISHED, RoundState.FINAL)),
        *_of_movement(viewer.overseen_movements, ScoreRound),
    ]
    for grant in viewer.grants:
        if grant.role in (Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY, Role.COUNCIL) and grant.cluster_id is not None:
            in_year = true() if grant.year is None else ScoreRound.year == grant.year
            conditions.append(and_(ScoreRound.cluster_id == grant.cluster_id, in_year))
    if viewer.own_units:
        member = aliased(ScoreSheet)
        conditions.append(exists().where(member.round_id == ScoreRound.id, member.unit_id.in_(viewer.own_units)))
    return or_(*conditions)


def kept_from_scoring(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on ScoreSheet: the viewer has a stake in it."""
    own = viewer.own_units | ({viewer.unit_id} if viewer.unit_id else set())
    return or_(ScoreSheet.unit_id.in_(own), *_pairs(viewer.conflicts))


def readable_sheets(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on ScoreSheet for SHEET_READ."""
    if viewer.id is None:
        return false()
    more: list[ColumnElement[bool]] = [*_followed_scores(viewer), *_pairs(viewer.crossed)]
    if viewer.grants:
        more += [ScoreSheet.appraiser_id == viewer.id, ScoreSheet.control_id == viewer.id]
    if viewer.inspected:
        more.append(ScoreSheet.unit_id.in_(viewer.inspected))
    return _of_sheets(viewer, _of_own_sheets(viewer), more)


def readable_appraisals(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on ScoreSheet for SHEET_READ_APPRAISAL."""
    if viewer.id is None:
        return false()
    seen = [*_followed_scores(viewer)]
    if viewer.grants:
        seen.append(ScoreSheet.appraiser_id == viewer.id)
    second = and_(ScoreSheet.control_id == viewer.id, ScoreSheet.state.not_in(DELIVERED_STATES))
    more: list[ColumnElement[bool]] = [
        and_(or_(ScoreSheet.control_id.is_(None), not_(second)), or_(false(), *seen)),
    ]
    own = [and_(one, ScoreSheet.state.in_(DELIVERED_STATES)) for one in _of_own_sheets(viewer)]
    return _of_sheets(viewer, own, more)


def _of_sheets(viewer: Viewer, own: list[ColumnElement[bool]], more: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    submitted = ScoreSheet.state.not_in((SheetState.DRAFT, SheetState.EXCUSED))
    return or_(
        ScoreSheet.state.in_((SheetState.PUBLISHED, SheetState.FINAL)),
        *own,
        and_(submitted, not_(kept_from_scoring(viewer)), or_(false(), *more)),
    )


def _of_own_sheets(viewer: Viewer) -> list[ColumnElement[bool]]:
    return [ScoreSheet.unit_id.in_(viewer.own_units)] if viewer.own_units else []


def _followed_scores(viewer: Viewer) -> list[ColumnElement[bool]]:
    """Of the cluster's leadership, the council, the overseers."""
    found: list[ColumnElement[bool]] = _of_movement(viewer.overseen_movements, ScoreSheet)
    for grant in viewer.grants:
        if grant.role in (Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY) and grant.cluster_id is not None:
            led = {unit for unit, year in viewer.led if year == grant.year}
            found.append(
                and_(
                    ScoreSheet.cluster_id == grant.cluster_id,
                    ScoreSheet.year == grant.year,
                    ScoreSheet.unit_id.in_(led),
                )
            )
        elif grant.role is Role.COUNCIL and grant.cluster_id is None:
            found.append(true() if grant.movement_id is None else ScoreSheet.movement_id == grant.movement_id)
    return [*found, *_pairs(viewer.judged)]


def _scored(
    viewer: Viewer, table: type[Document] | type[Checklist], is_submitted: ColumnElement[bool]
) -> list[ColumnElement[bool]]:
    """Evidence of units that the viewer was asked to score. Not in the search keys: it is reached from the sheet."""
    by_year: dict[int, set[str]] = defaultdict(set)
    for unit_id, year in viewer.scored:
        by_year[year].add(unit_id)
    return [and_(is_submitted, table.year == year, table.unit_id.in_(units)) for year, units in sorted(by_year.items())]


def _pairs(pairs: frozenset[tuple[str, int]]) -> list[ColumnElement[bool]]:
    """Conditions on ScoreSheet for (unit id, year) pairs."""
    by_year: dict[int, set[str]] = defaultdict(set)
    for unit_id, year in pairs:
        by_year[year].add(unit_id)
    return [and_(ScoreSheet.year == year, ScoreSheet.unit_id.in_(units)) for year, units in sorted(by_year.items())]


def readable_events(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on AuditEvent: auditors all, a unit what concerns its records but how it is judged for honours
    and what inspectors do among themselves, administrators the system's own."""
    from webapp.permissions.catalogue import Permission
    from webapp.permissions.decide import can

    if can(viewer, Permission.LEDGER_READ):
        return not_(surprises(viewer))
    conditions: list[ColumnElement[bool]] = []
    if viewer.own_units:
        of_own = AuditEvent.object_unit_id.in_(viewer.own_units)
        conditions.append(and_(of_own, AuditEvent.action.not_in((*JUDGING, *TEAMWORK))))
    if can(viewer, Permission.LEDGER_READ_SYSTEM):
        conditions.append(AuditEvent.object_kind.in_(SYSTEM_OBJECT_KINDS))
    return or_(false(), *conditions)


def _of_units(viewer: Viewer, table: OfUnit) -> list[ColumnElement[bool]]:
    return [table.unit_id.in_(viewer.own_units)] if viewer.own_units else []


def _submitted(viewer: Viewer, table: OfUnit, is_submitted: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """For everyone who reads what units handed in."""
    wider: list[ColumnElement[bool]] = []
    by_year: dict[int, set[str]] = defaultdict(set)
    for unit_id, year in viewer.led:
        by_year[year].add(unit_id)
    wider += [and_(table.year == year, table.unit_id.in_(units)) for year, units in sorted(by_year.items())]
    if viewer.inspected:
        wider.append(table.unit_id.in_(viewer.inspected))
    overseen = viewer.overseen_movements
    if None in overseen:
        wider.append(table.unit_id.is_not(None))
    elif overseen:
        wider.append(and_(table.unit_id.is_not(None), table.movement_id.in_(overseen)))
    return [and_(is_submitted, or_(*wider))] if wider else []
