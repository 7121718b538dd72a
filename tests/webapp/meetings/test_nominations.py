"""Nominations before the council: one ballot each by the rule of the round; who has a stake sees and votes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.support import commendation, meetings
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.core.errors import Invalid, NotFound
from webapp.meetings.nominations import prepare_for
from webapp.meetings.vote_rules import start_rules
from webapp.models import Ballot, Meeting, VoteBase

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
