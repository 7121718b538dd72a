"""Ballots: quorum, who votes and who must not, results only after the count, void ones, counting again."""

from __future__ import annotations

import itertools
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from tests.support import meetings
from tests.support.ward import Ward
from tests.webapp.meetings.test_moves import PEOPLE, told
from webapp.core.errors import Invalid, NotFound, Refused
from webapp.meetings import box, queries, rules
from webapp.models import Ballot, BallotPaper, BallotState, BallotVoter, Meeting, Role

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def bring_to(ward: Ward, meeting: Meeting, state: BallotState) -> Ballot:
    if state is BallotState.CLOSED:
        return meetings.counted(ward, meeting)
    ballot = meetings.prepare(ward, meeting)
    if state is BallotState.OPEN:
        meetings.step(ward, "open_ballot", ballot)
        meetings.vote(ward, ballot, leader_1=0, council=0, chair=0)
    if state is BallotState.VOID:
        meetings.step(ward, "void_ballot", ballot, reason="nhầm")
    return ballot


@on_one_database
@pytest.mark.parametrize("state", list(BallotState))
def test_every_move_by_every_role(ward: Ward, state: BallotState) -> None:
    meeting = meetings.held(ward)
    verbs: dict[str, dict[str, Any]] = {"open": {}, "close": {}, "void": {"reason": "nhầm"}}
    for move, username in itertools.product(verbs, PEOPLE):
        ballot = bring_to(ward, meeting, state)
        if username == "leader.1" and (state, move) in rules.BALLOT_MOVES:
            meetings.step(ward, f"{move}_ballot", ballot, username, **verbs[move])
            assert meetings.stored(ward, ballot).state is rules.BALLOT_MOVES[state, move]
            continue
        with pytest.raises((Refused, NotFound, Invalid)) as fault:
            meetings.step(ward, f"{move}_ballot", ballot, username, **verbs[move])
        assert len(fault.value.sentence) > 20
        assert meetings.stored(ward, ballot).state is state, (move, username)


@on_one_database
@pytest.mark.parametrize("state", list(BallotState))
def test_only_those_present_vote_and_only_while_it_is_open(ward: Ward, state: BallotState) -> None:
    meeting = meetings.held(ward, absent=("head.a",))
    ballot = bring_to(ward, meeting, state)
    for username in (*PEOPLE, "clerk.b"):
        before = voters(ward, ballot)
        if state is BallotState.OPEN and username in ("clerk.a", "office", "clerk.b"):
            meetings.step(ward, "cast_vote", ballot, username, choice=1)
            assert voters(ward, ballot) == before + 1
            continue
        with pytest.raises((Refused, NotFound, Invalid)) as fault:
            meetings.step(ward, "cast_vote", ballot, username, choice=1)
        assert len(fault.value.sentence) > 20
        assert voters(ward, ballot) == before, username


def voters(ward: Ward, ballot: Ballot) -> int:
    with ward.db.reading() as session:
        return session.scalar(select(func.count()).where(BallotVoter.ballot_id == ballot.id)) or 0


@on_one_database
def test_a_vote_is_given_once_and_is_a_choice(ward: Ward) -> None:
    meeting = meetings.held(ward)
    for secret in (True, False):
        ballot = meetings.opened(ward, meeting, secret=secret)
        for wrong in (None, -1, 3, 99):
            with pytest.raises(Invalid) as fault:
                meetings.step(ward, "cast_vote", ballot, "council", choice=wrong)
            assert "choice" in fault.value.fields
        meetings.step(ward, "cast_vote", ballot, "council", choice=2)
        with pytest.raises(Invalid, match="mỗi người bỏ phiếu một lần"):
            meetings.step(ward, "cast_vote", ballot, "council", choice=0)
        assert voters(ward, ballot) == 1


