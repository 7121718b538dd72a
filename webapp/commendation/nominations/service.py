"""Putting somebody forward, writing the dossier, its papers. What happens after that is in `moving.py`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive import Receipt
from webapp.audit import log_event
from webapp.commendation.nominations import rules
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.documents.service import NewDocument, add_document
from webapp.models import (
    AwardRound,
    AwardRoundState,
    AwardSubject,
    ClusterMember,
    Document,
    DocumentKind,
    DocumentState,
    DocumentVersion,
    DossierPaper,
    Nomination,
    NominationGround,
    NominationPaper,
    NominationState,
    Person,
    Proposer,
    Unit,
)
from webapp.people.rules import clean
from webapp.permissions import Permission, Subject, Viewer, ensure

LONGEST_NAME, LONGEST_TEXT, LONGEST_ACHIEVEMENT = 200, 5_000, 600
MOST_GROUNDS = 20


@dataclass(frozen=True, slots=True)
class Ground:
    """What it rests on: `kind` score-sheet, initiative, award, indicator-sheet, inspection-visit (then `record_id`) or words."""

    kind: str
    words: str
    record_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What may be written as long as the dossier is open; everything may still be empty but the name."""

    name: str
    honorific: str = ""
    post: str = ""
    workplace: str = ""
    leads: bool | None = None
    birth_date: date | None = None
    reason: str = ""
    achievement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNomination:
    """Whom to put forward for what. `person_id` where they have an account; `unit_id` the unit it is about, if any."""

    round_id: str
    title_id: str
    subject: AwardSubject
    proposer: Proposer
    unit_id: str | None
    cluster_id: str | None = None
    person_id: str | None = None
    wording: Wording
    grounds: tuple[Ground, ...] = ()


LABELS = {
    "name": "Tên",
    "honorific": "Cách xưng",
    "post": "Chức vụ",
    "workplace": "Đơn vị, địa chỉ",
    "leads": "Giữ chức vụ lãnh đạo",
    "birth_date": "Ngày sinh",
    "reason": "Lý do đề nghị",
    "achievement": "Thành tích ghi trên giấy khen",
}
PLAIN = tuple(one.name for one in fields(Wording))


def open_nomination(session: Session, *, actor: Viewer, now: datetime, today: date, new: NewNomination) -> Nomination:
    """A new dossier in a round that takes nominations on the day. Raises Refused, NotFound, Invalid by field."""
    round_ = session.get(AwardRound, new.round_id)
    if round_ is None:
        raise NotFound(kind="award-round", key=new.round_id)
    # A unit's clerk may not put forward in the name of cluster or office: there the unit says nothing.
    subject = Subject(
        kind="nomination",
        unit_id=new.unit_id if new.proposer is Proposer.UNIT else None,
        movement_id=round_.movement_id,
        year=round_.year,
        cluster_id=new.cluster_id if new.proposer is Proposer.CLUSTER else None,
        by_office=new.proposer is Proposer.OFFICE,
    )
    ensure(actor, Permission.NOMINATION_ADD, subject)
    faults = _round_faults(round_, new, today) | _wording_faults(round_, new.subject, new.wording)
    faults |= _unit_faults(session, round_, new)
    person = session.get(Person, new.person_id) if new.person_id else None
    if new.person_id and (person is None or new.subject is not AwardSubject.PERSON):
        faults["person_id"] = "Hãy chọn người trong danh sách."
    if len(new.grounds) > MOST_GROUNDS:
        faults["grounds"] = f"Nêu nhiều nhất {MOST_GROUNDS} căn cứ."
    if faults:
        raise Invalid(faults)
    one = Nomination(
        round_id=round_.id,
        movement_id=round_.movement_id,
        year=round_.year,
        title_id=new.title_id,
        subject=new.subject,
        proposer=new.proposer,
        # Somebody with an account is never without their unit: colleagues have a stake.
        unit_id=new.unit_id or (person.unit_id if person else None),
        cluster_id=new.cluster_id if new.proposer is Proposer.CLUSTER else None,
        person_id=person.id if person else None,
        state=NominationState.DRAFT,
        grounds=[
            NominationGround(position=place, record_kind=one.kind, record_id=one.record_id, words=one.words.strip())
            for place, one in enumerate(new.grounds)
        ],
        stakes=[],
        created_by=actor.id,
        created_at=now,
    )
    _fill(one, new.wording)
    session.add(one)
    session.flush()
    log_event(session, actor, now, "nomination.open", one, {"proposer": new.proposer.label})
    return one


