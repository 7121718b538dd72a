"""The report of achievements: composed from the year's records with their sources, then edited like any text.

A part that was edited is never composed over; what the records say now stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from webapp.audit import log_event
from webapp.commendation.nominations.service import load_nomination
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.numbers import show_number, stored_number
from webapp.core.revisions import ensure_fresh
from webapp.models import (
    RECOGNISED_STATES,
    Award,
    AwardDecision,
    AwardDecisionState,
    AwardRound,
    AwardSubject,
    Checklist,
    ChecklistItem,
    ChecklistState,
    Evidence,
    EvidenceLink,
    Initiative,
    InitiativeAuthor,
    Nomination,
    NominationSection,
    PaperState,
    ScoreResult,
    ScoreRound,
    ScoreSheet,
    SheetState,
    UnitPaper,
)
from webapp.models.award_decision import not_corrected
from webapp.permissions import Permission, Viewer, ensure

LONGEST = 20_000
NAMED = 12


@dataclass(slots=True)
class Composed:
    """One part as the records give it: `sources` are [label, kind, id]."""

    heading: str
    lines: list[str] = field(default_factory=list)
    sources: list[list[str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def compose(session: Session, one: Nomination) -> list[Composed]:
    """The parts of the report from what is on record in the years of the round. At most eight statements."""
    round_ = session.get_one(AwardRound, one.round_id)
    years = (round_.period_from.year, round_.period_to.year)
    reason = [line.strip() for line in one.reason.split("\n") if line.strip()]
    parts = [
        _traits(one),
        Composed("Thành tích đạt được", reason),
        Composed("Sáng kiến, giải pháp"),
        _awards(session, one),
    ]
    if one.unit_id is not None:
        if one.subject is AwardSubject.COLLECTIVE:
            _scores(session, one, years, parts[1])
            _papers(session, one, years, parts[1])
            _evidence(session, one, years, parts[1])
        _initiatives(session, one, years, parts[2])
    elif one.person_id is not None:
        _initiatives(session, one, years, parts[2])
    return parts


def compose_report(
    session: Session, *, actor: Viewer, now: datetime, nomination_id: str
) -> Sequence[NominationSection]:
    """Write the parts, or bring those that nobody edited up to date."""
    one = load_nomination(session, nomination_id)
    ensure(actor, Permission.NOMINATION_EDIT, one)
    there = {row.position: row for row in list_sections(session, one)}
    for place, part in enumerate(compose(session, one)):
        row = there.get(place)
        if row is None:
            row = NominationSection(nomination_id=one.id, position=place, heading=part.heading, text=part.text)
            session.add(row)
        elif not row.is_edited:
            row.text = part.text
        row.composed, row.sources, row.composed_at = part.text, part.sources, now
    session.flush()
    log_event(session, actor, now, "nomination.compose", one)
    return list_sections(session, one)


def write_section(
    session: Session, *, actor: Viewer, now: datetime, nomination_id: str, section_id: str, revision: int, text: str
) -> NominationSection:
    """One part in somebody's own words. Raises Conflict with both texts when it changed meanwhile."""
    one = load_nomination(session, nomination_id)
    ensure(actor, Permission.NOMINATION_EDIT, one)
    row = session.get(NominationSection, section_id)
    if row is None or row.nomination_id != one.id:
        raise NotFound(kind="nomination", key=section_id)
    ensure_fresh(row, revision, Conflict(theirs={row.heading: row.text}, mine={row.heading: text}))
    if len(text) > LONGEST:
        raise Invalid({"text": f"Mỗi phần dài tối đa {LONGEST:,} ký tự.".replace(",", ".")})
    row.text, row.edited_by, row.edited_at = text.strip(), actor.id, now
    session.flush()
    log_event(session, actor, now, "nomination.write-report", one, {"part": row.position + 1})
    return row


def list_sections(session: Session, one: Nomination) -> Sequence[NominationSection]:
    return session.scalars(
        select(NominationSection).where(NominationSection.nomination_id == one.id).order_by(NominationSection.position)
    ).all()


def _traits(one: Nomination) -> Composed:
    if one.subject is AwardSubject.PERSON:
        lines = [
            f"Họ và tên: {one.called}.",
            f"Chức vụ, nơi công tác: {', '.join(filter(None, (one.post, one.workplace)))}.",
        ]
        if one.birth_date:
            lines.insert(1, f"Ngày sinh: {one.birth_date:%d/%m/%Y}.")
        return Composed("Sơ lược lý lịch", lines)
    if one.subject is AwardSubject.HOUSEHOLD:
        return Composed("Sơ lược", [f"Hộ gia đình: {one.name}.", f"Địa chỉ: {one.workplace}."])
    return Composed("Đặc điểm, tình hình", [f"Tập thể: {one.name}."])


