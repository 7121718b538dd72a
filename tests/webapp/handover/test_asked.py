"""Exports asked for on a page: only what the requester may read when it runs, only for the requester, only for a week."""

from __future__ import annotations

import csv
import errno
import io
import os
import re
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.support.bags import faults_by_rfc_8493
from tests.support.prepared import prepared
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.core.errors import Refused
from webapp.custody import service as custody
from webapp.documents import retention
from webapp.documents import service as documents
from webapp.handover.asked import exports_folder
from webapp.jobs.tasks import cancel_task
from webapp.models import (
    AuditEvent,
    Document,
    DocumentKind,
    DocumentState,
    DocumentVersion,
    ReadingStatus,
    Role,
    RoleGrant,
    Task,
    TaskState,
    TextReading,
)

pytestmark = pytest.mark.either_database


@prepared
def full(ward: Ward) -> Ward:
    """Drafts and submitted papers of two units, one withdrawn, one published, one of the movement's own drafts."""
    for code in ("A", "B"):
        clerk = f"clerk.{code.lower()}"
        ward.person(f"boss.{code.lower()}", Role.HEAD, code)
        ward.document(clerk, code, f"nháp {code}", title=f"Nháp {code}")
        sent = ward.document(clerk, code, f"trình {code}", title=f"Đã trình {code}")
        with ward.work() as session:
            documents.submit_document(
                session, actor=ward.viewer(f"boss.{code.lower()}"), now=ward.now, document_id=sent.id
            )
    gone = ward.document("clerk.a", "A", "tải nhầm", title="Đã rút A")
    with ward.work() as session:
        retention.withdraw_document(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            document_id=gone.id,
            reason="nhầm",
            revision=gone.revision,
        )
    public = ward.document("clerk.b", "B", "công khai", title="Công khai B")
    with ward.work() as session:
        session.get_one(Document, public.id).state = DocumentState.PUBLISHED
    ward.document("office", None, "hướng dẫn", kind=DocumentKind.GUIDANCE, title="Hướng dẫn nháp")
    ward.drain()
    return ward


def ask(ward: Ward, username: str, unit: str = "", year: int | None = 2026) -> Task:
    """Through the service and the worker."""
    with ward.work() as session:
        task = custody.request_export(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            unit_id=ward.units[unit] if unit else None,
            movement_id=None if unit else ward.movement_id,
            year=year,
        )
    ward.drain()
    return reload(ward, task.id)


def reload(ward: Ward, task_id: str) -> Task:
    with ward.db.reading() as session:
        return session.get_one(Task, task_id)


def titles(content: bytes | Path) -> set[str]:
    with zipfile.ZipFile(content if isinstance(content, Path) else io.BytesIO(content)) as packed:
        (name,) = [one for one in packed.namelist() if one.endswith("data/catalogue.csv")]
        text = packed.read(name).decode("utf-8-sig")
    return {row["Trích yếu"] for row in csv.DictReader(io.StringIO(text, newline=""))}


def result(ward: Ward, task: Task) -> Path:
    return exports_folder(ward.resources.settings) / f"{task.id}.zip"


def everything_in(path: Path) -> bytes:
    """All bytes of all members, with their names."""
    with zipfile.ZipFile(path) as packed:
        return b"\n".join(name.encode() + packed.read(name) for name in packed.namelist())