@on_one_database
def test_nobody_votes_on_the_own_unit_and_they_are_not_counted(ward: Ward) -> None:
    """By post (B's leader), by grant (A's head and clerk), by declaration; a lifted declaration binds no more."""
    ward.person("helper")
    ward.grant("helper", Role.CLERK, "B")
    meetings.declare_conflict(ward, "council", "B")
    meetings.declare_conflict(ward, "chair", "B", lifted=True)
    meeting = meetings.held(ward, *meetings.MEMBERS, "helper")
    ballot = meetings.opened(ward, meeting, "B", secret=False)
    for username in ("leader.1", "clerk.b", "helper", "council"):
        with pytest.raises(Refused, match=r"^Có liên quan: "):
            meetings.step(ward, "cast_vote", ballot, username, choice=0)
    meetings.vote(ward, ballot, head_a=0, clerk_a=0, chair=1)
    assert told(ward, f"ballot:{ballot.id}:open") == {"head.a", "clerk.a", "chair", "office"}
    closed = meetings.close(ward, ballot)
    assert (closed.counts, closed.electors, closed.chosen) == ([2, 1, 0], 4, None)
    other = meetings.opened(ward, meeting, "A", secret=False)
    meetings.vote(ward, other, leader_1=0, clerk_b=0, council=0, chair=0, office=1)
    closed = meetings.close(ward, other)
    assert (closed.counts, closed.electors, closed.chosen) == ([4, 1, 0], 6, 0)


@on_one_database
@pytest.mark.parametrize("secret", [True, False])
def test_nobody_votes_where_a_choice_names_the_own_unit(ward: Ward, secret: bool) -> None:
    """However it is capitalised, spaced or composed: A's own people, and who declared not to judge VH."""
    meetings.declare_conflict(ward, "council", "VH")
    meeting = meetings.held(ward)
    choices = ("  ĐƠN  vị a", unicodedata.normalize("NFD", "Đơn vịVH"), "Không đơn vị nào")
    ballot = meetings.opened(ward, meeting, question="Chọn đơn vị dẫn đầu", choices=choices, secret=secret)
    for username in ("head.a", "clerk.a", "council", "office"):
        with pytest.raises(Refused, match=r"^Có liên quan: "):
            meetings.step(ward, "cast_vote", ballot, username, choice=2)
        with ward.db.reading() as session:
            scope = {"viewer": ward.viewer(username), "now": ward.now, "timezone": ward.resources.settings.timezone}
            turn = queries.get_turn(session, ballot.id, **scope)
        assert turn.bar.startswith("Có liên quan: ") and turn.electors == 3
    assert told(ward, f"ballot:{ballot.id}:open") == {"clerk.b", "chair"}
    meetings.vote(ward, ballot, leader_1=0, clerk_b=0, chair=1)
    closed = meetings.close(ward, ballot)
    assert (closed.counts, closed.electors, closed.chosen) == ([2, 1, 0], 3, 0)
    other = meetings.opened(ward, meeting, question="Khác", choices=("Đơn vị A khá", "Đơn vị"), secret=secret)
    meetings.step(ward, "cast_vote", other, "head.a", choice=0)


@on_one_database
def test_a_stake_declared_while_the_ballot_is_open_binds_from_then_on(ward: Ward) -> None:
    meeting = meetings.held(ward)
    ballot = meetings.opened(ward, meeting, "A")
    meetings.vote(ward, ballot, council=0, leader_1=0, clerk_b=0)
    meetings.declare_conflict(ward, "council", "A")
    meetings.declare_conflict(ward, "chair", "A")
    with pytest.raises(Refused, match="khai báo"):
        meetings.step(ward, "cast_vote", ballot, "chair", choice=0)
    closed = meetings.close(ward, ballot)  # what council gave stays in the box: nobody knows which it is
    assert (sum(closed.counts or []), closed.electors) == (3, 4)


@on_one_database
def test_no_ballot_opens_without_quorum_nor_before_the_meeting(ward: Ward) -> None:
    meeting = meetings.add_meeting(ward)
    ballot = meetings.prepare(ward, meeting)
    with pytest.raises(Invalid, match="đang diễn ra"):
        meetings.step(ward, "open_ballot", ballot)
    meetings.begin(ward, meeting)
    with pytest.raises(Invalid, match="có mặt 0/7, cần ít nhất 5"):
        meetings.step(ward, "open_ballot", ballot)
    meetings.mark(ward, meeting, "head.a", "clerk.a", "council")
    with pytest.raises(Invalid, match="có mặt 4/7"):
        meetings.step(ward, "open_ballot", ballot)
    meetings.mark(ward, meeting, "head.a", "clerk.a")
    meetings.step(ward, "open_ballot", ballot)


