"""What somebody voted in a secret ballot is nowhere: two worlds in which two voters change places are told apart by
nothing but the sealed box, and after the count by nothing at all. Whatever is random is drawn alike in both."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import MetaData, select

from tests.support import meetings, postgresql, templates
from tests.support.sqlite import database_of
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.core.db import Database
from webapp.handover.backup import make_backup
from webapp.meetings import ballots
from webapp.models import Ballot, BallotPaper, BallotVoter, Meeting
from webapp.records.keep import keep_all

pytestmark = pytest.mark.long(30)

VOTERS = ("leader.1", "head.a", "council", "chair", "office")
# The second and the fourth change places.
VOTES = {"here": (0, 0, 1, 2, 0), "there": (0, 2, 1, 0, 0)}
CHOICES = ("phương án thứ nhất", "phương án thứ hai", "phương án thứ ba")
_numbers = itertools.count()


@dataclass
class World:
    """One of the two, with what somebody could have copied after each step."""

    ward: Ward
    meeting: Meeting
    ballot: Ballot
    tables: list[dict[str, list[dict[str, Any]]]] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    backups: list[dict[str, tuple[int, str]]] = field(default_factory=list)
    files: list[dict[str, bytes]] = field(default_factory=list)


def rows_of(db: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the database, in the order in which it gives them by itself."""
    metadata = MetaData()
    metadata.reflect(db.engine)
    with db.reading() as session:
        return {
            table.name: [dict(row) for row in session.execute(select(table)).mappings()]
            for table in metadata.sorted_tables
        }


def archive_of(ward: Ward) -> dict[str, bytes]:
    """Manifests and all else below the data folder, but for the database's own files."""
    root = ward.resources.settings.data
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "kho.sqlite3" not in path.name
    }


def members_of(path: Path) -> dict[str, tuple[int, str]]:
    """Name -> (size, SHA-256) of everything in a backup."""
    import tarfile
    from hashlib import sha256

    with tarfile.open(path) as packed:
        found = {}
        for one in packed:
            stream = packed.extractfile(one)
            content = stream.read() if stream else b""
            found[one.name] = (one.size, sha256(content).hexdigest())
        return found


def keep(world: World, folder: Path) -> None:
    """What a thief would copy now."""
    target = folder / f"backup-{len(world.backups)}.kho"
    make_backup(world.ward.resources, target)
    world.backups.append(members_of(target))
    world.tables.append(rows_of(world.ward.db))
    world.files.append(archive_of(world.ward))
    (row,) = world.tables[-1]["ballot"]
    world.boxes.append(row["box"] or "")


def draw_alike(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """All that is random comes from one seed; returns what starts it anew."""
    drawn = random.Random()
    monkeypatch.setattr(secrets, "randbits", drawn.getrandbits)
    monkeypatch.setattr(secrets, "token_bytes", lambda count=32: drawn.randbytes(count))
    monkeypatch.setattr(secrets, "token_hex", lambda count=32: drawn.randbytes(count).hex())
    return lambda: drawn.seed(20261122)


def live(ward: Ward, votes: tuple[int, ...], folder: Path) -> World:
    keep_all(ward.db, ward.resources.store, now=ward.now)
    meeting = meetings.held(ward, *VOTERS)
    ballot = meetings.opened(ward, meeting, choices=CHOICES)
    world = World(ward, meeting, ballot)
    folder.mkdir()
    for voter, choice in zip(VOTERS, votes, strict=True):
        meetings.step(ward, "cast_vote", ballot, voter, choice=choice)
        keep(world, folder)
    meetings.close(ward, ballot)
    keep(world, folder)
    return world


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def worlds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[World]]:
    template: Ward = request.getfixturevalue(f"{request.param}_ward")
    with pytest.MonkeyPatch.context() as patch:
        yield from both_worlds(request, template, tmp_path_factory.mktemp("worlds"), draw_alike(patch))


