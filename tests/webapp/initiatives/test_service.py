"""Initiatives: every move by every role, authors, files, what stays secret, what is alike."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.initiatives import DOERS, WAY, add, bring_to, do, whole
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.core.errors import Conflict, Invalid, NotFound, Refused
from webapp.initiatives import queries, rules, service
from webapp.initiatives.alike import list_alike
from webapp.initiatives.service import AuthorLine
from webapp.jobs.index import records_of
from webapp.kinds import search_key
from webapp.models import (
    AuditEvent,
    Document,
    DocumentState,
    Initiative,
    InitiativeAuthor,
    InitiativeReview,
    InitiativeState,
    RecordManifest,
    Role,
    new_id,
)
from webapp.permissions import Permission, can

ROLES = (
    "clerk.a head.a clerk.b clerk.c leader.1 deputy.2 council council.2 office chair inspector auditor admin nobody "
    "author office.a"
).split()
# Who may do each move to an initiative of unit A that was handed in, written by hand from the ward's rules.
MAY: dict[str, set[str]] = {
    "submit": {"head.a"},
    "return": {"council", "office"},
    "review": {"council", "office"},
    "recognise": {"office", "chair"},
    "decline": {"office", "chair"},
    "adopt": {"clerk.b", "clerk.c"},
    "honour": {"office", "chair"},
}
SEE_SUBMITTED = {
    "clerk.a", "head.a", "leader.1", "council", "office", "chair", "inspector", "auditor", "author", "office.a",
}  # fmt: skip


# What the program itself decides is the same on both databases, so the long ones run on one.
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Undo(Exception):
    """Ends a transaction that is only tried."""


def add_more_people(ward: Ward) -> None:
    ward.person("author", Role.COUNCIL)  # judges others; made this one
    ward.person("office.a", Role.STANDING_OFFICE, "A")  # runs the movement, but works in unit A


def attempt(ward: Ward, move: str, initiative_id: str, username: str, **changes: Any) -> tuple[str, str]:
    """What comes of it, and the reason; nothing is kept."""
    try:
        with ward.work() as session:
            made = do(ward, session, move, initiative_id, username, **changes)
            state = session.get_one(Initiative, initiative_id).state
            assert made is not None
            raise Undo
    except Undo:
        return state.value, ""
    except NotFound:
        return "not found", ""
    except Refused as refused:
        return "refused", refused.sentence
    except Invalid as invalid:
        return "invalid", invalid.sentence


@on_one_database
def test_every_move_by_every_role_in_every_state(ward: Ward) -> None:
    add_more_people(ward)
    authors = (AuthorLine("Người author", "", 5000), AuthorLine("Người clerk.a", "", 5000))
    ids = {state: bring_to(ward, state, authors=authors) for state in InitiativeState}
    with ward.db.reading() as session:
        before = {one.id: (one.state, one.revision) for one in session.scalars(select(Initiative))}
        events = len(session.scalars(select(AuditEvent.seq)).all())
    cells = 0
    for state, initiative_id in ids.items():
        published = state in (InitiativeState.RECOGNISED, InitiativeState.REPLICATED, InitiativeState.HONOURED)
        for username in ROLES:
            seen = published or username in ("clerk.a", "head.a")
            seen = seen or (state is not InitiativeState.DRAFT and username in SEE_SUBMITTED)
            for move in rules.NEEDED:
                adopted = move == "adopt" and username == "clerk.b" and "adopt" in WAY[state]
                came, reason = attempt(ward, move, initiative_id, username)
                where = (state, username, move, came, reason)
                next_state = rules.MOVES.get((state, move))
                allowed = username in MAY[move]
                if move == "submit":
                    allowed = allowed and state in (InitiativeState.DRAFT, InitiativeState.RETURNED)
                if move == "adopt":
                    allowed = allowed and published
                if not seen:
                    assert came == "not found", where
                elif not allowed:
                    assert came == "refused" and reason.startswith("Chỉ "), where
                elif next_state is None or adopted:
                    assert came == "invalid" and reason, where
                else:
                    assert came == next_state.value, where
                cells += 1
    assert cells == len(InitiativeState) * len(ROLES) * len(rules.NEEDED)
    with ward.db.reading() as session:
        assert {one.id: (one.state, one.revision) for one in session.scalars(select(Initiative))} == before
        assert len(session.scalars(select(AuditEvent.seq)).all()) == events


@on_one_database
def test_whoever_has_a_stake_is_told_so(ward: Ward) -> None:
    add_more_people(ward)
    ward.unit("D")
    ward.person("head.vh", Role.HEAD, "VH")
    own = add(ward, "head.vh", "VH", authors=(AuthorLine("Người author", "", 10_000),))
    with ward.work() as session:
        do(ward, session, "submit", own.id, "head.vh")
    for username in ("office", "author"):  # the office's own unit; an author of a council
        came, reason = attempt(ward, "review", own.id, username)
        assert came == "refused" and "Có liên quan" in reason and "đơn vị mình" in reason and "tác giả" in reason
    assert attempt(ward, "review", own.id, "council")[0] == "reviewed"
    with ward.work() as session:
        do(ward, session, "review", own.id, "council")
    assert attempt(ward, "recognise", own.id, "office")[0] == "refused"
    assert attempt(ward, "recognise", own.id, "chair")[0] == "recognised"


@on_one_database
def test_a_council_member_of_one_cluster_judges_that_cluster_alone(ward: Ward) -> None:
    ward.person("head.c", Role.HEAD, "C")
    of_c = add(ward, "clerk.c", "C")
    with ward.work() as session:
        do(ward, session, "submit", of_c.id, "head.c")
    assert attempt(ward, "review", of_c.id, "council.2")[0] == "reviewed"
    assert attempt(ward, "review", bring_to(ward, InitiativeState.SUBMITTED), "council.2")[0] == "not found"
    # Leading a cluster is not judging in it.
    assert attempt(ward, "review", bring_to(ward, InitiativeState.SUBMITTED), "leader.1")[0] == "refused"


@on_one_database
def test_each_move_asks_for_what_it_needs(ward: Ward) -> None:
    handed, judged = bring_to(ward, InitiativeState.SUBMITTED), bring_to(ward, InitiativeState.REVIEWED)
    recognised = bring_to(ward, InitiativeState.RECOGNISED)
    replicated = bring_to(ward, InitiativeState.REPLICATED)
    wrong: list[tuple[str, str, str, dict[str, Any]]] = [
        ("return", handed, "office", {"reason": "  "}),
        ("review", handed, "office", {"scores": {"novelty": 11, "effect": 0, "spread": 0}}),
        ("review", handed, "office", {"scores": {"novelty": 1, "effect": None, "spread": 0}}),
        ("review", handed, "office", {"comment": " "}),
        ("decline", judged, "chair", {"reason": " "}),
        ("recognise", judged, "chair", {"decided_on": date(2026, 11, 23)}),
        ("adopt", recognised, "clerk.b", {"unit_id": ward.units["A"]}),
        ("adopt", recognised, "clerk.b", {"unit_id": ward.units["C"]}),
        ("adopt", recognised, "clerk.b", {"adopted_on": None}),
        ("adopt", recognised, "clerk.b", {"adopted_on": date(2026, 11, 23)}),
        ("adopt", recognised, "clerk.b", {"result": ""}),
        ("adopt", replicated, "clerk.b", {}),
        ("honour", replicated, "office", {"note": ""}),
    ]
    for move, initiative_id, username, changes in wrong:
        came, reason = attempt(ward, move, initiative_id, username, **changes)
        assert came == "invalid" and reason, (move, changes, came)
    # Recognition has number and day; who does not lead the ward enters it from the signed paper, which has them.
    gap: dict[str, Any] = {"reason": "", "number": "", "decided_on": None}
    assert attempt(ward, "recognise", judged, "chair", **gap)[0] == "invalid"
    assert attempt(ward, "recognise", judged, "office", document_id=None)[0] == "invalid"
    assert attempt(ward, "recognise", judged, "office", **gap)[0] == "recognised"
    # An older one without them gets no certificate before they are added.
    with ward.work() as session:
        session.get_one(Initiative, recognised).decision_number = ""
    office = client_for(ward).sign_in("office")
    assert office.get(f"/initiatives/{recognised}/certificate.docx").status_code == 422
    added = {"number": "15/QĐ-UBND", "decided_on": "20/11/2026", "document_id": ward.decision()}
    assert office.post(f"/initiatives/{recognised}/decision", added | {"document_id": ""}).status_code == 422
    assert office.post(f"/initiatives/{recognised}/decision", added).status_code == 303
    assert office.get(f"/initiatives/{recognised}/certificate.docx").status_code == 200
    incomplete = add(
        ward, title="", field=None, effect="tốt hơn nhiều", first_applied_on=None, authors=(AuthorLine("X", "", 9999),)
    )
    with pytest.raises(Invalid) as found, ward.work() as session:
        do(ward, session, "submit", incomplete.id, "head.a")
    assert set(found.value.fields) == {"title", "field", "effect", "first_applied_on", "authors"}


def test_a_review_of_an_older_submission_is_a_conflict(ward: Ward) -> None:
    initiative_id = bring_to(ward, InitiativeState.RETURNED)
    with ward.work() as session:
        do(ward, session, "submit", initiative_id, "head.a")
    with pytest.raises(Conflict), ward.work() as session:
        do(ward, session, "review", initiative_id, "office", submission=1)
    with ward.work() as session:
        do(ward, session, "review", initiative_id, "office", submission=2)
        do(ward, session, "review", initiative_id, "office", submission=2, comment="Xem lại.")
    with ward.db.reading() as session:
        (review,) = session.scalars(select(InitiativeReview).where(InitiativeReview.submission == 2)).all()
        assert (review.comment, review.total) == ("Xem lại.", 24)


def test_two_writers_get_both_values_and_authors_count_too(ward: Ward) -> None:
    one = add(ward)
    changed = (AuthorLine("Người head.a", "", 10_000),)
    with ward.work() as session:
        first = service.write_initiative(
            session,
            actor=ward.viewer("head.a"),
            now=ward.now,
            initiative_id=one.id,
            revision=one.revision,
            draft=whole(authors=changed),
        )
    assert first.revision > one.revision
    with pytest.raises(Conflict) as found, ward.work() as session:
        service.write_initiative(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            initiative_id=one.id,
            revision=one.revision,
            draft=whole(title="Tên khác"),
        )
    assert found.value.theirs["Tác giả"] == "Người head.a 100%" and found.value.mine["Tên"] == "Tên khác"
    with ward.db.reading() as session:
        (author,) = session.scalars(select(InitiativeAuthor)).all()
        assert author.person_id == ward.people["head.a"] and author.workplace == "Đơn vị A"


def test_authors_are_colleagues_or_outsiders(ward: Ward) -> None:
    with ward.work() as session:
        from webapp.people.service import NewPerson, create_person
        from webapp.permissions import SYSTEM

        for code in ("A", "B"):
            create_person(
                session,
                actor=SYSTEM,
                now=ward.now,
                password="",
                password_hash="x",
                new=NewPerson(
                    username=f"trung.{code.lower()}",
                    name="Trần Trung",
                    must_change_password=False,
                    unit_id=ward.units[code],
                ),
            )
    with pytest.raises(Invalid, match="Có nhiều người"):
        add(ward, authors=(AuthorLine("trần trung"),))
    one = add(
        ward, authors=(AuthorLine("Trần Trung · Đơn vị A"), AuthorLine("Trần Trung", "Công ty X"), AuthorLine("Ai"))
    )
    assert [(author.workplace, author.person_id is not None) for author in one.authors] == [
        ("Đơn vị A", True),
        ("Công ty X", False),
        ("", False),
    ]
    assert [author.share for author in one.authors] == [3334, 3333, 3333]  # left empty: shared out
    with pytest.raises(Invalid, match="một lần"):
        add(ward, authors=(AuthorLine("Trần Trung · Đơn vị A"), AuthorLine("Trần Trung", "Đơn vị A")))
    with pytest.raises(Invalid, match="họ tên"):
        add(ward, authors=(AuthorLine("", "Công ty X", 10_000),))
    with pytest.raises(Invalid, match="Phong trào không có"):
        add(ward, theme_id=new_id())
    with pytest.raises(Refused):
        add(ward, "clerk.b", "A")
    with pytest.raises(Invalid, match="chưa có phong trào"):
        add(ward, year=2050)


def test_files_are_kept_by_the_archive_and_follow_the_initiative(ward: Ward) -> None:
    one = add(ward)
    receipt = ward.resources.store.put(io.BytesIO(b"so lieu"), filename="so-lieu.txt")
    existing = ward.document("clerk.a", "A", "văn bản có sẵn")
    actor = ward.viewer("clerk.a")
    common: dict[str, Any] = {"actor": actor, "now": ward.now, "initiative_id": one.id}
    with ward.work() as session:
        service.attach_file(session, **common, receipt=receipt, batch_id=new_id())
        dropped = service.attach_existing(session, **common, document_id=existing.id)
    foreign = ward.document("clerk.b", "B", "của B")
    for document_id in (existing.id, foreign.id, new_id()):
        with pytest.raises(Invalid), ward.work() as session:
            service.attach_existing(session, **common, document_id=document_id)
    with ward.work() as session:
        service.detach_file(session, **common, file_id=dropped.id)
    with pytest.raises(NotFound), ward.work() as session:
        service.detach_file(session, **common, file_id=dropped.id)
    with ward.work() as session:
        do(ward, session, "submit", one.id, "head.a")
    with ward.db.reading() as session:
        initiative = queries.get_initiative(session, one.id, viewer=ward.viewer("office"))
        ((_, document),) = queries.list_files(session, initiative, viewer=ward.viewer("office"))
        assert document.state is DocumentState.SUBMITTED and document.retained_until is not None
        assert session.get_one(Document, existing.id).state is DocumentState.DRAFT
        assert queries.list_files(session, initiative, viewer=ward.viewer("clerk.b")) == []
        kept = session.scalars(select(RecordManifest.no).where(RecordManifest.record == f"initiative-{one.id}")).all()
        assert len(kept) >= 3
    rows = ward.resources.store.manifest(f"initiative-{one.id}", max(kept)).data["rows"]
    assert len(rows["initiative_author"]) == 2 and len(rows["initiative_file"]) == 2


@on_one_database
def test_the_index_is_the_same_whatever_is_kept_secret(ward: Ward) -> None:
    plain = add(ward)
    before = list(records(ward, plain.id))
    with ward.work() as session:
        service.write_initiative(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            initiative_id=plain.id,
            revision=plain.revision,
            draft=whole(secret="mật khẩu két sắt"),
        )
    assert list(records(ward, plain.id)) == before
    (record,) = before
    assert "nhắc cán bộ" in record.body and record.facets["author"] == ("Người clerk.a", "Bà Ngoài")
    assert record.facets["recognised"] == record.facets["replicated"] == "no"


def records(ward: Ward, initiative_id: str) -> Any:
    with ward.db.reading() as session:
        yield from records_of(session, [search_key("initiative", initiative_id)])


@on_one_database
def test_what_is_kept_secret_is_for_the_unit_and_its_judges(ward: Ward) -> None:
    add_more_people(ward)
    authors = (AuthorLine("Người author", "", 10_000),)
    for state in (InitiativeState.SUBMITTED, InitiativeState.RECOGNISED):
        initiative_id = bring_to(ward, state, authors=authors)
        with ward.db.reading() as session:
            one = session.get_one(Initiative, initiative_id)
            allowed = {name for name in ROLES if can(ward.viewer(name), Permission.INITIATIVE_READ_WITHHELD, one)}
        assert allowed == {"clerk.a", "head.a", "council", "office"}


def test_what_is_alike_is_told_within_what_the_viewer_may_see(ward: Ward) -> None:
    handed = bring_to(ward, InitiativeState.SUBMITTED)
    add(ward, title="Vườn rau của hội phụ nữ", solution="Trồng rau sạch nuôi trẻ mồ côi, bán ở chợ phường.")
    copied = add(ward, "clerk.b", "B", title="Số hóa hồ sơ đất đai, nhắc hạn trả kết quả cho dân", authors=())
    ward.drain()

    def alike(username: str, own: str = "") -> list[str] | None:
        draft = whole()
        with ward.db.reading() as session:
            found = list_alike(
                session,
                ward.resources,
                title=draft.title,
                solution=draft.solution,
                viewer=ward.viewer(username),
                own_id=own,
            )
        return None if found is None else [one.initiative.id for one in found]

    assert alike("office") == [handed]  # not the other unit's draft
    assert alike("office", own=handed) == []
    assert alike("clerk.b") == [copied.id]  # not what unit A handed in
    for move in ("review", "recognise"):
        with ward.work() as session:
            do(ward, session, move, handed, DOERS[move])
    ward.drain()
    assert alike("clerk.b", own=copied.id) == [handed]  # recognised: for everybody
    assert alike("nobody") == [handed]
