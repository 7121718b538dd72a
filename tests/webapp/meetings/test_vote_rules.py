"""Rules of the kinds of decision: who counts, who is asked in writing, who is kept away; decided ballots never change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.support import meetings
from tests.support.ward import Ward
from tests.webapp.meetings.test_moves import told
from webapp.core.errors import Invalid, Refused
from webapp.meetings import casting, queries, vote_rules
from webapp.meetings.preparing import AboutNomination, prepare_about
from webapp.meetings.vote_rules import Wording
from webapp.models import Ballot, BallotAsked, BallotBar, BallotVoter, VoteBase, VoteRule

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def moment(ward: Ward, ballot: Ballot) -> queries.Moment:
    with ward.db.reading() as session:
        return queries.list_moments(session, [session.get_one(Ballot, ballot.id)])[ballot.id]


def test_eighty_percent_of_all_members_with_the_absent_asked_in_writing(ward: Ward) -> None:
    """Seven members, two away: six must agree; one answers in the program, one on paper, nobody twice."""
    meeting = meetings.held(ward, absent=("head.a", "clerk.a"))
    (ballot,) = meetings.about(ward, meeting, meetings.nomination(1))
    meetings.step(ward, "open_ballot", ballot)
    assert told(ward, f"ballot:{ballot.id}:open") == {"head.a", "clerk.a", "clerk.b", "office", "council", "chair"}
    meetings.vote(ward, ballot, leader_1=0, clerk_b=0, office=0, council=0, chair=2, head_a=0)
    meetings.record_paper(ward, ballot, "clerk.a")
    for wrong in ("clerk.a", "head.a", "council"):
        with pytest.raises(Invalid, match=r"mỗi người một lần|vắng mặt"):
            meetings.record_paper(ward, ballot, wrong)
    with pytest.raises(Invalid, match="mỗi người bỏ phiếu một lần"):
        meetings.step(ward, "cast_vote", ballot, "clerk.a", choice=1)
    closed = meetings.close(ward, ballot)
    assert (closed.counts, closed.electors, closed.chosen) == ([6, 0, 1], 7, 0)
    told_of = moment(ward, ballot)
    assert told_of.asked == (("Người clerk.a", True, ward.now.date()), ("Người head.a", True, None))
    assert told_of.absent == ("Người clerk.a (bận công tác)", "Người head.a (bận công tác)")
    with ward.db.reading() as session:
        assert all(one.choice is None for one in session.scalars(select(BallotVoter)))
        assert meetings.step(ward, "recount_ballot", ballot, "council").agrees


@on_one_database
@pytest.mark.parametrize(
    ("code", "changes", "votes", "found"),
    [
        # Seven members, two away; office has a stake in VH. Who agrees, the base, and whether it is carried.
        ("danh-hieu", {}, 4, (7, None)),  # abstentions and silence are in the base and never win
        ("danh-hieu", {"shrinks": True}, 4, (6, None)),
        ("danh-hieu", {"shrinks": True, "needed": 67}, 4, (6, 0)),
        ("danh-hieu", {"shrinks": False, "needed": 67}, 4, (7, None)),
        ("danh-hieu", {"base": VoteBase.PRESENT}, 4, (5, 0)),
        ("danh-hieu", {"base": VoteBase.PRESENT, "shrinks": True}, 4, (4, 0)),
        ("thuong", {}, 3, (4, 0)),
        ("thuong", {"needed": 100}, 3, (4, None)),
        ("giay-khen", {}, 4, (7, 0)),
        ("giay-khen", {}, 3, (7, None)),
    ],
)
def test_the_base_follows_the_rule(
    ward: Ward, code: str, changes: dict[str, Any], votes: int, found: tuple[int, int | None]
) -> None:
    meetings.start_rules(ward)
    with ward.work() as session:
        row = session.scalars(select(VoteRule).where(VoteRule.code == code)).one()
        for name, value in changes.items():
            setattr(row, name, value)
    meeting = meetings.held(ward, absent=("head.a", "clerk.a"))
    (ballot,) = meetings.about(ward, meeting, meetings.nomination(1, ward.units["VH"]), code=code)
    meetings.step(ward, "open_ballot", ballot)
    for username in ("leader.1", "clerk.b", "chair", "council")[:votes]:
        meetings.step(ward, "cast_vote", ballot, username, choice=0)
    with pytest.raises(Refused, match="đơn vị của bạn"):
        meetings.step(ward, "cast_vote", ballot, "office", choice=0)
    closed = meetings.close(ward, ballot)
    assert (closed.electors, closed.chosen) == found


@on_one_database
def test_a_change_of_the_rule_leaves_ballots_as_they_were(ward: Ward) -> None:
    old = meetings.start_rules(ward)["danh-hieu"]
    meeting = meetings.held(ward)
    (ballot,) = meetings.about(ward, meeting, meetings.nomination(1))
    new = Wording(
        name="Xét danh hiệu",
        quorum=50,
        base=VoteBase.PRESENT,
        needed=50,
        secret=False,
        written=False,
        shrinks=True,
        stand_ins=True,
        valid_from=ward.now.date() + timedelta(days=1),
        valid_until=None,
        citation="Quy chế mới",
        verified=True,
    )
    with ward.work() as session:
        vote_rules.change_rule(session, actor=ward.viewer("office"), now=ward.now, rule_id=old.id, new=new)
    for wrong in ({"valid_from": date(2025, 7, 1)}, {"needed": 40}, {"quorum": 0}, {"citation": " "}, {"name": ""}):
        with ward.work() as session, pytest.raises(Invalid) as fault:
            bad = replace(new, **{"valid_from": date(2030, 1, 1), **wrong})
            vote_rules.change_rule(session, actor=ward.viewer("office"), now=ward.now, rule_id=old.id, new=bad)
        assert set(fault.value.fields) == set(wrong)
    with ward.work() as session, pytest.raises(Refused):
        vote_rules.change_rule(session, actor=ward.viewer("council"), now=ward.now, rule_id=old.id, new=new)
    row = meetings.stored(ward, ballot)
    assert (row.needed, row.base, row.written, row.secret, row.shrinks) == (80, VoteBase.ALL, True, True, False)
    with ward.db.reading() as session:
        said = [(one.valid_from, one.valid_until) for one in vote_rules.list_rules(session) if one.code == "danh-hieu"]
    assert said == [(new.valid_from, None), (old.valid_from, ward.now.date())]
    with ward.work() as session, pytest.raises(Invalid, match="không có hiệu lực"):
        later = session.scalars(select(VoteRule.id).where(VoteRule.valid_from == new.valid_from)).one()
        named: dict[str, Any] = {"meeting_id": meeting.id, "rule_id": later, "lines": [meetings.nomination(2)]}
        prepare_about(session, actor=ward.viewer("leader.1"), now=ward.now, **named)


def test_who_is_barred_votes_nothing_and_a_repeat_keeps_it(ward: Ward) -> None:
    meeting = meetings.held(ward, absent=("head.a",))
    barred = {ward.people["council"]: "được đề nghị khen thưởng", ward.people["head.a"]: "là người thân"}
    first, second = meetings.about(
        ward, meeting, replace(meetings.nomination(1), barred=barred), meetings.nomination(2)
    )
    assert meetings.step(ward, "void_ballot", first, reason="nhầm").nomination_id == "nomination001"
    again = meetings.step(ward, "repeat_ballot", first)
    assert (again.nomination_id, again.needed, again.base, again.written) == ("nomination001", 80, VoteBase.ALL, True)
    meetings.step(ward, "open_ballot", again)
    assert told(ward, f"ballot:{again.id}:open") == {"clerk.a", "clerk.b", "office", "chair"}
    for username in ("council", "head.a"):
        with pytest.raises(Refused, match=r"^Có liên quan: (được đề nghị|là người thân)"):
            meetings.step(ward, "cast_vote", again, username, choice=0)
    with pytest.raises(Invalid, match="vắng mặt đã được xin ý kiến"):
        meetings.record_paper(ward, again, "head.a")
    with ward.db.reading() as session:
        assert len(session.scalars(select(BallotBar)).all()) == 4
        assert session.scalars(select(BallotAsked).where(BallotAsked.ballot_id == again.id)).all() == []
    meetings.step(ward, "open_ballot", second)
    meetings.step(ward, "cast_vote", second, "council", choice=0)


@on_one_database
@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "ít nhất một đề nghị"),
        ([meetings.nomination(1), meetings.nomination(1)], "mỗi đề nghị lấy phiếu một lần"),
        ([meetings.nomination(9)], "mỗi đề nghị lấy phiếu một lần"),
        ([meetings.nomination(n) for n in range(10, 130)], "tối đa 100 nội dung"),
        ([replace(meetings.nomination(1), question=" ")], "cần có chữ"),
        ([replace(meetings.nomination(1), barred={"nobody": "x"})], "hệ thống không có"),
        ([replace(meetings.nomination(1), unit_id="nowhere")], "hệ thống không có"),
    ],
)
def test_lines_that_cannot_be_put_to_the_vote(ward: Ward, lines: list[AboutNomination], sentence: str) -> None:
    meeting = meetings.held(ward)
    meetings.about(ward, meeting, meetings.nomination(9))
    with pytest.raises(Invalid, match=sentence):
        meetings.about(ward, meeting, *lines)
    assert len(meetings.ballot_states(ward, meeting)) == 1


@on_one_database
def test_paper_opinions_that_cannot_be_taken(ward: Ward) -> None:
    meetings.add_leader(ward)
    meeting = meetings.held(ward, "deputy.1", *meetings.MEMBERS, absent=("head.a",))
    document = ward.document("clerk.a", "A", "ý kiến")
    ballot, unasked = meetings.about(
        ward,
        meeting,
        replace(meetings.nomination(1), barred={ward.people["deputy.1"]: "vợ chồng"}),
        meetings.nomination(2),
    )
    with pytest.raises(Invalid, match="Chưa lấy phiếu"):
        meetings.record_paper(ward, unasked, "head.a")
    meetings.step(ward, "open_ballot", ballot)
    with pytest.raises(Refused, match="vợ chồng"):
        meetings.record_paper(ward, ballot, "head.a", by="deputy.1")
    with pytest.raises(Refused):
        meetings.record_paper(ward, ballot, "head.a", by="council")
    for wrong in (
        {"received_on": None},
        {"received_on": ward.now.date() + timedelta(days=1)},
        {"choice": 7},
        {"choice": None},
        {"person_id": ward.people["council"]},
        {"document_id": document.id},  # of a secret ballot no paper is kept: it says what was voted
    ):
        with pytest.raises(Invalid) as fault:
            meetings.record_paper(ward, ballot, "head.a", **wrong)
        assert set(fault.value.fields) == set(wrong)
    with ward.db.reading() as session:
        assert session.scalars(select(BallotVoter)).all() == []


@on_one_database
def test_votes_on_one_form_are_taken_all_or_none(ward: Ward) -> None:
    meeting = meetings.held(ward)
    barred = {ward.people["council"]: "được đề nghị"}
    first, second, third = meetings.about(
        ward, meeting, meetings.nomination(1), meetings.nomination(2), replace(meetings.nomination(3), barred=barred)
    )
    for one in (first, second, third):
        meetings.step(ward, "open_ballot", one)

    def cast(**choices: int | None) -> list[Ballot]:
        named = {"first": first.id, "second": second.id, "third": third.id}
        with ward.work() as session:
            return casting.cast_votes(
                session,
                actor=ward.viewer("council"),
                now=ward.now,
                timezone=ward.resources.settings.timezone,
                key=meetings.house_key(ward),
                meeting_id=meeting.id,
                choices={named[name]: choice for name, choice in choices.items()},
            )

    for wrong, at in (
        ({"first": 0}, second),
        ({"first": 0, "second": None}, second),
        ({"first": 8, "second": 0}, first),
    ):
        with pytest.raises(Invalid) as fault:
            cast(**wrong)
        assert set(fault.value.fields) == {f"choice-{at.id}"}
    with pytest.raises(Refused, match="được đề nghị"):
        cast(first=0, second=0, third=0)
    with ward.db.reading() as session:
        assert session.scalars(select(BallotVoter)).all() == []
    assert [one.id for one in cast(first=0, second=1)] == [first.id, second.id]
    with pytest.raises(Invalid, match="mỗi người bỏ phiếu một lần"):
        cast(first=0)
