"""Making a round, putting it in force, closing it; days on which offices do not work."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.audit import Thing, log_event
from webapp.commendation.catalogue.queries import list_values
from webapp.commendation.catalogue.rules import find_value
from webapp.commendation.rounds import rules
from webapp.commendation.rounds.rules import RoundDraft
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.models import (
    AwardRound,
    AwardRoundLine,
    AwardRoundState,
    AwardTitle,
    AwardValueName,
    Holiday,
    Movement,
    Nomination,
    NominationState,
)
from webapp.permissions import Permission, Subject, Viewer, ensure

PLAIN = tuple(one.name for one in fields(RoundDraft) if one.name not in ("lines", "proposers"))
LONGEST_TITLE = 300
# A nomination in one of these is still being dealt with.
UNDECIDED = (
    NominationState.SUBMITTED,
    NominationState.RETURNED,
    NominationState.RECEIVED,
    NominationState.PROPOSED,
    NominationState.APPROVED,
)


def open_round(session: Session, *, actor: Viewer, now: datetime, movement_id: str, draft: RoundDraft) -> AwardRound:
    """A new round of a movement, as the office's draft. Raises Refused, Invalid by field."""
    # What is not yet there is hidden from nobody: who may not make it is told why.
    ensure(actor, Permission.AWARD_ROUND_MANAGE, to_be(movement_id, draft.year))
    movement = session.get(Movement, movement_id)
    if movement is None:
        raise NotFound(kind="movement", key=movement_id)
    _check(session, movement, draft)
    round_ = AwardRound(movement_id=movement_id, state=AwardRoundState.DRAFT, created_by=actor.id, created_at=now)
    _fill(round_, draft)
    session.add(round_)
    session.flush()
    log_event(session, actor, now, "award-round.open", round_, {"kind": round_.kind.label})
    return round_


def write_round(
    session: Session, *, actor: Viewer, now: datetime, round_id: str, revision: int, draft: RoundDraft
) -> AwardRound:
    """Change a draft. Raises Conflict when it changed meanwhile."""
    round_ = load_round(session, round_id)
    ensure(actor, Permission.AWARD_ROUND_MANAGE, round_)
    ensure_fresh(
        round_, revision, Conflict("Đợt xét đã được người khác sửa trong lúc bạn đang soạn; hãy mở lại trang.")
    )
    _check(session, session.get_one(Movement, round_.movement_id), draft)
    if round_.state is not AwardRoundState.DRAFT:
        raise Invalid(f"Đợt xét ở trạng thái “{round_.state.label}” nên quy định không sửa được nữa.")
    _fill(round_, draft)
    session.flush()
    log_event(session, actor, now, "award-round.write", round_)
    return round_


def extend_round(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    round_id: str,
    revision: int,
    closes_on: date | None,
    guidance: str,
) -> AwardRound:
    """More time and other guidance for a round in force: what takes nothing from anybody. Raises Conflict, Invalid."""
    round_ = load_round(session, round_id)
    ensure(actor, Permission.AWARD_ROUND_MANAGE, round_)
    ensure_fresh(
        round_, revision, Conflict("Đợt xét đã được người khác sửa trong lúc bạn đang soạn; hãy mở lại trang.")
    )
    if round_.state is not AwardRoundState.IN_FORCE:
        raise Invalid(f"Đợt xét ở trạng thái “{round_.state.label}” nên không gia hạn được.")
    if closes_on is None or closes_on < round_.closes_on:
        raise Invalid({"closes_on": "Đợt xét đang áp dụng: chỉ gia hạn được, không rút ngắn."})
    round_.closes_on, round_.guidance = closes_on, guidance.strip()
    session.flush()
    log_event(session, actor, now, "award-round.extend", round_, {"closes_on": closes_on.isoformat()})
    return round_


def apply_round(session: Session, *, actor: Viewer, now: datetime, round_id: str) -> AwardRound:
    """From now on everybody reads it and those named may nominate; its rules stay."""
    round_ = load_round(session, round_id)
    ensure(actor, Permission.AWARD_ROUND_MANAGE, round_)
    round_.state = _move(round_, "apply")
    session.flush()
    log_event(session, actor, now, "award-round.apply", round_)
    return round_


