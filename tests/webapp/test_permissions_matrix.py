"""Every person x every paper x every permission: predicate, SQL condition and search keys agree, and with the table
written here by hand from the ward's rules."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.support.ward import Ward
from webapp.models import (
    Checklist,
    ChecklistState,
    Document,
    DocumentKind,
    DocumentState,
    Initiative,
    InitiativeAuthor,
    InitiativeKind,
    InitiativeScope,
    InitiativeState,
    Role,
    SavedSearch,
    Task,
    TaskKind,
    TaskState,
    new_id,
)
from webapp.permissions import Permission, Viewer, can, decide, ensure, subject_of
from webapp.permissions.scopes import (
    readable_checklists,
    readable_documents,
    readable_initiatives,
    readable_tasks,
    restorable_documents,
    subject_keys,
    viewer_keys,
)
from webapp.permissions.subject import Subject
from webapp.permissions.table import TABLE

SUBMITTED = (DocumentState.SUBMITTED, DocumentState.RETURNED, DocumentState.ACCEPTED)
YEARS = (2025, 2026)
OWN = {"clerk.a": "A", "head.a": "A", "clerk.b": "B", "clerk.c": "C"}
PEOPLE = [
    "clerk.a",
    "head.a",
    "clerk.b",
    "clerk.c",
    "leader.1",
    "deputy.2",
    "council",
    "council.2",
    "office",
    "chair",
    "inspector",
    "auditor",
    "admin",
    "nobody",
    "lapsed",
    "revoked",
    "future.grant",
]


def add_people_with_dead_grants(ward: Ward) -> None:
    ward.person("lapsed")
    ward.grant("lapsed", Role.CLERK, "A", valid_until=date(2026, 11, 21))
    ward.person("future.grant")
    ward.grant("future.grant", Role.CLERK, "A", valid_from=date(2026, 11, 23))
    ward.person("revoked")
    grant = ward.grant("revoked", Role.AUDITOR)
    with ward.work() as session:
        from webapp.people.service import revoke_grant
        from webapp.permissions import SYSTEM

        revoke_grant(session, actor=SYSTEM, now=ward.now, grant_id=grant)


def add_papers(ward: Ward) -> None:
    """Documents and checklists of every unit, state and year, withdrawn or not, and papers of the movement."""
    with ward.work() as session:
        for unit_id in (*ward.units.values(), None):
            for state in DocumentState:
                for year, withdrawn_at in itertools.product(YEARS, (None, ward.now)):
                    kind = DocumentKind.REPORT if unit_id else DocumentKind.GUIDANCE
                    session.add(
                        Document(
                            kind=kind,
                            state=state,
                            unit_id=unit_id,
                            movement_id=ward.movement_id,
                            year=year,
                            title="x",
                            created_at=ward.now,
                            current_no=1,
                            withdrawn_at=withdrawn_at,
                        )
                    )
        group_id = session.scalars(select(Checklist.group_id)).first()
        from webapp.models import CriteriaGroup

        group_id = session.scalars(select(CriteriaGroup.id).where(CriteriaGroup.code == "III.1")).one()
        for unit_id in ward.units.values():
            for number, state in enumerate(ChecklistState):
                session.add(
                    Checklist(
                        movement_id=ward.movement_id,
                        unit_id=unit_id,
                        group_id=group_id,
                        year=2024 + number,
                        state=state,
                        created_at=ward.now,
                    )
                )


def may_read(
    ward: Ward, name: str, unit_id: str | None, state: DocumentState, year: int, *, withdrawn: bool = False
) -> bool:
    """The rule in other words than the program's: domain knowledge as a straightforward function."""
    if withdrawn:
        return False
    if state is DocumentState.PUBLISHED:
        return True
    if unit_id is None:
        return name == "office"
    if name in OWN and ward.units[OWN[name]] == unit_id:
        return True
    if state not in SUBMITTED:
        return False
    if name in ("office", "chair", "council", "auditor"):
        return True
    if name == "inspector":
        return unit_id == ward.units["A"]
    first, second = ("A", "B", "VH"), ("C",)
    if name == "leader.1":
        return year == 2026 and unit_id in {ward.units[code] for code in first}
    if name == "deputy.2" or name == "council.2":
        return year == 2026 and unit_id in {ward.units[code] for code in second}
    return False


AS_PAPER = {
    InitiativeState.DRAFT: DocumentState.DRAFT,
    InitiativeState.RECOGNISED: DocumentState.PUBLISHED,
    InitiativeState.REPLICATED: DocumentState.PUBLISHED,
    InitiativeState.HONOURED: DocumentState.PUBLISHED,
}


def may_judge(ward: Ward, name: str, initiative: Initiative) -> dict[Permission, bool]:
    """Office and council judge, office and leadership decide; never of the own unit, never as an author."""
    handed = initiative.state is not InitiativeState.DRAFT
    stake = (name == "office" and initiative.unit_id == ward.units["VH"]) or any(
        author.person_id == ward.people[name] for author in initiative.authors
    )
    followed = name == "council.2" and initiative.unit_id == ward.units["C"] and initiative.year == 2026
    judges = handed and not stake and (name in ("office", "council") or followed)
    decides = handed and not stake and name in ("office", "chair")
    mine = initiative.unit_id == ward.units.get(OWN.get(name, ""))
    opened = initiative.state in (InitiativeState.DRAFT, InitiativeState.RETURNED)
    published = AS_PAPER.get(initiative.state) is DocumentState.PUBLISHED
    return {
        Permission.INITIATIVE_REVIEW: judges,
        Permission.INITIATIVE_RETURN: judges,
        Permission.INITIATIVE_DECIDE: decides,
        Permission.INITIATIVE_HONOUR: decides,
        Permission.INITIATIVE_READ_WITHHELD: judges or mine,
        Permission.INITIATIVE_EDIT: mine and opened,
        Permission.INITIATIVE_SUBMIT: mine and opened and name == "head.a",
        Permission.INITIATIVE_ADOPT: published and name in OWN and not mine,
        Permission.INITIATIVE_CERTIFY: published and name in ("office", "chair"),
    }