def _scores(session: Session, one: Nomination, years: tuple[int, int], part: Composed) -> None:
    rows = session.execute(
        select(ScoreSheet, ScoreResult)
        .join(ScoreResult, ScoreResult.sheet_id == ScoreSheet.id)
        .where(
            ScoreSheet.unit_id == one.unit_id,
            ScoreSheet.movement_id == one.movement_id,
            ScoreSheet.year.between(*years),
            ScoreSheet.state.in_((SheetState.PUBLISHED, SheetState.FINAL)),
        )
        .options(joinedload(ScoreSheet.round).joinedload(ScoreRound.cluster))
        .order_by(ScoreSheet.year)
    )
    for sheet, result in rows:
        title = f", được xếp loại “{result.title}”" if result.title else ""
        total = show_number(stored_number(result.total), 2)
        part.lines.append(
            f"Năm {sheet.year} đạt {total} điểm, xếp thứ {result.rank} trong {sheet.round.cluster.name}{title}."
        )
        part.sources.append([f"Phiếu điểm {sheet.year}", "score-sheet", sheet.id])


def _papers(session: Session, one: Nomination, years: tuple[int, int], part: Composed) -> None:
    rows = session.scalars(
        select(UnitPaper)
        .where(
            UnitPaper.unit_id == one.unit_id,
            UnitPaper.movement_id == one.movement_id,
            UnitPaper.year.between(*years),
            UnitPaper.state == PaperState.ACCEPTED,
        )
        .order_by(UnitPaper.year, UnitPaper.kind)
    ).all()
    if rows:
        part.lines.append("Đã nộp và được tiếp nhận: " + "; ".join(row.name.lower() for row in rows) + ".")
        part.sources += [[row.name, "paper", row.id] for row in rows]


def _evidence(session: Session, one: Nomination, years: tuple[int, int], part: Composed) -> None:
    """Evidence by code, as far as handed in: how many under how many criteria, the first codes by name."""
    rows = session.execute(
        select(Checklist.id, Checklist.year, Evidence.code)
        .join(ChecklistItem, ChecklistItem.checklist_id == Checklist.id)
        .join(EvidenceLink, EvidenceLink.item_id == ChecklistItem.id)
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .where(
            Checklist.unit_id == one.unit_id,
            Checklist.movement_id == one.movement_id,
            Checklist.year.between(*years),
            EvidenceLink.removed_at.is_(None),
            # Others who put the unit forward read nothing that it has not handed in.
            Checklist.state != ChecklistState.DRAFT,
        )
        .order_by(Checklist.year, Evidence.code)
        .distinct()
    ).all()
    by_list: dict[tuple[int, str], list[str]] = {}
    for checklist_id, year, code in rows:
        by_list.setdefault((year, checklist_id), []).append(code)
    for (year, checklist_id), codes in by_list.items():
        named = ", ".join(codes[:NAMED]) + ("…" if len(codes) > NAMED else "")
        part.lines.append(f"Năm {year} có {len(codes)} minh chứng trong kho: {named}.")
        part.sources.append([f"Phiếu tự kiểm {year}", "checklist", checklist_id])


def _initiatives(session: Session, one: Nomination, years: tuple[int, int], part: Composed) -> None:
    query = (
        select(Initiative, func.coalesce(func.max(InitiativeAuthor.share), 0))
        .join(InitiativeAuthor, InitiativeAuthor.initiative_id == Initiative.id)
        .where(
            Initiative.movement_id == one.movement_id,
            Initiative.year.between(*years),
            Initiative.state.in_(RECOGNISED_STATES),
        )
        .group_by(Initiative.id)
        .order_by(Initiative.year, Initiative.title)
    )
    is_person = one.subject is AwardSubject.PERSON
    if is_person and one.person_id:
        query = query.where(InitiativeAuthor.person_id == one.person_id)
    elif is_person:
        query = query.where(Initiative.unit_id == one.unit_id, InitiativeAuthor.name == one.name)
    else:
        query = query.where(Initiative.unit_id == one.unit_id)
    for initiative, share in session.execute(query):
        mine = f", tỷ lệ đóng góp {show_number(Decimal(share) / 100)}%" if is_person else ""
        by = f" theo Quyết định số {initiative.decision_number}" if initiative.decision_number else ""
        part.lines.append(f"“{initiative.title}” (năm {initiative.year}), được công nhận{by}{mine}.")
        part.sources.append([initiative.title, "initiative", initiative.id])


def _awards(session: Session, one: Nomination) -> Composed:
    """What was given before, by number and day of the decision; nothing that was revoked."""
    part = Composed("Khen thưởng đã được ghi nhận")
    mine = Award.folded == one.folded if one.person_id is None else Award.person_id == one.person_id
    rows = session.scalars(
        select(Award)
        .join(AwardDecision, AwardDecision.id == Award.decision_id)
        .where(
            AwardDecision.state == AwardDecisionState.ISSUED,
            Award.revoked_on.is_(None),
            not_corrected(),
            Award.subject == one.subject,
            mine,
        )
        .options(joinedload(Award.decision))
        .order_by(AwardDecision.decided_on)
    )
    for award in rows:
        day = award.decision.decided_on
        part.lines.append(f"{award.title_name}: Quyết định số {award.decision.number} ngày {day:%d/%m/%Y}.")
        part.sources.append([award.title_name, "award", award.id])
    return part
