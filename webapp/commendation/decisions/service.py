"""From the council's vote to the decision: the proposal, the Chairman's word line by line, the decision issued."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.audit import log_event
from webapp.commendation.catalogue.rules import Money
from webapp.commendation.decisions import rules
from webapp.commendation.decisions.paying import work_out
from webapp.commendation.decisions.queries import count_votes, list_approved_for, proposals_of
from webapp.commendation.nominations.moving import Moment, tell_proposers
from webapp.commendation.nominations.queries import is_decided
from webapp.commendation.nominations.rules import MOVES, NEEDED
from webapp.commendation.nominations.service import load_nomination
from webapp.core.days import WARD_ZONE, ward_day
from webapp.core.db import zone_of
from webapp.core.errors import Conflict, Invalid, NotFound, Refused
from webapp.core.numbers import write_number
from webapp.core.revisions import ensure_fresh
from webapp.documents.decisions import ensure_is, find_decision
from webapp.models import (
    Award,
    AwardDecision,
    AwardDecisionState,
    AwardProposal,
    AwardRound,
    Nomination,
    NominationState,
)
from webapp.permissions import Permission, Subject, Viewer, can, ensure
from webapp.permissions.award_scopes import readable_nominations

LONGEST_NUMBER, LONGEST_WORDS = 60, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDraft:
    """What stands on a decision beside its list; number and signed paper come when it is issued."""

    decided_on: date | None
    signer_name: str
    signer_post: str
    money_source: str = ""


def make_proposal(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    round_id: str,
    nomination_ids: Collection[str],
    number: str,
    signed_on: date | None,
) -> AwardProposal:
    """The list goes to the Chairman: dossiers that are complete and that the council voted on.

    Raises Invalid naming those that are not ready, and Refused for one with a stake.
    """
    round_ = session.get(AwardRound, round_id)
    if round_ is None:
        raise NotFound(kind="award-round", key=round_id)
    ensure(actor, Permission.AWARD_ROUND_MANAGE, round_)
    rows = _chosen(session, actor, round_id, nomination_ids)
    faults = {}
    if not rows:
        faults["nominations"] = "Hãy chọn ít nhất một đề nghị."
    if signed_on is None:
        faults["signed_on"] = "Hãy ghi ngày của tờ trình."
    elif signed_on > ward_day(now, WARD_ZONE):
        faults["signed_on"] = "Ngày của tờ trình chưa đến."
    if len(number.strip()) > LONGEST_NUMBER:
        faults["number"] = f"Số, ký hiệu dài tối đa {LONGEST_NUMBER} ký tự."
    votes = count_votes(session, [one.id for one in rows])
    if waiting := [one.called for one in rows if one.id not in votes]:
        faults["nominations"] = "Hội đồng chưa bỏ phiếu về: " + ", ".join(waiting) + "."
    if early := [one.called for one in rows if (one.state, "propose") not in MOVES]:
        faults["nominations"] = "Hồ sơ chưa được tiếp nhận hoặc đã trình: " + ", ".join(early) + "."
    if faults or signed_on is None:
        raise Invalid(faults)
    proposal = AwardProposal(
        round_id=round_id, number=number.strip(), signed_on=signed_on, created_by=actor.id, created_at=now
    )
    session.add(proposal)
    session.flush()
    for one in rows:
        ensure(actor, NEEDED["propose"], one)
        one.state, one.proposal_id, one.voted_for = MOVES[one.state, "propose"], proposal.id, votes[one.id].passed
        session.flush()
        log_event(session, actor, now, "nomination.propose", one, {"number": number.strip() or None})
    return proposal


def give_verdict(
    session: Session, *, actor: Viewer, now: datetime, nomination_id: str, approve: bool, reason: str
) -> Nomination:
    """The Chairman's word on one line. The vote advises: to decide otherwise needs a reason, to strike one always."""
    one = load_nomination(session, nomination_id)
    move = "approve" if approve else "strike"
    ensure(actor, NEEDED[move], one)
    if (one.state, move) not in MOVES:
        raise Invalid(f"Đề nghị ở trạng thái “{one.state.label}” nên không làm được việc này.")
    stands = select(Nomination.id).where(Nomination.id == one.id, is_decided())
    if one.state is NominationState.STRUCK and session.scalar(stands) is not None:
        raise Invalid("Quyết định của đợt này đã ban hành nên trường hợp không được khen thưởng không đổi nữa.")
    reason = reason.strip()
    if fault := rules.verdict_fault(approve=approve, voted_for=bool(one.voted_for), reason=reason):
        raise Invalid({"reason": fault})
    if len(reason) > LONGEST_WORDS:
        raise Invalid({"reason": f"Lý do dài tối đa {LONGEST_WORDS} ký tự."})
    one.state, one.verdict_reason = MOVES[one.state, move], reason
    one.decided_by, one.decided_at = actor.id, now
    session.flush()
    log_event(session, actor, now, f"nomination.{move}", one, {"voted_for": int(bool(one.voted_for))}, reason=reason)
    return one


