"""Nominations before the council: one ballot each by the rule of the round; who has a stake sees and votes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.support import commendation, councils, meetings
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.commendation.nominations.moving import refuse_nomination
from webapp.core.errors import Invalid, NotFound
from webapp.meetings.nominations import prepare_for
from webapp.meetings.vote_rules import start_rules
from webapp.models import AwardSubject, Ballot, Meeting, RefusalReason, Role, VoteBase, VoteRule

COUNCIL = ("council", "chair", "auditor", "clerk.b")
# With who chairs.
ALL = len(COUNCIL) + 1

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def council_meeting(ward: Ward, *people: str, **changes: Any) -> Meeting:
    with ward.work() as session:
        start_rules(session, actor=ward.viewer("office"), now=ward.now)
    return meetings.add_meeting(ward, *people, by="office", cluster=None, title="Họp Hội đồng", **changes)


def prepare(ward: Ward, meeting: Meeting, *keys: str, by: str = "office") -> list[Ballot]:
    with ward.work() as session:
        return prepare_for(
            session,
            actor=ward.viewer(by),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            meeting_id=meeting.id,
            chosen=keys,
        )


def test_a_ballot_follows_the_rule_of_its_round_and_a_dossier_is_voted_on_once(ward: Ward) -> None:
    round_ = commendation.open_round(ward, vote_rule="danh-hieu")
    one = commendation.received(ward, round_)
    early = commendation.submit(ward, commendation.complete(ward, commendation.nominate(ward, round_, name="Sớm")))
    meeting = council_meeting(ward, "council", "chair")
    for wrong in ((), (early.id,), (one.id, "không có")):
        with pytest.raises((Invalid, NotFound)):
            prepare(ward, meeting, *wrong)
    made = prepare(ward, meeting, one.id)
    assert [(b.nomination_id, b.secret, b.base, b.needed, b.written) for b in made] == [
        (one.id, True, VoteBase.ALL, 80, True)
    ]
    with pytest.raises(NotFound):
        prepare(ward, meeting, one.id)
    cluster = meetings.add_meeting(ward, "leader.1")
    with pytest.raises((Invalid, NotFound)):
        prepare(ward, cluster, one.id, by="leader.1")


@on_one_database
def test_who_declares_a_stake_sees_no_ballot_of_it(client: Client) -> None:
    ward = client.ward
    round_ = commendation.open_round(ward)
    one = commendation.received(ward, round_)
    other = commendation.received(ward, round_, name="Lê Văn Khác", honorific="Ông", code=commendation.MERIT)
    meeting = council_meeting(ward, "council", "chair", "leader.1", "auditor", "clerk.b")
    office = client.sign_in("office")
    page = office.get(f"/meetings/{meeting.id}/nominations").text
    assert "Trần Thị Mẫu" in page and "Lê Văn Khác" in page
    assert office.post(f"/meetings/{meeting.id}/nominations", {}).status_code == 422
    assert office.post(f"/meetings/{meeting.id}/nominations", {"key": [one.id, other.id]}).status_code == 303
    with ward.db.reading() as session:
        about = {b.nomination_id: b.id for b in session.scalars(select(Ballot)).all()}
    council = client.as_user("council")
    assert "Trần Thị Mẫu" in council.get(f"/meetings/{meeting.id}").text
    assert council.post(f"/nominations/{one.id}/declare", {"reason": "Chị ruột"}).status_code == 303
    for address in (f"/meetings/{meeting.id}", f"/meetings/{meeting.id}/minutes", f"/meetings/{meeting.id}/vote", "/"):
        text = council.get(address).text
        assert "Trần Thị Mẫu" not in text, address
    assert "Lê Văn Khác" in council.get(f"/meetings/{meeting.id}").text
    assert council.get(f"/ballots/{about[one.id]}").status_code == 404
    assert council.post(f"/ballots/{about[one.id]}/vote", {"choice": "0"}).status_code == 404
    assert council.get(f"/ballots/{about[other.id]}").status_code == 200


@on_one_database
def test_nobody_is_barred_as_the_honoured_where_these_have_no_account(ward: Ward) -> None:
    """A household: who runs the meeting puts in a paper; who is away and not asked stays in the base of all members."""
    one = commendation.received(
        ward, commendation.open_round(ward, vote_rule="danh-hieu"), subject=AwardSubject.HOUSEHOLD
    )
    meeting = council_meeting(ward, *COUNCIL)
    with ward.work() as session:
        session.scalars(select(VoteRule).where(VoteRule.code == "danh-hieu")).one().shrinks = True
    (ballot,) = prepare(ward, meeting, one.id)
    meetings.begin(ward, meeting, "office")
    meetings.mark(ward, meeting, "clerk.b", by="office")
    meetings.step(ward, "open_ballot", ballot, "office")
    meetings.vote(ward, ballot, council=0, chair=0, auditor=0)
    ward.person("office.2", Role.STANDING_OFFICE, "B")
    meetings.record_paper(ward, ballot, "clerk.b", by="office.2")
    assert meetings.close(ward, ballot, "office").electors == ALL
    again = commendation.received(ward, commendation.open_round(ward, vote_rule="danh-hieu"), name="Hộ khác")
    with ward.work() as session:
        session.scalars(select(VoteRule).where(VoteRule.code == "danh-hieu")).one().written = False
    (ballot,) = prepare(ward, meeting, again.id)
    meetings.step(ward, "open_ballot", ballot, "office")
    meetings.vote(ward, ballot, council=0, chair=0, auditor=0)
    assert meetings.close(ward, ballot, "office").electors == ALL


@on_one_database
def test_a_result_is_never_voted_over(ward: Ward) -> None:
    """What was declared void and then voted on is not asked again; what was refused meanwhile is not voted on."""
    round_ = commendation.open_round(ward)
    one, other = commendation.received(ward, round_), commendation.received(ward, round_, name="Lê Thị Khác")
    meeting = council_meeting(ward, *COUNCIL)
    meetings.begin(ward, meeting, "office")
    meetings.mark(ward, meeting, by="office")
    (void,) = prepare(ward, meeting, one.id)
    meetings.step(ward, "void_ballot", void, "office", reason="mất điện")
    (ballot,) = prepare(ward, meeting, one.id)
    meetings.step(ward, "open_ballot", ballot, "office")
    meetings.vote(ward, ballot, council=1, chair=1, auditor=1)
    meetings.close(ward, ballot, "office")
    with pytest.raises(Invalid, match="một lần"):
        meetings.step(ward, "repeat_ballot", void, "office")
    (late,) = prepare(ward, meeting, other.id)
    with ward.work() as session:
        refuse_nomination(
            session,
            actor=ward.viewer("office"),
            moment=commendation.moment(ward),
            nomination_id=other.id,
            why=RefusalReason.BREACH,
            note="Có đơn tố cáo đang được giải quyết",
        )
    with pytest.raises(Invalid, match="Không xét"):
        meetings.step(ward, "open_ballot", late, "office")


@on_one_database
@pytest.mark.parametrize("people", [("chair", "council", "auditor"), (*COUNCIL, "clerk.c")])
def test_the_whole_council_and_nobody_else_votes_on_honours(ward: Ward, people: tuple[str, ...]) -> None:
    """Else all members would be those asked to come."""
    council = councils.found(ward)
    for name in ("office", *COUNCIL):
        councils.seat(ward, council, name)
    one = commendation.received(ward, commendation.open_round(ward))
    meeting = council_meeting(ward, *people)
    (ballot,) = prepare(ward, meeting, one.id)
    meetings.begin(ward, meeting, "office")
    meetings.mark(ward, meeting, by="office")
    with pytest.raises(Invalid, match=r"Chưa mời đủ .* clerk\.b|Không phải thành viên .* clerk\.c"):
        meetings.step(ward, "open_ballot", ballot, "office")


@on_one_database
def test_who_votes_reads_why_and_declares_before_voting(client: Client) -> None:
    ward = client.ward
    one = commendation.received(ward, commendation.open_round(ward))
    meeting = council_meeting(ward, *COUNCIL)
    meetings.begin(ward, meeting, "office")
    meetings.mark(ward, meeting, by="office")
    (ballot,) = prepare(ward, meeting, one.id)
    meetings.step(ward, "open_ballot", ballot, "office")
    page = client.sign_in("council").get(f"/meetings/{meeting.id}/vote").text
    assert "Dẫn đầu về số hóa hồ sơ" in page and f"/nominations/{one.id}/declare" in page
    meetings.vote(ward, ballot, council=0)
    late = client.as_user("council").post(f"/nominations/{one.id}/declare", {"reason": "Chị ruột"})
    assert late.status_code == 422 and "đã bỏ phiếu về đề nghị này" in late.text
