"""Every person x every paper x every permission: predicate, SQL condition and search keys agree, and with the table
written here by hand from the ward's rules."""

from __future__ import annotations

from sqlalchemy import select

from tests.support.permissions import OWN, PEOPLE, SUBMITTED, add_papers, add_people_with_dead_grants, may_read
from tests.support.ward import Ward
from webapp.models import (
    Checklist,
    ChecklistState,
    Document,
    DocumentState,
    SavedSearch,
    Task,
    TaskKind,
    TaskState,
)
from webapp.permissions import Permission, can, subject_of
from webapp.permissions.scopes import (
    readable_checklists,
    readable_documents,
    readable_tasks,
    restorable_documents,
    subject_keys,
    viewer_keys,
)
from webapp.permissions.subject import Subject


def may_restore(ward: Ward, name: str, unit_id: str | None, *, withdrawn: bool) -> bool:
    """Whoever works for the unit, in whatever state the paper is; the office for papers of the movement."""
    if unit_id is None:
        return withdrawn and name == "office"
    return withdrawn and unit_id == ward.units.get(OWN.get(name, ""))


def may_do(ward: Ward, name: str, unit_id: str | None, state: DocumentState) -> dict[Permission, bool]:
    """What else is done to a paper that is not withdrawn."""
    office = name == "office"
    if unit_id is None:
        return dict.fromkeys(
            (
                Permission.DOCUMENT_WITHDRAW,
                Permission.RETENTION_EXTEND,
                Permission.HOLD_SET,
                Permission.DOCUMENT_REVISE,
            ),
            office,
        )
    mine = unit_id == ward.units.get(OWN.get(name, ""))
    # Not of its own unit: what it holds in hand there, it holds as that unit.
    overseen = office and state in SUBMITTED and unit_id != ward.units["VH"]
    keeps = (mine and name == "head.a") or overseen
    return {
        Permission.DOCUMENT_WITHDRAW: mine and state is DocumentState.DRAFT,
        Permission.RETENTION_EXTEND: keeps,
        Permission.HOLD_SET: keeps,
        Permission.DOCUMENT_REVISE: mine and state in (DocumentState.DRAFT, DocumentState.RETURNED),
    }


def test_reading_agrees_in_every_cell(ward: Ward) -> None:
    add_people_with_dead_grants(ward)
    add_papers(ward)
    cells = 0
    with ward.db.reading() as session:
        documents = session.scalars(select(Document)).all()
        checklists = session.scalars(select(Checklist)).all()
        for name in PEOPLE:
            viewer = ward.viewer(name)
            in_sql = set(session.scalars(select(Document.id).where(readable_documents(viewer))))
            restorable = set(session.scalars(select(Document.id).where(restorable_documents(viewer))))
            keys = viewer_keys(viewer)
            for document in documents:
                gone = document.withdrawn_at is not None
                where = (name, document.unit_id, document.state, document.year, gone)
                expected = may_read(ward, name, document.unit_id, document.state, document.year, withdrawn=gone)
                restores = may_restore(ward, name, document.unit_id, withdrawn=gone)
                assert (document.id in restorable) is restores, where
                if gone:
                    given = {permission for permission in Permission if can(viewer, permission, document)}
                    assert given == ({Permission.DOCUMENT_RESTORE} if restores else set()), where
                else:
                    for permission, allowed in may_do(ward, name, document.unit_id, document.state).items():
                        assert can(viewer, permission, document) is allowed, (*where, permission)
                        cells += 1
                cells += 2
                assert can(viewer, Permission.DOCUMENT_READ, document) is expected, where
                assert (document.id in in_sql) is expected, where
                assert bool(keys & subject_keys(subject_of(document))) is expected, where
                cells += 3
            in_sql = set(session.scalars(select(Checklist.id).where(readable_checklists(viewer))))
            for checklist in checklists:
                where = (name, checklist.unit_id, checklist.state, checklist.year)
                state = DocumentState.DRAFT if checklist.state is ChecklistState.DRAFT else DocumentState.SUBMITTED
                expected = may_read(ward, name, checklist.unit_id, state, checklist.year)
                assert can(viewer, Permission.CHECKLIST_READ, checklist) is expected, where
                assert (checklist.id in in_sql) is expected, where
                assert bool(keys & subject_keys(subject_of(checklist))) is expected, where
                cells += 3
    assert cells >= 2000, cells