def test_a_clerk_takes_the_units_year_away(full: Ward, client: Client, tmp_path: Path) -> None:
    client.sign_in("clerk.a")
    page = client.get("/exports")
    assert re.findall(r'<option value="(\w+:\w+)"', page.text) == [f"unit:{full.units['A']}"]
    answer = client.post("/exports", {"scope": f"unit:{full.units['A']}", "year": "2026"})
    assert answer.status_code == 303
    waiting = client.get(answer.location)
    assert "Đang chờ" in waiting.text and "Tải gói về" not in waiting.text
    full.drain()
    page = client.get(answer.location)
    address = re.search(r'href="(/tasks/\w+/export)"', page.text)
    assert address is not None, page.text
    got = client.get(address.group(1))
    assert got.status_code == 200 and got.headers["Content-Type"] == "application/zip"
    assert got.headers["Content-Disposition"].startswith("attachment") and got.headers["Cache-Control"] == "no-store"
    assert titles(got.data) == {"Nháp A", "Đã trình A"}
    with zipfile.ZipFile(io.BytesIO(got.data)) as packed:
        assert packed.testzip() is None
        packed.extractall(tmp_path / "out")
    (bag,) = (tmp_path / "out").iterdir()
    assert faults_by_rfc_8493(bag) == [] and bag.name == "ket-xuat-A-2026"
    records = {path.name.partition(".")[0] for path in (bag / "data/manifests").rglob("*.json")}
    with full.db.reading() as session:
        own = select(Document.id).where(Document.unit_id == full.units["A"], Document.withdrawn_at.is_(None))
        assert records == {f"document-{identity}" for identity in session.scalars(own)}
        actions = list(
            session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("export%")).order_by(AuditEvent.seq))
        )
        assert actions == ["export.make", "export.download"]
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "export.download")).one()
        assert (event.object_id, event.object_unit_id) == (address.group(1).split("/")[2], full.units["A"])
    path = result(full, reload(full, address.group(1).split("/")[2]))
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_the_office_gets_what_it_may_read_and_no_draft_of_a_unit(full: Ward) -> None:
    task = ask(full, "office")
    assert task.state is TaskState.DONE, task.sentence
    found = titles(result(full, task))
    assert {"Đã trình A", "Đã trình B", "Công khai B", "Hướng dẫn nháp"} <= found
    assert not found & {"Nháp A", "Nháp B", "Đã rút A"}
    content = everything_in(result(full, task))
    with full.db.reading() as session:
        hidden = {
            row.title: (row.id, version.sha256)
            for row, version in session.execute(select(Document, DocumentVersion).join(DocumentVersion))
            if row.title in ("Nháp A", "Nháp B", "Đã rút A")
        }
        submitted = session.scalars(select(Document.id).where(Document.title == "Đã trình A")).one()
    assert len(hidden) == 3
    for title, marks in hidden.items():
        for mark in (title, *marks):
            assert mark.encode() not in content, title
    # The past of another unit's paper, its drafts and links included, stays with the unit.
    assert f"document-{submitted}".encode() not in content


def test_what_the_office_gets_does_not_depend_on_hidden_papers(full: Ward) -> None:
    """Two worlds that differ only in drafts of a unit: the same files, and no place in the log."""

    def files(task: Task) -> dict[str, bytes]:
        with zipfile.ZipFile(result(full, task)) as packed:
            kept = [name for name in packed.namelist() if not re.search(r"/(bag-info|tagman|manifest-)", name)]
            information = next(packed.read(name) for name in packed.namelist() if name.endswith("bag-info.txt"))
            assert b"Audit-Head" not in information
            assert not any(name.endswith("head.json") for name in packed.namelist())
            return {name: packed.read(name) for name in kept if not name.endswith(".xlsx")}

    before = files(ask(full, "office"))
    full.document("clerk.a", "A", "thêm một bản nháp", title="Nháp nữa")
    full.drain()
    assert files(ask(full, "office")) == before


def test_a_cluster_leader_gets_only_the_own_unit(full: Ward, client: Client) -> None:
    with pytest.raises(Refused), full.work() as session:
        custody.request_export(session, actor=full.viewer("leader.1"), now=full.now, unit_id=full.units["A"], year=2026)
    client.sign_in("leader.1")
    assert client.get("/exports").status_code == 403
    assert client.post("/exports", {"scope": f"unit:{full.units['A']}", "year": "2026"}).status_code == 403
    assert client.post("/exports", {"scope": f"movement:{full.movement_id}", "year": ""}).status_code == 403
    full.grant("leader.1", Role.CLERK, "B")
    found = titles(result(full, ask(full, "leader.1", "B")))
    assert found == {"Nháp B", "Đã trình B", "Công khai B"}