def test_initiatives_agree_in_every_cell(ward: Ward) -> None:
    """Reading by predicate, SQL and search keys; judging, deciding, taking over by the rules above."""
    add_people_with_dead_grants(ward)
    with ward.work() as session:
        for unit_id, state, year in itertools.product(ward.units.values(), InitiativeState, YEARS):
            for author in (None, "council"):
                session.add(
                    Initiative(
                        movement_id=ward.movement_id,
                        unit_id=unit_id,
                        year=year,
                        state=state,
                        kind=InitiativeKind.MODEL,
                        scope=InitiativeScope.UNIT,
                        return_reason="x",
                        decision_reason="x",
                        created_at=ward.now,
                        authors=[
                            InitiativeAuthor(position=0, person_id=ward.people[author] if author else None, name="x")
                        ],
                    )
                )
    with ward.db.reading() as session:
        initiatives = session.scalars(select(Initiative)).all()
        for name in PEOPLE:
            viewer = ward.viewer(name)
            in_sql = set(session.scalars(select(Initiative.id).where(readable_initiatives(viewer))))
            keys = viewer_keys(viewer)
            for one in initiatives:
                where = (name, one.unit_id, one.state, one.year)
                paper = AS_PAPER.get(one.state, DocumentState.SUBMITTED)
                expected = may_read(ward, name, one.unit_id, paper, one.year)
                assert can(viewer, Permission.INITIATIVE_READ, one) is expected, where
                assert (one.id in in_sql) is expected, where
                assert bool(keys & subject_keys(subject_of(one))) is expected, where
                for permission, allowed in may_judge(ward, name, one).items():
                    assert can(viewer, permission, one) is allowed, (*where, permission)


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


def test_every_permission_has_a_rule_with_a_reason() -> None:
    assert set(TABLE) == set(Permission)
    assert all(rule.reason.endswith(".") and rule.any_of for rule in TABLE.values())


def test_nobody_is_let_in_without_signing_in() -> None:
    stranger = Viewer(id=None, name="")
    everything = Subject(kind="document", id="x", unit_id="u", submitted=True, published=True)
    assert not any(can(stranger, permission, everything) for permission in Permission)
    assert viewer_keys(stranger) == frozenset()


def test_a_document_of_an_unknown_unit_is_read_only_by_overseers(ward: Ward) -> None:
    lost = Subject(kind="document", id="x", unit_id="no-such-unit", year=2026, movement_id="no-such-movement")
    for name in PEOPLE[:-3]:
        assert not can(ward.viewer(name), Permission.DOCUMENT_READ, lost), name


def test_a_grant_counts_until_the_end_of_its_last_day_in_the_ward(ward: Ward) -> None:
    """22/11/2026 03:00 UTC is 10:00 in the ward; the grant ends with the 22nd there, at 17:00 UTC."""
    ward.person("short")
    ward.grant("short", Role.CLERK, "A", valid_until=date(2026, 11, 22))
    assert ward.viewer("short", now=ward.now.replace(hour=16, minute=59)).own_units
    assert not ward.viewer("short", now=ward.now.replace(hour=17, minute=0)).own_units


def test_membership_changes_take_effect_at_once(ward: Ward) -> None:
    from webapp.people.service import remove_from_cluster
    from webapp.permissions import SYSTEM

    subject = Subject(kind="document", id="x", unit_id=ward.units["A"], year=2026, submitted=True)
    assert can(ward.viewer("leader.1"), Permission.DOCUMENT_READ, subject)
    with ward.work() as session:
        remove_from_cluster(
            session,
            actor=SYSTEM,
            now=ward.now,
            cluster_id=ward.clusters["K1"],
            year=2026,
            unit_id=ward.units["A"],
        )
    assert not can(ward.viewer("leader.1"), Permission.DOCUMENT_READ, subject)


def test_refusal_says_why_and_hides_what_may_not_be_seen(ward: Ward) -> None:
    from webapp.core.errors import NotFound, Refused

    hidden = Subject(kind="document", id=new_id(), unit_id=ward.units["A"], year=2026)
    with pytest.raises(NotFound):
        ensure(ward.viewer("clerk.b"), Permission.DOCUMENT_REVISE, hidden)
    shown = Subject(kind="document", id=new_id(), unit_id=ward.units["A"], year=2026, submitted=True, open=False)
    with pytest.raises(Refused) as refused:
        ensure(ward.viewer("auditor"), Permission.DOCUMENT_REVISE, shown)
    assert "chỉ khi văn bản chưa trình" in refused.value.sentence
    assert decide(ward.viewer("auditor"), Permission.DOCUMENT_REVISE, shown).reason == refused.value.sentence


def test_closed_account_sees_nothing_of_units(ward: Ward) -> None:
    from webapp.people.service import set_disabled
    from webapp.permissions import SYSTEM

    with ward.work() as session:
        set_disabled(session, actor=SYSTEM, now=ward.now, person_id=ward.people["clerk.a"], disabled=True)
    assert not ward.viewer("clerk.a", now=ward.now + timedelta(minutes=1)).grants
