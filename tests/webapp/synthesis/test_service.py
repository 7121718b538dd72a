"""The office's report: composed with sources and right numbers, edited by two at once, renewed, fixed, taken away."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.support import papers, voices
from tests.support.initiatives import bring_to
from tests.support.prepared import prepared
from tests.support.ward import Ward
from tests.support.web import Client, client_for
from webapp.core.errors import Conflict, Invalid, NotFound, Refused
from webapp.models import (
    Checklist,
    ChecklistItem,
    ChecklistState,
    Criterion,
    Duty,
    EvidenceLink,
    Initiative,
    InitiativeState,
    ItemState,
    PaperKind,
    PaperVersion,
    Synthesis,
    SynthesisVersion,
    UnitPaper,
)
from webapp.permissions.scopes import viewer_keys
from webapp.synthesis import rules
from webapp.synthesis.rules import Counts

READERS = ("chair", "council", "auditor")
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STRANGERS = ("clerk.a", "head.a", "leader.1", "deputy.2", "council.2", "inspector", "admin", "nobody")


@prepared
def reported(ward: Ward) -> Ward:
    return voices.report_in_three_states(ward)


def counts_of(ward: Ward, synthesis: Synthesis) -> Counts:
    with ward.db.reading() as session:
        return Counts.from_dict(session.get_one(Synthesis, synthesis.id).counts)


def submit_checklist(ward: Ward) -> None:
    from webapp.checklists import service

    checklist = ward.checklist("clerk.a", "A")
    item = ward.item(checklist, "III.1.đ")
    ward.attach("clerk.a", item)
    ward.attach("clerk.a", item, "thứ hai", "hai.txt")
    with ward.work() as session:
        service.answer_item(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            item_id=item.id,
            revision=ward.item(checklist, "III.1.đ").revision,
            state=ItemState.CLAIMED,
            reason="",
            comment="",
        )
        service.submit_checklist(session, actor=ward.viewer("head.a"), now=ward.now, checklist_id=checklist.id)
    ward.checklist("clerk.b", "B")  # a draft does not count


def test_numbers_are_those_of_plain_sql(reported: Ward) -> None:
    ward = reported
    submit_checklist(ward)
    bring_to(ward, InitiativeState.REPLICATED, title="Chợ không tiền mặt", secret="mật khẩu quầy")
    bring_to(ward, InitiativeState.SUBMITTED, title="Tổ công nghệ")
    bring_to(ward, InitiativeState.DRAFT, title="Chưa trình")
    counts = counts_of(ward, voices.make_synthesis(ward))
    with ward.db.reading() as session:
        duties = session.scalars(
            select(Duty).where(Duty.paper == PaperKind.ANNUAL, Duty.year == 2026, Duty.cancelled_at.is_(None))
        ).all()
        handed = dict(
            session.execute(
                select(UnitPaper.unit_id, UnitPaper.first_submitted_at).where(
                    UnitPaper.kind == PaperKind.ANNUAL, UnitPaper.first_submitted_at.is_not(None)
                )
            ).all()
        )
        zone = ward.resources.settings.timezone
        late = {
            d.unit_id for d in duties if d.unit_id in handed and handed[d.unit_id].astimezone(zone).date() > d.due_on
        }
        claimed = session.scalar(
            select(func.count())
            .select_from(ChecklistItem)
            .join(Checklist)
            .where(ChecklistItem.state == ItemState.CLAIMED, Checklist.state == ChecklistState.SUBMITTED)
        )
        evidences = session.scalar(
            select(func.count())
            .select_from(EvidenceLink)
            .join(ChecklistItem)
            .join(Checklist)
            .join(Criterion)
            .where(Checklist.state == ChecklistState.SUBMITTED, Criterion.code == "III.1.đ")
        )
        registered = session.scalar(
            select(func.count()).select_from(Initiative).where(Initiative.state != InitiativeState.DRAFT)
        )
    assert {one.unit_id for one in counts.units} == {duty.unit_id for duty in duties} == set(ward.units.values())
    assert {one.unit_id for one in counts.late} == late == {ward.units["B"]}
    assert {one.unit_id for one in counts.in_time} == set(handed) - late == {ward.units["A"]}
    assert {one.unit_id for one in counts.missing} == {ward.units["C"], ward.units["VH"]}
    assert [one.late for one in counts.late] == [4]
    line = next(one for one in counts.criteria if one.code == "III.1.đ")
    assert (
        (sum(one.claimed for one in counts.criteria), line.evidences, line.items)
        == (claimed, evidences, 1)
        == (1, 2, 1)
    )
    assert len(counts.initiatives) == registered == 2
    assert (
        [one.title for one in counts.recognised] == [one.title for one in counts.replicated] == ["Chợ không tiền mặt"]
    )


def test_paragraphs_follow_the_plan_and_name_their_sources(reported: Ward) -> None:
    ward = reported
    bring_to(ward, InitiativeState.HONOURED, title="Lớp học số", secret="mật khẩu quầy")
    synthesis = voices.make_synthesis(ward)
    found = voices.paragraphs_of(ward, synthesis)
    assert list(found) == [
        ("general", ""),
        ("general", "overview"),
        ("theme", "II.2.a"),
        ("theme", "II.2.đ"),
        ("criterion", "III.1.d"),
        ("criterion", "III.1.đ"),
        ("criterion", "III.1.e"),
        ("criterion", "III.2.a"),
        ("initiative", ""),
        ("difficulty", ""),
        ("proposal", ""),
    ]
    general = found["general", ""].text
    assert "4 cơ quan, đơn vị" in general and "1 đơn vị gửi đúng hạn, 1 đơn vị gửi muộn, 2 đơn vị chưa gửi" in general
    assert "Đơn vị B (4 ngày)" in general and "Chưa gửi: Đơn vị VH, Đơn vị C." in general
    assert "1 báo cáo đã gửi nhưng chưa được nhận" in general
    theme = found["theme", "II.2.đ"]
    assert "- Đơn vị A: “Mở 6 lớp học số”" in theme.text and "chưa được nhận" not in theme.text
    with ward.db.reading() as session:
        version = session.scalars(
            select(PaperVersion).join(UnitPaper).where(UnitPaper.unit_id == ward.units["A"])
        ).one()
    assert [(one["kind"], one["id"], one["no"]) for one in theme.sources] == [("paper", version.paper_id, version.no)]
    assert {one["kind"] for one in found["criterion", "III.1.đ"].sources} == {"checklists", "paper"}
    assert "“Lớp học số” (Đơn vị A" in found["initiative", ""].text
    assert not any("mật khẩu" in one.text for one in found.values())
    page = client_for(ward).sign_in("office").get(f"/syntheses/{synthesis.id}").text
    assert f"/papers/{version.paper_id}/versions/1" in page and "/duties?year=2026&amp;paper=annual" in page


@on_one_database
def test_the_office_alone_makes_and_writes(reported: Ward) -> None:
    ward = reported
    for username in (*READERS, *STRANGERS):
        with pytest.raises((Refused, NotFound)) as fault:
            voices.make_synthesis(ward, username)
        assert len(fault.value.sentence) > 20
    with ward.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Synthesis)) == 0
    synthesis = voices.make_synthesis(ward)
    assert voices.make_synthesis(ward).id == synthesis.id
    paragraph = voices.paragraphs_of(ward, synthesis)["theme", "II.2.a"]
    for fixed in (False, True):
        if fixed:
            voices.fix(ward, synthesis)
        before = voices.paragraphs_of(ward, synthesis)["theme", "II.2.a"]
        for username in (*READERS, *STRANGERS):
            for attempt in (
                lambda who: voices.save(ward, synthesis, paragraph, "x", who),
                lambda who: voices.leave_out(ward, synthesis, paragraph, username=who),
                lambda who: voices.settle(ward, synthesis, paragraph, True, who),
                lambda who: voices.renew(ward, synthesis, who),
                lambda who: voices.fix(ward, synthesis, who),
                lambda who: voices.sign(ward, synthesis, who),
            ):
                with pytest.raises((Refused, NotFound) if fixed else NotFound) as fault:
                    attempt(username)
                assert len(fault.value.sentence) > 20
        after = voices.paragraphs_of(ward, synthesis)["theme", "II.2.a"]
        assert (after.text, after.revision, after.left_out) == (before.text, before.revision, False)


@on_one_database
@pytest.mark.parametrize("kind", [PaperKind.UNIT_PLAN, PaperKind.CHECKLIST])
def test_only_reports_are_put_together(ward: Ward, kind: PaperKind) -> None:
    with pytest.raises(Invalid):
        voices.make_synthesis(ward, kind=kind)
    with pytest.raises(Invalid):
        voices.make_synthesis(ward, year=2031)


@on_one_database
def test_drafts_are_the_offices_own_and_fixed_versions_are_read(reported: Ward) -> None:
    ward = reported
    synthesis = voices.make_synthesis(ward)
    ward.drain()
    office = client_for(ward).sign_in("office")
    paths = ("", "/versions/1", "/compare", "/report.docx", "/annex.xlsx", "/fix", "/signing")

    def found(client: Client) -> bool:
        page = client.get("/search", query_string={"q": '"Mở 6 lớp học số"'})
        return f"/syntheses/{synthesis.id}" in page.text

    assert office.get(f"/syntheses/{synthesis.id}").status_code == 200 and found(office)
    people = {name: office.as_user(name) for name in (*READERS, *STRANGERS)}
    for name, client in people.items():
        for path in paths:
            assert client.get(f"/syntheses/{synthesis.id}{path}").status_code == 404, (name, path)
        assert not found(client), name
        assert synthesis.id not in client.get("/syntheses").text
    voices.fix(ward, synthesis)
    paragraph = voices.paragraphs_of(ward, synthesis)["theme", "II.2.đ"]
    voices.save(ward, synthesis, paragraph, "Viết lại sau khi chốt")
    ward.drain()
    for name in READERS:
        client = people[name]
        page = client.get(f"/syntheses/{synthesis.id}")
        assert page.status_code == 200 and "Mở 6 lớp học số" in page.text and "Viết lại" not in page.text
        assert client.get(f"/syntheses/{synthesis.id}/report.docx").status_code == 200
        assert client.get(f"/syntheses/{synthesis.id}/report.docx?no=0").status_code == 403
        assert client.get(f"/syntheses/{synthesis.id}/fix").status_code == 403
        assert found(client), name
        keys = viewer_keys(ward.viewer(name))
        assert ward.resources.index.search('"Viết lại sau khi chốt"', viewer_keys=keys).total == 0
    for name in STRANGERS:
        assert people[name].get(f"/syntheses/{synthesis.id}").status_code == 404, name
        assert not found(people[name]), name


def test_renewing_keeps_what_was_edited_and_offers_what_is_new(reported: Ward) -> None:
    ward = reported
    synthesis = voices.make_synthesis(ward)
    first = voices.paragraphs_of(ward, synthesis)
    voices.save(ward, synthesis, first["theme", "II.2.đ"], "Cơ quan thường trực viết lại")
    voices.leave_out(ward, synthesis, first["theme", "II.2.a"])
    assert voices.renew(ward, synthesis).waiting == 0
    with ward.db.reading() as session:
        late = session.scalars(select(UnitPaper).where(UnitPaper.unit_id == ward.units["B"])).one()
    papers.give_back(ward, "office", late)
    papers.write(ward, "clerk.b", late, {"II.2.đ": "Chữ ký số cho 40 người", "II.2.a": "12 buổi tuyên truyền"})
    papers.submit(ward, "head.b", late)
    papers.accept(ward, "office", late)
    renewal = voices.renew(ward, synthesis)
    now = voices.paragraphs_of(ward, synthesis)
    edited, untouched = now["theme", "II.2.đ"], now["theme", "II.2.a"]
    assert renewal.waiting == 1 and edited.text == "Cơ quan thường trực viết lại"
    assert edited.fresh_text and "Chữ ký số cho 40 người" in edited.fresh_text and len(edited.fresh_sources) == 2
    assert "12 buổi tuyên truyền" in untouched.text and untouched.left_out and untouched.sources
    page = client_for(ward).sign_in("office").get(f"/syntheses/{synthesis.id}").text
    assert "Nguồn đã thay đổi" in page and "Chữ ký số cho 40 người" in page
    kept = voices.settle(ward, synthesis, edited, take=False)
    assert kept.text == "Cơ quan thường trực viết lại" and kept.fresh_text is None
    assert voices.renew(ward, synthesis).waiting == 0
    with pytest.raises(Invalid):
        voices.settle(ward, synthesis, kept, take=True)
    voices.accepted_report(ward, "C", {"II.2.đ": "Tổ số cộng đồng"})
    assert voices.renew(ward, synthesis).waiting == 1
    taken = voices.settle(ward, synthesis, voices.paragraphs_of(ward, synthesis)["theme", "II.2.đ"], take=True)
    assert "Tổ số cộng đồng" in taken.text and not taken.is_edited and len(taken.sources) == 3


@on_one_database
def test_a_theme_that_the_plan_drops_goes_unless_it_was_edited(reported: Ward) -> None:
    from tests.support.ward import small_reading
    from webapp.movement.reading import CodedText

    ward = reported
    synthesis = voices.make_synthesis(ward)
    voices.save(ward, synthesis, voices.paragraphs_of(ward, synthesis)["theme", "II.2.đ"], "tự viết")
    ward.plan(small_reading(themes=(CodedText(code="II.2.b", text="Hạ tầng số"),)), movement_id=ward.movement_id)
    voices.renew(ward, synthesis)
    found = voices.paragraphs_of(ward, synthesis)
    assert ("theme", "II.2.a") not in found and ("theme", "II.2.b") in found
    assert found["theme", "II.2.đ"].text == "tự viết" and found["theme", "II.2.đ"].fresh_text == ""


def test_two_people_writing_one_paragraph_lose_nothing(reported: Ward) -> None:
    ward = reported
    synthesis = voices.make_synthesis(ward)
    first, second = list(voices.paragraphs_of(ward, synthesis).values())[:2]
    client = client_for(ward).sign_in("office")
    client.get(f"/syntheses/{synthesis.id}")
    voices.save(ward, synthesis, first, "người kia viết")
    with pytest.raises(Conflict) as fault:
        voices.save(ward, synthesis, first, "tôi viết")
    assert (fault.value.theirs, fault.value.mine) == ({"text": "người kia viết"}, {"text": "tôi viết"})
    form = {
        f"text-{first.id}": "tôi viết",
        f"revision-{first.id}": str(first.revision),
        f"text-{second.id}": "đoạn khác vẫn lưu",
        f"revision-{second.id}": str(second.revision),
        "do": f"leave:{first.id}",
    }
    answer = client.post(f"/syntheses/{synthesis.id}", form)
    assert answer.status_code == 409 and "người kia viết" in answer.text and "tôi viết" in answer.text
    now_first, now_second = list(voices.paragraphs_of(ward, synthesis).values())[:2]
    assert (now_first.text, now_first.left_out, now_second.text) == ("người kia viết", False, "đoạn khác vẫn lưu")
    form[f"revision-{first.id}"] = str(now_first.revision)
    form[f"revision-{second.id}"] = str(now_second.revision)
    assert client.post(f"/syntheses/{synthesis.id}", form).status_code == 303
    after = voices.paragraphs_of(ward, synthesis)["general", ""]
    assert after.text == "tôi viết" and after.left_out
    headers = {"HX-Request": "true"}
    stale = client.post(
        f"/syntheses/{synthesis.id}/paragraphs/{first.id}",
        {f"text-{first.id}": "bản cũ", f"revision-{first.id}": "1"},
        headers=headers,
    )
    assert stale.status_code == 409 and "Dùng phần tôi viết" in stale.text and "<html" not in stale.text
    good = client.post(
        f"/syntheses/{synthesis.id}/paragraphs/{first.id}",
        {f"text-{first.id}": "mới", f"revision-{first.id}": str(after.revision)},
        headers=headers,
    )
    assert good.status_code == 200 and "Đã lưu" in good.text


def test_a_fixed_version_never_changes_and_versions_are_compared(reported: Ward) -> None:
    ward = reported
    synthesis = voices.make_synthesis(ward)
    one = voices.fix(ward, synthesis)
    with pytest.raises(Invalid):
        voices.fix(ward, synthesis)
    paragraph = voices.paragraphs_of(ward, synthesis)["theme", "II.2.đ"]
    voices.save(ward, synthesis, paragraph, paragraph.text.replace("6 lớp", "SÁU lớp"))
    voices.leave_out(ward, synthesis, voices.paragraphs_of(ward, synthesis)["theme", "II.2.a"])
    two = voices.fix(ward, synthesis)
    with ward.db.reading() as session:
        kept = session.get_one(SynthesisVersion, one.id)
        assert (kept.content, kept.counts) == (one.content, one.counts)
    assert (one.no, two.no) == (1, 2) and len(two.content) == len(one.content) - 1
    page = client_for(ward).sign_in("chair").get(f"/syntheses/{synthesis.id}/compare").text
    assert "<del>6</del>" in page and "<ins>SÁU</ins>" in page


@on_one_database
def test_an_empty_report_is_not_fixed(ward: Ward) -> None:
    synthesis = voices.make_synthesis(ward)
    for paragraph in voices.paragraphs_of(ward, synthesis).values():
        voices.leave_out(ward, synthesis, paragraph)
    with pytest.raises(Invalid):
        voices.fix(ward, synthesis)


@on_one_database
def test_pages_ask_a_fixed_number_of_questions(reported: Ward) -> None:
    """However many units and paragraphs there are."""
    ward = reported
    synthesis = voices.make_synthesis(ward)
    client = client_for(ward).sign_in("office")
    client.get("/syntheses")
    few = [voices.statements_of(client, path) for path in ("/syntheses", f"/syntheses/{synthesis.id}")]
    for number in range(6):
        ward.unit(f"M{number}")
    papers.make_duties(ward)
    voices.accepted_report(ward, "C", {"II.2.đ": "thêm"})
    voices.make_synthesis(ward, kind=PaperKind.INTERIM, year=2027)
    voices.renew(ward, synthesis)
    many = [voices.statements_of(client, path) for path in ("/syntheses", f"/syntheses/{synthesis.id}")]
    assert many == few and max(few) <= 12


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Xã hội số", "Xã hội số"),
        ("Chuyển đổi số trong hoạt động; nâng cao hiệu quả", "Chuyển đổi số trong hoạt động"),
        ("a" * 300, "a" * 160 + " …"),
    ],
)
def test_titles_are_the_first_clause(text: str, short: str) -> None:
    assert rules.title_of(text) == short.rstrip(" .;,:")
