"""Who reads which side of a sheet at this stage, and whether the names of those who appraised are told."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.models import ScoreSheet, SheetState
from webapp.permissions import Permission, Viewer, can, subject_of
from webapp.permissions.predicates import follows_its_scores, reads_its_appraisal, was_asked_to_appraise


@dataclass(frozen=True, slots=True)
class Sight:
    """Which sides of a sheet the viewer reads now. `names`: who appraised."""

    judge: bool
    appraisal: bool
    second: bool
    moderated: bool
    names: bool

    @property
    def sides(self) -> tuple[str, ...]:
        shown = ["self", "explanation"]
        shown += [side for side in ("appraisal", "second", "moderated") if getattr(self, side)]
        return tuple(shown)


def sight_of(viewer: Viewer, sheet: ScoreSheet) -> Sight:
    """Until it is published the unit reads what it was given, and judges read everything of units they have no stake in."""
    subject = subject_of(sheet)
    judge = follows_its_scores(viewer, subject) or was_asked_to_appraise(viewer, subject)
    told = reads_its_appraisal(viewer, subject) or subject.published
    appraisal = told or can(viewer, Permission.SHEET_READ_APPRAISAL, sheet)
    answered = appraisal and sheet.state in (SheetState.SETTLED, SheetState.CLOSED)
    return Sight(judge=judge, appraisal=appraisal, second=told or answered, moderated=told, names=told)
