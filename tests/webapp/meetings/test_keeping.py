"""Meetings and ballots come back from the archive row by row; a box does not, and is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import meetings
from tests.support.records import rows_of, wrong
from tests.support.ward import NOW, Ward
from webapp.core.db import Database
from webapp.core.errors import Invalid
from webapp.core.schema import migrate
from webapp.records.catalogue import BY_NAME
from webapp.records.keep import keep_all
from webapp.records.rebuild import rebuild_catalogue

TABLES = ("meeting", "meeting_member", "ballot", "ballot_voter", "ballot_paper")


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Database]:
    db = Database(f"sqlite:///{tmp_path / 'second.sqlite3'}")
    migrate(db)
    yield db
    db.close()


def test_a_rebuild_brings_back_all_but_an_open_box(ward: Ward, second: Database) -> None:
    meetings.finished(ward)
    ballot = meetings.opened(ward, meetings.held(ward))
    meetings.vote(ward, ballot, leader_1=0, council=1, chair=0)
    keep_all(ward.db, ward.resources.store, now=ward.now)
    assert wrong(ward) == []
    before = {name: rows_of(ward.db, name, BY_NAME["ballot"].omitted) for name in TABLES}
    assert all(before.values())
    found = rebuild_catalogue(second, ward.resources.store, now=NOW)
    assert (found.damaged, found.missing_rows) == ([], [])
    assert {name: rows_of(second, name, BY_NAME["ballot"].omitted) for name in TABLES} == before
    kept, ward.resources.db = ward.resources.db, second
    with pytest.raises(Invalid, match="Không mở được hòm phiếu này"):
        meetings.close(ward, ballot)
    meetings.step(ward, "void_ballot", ballot, reason="hệ thống dựng lại")
    assert meetings.step(ward, "repeat_ballot", ballot).question == ballot.question
    ward.resources.db = kept


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_meeting_page_asks_as_often_for_many_ballots_as_for_few(ward: Ward) -> None:
    from sqlalchemy import event

    from tests.support.web import client_for

    meeting = meetings.held(ward)
    client = client_for(ward).sign_in("council")
    # The first opening notes that the invitation was read.
    client.get(f"/meetings/{meeting.id}")
    counts = []
    for _ in range(2):
        meetings.counted(ward, meeting)
        meetings.prepare(ward, meeting, "A", "VH")
        asked: list[str] = []
        event.listen(ward.db.engine, "before_cursor_execute", lambda *words, asked=asked: asked.append(words[2]))
        assert client.get(f"/meetings/{meeting.id}").status_code == 200
        counts.append(len(asked))
        for _ in range(5):
            meetings.counted(ward, meeting)
    assert counts[0] == counts[1], counts
