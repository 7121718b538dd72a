"""Units, clusters, people and roles from a table: every form a clerk's program writes, all or nothing."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from tests.support.ward import Ward
from tests.support.web import Client
from webapp.core.errors import Invalid, Refused
from webapp.models import AuditEvent, Cluster, ClusterMember, ClusterPosition, Person, Role, RoleGrant, Unit, UnitKind
from webapp.people.importing import Report, import_people
from webapp.people.passwords import is_password
from webapp.people.table import MAX_ROWS, Row, read_table
from webapp.permissions import SYSTEM

pytestmark = pytest.mark.either_database

HEADINGS = (
    "Loại",
    "Mã",
    "Tên",
    "Loại đơn vị",
    "Đơn vị",
    "Cụm",
    "Năm",
    "Vai trò",
    "Chức danh",
    "Thư điện tử",
    "Đến ngày",
)
LINES: list[tuple[Any, ...]] = [
    ("Đơn vị", "KT", "Phòng Kinh tế", "Cơ quan thuộc UBND"),
    ("Đơn vị", "ĐTN", "Đoàn Thanh niên", "Mặt trận, đoàn thể, hội"),
    ("Cụm", "K1", "Cụm số 1"),
    ("Thành viên cụm", "", "", "", "KT", "K1", 2026, "Cụm trưởng"),
    ("Thành viên cụm", "", "", "", "Đoàn Thanh niên", "K1", 2026, ""),
    ("Người", "an.kt", "Trần Thị An", "", "KT", "", "", "Cán bộ đơn vị", "Chuyên viên", "an@phuong.vn"),
    ("Người", "binh", "Lê Văn Bình", "", "ĐTN"),
    ("Vai trò", "binh", "", "", "", "K1", 2026, "Cụm phó, khối phó"),
    ("Vai trò", "binh", "", "", "KT", "", "", "Thành viên đoàn kiểm tra", "", "", date(2026, 12, 31)),
]


def as_csv(lines: Sequence[Sequence[Any]] = LINES, *, headings: Sequence[str] = HEADINGS, delimiter: str = ";") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    for line in (headings, *lines):
        writer.writerow([cell.strftime("%d/%m/%Y") if isinstance(cell, date) else cell for cell in line])
    return out.getvalue()


def as_xlsx(sheets: dict[str, Sequence[Sequence[Any]]]) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, lines in sheets.items():
        sheet = workbook.create_sheet(name)
        for line in lines:
            sheet.append(
                [datetime.combine(cell, datetime.min.time()) if isinstance(cell, date) else cell for cell in line]
            )
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def take(ward: Ward, rows: Sequence[Row], *, apply: bool = True) -> Report:
    return import_people(ward.db, actor=SYSTEM, now=ward.now, rows=rows, apply=apply)


def counts(ward: Ward) -> list[int]:
    tables = (Unit, Cluster, ClusterMember, Person, RoleGrant, AuditEvent)
    with ward.db.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def by_line(report: Report) -> dict[int, tuple[str, str]]:
    return {row.number: (row.outcome, row.fault) for row in report.rows}


FORMS = {
    "semicolons": as_csv().encode(),
    "commas": as_csv(delimiter=",").encode(),
    "tabs": as_csv(delimiter="\t").encode(),
    "byte order mark": as_csv().encode("utf-8-sig"),
    "utf-16": as_csv().encode("utf-16"),
    "utf-16 big end first": b"\xfe\xff" + as_csv().encode("utf-16-be"),
    "letters apart": unicodedata.normalize("NFD", as_csv()).encode(),
    "capitals without accents": as_csv(
        headings=[unicodedata.normalize("NFD", h).encode("ascii", "ignore").decode().upper() for h in HEADINGS if h]
    ).encode(),
    "line ends of Unix": as_csv().replace("\r\n", "\n").encode(),
    "blank lines and spaces": as_csv().replace("\r\n", "  \r\n;;;\r\n").encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_table_reads_the_same_however_it_was_saved(form: str) -> None:
    rows = [
        (row.what, row.cells.get("code", ""), row.cells.get("name", "")) for row in read_table(FORMS[form], "d.csv")
    ]
    assert rows[:3] == [
        ("unit", "KT", "Phòng Kinh tế"),
        ("unit", "ĐTN", "Đoàn Thanh niên"),
        ("cluster", "K1", "Cụm số 1"),
    ]
    assert len(rows) == len(LINES) and {row.cells.get("year", "2026") for row in read_table(FORMS[form], "d.csv")} == {
        "2026"
    }


def test_a_csv_table_becomes_people_who_can_sign_in(empty_ward: Ward) -> None:
    report = take(empty_ward, read_table(FORMS["semicolons"], "Danh sách.CSV"))
    assert report.ok and report.applied and [row.number for row in report.rows] == list(range(2, 11))
    assert counts(empty_ward)[:5] == [2, 1, 2, 2, 3]
    passwords = dict(report.passwords)
    with empty_ward.db.reading() as session:
        people = {person.username: person for person in session.scalars(select(Person))}
        units = {unit.code: unit for unit in session.scalars(select(Unit))}
        members = {member.unit_id: member.position for member in session.scalars(select(ClusterMember))}
        grants = {(grant.role, grant.valid_until) for grant in session.scalars(select(RoleGrant))}
    assert set(passwords) == set(people) == {"an.kt", "binh"}
    for username, person in people.items():
        assert person.must_change_password and is_password(person.password_hash, passwords[username])
    assert len(set(passwords.values())) == 2
    assert (people["an.kt"].title, people["an.kt"].email) == ("Chuyên viên", "an@phuong.vn")
    assert people["an.kt"].unit_id == units["KT"].id and units["ĐTN"].kind is UnitKind.FRONT
    assert members == {units["KT"].id: ClusterPosition.LEADER, units["ĐTN"].id: ClusterPosition.MEMBER}
    assert grants == {(Role.CLERK, None), (Role.CLUSTER_DEPUTY, None), (Role.INSPECTOR, date(2026, 12, 31))}


def test_a_workbook_may_name_the_kind_by_its_sheets(empty_ward: Ward) -> None:
    sheets: dict[str, Sequence[Sequence[Any]]] = {
        "Ghi chú": [("điền vào các trang sau",)],
        "Đơn vị": [("mã", "tên", "loại đơn vị"), *(line[1:4] for line in LINES[:2])],
        "Cụm": [("mã", "tên"), LINES[2][1:3]],
        "Thành viên cụm": [("đơn vị", "cụm", "năm", "vai trò"), *(line[4:8] for line in LINES[3:5])],
        "Người": [
            ("tên đăng nhập", "họ và tên", "đơn vị"),
            ("an.kt", "Trần Thị\nAn", "KT"),
            ("binh", "Lê Văn Bình", "ĐTN"),
        ],
        "Vai trò": [
            ("mã", "vai trò", "đơn vị", "đến ngày"),
            ("binh", "Thành viên đoàn kiểm tra", "KT", date(2026, 12, 31)),
        ],
    }
    report = take(empty_ward, read_table(as_xlsx(sheets), "danh-sach.xlsx"))
    assert report.ok, [row.fault for row in report.rows if row.fault]
    assert counts(empty_ward)[:5] == [2, 1, 2, 2, 1]
    with empty_ward.db.reading() as session:
        assert session.scalar(select(Person.name).where(Person.username == "an.kt")) == "Trần Thị An"
        assert session.scalar(select(RoleGrant.valid_until)) == date(2026, 12, 31)


def test_one_sheet_with_a_column_for_the_kind(empty_ward: Ward) -> None:
    assert take(empty_ward, read_table(as_xlsx({"Sheet1": [HEADINGS, *LINES]}), "a.xlsx")).ok
    assert counts(empty_ward)[:5] == [2, 1, 2, 2, 3]


def test_two_headings_for_one_thing_do_not_hide_each_other() -> None:
    text = "loại;mã;tên;tên đăng nhập;họ và tên\nđơn vị;KT;Kinh tế;;\nngười;;;an.kt;Trần An\n"
    assert [row.cells for row in read_table(text.encode(), "a.csv")] == [
        {"what": "đơn vị", "code": "KT", "name": "Kinh tế"},
        {"what": "người", "code": "an.kt", "name": "Trần An"},
    ]


def test_a_dry_run_writes_nothing_and_tells_what_would_happen(empty_ward: Ward) -> None:
    report = take(empty_ward, read_table(FORMS["semicolons"], "d.csv"), apply=False)
    assert report.ok and not report.applied and report.passwords == []
    assert by_line(report)[2] == ("tạo mới", "") and by_line(report)[7] == ("tạo mới, giao vai trò", "")
    assert counts(empty_ward) == [0] * 6


def test_the_same_table_twice_changes_nothing(empty_ward: Ward) -> None:
    rows = read_table(FORMS["semicolons"], "d.csv")
    take(empty_ward, rows)
    before = counts(empty_ward)
    again = take(empty_ward, rows)
    assert {row.outcome for row in again.rows} == {"không đổi"} and again.passwords == []
    assert counts(empty_ward) == before


def test_a_changed_row_changes_that_row_alone(empty_ward: Ward) -> None:
    take(empty_ward, read_table(FORMS["semicolons"], "d.csv"))
    events = counts(empty_ward)[5]
    changed = as_csv().replace("Trần Thị An", "Trần Thị Anh").encode()
    report = take(empty_ward, read_table(changed, "d.csv"))
    assert {number for number, (outcome, _) in by_line(report).items() if outcome != "không đổi"} == {7}
    assert counts(empty_ward)[5] == events + 1


def test_another_term_is_a_new_grant_and_the_old_one_is_kept(empty_ward: Ward) -> None:
    take(empty_ward, read_table(FORMS["semicolons"], "d.csv"))
    later = as_csv([*LINES[:-1], (*LINES[-1][:-1], date(2027, 3, 31))]).encode()
    assert take(empty_ward, read_table(later, "d.csv")).rows[-1].outcome == "đổi thời hạn vai trò"
    with empty_ward.db.reading() as session:
        grants = session.execute(
            select(RoleGrant.valid_until, RoleGrant.revoked_at)
            .where(RoleGrant.role == Role.INSPECTOR)
            .order_by(RoleGrant.valid_until)
        ).all()
    assert [tuple(row) for row in grants] == [(date(2026, 12, 31), empty_ward.now), (date(2027, 3, 31), None)]
    assert {row.outcome for row in take(empty_ward, read_table(later, "d.csv")).rows} == {"không đổi"}


BROKEN = {
    "unknown unit": (("Người", "x.y", "Xuân", "", "KHÔNG CÓ"), "Không có đơn vị “KHÔNG CÓ”"),
    "unknown cluster": (("Thành viên cụm", "", "", "", "KT", "K9", 2026), "Không có cụm, khối “K9”"),
    "no year": (("Thành viên cụm", "", "", "", "KT", "K1", "năm nay"), "không phải là năm"),
    "far year": (("Thành viên cụm", "", "", "", "KT", "K1", 2226), "không phải là năm"),
    "unknown role": (("Vai trò", "an.kt", "", "", "KT", "", "", "Giám đốc"), "phải là một trong"),
    "role without its unit": (("Vai trò", "an.kt", "", "", "", "", "", "Cán bộ đơn vị"), "hãy chọn đơn vị"),
    "unknown account": (("Vai trò", "không.ai", "", "", "KT", "", "", "Cán bộ đơn vị"), "Không có tài khoản"),
    "unknown kind of unit": (("Đơn vị", "YT", "Trạm Y tế", "bệnh viện"), "phải là một trong"),
    "bad code": (("Đơn vị", "Y T", "Trạm Y tế", "Đơn vị sự nghiệp"), "Mã gồm"),
    "name taken": (("Đơn vị", "YT", "Phòng Kinh tế", "Đơn vị sự nghiệp"), "Đã có đơn vị khác"),
    "bad account name": (("Người", "Trần An", "Trần An"), "Tên đăng nhập gồm"),
    "no name": (("Người", "x.y", ""), "Hãy ghi họ và tên"),
    "bad mail": (("Người", "x.y", "Xuân", "", "", "", "", "", "", "không phải thư"), "thư điện tử không đúng"),
    "bad day": (
        ("Vai trò", "an.kt", "", "", "KT", "", "", "Cán bộ đơn vị", "", "", "31/02/2026"),
        "không phải là ngày",
    ),
    "unknown row": (("Con mèo", "x"), "phải là một trong"),
    "no kind at all": (("", "x", "y"), "phải là một trong"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_row_anywhere_keeps_everything_out(empty_ward: Ward, name: str) -> None:
    line, sentence = BROKEN[name]
    for place in (0, 5, len(LINES)):
        report = take(empty_ward, read_table(as_csv([*LINES[:place], line, *LINES[place:]]).encode(), "d.csv"))
        faults = {row.number: row.fault for row in report.rows if row.fault}
        if (name, place) == ("name taken", 0):
            # The first of two rows that want one name has it; the later is at fault, and all that rest on it.
            assert min(faults) == 3 and sentence in faults[3], faults
        else:
            assert list(faults) == [place + 2] and sentence in faults[place + 2], faults
        assert not report.applied and report.passwords == [] and counts(empty_ward) == [0] * 6


def test_every_broken_row_is_told_at_once(empty_ward: Ward) -> None:
    lines = [*LINES, *(line for line, _ in BROKEN.values())]
    report = take(empty_ward, read_table(as_csv(lines).encode(), "d.csv"))
    assert [row.number for row in report.rows if row.fault] == [11 + number for number in range(len(BROKEN))]
    assert counts(empty_ward) == [0] * 6


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            with archive.open(name, "w", force_zip64=True) as file:
                for _ in range(300):
                    file.write(b"\0" * 2**20)
    return out.getvalue()


HOSTILE = {
    "no zip": (b"day la van ban", "a.xlsx"),
    "empty": (b"", "a.xlsx"),
    "cut": (as_xlsx({"S": [HEADINGS, *LINES]})[:-200], "a.xlsx"),
    "other zip": (b"PK\x05\x06" + b"\0" * 18, "a.xlsx"),
    "empty csv": (b"", "a.csv"),
    "only headings": (as_csv([]).encode(), "a.csv"),
    "no column of kinds": (b"a;b;c\n1;2;3\n", "a.csv"),
    "wrong ending": (as_csv().encode(), "a.docx"),
    "bytes of nothing": (bytes(range(256)) * 20, "a.csv"),
    "open quote": ('loại;mã\nđơn vị;"KT'.encode(), "a.csv"),
    "too many rows": (("loại;mã\n" + "đơn vị;KT\n" * (MAX_ROWS + 1)).encode(), "a.csv"),
    "too large": (b"x" * (10 * 2**20 + 1), "a.csv"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_table_gets_a_sentence(name: str) -> None:
    data, filename = HOSTILE[name]
    with pytest.raises(Invalid) as caught:
        read_table(data, filename)
    assert caught.value.fields["file"].endswith((".", ",")) and len(caught.value.fields["file"]) < 300


def test_a_zip_bomb_gets_a_sentence() -> None:
    with pytest.raises(Invalid) as caught:
        read_table(bomb(), "bom.xlsx")
    assert "Không đọc được bảng" in caught.value.sentence


def send(client: Client, data: bytes, name: str = "d.csv", **fields: str) -> Any:
    return client.post("/admin/import", {"file": [(data, name)], **fields})


def test_the_administrator_imports_through_the_page(client: Client) -> None:
    client.sign_in("admin")
    before = counts(client.ward)
    tried = send(client, FORMS["byte order mark"])
    assert tried.status_code == 200 and "Đã đọc thử 9 dòng" in tried.text
    assert counts(client.ward)[:5] == before[:5]
    done = send(client, as_xlsx({"Sheet1": [HEADINGS, *LINES]}), "d.xlsx", apply="1")
    assert done.status_code == 200 and "Đã nhập 9 dòng" in done.text and "an.kt" in done.text
    assert counts(client.ward)[3] == before[3] + 2
    bad = send(client, as_csv([BROKEN["unknown unit"][0]]).encode(), apply="1")
    assert bad.status_code == 422 and "KHÔNG CÓ" in bad.text
    for name in ("no zip", "empty", "cut", "bytes of nothing", "wrong ending"):
        assert send(client, *HOSTILE[name]).status_code == 422, name
    assert client.post("/admin/import", {}).status_code == 422


def test_nobody_else_imports_people(client: Client) -> None:
    before = counts(client.ward)[:5]
    for name in ("clerk.a", "head.a", "office", "chair", "auditor", "council", "nobody"):
        other = client.as_user(name)
        assert other.get("/admin/import").status_code == 403, name
        assert send(other, FORMS["semicolons"], apply="1").status_code == 403, name
    with pytest.raises(Refused):
        import_people(
            client.ward.db,
            actor=client.ward.viewer("office"),
            now=client.ward.now,
            rows=read_table(FORMS["semicolons"], "d.csv"),
            apply=True,
        )
    assert counts(client.ward)[:5] == before
