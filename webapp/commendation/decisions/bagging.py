"""One commendation to hand over: the decision with its papers, the dossiers behind it, the votes in sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.commendation.catalogue.queries import list_values
from webapp.commendation.decisions import papers, register_sheet
from webapp.commendation.decisions.queries import count_votes, list_awards, proposal_numbers, proposals_of
from webapp.core.errors import Invalid
from webapp.handover.export import Part
from webapp.handover.letterhead import issuer_on
from webapp.handover.selection import Selection, with_what_they_need
from webapp.handover.sheet import as_csv
from webapp.models import (
    Award,
    AwardDecision,
    AwardDecisionState,
    Document,
    Nomination,
    NominationPaper,
    NominationSection,
)
from webapp.official.certificate import write_certificates
from webapp.records.catalogue import record_name

VOTES = ("Số sổ vàng", "Tên", "Đồng ý", "Không đồng ý", "Ý kiến khác", "Số người được bỏ phiếu", "Kết quả")


def select_commendation(session: Session, name: str) -> Part:
    """What goes into the bag of an issued decision, named by its number or id. Raises Invalid.

    Ballots do not go along: how somebody voted is nobody's business outside the house.
    """
    decision = _find(session, name)
    awards = list_awards(session, decision.id)
    behind = {one.nomination_id for one in awards if one.nomination_id}
    documents = set(
        session.scalars(
            select(Document.id)
            .join(NominationPaper, NominationPaper.document_id == Document.id)
            .where(
                NominationPaper.nomination_id.in_(behind),
                NominationPaper.removed_at.is_(None),
                Document.withdrawn_at.is_(None),
            )
        )
    )
    documents |= {decision.document_id} if decision.document_id else set()
    sections = session.scalars(select(NominationSection.id).where(NominationSection.nomination_id.in_(behind)))
    roots: dict[str, set[str]] = defaultdict(set)
    roots |= {
        "award_decision": {decision.id},
        "award": {one.id for one in awards},
        "nomination": {key for key in behind if key},
        "nomination_section": set(sections),
        "award_proposal": {one.id for one in proposals_of(session, awards)},
        "document": documents,
    }
    records = with_what_they_need(session, roots)
    carried = frozenset(records["document"]) - documents
    names = frozenset(record_name(kind, identity) for kind, ids in records.items() for identity in ids)
    return Part(
        Selection(frozenset(documents), carried, names),
        f"Khen thưởng theo Quyết định số {decision.number}",
        _files(session, decision, awards),
    )


def _find(session: Session, name: str) -> AwardDecision:
    rows = session.scalars(
        select(AwardDecision)
        .where(
            or_(AwardDecision.id == name, AwardDecision.number == name.strip()),
            AwardDecision.state == AwardDecisionState.ISSUED,
        )
        .options(joinedload(AwardDecision.round))
    ).all()
    if not rows:
        raise Invalid(f"Không có quyết định khen thưởng số {name} đã ban hành.")
    if len(rows) > 1:
        ids = ", ".join(f"{one.id} (ngày {one.decided_on:%d/%m/%Y})" for one in rows)
        raise Invalid(f"Có {len(rows)} quyết định số {name}; hãy ghi mã: {ids}.")
    return rows[0]


def _files(session: Session, decision: AwardDecision, awards: Sequence[Award]) -> dict[str, bytes]:
    """Path below data/ -> what is written for the bag."""
    ward = issuer_on(session, decision.decided_on)
    title = f"Khen thưởng theo Quyết định số {decision.number}"
    sheets = papers.certificates_of(session, decision, ward)
    numbers = proposal_numbers(session, awards)
    return {
        "khen-thuong/quyet-dinh.docx": papers.decision_file(session, decision, awards, list_values(session)),
        "khen-thuong/giay-khen.docx": write_certificates(sheets, issuer=ward.name, title=title),
        "khen-thuong/so-theo-doi.xlsx": register_sheet.followed_sheet(awards, numbers, title=title),
        "khen-thuong/ket-qua-bo-phieu.csv": as_csv(VOTES, _votes(session, awards)),
        **_reports(session, awards),
    }


def _votes(session: Session, awards: Sequence[Award]) -> list[tuple[str | int, ...]]:
    votes = count_votes(session, [one.nomination_id for one in awards if one.nomination_id])
    return [
        (
            one.ordinal,
            one.called,
            vote.yes,
            vote.no,
            vote.other,
            vote.electors,
            "tán thành" if vote.passed else "không tán thành",
        )
        for one in awards
        if (vote := votes.get(one.nomination_id or "")) is not None
    ]


def _reports(session: Session, awards: Sequence[Award]) -> dict[str, bytes]:
    """The reports of achievements as they were handed in, as plain text."""
    rows = session.execute(
        select(NominationSection, Nomination.name)
        .join(Nomination, Nomination.id == NominationSection.nomination_id)
        .where(NominationSection.nomination_id.in_([one.nomination_id for one in awards if one.nomination_id]))
        .order_by(NominationSection.nomination_id, NominationSection.position)
    ).all()
    found = {}
    for one in awards:
        parts = [row for row, _ in rows if row.nomination_id == one.nomination_id]
        if parts:
            text = "\n\n".join(f"{row.heading}\n{row.text}" for row in parts)
            found[f"khen-thuong/bao-cao-thanh-tich-{one.ordinal:03d}.txt"] = f"{one.called}\n\n{text}\n".encode()
    return found
