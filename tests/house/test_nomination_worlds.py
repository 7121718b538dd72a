"""What is put forward about somebody changes no page of who has a stake in it, and no page of who may not know of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.house.test_scoring_worlds import MOVING, visit
from tests.support import commendation
from tests.support.commendation import received
from tests.support.scoring_rows import nothing_kept
from tests.support.shares import share
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.commendation.nominations import moving
from webapp.models import (
    AwardSubject,
    Ballot,
    BallotState,
    Nomination,
    NominationGround,
    NominationPaper,
    NominationSection,
    NominationStake,
    NominationState,
    Proposer,
)

pytestmark = [pytest.mark.long(40), pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

# With a declared stake: council, office, leadership. Without any part in it: another unit, its leader, an administrator.
RELATED = ("council", "office", "chair")
# (Members of the council who follow one cluster read all meetings of the council.)
OTHERS = share(("clerk.b", "admin"), ("clerk.b", "leader.1", "admin", "nobody"))


def furnish(ward: Ward) -> tuple[str, dict[str, str]]:
    """A round with one nomination that is hidden and one that is not, each voted on; ids by the names in addresses."""
    round_ = commendation.open_round(ward)
    hidden = received(ward, round_, name="Người Giữ Kín", person=None)
    open_one = received(ward, round_, name="Hộ ông Công Khai", subject=AwardSubject.HOUSEHOLD)
    ballots = commendation.voted(ward, hidden, open_one)
    for name in RELATED:
        with ward.work() as session:
            moving.declare_stake(
                session, actor=ward.viewer(name), now=ward.now, nomination_id=hidden.id, reason="Người thân"
            )
    with ward.db.reading() as session:
        meeting = session.get_one(Ballot, ballots[0]).meeting_id
        paper = session.scalars(select(NominationPaper.id).where(NominationPaper.nomination_id == hidden.id)).one()
        section = session.scalars(
            select(NominationSection.id).where(NominationSection.nomination_id == hidden.id)
        ).first()
    return hidden.id, {
        "award_round_id": round_.id,
        "nomination_id": hidden.id,
        "dossier_paper_id": paper,
        "section_id": section or "",
        "meeting_id": meeting,
        "ballot_id": ballots[0],
        "title_id": hidden.title_id,
        "unit_id": ward.units["B"],
        "movement_id": ward.movement_id,
    }


def addresses(app: Flask, ids: dict[str, str]) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static" or rule.endpoint.endswith(".static"):
            continue
        if rule.arguments <= set(ids):
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ids[found.group(1)], rule.rule)
    yield from ("/search?q=giu+kin", "/nominations?state=received", "/nominations?state=proposed", "/khong-co-trang")


def disturb(ward: Ward, hidden: str, turn: int) -> None:
    """Everything said of it is another thing now, and there is one more like it; behind the program's back."""
    words = f"lời {turn} khác hẳn"
    with Session(ward.db._writing) as session:
        one = session.get_one(Nomination, hidden)
        values = {
            "name": words,
            "folded": f"khac{turn}",
            "reason": words,
            "achievement": words,
            "post": words,
            "workplace": words,
            "honorific": "Ông",
            "state": [NominationState.SUBMITTED, NominationState.PROPOSED, NominationState.REFUSED][turn % 3],
            "refusal": "other",
            "refusal_note": words,
            "voted_for": bool(turn % 2),
            "submissions": 2 + turn,
            "received_on": one.received_on + timedelta(days=turn) if one.received_on else None,
        }
        session.execute(update(Nomination).where(Nomination.id == hidden).values(values))
        for table in (NominationGround, NominationSection):
            column = "words" if table is NominationGround else "text"
            session.execute(update(table).where(table.nomination_id == hidden).values({column: words}))
        session.execute(
            update(Ballot)
            .where(Ballot.nomination_id == hidden)
            .values(question=words, counts=[turn, 9 - turn, 1], chosen=0 if turn % 2 else None)
        )
        more = Nomination(
            round_id=one.round_id,
            movement_id=one.movement_id,
            year=one.year,
            title_id=one.title_id,
            subject=one.subject,
            proposer=Proposer.UNIT,
            unit_id=one.unit_id,
            name=words,
            folded=f"khac{turn}",
            state=NominationState.RECEIVED,
            created_at=ward.now,
            stakes=[NominationStake(person_id=ward.people[name], reason="x", declared_at=ward.now) for name in RELATED],
        )
        session.add(more)
        session.flush()
        meeting = session.scalars(select(Ballot).where(Ballot.nomination_id == hidden)).one().meeting_id
        session.add(
            Ballot(
                meeting_id=meeting,
                position=50 + turn,
                question=words,
                choices=["Đồng ý", "Không đồng ý", "Ý kiến khác"],
                secret=True,
                state=BallotState.PREPARED,
                created_at=ward.now,
                nomination_id=more.id,
            )
        )
        session.commit()


@pytest.mark.parametrize("who", [*RELATED, *OTHERS])
def test_what_is_hidden_changes_no_answer(ward: Ward, who: str) -> None:
    hidden, ids = furnish(ward)
    client = client_for(ward).as_user(who)
    paths = sorted({path for path in addresses(client.app, ids) if not path.startswith(MOVING)})
    assert len(paths) > 80
    with nothing_kept(ward):
        expected = visit(client, paths)
    assert sum(isinstance(one, tuple) and one[0] == 200 for one in expected.values()) > 15
    disturb(ward, hidden, 1)
    with nothing_kept(ward):
        found = visit(client, paths)
    for path in paths:
        assert found[path] == expected[path], path


def test_who_has_no_stake_does_see_the_difference(ward: Ward) -> None:
    """Else the pages above would be alike for want of anything to differ."""
    hidden, ids = furnish(ward)
    client = client_for(ward).as_user("auditor")
    paths = [path for path in addresses(client.app, ids) if not path.startswith(MOVING)]
    with nothing_kept(ward):
        expected = visit(client, paths)
    disturb(ward, hidden, 1)
    with nothing_kept(ward):
        found = visit(client, paths)
    differing = {path for path in paths if found[path] != expected[path]}
    for path in ("/nominations", f"/nominations/{hidden}", f"/award-rounds/{ids['award_round_id']}"):
        assert path in differing, path
    assert {f"/meetings/{ids['meeting_id']}", f"/ballots/{ids['ballot_id']}"} <= differing
