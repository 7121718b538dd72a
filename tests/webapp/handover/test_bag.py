"""Bags: what an export holds, that others accept it, and that a house comes back from it."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import bagit
import openpyxl
import pytest
from sqlalchemy import func, select

from tests.support.bags import faults_by_rfc_8493, no_faults, opened_house, rebuilt
from tests.support.prepared import prepared
from tests.support.records import catalogue_of
from tests.support.ward import Ward
from webapp.documents import graph, retention
from webapp.documents import service as documents
from webapp.handover.export import export_house
from webapp.handover.importing import read_bag, take_in
from webapp.handover.names import LONGEST, Names, is_plain, safe
from webapp.handover.sheet import SHORT_NAMES
from webapp.models import (
    AuditEvent,
    Document,
    DocumentKind,
    DocumentVersion,
    JobKind,
    OutboxJob,
    Person,
    RelationKind,
    TextReading,
)
from webapp.official.cells import without_apostrophe
from webapp.records.keep import settle
from webapp.records.rebuild import UNUSABLE

pytestmark = pytest.mark.either_database


@prepared
def busy(ward: Ward) -> Ward:
    """Documents of several units, one in versions, one withdrawn, evidence, links between documents, hostile titles."""
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    ward.attach("clerk.a", item, "Số: 31/BC-KT\n\nBÁO CÁO\n", "số liệu.TXT")
    first = ward.document(
        "clerk.a", "A", "bản một", title='=HYPERLINK("x") <b>&amp; CON/../con: 100%?', filename="a.PDF"
    )
    with ward.work() as session:
        documents.add_version(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            document_id=first.id,
            receipt=ward.resources.store.put(io.BytesIO("bản hai".encode()), filename="b.docx"),
            reason="+sửa số liệu",
            revision=first.revision,
        )
    second = ward.document("clerk.a", "A", "bản một", title="Trùng tên", filename="x.txt")
    ward.document("clerk.a", "A", "khác", title="trùng TÊN", filename="y.txt")
    with ward.work() as session:
        graph.relate_documents(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            document_id=first.id,
            other=second.id,
            kind=RelationKind.RELATED,
        )
    gone = ward.document("clerk.a", "A", "tải nhầm", title="Nhầm")
    with ward.work() as session:
        retention.withdraw_document(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            document_id=gone.id,
            reason="nhầm tệp",
            revision=gone.revision,
        )
    ward.document("clerk.b", "B", "của đơn vị B", kind=DocumentKind.REPORT, title="Báo cáo B")
    ward.document("clerk.a", "A", "năm trước", year=2025, title="Năm trước")
    ward.drain()
    return ward


def catalogue(bag: Path) -> list[dict[str, str]]:
    content = (bag / "data/catalogue.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_full_export_is_a_bag_by_any_reading(busy: Ward, tmp_path: Path) -> None:
    bag = tmp_path / "gói"
    made = export_house(busy.resources, bag)
    assert faults_by_rfc_8493(bag) == []
    assert bagit.Bag(str(bag)).validate()
    rows = catalogue(bag)
    assert len(rows) == made.versions == 9
    for row in rows:
        content = (bag / "data" / row["Tệp trong gói"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["SHA-256"] and str(len(content)) == row["Kích thước (byte)"]
    (gone,) = [row for row in rows if row["Đã rút"]]
    assert "nhầm tệp" in gone["Đã rút"] and gone["Trích yếu"] == "Nhầm"
    assert {row["Tiêu chí"] for row in rows} == {"", "III.1.đ"}
    checked = subprocess.run(
        [sys.executable, bag / "data/audit/audit_verify.py", bag / "data/audit/log.jsonl"],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0 and "Nguyên vẹn" in checked.stdout
    head = bagit.Bag(str(bag)).info["Kho-Audit-Head"].split()[1]
    assert head in checked.stdout
    kept = {path.name: path.read_bytes() for path in (bag / "data/manifests").rglob("*.json")}
    assert kept == {one.path.name: one.path.read_bytes() for one in busy.resources.store.manifests()}
    with busy.db.reading() as session:
        assert session.scalar(select(func.count()).where(AuditEvent.action == "export.make")) == 1


def test_sheets_hold_no_formula_and_say_the_same(busy: Ward, tmp_path: Path) -> None:
    export_house(busy.resources, tmp_path / "bag")
    rows = catalogue(tmp_path / "bag")
    book = openpyxl.load_workbook(tmp_path / "bag/data/catalogue.xlsx")
    cells = list(book.worksheets[0].iter_rows(values_only=False))
    assert [cell.value for cell in cells[0]] == list(rows[0])
    assert [[str(cell.value if cell.value is not None else "") for cell in line] for line in cells[1:]] == [
        [without_apostrophe(value) for value in row.values()] for row in rows
    ]
    assert not [cell for line in cells for cell in line if cell.data_type == "f"]
    texts = [value for row in rows for value in row.values()]
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@"))]
    assert any(text.startswith("'=HYPERLINK") for text in texts) and "'+sửa số liệu" in texts


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def test_the_page_leads_to_every_file_and_nowhere_else(busy: Ward, tmp_path: Path) -> None:
    bag = tmp_path / "bag"
    export_house(busy.resources, bag)
    page = (bag / "data/index.html").read_text("utf-8")
    links = Links()
    links.feed(page)
    assert not links.tags & {"script", "img", "link", "iframe", "b", "form"}
    files = {unquote(link) for link in links.links if not link.startswith("#")}
    assert files == {row["Tệp trong gói"] for row in catalogue(bag)} | {"catalogue.xlsx", "catalogue.csv", SHORT_NAMES}
    assert all((bag / "data" / name).is_file() for name in files)
    assert "//" not in re.sub(r"<title>.*?</title>", "", page).replace("</", "") and "&lt;b&gt;&amp;amp;" in page


NAUGHTY = [
    "",
    "..",
    "CON",
    "con.txt",
    'a/b\\c:d*e?f"g<h>i|j',
    "  dấu cách  ",
    "~root",
    "-rf",
    "x\u2028y\x85z\x0b\x1e\u202efdp.exe",
    "e\u0302\u0301 NFD",
    "100% đúng",
    "ư" * 300,
    "tab\tdòng\nmới\r",
    "kết thúc. . .",
    "\u200b\ufeff",
    "😀 🇻🇳",
    "\ud800",
]


@pytest.mark.parametrize("name", NAUGHTY, ids=range(len(NAUGHTY)))
def test_names_are_safe_everywhere(name: str) -> None:
    names = Names()
    paths = [names.free("originals/A/2026", name, "v1", "PDF") for _ in range(12)]
    assert len({path.casefold() for path in paths}) == 12
    for path in paths:
        last = path.rpartition("/")[2]
        assert is_plain(path) and len(last.encode()) <= LONGEST and last.endswith(".pdf"), path
        assert not re.search(r'[<>:"\\|?*%\x00-\x1f]', path) and last.strip(" .") == last
        assert not re.fullmatch(r"(?i)(con|nul|aux|prn)(\..*)?", last)
    assert safe(safe(name)) == safe(name)


def test_whole_paths_stay_short_and_a_list_says_what_each_is(busy: Ward, tmp_path: Path) -> None:
    long = "Ke hoach trien khai phong trao thi dua doi moi sang tao va chuyen doi so " * 4
    for title in (long, long.upper(), long):
        busy.document("clerk.a", "A", title, title=title.strip(), filename="ke-hoach.docx")
    bag = tmp_path / "bag"
    export_house(busy.resources, bag)
    paths = [path.relative_to(bag).as_posix() for path in bag.rglob("*") if path.is_file()]
    assert max(map(len, paths)) < 180 and len({path.casefold() for path in paths}) == len(paths)
    listed = (bag / "data" / SHORT_NAMES).read_text("utf-8-sig").splitlines()
    rows = list(csv.reader(listed))[1:]
    assert sorted(full for _, full in rows) == sorted([long.strip(), long.upper().strip(), long.strip()])
    assert all((bag / "data" / path).is_file() for path, _ in rows)


def test_an_export_into_an_empty_house_gives_the_same_house(busy: Ward, tmp_path: Path) -> None:
    export_house(busy.resources, tmp_path / "bag")
    before = catalogue_of(busy.db)
    new = opened_house(tmp_path / "new")
    report = take_in(new.resources, read_bag(tmp_path / "bag"))
    assert report.conflicts == [] and len(report.new) > 20
    assert catalogue_of(new.db) == before
    assert sorted(new.resources.store.digests()) == sorted(busy.resources.store.digests())
    old = {one.path.name: one.path.read_bytes() for one in busy.resources.store.manifests()}
    there = {one.path.name: one.path.read_bytes() for one in new.resources.store.manifests()}
    assert {name: there[name] for name in old if not name.startswith("retention-")}.items() <= old.items()
    with new.db.reading() as session:
        assert set(session.scalars(select(Person.password_hash))) == {UNUSABLE}
        versions = session.scalar(select(func.count()).select_from(DocumentVersion))
        assert session.scalar(select(func.count()).select_from(TextReading)) == versions
        assert session.scalar(select(func.count()).where(OutboxJob.kind == JobKind.READ_TEXT)) == versions
    no_faults(new)
    new.drain()
    assert set(new.resources.index.keys()) == set(busy.resources.index.keys())
    again = take_in(new.resources, read_bag(tmp_path / "bag"))
    assert not again.new and not again.conflicts
    # What came back can be rebuilt from the archive alone, and handed on.
    assert settle(new.db, new.resources.store, now=new.now) == []
    assert rebuilt(new, tmp_path) == before
    export_house(new.resources, tmp_path / "again")
    assert faults_by_rfc_8493(tmp_path / "again") == []
    new.resources.close()


@pytest.mark.parametrize("what", ["unit and year", "document"])
def test_a_part_comes_with_all_it_refers_to(busy: Ward, tmp_path: Path, what: str) -> None:
    with busy.db.reading() as session:
        rows = {row.title: row.id for row in session.scalars(select(Document))}
    linked = next(identity for title, identity in rows.items() if title.startswith("=HYPERLINK"))
    if what == "document":
        export_house(busy.resources, tmp_path / "bag", document_ids=(linked,))
    else:
        export_house(busy.resources, tmp_path / "bag", unit_id=busy.units["A"], year=2026)
    assert faults_by_rfc_8493(tmp_path / "bag") == []
    titles = {row["Trích yếu"] for row in catalogue(tmp_path / "bag")}
    assert "Nhầm" not in titles and "Báo cáo B" not in titles and "Năm trước" not in titles
    assert "Trùng tên" in titles, "the document that another refers to comes along"
    events = (tmp_path / "bag/data/audit/events.csv").read_text("utf-8-sig")
    assert linked in events and "document.upload" in events
    assert rows["Báo cáo B"] not in events and rows["Nhầm"] not in events
    new = opened_house(tmp_path / "new")
    report = take_in(new.resources, read_bag(tmp_path / "bag"))
    assert report.conflicts == []
    with new.db.reading() as session:
        assert linked in set(session.scalars(select(Document.id)))
        assert rows["Nhầm"] not in set(session.scalars(select(Document.id)))
    no_faults(new)
    assert settle(new.db, new.resources.store, now=new.now) == []
    assert rebuilt(new, tmp_path) == catalogue_of(new.db)
    # The rest follows from the whole, in the same house.
    export_house(busy.resources, tmp_path / "whole")
    assert take_in(new.resources, read_bag(tmp_path / "whole")).conflicts == []
    no_faults(new)
    assert {key: rows for key, rows in catalogue_of(new.db).items() if key != "retention_class"} == {
        key: rows for key, rows in catalogue_of(busy.db).items() if key != "retention_class"
    }
    new.resources.close()