def write_nomination(
    session: Session, *, actor: Viewer, now: datetime, nomination_id: str, revision: int, wording: Wording
) -> Nomination:
    """Save a dossier's words as far as they are. Raises Conflict with both values when it changed meanwhile."""
    one = load_nomination(session, nomination_id)
    ensure(actor, Permission.NOMINATION_EDIT, one)
    ensure_fresh(one, revision, Conflict(theirs=_words(one), mine=_words(wording)))
    if faults := _wording_faults(session.get_one(AwardRound, one.round_id), one.subject, wording):
        raise Invalid(faults)
    changed = [name for name in PLAIN if getattr(one, name) != getattr(wording, name)]
    _fill(one, wording)
    session.flush()
    log_event(session, actor, now, "nomination.write", one, {"fields": ", ".join(changed) or None})
    return one


def attach_paper(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    nomination_id: str,
    paper: DossierPaper,
    receipt: Receipt,
    batch_id: str,
) -> NominationPaper:
    """A stored file becomes a document of who brings it, and a paper of the dossier."""
    one = _open(session, actor, nomination_id)
    document = add_document(
        session,
        actor=actor,
        now=now,
        new=NewDocument(
            receipt=receipt,
            kind=DocumentKind.MINUTES if paper is DossierPaper.MINUTES else DocumentKind.OTHER,
            unit_id=_keeper(actor, one),
            movement_id=one.movement_id,
            year=one.year,
            batch_id=batch_id,
        ),
    )
    # Those who judge get it through the nomination, which knows who has a stake.
    document.state = DocumentState.DRAFT
    return _link(session, actor, now, one, paper, document)


def attach_existing(
    session: Session, *, actor: Viewer, now: datetime, nomination_id: str, paper: DossierPaper, document_id: str
) -> NominationPaper:
    """A document that the unit has in the archive already, in its newest version."""
    one = _open(session, actor, nomination_id)
    document = session.scalar(
        select(Document).where(
            Document.id == document_id,
            Document.unit_id.in_(actor.own_units),
            Document.current_no > 0,
            Document.withdrawn_at.is_(None),
        )
    )
    if document is None:
        raise Invalid({"document_id": "Hãy chọn một văn bản của đơn vị trong danh sách."})
    return _link(session, actor, now, one, paper, document)


def detach_paper(session: Session, *, actor: Viewer, now: datetime, nomination_id: str, paper_id: str) -> Nomination:
    """Take a paper off the dossier; the document stays in the archive."""
    one = _open(session, actor, nomination_id)
    paper = session.scalar(
        select(NominationPaper).where(
            NominationPaper.id == paper_id,
            NominationPaper.nomination_id == one.id,
            NominationPaper.removed_at.is_(None),
        )
    )
    if paper is None:
        raise NotFound(kind="nomination", key=paper_id)
    paper.removed_at = now
    session.flush()
    log_event(session, actor, now, "nomination.detach", one, {"document": paper.document_id})
    return one


def note_download(session: Session, *, actor: Viewer, now: datetime, nomination_id: str, sha256: str) -> None:
    """Somebody got a paper of the dossier."""
    one = load_nomination(session, nomination_id)
    ensure(actor, Permission.NOMINATION_READ, one)
    log_event(session, actor, now, "nomination.download", one, {"sha256": sha256})


def load_nomination(session: Session, nomination_id: str) -> Nomination:
    """Raises NotFound; what may be done with it is the caller's to ask."""
    one = session.get(Nomination, nomination_id, options=[joinedload(Nomination.round)])
    if one is None:
        raise NotFound(kind="nomination", key=nomination_id)
    return one


def _open(session: Session, actor: Viewer, nomination_id: str) -> Nomination:
    one = load_nomination(session, nomination_id)
    ensure(actor, Permission.NOMINATION_EDIT, one)
    return one


def _keeper(actor: Viewer, one: Nomination) -> str | None:
    """Whose the document is: the unit's, the office's (None), or of the unit of the cluster's leader. Raises Invalid."""
    if one.unit_id in actor.own_units:
        return one.unit_id
    if actor.run_movements:
        return None
    if not actor.own_units:
        raise Invalid(
            {"files": "Bạn không làm việc cho đơn vị nào nên không thêm được tệp; đơn vị được đề nghị sẽ thêm."}
        )
    return min(actor.own_units)


