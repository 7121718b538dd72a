"""Pages of votes: all open ballots on one form, papers from the absent, rules; nothing typed is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.support import meetings
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.dashboard.queries import list_meeting_tasks
from webapp.models import BallotState, BallotVoter, VoteRule

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def waiting(ward: Ward, username: str) -> int:
    with ward.db.reading() as session:
        tasks = list_meeting_tasks(session, viewer=ward.viewer(username), today=ward.now)
        return sum(len(task.ballots) for task in tasks)


def test_a_member_votes_on_all_that_is_open_on_one_form(ward: Ward) -> None:
    meeting = meetings.held(ward, absent=("head.a",))
    barred = {ward.people["council"]: "được đề nghị khen thưởng"}
    lines = [meetings.nomination(1), meetings.nomination(2), replace(meetings.nomination(3), barred=barred)]
    first, second, third = meetings.about(ward, meeting, *lines)
    leader = client_for(ward).sign_in("leader.1")
    assert leader.post(f"/meetings/{meeting.id}/ballots/open").status_code == 303
    assert meetings.ballot_states(ward, meeting) == [BallotState.OPEN] * 3
    # Who is absent is asked too; who is kept away is not.
    assert [waiting(ward, name) for name in ("council", "head.a", "chair", "clerk.c")] == [2, 3, 3, 0]
    client = client_for(ward).sign_in("council")
    place = f"/meetings/{meeting.id}/vote"
    page = client.get(place).text
    assert f"choice-{third.id}" not in page and "được đề nghị khen thưởng" in page and "<script>" not in page
    answer = client.post(place, {f"choice-{first.id}": "1"})
    assert answer.status_code == 422 and answer.text.count("Hãy chọn một phương án.") >= 1
    assert "checked" in answer.text
    with ward.db.reading() as session:
        assert session.scalars(select(BallotVoter)).all() == []
    assert client.post(place, {f"choice-{first.id}": "1", f"choice-{second.id}": "0"}).status_code == 303
    assert waiting(ward, "council") == 0 and "Không có phiếu nào đang chờ bạn" in client.get(place).text
    away = client_for(ward).sign_in("head.a")
    assert "ý kiến bằng văn bản của bạn" in away.get(f"/ballots/{first.id}").text


def test_whoever_records_a_paper_is_told_what_they_learn(ward: Ward) -> None:
    meeting = meetings.held(ward, absent=("head.a",))
    (ballot,) = meetings.about(ward, meeting, meetings.nomination(1))
    meetings.step(ward, "open_ballot", ballot)
    client = client_for(ward).sign_in("leader.1")
    assert "Chờ ý kiến bằng văn bản của Người head.a" in client.get(f"/ballots/{ballot.id}").text
    place = f"/ballots/{ballot.id}/paper"
    assert "Người ghi biết thành viên này chọn gì" in client.get(place).text
    sent = {"person_id": ward.people["head.a"], "choice": "2", "received_on": ""}
    answer = client.post(place, sent)
    assert answer.status_code == 422 and "Hãy ghi ngày nhận" in answer.text
    answer = client.post(place, {**sent, "received_on": "2026-11-22"})
    assert answer.status_code == 303 and "Ý kiến khác" not in answer.text
    assert "Không còn thành viên vắng mặt" in client.get(place).text
    for username in ("council", "head.a", "chair"):
        assert client_for(ward).sign_in(username).get(place).status_code == 403


def test_rules_are_read_by_all_and_changed_by_the_office_from_a_day_on(ward: Ward) -> None:
    rule = meetings.start_rules(ward)["danh-hieu"]
    clerk, office = client_for(ward).sign_in("clerk.a"), client_for(ward).sign_in("office")
    page = clerk.get("/vote-rules").text
    assert "Xét danh hiệu Chiến sĩ thi đua cơ sở" in page and "từ 80% tổng số thành viên trở lên" in page
    assert "chưa đối chiếu nguyên văn" in page and "Thay quy tắc" not in page
    place = f"/vote-rules/{rule.id}/change"
    sent = {"name": "Xét danh hiệu", "quorum": "80", "base": "all", "needed": "80", "secret": "1", "written": "1"}
    answer = office.post(place, {**sent, "valid_from": "", "citation": "Nghị định mới"})
    assert answer.status_code == 422 and "Nghị định mới" in answer.text
    sent |= {"valid_from": "2027-03-01", "citation": "Nghị định mới"}
    assert clerk.post(place, sent).status_code == 403
    assert office.post(place, sent).status_code == 303
    with ward.db.reading() as session:
        rows = session.scalars(select(VoteRule).where(VoteRule.code == "danh-hieu")).all()
    assert sorted((one.quorum, one.verified) for one in rows) == [(67, False), (80, False)]


def test_a_ballot_of_the_form_follows_the_rule_chosen(ward: Ward) -> None:
    rule = meetings.start_rules(ward)["danh-hieu"]
    meeting = meetings.held(ward)
    client = client_for(ward).sign_in("leader.1")
    place = f"/meetings/{meeting.id}/ballots/new"
    assert client.post(place, {"question": "Tặng danh hiệu", "rule_id": "nothing"}).status_code == 422
    assert client.post(place, {"question": "Tặng danh hiệu", "rule_id": rule.id}).status_code == 303
    assert meetings.ballot_states(ward, meeting) == [BallotState.PREPARED]
