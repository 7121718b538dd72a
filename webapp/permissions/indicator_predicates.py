"""The questions the policy asks about sheets of the digital index. The `audience` of one are the units that verify."""

from __future__ import annotations

from webapp.permissions.predicates import (
    has_a_stake,
    inspects_its_unit,
    leads_its_cluster_that_year,
    oversees_its_movement,
)
from webapp.permissions.subject import Subject
from webapp.permissions.viewer import Viewer


def is_asked_to_verify(viewer: Viewer, subject: Subject) -> bool:
    """Clerk or head of a unit that the set names as verifier, of another unit's sheet once it was handed in."""
    return subject.submitted and not has_a_stake(viewer, subject) and bool(subject.audience & viewer.own_units)


def concludes_it(viewer: Viewer, subject: Subject) -> bool:
    """Standing office, or leadership for the office's own unit, once it was handed in; never of the own unit."""
    if not subject.submitted or subject.unit_id is None or has_a_stake(viewer, subject):
        return False
    decided = viewer.decided_movements
    return None in decided or (subject.movement_id is not None and subject.movement_id in decided)


def verifies_it(viewer: Viewer, subject: Subject) -> bool:
    """Those, while it waits for a word; a verifying unit for its own indicators, which the service looks after."""
    return subject.appraisable and (concludes_it(viewer, subject) or is_asked_to_verify(viewer, subject))


def follows_its_verification(viewer: Viewer, subject: Subject) -> bool:
    """Who reads what was handed in, of another unit; the own unit reads it when it was given to it."""
    if has_a_stake(viewer, subject):
        return False
    readers = (leads_its_cluster_that_year, oversees_its_movement, inspects_its_unit, is_asked_to_verify)
    return any(reads(viewer, subject) for reads in readers)
