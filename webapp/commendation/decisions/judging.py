"""The Chairman's page in one go: a word on each line of a proposal, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.commendation.decisions.queries import get_proposal, list_lines
from webapp.commendation.decisions.service import give_verdict
from webapp.commendation.nominations.rules import MOVES
from webapp.core.errors import Invalid
from webapp.models import Nomination, NominationState
from webapp.permissions import Permission, Viewer, can

MOVED = "Trường hợp này đã được quyết định khác trong lúc bạn xem; hãy đọc lại rồi chọn."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was chosen for one line: `approve` None where nothing was. `seen` is the state that the page showed."""

    approve: bool | None
    reason: str = ""
    seen: str = ""


def give_verdicts(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    proposal_id: str,
    verdicts: Mapping[str, Verdict],
    rest: bool = False,
) -> int:
    """A word on each line chosen; returns how many. With `rest` every other line that waits and that the council voted
    for is approved. What the actor may not read does not count. Raises Invalid by `reason-<nomination>`; then nothing is
    changed."""
    proposal = get_proposal(session, proposal_id, viewer=actor)
    chosen = _chosen(list_lines(session, proposal.id, viewer=actor), actor, verdicts, rest)
    if not chosen:
        raise Invalid("Chưa chọn trường hợp nào để quyết định.")
    faults = {}
    for one, verdict in chosen:
        if verdict.seen and verdict.seen != one.state.value:
            faults[f"reason-{one.id}"] = f"{one.called}: {MOVED}"
            continue
        try:
            give_verdict(
                session,
                actor=actor,
                now=now,
                nomination_id=one.id,
                approve=bool(verdict.approve),
                reason=verdict.reason,
            )
        except Invalid as fault:
            faults[f"reason-{one.id}"] = f"{one.called}: {fault.sentence}"
    if faults:
        raise Invalid(faults)
    return len(chosen)


def _chosen(
    lines: list[Nomination], actor: Viewer, verdicts: Mapping[str, Verdict], rest: bool
) -> list[tuple[Nomination, Verdict]]:
    found = []
    for one in lines:
        verdict = verdicts.get(one.id)
        if verdict is not None and verdict.approve is not None:
            if not _is_said(one, verdict):
                found.append((one, verdict))
        elif rest and one.voted_for and one.state is NominationState.PROPOSED and may_judge(actor, one):
            found.append((one, Verdict(True)))
    return found


def _is_said(one: Nomination, verdict: Verdict) -> bool:
    """The page sends every line; what stands as it is changes nothing."""
    stands = {True: NominationState.APPROVED, False: NominationState.STRUCK}[bool(verdict.approve)]
    return one.state is stands and one.verdict_reason == verdict.reason.strip()


def may_judge(actor: Viewer, one: Nomination) -> bool:
    """Whether the actor's word on this line counts, and may still be said or changed."""
    waits = any((one.state, move) in MOVES for move in ("approve", "strike"))
    return waits and can(actor, Permission.NOMINATION_DECIDE, one)
