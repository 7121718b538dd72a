"""What a report can take over: the checklist's words, difficulties raised, last year's figures; shown before it is taken."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.core.errors import Conflict, Invalid
from webapp.models import (
    Checklist,
    ChecklistItem,
    Difficulty,
    DifficultyKind,
    Evidence,
    EvidenceLink,
    ItemState,
    PaperKind,
    PaperPart,
    PaperVersion,
    PartKind,
    UnitPaper,
)
from webapp.movement.figures import figures_in
from webapp.permissions import Permission, Viewer, ensure
from webapp.submissions.service import load_paper, save_part

KEEP, FILL, APPEND, REPLACE = "keep", "fill", "append", "replace"
# So many evidence codes are named in a part, the rest is counted.
NAMED = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """What one part could take over, and where it comes from, in words."""

    part: PaperPart
    text: str
    sources: str

    @property
    def mark(self) -> str:
        """Tells whether what was shown is still what would be taken."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    @property
    def is_taken(self) -> bool:
        return bool(self.part.text) and self.text in self.part.text


@dataclass(frozen=True, slots=True)
class Choice:
    """What to do with one part: KEEP, FILL an empty one, APPEND or REPLACE; `revision` and `mark` as they were shown."""

    how: str
    revision: int
    mark: str


def list_offers(session: Session, paper: UnitPaper, parts: Sequence[PaperPart]) -> list[Offer]:
    """For the parts of a report that the viewer writes, those that have something to take over. Four statements."""
    if paper.kind is PaperKind.UNIT_PLAN or not parts:
        return []
    sources: dict[tuple[PartKind, str], list[tuple[str, str]]] = defaultdict(list)
    for code, text in _from_checklist(session, paper).items():
        sources[PartKind.CRITERION, code].append((text, f"phiếu tự kiểm năm {paper.year}"))
    for kind, text in _from_difficulties(session, paper).items():
        sources[kind, ""].append((text, f"khó khăn, đề nghị năm {paper.year}"))
    for key, text in _last_years_figures(session, paper).items():
        sources[key].append((text, f"báo cáo năm {paper.year - 1}"))
    return [
        Offer(part, "\n".join(text for text, _ in found), "; ".join(name for _, name in found))
        for part in parts
        if (found := sources.get((part.kind, part.code)))
    ]


def _from_checklist(session: Session, paper: UnitPaper) -> dict[str, str]:
    """By criterion's code: the answer, the explanation, sub-items, codes of evidence."""
    items = session.scalars(
        select(ChecklistItem)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(
            Checklist.unit_id == paper.unit_id,
            Checklist.year == paper.year,
            Checklist.movement_id == paper.movement_id,
            ChecklistItem.state != ItemState.NOT_STARTED,
        )
        .options(joinedload(ChecklistItem.criterion), selectinload(ChecklistItem.sub_items))
    ).all()
    codes: dict[str, list[str]] = defaultdict(list)
    for item_id, code in session.execute(
        select(EvidenceLink.item_id, Evidence.code)
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .where(EvidenceLink.item_id.in_([item.id for item in items]), EvidenceLink.removed_at.is_(None))
        .order_by(Evidence.code)
    ):
        codes[item_id].append(code)
    return {item.criterion.code: _words_of(item, codes[item.id]) for item in items}


def _words_of(item: ChecklistItem, codes: Sequence[str]) -> str:
    lines = [f"Tự đánh giá: {item.state.label.lower()}."]
    lines += [text for text in (item.comment.strip(), item.reason.strip()) if text]
    lines += [f"- {one.text.strip()}{'' if one.done else ' (chưa xong)'}" for one in item.sub_items if one.text.strip()]
    if codes:
        more = f" và {len(codes) - NAMED} minh chứng khác" if len(codes) > NAMED else ""
        lines.append(f"Minh chứng: {', '.join(codes[:NAMED])}{more}.")
    return "\n".join(lines)


def _from_difficulties(session: Session, paper: UnitPaper) -> dict[PartKind, str]:
    """The unit's difficulties of the year; what they propose, and amendments, for the part of proposals."""
    rows = session.scalars(
        select(Difficulty)
        .where(
            Difficulty.unit_id == paper.unit_id,
            Difficulty.year == paper.year,
            Difficulty.movement_id == paper.movement_id,
        )
        .order_by(Difficulty.created_at, Difficulty.id)
    ).all()
    hard = [f"- Điểm {one.point}: {one.text.strip()}" for one in rows if one.kind is not DifficultyKind.AMENDMENT]
    asked = [f"- Điểm {one.point}: {one.text.strip()}" for one in rows if one.kind is DifficultyKind.AMENDMENT]
    asked += [f"- Điểm {one.point}: {one.proposal.strip()}" for one in rows if one.proposal.strip()]
    found = {PartKind.DIFFICULTY: "\n".join(hard), PartKind.PROPOSAL: "\n".join(asked)}
    return {kind: text for kind, text in found.items() if text}


def _last_years_figures(session: Session, paper: UnitPaper) -> dict[tuple[PartKind, str], str]:
    """The clauses with figures of what was handed in a year before, the report of the same kind before the yearly one."""
    versions = session.execute(
        select(UnitPaper.kind, PaperVersion.content)
        .join(PaperVersion, (PaperVersion.paper_id == UnitPaper.id) & (PaperVersion.no == UnitPaper.version_no))
        .where(
            UnitPaper.unit_id == paper.unit_id,
            UnitPaper.movement_id == paper.movement_id,
            UnitPaper.year == paper.year - 1,
            UnitPaper.kind.in_((paper.kind, PaperKind.ANNUAL)),
        )
    ).all()
    versions = sorted(versions, key=lambda row: row[0] is not paper.kind)
    found = {}
    for part in versions[0][1] if versions else []:
        clauses = dict.fromkeys(one.words for one in figures_in(part["text"], code=part["code"], unit=""))
        if clauses:
            found[PartKind(part["kind"]), part["code"]] = f"Năm {paper.year - 1}: {'; '.join(clauses)}."
    return found


def take_over(
    session: Session, *, actor: Viewer, now: datetime, paper_id: str, choices: Mapping[str, Choice]
) -> list[PaperPart]:
    """Write what was chosen, by part id. Nothing typed is overwritten but by REPLACE, and nothing when anything of it
    changed since it was shown: raises Conflict, or Invalid when a source did."""
    paper = load_paper(session, paper_id)
    ensure(actor, Permission.PAPER_EDIT, paper)
    parts = session.scalars(select(PaperPart).where(PaperPart.paper_id == paper.id).order_by(PaperPart.position)).all()
    taken = []
    for offer in list_offers(session, paper, parts):
        part, choice = offer.part, choices.get(offer.part.id)
        if choice is None or choice.how not in (FILL, APPEND, REPLACE):
            continue
        if choice.mark != offer.mark:
            raise Invalid(f"Nguồn của mục “{part.title}” vừa thay đổi. Hãy xem lại rồi chọn lại.")
        if choice.revision != part.revision or (choice.how == FILL and part.text.strip()):
            raise Conflict(
                f"Mục “{part.title}” vừa được sửa ở nơi khác; chưa lấy gì. Hãy xem lại rồi chọn lại.",
                theirs={part.title: part.text},
                mine={part.title: offer.text},
            )
        text = f"{part.text.rstrip()}\n{offer.text}" if choice.how == APPEND and part.text.strip() else offer.text
        taken.append(
            save_part(
                session, actor=actor, now=now, paper_id=paper.id, part_id=part.id, revision=choice.revision, text=text
            )
        )
    if not taken:
        raise Invalid("Chưa chọn mục nào để lấy.")
    return taken
