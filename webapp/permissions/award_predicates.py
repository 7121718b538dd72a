"""The questions the policy asks about nominations. A nomination may be about an outsider, who belongs to no unit."""

from __future__ import annotations

from webapp.models import Role
from webapp.permissions.predicates import clerk_or_head_of_open, head_of_open
from webapp.permissions.subject import Subject
from webapp.permissions.viewer import Viewer


def has_a_stake(viewer: Viewer, subject: Subject) -> bool:
    """It honours the own unit, the person, or somebody the person declared to be related to."""
    own = viewer.own_units | ({viewer.unit_id} if viewer.unit_id else set())
    return subject.unit_id in own or viewer.id in subject.authors


def puts_it_forward(viewer: Viewer, subject: Subject) -> bool:
    """The cluster's leader or deputy of that year for what the cluster nominates, the office for its own; nobody who is
    related to whom it honours."""
    if subject.kind != "nomination" or viewer.id in subject.authors:
        return False
    if subject.cluster_id is not None:
        return any(
            grant.role in (Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY)
            and grant.cluster_id == subject.cluster_id
            and grant.year == subject.year
            for grant in viewer.grants
        )
    run = viewer.run_movements
    return subject.by_office and (None in run or subject.movement_id in run)


def puts_it_forward_while_open(viewer: Viewer, subject: Subject) -> bool:
    return subject.open and subject.movement_id not in viewer.ended and puts_it_forward(viewer, subject)


def writes_it(viewer: Viewer, subject: Subject) -> bool:
    """The unit that it is about, or who put it forward, while it is open."""
    return clerk_or_head_of_open(viewer, subject) or puts_it_forward_while_open(viewer, subject)


def _of_the_unit(subject: Subject) -> bool:
    """Put forward by the unit itself, not by its cluster or the office."""
    return subject.cluster_id is None and not subject.by_office


def hands_it_in(viewer: Viewer, subject: Subject) -> bool:
    """The unit's head for what the unit puts forward, else who put it forward; while it is open."""
    own = _of_the_unit(subject) and head_of_open(viewer, subject)
    return own or puts_it_forward_while_open(viewer, subject)


def takes_it_back(viewer: Viewer, subject: Subject) -> bool:
    """The unit for what it puts forward, else who put it forward; while it is open."""
    own = _of_the_unit(subject) and clerk_or_head_of_open(viewer, subject)
    return own or puts_it_forward_while_open(viewer, subject)


def follows_it(viewer: Viewer, subject: Subject) -> bool:
    """Council, office, leadership, auditors, once it was handed in; never with a stake."""
    if not subject.submitted or has_a_stake(viewer, subject):
        return False
    overseen = viewer.overseen_movements
    wide = None in overseen or (subject.movement_id is not None and subject.movement_id in overseen)
    return wide or (subject.unit_id, subject.year) in viewer.judged


def appraises_it(viewer: Viewer, subject: Subject) -> bool:
    """Office, or leadership for the office's own unit, once it was handed in; never with a stake."""
    if not subject.submitted or has_a_stake(viewer, subject):
        return False
    decided = viewer.decided_movements
    return None in decided or (subject.movement_id is not None and subject.movement_id in decided)


def decides_it(viewer: Viewer, subject: Subject) -> bool:
    """Leadership, once it was handed in; never with a stake."""
    if not subject.submitted or has_a_stake(viewer, subject):
        return False
    led = {grant.movement_id for grant in viewer.grants if grant.role is Role.LEADERSHIP}
    return None in led or (subject.movement_id is not None and subject.movement_id in led)
