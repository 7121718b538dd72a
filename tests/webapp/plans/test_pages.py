"""Reading a plan in through the pages, correcting, applying, amending, mapping units to groups."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.support.ward import Ward, small_reading
from tests.support.web import Client
from webapp.models import (
    Criterion,
    Document,
    DocumentVersion,
    GroupUnit,
    Movement,
    PlanImport,
    PlanVersion,
    Theme,
)
from webapp.movement import rules
from webapp.movement.reading import CodedText, PlanReading, read_plan

pytestmark = pytest.mark.either_database

PLAN = """ỦY BAN NHÂN DÂN
PHƯỜNG BẾN THỬ
Số: 45/KH-UBND
Bến Thử, ngày 03 tháng 02 năm 2026
KẾ HOẠCH
Triển khai Phong trào thi đua “Bến Thử thi đua học tập số” giai đoạn 2026-2030
Căn cứ Quyết định số 923/QĐ-TTg ngày 14 tháng 5 năm 2025 của Thủ tướng Chính phủ về phong trào;
I. MỤC ĐÍCH
1. Mục đích
a) Học tập số;
II. NỘI DUNG THI ĐUA
1. Nội dung thi đua
a) Học tập mọi lúc;
b) Làm việc trên môi trường số.
2. Thời gian thực hiện
a) Giai đoạn 1 (từ năm 2026 đến năm 2027)
b) Giai đoạn 2 (từ năm 2028 đến năm 2030)
III. TIÊU CHÍ THI ĐUA
1. Đối với các phòng, đơn vị
a) Có kế hoạch học tập số;
b) Có kết quả học tập số.
2. Đối với đoàn thể
a) Mở lớp học tập số.
IV. TRÁCH NHIỆM THỰC HIỆN
1. Trước ngày 05 tháng 12 hằng năm các đơn vị báo cáo về Phòng Văn hóa - Xã hội.
Nơi nhận:
- Công an phường;
- Trường Mầm non Hoa Mai;
- Lưu: VT.
TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
Nguyễn Thử Nghiệm
"""


def start(client: Client, text: str = PLAN, name: str = "ke-hoach.txt", movement_id: str = "") -> str:
    """Upload a plan; the address of its import, text read."""
    client.sign_in("office")
    values = {"movement_id": movement_id, "file": [(text.encode(), name)]}
    response = client.post("/movements/imports/new", values)
    assert response.status_code == 303, response.text
    client.ward.drain()
    return response.location


def form_of(page: str) -> dict[str, str]:
    """The fields of the correcting form as a browser would send them."""
    form = page.split('<form method="post" data-keep>')[1].split("</form>")[0]
    values: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name:
            values[name.group(1)] = html.unescape(value.group(1)) if value else ""
    for name, value in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', form):
        values[name] = html.unescape(value)
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body) or re.search(r'value="([^"]*)"', body)
        values[name] = html.unescape(chosen.group(1)) if chosen else ""
    values.pop("csrf_token", None)
    return values


def revision_of(page: str) -> str:
    return re.findall(r'name="revision" value="(\d+)"', page)[0]


def criteria(ward: Ward, movement_id: str) -> list[tuple[str, bool]]:
    with ward.db.reading() as session:
        rows = session.scalars(
            select(Criterion).where(Criterion.movement_id == movement_id).order_by(Criterion.position, Criterion.code)
        )
        return [(row.code, row.retired_at is None) for row in rows]


def test_a_plan_waits_for_the_worker_then_shows_what_was_understood(client: Client) -> None:
    client.sign_in("office")
    response = client.post("/movements/imports/new", {"movement_id": "", "file": [(PLAN.encode(), "kh.txt")]})
    assert "Đang đọc kế hoạch" in client.get(response.location).text
    client.ward.drain()
    page = client.get(response.location).text
    assert 'value="45/KH-UBND"' in page and 'value="2026-02-03"' in page
    for code in ("III.1.a", "III.1.b", "III.2.a"):
        assert f'value="{code}"' in page
    assert 'id="III.1.a"' in page, "the text beside it has anchors"
    with client.ward.db.reading() as session:
        assert session.scalars(select(Movement)).all() == [session.get_one(Movement, client.ward.movement_id)]


def test_a_correction_is_kept_and_applied_with_its_text(client: Client) -> None:
    address = start(client)
    values = form_of(client.get(address).text)
    code = next(name for name, value in values.items() if value == "III.1.b")
    values[code.replace("-code", "-text")] = "Có kết quả học tập số, có số liệu"
    values["signer"] = "Nguyễn Văn Đúng"
    assert client.post(address, {**values, "save": "1"}).status_code == 303
    assert "Có kết quả học tập số, có số liệu" in client.get(address).text
    page = client.get(f"{address}/apply").text
    assert "3 trong 2 nhóm" in page and "phong trào mới" in page
    done = client.post(f"{address}/apply", {"note": "một phong trào khác"})
    assert done.status_code == 303 and done.location.endswith("/coverage")
    movement_id = done.location.split("/")[2]
    shown = client.get(f"/movements/{movement_id}").text
    assert "Bến Thử thi đua học tập số" in shown and "Nguyễn Văn Đúng" in shown
    assert shown.count("Có kết quả học tập số, có số liệu") == 2, "in the text and in the list of criteria"
    assert client.get(address).location == f"/movements/{movement_id}"
    assert client.post(f"{address}/apply", {"note": "một phong trào khác"}).status_code == 303


def test_rows_can_be_added_and_emptied(client: Client) -> None:
    address = start(client)
    values = form_of(client.get(address).text)
    for name, value in list(values.items()):
        if value == "III.1.b":
            values[name] = values[name.replace("-code", "-text")] = ""
    spare = next(
        name for name, value in values.items() if re.fullmatch(r"criterion-9\d\d-group", name) and value == "III.2"
    )
    values[spare.replace("-group", "-code")] = "III.2.b"
    values[spare.replace("-group", "-text")] = "Thêm một tiêu chí"
    client.post(address, {**values, "save": "1"})
    client.post(f"{address}/apply", {"note": "một phong trào khác"})
    with client.ward.db.reading() as session:
        movement = session.scalars(select(Movement).order_by(Movement.created_at.desc())).all()
        created = next(row for row in movement if row.name == "Bến Thử thi đua học tập số")
    assert criteria(client.ward, created.id) == [("III.1.a", True), ("III.2.a", True), ("III.2.b", True)]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("date", "32/13/2026", "không phải là ngày"),
        ("phase-0-first_year", "hai nghìn", "không phải là số"),
        ("deadline-0-day", "31", "Không có ngày 31/02"),
        ("criterion-0-code", "III.1.b", "Mã bị lặp: III.1.b"),
        ("criterion-0-text", "", "Có tiêu chí chưa có nội dung"),
        ("abstract", "", "Cần có trích yếu"),
    ],
)
def test_a_wrong_correction_is_said_and_nothing_is_kept(client: Client, field: str, value: str, sentence: str) -> None:
    address = start(client)
    values = form_of(client.get(address).text)
    values["signer"] = "Tên vừa gõ"
    if field == "deadline-0-day":
        values["deadline-0-month"] = "2"
    response = client.post(address, {**values, field: value, "apply": "1"})
    assert response.status_code == 422 and sentence in html.unescape(response.text)
    with client.ward.db.reading() as session:
        pending = session.scalars(select(PlanImport).where(PlanImport.applied_at.is_(None))).one()
    assert pending.reading is None
    assert "Tên vừa gõ" in response.text


def test_the_code_of_a_group_can_be_corrected(client: Client) -> None:
    address = start(client)
    values = form_of(client.get(address).text)
    name = next(name for name, value in values.items() if re.fullmatch(r"group-\d+-code", name) and value == "III.2")
    assert client.post(address, {**values, name: "III.4", "save": "1"}).status_code == 303
    page = client.get(address).text
    assert 'value="III.4"' in page and 'value="III.2.a"' in page
    # A criterion of a group that is named nowhere is said, and its text is still there.
    wrong = client.post(address, {**form_of(page), "criterion-0-group": "IX", "criterion-0-text": "chữ đã gõ"})
    assert wrong.status_code == 422 and "IX" in wrong.text and "chữ đã gõ" in wrong.text


def test_what_is_applied_is_what_was_shown(client: Client) -> None:
    address = start(client)
    values = form_of(client.get(address).text)
    shown = {"revision": revision_of(client.get(f"{address}/apply").text), "note": "một phong trào khác"}
    assert client.post(address, {**values, "signer": "Người khác", "save": "1"}).status_code == 303
    assert client.post(f"{address}/apply", shown).status_code == 409
    shown["revision"] = revision_of(client.get(f"{address}/apply").text)
    assert client.post(f"{address}/apply", shown).status_code == 303


def test_two_people_correcting_one_plan_lose_nothing(client: Client) -> None:
    from webapp.models import Role

    address = start(client)
    client.ward.person("office.2", Role.STANDING_OFFICE)
    second = client.as_user("office.2")
    values = form_of(client.get(address).text)
    assert client.post(address, {**values, "signer": "Người một", "save": "1"}).status_code == 303
    late = second.post(address, {**values, "signer": "Người hai", "save": "1"})
    assert late.status_code == 409
    assert "Người một" in client.get(address).text


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("don.txt", "Kính gửi Ủy ban nhân dân phường,\nTôi xin nghỉ phép.", ""),
        ("hong.docx", b"PK\x03\x04 hong", "Chưa đọc được kế hoạch"),
        ("rong.txt", b"", "trống (0 byte)"),
        ("anh.exe", b"MZ", "Không nhận tệp loại .exe"),
    ],
)
def test_a_file_that_is_no_plan_gets_a_sentence_and_changes_nothing(
    client: Client, name: str, data: bytes | str, sentence: str
) -> None:
    client.sign_in("office")
    content = data.encode() if isinstance(data, str) else data
    response = client.post("/movements/imports/new", {"movement_id": "", "file": [(content, name)]})
    if response.status_code == 303:
        client.ward.drain()
        page = client.get(response.location).text
        applied = client.post(f"{response.location}/apply")
        assert applied.status_code in (303, 422)
        assert sentence in page if sentence else "không" in page
    else:
        assert response.status_code == 422 and sentence in response.text
    with client.ward.db.reading() as session:
        assert len(session.scalars(select(Movement)).all()) == 1
        assert len(session.scalars(select(PlanVersion)).all()) == 1


@pytest.mark.parametrize("username", ["clerk.a", "head.a", "admin", "auditor", "chair", "leader.1"])
def test_only_the_office_imports(client: Client, username: str) -> None:
    address = start(client)
    other = client.as_user(username)
    for path in ("/movements/imports/new", address, f"{address}/apply"):
        assert other.get(path).status_code == 403, path
        assert other.post(path, {"save": "1"}).status_code == 403, path
    with client.ward.db.reading() as session:
        pending = session.scalars(select(Document).where(Document.kind == "plan", Document.state == "draft")).one()
    assert other.get(f"/documents/{pending.id}").status_code == 404


def test_an_amended_plan_is_a_new_version_with_a_difference(client: Client) -> None:
    ward = client.ward
    checklist = ward.checklist("clerk.a", "A")
    item = ward.item(checklist, "III.1.đ")
    old = small_reading()
    first, *others = old.criteria_groups
    texts = {c.code: c.text for c in first.criteria}
    changed = tuple(
        CodedText(code=c.code, text=c.text.replace("một cửa", "một cửa liên thông"))
        for c in first.criteria
        if c.code != "III.1.d"
    )
    new = replace(
        old,
        criteria_groups=(replace(first, criteria=changed), *others),
        themes=old.themes[:1],
        points=tuple(
            replace(point, text=point.text.replace("một cửa", "một cửa liên thông"))
            for point in old.points
            if point.code != "III.1.d"
        ),
    )
    ward.plan(new, movement_id=ward.movement_id)
    assert dict(criteria(ward, ward.movement_id)) == {
        "III.1.d": False,
        "III.1.đ": True,
        "III.1.e": True,
        "III.2.a": True,
    }
    with ward.db.reading() as session:
        assert session.get_one(Criterion, item.criterion_id).text == texts["III.1.đ"]
        assert len(session.scalars(select(Theme).where(Theme.retired_at.is_(None))).all()) == 1
    client.sign_in("clerk.a")
    page = client.get(f"/movements/{ward.movement_id}").text
    assert "Bản thứ 2" in page and "Bản thứ 1" in page
    difference = html.unescape(client.get(f"/movements/{ward.movement_id}/compare").text)
    assert re.search(r"<ins>[^<]*liên thông[^<]*</ins>", difference)
    assert "đoạn không đổi" in difference
    assert "không phải bản hiện hành" in client.get(f"/movements/{ward.movement_id}/versions/1").text
    assert client.get(f"/movements/{ward.movement_id}/versions/9").status_code == 404


def test_a_second_movement_of_the_same_name_is_refused(client: Client) -> None:
    address = start(client)
    client.post(f"{address}/apply", {"note": "một phong trào khác"})
    again = start(client)
    response = client.post(f"{again}/apply", {"note": "một phong trào khác"})
    assert response.status_code == 422 and "Đã có phong trào" in response.text


def test_coverage_names_both_kinds_of_holes_and_is_mapped_on_the_page(client: Client) -> None:
    ward = client.ward
    ward.unit("CA", name="Công an phường")
    client.sign_in("office")
    address = f"/movements/{ward.movement_id}/coverage"
    page = client.get(address).text
    assert "1 đơn vị chưa có nhóm tiêu chí" in page and "Công an phường" in page
    assert "Hội Nông dân phường" in page, "a recipient that is no unit yet"
    boxes = dict(re.findall(r'name="groups-(\w+)" value="(\w+)"', page))
    values = {"unit": ward.units["CA"], f"groups-{ward.units['CA']}": boxes[ward.units["CA"]]}
    assert client.post(address, values).status_code == 303
    assert "chưa có nhóm tiêu chí:" not in client.get(address).text
    emptied = {"unit": [ward.units["C"], ward.units["CA"]]}
    assert client.post(address, emptied).status_code == 303
    assert "1 nhóm tiêu chí chưa có đơn vị nào" in client.get(address).text
    forged = {"unit": ward.units["A"], f"groups-{ward.units['A']}": "khongco"}
    assert client.post(address, forged).status_code == 422
    for name, status in (("clerk.a", 403), ("nobody", 403), ("auditor", 200), ("chair", 200)):
        other = client.as_user(name)
        assert other.get(address).status_code == status, name
        assert other.post(address, values).status_code == 403, name
    with ward.db.reading() as session:
        assert session.get(GroupUnit, (boxes[ward.units["CA"]], ward.units["CA"])) is None


def test_clauses_split_sentences_and_semicolons_but_not_numbers() -> None:
    assert rules.clauses("Một việc cần làm") == []
    assert rules.clauses("Việc một; việc hai. Việc ba") == ["Việc một", "việc hai", "Việc ba"]
    assert rules.clauses("Đạt 3.500 lượt. Tăng so với năm trước") == ["Đạt 3.500 lượt", "Tăng so với năm trước"]


def test_a_reading_survives_its_way_through_the_database() -> None:
    reading = read_plan(PLAN)
    assert PlanReading.from_dict(reading.to_dict()) == reading
    import json

    assert PlanReading.from_dict(json.loads(json.dumps(reading.to_dict()))) == reading


def test_comparing_a_text_with_itself_shows_no_difference() -> None:
    text = rules.plan_text(read_plan(PLAN))
    assert all(row.op in ("same", "skipped") for row in rules.compare_texts(text, text))


def test_the_same_plan_once_more_makes_no_version(client: Client) -> None:
    address = start(client)
    movement_id = client.post(f"{address}/apply", {"note": "một phong trào khác"}).location.split("/")[2]
    again = start(client, movement_id=movement_id)
    response = client.post(f"{again}/apply", {"note": "một phong trào khác"})
    assert response.status_code == 422 and "giống hệt bản đang dùng" in response.text
    with client.ward.db.reading() as session:
        assert session.get_one(Movement, movement_id).plan_no == 1


def test_a_plan_is_read_before_other_files_that_wait(client: Client) -> None:
    from webapp.jobs import outbox
    from webapp.models import JobKind

    client.ward.drain()
    for number in range(3):
        client.ward.document("clerk.a", "A", f"văn bản {number}")
    client.sign_in("office")
    client.post("/movements/imports/new", {"movement_id": "", "file": [(PLAN.encode(), "kh.txt")]})
    with client.ward.db.reading() as session:
        first = outbox.due(session, JobKind.READ_TEXT, now=client.ward.now, limit=1)[0].subject
        plan = session.scalars(select(Document.id).where(Document.kind == "plan", Document.state == "draft")).one()
        version = session.scalars(select(DocumentVersion.id).where(DocumentVersion.document_id == plan)).one()
    assert first == version