@pytest.mark.parametrize("username", ["chair", "auditor", "council", "inspector", "admin", "nobody"])
def test_others_may_not_export(full: Ward, client: Client, username: str) -> None:
    client.sign_in(username)
    assert client.get("/exports").status_code == 403
    for scope in (f"unit:{full.units['A']}", f"movement:{full.movement_id}"):
        assert client.post("/exports", {"scope": scope, "year": "2026"}).status_code == 403
    assert client.post("/exports", {"scope": "unit:nope", "year": "2026"}).status_code == 404


def test_wrong_words_are_told(full: Ward, client: Client) -> None:
    client.sign_in("clerk.a")
    for fields, said in (
        ({"scope": "", "year": "2026"}, "Hãy chọn hồ sơ"),
        ({"scope": f"unit:{full.units['A']}", "year": ""}, "Hãy nhập năm"),
        ({"scope": f"unit:{full.units['A']}", "year": "hai"}, "Hãy nhập một số"),
    ):
        answer = client.post("/exports", fields)
        assert answer.status_code == 422 and said in answer.text


def test_only_the_requester_takes_it_and_only_while_allowed(full: Ward, client: Client) -> None:
    task = ask(full, "clerk.a", "A")
    address = f"/tasks/{task.id}/export"
    for other in ("head.a", "clerk.b", "office"):
        assert client.as_user(other).get(address).status_code == 404
    admin = client.as_user("admin")
    assert admin.get(address).status_code == 404
    assert "chỉ người yêu cầu tải được" in admin.get(f"/tasks/{task.id}").text
    own = client.as_user("clerk.a")
    assert own.get(address).status_code == 200
    with full.work() as session:
        for row in session.scalars(select(RoleGrant).where(RoleGrant.person_id == full.people["clerk.a"])):
            row.revoked_at = full.now
    assert own.get(address).status_code == 403


def test_a_right_that_is_gone_when_it_runs_gives_nothing(full: Ward) -> None:
    with full.work() as session:
        task = custody.request_export(
            session, actor=full.viewer("clerk.a"), now=full.now, unit_id=full.units["A"], year=2026
        )
    with full.work() as session:
        for row in session.scalars(select(RoleGrant).where(RoleGrant.person_id == full.people["clerk.a"])):
            row.revoked_at = full.now
    full.drain()
    assert reload(full, task.id).state is TaskState.FAILED and "đơn vị" in reload(full, task.id).sentence
    assert list(exports_folder(full.resources.settings).iterdir()) == []


def test_an_export_of_nothing_says_so(full: Ward) -> None:
    task = ask(full, "clerk.a", "A", 2031)
    assert task.state is TaskState.FAILED and "Không có văn bản nào" in task.sentence


def test_what_was_found_infected_is_not_given_out(full: Ward) -> None:
    with full.work() as session:
        version = session.scalars(select(DocumentVersion).join(Document).where(Document.title == "Nháp A")).one()
        session.execute(
            update(TextReading)
            .where(TextReading.version_id == version.id)
            .values(status=ReadingStatus.UNSAFE, details={"infected": "EICAR"})
        )
    assert titles(result(full, ask(full, "clerk.a", "A"))) == {"Đã trình A"}


