"""Rounds, nominations, votes, proposals and decisions of commendation, made through the real services."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from tests.support import meetings
from tests.support.ward import Ward
from webapp.commendation.catalogue.service import start_catalogue
from webapp.commendation.decisions import afterwards
from webapp.commendation.decisions import service as decisions
from webapp.commendation.nominations import marking, moving, reporting
from webapp.commendation.nominations import service as nominations
from webapp.commendation.nominations.moving import Moment
from webapp.commendation.nominations.service import NewNomination, Wording
from webapp.commendation.rounds import service as rounds
from webapp.commendation.rounds.rules import LineDraft, RoundDraft
from webapp.meetings.rules import STANDARD
from webapp.models import (
    Award,
    AwardDecision,
    AwardManner,
    AwardMark,
    AwardProposal,
    AwardRound,
    AwardRoundKind,
    AwardSubject,
    AwardTitle,
    Ballot,
    BallotState,
    Document,
    DossierPaper,
    MarkKind,
    Nomination,
    NominationStake,
    NominationState,
    Proposer,
    new_id,
)

TODAY = date(2026, 11, 22)
MERIT = "giay-khen"
# Each with the kind of honoured it is made for here.
LINES = (
    (MERIT, AwardSubject.PERSON),
    (MERIT, AwardSubject.COLLECTIVE),
    (MERIT, AwardSubject.HOUSEHOLD),
)


def titles_of(ward: Ward) -> dict[str, str]:
    """Code -> id of the ready-made catalogue, which is taken over when it is not there yet."""
    with ward.work() as session:
        start_catalogue(session, actor=ward.viewer("office"), now=ward.now)
        return {row.code: row.id for row in session.execute(select(AwardTitle.code, AwardTitle.id))}


def add_round(ward: Ward, *, by: str = "office", lines: Sequence[Any] = LINES, **changes: Any) -> AwardRound:
    """A draft of the office; `lines` are (code, subject) or LineDraft."""
    titles = titles_of(ward)
    drafts = tuple(one if isinstance(one, LineDraft) else LineDraft(titles[one[0]], one[1]) for one in lines)
    values: dict[str, Any] = {
        "title": "Khen thưởng phong trào năm 2026",
        "kind": AwardRoundKind.YEARLY,
        "manner": AwardManner.MERIT,
        "year": 2026,
        "period_from": date(2026, 1, 1),
        "period_to": date(2026, 12, 31),
        "opens_on": date(2026, 11, 1),
        "closes_on": date(2026, 12, 15),
        "proposers": (Proposer.UNIT, Proposer.CLUSTER, Proposer.OFFICE),
        "vote_rule": MERIT,
        "lines": drafts,
    }
    with ward.work() as session:
        return rounds.open_round(
            session,
            actor=ward.viewer(by),
            now=ward.now,
            movement_id=ward.movement_id,
            draft=RoundDraft(**{**values, **changes}),
        )


def open_round(ward: Ward, *, by: str = "office", **changes: Any) -> AwardRound:
    """A round in force, taking nominations now."""
    made = add_round(ward, by=by, **changes)
    with ward.work() as session:
        return rounds.apply_round(session, actor=ward.viewer(by), now=ward.now, round_id=made.id)


def wording(subject: AwardSubject = AwardSubject.PERSON, **changes: Any) -> Wording:
    """Everything that may be said of one; a person is "Bà Trần Thị Mẫu" unless told otherwise."""
    values: dict[str, Any] = {
        AwardSubject.PERSON: {"name": "Trần Thị Mẫu", "honorific": "Bà", "post": "Chuyên viên", "leads": False},
        AwardSubject.COLLECTIVE: {"name": "Tập thể Đơn vị A"},
        AwardSubject.HOUSEHOLD: {"name": "Hộ ông Lê Văn Mẫu"},
    }[subject]
    common = {
        "workplace": "Đơn vị A",
        "reason": "Dẫn đầu về số hóa hồ sơ trong năm.",
        "achievement": "Đã có thành tích xuất sắc trong số hóa hồ sơ năm 2026",
    }
    return Wording(**{**values, **common, **changes})


def nominate(
    ward: Ward,
    round_: AwardRound,
    *,
    by: str = "clerk.a",
    unit: str | None = "A",
    code: str = MERIT,
    subject: AwardSubject = AwardSubject.PERSON,
    proposer: Proposer = Proposer.UNIT,
    cluster: str | None = None,
    person: str | None = None,
    grounds: Sequence[nominations.Ground] = (),
    **words: Any,
) -> Nomination:
    """A draft with all its words, without papers."""
    with ward.work() as session:
        return nominations.open_nomination(
            session,
            actor=ward.viewer(by),
            now=ward.now,
            today=TODAY,
            new=NewNomination(
                round_id=round_.id,
                title_id=titles_of_round(ward)[code],
                subject=subject,
                proposer=proposer,
                unit_id=ward.units[unit] if unit else None,
                cluster_id=ward.clusters[cluster] if cluster else None,
                person_id=ward.people[person] if person else None,
                wording=wording(subject, **words),
                grounds=tuple(grounds),
            ),
        )


def titles_of_round(ward: Ward) -> dict[str, str]:
    with ward.db.reading() as session:
        return {row.code: row.id for row in session.execute(select(AwardTitle.code, AwardTitle.id))}


def complete(ward: Ward, one: Nomination, *, by: str = "clerk.a") -> Nomination:
    """The report composed, the minutes put there: ready to hand in."""
    receipt = ward.resources.store.put(io.BytesIO(b"bien ban " + new_id().encode()), filename="bien-ban.txt")
    with ward.work() as session:
        actor = ward.viewer(by)
        reporting.compose_report(session, actor=actor, now=ward.now, nomination_id=one.id)
        nominations.attach_paper(
            session,
            actor=actor,
            now=ward.now,
            nomination_id=one.id,
            paper=DossierPaper.MINUTES,
            receipt=receipt,
            batch_id=new_id(),
        )
    return get(ward, one)


def submit(ward: Ward, one: Nomination, *, by: str = "head.a") -> Nomination:
    with ward.work() as session:
        moving.submit_nomination(
            session,
            actor=ward.viewer(by),
            moment=moment(ward),
            nomination_id=one.id,
        )
    return get(ward, one)


def receive(ward: Ward, one: Nomination, *, by: str = "office") -> Nomination:
    """Every finding that needs a word gets one."""
    with ward.work() as session:
        actor = ward.viewer(by)
        there = session.get_one(Nomination, one.id)
        for found in moving.list_findings(session, there, viewer=actor):
            if found.needs_word and not found.accepted:
                moving.accept_finding(
                    session, actor=actor, now=ward.now, nomination_id=one.id, key=found.key, reason="Đã xem xét."
                )
        moving.receive_nomination(
            session, actor=actor, moment=moment(ward), nomination_id=one.id, submission=there.submissions
        )
    return get(ward, one)


def received(
    ward: Ward, round_: AwardRound, *, by: str = "clerk.a", head: str = "head.a", **changes: Any
) -> Nomination:
    """A complete dossier that the office took in."""
    one = complete(ward, nominate(ward, round_, by=by, **changes), by=by)
    return receive(ward, submit(ward, one, by=head))


def voted(ward: Ward, *rows: Nomination, yes: int = 8, no: int = 1, other: int = 0, electors: int = 10) -> list[str]:
    """A closed secret ballot of the council on each; ids of the ballots. They are rows: how voting goes is tested
    elsewhere."""
    meeting = meetings.add_meeting(
        ward, "council", "chair", by="office", cluster=None, title="Họp Hội đồng xét khen thưởng"
    )
    made = []
    with ward.work() as session:
        for place, one in enumerate(rows):
            ballot = Ballot(
                meeting_id=meeting.id,
                position=place,
                question=f"Đề nghị khen thưởng {one.called}",
                choices=list(STANDARD),
                secret=True,
                needed=80,
                state=BallotState.CLOSED,
                counts=[yes, no, other],
                electors=electors,
                chosen=0 if yes * 100 >= electors * 80 else None,
                opened_at=ward.now,
                closed_at=ward.now,
                created_at=ward.now,
                nomination_id=one.id,
            )
            session.add(ballot)
            session.flush()
            made.append(ballot.id)
    return made


def propose(
    ward: Ward,
    round_: AwardRound,
    *rows: Nomination,
    by: str = "office",
    number: str = "45/TTr-VHXH",
    signed_on: date = TODAY,
) -> AwardProposal:
    with ward.work() as session:
        return decisions.make_proposal(
            session,
            actor=ward.viewer(by),
            now=ward.now,
            round_id=round_.id,
            nomination_ids=[one.id for one in rows],
            number=number,
            signed_on=signed_on,
        )


def judge(ward: Ward, one: Nomination, *, approve: bool = True, reason: str = "", by: str = "chair") -> Nomination:
    """The Chairman's word on one line."""
    with ward.work() as session:
        decisions.give_verdict(
            session, actor=ward.viewer(by), now=ward.now, nomination_id=one.id, approve=approve, reason=reason
        )
    return get(ward, one)