def draft_decision(
    session: Session, *, actor: Viewer, now: datetime, round_id: str, draft: DecisionDraft
) -> AwardDecision:
    """A decision about what the Chairman approved in this round. Raises Invalid while there is nothing to decide on."""
    round_ = session.get(AwardRound, round_id)
    if round_ is None:
        raise NotFound(kind="award-round", key=round_id)
    ensure(actor, Permission.AWARD_DECISION_MANAGE, _subject(round_))
    _check(draft)
    # Whether there is something that the actor has a stake in is not told.
    if not list_approved_for(session, round_id, viewer=actor):
        raise Invalid("Chưa có trường hợp nào được Chủ tịch đồng ý để lập quyết định.")
    open_one = select(AwardDecision.id).where(
        AwardDecision.round_id == round_id, AwardDecision.state == AwardDecisionState.DRAFT
    )
    if session.scalar(open_one) is not None:
        raise Invalid("Đợt xét này đang có một dự thảo quyết định; hãy ban hành hoặc sửa dự thảo đó.")
    decision = AwardDecision(
        movement_id=round_.movement_id,
        round_id=round_id,
        year=round_.year,
        state=AwardDecisionState.DRAFT,
        created_by=actor.id,
        created_at=now,
    )
    _fill(decision, draft)
    session.add(decision)
    session.flush()
    log_event(session, actor, now, "award-decision.open", decision)
    return decision


def write_decision(
    session: Session, *, actor: Viewer, now: datetime, decision_id: str, revision: int, draft: DecisionDraft
) -> AwardDecision:
    """Change a draft. Raises Conflict when it changed meanwhile, Invalid once it is issued."""
    decision = load_decision(session, decision_id)
    ensure(actor, Permission.AWARD_DECISION_MANAGE, decision)
    ensure_fresh(decision, revision, Conflict("Dự thảo đã được người khác sửa; hãy mở lại trang."))
    _ensure_draft(decision)
    _check(draft)
    _fill(decision, draft)
    session.flush()
    log_event(session, actor, now, "award-decision.write", decision)
    return decision


def issue_decision(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    today: date,
    decision_id: str,
    number: str,
    document_id: str | None,
    seen: str | None = None,
) -> AwardDecision:
    """From now on it is published: one award a line, with its number in the golden book and its money of that day.

    `seen` is the stamp of the list that was looked at (see list_stamp), None where nobody looked. Raises Invalid naming
    what is missing: number, day, the signed paper (see documents.decisions), the money's rules; or that the list changed.
    """
    decision = load_decision(session, decision_id)
    ensure(actor, Permission.AWARD_DECISION_MANAGE, decision)
    _ensure_draft(decision)
    faults = {}
    if not number.strip() or len(number.strip()) > LONGEST_NUMBER:
        faults["number"] = f"Hãy ghi số, ký hiệu của quyết định, tối đa {LONGEST_NUMBER} ký tự."
    if decision.decided_on > today:
        faults["decided_on"] = "Ngày của quyết định chưa đến."
    if faults:
        raise Invalid(faults)
    paper = find_decision(session, document_id, actor=actor)
    ensure_is(paper, number=number, day=decision.decided_on)
    ensure_number_is_new(session, number, decision.decided_on)
    rows = list_approved(session, decision.round_id)
    if not rows:
        raise Invalid("Không còn trường hợp nào được Chủ tịch đồng ý.")
    readable = select(Nomination.id).where(Nomination.id.in_([one.id for one in rows]), readable_nominations(actor))
    if len(session.scalars(readable).all()) < len(rows):
        raise Refused(
            "Danh sách có trường hợp bạn có liên quan; hãy để người khác của cơ quan thường trực ban hành quyết định.",
            permission=Permission.AWARD_DECISION_MANAGE.value, kind="award-decision", key=decision.id,
        )  # fmt: skip
    if seen is not None and seen != list_stamp(decision, rows):
        raise Invalid("Danh sách hoặc dự thảo đã thay đổi trong lúc bạn xem; hãy xem lại dự thảo rồi ban hành.")
    last = max((one.signed_on for one in proposals_of(session, rows)), default=decision.decided_on)
    if decision.decided_on < last:
        raise Invalid({"decided_on": f"Ngày của quyết định không thể trước ngày tờ trình ({last:%d/%m/%Y})."})
    round_ = session.get_one(AwardRound, decision.round_id)
    money = work_out(session, rows, decision.decided_on)
    for ordinal, one in enumerate(rules.in_order(rows), start=1):
        session.add(_award(decision, round_, one, ordinal, money[one.id], now))
        one.state = MOVES[one.state, "honour"]
    decision.state, decision.number, decision.issued_at = AwardDecisionState.ISSUED, number.strip(), now
    decision.document_id = paper.id if paper else None
    session.flush()
    log_event(session, actor, now, "award-decision.issue", decision, {"number": decision.number, "lines": len(rows)})
    zone = zone_of(session)
    assert isinstance(zone, ZoneInfo)
    moment = Moment(now, today, zone)
    for one in rows:
        tell_proposers(
            session, moment, one, "honour", f"Đã khen thưởng {one.called_within}: Quyết định số {decision.number}."
        )
    struck = session.scalars(
        select(Nomination).where(
            Nomination.proposal_id.in_({one.proposal_id for one in rows}), Nomination.state == NominationState.STRUCK
        )
    ).all()
    for one in struck:
        tell_proposers(session, moment, one, "struck", f"Không khen thưởng {one.called_within}: {one.verdict_reason}")
    return decision


