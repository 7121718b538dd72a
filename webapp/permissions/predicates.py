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


def clerk_or_head_while_it_runs(viewer: Viewer, subject: Subject) -> bool:
    """For what a unit does in a movement: not after its end."""
    return subject.movement_id not in viewer.ended and clerk_or_head_of_unit(viewer, subject)


def clerk_or_head_of_open(viewer: Viewer, subject: Subject) -> bool:
    return subject.open and clerk_or_head_while_it_runs(viewer, subject)


def clerk_or_head_of_submitted(viewer: Viewer, subject: Subject) -> bool:
    return subject.submitted and clerk_or_head_of_unit(viewer, subject)


def clerk_or_head_of_draft(viewer: Viewer, subject: Subject) -> bool:
    return not subject.submitted and not subject.published and clerk_or_head_of_unit(viewer, subject)


def asked_for_it(viewer: Viewer, subject: Subject) -> bool:
    return viewer.id is not None and subject.person_id == viewer.id


def head_of_open(viewer: Viewer, subject: Subject) -> bool:
    return subject.open and subject.movement_id not in viewer.ended and head_of_unit(viewer, subject)


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


def receives_without_a_stake(viewer: Viewer, subject: Subject) -> bool:
    """Standing office, for what a unit brings in on paper."""
    if subject.unit_id is None or has_a_stake(viewer, subject) or subject.movement_id in viewer.ended:
        return False
    run = viewer.run_movements
    return None in run or (subject.movement_id is not None and subject.movement_id in run)


def kept_from_scoring(viewer: Viewer, subject: Subject) -> bool:
    """Own unit, or one the person declared not to judge: no score of it, at any stage."""
    return has_a_stake(viewer, subject) or (subject.unit_id, subject.year) in viewer.conflicts


def _leads_its_round(viewer: Viewer, subject: Subject) -> bool:
    return subject.cluster_id is not None and any(
        grant.role in (Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY)
        and grant.cluster_id == subject.cluster_id
        and grant.year == subject.year
        for grant in viewer.grants
    )


def _of_council(viewer: Viewer, subject: Subject) -> bool:
    if subject.unit_id is not None and (subject.unit_id, subject.year) in viewer.judged:
        return True
    return any(
        grant.role is Role.COUNCIL
        and (
            (grant.cluster_id is None and grant.movement_id in (None, subject.movement_id))
            or (
                subject.unit_id is None
                and grant.cluster_id is not None
                and grant.cluster_id == subject.cluster_id
                and grant.year in (None, subject.year)
            )
        )
        for grant in viewer.grants
    )


def leads_its_round(viewer: Viewer, subject: Subject) -> bool:
    """Leader or deputy of the cluster in that year, for the round itself."""
    return subject.unit_id is None and _leads_its_round(viewer, subject)


def follows_its_round(viewer: Viewer, subject: Subject) -> bool:
    """Council, standing office, leadership, auditors, for the round itself."""
    if subject.unit_id is not None or not subject.overseen:
        return False
    return _of_council(viewer, subject) or oversees_what_is_told(viewer, subject)


def follows_its_scores(viewer: Viewer, subject: Subject) -> bool:
    """Whoever reads submitted scores and what was said of them: cluster's leadership, council, office, leadership and
    auditors, never of what they have a stake in. A unit that moved to another cluster is read by neither leader until
    its sheet has moved too.
    """
    if not subject.submitted or subject.unit_id is None or kept_from_scoring(viewer, subject):
        return False
    leads = _leads_its_round(viewer, subject) and (subject.unit_id, subject.year) in viewer.led
    return leads or _of_council(viewer, subject) or oversees_its_movement(viewer, subject)


def was_asked_to_appraise(viewer: Viewer, subject: Subject) -> bool:
    if not subject.submitted or not viewer.grants or kept_from_scoring(viewer, subject):
        return False
    return viewer.id is not None and subject.appraiser_id == viewer.id


def was_asked_for_a_second_opinion(viewer: Viewer, subject: Subject) -> bool:
    if not subject.submitted or not viewer.grants or kept_from_scoring(viewer, subject):
        return False
    return viewer.id is not None and subject.control_id == viewer.id


def scores_it_across(viewer: Viewer, subject: Subject) -> bool:
    """A member of the same cluster, in cross scoring."""
    if not subject.submitted or kept_from_scoring(viewer, subject):
        return False
    return (subject.unit_id, subject.year) in viewer.crossed


def inspects_its_scores(viewer: Viewer, subject: Subject) -> bool:
    return inspects_its_unit(viewer, subject) and not kept_from_scoring(viewer, subject)