def draft(ward: Ward, round_: AwardRound, *, by: str = "office", on: date = TODAY, **changes: Any) -> AwardDecision:
    values: dict[str, Any] = {
        "decided_on": on,
        "signer_name": "Nguyễn Văn Chủ",
        "signer_post": "Chủ tịch",
        "money_source": "Quỹ thi đua, khen thưởng của phường",
    }
    with ward.work() as session:
        return decisions.draft_decision(
            session,
            actor=ward.viewer(by),
            now=ward.now,
            round_id=round_.id,
            draft=decisions.DecisionDraft(**{**values, **changes}),
        )


def issue(
    ward: Ward,
    made: AwardDecision,
    *,
    by: str = "chair",
    number: str = "77/QĐ-UBND",
    document_id: str | None = None,
    seen: str | None = None,
) -> AwardDecision:
    with ward.work() as session:
        return decisions.issue_decision(
            session,
            actor=ward.viewer(by),
            now=ward.now,
            today=TODAY,
            decision_id=made.id,
            number=number,
            document_id=document_id,
            seen=seen,
        )


def decided(ward: Ward, round_: AwardRound, *rows: Nomination, number: str = "77/QĐ-UBND") -> AwardDecision:
    """Received dossiers all the way to an issued decision; the vote was for each."""
    voted(ward, *rows)
    propose(ward, round_, *rows)
    for one in rows:
        judge(ward, one)
    return issue(ward, draft(ward, round_), number=number)