@on_one_database
def test_a_secret_ballot_needs_three_who_may_vote(ward: Ward) -> None:
    meeting = meetings.held(ward, "leader.1", "clerk.b", "council", "chair")
    ballot = meetings.prepare(ward, meeting, "B")
    with pytest.raises(Invalid, match="chỉ có 2 người được bỏ phiếu kín; cần ít nhất 3"):
        meetings.step(ward, "open_ballot", ballot)
    meetings.opened(ward, meeting, "B", secret=False)


@pytest.mark.parametrize("members", range(1, 60))
def test_quorum_and_majority_are_exact(members: int) -> None:
    """Against fractions written anew: 67 is two thirds, 50 for votes is more than half."""
    for percent in range(1, 101):
        wanted = Fraction(2, 3) if percent == 67 else Fraction(percent, 100)
        for present in range(members + 1):
            enough = present > 0 and Fraction(present, members) >= wanted
            assert rules.has_quorum(present, members, percent) is enough, (percent, present)
            if percent >= 50:
                passes = Fraction(present, members) > Fraction(1, 2) if percent == 50 else enough
                assert (present >= rules.votes_needed(members, percent)) is passes, (percent, present)
    assert not rules.has_quorum(0, 0, 67)


def test_what_a_count_decides() -> None:
    own = ("A", "B", "C", "D")
    assert rules.decided(rules.STANDARD, [3, 2, 0], 5, 50) == 0
    assert rules.decided(rules.STANDARD, [2, 2, 0], 4, 50) is None
    assert rules.decided(rules.STANDARD, [0, 5, 0], 5, 50) is None
    assert rules.decided(rules.STANDARD, [2, 1, 0], 3, 67) == 0
    assert rules.decided(own, [0, 0, 4, 1], 6, 50) == 2
    assert rules.decided(own, [3, 3, 0, 0], 6, 50) is None
    with pytest.raises(ValueError):
        rules.count([0, 3], 3)


@pytest.mark.parametrize(
    "choice",
    ["Phiếu trắng", "Không có ý kiến", "ý kiến khác.", "Không biểu quyết", "Không chọn phương án nào", "Để trống"],
)
def test_no_opinion_never_wins(choice: str) -> None:
    assert rules.decided(("Đơn vị A", "Đơn vị B", choice), [1, 0, 4], 5, 50) is None
    assert rules.decided((choice, "Không đồng ý"), [1, 4], 5, 50) == 1


@on_one_database
def test_one_form_makes_ballots_for_several_units(ward: Ward) -> None:
    meeting = meetings.held(ward)
    meetings.prepare(ward, meeting, "A", "VH")
    with ward.db.reading() as session:
        rows = session.scalars(select(Ballot).order_by(Ballot.position)).all()
    assert [(one.position, one.unit_id) for one in rows] == [(1, ward.units["A"]), (2, ward.units["VH"])]
    assert rows[0].question == "Đề nghị tặng danh hiệu Tập thể lao động tiên tiến cho Đơn vị A"


@on_one_database
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"question": " "}, "question"),
        ({"question": "x" * 301}, "question"),
        ({"choices": ("một",)}, "choices"),
        ({"choices": tuple("abcdefghijk")}, "choices"),
        ({"choices": ("Có", "có")}, "choices"),
        ({"choices": ("có", " ")}, "choices"),
        ({"choices": ("Phiếu trắng", "Ý kiến khác")}, "choices"),
        ({"choices": ("có", "x" * 201)}, "choices"),
        ({"needed": 49}, "needed"),
        ({"needed": 101}, "needed"),
        ({"unit_ids": ("khong-co",)}, "units"),
    ],
)
def test_what_cannot_be_asked(ward: Ward, changes: dict[str, Any], field: str) -> None:
    meeting = meetings.held(ward)
    with pytest.raises(Invalid) as fault:
        meetings.prepare(ward, meeting, **changes)
    assert field in fault.value.fields


