"""The register of kinds: every kind says everything, and the log, the index, bags and refusals go by what it says."""

from __future__ import annotations

import inspect

import pytest
from sqlalchemy import select

from tests.support import initiatives, papers, scores, voices
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.audit import Thing, log_event
from webapp.kinds import Kind, all_kinds, kind_named, searched_kinds
from webapp.models import AuditEvent
from webapp.permissions import SYSTEM, subject
from webapp.permissions.viewer import Viewer
from webapp.records.catalogue import BY_NAME


def of_unit_a(ward: Ward, kind: str) -> str:
    """The id of a thing of that kind that only unit A knows of so far."""
    match kind:
        case "document":
            return ward.document("clerk.a", "A").id
        case "checklist":
            return ward.checklist("clerk.a", "A").id
        case "paper":
            return papers.open_paper(ward, "clerk.a", "A").id
        case "initiative":
            return initiatives.add(ward).id
        case "difficulty":
            return voices.raise_one(ward).id
    scores.rubric(ward)
    scores.open_round(ward)
    return scores.sheet_of(ward, "A").id


def test_every_kind_is_declared_once_beside_its_slice() -> None:
    names = [kind.name for kind in all_kinds()]
    assert names == sorted(set(names)) and len(names) > 15
    # A declaration without one of its parts is no declaration: nothing has a silent default but options of loading.
    parts = inspect.signature(Kind).parameters.values()
    assert [part.name for part in parts if part.default is not inspect.Parameter.empty] == ["loading"]


def test_whatever_the_policy_knows_is_a_kind() -> None:
    rows = [kind for kind in subject.subject_of.registry if kind not in (object, subject.Subject)]
    declared = {kind.model for kind in all_kinds()}
    assert {row.__name__ for row in rows if row not in declared} == {"Task", "SavedSearch"}


def test_what_goes_into_bags_has_a_name_in_the_archive() -> None:
    for kind in all_kinds():
        if kind.bag is None:
            continue
        assert BY_NAME[kind.bag.record].root is kind.model, kind.name
        for along in kind.bag.along:
            assert BY_NAME[along.record].root is along.link.class_, kind.name


@pytest.mark.parametrize("kind", searched_kinds(), ids=lambda kind: kind.name)
def test_what_nobody_reads_is_found_by_nobody(ward: Ward, kind: Kind) -> None:
    """The scope of a kind is a condition on its own rows, also for who is not signed in."""
    with ward.db.reading() as session:
        nobody = Viewer(id=None, name="Chưa đăng nhập")
        assert kind.search is not None
        session.scalars(select(kind.id).where(*kind.search.present, kind.readable(nobody))).all()
        assert list(kind.search.records(session, ["none"])) == []


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("document", "/documents/{}"),
        ("checklist", "/checklists/{}"),
        ("paper", "/papers/{}"),
        ("initiative", "/initiatives/{}"),
        ("difficulty", "/difficulties/{}"),
        ("score-sheet", "/scores/sheets/{}"),
    ],
)
def test_a_refusal_stands_in_the_log_of_the_unit_it_concerns(client: Client, kind: str, address: str) -> None:
    ward = client.ward
    identity = of_unit_a(ward, kind)
    stranger = client.as_user("clerk.b")
    assert stranger.get(address.format(identity)).status_code in (403, 404)
    with ward.db.reading() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(1)).one()
    assert (event.outcome, event.object_kind, event.object_id) == ("refused", kind, identity)
    assert event.object_unit_id == ward.units["A"]
    own = client.as_user("head.a").get("/ledger")
    assert "bị từ chối" in own.text
    # Of a thing that is not there nothing is known.
    stranger.get(address.format("0000000000000"))
    with ward.db.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.object_id == "0000000000000").order_by(AuditEvent.seq.desc())
        ).first()
    assert event is not None and event.object_unit_id is None


def test_a_part_named_in_the_address_leads_to_the_unit_too(client: Client) -> None:
    ward = client.ward
    checklist = ward.checklist("clerk.a", "A")
    item = ward.item(checklist, "III.1.đ")
    assert client.as_user("clerk.b").get(f"/checklists/items/{item.id}").status_code == 404
    with ward.db.reading() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(1)).one()
    assert event.object_unit_id == ward.units["A"]
    assert kind_named("checklist") is not None and kind_named("không có") is None


@pytest.mark.parametrize("kind", ["citation", "session", "cluster", "duty", "movement"])
def test_the_log_shows_an_event_about_any_kind(client: Client, kind: str) -> None:
    """Also about one whose rows have no page, or are found as something else than themselves."""
    ward = client.ward
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    ward.attach("clerk.a", item, "Dữ liệu đất đai", "a.txt")
    papers.make_duties(ward)
    declared = kind_named(kind)
    assert declared is not None
    with ward.work() as session:
        identity = session.scalars(select(declared.id)).first()
        assert identity is not None
        log_event(session, SYSTEM, ward.now, "test.note", Thing(kind, identity, ward.units["A"]))
    assert client.as_user("auditor").get("/ledger?action=test.note").status_code == 200
