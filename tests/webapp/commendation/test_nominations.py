"""Nominations: made from results or by hand, dossier, handing in, receiving, asking for more, refusing; on their pages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.support import commendation, initiatives
from tests.support.commendation import complete, get, moment, nominate, open_round, receive, submit
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.commendation.nominations import moving, reporting, service, suggesting
from webapp.commendation.nominations.service import Ground
from webapp.commendation.rounds import service as rounds
from webapp.core.errors import Conflict, Invalid, NotFound, Refused
from webapp.models import (
    AwardSubject,
    DossierPaper,
    InitiativeState,
    Nomination,
    NominationState,
    Notice,
    Proposer,
    RefusalReason,
)

pytestmark = pytest.mark.either_database

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
S = NominationState


def do(ward: Ward, act: Any, one: Nomination, by: str, **changes: Any) -> Any:
    with ward.work() as session:
        return act(session, actor=ward.viewer(by), moment=moment(ward), nomination_id=one.id, **changes)


def test_a_dossier_goes_in_when_nothing_is_missing(ward: Ward) -> None:
    one = nominate(ward, open_round(ward), honorific="", achievement="")
    with ward.db.reading() as session:
        lacking = {row.key: row.mended_by for row in moving.list_missing(session, session.get_one(Nomination, one.id))}
    assert lacking == {"honorific": "Đơn vị", "achievement": "Đơn vị", "report": "Đơn vị", "minutes": "Đơn vị"}
    with pytest.raises(Invalid) as fault:
        submit(ward, one)
    assert set(fault.value.fields) == set(lacking)
    with ward.work() as session:
        service.write_nomination(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            nomination_id=one.id,
            revision=one.revision,
            wording=commendation.wording(),
        )
    one = complete(ward, get(ward, one))
    with pytest.raises(Refused):
        submit(ward, one, by="clerk.a")
    one = submit(ward, one)
    assert (one.state, one.submissions, one.submitted_on) == (S.SUBMITTED, 1, commendation.TODAY)
    with pytest.raises(Refused), ward.work() as session:
        service.write_nomination(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            nomination_id=one.id,
            revision=one.revision,
            wording=commendation.wording(),
        )


def test_more_is_asked_for_once_with_a_day_in_working_days(ward: Ward) -> None:
    one = submit(ward, complete(ward, nominate(ward, open_round(ward))))
    with pytest.raises(Invalid):
        do(ward, moving.return_nomination, one, "office", submission=1, reason=" ")
    with pytest.raises(Conflict):
        do(ward, moving.return_nomination, one, "office", submission=0, reason="Thiếu dấu.")
    do(ward, moving.return_nomination, one, "office", submission=1, reason="Biên bản thiếu chữ ký.")
    one = get(ward, one)
    # Sunday 22/11: five working days end on Friday 27/11.
    assert one.complete_by is not None and one.complete_by.isoformat() == "2026-11-27"
    with ward.db.reading() as session:
        told = set(session.scalars(select(Notice.person_id).where(Notice.key == f"nomination:{one.id}:return:1")))
    assert told == {ward.people["clerk.a"], ward.people["head.a"]}
    one = submit(ward, one)
    with pytest.raises(Invalid, match="một lần"):
        do(ward, moving.return_nomination, one, "office", submission=2, reason="Thiếu nữa.")
    assert receive(ward, one).state is S.RECEIVED


def test_refusing_names_a_known_reason_and_says_why(ward: Ward) -> None:
    one = submit(ward, complete(ward, nominate(ward, open_round(ward))))
    for why, note in ((None, "Chưa đạt"), (RefusalReason.STANDARD, " ")):
        with pytest.raises(Invalid):
            do(ward, moving.refuse_nomination, one, "office", why=why, note=note)
    with pytest.raises(NotFound):
        do(ward, moving.refuse_nomination, one, "clerk.b", why=RefusalReason.STANDARD, note="x")
    with pytest.raises(Refused):
        do(ward, moving.refuse_nomination, one, "auditor", why=RefusalReason.STANDARD, note="x")
    do(ward, moving.refuse_nomination, one, "office", why=RefusalReason.STANDARD, note="Chưa đủ ba năm.")
    assert get(ward, one).state is S.REFUSED
    with pytest.raises(Invalid):
        do(ward, moving.refuse_nomination, one, "office", why=RefusalReason.OTHER, note="x")


def test_clusters_put_forward_their_members_and_the_office_anybody(ward: Ward) -> None:
    round_ = open_round(ward)
    by_cluster = nominate(
        ward, round_, by="leader.1", unit="A", cluster="K1", proposer=Proposer.CLUSTER, subject=AwardSubject.COLLECTIVE
    )
    assert by_cluster.cluster_id == ward.clusters["K1"]
    outsider = nominate(ward, round_, by="office", unit=None, proposer=Proposer.OFFICE, name="Kỹ sư Ngoài")
    household = nominate(ward, round_, subject=AwardSubject.HOUSEHOLD)
    assert outsider.unit_id is None and outsider.person_id is None and household.folded == "hoonglevanmau"
    with pytest.raises(Invalid) as fault:
        nominate(ward, round_, by="leader.1", unit="C", cluster="K1", proposer=Proposer.CLUSTER)
    assert "unit_id" in fault.value.fields
    refused: tuple[dict[str, Any], ...] = (
        {"by": "clerk.a", "proposer": Proposer.OFFICE},
        {"by": "clerk.a", "proposer": Proposer.CLUSTER, "cluster": "K1"},
        {"by": "clerk.a", "unit": "B"},
        {"by": "deputy.2", "proposer": Proposer.CLUSTER, "cluster": "K1"},
        {"by": "council", "proposer": Proposer.OFFICE},
    )
    for changes in refused:
        with pytest.raises(Refused):
            nominate(ward, round_, **changes)


def test_only_what_a_round_takes_is_taken(ward: Ward) -> None:
    only_units = open_round(ward, proposers=(Proposer.UNIT,), lines=[(commendation.MERIT, AwardSubject.PERSON)])
    cases: tuple[tuple[str, dict[str, Any]], ...] = (
        ("proposer", {"by": "office", "proposer": Proposer.OFFICE}),
        ("line", {"subject": AwardSubject.HOUSEHOLD}),
        ("name", {"name": " "}),
        ("honorific", {"honorific": "Ngài"}),
        ("birth_date", {"birth_date": commendation.TODAY}),
        ("achievement", {"achievement": "x" * 601}),
    )
    for field, changes in cases:
        with pytest.raises(Invalid) as fault:
            nominate(ward, only_units, **changes)
        assert field in fault.value.fields, (field, fault.value.fields)
    draft = commendation.add_round(ward, title="Đợt khác")
    with pytest.raises(Invalid):
        nominate(ward, draft)
    late = service.NewNomination(
        round_id=only_units.id,
        title_id=only_units.lines[0].title_id,
        subject=AwardSubject.PERSON,
        proposer=Proposer.UNIT,
        unit_id=ward.units["A"],
        wording=commendation.wording(),
    )
    after = only_units.closes_on + timedelta(days=1)
    with pytest.raises(Invalid, match="hết hạn"), ward.work() as session:
        service.open_nomination(session, actor=ward.viewer("clerk.a"), now=ward.now, today=after, new=late)


def test_results_speak_for_authors_with_their_reason(ward: Ward) -> None:
    key = initiatives.bring_to(ward, InitiativeState.REPLICATED)
    round_ = open_round(ward)

    def found(by: str, side: Proposer, cluster: str | None = None) -> list[suggesting.Suggestion]:
        with ward.db.reading() as session:
            there = session.get_one(rounds.AwardRound, round_.id)
            return suggesting.list_suggestions(
                session,
                there,
                viewer=ward.viewer(by),
                proposer=side,
                cluster_id=ward.clusters[cluster] if cluster else None,
            )

    mine = found("clerk.a", Proposer.UNIT)
    assert [one.name for one in mine] == ["Người clerk.a", "Bà Ngoài"]
    assert mine[0].person_id == ward.people["clerk.a"] and mine[1].person_id is None
    assert "tỷ lệ đóng góp 60%" in mine[0].reason and "1 đơn vị áp dụng" in mine[0].reason
    assert mine[0].grounds[0].record_id == key
    assert found("clerk.b", Proposer.UNIT) == [] and found("deputy.2", Proposer.CLUSTER, "K2") == []
    assert len(found("leader.1", Proposer.CLUSTER, "K1")) == len(found("office", Proposer.OFFICE)) == 2
    nominate(ward, round_, name="nguoi CLERK.A")
    assert [one.taken for one in found("clerk.a", Proposer.UNIT)] == [True, False]


def test_the_report_is_composed_from_records_and_never_over_own_words(ward: Ward) -> None:
    initiatives.bring_to(ward, InitiativeState.RECOGNISED)
    one = nominate(ward, open_round(ward), person="clerk.a", name="Người clerk.a")
    with ward.work() as session:
        first = reporting.compose_report(session, actor=ward.viewer("clerk.a"), now=ward.now, nomination_id=one.id)
        part = next(row for row in first if row.sources)
    assert "Số hóa hồ sơ đất đai" in part.text and "60%" in part.text and part.sources[0][1] == "initiative"
    with ward.work() as session:
        reporting.write_section(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            nomination_id=one.id,
            section_id=part.id,
            revision=part.revision,
            text="Lời của đơn vị.",
        )
    with ward.work() as session:
        again = reporting.compose_report(session, actor=ward.viewer("clerk.a"), now=ward.now, nomination_id=one.id)
    mine = next(row for row in again if row.id == part.id)
    assert mine.text == "Lời của đơn vị." and "60%" in mine.composed and mine.is_edited
    with pytest.raises(Conflict), ward.work() as session:
        reporting.write_section(
            session,
            actor=ward.viewer("head.a"),
            now=ward.now,
            nomination_id=one.id,
            section_id=part.id,
            revision=part.revision,
            text="Lời khác.",
        )


@on_one_database
def test_a_clerk_makes_a_nomination_from_results_on_pages(client: Client) -> None:
    ward = client.ward
    initiatives.bring_to(ward, InitiativeState.RECOGNISED)
    round_ = open_round(ward)
    clerk = client.sign_in("clerk.a")
    page = clerk.get(f"/award-rounds/{round_.id}/suggestions?side=unit").text
    keys = re.findall(r'name="key"\s+value="([^"]+)"', page)
    nothing = clerk.post(f"/award-rounds/{round_.id}/suggestions", {"side": "unit"})
    assert nothing.status_code == 422 and "ít nhất một dòng" in nothing.text
    made = clerk.post(f"/award-rounds/{round_.id}/suggestions", {"side": "unit", "key": keys[:1]})
    assert made.status_code == 303, made.text
    page = clerk.get(made.location).text
    assert "Hồ sơ còn thiếu" in page and "Thiếu: Biên bản bình xét" in page and "tỷ lệ đóng góp 60%" in page
    wrong = clerk.post(f"{made.location}/papers", {"paper": "minutes"})
    assert wrong.status_code == 422 and "Hãy chọn tệp" in wrong.text
    file = {"paper": "minutes", "files": [(b"bien ban", "bien-ban.txt")]}
    assert clerk.post(f"{made.location}/papers", file).status_code == 303
    edited = clerk.post(f"{made.location}/edit", {"revision": "9", "name": "Người clerk.a", "reason": "x"})
    assert edited.status_code == 409 and "Dùng phần tôi nhập" in edited.text
    words = {"name": "Người clerk.a", "honorific": "Bà", "reason": "Có số liệu", "achievement": "Có thành tích"}
    shown = re.search(r'name="revision" value="(\d+)"', clerk.get(f"{made.location}/edit").text)
    assert shown is not None
    assert clerk.post(f"{made.location}/edit", {**words, "revision": shown[1]}).status_code == 303
    page = clerk.get(made.location).text
    assert "Hồ sơ đã đủ để trình" in page and "Báo lãnh đạo đã xong" in page
    assert clerk.post(f"/ready/nomination/{made.location.rsplit('/', 1)[-1]}").status_code == 303
    head = client.as_user("head.a")
    assert "đề nghị khen thưởng" in head.get("/").text
    assert head.post(f"{made.location}/submit").status_code == 303
    # The paper is got through the nomination, by those who judge it and nobody else.
    link = re.search(rf"{made.location}/papers/[^\"/]+", client.as_user("office").get(made.location).text)
    assert link is not None
    assert client.as_user("council").get(link[0]).data == b"bien ban"
    assert client.as_user("clerk.b").get(link[0]).status_code == 404


def test_papers_are_attached_once_and_taken_off_while_it_is_open(ward: Ward) -> None:
    one = nominate(ward, open_round(ward))
    own, other = ward.document("clerk.a", "A"), ward.document("clerk.b", "B")

    def attach(document_id: str) -> Any:
        with ward.work() as session:
            return service.attach_existing(
                session,
                actor=ward.viewer("clerk.a"),
                now=ward.now,
                nomination_id=one.id,
                paper=DossierPaper.CONFIRMATION,
                document_id=document_id,
            )

    there = attach(own.id)
    for wrong in (own.id, other.id, "không có"):
        with pytest.raises(Invalid):
            attach(wrong)
    with ward.work() as session:
        service.detach_paper(
            session, actor=ward.viewer("clerk.a"), now=ward.now, nomination_id=one.id, paper_id=there.id
        )
    with pytest.raises(NotFound), ward.work() as session:
        service.detach_paper(
            session, actor=ward.viewer("clerk.a"), now=ward.now, nomination_id=one.id, paper_id=there.id
        )
    assert attach(own.id).id != there.id


def test_a_recognised_initiative_is_its_own_certificate(ward: Ward) -> None:
    key = initiatives.bring_to(ward, InitiativeState.RECOGNISED)
    line = rounds.rules.LineDraft(
        commendation.titles_of(ward)[commendation.MERIT], AwardSubject.PERSON, papers=(DossierPaper.INITIATIVE,)
    )
    round_ = open_round(ward, lines=[line])
    without, with_it = nominate(ward, round_), nominate(ward, round_, grounds=[Ground("initiative", "Sáng kiến", key)])
    with ward.db.reading() as session:
        lacking = [
            [row.key for row in moving.list_missing(session, session.get_one(Nomination, one.id))]
            for one in (without, with_it)
        ]
    assert lacking == [["initiative"], []]


def test_a_leader_without_a_unit_of_their_own_is_told_who_adds_papers(ward: Ward) -> None:
    one = nominate(ward, open_round(ward), by="leader.1", unit="A", cluster="K1", proposer=Proposer.CLUSTER)
    with pytest.raises(Invalid, match="đơn vị được đề nghị sẽ thêm"):
        complete(ward, one, by="leader.1")
    assert complete(ward, one, by="clerk.a").state is S.DRAFT


def test_what_the_office_puts_forward_is_the_offices_to_take_back(ward: Ward) -> None:
    """The unit brings papers and words, but hands in and withdraws only what it put forward itself."""
    one = complete(ward, nominate(ward, open_round(ward), by="office", proposer=Proposer.OFFICE))
    for by, act in (("head.a", moving.submit_nomination), ("clerk.a", None), ("head.a", None)):
        with pytest.raises(Refused), ward.work() as session:
            if act is not None:
                act(session, actor=ward.viewer(by), moment=moment(ward), nomination_id=one.id)
            else:
                moving.withdraw_nomination(
                    session, actor=ward.viewer(by), now=ward.now, nomination_id=one.id, reason="Rút"
                )
    assert submit(ward, one, by="office").state is S.SUBMITTED


def test_unseen_characters_are_not_kept(ward: Ward) -> None:
    turned = "Tr\u202eần\u200b Thị Mẫu"
    assert nominate(ward, open_round(ward), name=turned).name == "Trần Thị Mẫu"