@on_one_database
def test_a_unit_of_another_cluster_is_not_asked_about(ward: Ward) -> None:
    with pytest.raises(Invalid) as fault:
        meetings.prepare(ward, meetings.held(ward), "C")
    assert "units" in fault.value.fields
    council = meetings.add_meeting(ward, by="office", cluster=None)
    meetings.prepare(ward, council, "C", by="office")


def test_nobody_sees_a_result_before_the_count(ward: Ward) -> None:
    meeting = meetings.held(ward)
    zone = ward.resources.settings.timezone
    for secret in (True, False):
        ballot = meetings.opened(ward, meeting, secret=secret)
        meetings.vote(ward, ballot, leader_1=0, council=1, chair=0)
        for username in ("leader.1", "auditor", "office", "council"):
            viewer = ward.viewer(username)
            with ward.db.reading() as session:
                turn = queries.get_turn(session, ballot.id, viewer=viewer, now=ward.now, timezone=zone)
                assert (turn.voted, turn.ballot.counts, turn.ballot.chosen) == (3, None, None)
                assert queries.list_votes(session, turn.ballot, viewer=viewer) == []
        with ward.db.reading() as session, pytest.raises(NotFound):
            queries.get_turn(session, ballot.id, viewer=ward.viewer("admin"), now=ward.now, timezone=zone)
        meetings.close(ward, ballot)
        with ward.db.reading() as session:
            viewer = ward.viewer("auditor")
            turn = queries.get_turn(session, ballot.id, viewer=viewer, now=ward.now, timezone=zone)
            assert turn.ballot.counts == [2, 1, 0]
            votes = queries.list_votes(session, turn.ballot, viewer=viewer)
            assert votes == ([] if secret else [("Người chair", 0), ("Người council", 1), ("Người leader.1", 0)])


@on_one_database
def test_fewer_than_three_papers_are_not_counted_but_declared_void_and_asked_again(ward: Ward) -> None:
    meeting = meetings.held(ward)
    ballot = meetings.opened(ward, meeting)
    meetings.vote(ward, ballot, leader_1=0, council=0)
    with pytest.raises(Invalid, match="sẽ làm lộ ý kiến của từng người"):
        meetings.close(ward, ballot)
    with pytest.raises(Invalid) as fault:
        meetings.step(ward, "void_ballot", ballot, reason="  ")
    assert "reason" in fault.value.fields
    with pytest.raises(Invalid, match="đã hủy"):
        meetings.step(ward, "repeat_ballot", ballot)
    meetings.step(ward, "void_ballot", ballot, reason="thiếu phiếu")
    void = meetings.stored(ward, ballot)
    assert (void.box, void.salt, void.counts) == (None, None, None)
    again = meetings.step(ward, "repeat_ballot", ballot)
    assert (again.question, again.choices, again.state) == (ballot.question, ballot.choices, BallotState.PREPARED)
    meetings.step(ward, "open_ballot", again)
    meetings.vote(ward, again, leader_1=0, council=0, chair=0, office=0)
    assert meetings.close(ward, again).chosen == 0


@on_one_database
def test_a_box_of_another_key_is_told_and_can_be_declared_void(ward: Ward) -> None:
    ballot = meetings.opened(ward, meetings.held(ward))
    meetings.vote(ward, ballot, leader_1=0, council=0, chair=0)
    for verb, more in (("cast_vote", {"choice": 0}), ("close_ballot", {})):
        with pytest.raises(Invalid, match="Không mở được hòm phiếu này bằng khóa hiện nay"):
            meetings.step(ward, verb, ballot, "office" if more else "leader.1", key="another key", **more)
    assert voters(ward, ballot) == 3
    meetings.step(ward, "void_ballot", ballot, reason="hệ thống dựng lại")


