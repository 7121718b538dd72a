"""Somebody acts for a colleague who is away, hands in for a unit without a head, takes a clerk's work over."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.support import papers, voices
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.core.errors import Invalid, Refused
from webapp.models import AuditEvent, Notice, PaperVersion, Role, RoleGrant
from webapp.notices.service import tell
from webapp.people import acting
from webapp.people.service import revoke_grant
from webapp.permissions import SYSTEM, Permission, Subject, can

pytestmark = pytest.mark.either_database

DAYS = {"valid_from": "22/11/2026", "valid_until": "30/11/2026"}


def grant_of(ward: Ward, username: str, role: Role) -> str:
    with ward.db.reading() as session:
        query = select(RoleGrant.id).where(RoleGrant.person_id == ward.people[username], RoleGrant.role == role)
        return session.scalars(query).one()


def stand_in(ward: Ward, actor: str, away: str, role: Role, deputy: str) -> list[RoleGrant]:
    standing = acting.Standing(
        person_id=ward.people[deputy],
        basis="Quyết định số 41/QĐ-UBND",
        valid_from=date(2026, 11, 22),
        valid_until=date(2026, 11, 30),
    )
    with ward.work() as session:
        return acting.name_stand_in(
            session,
            actor=ward.viewer(actor),
            now=ward.now,
            today=date(2026, 11, 22),
            person_id=ward.people[away],
            grant_ids=[grant_of(ward, away, role)],
            standing=standing,
        )


def test_who_acts_for_somebody_is_named_with_both_names_on_what_needs_it(client: Client) -> None:
    ward = client.ward
    paper = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", paper, {0: "đã làm"})
    clerk, head = client.as_user("clerk.a"), client.as_user("head.a")
    assert clerk.post(f"/papers/{paper.id}/submit").status_code == 403
    address = f"/people/{ward.people['head.a']}/stand-in"
    values = {"grants": grant_of(ward, "head.a", Role.HEAD), "person_id": ward.people["clerk.a"], **DAYS}
    assert "Hãy ghi số, ngày" in head.post(address, values).text
    assert head.post(address, {**values, "basis": "Quyết định số 41/QĐ-UBND"}).status_code == 303
    assert "Người clerk.a, thay Người head.a" in head.get(f"/units/{ward.units['A']}/people").text
    papers.write(ward, "clerk.a", paper, {1: "viết thêm"})
    assert clerk.post(f"/papers/{paper.id}/submit").status_code == 303
    assert "Người clerk.a, thay Người head.a" in client.as_user("office").get(f"/papers/{paper.id}").text
    with ward.db.reading() as session:
        acts = {
            event.action: (event.actor_name, event.details.get("acting_for"))
            for event in session.scalars(select(AuditEvent).where(AuditEvent.object_id == paper.id))
        }
    # What the clerk does as the clerk stays the clerk's own.
    assert acts["paper.write"] == ("Người clerk.a", None)
    assert acts["paper.submit"] == ("Người clerk.a, thay Người head.a", ward.people["head.a"])
    assert "thay Người head.a" in client.as_user("auditor").get(f"/ledger?object={paper.id}").text


def test_it_ends_with_its_last_day_when_withdrawn_and_with_the_role_itself(ward: Ward) -> None:
    of_a = Subject(kind="paper", id="x", unit_id=ward.units["A"])
    (held,) = stand_in(ward, "head.a", "head.a", Role.HEAD, "clerk.a")
    assert can(ward.viewer("clerk.a"), Permission.PAPER_SUBMIT, of_a)
    first, last = ward.now.replace(day=21), ward.now.replace(month=12, day=1)
    assert not any(can(ward.viewer("clerk.a", now=day), Permission.PAPER_SUBMIT, of_a) for day in (first, last))
    # Who acts for the head names nobody else.
    with ward.work() as session, pytest.raises(Refused):
        acting.find_absent(session, ward.people["clerk.a"], viewer=ward.viewer("clerk.a"))
    with ward.work() as session:
        acting.end_stand_in(session, actor=ward.viewer("head.a"), now=ward.now, grant_id=held.id)
    assert not can(ward.viewer("clerk.a"), Permission.PAPER_SUBMIT, of_a)
    with ward.db.reading() as session:
        ended = session.scalars(select(AuditEvent).where(AuditEvent.action == "grant.revoke")).one()
    assert ended.details["acting_for"] == ward.people["head.a"]
    stand_in(ward, "admin", "head.a", Role.HEAD, "clerk.a")
    with ward.work() as session:
        own = grant_of_own(ward, "head.a")
        revoke_grant(session, actor=SYSTEM, now=ward.now, grant_id=own)
    assert not can(ward.viewer("clerk.a"), Permission.PAPER_SUBMIT, of_a)


def grant_of_own(ward: Ward, username: str) -> str:
    with ward.db.reading() as session:
        query = select(RoleGrant.id).where(RoleGrant.person_id == ward.people[username], RoleGrant.basis.is_(None))
        return session.scalars(query).one()


def test_a_stake_of_ones_own_forbids_as_ever_and_some_roles_are_held_in_person(ward: Ward) -> None:
    stand_in(ward, "admin", "leader.1", Role.CLUSTER_LEADER, "clerk.a")

    def sheet(unit: str) -> Subject:
        return Subject(
            kind="score-sheet",
            id="x",
            unit_id=ward.units[unit],
            year=2026,
            cluster_id=ward.clusters["K1"],
            submitted=True,
            appraisable=True,
        )

    viewer = ward.viewer("clerk.a")
    assert can(viewer, Permission.SHEET_APPRAISE, sheet("VH"))
    assert not can(viewer, Permission.SHEET_APPRAISE, sheet("A"))
    for actor, away, role in (("admin", "council", Role.COUNCIL), ("admin", "auditor", Role.AUDITOR)):
        with pytest.raises(Invalid) as fault:
            stand_in(ward, actor, away, role, "clerk.b")
        assert "grants" in fault.value.fields
    for actor in ("head.a", "office", "clerk.b"):
        with pytest.raises(Refused):
            stand_in(ward, actor, "office", Role.STANDING_OFFICE, "clerk.a")


def test_a_unit_without_a_head_hands_in_by_whom_the_office_names_until_it_has_one(client: Client) -> None:
    ward = client.ward
    paper = papers.open_paper(ward, "clerk.b", "B")
    papers.write(ward, "clerk.b", paper, {0: "đã làm"})
    office, address = client.as_user("office"), f"/units/{ward.units['B']}/submitter"
    values = {"person_id": ward.people["clerk.b"], "basis": "Trưởng đơn vị nghỉ hưu", **DAYS}
    assert client.as_user("clerk.b").post(address, values).status_code == 403
    assert "Cử người trình" in office.get(f"/units/{ward.units['B']}/people").text
    assert office.post(f"/units/{ward.units['A']}/submitter", values).status_code == 422
    assert office.post(address, values | {"basis": ""}).status_code == 422
    assert office.post(address, values).status_code == 303
    assert client.as_user("clerk.b").post(f"/papers/{paper.id}/submit").status_code == 303
    assert "được giao trình khi đơn vị chưa có lãnh đạo" in office.get(f"/papers/{paper.id}").text
    with ward.db.reading() as session:
        version = session.scalars(select(PaperVersion)).one()
        assert version.on_behalf is not None and "Trưởng đơn vị nghỉ hưu" in version.on_behalf
    ward.person("head.b", Role.HEAD, "B")
    assert not can(
        ward.viewer("clerk.b"), Permission.PAPER_SUBMIT, Subject(kind="paper", id="x", unit_id=ward.units["B"])
    )


def test_work_goes_to_a_new_clerk_in_one_press_after_it_was_counted(client: Client) -> None:
    ward = client.ward
    paper = papers.open_paper(ward, "clerk.a", "A")
    ward.person("new.a", unit="A")
    ward.grant("clerk.a", Role.CLERK, "B")
    ours, theirs = (
        voices.announce(ward, title="Cho A"),
        voices.announce(ward, title="Cho B", unit_ids=(ward.units["B"],)),
    )
    zone = ward.resources.settings.timezone
    with ward.work() as session:
        for key in (f"paper:{paper.id}:returned:1", "meeting:x:invited"):
            people = [ward.people["clerk.a"]]
            tell(session, now=ward.now, timezone=zone, people=people, key=key, text="Việc", link="/")
    head, address = client.as_user("head.a"), f"/units/{ward.units['A']}/hand-over/{ward.people['clerk.a']}"
    page = head.get(address).text
    assert "kế hoạch, báo cáo đang viết" in page and "<strong>2</strong> thông báo chưa đọc" in page
    assert client.as_user("clerk.a").get(address).status_code == 403
    # An administrator may give it to somebody who has neither unit nor role, not to the auditor.
    ward.person("spare")
    offered = client.as_user("admin").get(address).text.split('name="to"')[1].split("</select>")[0]
    assert ward.people["spare"] in offered and ward.people["auditor"] not in offered
    standing = client.as_user("admin").get(f"/people/{ward.people['clerk.a']}/stand-in").text
    names = standing.split('name="person_id"')[1].split("</select>")[0]
    assert names.index(ward.people["head.a"]) < names.index(ward.people["clerk.b"]) and "Đơn vị B" in names
    values = {"to": ward.people["new.a"], "from_day": "22/11/2026"}
    assert head.post(address, values | {"from_day": "21/11/2026"}).status_code == 422
    assert head.post(address, values).status_code == 303
    old, new = ward.viewer("clerk.a"), ward.viewer("new.a")
    assert old.own_units == {ward.units["B"]} and new.units(Role.CLERK) == {ward.units["A"]}
    with ward.db.reading() as session:
        unread = session.scalars(select(Notice).where(Notice.person_id == ward.people["new.a"])).all()
        # What was told to the other unit of the old clerk stays with the old clerk.
        assert {one.key.rsplit(":", 1)[0]: one.read_at for one in unread} == {
            f"paper:{paper.id}:returned": None,
            f"announcement:{ours.id}": None,
        }
        assert not any(theirs.id in one.key for one in unread)
    assert client.as_user("new.a").get(f"/papers/{paper.id}").status_code == 200


def test_a_second_clerk_is_told_who_works_on_what(client: Client) -> None:
    ward = client.ward
    ward.person("second.a", Role.CLERK, "A")
    paper = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", paper, {0: "đã làm"})
    checklist = ward.checklist("clerk.a", "A").id
    second = client.as_user("second.a")
    for path in ("/papers?year=2026", f"/papers/{paper.id}", "/checklists?year=2026", f"/checklists/{checklist}"):
        text = " ".join(second.get(path).text.split())
        assert "Đang do <strong>Người clerk.a</strong> soạn, sửa gần nhất 10:00" in text, path
        assert "Bạn đang soạn" in client.as_user("clerk.a").get(path).text, path
