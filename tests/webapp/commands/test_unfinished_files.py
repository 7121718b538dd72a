"""A drop folder as scanners and network drives leave it: files that are not whole yet, and litter."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.commands import went_well
from tests.support.ward import Ward
from tests.support.web import Client
from tests.webapp.commands.test_consuming import consume, documents_of, drop
from webapp.commands.consuming import REFUSED, TAKEN
from webapp.models import DocumentVersion

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_file_that_is_not_whole_is_waited_for(ward: Ward, tmp_path: Path) -> None:
    folder = tmp_path / "scan"
    empty, cut = drop(folder, "A/trong.txt", ""), drop(folder, "A/cut.pdf", "%PDF-1.4 nửa đầu")
    held = drop(folder, "A/dang-ghi.txt", "nửa đầu")
    # Refused by an earlier version of the program while it was empty, and written on since.
    early = drop(folder, f"{REFUSED}/A/som.txt", "nay đã đủ")
    early.with_name("som.txt.ly-do.txt").write_text("08:00 trống\n(Lúc đó tệp có 0 byte; …)\n", encoding="utf-8")
    with held.open("a", encoding="utf-8") as stream:
        lines = [json.loads(line) for line in went_well(consume(ward, folder)).splitlines()]
        stream.write(" nửa sau")
    assert {line["name"]: line.get("waiting", "") for line in lines} == {
        "som.txt": "",
        "trong.txt": "tệp còn trống",
        "cut.pdf": "tệp PDF chưa có phần cuối",
        "dang-ghi.txt": "còn chương trình đang ghi tệp",
    }
    assert documents_of(ward) == [("som.txt", "A")] and empty.exists() and cut.exists()
    empty.write_text("đủ", encoding="utf-8")
    cut.write_text("%PDF-1.4 nửa đầu\n%%EOF\n", encoding="utf-8")
    went_well(consume(ward, folder))
    names = ["cut.pdf", "dang-ghi.txt", "som.txt", "trong.txt"]
    assert documents_of(ward) == [(name, "A") for name in names]
    (taken,) = (folder / TAKEN).rglob("dang-ghi.txt")
    assert taken.read_text("utf-8") == "nửa đầu nửa sau"


LITTER = [
    "@eaDir/a.pdf", ".@__thumb/a.jpg", "#recycle/a.pdf", "lost+found/a.txt", "sâu/@eaDir/sâu/a.pdf", "Thumbs.db",
    "desktop.ini", ".DS_Store", "~$bao-cao.docx", "a.pdf.part", "a.pdf.crdownload", "a.tmp", "._a.pdf",
]  # fmt: skip


def test_litter_is_passed_over_at_any_depth(client: Client, tmp_path: Path) -> None:
    ward, folder = client.ward, tmp_path / "scan"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name in (*LITTER, "sâu/tốt.txt"):
            drop(folder, f"A/{name}", "rác")
            file.writestr(f"gói/{name}", "rác")
    went_well(consume(ward, folder))
    assert documents_of(ward) == [("tốt.txt", "A")] and not (folder / REFUSED).exists()
    client.sign_in("clerk.a")
    # Which scanner a paper came from is told to those who may see the paper.
    page = client.get("/documents/scans").text
    assert "scan/A" in page and "tốt" in page and "1 tệp" in page
    assert "tốt" not in client.as_user("clerk.b").get("/documents/scans").text
    client.as_user("clerk.a")
    files = [(b"rac", "~$bao-cao.docx"), (b"rac", "Thumbs.db"), (packed.getvalue(), "goi.zip")]
    fields = {"kind": "report", "unit_id": ward.units["A"], "year": "2026"}
    assert client.post("/documents", {**fields, "files": files}).status_code == 303
    ward.drain()
    assert documents_of(ward) == [("goi.zip", "A"), ("tốt.txt", "A")]
    with ward.db.reading() as session:
        row = session.scalars(select(DocumentVersion).where(DocumentVersion.filename == "goi.zip")).one()
    page = client.get(f"/documents/{row.document_id}/entries").text
    assert "tốt.txt" in page and not any(name.rpartition("/")[2] in page for name in LITTER)
    refused = client.post("/documents", {**fields, "files": files[:1]})
    assert refused.status_code == 422 and "máy tự tạo" in refused.text