def both_worlds(
    request: pytest.FixtureRequest,
    template: Ward,
    tmp_path: Path,
    start_anew: Callable[[], None],
    living: Callable[[Ward, tuple[int, ...], Path], World] = live,
) -> Iterator[list[World]]:
    made, names = [], []
    for name, votes in VOTES.items():
        start_anew()
        data = tmp_path / name
        url = f"sqlite:///{data / 'kho.sqlite3'}"
        if request.param == "postgresql":
            server = request.getfixturevalue("postgresql_server")
            names.append(f"kho_votes_{os.getpid()}_{next(_numbers)}")
            postgresql.copy_database(server, "template_ward", names[-1])
            url = postgresql.url_of(server, names[-1])
        made.append(living(templates.open_copy(template, data, url), votes, tmp_path / f"backups-{name}"))
    yield made
    for world in made:
        world.ward.resources.close()
    for name in names:
        postgresql.execute(request.getfixturevalue("postgresql_server"), f"DROP DATABASE {name} WITH (FORCE)")


def without_boxes(tables: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    return {**tables, "ballot": [{**row, "box": None} for row in tables["ballot"]]}


def test_every_table_is_the_same_but_for_the_sealed_box_and_at_the_end_with_it(worlds: list[World]) -> None:
    """Rows in their own order, times, identifiers, the log's hashes: after each vote and after the count."""
    here, there = worlds
    for first, second in zip(here.tables, there.tables, strict=True):
        assert without_boxes(first) == without_boxes(second)
    assert here.tables[-1] == there.tables[-1]
    last = here.tables[-1]
    assert last["ballot"][0]["box"] is None and last["ballot"][0]["salt"] is None
    assert [row["choice"] for row in last["ballot_paper"]] == [0, 0, 0, 1, 2]
    assert all(row["choice"] is None for row in last["ballot_voter"])
    assert set(last["ballot_voter"][0]) == {"id", "ballot_id", "person_id", "choice"}
    assert set(last["ballot_paper"][0]) == {"id", "ballot_id", "choice"}


def test_boxes_differ_in_every_letter_but_not_in_length(worlds: list[World]) -> None:
    boxes = [box for world in worlds for box in world.boxes[:-1]]
    assert len({len(box) for box in boxes}) == 1
    assert len(set(boxes)) > len(VOTERS)  # alike only as long as the same was voted


def test_the_archive_is_the_same_and_never_holds_a_box(worlds: list[World]) -> None:
    here, there = worlds
    for first, second in zip(here.files, there.files, strict=True):
        assert first == second
    names = [name for name in here.files[-1] if "/ballot-" in name]
    assert len(names) >= len(VOTERS) + 2
    salts = {row["salt"] for tables in here.tables for row in tables["ballot"] if row["salt"]}
    for content in here.files[-1].values():
        text = content.decode("utf-8", "replace")
        assert not any(box in text for box in here.boxes if box) and not any(salt in text for salt in salts)
    for name in names:
        rows = json.loads(here.files[-1][name])["rows"]
        assert "box" not in rows["ballot"][0] and "salt" not in rows["ballot"][0]
        assert all(row["choice"] is None for row in rows["ballot_voter"])


def test_backups_between_the_votes_tell_nothing_by_name_size_or_digest(worlds: list[World]) -> None:
    here, there = worlds
    for first, second in zip(here.backups[:-1], there.backups[:-1], strict=True):
        assert {name: size for name, (size, _) in first.items()} == {name: size for name, (size, _) in second.items()}
        differing = {name for name in first if first[name] != second[name]}
        # The list of members and its own digest follow from the box.
        assert differing <= {"tables/ballot/000001.jsonl", "SHA256SUMS", "END.json"}
    assert here.backups[-1] == there.backups[-1]


def test_papers_say_nothing_by_their_order_or_identifier(ward: Ward) -> None:
    """Identifiers are drawn when the box is opened, papers lie by choice; voters come by identifier, not by time."""
    meeting = meetings.held(ward, *VOTERS)
    ballot = meetings.opened(ward, meeting, choices=CHOICES)
    for voter, choice in zip(VOTERS, VOTES["here"], strict=True):
        meetings.step(ward, "cast_vote", ballot, voter, choice=choice)
    meetings.close(ward, ballot)
    with ward.db.reading() as session:
        papers = session.scalars(select(BallotPaper)).all()
        people = session.scalars(select(BallotVoter)).all()
    assert [one.choice for one in papers] == sorted(VOTES["here"])
    assert not {one.id for one in papers} & {one.id for one in people}


@pytest.mark.parametrize("worlds", ["sqlite"], indirect=True)
def test_the_bytes_of_database_and_write_ahead_log_differ_only_where_a_box_is_or_was(worlds: list[World]) -> None:
    pages: list[dict[int, bytes]] = []
    for world in worlds:
        path = world.ward.resources.settings.data / "kho.sqlite3"
        logged = pages_of_log(path.with_name(path.name + "-wal"))
        found = {-1 - number: content for number, content in enumerate(logged)}
        data = path.read_bytes()
        pages.append(
            {**found, **{number: data[start : start + 4096] for number, start in enumerate(range(0, len(data), 4096))}}
        )
    here, there = pages
    assert here.keys() == there.keys() and any(number < 0 for number in here)
    assert here != there
    for number, first in here.items():
        second = there[number]
        assert len(first) == len(second)
        for content, other, world in ((first, second, worlds[0]), (second, first, worlds[1])):
            boxes = "\n".join(world.boxes).encode()
            for place in (place for place in range(len(content)) if content[place] != other[place]):
                assert was_in_a_box(content, place, boxes), (number, content[max(0, place - 60) : place + 60])


def was_in_a_box(content: bytes, place: int, boxes: bytes) -> bool:
    return any(
        content[start : start + 12] in boxes
        for start in range(max(0, place - 11), place + 1)
        if start + 12 <= len(content)
    )


def pages_of_log(path: Path) -> list[bytes]:
    """The pages in SQLite's write-ahead log; heads of frames hold random salts and sums."""
    data = path.read_bytes()
    size = int.from_bytes(data[8:12], "big") if data else 4096
    return [data[start + 24 : start + 24 + size] for start in range(32, len(data) - 24, 24 + size)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_program_log_pages_and_notices_do_not_tell_a_vote(ward: Ward) -> None:
    """Through the pages: what is logged, answered and shown is the same for each choice, but for times and numbers."""
    meeting = meetings.held(ward, *VOTERS)
    ballot = meetings.opened(ward, meeting, choices=CHOICES)
    lines, answers = [], []
    for number, voter in enumerate(VOTERS):
        client = client_for(ward).sign_in(voter)
        client.get(f"/ballots/{ballot.id}")
        with structlog.testing.capture_logs() as logged:
            answer = client.post(f"/ballots/{ballot.id}/vote", {"choice": str(number % 3)})
        lines.append([{key: value for key, value in one.items() if key not in ("ms", "request_id")} for one in logged])
        answers.append((answer.status_code, answer.text, answer.headers["Location"]))
        assert "choice" not in json.dumps(lines[-1]) and "phương án" not in str(lines[-1])
        mine = client.get(f"/ballots/{ballot.id}").text
        assert "Bạn đã bỏ phiếu" in mine and 'name="choice"' not in mine
    assert all(one == lines[0] for one in lines) and all(one == answers[0] for one in answers)
    assert answers[0][0] == 303
    everything = json.dumps(rows_of(ward.db), default=str, ensure_ascii=False)
    for table in ("notice", "outbox_job", "task", "audit_event"):
        for row in rows_of(ward.db)[table]:
            assert "phương án" not in str(row) and '"choice"' not in str(row)
    assert everything.count("phương án thứ hai") == 1  # among the choices


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_vote_that_ends_in_a_fault_of_the_program_is_not_in_its_log(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor is the house's key: a fault is logged with its place, without the values of variables."""
    meeting = meetings.held(ward, *VOTERS)
    ballot = meetings.opened(ward, meeting, choices=CHOICES)
    client = client_for(ward).sign_in("council")
    before = rows_of(ward.db)["ballot"]

    def fail(*_words: object, **_options: object) -> None:
        raise RuntimeError("hỏng")

    monkeypatch.setattr(ballots, "log_event", fail)
    answer = client.post(f"/ballots/{ballot.id}/vote", {"choice": "1"})
    assert answer.status_code == 500 and "thứ hai" not in answer.text
    said = capsys.readouterr().err
    assert "RuntimeError" in said and "cast_vote" in said
    assert meetings.SECRET_KEY not in said and "choice" not in said and "locals" not in said
    assert rows_of(ward.db)["ballot"] == before and rows_of(ward.db)["ballot_voter"] == []


@pytest.mark.parametrize("worlds", ["sqlite"], indirect=True)
def test_no_reader_sees_a_difference_on_any_page(worlds: list[World]) -> None:
    """Neither while it is open nor after the count: not chair, office, council, leadership nor auditor."""
    seen = []
    for world in worlds:
        second = meetings.opened(world.ward, world.meeting, choices=CHOICES)
        for voter, choice in zip(VOTERS, VOTES["here" if world is worlds[0] else "there"], strict=True):
            meetings.step(world.ward, "cast_vote", second, voter, choice=choice)
        texts = []
        for reader in ("leader.1", "head.a", "council", "office", "chair", "auditor"):
            client = client_for(world.ward).sign_in(reader)
            for path in (f"/ballots/{world.ballot.id}", f"/ballots/{second.id}", f"/meetings/{world.meeting.id}"):
                answer = client.get(path)
                assert answer.status_code == 200
                texts.append(re.sub(r'(name="csrf-token" content|name="csrf_token" value)="[^"]+"', "", answer.text))
                assert (path, "phương án thứ hai</td>" in answer.text) != (f"/ballots/{second.id}", True)
        seen.append([re.sub(second.id, "SECOND", text) for text in texts])
    assert seen[0] == seen[1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_copies_the_house_with_its_key_after_a_vote_cannot_open_the_box_before_it(
    ward: Ward, tmp_path: Path
) -> None:
    """Earlier boxes may stand in the log of the database or in copies of it; their salts are gone from the disk."""
    from webapp.meetings import box

    ballot = meetings.opened(ward, meetings.held(ward, *VOTERS), choices=CHOICES)
    folder = ward.resources.settings.data / "ballots"
    earlier = []
    for voter, choice in (("council", 1), ("chair", 2), ("office", 0)):
        before = meetings.stored(ward, ballot)
        meetings.step(ward, "cast_vote", ballot, voter, choice=choice)
        earlier.append(before)
        assert len(list(folder.iterdir())) == 1
        key = meetings.house_key(ward)
        for old in earlier:
            assert key.salt(old.salt) is None
            with pytest.raises(box.Unreadable):
                box.unseal(old.box, key=key.secret, salt=key.salt(old.salt), ballot_id=old.id)
    now = meetings.stored(ward, ballot)
    key = meetings.house_key(ward)
    assert box.unseal(now.box, key=key.secret, salt=key.salt(now.salt), ballot_id=now.id) == [0, 1, 2]
    target = tmp_path / "backup.kho"
    make_backup(ward.resources, target)
    content = target.read_bytes()
    assert meetings.SECRET_KEY.encode() not in content and (key.salt(now.salt) or "").encode() not in content
    meetings.close(ward, ballot)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_vote_that_is_not_stored_leaves_the_box_as_it_was(ward: Ward) -> None:
    ballot = meetings.opened(ward, meetings.held(ward, *VOTERS))
    folder = ward.resources.settings.data / "ballots"
    kept = {path.name for path in folder.iterdir()}
    with pytest.raises(RuntimeError), ward.work() as session:
        ballots.cast_vote(
            session,
            actor=ward.viewer("council"),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            key=meetings.house_key(ward),
            ballot_id=ballot.id,
            choice=0,
        )
        raise RuntimeError
    assert {path.name for path in folder.iterdir()} == kept
    meetings.vote(ward, ballot, council=1, chair=1, leader_1=1)
    assert meetings.close(ward, ballot).counts[1] == 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_house_restored_with_another_key_says_so_and_votes_again(ward: Ward, tmp_path: Path) -> None:
    """The database copied as it is, the key not."""
    meeting = meetings.held(ward, *VOTERS)
    ballot = meetings.opened(ward, meeting)
    meetings.vote(ward, ballot, leader_1=0, council=0, chair=0)
    with database_of(ward.resources.settings.data) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other = templates.open_copy(ward, tmp_path / "second", f"sqlite:///{tmp_path / 'second' / 'kho.sqlite3'}")
    object.__setattr__(other.resources.settings, "given_secret", "another key")
    client = client_for(other).sign_in("leader.1")
    answer = client.post(f"/ballots/{ballot.id}/close")
    assert answer.status_code == 422 and "Không mở được hòm phiếu này" in answer.text
    assert client.post(f"/ballots/{ballot.id}/void", {"reason": "đổi khóa"}).status_code == 303
    assert client.post(f"/ballots/{ballot.id}/repeat").status_code == 303
    other.resources.close()