def test_acting_is_as_the_rules_say(ward: Ward) -> None:
    """Who may add, revise, submit, edit, return: every person x every unit x open or not."""
    add_people_with_dead_grants(ward)
    heads = {"head.a"}
    cells = 0
    for name in PEOPLE:
        viewer = ward.viewer(name)
        for code, unit_id in ward.units.items():
            mine = OWN.get(name) == code
            for is_open in (True, False):
                subject = Subject(
                    kind="document",
                    id="x",
                    unit_id=unit_id,
                    movement_id=ward.movement_id,
                    year=2026,
                    submitted=not is_open,
                    open=is_open,
                )
                expected = {
                    Permission.DOCUMENT_ADD: mine,
                    Permission.EXPORT_MAKE: mine,
                    Permission.DOCUMENT_REVISE: mine and is_open,
                    Permission.DOCUMENT_SUBMIT: mine and is_open and name in heads,
                    Permission.CHECKLIST_OPEN: mine,
                    Permission.CHECKLIST_EDIT: mine and is_open,
                    Permission.CHECKLIST_SUBMIT: mine and is_open and name in heads,
                    # The office's own unit is VH: it does not return its own.
                    Permission.CHECKLIST_RETURN: name == "office" and not is_open and code != "VH",
                    Permission.READING_RETRY: mine or name == "admin",
                    Permission.LEDGER_READ_UNIT: mine,
                }
                for permission, allowed in expected.items():
                    assert can(viewer, permission, subject) is allowed, (name, code, is_open, permission)
                    cells += 1
        for permission, roles in {
            Permission.UNIT_MANAGE: {"admin"},
            Permission.PERSON_MANAGE: {"admin"},
            Permission.GRANT_MANAGE: {"admin"},
            Permission.CLUSTER_MANAGE: {"admin", "office"},
            Permission.PLAN_IMPORT: {"office"},
            Permission.COVERAGE_MANAGE: {"office"},
            Permission.COVERAGE_READ: {"office", "chair", "auditor", "council", "council.2", "admin"},
            Permission.LEDGER_READ: {"auditor"},
            Permission.LEDGER_READ_SYSTEM: {"admin"},
            Permission.LEDGER_EXPORT: {"auditor"},
            Permission.SYSTEM_WATCH: {"admin"},
            Permission.RETENTION_MANAGE: {"office"},
            Permission.SHORT_FORMS_MANAGE: {"office"},
            Permission.ARCHIVE_WATCH: {"admin", "auditor", "office"},
            Permission.ARCHIVE_CHECK: {"admin", "auditor"},
            Permission.EXPORT_MAKE: {"office"},
            Permission.SEARCH_USE: set(PEOPLE),
            Permission.SEARCH_EXPORT: set(PEOPLE),
        }.items():
            assert can(viewer, permission) is (name in roles), (name, permission)
            cells += 1
    assert cells >= 1000, cells


def test_what_belongs_to_one_person_is_theirs(ward: Ward) -> None:
    """Long work and saved searches: every person x everybody's."""
    with ward.work() as session:
        for name, identity in ward.people.items():
            session.add(
                Task(
                    kind=TaskKind.SCRUB,
                    state=TaskState.DONE,
                    title=name,
                    arguments={},
                    result={},
                    requested_by=identity,
                    requested_at=ward.now,
                )
            )
            session.add(
                SavedSearch(person_id=identity, name="x", parameters={}, seen=[], seen_at=ward.now, created_at=ward.now)
            )
    with ward.db.reading() as session:
        tasks, kept = session.scalars(select(Task)).all(), session.scalars(select(SavedSearch)).all()
        assert len(tasks) == len(kept) == len(ward.people)
        for name, identity in ward.people.items():
            viewer = ward.viewer(name)
            in_sql = set(session.scalars(select(Task.id).where(readable_tasks(viewer))))
            for task in tasks:
                expected = task.requested_by == identity or name == "admin"
                assert can(viewer, Permission.TASK_READ, task) is expected, (name, task.title)
                assert can(viewer, Permission.TASK_CANCEL, task) is expected, (name, task.title)
                assert (task.id in in_sql) is expected, (name, task.title)
            for saved in kept:
                assert can(viewer, Permission.SAVED_SEARCH_KEEP, saved) is (saved.person_id == identity), name
            assert not can(viewer, Permission.SAVED_SEARCH_KEEP)
