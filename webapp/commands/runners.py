"""What the worker can do at length, by kind of task, and what it does by the calendar."""

from __future__ import annotations

from webapp.core.resources import Resources
from webapp.custody.checking import check_archive
from webapp.documents.unpacking import unpack_document
from webapp.duties.routine import keep_duties
from webapp.handover.asked import make_asked_export
from webapp.jobs.tasks import Runner
from webapp.jobs.worker import Routine
from webapp.models import TaskKind
from webapp.notices.service import QUIET, settle_letters
from webapp.scoring.rounds.routine import keep_scores

RUNNERS: dict[TaskKind, Runner] = {
    TaskKind.EXPORT: make_asked_export,
    TaskKind.SCRUB: check_archive,
    TaskKind.UNPACK: unpack_document,
}

ROUTINES: tuple[Routine, ...] = (keep_duties, keep_scores)


def begin_quietly(resources: Resources) -> None:
    """After records came in all at once: what the calendar would say of them now counts as said, what waited to be sent as
    sent. From tomorrow on people are reminded as ever."""
    now = resources.clock.now()
    with resources.db.unit_of_work() as session:
        settle_letters(session, now=now)
    resources.db.marks[QUIET] = True
    try:
        for routine in ROUTINES:
            routine(resources, now)
    finally:
        del resources.db.marks[QUIET]