def list_stamp(decision: AwardDecision, rows: Collection[Nomination]) -> str:
    """The same as long as neither the draft nor a line of its list changes."""
    lines = " ".join(sorted(f"{one.id}:{one.revision}" for one in rows))
    return hashlib.sha256(f"{decision.revision} {lines}".encode()).hexdigest()


def ensure_number_is_new(session: Session, number: str, day: date | None) -> None:
    """One number is one decision of a year. Raises Invalid."""
    rows = session.execute(
        select(AwardDecision.number, AwardDecision.decided_on).where(AwardDecision.state == AwardDecisionState.ISSUED)
    )
    typed = "".join(number.casefold().split())
    for there, on in rows:
        if "".join(there.casefold().split()) == typed and (day is None or on.year == day.year):
            raise Invalid({"number": f"Đã có Quyết định số {there} ngày {on:%d/%m/%Y}; hãy kiểm tra lại số."})


def list_approved(session: Session, round_id: str) -> list[Nomination]:
    """What the Chairman approved and no decision holds yet, as it shall stand in the list."""
    rows = session.scalars(
        select(Nomination)
        .where(Nomination.round_id == round_id, Nomination.state == NominationState.APPROVED)
        .options(joinedload(Nomination.title), joinedload(Nomination.unit))
    ).all()
    return rules.in_order(rows)


def load_decision(session: Session, decision_id: str) -> AwardDecision:
    """Raises NotFound; what may be done with it is the caller's to ask."""
    decision = session.get(AwardDecision, decision_id)
    if decision is None:
        raise NotFound(kind="award-decision", key=decision_id)
    return decision


def may_draft(actor: Viewer, round_: AwardRound) -> bool:
    return can(actor, Permission.AWARD_DECISION_MANAGE, _subject(round_))


def ensure_may_draft(actor: Viewer, round_: AwardRound) -> None:
    """Raises Refused."""
    ensure(actor, Permission.AWARD_DECISION_MANAGE, _subject(round_))


def _subject(round_: AwardRound) -> Subject:
    return Subject(kind="award-decision", movement_id=round_.movement_id, year=round_.year)


def _chosen(session: Session, actor: Viewer, round_id: str, ids: Collection[str]) -> list[Nomination]:
    rows = session.scalars(
        select(Nomination).where(
            Nomination.round_id == round_id, Nomination.id.in_(set(ids)), readable_nominations(actor)
        )
    ).all()
    if len(rows) < len(set(ids)):
        raise NotFound(kind="nomination", key="")
    return rules.in_order(rows)


def _ensure_draft(decision: AwardDecision) -> None:
    if decision.state is AwardDecisionState.ISSUED:
        raise Invalid("Quyết định đã ban hành thì không sửa; hãy thu hồi hoặc đính chính bằng quyết định mới.")


def _check(draft: DecisionDraft) -> None:
    faults = {}
    if draft.decided_on is None:
        faults["decided_on"] = "Hãy ghi ngày của quyết định; tiền thưởng tính theo mức lương cơ sở của ngày này."
    for name, label in (("signer_name", "Họ tên người ký"), ("signer_post", "Chức vụ người ký")):
        value = getattr(draft, name).strip()
        if not value or len(value) > LONGEST_WORDS:
            faults[name] = f"Hãy ghi {label.lower()}."
    if len(draft.money_source) > LONGEST_WORDS:
        faults["money_source"] = f"Nguồn kinh phí dài tối đa {LONGEST_WORDS} ký tự."
    if faults:
        raise Invalid(faults)


def _fill(decision: AwardDecision, draft: DecisionDraft) -> None:
    assert draft.decided_on is not None
    decision.decided_on = draft.decided_on
    decision.signer_name, decision.signer_post = draft.signer_name.strip(), draft.signer_post.strip()
    decision.money_source = draft.money_source.strip()


def _award(
    decision: AwardDecision, round_: AwardRound, one: Nomination, ordinal: int, money: Money | None, now: datetime
) -> Award:
    """A snapshot of the line: what is decided does not change with people, units or the catalogue."""
    return Award(
        decision_id=decision.id,
        nomination_id=one.id,
        ordinal=ordinal,
        title_id=one.title_id,
        title_name=one.title.name,
        manner=round_.manner,
        subject=one.subject,
        year=round_.year,
        person_id=one.person_id,
        unit_id=one.unit_id,
        name=one.name,
        folded=one.folded,
        honorific=one.honorific,
        post=one.post,
        workplace=one.workplace,
        leads=one.leads,
        achievement=one.achievement,
        base_pay=money.base_pay if money else None,
        coefficient=write_number(money.coefficient) if money else "",
        amount=money.amount if money else None,
        money_words=money.source if money else rules.PAID_WITH_A_HIGHER_TITLE,
        created_at=now,
    )
