"""Opinions in writing: who is absent is asked when a ballot begins; and who was there at that moment."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from webapp.models import Ballot, BallotAsked


def ask_the_absent(session: Session, ballot: Ballot, electors: Collection[str]) -> set[str]:
    """Note whom the rule has asked in writing, those without a stake; their ids."""
    if not ballot.written:
        return set()
    away = {one.person_id for one in ballot.meeting.members if not one.present}
    asked = {person for person in ballot.voters() if person in away and person in electors}
    session.add_all(BallotAsked(ballot_id=ballot.id, person_id=person) for person in sorted(asked))
    return asked


def who_is_there(ballot: Ballot, asked: Collection[str], barred: Collection[str]) -> dict[str, Any]:
    """The moment of the vote in names, as models.Ballot.there has it: attendance may change before the next ballot."""
    members = ballot.meeting.members
    away = [one for one in members if not one.present]
    return {
        "present": [one.name for one in members if one.present],
        "absent": [[one.name, one.reason] for one in away],
        "barred": [one.name for one in members if one.person_id in barred],
        "asked": [one.name for one in away if one.person_id in asked],
        "stand_ins": [[one.stand_in_name, one.name] for one in away if one.stand_in_id],
    }
