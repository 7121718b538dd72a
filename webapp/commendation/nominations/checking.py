"""What the checks find about a nomination: told with their reason; a person decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.commendation.nominations.rules import likeness
from webapp.commendation.rounds.rules import room
from webapp.models import (
    LIVE_NOMINATIONS,
    Award,
    AwardDecision,
    AwardDecisionState,
    AwardGroup,
    AwardManner,
    AwardMark,
    AwardRound,
    Nomination,
    NominationFlag,
    NominationGround,
    NominationPaper,
    NominationState,
)
from webapp.models.award_decision import not_corrected
from webapp.permissions import Viewer
from webapp.permissions.award_scopes import readable_nominations

Seen = ColumnElement[bool]
# From here on two texts of achievements are told to be alike: half of the telling words.
ALIKE = 0.5
# The same achievement is looked for among the awards of so many newest that could be the same.
MOST_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """`key` names it for good; `needs_word`: nothing is received before somebody lets it pass; `accepted` by whom, why."""

    key: str
    words: str
    needs_word: bool = True
    accepted: NominationFlag | None = None


def list_findings(session: Session, one: Nomination, *, viewer: Viewer) -> list[Finding]:
    """Everything found now, with what was said of it; also what was let pass and is found no more. At most ten statements.

    Other nominations are told of, and counted, only as far as the viewer may read them.
    """
    round_ = session.get_one(AwardRound, one.round_id)
    flags = {
        row.key: row
        for row in session.scalars(
            select(NominationFlag).where(NominationFlag.nomination_id == one.id).order_by(NominationFlag.accepted_at)
        )
    }
    found = {finding.key: finding for finding in _all(session, one, round_, readable_nominations(viewer))}
    now = [Finding(key, one.words, one.needs_word, flags.get(key)) for key, one in found.items()]
    before = [Finding(key, row.words, row.key in found, row) for key, row in flags.items() if key not in found]
    return now + before


def _all(session: Session, one: Nomination, round_: AwardRound, seen: Seen) -> Iterator[Finding]:
    yield from _marks(session, one, round_)
    yield from _used_records(session, one, seen)
    yield from _earlier_awards(session, one, round_)
    yield from _proposed_elsewhere(session, one, seen)
    yield from _bounds(session, one, round_, seen)
    yield from _thematic_ground(session, one)


def _marks(session: Session, one: Nomination, round_: AwardRound) -> Iterator[Finding]:
    """Discipline, inspection, complaint or press matter that is open in the time of the round."""
    same = [AwardMark.folded == one.folded]
    if one.person_id:
        same.append(AwardMark.person_id == one.person_id)
    if one.unit_id and one.person_id is None:
        same.append(AwardMark.unit_id == one.unit_id)
    marks = session.scalars(
        select(AwardMark).where(
            or_(*same),
            AwardMark.lifted_at.is_(None),
            AwardMark.from_day <= round_.closes_on,
            or_(AwardMark.until_day.is_(None), AwardMark.until_day >= round_.opens_on),
        )
    )
    for mark in marks:
        until = f" đến {mark.until_day:%d/%m/%Y}" if mark.until_day else ""
        yield Finding(f"mark:{mark.id}", f"{mark.kind.label}, từ {mark.from_day:%d/%m/%Y}{until} ({mark.name}).")


def _used_records(session: Session, one: Nomination, seen: Seen) -> Iterator[Finding]:
    """The same initiative or paper behind another nomination that takes part, or behind an award."""
    records = session.scalars(
        select(NominationGround.record_id).where(
            NominationGround.nomination_id == one.id, NominationGround.record_kind == "initiative"
        )
    ).all()
    if records:
        rows = session.execute(
            select(Nomination, NominationGround.words)
            .join(NominationGround, NominationGround.nomination_id == Nomination.id)
            .where(
                NominationGround.record_id.in_(records),
                Nomination.id != one.id,
                Nomination.state.in_(LIVE_NOMINATIONS),
                seen,
                # Several authors of one initiative are put forward in one round, each for their share.
                or_(Nomination.folded == one.folded, Nomination.round_id != one.round_id),
            )
            .options(joinedload(Nomination.round))
        )
        for other, words in rows:
            yield Finding(
                f"initiative:{other.id}",
                f"Sáng kiến đã dùng cho đề nghị “{other.title.name}” {other.called}, {other.round.title}: {words}",
            )
    papers = session.scalars(
        select(NominationPaper.document_id).where(
            NominationPaper.nomination_id == one.id, NominationPaper.removed_at.is_(None)
        )
    ).all()
    if papers:
        others = session.scalars(
            select(Nomination)
            .join(NominationPaper, NominationPaper.nomination_id == Nomination.id)
            .where(
                NominationPaper.document_id.in_(papers),
                NominationPaper.removed_at.is_(None),
                Nomination.id != one.id,
                Nomination.round_id != one.round_id,
                Nomination.state.in_(LIVE_NOMINATIONS),
                seen,
            )
            .options(joinedload(Nomination.round))
            .distinct()
        )
        for other in others:
            yield Finding(
                f"paper:{other.id}",
                f"Cùng một văn bản đã kèm đề nghị “{other.title.name}” {other.called}, {other.round.title}.",
            )


def _earlier_awards(session: Session, one: Nomination, round_: AwardRound) -> Iterator[Finding]:
    """Honoured already: the same title for the same period, or for what reads alike; under other spellings too."""
    same = [Award.folded == one.folded]
    if one.person_id:
        same.append(Award.person_id == one.person_id)
    if one.unit_id:
        same.append(Award.unit_id == one.unit_id)
    awards: Sequence[Award] = session.scalars(
        select(Award)
        .join(AwardDecision, AwardDecision.id == Award.decision_id)
        .where(AwardDecision.state == AwardDecisionState.ISSUED, or_(*same), Award.revoked_on.is_(None))
        .where(not_corrected())
        .where(or_(Award.nomination_id.is_(None), Award.nomination_id != one.id))
        .options(joinedload(Award.decision).joinedload(AwardDecision.round))
        .order_by(AwardDecision.decided_on.desc(), Award.ordinal)
        .limit(MOST_LOOKED_AT)
    ).all()
    for award in awards:
        where = f"Quyết định số {award.decision.number} ngày {award.decision.decided_on:%d/%m/%Y}"
        is_same = award.folded == one.folded or (one.person_id is not None and award.person_id == one.person_id)
        before = award.decision.round
        overlap = before.period_from <= round_.period_to and before.period_to >= round_.period_from
        if is_same and award.title_id == one.title_id and award.manner is round_.manner and overlap:
            yield Finding(f"period:{award.id}", f"Đã được tặng “{award.title_name}” cho cùng thời gian: {where}.")
        elif likeness(award.achievement, one.achievement) >= ALIKE and (is_same or award.unit_id == one.unit_id):
            yield Finding(
                f"achievement:{award.id}",
                f"Thành tích giống thành tích đã khen {award.called}: {where}, “{award.achievement}”.",
            )


def _proposed_elsewhere(session: Session, one: Nomination, seen: Seen) -> Iterator[Finding]:
    same = [Nomination.folded == one.folded]
    if one.person_id:
        same.append(Nomination.person_id == one.person_id)
    others = session.scalars(
        select(Nomination)
        .where(
            or_(*same),
            Nomination.id != one.id,
            Nomination.subject == one.subject,
            Nomination.state.in_(LIVE_NOMINATIONS),
            seen,
            Nomination.state != NominationState.HONOURED,
        )
        .options(joinedload(Nomination.round))
        .order_by(Nomination.created_at)
    )
    for other in others:
        where = "cùng đợt này" if other.round_id == one.round_id else other.round.title
        yield Finding(
            f"twice:{other.id}", f"Cũng đang được đề nghị “{other.title.name}” trong {where} ({other.called})."
        )


def _bounds(session: Session, one: Nomination, round_: AwardRound, seen: Seen) -> Iterator[Finding]:
    """More nominated than may be honoured: told, so that the council chooses; not a thing against this one."""
    line = next((row for row in round_.lines if (row.title_id, row.subject) == (one.title_id, one.subject)), None)
    if line is None:
        return
    live = session.scalar(
        select(func.count()).where(
            Nomination.round_id == round_.id,
            Nomination.title_id == one.title_id,
            Nomination.subject == one.subject,
            Nomination.state.in_(LIVE_NOMINATIONS),
            seen,
        )
    )
    bound = room(line.quota, line.share, live or 0)
    if bound is not None and (live or 0) > bound:
        yield Finding(f"quota:{line.id}", f"Đã có {live} đề nghị cho {line.name}, chỉ tiêu {bound}.", needs_word=False)


def _thematic_ground(session: Session, one: Nomination) -> Iterator[Finding]:
    """Awards by topic or at once are no ground for a title by merit."""
    if one.title.award_group is not AwardGroup.TITLE:
        return
    rows = session.scalars(
        select(Award)
        .join(NominationGround, NominationGround.record_id == Award.id)
        .where(NominationGround.nomination_id == one.id, NominationGround.record_kind == "award")
        .where(Award.manner != AwardManner.MERIT)
    )
    for award in rows:
        yield Finding(
            f"thematic:{award.id}",
            f"“{award.title_name}” {award.manner.label.lower()} không được tính làm căn cứ cho danh hiệu theo công trạng.",
        )