def test_it_can_be_cancelled_and_leaves_nothing(full: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    from webapp.handover import asked

    packed = asked._pack

    def cancel_first(bag: Path, target: Path, progress: asked.Progress) -> str:
        with full.work() as session:
            task = session.scalars(select(Task)).one()
            cancel_task(session, actor=full.viewer("clerk.a"), now=full.now, task_id=task.id)
        return packed(bag, target, progress)

    monkeypatch.setattr(asked, "_pack", cancel_first)
    task = ask(full, "clerk.a", "A")
    assert task.state is TaskState.CANCELLED
    assert list(exports_folder(full.resources.settings).iterdir()) == []


def test_results_go_after_a_week_when_another_is_made(full: Ward, client: Client) -> None:
    first = ask(full, "clerk.a", "A")
    folder = exports_folder(full.resources.settings)
    (folder / "left-by-a-killed-worker").mkdir()
    week = time.time() - timedelta(days=7, minutes=1).total_seconds()
    for path in folder.iterdir():
        os.utime(path, (week, week))
    second = ask(full, "clerk.a", "A")
    assert [path.name for path in folder.iterdir()] == [f"{second.id}.zip"]
    client.sign_in("clerk.a")
    answer = client.get(f"/tasks/{first.id}/export")
    assert answer.status_code == 404 and "7 ngày" in answer.text
    assert "Tải gói về" not in client.get(f"/tasks/{first.id}").text


def test_a_task_taken_up_again_replaces_what_was_there(full: Ward) -> None:
    task = ask(full, "clerk.a", "A")
    with full.work() as session:
        session.get_one(Task, task.id).state = TaskState.QUEUED
    full.drain()
    assert reload(full, task.id).state is TaskState.DONE
    assert titles(result(full, task)) == {"Nháp A", "Đã trình A"}


def test_a_package_is_not_handed_out_once_something_in_it_is_gone(full: Ward, client: Client) -> None:
    task = ask(full, "clerk.a", "A")
    own = client.as_user("clerk.a")
    address = f"/tasks/{task.id}/export"
    assert own.get(address).status_code == 200
    with full.db.reading() as session:
        draft = session.scalars(select(Document).where(Document.title == "Nháp A")).one()
    with full.work() as session:
        retention.withdraw_document(
            session,
            actor=full.viewer("clerk.a"),
            now=full.now,
            document_id=draft.id,
            reason="nhầm",
            revision=draft.revision,
        )
    refused = own.get(address)
    assert refused.status_code == 403 and "kết xuất lại" in refused.text
    with full.work() as session:
        retention.restore_document(session, actor=full.viewer("clerk.a"), now=full.now, document_id=draft.id)
    assert own.get(address).status_code == 200
    full.document("clerk.a", "A", "mới", title="Thêm sau")  # what came since does not matter
    assert own.get(address).status_code == 200
    with full.work() as session:
        row = session.get_one(Task, task.id)
        row.result = {name: value for name, value in row.result.items() if name != "contents"}
    assert own.get(address).status_code == 403  # nobody knows what is in it


def test_a_grant_that_ended_takes_back_what_it_gave(full: Ward, client: Client) -> None:
    """The office's own clerk: the past of the unit's papers goes along, and no longer once they are not the own."""
    full.grant("office", Role.CLERK, "A")
    task = ask(full, "office")
    assert "Nháp A" in titles(result(full, task))
    office, address = client.as_user("office"), f"/tasks/{task.id}/export"
    assert office.get(address).status_code == 200
    with full.work() as session:
        for row in session.scalars(
            select(RoleGrant).where(RoleGrant.person_id == full.people["office"], RoleGrant.role == Role.CLERK)
        ):
            row.revoked_at = full.now
    assert office.get(address).status_code == 403


def test_a_week_is_a_week_even_when_nobody_sweeps(full: Ward, client: Client) -> None:
    task = ask(full, "clerk.a", "A")
    week = time.time() - timedelta(days=7, minutes=1).total_seconds()
    os.utime(result(full, task), (week, week))
    assert client.as_user("clerk.a").get(f"/tasks/{task.id}/export").status_code == 404


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_full_disk_is_said(full: Ward, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    from webapp.handover import asked

    def full_disk(*_: object) -> str:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(asked, "_pack", full_disk)
    task = ask(full, "clerk.a", "A")
    assert task.state is TaskState.FAILED and "hết dung lượng" in task.sentence
    assert list(exports_folder(full.resources.settings).iterdir()) == []