def appraises_it(viewer: Viewer, subject: Subject) -> bool:
    """Whoever was asked to, else the leader or deputy of its cluster; never with a stake, nor who gives the second
    opinion."""
    if not subject.appraisable or subject.unit_id is None or kept_from_scoring(viewer, subject):
        return False
    if subject.appraiser_id is not None:
        return was_asked_to_appraise(viewer, subject)
    if subject.control_id is not None and subject.control_id == viewer.id:
        return False
    return _leads_its_round(viewer, subject) and (subject.unit_id, subject.year) in viewer.led


def arranges_its_scoring(viewer: Viewer, subject: Subject) -> bool:
    """Standing office, the ward's leadership (for the office's own unit) or the cluster's, for another unit's sheet."""
    return arranges_its_time(viewer, subject) or (
        subject.unit_id is not None and _leads_its_round(viewer, subject) and not kept_from_scoring(viewer, subject)
    )


def arranges_its_time(viewer: Viewer, subject: Subject) -> bool:
    """Standing office, or the ward's leadership (for the office's own unit), for another unit's sheet."""
    if subject.unit_id is None or subject.cluster_id is None or kept_from_scoring(viewer, subject):
        return False
    decided = viewer.decided_movements
    return None in decided or subject.movement_id in decided


def reads_its_appraisal(viewer: Viewer, subject: Subject) -> bool:
    """Who follows it or appraises it; not who gives the second opinion, before the unit has the first."""
    if subject.control_id is not None and subject.control_id == viewer.id and not subject.delivered:
        return False
    return follows_its_scores(viewer, subject) or was_asked_to_appraise(viewer, subject)


def scores_its_unit(viewer: Viewer, subject: Subject) -> bool:
    """Whoever was asked to score a unit, or scores it as another member: what it handed in as evidence that year."""
    if not subject.submitted or subject.unit_id is None or subject.year is None:
        return False
    return (subject.unit_id, subject.year) in viewer.scored


def moderates_it(viewer: Viewer, subject: Subject) -> bool:
    """Council, between closing and publishing, never with a stake."""
    if not subject.moderatable or kept_from_scoring(viewer, subject):
        return False
    return _of_council(viewer, subject)


def hears_its_appeal(viewer: Viewer, subject: Subject) -> bool:
    """Council, of what is published, never with a stake."""
    if not subject.published or subject.unit_id is None or kept_from_scoring(viewer, subject):
        return False
    return _of_council(viewer, subject)


def clerk_or_head_of_delivered(viewer: Viewer, subject: Subject) -> bool:
    return subject.delivered and clerk_or_head_of_unit(viewer, subject)


def head_of_delivered(viewer: Viewer, subject: Subject) -> bool:
    return subject.delivered and head_of_unit(viewer, subject)


def head_of_published(viewer: Viewer, subject: Subject) -> bool:
    return subject.published and head_of_unit(viewer, subject)


def heads_the_ward_or_runs_the_movement(viewer: Viewer, subject: Subject) -> bool:
    """Standing office or leadership, for what belongs to no unit."""
    if subject.unit_id is not None:
        return False
    decided = viewer.decided_movements
    return None in decided or (subject.movement_id is not None and subject.movement_id in decided)


def office_or_leadership_of_published(viewer: Viewer, subject: Subject) -> bool:
    return subject.published and viewer.has(Role.STANDING_OFFICE, Role.LEADERSHIP)


def clerk_or_head_of_another_unit(viewer: Viewer, subject: Subject) -> bool:
    return subject.published and bool(viewer.own_units - {subject.unit_id})


def takes_part(viewer: Viewer, subject: Subject) -> bool:
    return viewer.id is not None and viewer.id in subject.invited


def follows_its_meetings(viewer: Viewer, subject: Subject) -> bool:
    """Those who oversee the movement; of a cluster's its leadership and council members, of the council's its members."""
    overseen = viewer.overseen_movements
    if None in overseen or (subject.movement_id is not None and subject.movement_id in overseen):
        return True
    if subject.cluster_id is None:
        return any(
            grant.role is Role.COUNCIL and grant.movement_id in (None, subject.movement_id) for grant in viewer.grants
        )
    return any(
        grant.role in (Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY, Role.COUNCIL)
        and grant.cluster_id == subject.cluster_id
        and grant.year in (None, subject.year)
        for grant in viewer.grants
    )


def runs_the_meeting(viewer: Viewer, subject: Subject) -> bool:
    """The cluster's leader or deputy of that year; for the council the standing office or who takes the chair."""
    if subject.cluster_id is not None:
        return _leads_its_round(viewer, subject)
    run = viewer.run_movements
    runs = None in run or (subject.movement_id is not None and subject.movement_id in run)
    return runs or (viewer.id is not None and viewer.id == subject.chair_id)


def votes_without_a_stake(viewer: Viewer, subject: Subject) -> bool:
    """Whoever votes by the ballot's rule, those present as a rule, while it is open, unless it is about the own unit or one declared not to judge."""
    if viewer.id is None or not subject.open or viewer.id not in subject.present:
        return False
    return subject.unit_id is None or not kept_from_scoring(viewer, subject)


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