def _link(
    session: Session, actor: Viewer, now: datetime, one: Nomination, paper: DossierPaper, document: Document
) -> NominationPaper:
    version = session.scalars(
        select(DocumentVersion).where(
            DocumentVersion.document_id == document.id, DocumentVersion.no == document.current_no
        )
    ).one()
    already = session.scalar(
        select(NominationPaper.id).where(
            NominationPaper.nomination_id == one.id,
            NominationPaper.paper == paper,
            NominationPaper.version_id == version.id,
            NominationPaper.removed_at.is_(None),
        )
    )
    if already is not None:
        raise Invalid({"document_id": "Văn bản này đã có trong hồ sơ."})
    row = NominationPaper(
        nomination_id=one.id,
        paper=paper,
        document_id=document.id,
        version_id=version.id,
        linked_by=actor.id,
        linked_at=now,
    )
    session.add(row)
    session.flush()
    log_event(session, actor, now, "nomination.attach", one, {"document": document.id, "paper": paper.label})
    return row


def _fill(one: Nomination, wording: Wording) -> None:
    for name in PLAIN:
        value = getattr(wording, name)
        if isinstance(value, str):
            value = rules.visible(value)
            value = value.strip() if name in ("reason", "achievement") else clean(value)
        setattr(one, name, value)
    one.folded = rules.folded_name(one.name)


def _round_faults(round_: AwardRound, new: NewNomination, today: date) -> dict[str, str]:
    if round_.state is not AwardRoundState.IN_FORCE:
        return {"round_id": f"Đợt xét ở trạng thái “{round_.state.label}” nên không nhận đề nghị."}
    if today < round_.opens_on:
        return {"round_id": f"Đợt xét nhận đề nghị từ ngày {round_.opens_on:%d/%m/%Y}."}
    if today > round_.closes_on:
        return {"round_id": f"Đợt xét đã hết hạn nhận đề nghị ngày {round_.closes_on:%d/%m/%Y}."}
    if new.proposer.value not in round_.proposers:
        return {"proposer": f"Đợt xét này chỉ nhận đề nghị của: {round_.proposer_labels}."}
    if not any(line.title_id == new.title_id and line.subject is new.subject for line in round_.lines):
        return {"line": "Đợt xét này không có danh hiệu, hình thức đó cho đối tượng này."}
    return {}


def _unit_faults(session: Session, round_: AwardRound, new: NewNomination) -> dict[str, str]:
    """A unit stands for itself, a cluster for its members of that year; whoever the office names may have no unit."""
    if new.unit_id is not None and session.get(Unit, new.unit_id) is None:
        return {"unit_id": "Không có đơn vị này."}
    if new.proposer is Proposer.UNIT and new.unit_id is None:
        return {"unit_id": "Hãy chọn đơn vị."}
    if new.proposer is Proposer.CLUSTER:
        member = session.scalar(
            select(ClusterMember.unit_id).where(
                ClusterMember.cluster_id == new.cluster_id,
                ClusterMember.unit_id == new.unit_id,
                ClusterMember.year == round_.year,
            )
        )
        if member is None:
            return {"unit_id": "Cụm, khối chỉ đề nghị thành viên của mình trong năm."}
    return {}


def _wording_faults(round_: AwardRound, subject: AwardSubject, wording: Wording) -> dict[str, str]:
    faults = {}
    # Without a letter it would be the same name as every other such.
    if not rules.folded_name(wording.name):
        faults["name"] = "Hãy ghi tên người, tập thể hoặc hộ gia đình được đề nghị."
    if wording.honorific not in rules.HONORIFICS:
        faults["honorific"] = "Hãy chọn Ông hoặc Bà."
    for name, most in (
        ("name", LONGEST_NAME), ("post", LONGEST_NAME), ("workplace", LONGEST_NAME),
        ("reason", LONGEST_TEXT), ("achievement", LONGEST_ACHIEVEMENT),
    ):  # fmt: skip
        if len(getattr(wording, name)) > most:
            faults[name] = f"{LABELS[name]} dài tối đa {most} ký tự."
    if wording.birth_date is not None and not round_.birth_date_needed:
        faults["birth_date"] = "Đợt xét này không cần ngày sinh nên không lưu."
    if subject is not AwardSubject.PERSON and (wording.honorific or wording.birth_date or wording.leads is not None):
        faults["honorific"] = "Cách xưng, ngày sinh, chức vụ lãnh đạo chỉ ghi cho cá nhân."
    return faults


def _words(source: Nomination | Wording) -> dict[str, str]:
    """The values of both sides of a conflict, as people read them."""
    found = {}
    for name, label in LABELS.items():
        value = getattr(source, name)
        if isinstance(value, date):
            value = f"{value:%d/%m/%Y}"
        elif isinstance(value, bool):
            value = "có" if value else "không"
        found[label] = value or ""
    return found