def signed(ward: Ward, number: str, day: date = TODAY) -> str:
    """A signed decision in the archive with that number and day; its id."""
    paper = ward.decision()
    with ward.work() as session:
        row = session.get_one(Document, paper)
        row.number, row.issued_on = number, day
    return paper


def awards_of(ward: Ward, decision: AwardDecision) -> list[Award]:
    """In the order of the golden book."""
    with ward.db.reading() as session:
        return list(
            session.scalars(select(Award).where(Award.decision_id == decision.id).order_by(Award.ordinal)).all()
        )


def three_honoured(ward: Ward) -> tuple[AwardDecision, list[Award]]:
    """A collective, a household and a person of unit A, honoured by one decision."""
    round_ = open_round(ward)
    rows = [received(ward, round_, subject=subject) for subject in AwardSubject]
    made = decided(ward, round_, *rows)
    return made, awards_of(ward, made)


def note(ward: Ward, name: str, award: Award, *, by: str = "", **what: Any) -> Award:
    """hand_over, pay, recover by the office, revoke by the Chairman: today, with arguments that are in order unless told
    otherwise."""
    by = by or ("chair" if name == "revoke" else "office")
    usual: dict[str, dict[str, Any]] = {
        "hand_over": {"day": TODAY, "to": "Bà Nguyễn Thị Nhận"},
        "pay": {"payment": afterwards.Payment(TODAY, award.amount)},
        "revoke": {"revocation": afterwards.Revocation(TODAY, "90/QĐ-UBND", "Khai không đúng sự thật")},
        "recover": {"day": TODAY, "amount": award.paid_amount or award.amount},
    }
    with ward.work() as session:
        act = getattr(afterwards, name)
        return act(
            session,
            actor=ward.viewer(by),
            now=ward.now,
            today=TODAY,
            award_id=award.id,
            **{**usual[name], **what},
        )


def get(ward: Ward, one: Nomination) -> Nomination:
    """As it stands now."""
    with ward.db.reading() as session:
        return session.get_one(Nomination, one.id)


def in_state(ward: Ward, state: NominationState) -> list[Nomination]:
    with ward.db.reading() as session:
        return list(session.scalars(select(Nomination).where(Nomination.state == state)))


def moment(ward: Ward) -> Moment:
    return Moment(ward.now, TODAY, ward.resources.settings.timezone)


def declare(ward: Ward, one: Nomination, *, by: str) -> NominationStake:
    """Somebody of those who judge is related to whom it honours."""
    with ward.work() as session:
        return moving.declare_stake(
            session, actor=ward.viewer(by), now=ward.now, nomination_id=one.id, reason="Chị ruột"
        )


def mark(ward: Ward, name: str = "Người Tạm Dừng") -> AwardMark:
    """Somebody whom the office marked: not to be honoured for now."""
    new = marking.NewMark(kind=MarkKind.COMPLAINT, name=name, unit_id=None, note="Đơn số 3", from_day=date(2026, 11, 1))
    with ward.work() as session:
        return marking.add_mark(session, actor=ward.viewer("office"), now=ward.now, new=new)