@on_one_database
def test_a_box_that_was_tampered_with_is_told(ward: Ward) -> None:
    ballot = meetings.opened(ward, meetings.held(ward))
    meetings.vote(ward, ballot, leader_1=0, council=0, chair=0)
    row, key = meetings.stored(ward, ballot), meetings.house_key(ward)
    early = box.seal([0, 0], key=key.secret, salt=key.salt(row.salt) or "", ballot_id=ballot.id)
    for content, words in (
        (early, "không khớp"),
        ("AAAA" + early[4:], "Không mở được hòm phiếu"),
        ("?", "Không mở được hòm phiếu"),
    ):
        with ward.db.engine.begin() as connection:
            connection.execute(update(Ballot).where(Ballot.id == ballot.id).values(box=content))
        with pytest.raises(Invalid, match=words):
            meetings.close(ward, ballot)


@on_one_database
@pytest.mark.parametrize("secret", [True, False])
def test_a_recount_says_whether_the_papers_still_agree(ward: Ward, secret: bool) -> None:
    meeting = meetings.held(ward)
    ballot = meetings.counted(ward, meeting, secret=secret)
    for username in ("leader.1", "auditor", "office", "head.a"):
        found = meetings.step(ward, "recount_ballot", ballot, username)
        assert (found.counts, found.papers, found.voters, found.agrees) == ([3, 1, 0], 4, 4, True)
    for username in ("clerk.c", "admin", "nobody"):
        with pytest.raises(NotFound):
            meetings.step(ward, "recount_ballot", ballot, username)
    table = BallotPaper if secret else BallotVoter
    for change in (
        update(table).where(table.choice == 1).values(choice=0),
        update(table).values(choice=7),
        delete(table).where(table.choice == 7),
    ):
        with ward.db.engine.begin() as connection:
            connection.execute(change)
        assert not meetings.step(ward, "recount_ballot", ballot).agrees
    with pytest.raises(Invalid, match="đã kiểm"):
        meetings.step(ward, "recount_ballot", meetings.opened(ward, meeting))


def test_eight_vote_at_once_and_none_is_lost_or_doubled(ward: Ward) -> None:
    names = [f"member.{number}" for number in range(8)]
    for name in names:
        ward.person(name, Role.COUNCIL)
    meeting = meetings.held(ward, *names)
    for secret in (True, False):
        ballot = meetings.opened(ward, meeting, secret=secret)

        def give(name: str, ballot: Ballot = ballot) -> str:
            try:
                meetings.step(ward, "cast_vote", ballot, name, choice=names.index(name) % 3)
            except Invalid as fault:
                return fault.sentence
            return ""

        with ThreadPoolExecutor(16) as pool:
            said = list(pool.map(give, names * 2))
        assert sorted(bool(one) for one in said) == [False] * 8 + [True] * 8
        assert all("một lần" in one for one in said if one)
        closed = meetings.close(ward, ballot)
        assert (closed.counts, closed.electors) == ([3, 3, 2], 9)
        assert meetings.step(ward, "recount_ballot", ballot).agrees


def test_a_box_is_sealed_whole() -> None:
    salt = box.new_salt()
    seals = [box.seal(votes, key="k", salt=salt, ballot_id="b") for votes in ([], [0], [2, 0, 1], [1] * box.ROOM)]
    assert len({len(one) for one in seals}) == 1 and len(set(seals)) == 4
    assert box.seal([1], key="k", salt=salt, ballot_id="b") != box.seal([1], key="k", salt=salt, ballot_id="b")
    assert box.unseal(seals[2], key="k", salt=salt, ballot_id="b") == [0, 1, 2]
    assert len(box.unseal(seals[3], key="k", salt=salt, ballot_id="b")) == box.ROOM
    with pytest.raises(ValueError):
        box.seal([0] * (box.ROOM + 1), key="k", salt=salt, ballot_id="b")
    wrong: list[dict[str, Any]] = [{"key": "l"}, {"salt": box.new_salt()}, {"ballot_id": "c"}, {"salt": None}]
    for change in wrong:
        with pytest.raises(box.Unreadable):
            box.unseal(seals[2], **{"key": "k", "salt": salt, "ballot_id": "b", **change})
    for damaged in (None, "", "x", seals[2][:-4], seals[2][4:]):
        with pytest.raises(box.Unreadable):
            box.unseal(damaged, key="k", salt=salt, ballot_id="b")
