"""The questions the policy asks about inspections. What a team may do in a unit ends with its last day."""

from __future__ import annotations

from webapp.permissions.predicates import clerk_or_head_of_unit, head_of_unit
from webapp.permissions.subject import Subject
from webapp.permissions.viewer import Viewer


def is_of_the_unit(viewer: Viewer, subject: Subject) -> bool:
    return subject.unit_id is not None and subject.unit_id in viewer.own_units | {viewer.unit_id}


def is_surprised(viewer: Viewer, subject: Subject) -> bool:
    """Somebody of a unit at whose door a surprise team has not stood yet."""
    return bool(subject.audience & (viewer.own_units | {viewer.unit_id}))


def manages_inspections(viewer: Viewer, subject: Subject) -> bool:
    """Standing office, but for what shall surprise its own unit."""
    run = viewer.run_movements
    runs = None in run or (subject.movement_id is not None and subject.movement_id in run)
    return runs and not is_surprised(viewer, subject)


def is_in_the_team(viewer: Viewer, subject: Subject) -> bool:
    """For the team itself, from its decision on."""
    return subject.overseen and viewer.id is not None and viewer.id in subject.authors


def inspects_it(viewer: Viewer, subject: Subject) -> bool:
    """A member of the team, on its days, in a unit that it visits and that is not the own."""
    mine = (subject.team_id, subject.unit_id) in viewer.inspecting
    return mine and is_in_the_team(viewer, subject) and not is_of_the_unit(viewer, subject)


def inspects_it_on_the_spot(viewer: Viewer, subject: Subject) -> bool:
    return subject.open and inspects_it(viewer, subject)


def leads_its_team(viewer: Viewer, subject: Subject) -> bool:
    """Head, deputy or secretary of the team, on its days."""
    return inspects_it(viewer, subject) and viewer.id in subject.present


def oversees_it(viewer: Viewer, subject: Subject) -> bool:
    """Office, leadership, auditors and the council, of any unit but their own; a surprise before it began as others."""
    if not subject.overseen or is_of_the_unit(viewer, subject) or is_surprised(viewer, subject):
        return False
    overseen = viewer.overseen_movements
    return None in overseen or (subject.movement_id is not None and subject.movement_id in overseen)


def follows_it_up(viewer: Viewer, subject: Subject) -> bool:
    """Office or leadership, of any unit but their own."""
    if not subject.overseen or is_of_the_unit(viewer, subject):
        return False
    decided = viewer.decided_movements
    return None in decided or (subject.movement_id is not None and subject.movement_id in decided)


def concludes_it(viewer: Viewer, subject: Subject) -> bool:
    """The team's leading members, office or leadership."""
    return leads_its_team(viewer, subject) or follows_it_up(viewer, subject)


def closes_remedies(viewer: Viewer, subject: Subject) -> bool:
    """The team on its days, office or leadership."""
    return inspects_it(viewer, subject) or follows_it_up(viewer, subject)


def is_inspected(viewer: Viewer, subject: Subject) -> bool:
    """The unit, once it was told of the visit."""
    return subject.told and clerk_or_head_of_unit(viewer, subject)


def is_inspected_and_told_what_was_found(viewer: Viewer, subject: Subject) -> bool:
    return subject.delivered and clerk_or_head_of_unit(viewer, subject)


def answers_it(viewer: Viewer, subject: Subject) -> bool:
    """The unit, once it was told, while the movement runs."""
    return subject.movement_id not in viewer.ended and is_inspected(viewer, subject)


def heads_the_inspected_unit(viewer: Viewer, subject: Subject) -> bool:
    return subject.told and head_of_unit(viewer, subject)
