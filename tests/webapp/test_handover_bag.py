"""Bags: what an export holds, that others accept it, and that a house comes back from it; tampered bags change nothing."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import bagit
import openpyxl
import pytest
from sqlalchemy import func, select

from archive.manifest import canonical
from tests.support.commands import failed_with, kho_here, went_well
from tests.support.ward import Ward, open_ward
from tests.webapp.test_records import catalogue_of
from webapp.audit.verify import verify_chain
from webapp.core.db import Database
from webapp.core.errors import Invalid
from webapp.core.schema import migrate
from webapp.documents import graph, keeping
from webapp.documents import service as documents
from webapp.handover import export as exporting
from webapp.handover import importing
from webapp.handover.bag import BadBag, check_bag
from webapp.handover.export import export_house
from webapp.handover.importing import read_bag, take_in
from webapp.handover.names import LONGEST, Names, is_plain, safe
from webapp.models import (
    AuditEvent,
    Document,
    DocumentKind,
    DocumentVersion,
    JobKind,
    OutboxJob,
    Person,
    RelationKind,
    Role,
    TextReading,
)
from webapp.records.compare import differences
from webapp.records.keep import settle
from webapp.records.rebuild import UNUSABLE, rebuild_catalogue


def faults_by_rfc_8493(folder: Path) -> list[str]:
    """An independent reader of the standard (sections 2 and 3): complete, valid, and strict about the lists."""
    found = []
    lines = (folder / "bagit.txt").read_bytes().decode("utf-8").splitlines()
    if not re.fullmatch(r"BagIt-Version: 1\.0", lines[0]) or lines[1:] != ["Tag-File-Character-Encoding: UTF-8"]:
        found.append("declaration")

    def listed(name: str) -> dict[str, str]:
        entries: dict[str, str] = {}
        for line in (folder / name).read_bytes().decode("utf-8").split("\n"):
            if not line:
                continue
            match = re.fullmatch(r"([0-9a-fA-F]+)[ \t]+\*?(.+)", line)
            if match is None:
                found.append(f"line {line!r}")
                continue
            digest, path = match[1].lower(), match[2]
            path = re.sub("%(0[AaDd]|25)", lambda code: chr(int(code[1], 16)), path)
            if path in entries or path.startswith(("/", "~")) or ".." in path.split("/"):
                found.append(f"path {path!r}")
            entries[path] = digest
        return entries

    payload, tags = listed("manifest-sha256.txt"), listed("tagmanifest-sha256.txt")
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
    found += [f"extra {name}" for name in there if name.startswith("data/") and name not in payload]
    found += [f"payload outside {name}" for name in payload if not name.startswith("data/")]
    for name, digest in {**payload, **tags}.items():
        if name not in there:
            found.append(f"missing {name}")
        elif hashlib.sha256(there[name].read_bytes()).hexdigest() != digest:
            found.append(f"changed {name}")
    info = dict(line.split(": ", 1) for line in (folder / "bag-info.txt").read_text("utf-8").splitlines())
    size = sum(path.stat().st_size for name, path in there.items() if name.startswith("data/"))
    if info.get("Payload-Oxum") != f"{size}.{len(payload)}":
        found.append("oxum")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", info.get("Bagging-Date", "")):
        found.append("date")
    return found


@pytest.fixture
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
        keeping.withdraw_document(
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


def rebuilt(ward: Ward, folder: Path) -> dict[str, list[str]]:
    """The catalogue that the archive alone tells of."""
    db = Database(f"sqlite:///{folder / 'rebuilt.sqlite3'}")
    migrate(db)
    rebuild_catalogue(db, ward.resources.store, now=ward.now)
    found = catalogue_of(db)
    db.close()
    return found


def opened_house(folder: Path) -> Ward:
    folder.mkdir(parents=True, exist_ok=True)
    new = open_ward(folder, f"sqlite:///{folder / 'kho.sqlite3'}")
    migrate(new.db)
    return new


def catalogue(bag: Path) -> list[dict[str, str]]:
    content = (bag / "data/catalogue.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def no_faults(ward: Ward) -> None:
    with ward.db.reading() as session:
        assert [one for one in differences(session, ward.resources.store) if one.kind != "unkept"] == []
        assert list(verify_chain(session)) == []
        expected = set(session.scalars(select(DocumentVersion.sha256)))
    assert list(ward.resources.store.verify(expected)) == []


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
        list(row.values()) for row in rows
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
    assert files == {row["Tệp trong gói"] for row in catalogue(bag)} | {"catalogue.xlsx", "catalogue.csv"}
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


# What is refused

Harm = Callable[[Path], object]


def some(bag: Path, pattern: str) -> Path:
    return sorted(bag.glob(pattern))[0]


def flip(bag: Path) -> None:
    path = some(bag, "data/originals/A/*/*")
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])


def write_line(bag: Path, line: str) -> None:
    with (bag / "manifest-sha256.txt").open("a") as file:
        file.write(line)
    renew_tags(bag)


def renew_tags(bag: Path) -> None:
    names = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt")
    lines = [f"{hashlib.sha256((bag / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (bag / "tagmanifest-sha256.txt").write_text("".join(lines))


def renew(bag: Path) -> None:
    """All lists made anew: what is wrong now is wrong inside."""
    paths = sorted(path for path in (bag / "data").rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(bag)}\n" for path in paths]
    (bag / "manifest-sha256.txt").write_text("".join(lines))
    info = (bag / "bag-info.txt").read_text()
    oxum = f"Payload-Oxum: {sum(path.stat().st_size for path in paths)}.{len(paths)}"
    (bag / "bag-info.txt").write_text(re.sub("Payload-Oxum: .*", oxum, info))
    renew_tags(bag)


def link(bag: Path) -> None:
    path = some(bag, "data/originals/A/*/*")
    content = path.read_bytes()
    path.unlink()
    (bag.parent / "elsewhere").write_bytes(content)
    path.symlink_to(bag.parent / "elsewhere")


def link_folder(bag: Path) -> None:
    (bag / "data/originals/A").rename(bag.parent / "A")
    (bag / "data/originals/A").symlink_to(bag.parent / "A")


def pipe(bag: Path) -> None:
    os.mkfifo(bag / "data/pipe")


def traversal(bag: Path) -> None:
    (bag.parent / "secret").write_text("bí mật")
    write_line(bag, f"{hashlib.sha256('bí mật'.encode()).hexdigest()}  data/../../secret\n")


def changed_record(change: Callable[[dict[str, object]], object], pattern: str) -> Harm:
    def harm(bag: Path) -> None:
        path = some(bag, f"data/manifests/*/*/{pattern}")
        data = json.loads(path.read_bytes())
        change(data)
        path.write_bytes(canonical(data))
        renew(bag)

    return harm


def with_password(data: dict[str, object]) -> None:
    data["rows"]["person"][0]["password_hash"] = "của kẻ lạ"  # type: ignore[index]


def of_another(data: dict[str, object]) -> None:
    data["rows"]["unit"][0]["id"] = "0000000000000"  # type: ignore[index]


def other_form(data: dict[str, object]) -> None:
    data["format"] = "khothidua-record/9"


def spaced(bag: Path) -> None:
    path = some(bag, "data/manifests/*/*/unit-*")
    path.write_bytes(path.read_bytes() + b" ")
    renew(bag)


def without_original(bag: Path) -> None:
    for path in (bag / "data/originals/A").rglob("*.txt"):
        path.unlink()
    renew(bag)


def trailing_blank(bag: Path) -> None:
    (bag / "data/x ").write_text("x")
    renew(bag)


HARMS: dict[str, tuple[Harm, str]] = {
    "a flipped bit": (flip, "đã bị thay đổi"),
    "a missing file": (lambda bag: some(bag, "data/originals/A/*/*").unlink(), "thiếu tệp"),
    "an extra file": (lambda bag: (bag / "data/extra.txt").write_text("x"), "ngoài danh sách"),
    "a stray tag file": (lambda bag: (bag / "fetch.txt").write_text("http://x - data/y"), "tệp lạ"),
    "a changed manifest": (lambda bag: some(bag, "data/manifests/*/*/*").write_text("{}"), "không khớp"),
    "a changed list": (lambda bag: write_line(bag, "\n"), "không đúng dạng"),
    "no list": (lambda bag: (bag / "manifest-sha256.txt").unlink(), "thiếu manifest-sha256.txt"),
    "an old version": (lambda bag: (bag / "bagit.txt").write_text("BagIt-Version: 0.97\n"), "bagit.txt"),
    "a path outside": (traversal, "đường dẫn không được phép"),
    "an absolute path": (lambda bag: write_line(bag, f"{'0' * 64}  /etc/passwd\n"), "đường dẫn không được phép"),
    "a link": (link, "liên kết"),
    "a linked folder": (link_folder, "liên kết"),
    "a pipe": (pipe, "liên kết hoặc không phải tệp thường"),
    "a blank at the end of a name": (trailing_blank, "đường dẫn không được phép"),
    "a password": (changed_record(with_password, "person-*"), "dòng không hợp lệ"),
    "rows of another": (changed_record(of_another, "unit-*"), "dòng không hợp lệ"),
    "another form": (changed_record(other_form, "unit-*"), "không phải của chương trình"),
    "a manifest not in its form": (spaced, "không đúng dạng"),
    "an original that is not there": (without_original, "thiếu bản gốc"),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A bag of a small house. Read only; copy it."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "data").mkdir()
    shutil.copyfile(sqlite_template, folder / "data" / "kho.sqlite3")
    ward = open_ward(folder / "data", f"sqlite:///{folder / 'data' / 'kho.sqlite3'}")
    ward.unit("A")
    ward.person("clerk.a", Role.CLERK, "A")
    for number in range(3):
        ward.document("clerk.a", "A", f"nội dung {number} " * 40)
    export_house(ward.resources, folder / "bag")
    ward.resources.close()
    return folder / "bag"


@pytest.mark.parametrize("what", HARMS)
def test_a_tampered_bag_is_refused_and_changes_nothing(small: Path, tmp_path: Path, what: str) -> None:
    harm, said = HARMS[what]
    bag = Path(shutil.copytree(small, tmp_path / "bag"))
    harm(bag)
    failed_with(
        kho_here("import", bag, data=tmp_path / "new"),
        "Gói hồ sơ không hợp lệ" if said != "không đúng dạng" else "",
        said,
    )
    failed_with(kho_here("import", "--check", bag, data=tmp_path / "new"), said)
    assert not (tmp_path / "new").exists()


def test_the_commands_hand_over_and_take_back(small: Path, tmp_path: Path) -> None:
    data = tmp_path / "new"
    assert "mới\tvăn bản\t3" in went_well(kho_here("import", "--check", small, data=data))
    assert not data.exists()
    assert "Đã nhập" in went_well(kho_here("import", small, data=data))
    assert "không có gì để nhập" in went_well(kho_here("import", small, data=data))
    went_well(kho_here("reindex", data=data))
    assert "Nguyên vẹn" in went_well(kho_here("verify", data=data))
    said = went_well(kho_here("export", tmp_path / "out", "--unit", "A", "--year", "2026", data=data))
    assert "3 văn bản" in said and faults_by_rfc_8493(tmp_path / "out") == []
    failed_with(kho_here("export", tmp_path / "out", data=data), "không trống")
    failed_with(kho_here("export", tmp_path / "x", "--unit", "ZZ", data=data), "Không có đơn vị")
    failed_with(kho_here("export", tmp_path / "x", "--year", "1999", data=data), "Không có hồ sơ nào")
    failed_with(kho_here("export", tmp_path / "x", "--document", "nope", data=data), "Không có văn bản nope")
    failed_with(kho_here("import", tmp_path / "nowhere", data=data), "không phải là thư mục")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "out"]


def test_rows_that_differ_are_refused_with_a_list(small: Path, tmp_path: Path) -> None:
    data = tmp_path / "new"
    went_well(kho_here("import", small, data=data))
    house = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    with house.work() as session:
        document = session.scalars(select(Document).order_by(Document.id)).first()
        assert document is not None
        document.title = "đã sửa ở đây"
    before = catalogue_of(house.db)
    for words in (("import", small), ("import", "--check", small)):
        done = kho_here(*words, data=data)
        failed_with(done, "1 hồ sơ trái với kho, chưa nhập gì")
        assert f"văn bản {document.id}" in done.stdout
    assert catalogue_of(house.db) == before
    house.resources.close()


def test_the_same_code_of_another_house_is_refused(small: Path, tmp_path: Path) -> None:
    new = opened_house(tmp_path / "new")
    new.unit("A", name="Đơn vị khác")
    before = catalogue_of(new.db), sorted(new.resources.store.digests())
    done = kho_here("import", small, data=tmp_path / "new")
    failed_with(done, "trái với kho")
    assert "đơn vị “A”" in done.stdout
    assert (catalogue_of(new.db), sorted(new.resources.store.digests())) == before
    new.resources.close()


def test_rows_whose_parents_are_nowhere_are_refused(small: Path, tmp_path: Path) -> None:
    bag = Path(shutil.copytree(small, tmp_path / "bag"))
    for path in (bag / "data/manifests").rglob("unit-*"):
        path.unlink()
    renew(bag)
    failed_with(kho_here("import", bag, data=tmp_path / "new"), "Gói thiếu", "unit_id")
    new = opened_house(tmp_path / "new")
    assert list(new.resources.store.digests()) == [] and not any(
        rows for name, rows in catalogue_of(new.db).items() if name != "retention_class"
    )
    new.resources.close()


@pytest.mark.parametrize("how", ["missing", "changed"])
def test_a_damaged_archive_is_not_handed_over(ward: Ward, tmp_path: Path, how: str) -> None:
    document = ward.document("clerk.a", "A", "nội dung", title="Báo cáo hỏng")
    with ward.db.reading() as session:
        digest = session.scalars(select(DocumentVersion.sha256).where(DocumentVersion.document_id == document.id)).one()
    path = ward.resources.store.path(digest)
    path.unlink()
    if how == "changed":
        path.write_text("khác hẳn")
    with pytest.raises(Invalid, match=r"Báo cáo hỏng.*kho verify"):
        export_house(ward.resources, tmp_path / "bag")
    assert list(tmp_path.glob("bag*")) == []


def test_an_interrupted_export_leaves_nothing(ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    ward.document("clerk.a", "A")
    for step in ("_add_log", "check_bag", "sync_tree"):
        with monkeypatch.context() as patch:
            patch.setattr(exporting, step, stop)
            with pytest.raises(KeyboardInterrupt):
                export_house(ward.resources, tmp_path / "bag")
        assert list(tmp_path.glob("bag*")) == []


def test_an_interrupted_import_can_be_done_again(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even after the worker declared void what the interrupted one had written."""
    new = opened_house(tmp_path / "new")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(importing, "_take_rows", stop)
        with pytest.raises(KeyboardInterrupt):
            take_in(new.resources, read_bag(small))
    assert not any(rows for name, rows in catalogue_of(new.db).items() if name != "retention_class")
    assert settle(new.db, new.resources.store, now=new.now)
    assert take_in(new.resources, read_bag(small)).conflicts == []
    no_faults(new)
    assert rebuilt(new, tmp_path)["document"] == catalogue_of(new.db)["document"] != []
    new.resources.close()


def test_bad_bags_have_a_kind_of_error_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(BadBag):
        check_bag(tmp_path / "nowhere")
