"""What the worker can do at length, by kind of task, and what it does by the calendar."""

from __future__ import annotations

from webapp.custody.checking import check_archive
from webapp.documents.unpacking import unpack_document
from webapp.duties.routine import keep_duties
from webapp.handover.asked import make_asked_export
from webapp.jobs.tasks import Runner
from webapp.jobs.worker import Routine
from webapp.models import TaskKind
from webapp.scoring.rounds.routine import keep_scores

RUNNERS: dict[TaskKind, Runner] = {
    TaskKind.EXPORT: make_asked_export,
    TaskKind.SCRUB: check_archive,
    TaskKind.UNPACK: unpack_document,
}

ROUTINES: tuple[Routine, ...] = (keep_duties, keep_scores)
