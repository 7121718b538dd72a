"""The questions the policy asks of a viewer and a subject. Each is pure and answers no when a fact is missing."""

from __future__ import annotations

from webapp.models import Role
from webapp.permissions.subject import Subject
from webapp.permissions.viewer import Viewer


def signed_in(viewer: Viewer, subject: Subject) -> bool:
    return viewer.id is not None


def published_to_all(viewer: Viewer, subject: Subject) -> bool:
    return viewer.id is not None and subject.published


def clerk_or_head_of_unit(viewer: Viewer, subject: Subject) -> bool:
    return subject.unit_id is not None and subject.unit_id in viewer.own_units


def clerk_or_head_of_open(viewer: Viewer, subject: Subject) -> bool:
    return subject.open and clerk_or_head_of_unit(viewer, subject)


def clerk_or_head_of_submitted(viewer: Viewer, subject: Subject) -> bool:
    return subject.submitted and clerk_or_head_of_unit(viewer, subject)


def clerk_or_head_of_draft(viewer: Viewer, subject: Subject) -> bool:
    return not subject.submitted and not subject.published and clerk_or_head_of_unit(viewer, subject)


def asked_for_it(viewer: Viewer, subject: Subject) -> bool:
    return viewer.id is not None and subject.person_id == viewer.id


def head_of_open(viewer: Viewer, subject: Subject) -> bool:
    return subject.open and subject.unit_id is not None and subject.unit_id in viewer.units(Role.HEAD)


def head_of_unit(viewer: Viewer, subject: Subject) -> bool:
    return subject.unit_id is not None and subject.unit_id in viewer.units(Role.HEAD)


def leads_its_cluster_that_year(viewer: Viewer, subject: Subject) -> bool:
    if not subject.submitted or subject.unit_id is None or subject.year is None:
        return False
    return (subject.unit_id, subject.year) in viewer.led


def oversees_its_movement(viewer: Viewer, subject: Subject) -> bool:
    if not subject.submitted or subject.unit_id is None:
        return False
    overseen = viewer.overseen_movements
    return None in overseen or (subject.movement_id is not None and subject.movement_id in overseen)


def inspects_its_unit(viewer: Viewer, subject: Subject) -> bool:
    return subject.submitted and subject.unit_id is not None and subject.unit_id in viewer.inspected


def runs_the_movement(viewer: Viewer, subject: Subject) -> bool:
    """Standing office, for papers and data of the movement itself."""
    run = viewer.run_movements
    if subject.unit_id is not None:
        return False
    return None in run or (subject.movement_id is not None and subject.movement_id in run)


def runs_the_movement_of_submitted(viewer: Viewer, subject: Subject) -> bool:
    """Standing office, for what a unit other than its own handed in."""
    if not subject.submitted or subject.unit_id is None:
        return False
    if subject.unit_id == viewer.unit_id or subject.unit_id in viewer.own_units:
        return False
    run = viewer.run_movements
    return None in run or (subject.movement_id is not None and subject.movement_id in run)


def runs_the_movement_of_any_submitted(viewer: Viewer, subject: Subject) -> bool:
    """Standing office, for what any unit handed in, its own among them."""
    run = viewer.run_movements
    if not subject.submitted or subject.unit_id is None:
        return False
    return None in run or (subject.movement_id is not None and subject.movement_id in run)


def heads_the_ward_of_submitted(viewer: Viewer, subject: Subject) -> bool:
    """Leadership, for what a unit handed in."""
    if not subject.submitted or subject.unit_id is None:
        return False
    led = {grant.movement_id for grant in viewer.grants if grant.role is Role.LEADERSHIP}
    return None in led or (subject.movement_id is not None and subject.movement_id in led)


def oversees_what_is_told(viewer: Viewer, subject: Subject) -> bool:
    """For what the office made of the whole movement, once it is out of its hands."""
    if not subject.overseen or subject.unit_id is not None:
        return False
    overseen = viewer.overseen_movements
    return None in overseen or (subject.movement_id is not None and subject.movement_id in overseen)


def in_its_audience(viewer: Viewer, subject: Subject) -> bool:
    return bool(subject.audience & viewer.own_units)


def asked_to_confirm(viewer: Viewer, subject: Subject) -> bool:
    """Clerks and heads of the units that it was posted for, while it stands."""
    return subject.open and in_its_audience(viewer, subject)


def has_a_stake(viewer: Viewer, subject: Subject) -> bool:
    """Own unit or own work: whoever has a stake in a thing does not judge it."""
    return subject.unit_id == viewer.unit_id or subject.unit_id in viewer.own_units or viewer.id in subject.authors


def judges_without_a_stake(viewer: Viewer, subject: Subject) -> bool:
    """Standing office and council, for what a unit handed in."""
    if not subject.submitted or subject.unit_id is None or has_a_stake(viewer, subject):
        return False
    judged = viewer.judged_movements
    wide = None in judged or (subject.movement_id is not None and subject.movement_id in judged)
    return wide or (subject.unit_id, subject.year) in viewer.judged


def decides_without_a_stake(viewer: Viewer, subject: Subject) -> bool:
    """Standing office and leadership, for what a unit handed in."""
    if not subject.submitted or subject.unit_id is None or has_a_stake(viewer, subject):
        return False
    decided = viewer.decided_movements
    return None in decided or (subject.movement_id is not None and subject.movement_id in decided)


def office_or_leadership_of_published(viewer: Viewer, subject: Subject) -> bool:
    return subject.published and viewer.has(Role.STANDING_OFFICE, Role.LEADERSHIP)


def clerk_or_head_of_another_unit(viewer: Viewer, subject: Subject) -> bool:
    return subject.published and bool(viewer.own_units - {subject.unit_id})


def is_standing_office(viewer: Viewer, subject: Subject) -> bool:
    return viewer.has(Role.STANDING_OFFICE)


def is_overseer(viewer: Viewer, subject: Subject) -> bool:
    return viewer.has(Role.STANDING_OFFICE, Role.LEADERSHIP, Role.AUDITOR, Role.COUNCIL)


def is_auditor(viewer: Viewer, subject: Subject) -> bool:
    return viewer.has(Role.AUDITOR)


def is_administrator(viewer: Viewer, subject: Subject) -> bool:
    return viewer.has(Role.ADMINISTRATOR)


def is_clerk_or_head(viewer: Viewer, subject: Subject) -> bool:
    return bool(viewer.own_units)


def is_the_system(viewer: Viewer, subject: Subject) -> bool:
    return viewer.is_system