def close_round(session: Session, *, actor: Viewer, now: datetime, round_id: str, reason: str) -> AwardRound:
    """Nothing comes in any more. Raises Invalid while nominations wait for a word."""
    round_ = load_round(session, round_id)
    ensure(actor, Permission.AWARD_ROUND_MANAGE, round_)
    state = _move(round_, "close")
    waiting = session.scalar(
        select(func.count()).where(Nomination.round_id == round_id, Nomination.state.in_(UNDECIDED))
    )
    if waiting:
        raise Invalid(
            f"Còn {waiting} đề nghị chưa có kết quả. Hãy quyết định, hoặc ghi không xét kèm lý do, rồi kết thúc."
        )
    round_.state, round_.closed_reason = state, reason.strip()
    session.flush()
    log_event(session, actor, now, "award-round.close", round_, reason=reason)
    return round_


def set_holiday(
    session: Session, *, actor: Viewer, now: datetime, day: date | None, name: str, works: bool, citation: str
) -> Holiday:
    """A day off, or a day in lieu on which offices work; said again it is put right."""
    ensure(actor, Permission.AWARD_MANAGE)
    faults = {}
    if day is None:
        faults["day"] = "Hãy ghi ngày."
    elif works and day.weekday() < 5:
        faults["works"] = "Làm bù chỉ vào thứ Bảy hoặc Chủ nhật."
    elif not works and day.weekday() > 4:
        faults["day"] = "Thứ Bảy, Chủ nhật vốn không phải ngày làm việc; chỉ ghi ngày nghỉ trong tuần."
    if not name.strip():
        faults["name"] = "Hãy ghi đây là ngày gì."
    if not citation.strip():
        faults["citation"] = "Hãy ghi căn cứ."
    if faults or day is None:
        raise Invalid(faults)
    row = session.scalar(select(Holiday).where(Holiday.day == day))
    if row is None:
        row = Holiday(day=day, created_by=actor.id, created_at=now)
        session.add(row)
    row.name, row.works, row.citation = name.strip(), works, citation.strip()
    session.flush()
    log_event(session, actor, now, "award.holiday", Thing("holiday", row.id), {"day": day.isoformat()}, reason=citation)
    return row


def to_be(movement_id: str, year: int) -> Subject:
    """A round that somebody is about to make."""
    return Subject(kind="award-round", movement_id=movement_id, year=year, published=True)


def load_round(session: Session, round_id: str) -> AwardRound:
    """Raises NotFound; what may be done with it is the caller's to ask."""
    round_ = session.get(AwardRound, round_id)
    if round_ is None:
        raise NotFound(kind="award-round", key=round_id)
    return round_


def _move(round_: AwardRound, move: str) -> AwardRoundState:
    try:
        return rules.MOVES[round_.state, move]
    except KeyError as error:
        raise Invalid(f"Đợt xét ở trạng thái “{round_.state.label}” nên không làm được việc này.") from error


def _fill(round_: AwardRound, draft: RoundDraft) -> None:
    for name in PLAIN:
        value = getattr(draft, name)
        setattr(round_, name, value.strip() if isinstance(value, str) and name in ("title", "guidance") else value)
    round_.proposers = [one.value for one in draft.proposers]
    round_.lines = [
        AwardRoundLine(
            position=place,
            title_id=line.title_id,
            subject=line.subject,
            quota=line.quota,
            share=line.share,
            papers=[paper.value for paper in line.papers],
        )
        for place, line in enumerate(draft.lines)
    ]


def _check(session: Session, movement: Movement, draft: RoundDraft) -> None:
    faults = rules.faults_of(draft)
    if len(draft.title) > LONGEST_TITLE:
        faults["title"] = f"Tên dài tối đa {LONGEST_TITLE} ký tự."
    if not movement.first_year <= draft.year <= movement.last_year:
        faults["year"] = f"Phong trào kéo dài từ {movement.first_year} đến {movement.last_year}."
    titles = {one.id: one for one in session.scalars(select(AwardTitle))}
    values = list_values(session)
    for line in draft.lines:
        title = titles.get(line.title_id)
        if title is None or line.subject.value not in title.subjects:
            faults["lines"] = "Có danh hiệu, hình thức không có trong danh mục hoặc không dành cho đối tượng đã chọn."
        elif draft.closes_on and not find_value(values, AwardValueName.DECIDED_BY, draft.closes_on, title.code):
            faults["lines"] = (
                f"Ngày {draft.closes_on:%d/%m/%Y} danh mục chưa ghi ai quyết định “{title.name}”; "
                "hãy bổ sung ở Danh mục khen thưởng."
            )
    if faults:
        raise Invalid(faults)
