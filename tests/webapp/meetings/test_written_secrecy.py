"""An opinion in writing is as secret as a vote: two worlds in which an answer in the program and a paper that came in
change places differ in nothing but the sealed box."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.support import meetings
from tests.support.shares import share
from tests.support.ward import Ward
from tests.support.web import client_for
from tests.webapp.meetings.test_secrecy import CHOICES, World, both_worlds, draw_alike, keep, rows_of, without_boxes
from webapp.records.keep import keep_all

pytestmark = pytest.mark.long(30)

# In test_secrecy the second and the fourth change places: here they are the two who are absent.
WAYS = ("leader.1", "head.a", "council", "chair", "office")


def live(ward: Ward, votes: tuple[int, ...], folder: Path) -> World:
    keep_all(ward.db, ward.resources.store, now=ward.now)
    meeting = meetings.held(ward, *WAYS, "clerk.a", absent=("head.a", "chair"))
    rule_id = meetings.start_rules(ward)["danh-hieu"].id
    ballot = meetings.opened(ward, meeting, choices=CHOICES, rule_id=rule_id)
    world = World(ward, meeting, ballot)
    folder.mkdir()
    for voter, choice in zip(WAYS, votes, strict=True):
        if voter == "chair":
            meetings.record_paper(ward, ballot, voter, choice=choice)
        else:
            meetings.step(ward, "cast_vote", ballot, voter, choice=choice)
        keep(world, folder)
    meetings.close(ward, ballot)
    keep(world, folder)
    return world


# The older ballots are compared on both; what is added in writing is the same on either.
@pytest.fixture(scope="module", params=share(["postgresql"], ["sqlite", "postgresql"]))
def worlds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[World]]:
    template: Ward = request.getfixturevalue(f"{request.param}_ward")
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("written")
        yield from both_worlds(request, template, folder, draw_alike(patch), live)


def test_tables_archive_and_backups_are_the_same_but_for_the_sealed_box(worlds: list[World]) -> None:
    here, there = worlds
    for first, second in zip(here.tables, there.tables, strict=True):
        assert without_boxes(first) == without_boxes(second)
    assert here.tables[-1] == there.tables[-1] and here.files == there.files
    assert here.backups[-1] == there.backups[-1]
    asked = here.tables[-1]["ballot_asked"]
    assert sorted(row["recorded_by"] is None for row in asked) == [False, True]
    assert all("choice" not in row for row in asked)
    assert all(row["choice"] is None for row in here.tables[-1]["ballot_voter"])
    assert [row["choice"] for row in here.tables[-1]["ballot_paper"]] == [0, 0, 0, 1, 2]


@pytest.mark.parametrize("worlds", ["postgresql"], indirect=True)
def test_pages_and_minutes_tell_that_somebody_answered_not_what(worlds: list[World]) -> None:
    seen = []
    for world in worlds:
        client = client_for(world.ward).sign_in("council")
        text = client.get(f"/ballots/{world.ballot.id}").text
        start = text.index("Đã xin ý kiến bằng văn bản")
        seen.append(text[start : text.index("</p>", start)])
    assert seen[0] == seen[1]
    assert "Người chair (đã trả lời bằng văn bản giấy, nhận ngày 22/11/2026)" in seen[0]
    assert "Người head.a (đã trả lời)" in seen[0]
    assert not any(choice in seen[0] for choice in CHOICES)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_form_of_all_ballots_tells_no_vote_in_log_answers_or_notices(ward: Ward) -> None:
    """What is logged and answered is the same for each choice, whichever of the lines it was."""
    meeting = meetings.held(ward, *WAYS, absent=("head.a",))
    made = meetings.about(ward, meeting, meetings.nomination(1), meetings.nomination(2))
    for one in made:
        meetings.step(ward, "open_ballot", one)
    lines, answers = [], []
    for number, voter in enumerate(WAYS):
        client = client_for(ward).sign_in(voter)
        sent = {f"choice-{one.id}": str((number + place) % 3) for place, one in enumerate(made)}
        with structlog.testing.capture_logs() as logged:
            answer = client.post(f"/meetings/{meeting.id}/vote", sent)
        lines.append([{key: value for key, value in one.items() if key not in ("ms", "request_id")} for one in logged])
        answers.append((answer.status_code, answer.text, answer.headers["Location"]))
        assert "choice" not in str(lines[-1])
    assert all(one == lines[0] for one in lines) and all(one == answers[0] for one in answers)
    assert answers[0][0] == 303
    tables = rows_of(ward.db)
    for table in ("notice", "outbox_job", "audit_event", "ballot_asked", "ballot_voter"):
        assert not any(words in str(tables[table]) for words in ("Không đồng ý", "Ý kiến khác", "'choice': 1"))
