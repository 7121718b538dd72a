"""A scanner's options: the scan is kept as it came, what is made of it stands beside it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from archive.extract import Mark
from tests.support.scans import scan
from tests.support.ward import Ward
from tests.support.web import client_for
from tests.webapp.commands.test_consuming import consume
from webapp.commands.consuming import REFUSED
from webapp.models import Document, DocumentRelation, DocumentVersion, EvidenceLink

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_blank_pages_go_in_a_further_version(ward: Ward, tmp_path: Path) -> None:
    path = scan(tmp_path / "may-1" / "A", "a_b_")
    original = path.read_bytes()
    done = consume(ward, tmp_path / "may-1", "--blank")
    assert done.returncode == 0 and json.loads(done.stdout)["done"] == "bỏ trang trắng 2, 4"
    with ward.db.reading() as session:
        versions = session.scalars(
            select(DocumentVersion)
            .join(Document, Document.id == DocumentVersion.document_id)
            .where(Document.unit_id == ward.units["A"])
            .order_by(DocumentVersion.no)
        ).all()
    assert [one.no for one in versions] == [1, 2] and "bỏ trang trắng 2, 4" in versions[1].reason
    assert ward.resources.store.path(versions[0].sha256).read_bytes() == original


def test_separator_sheets_part_a_pile_and_put_it_under_the_criterion(ward: Ward, tmp_path: Path) -> None:
    ward.checklist("clerk.a", "A")
    folder = tmp_path / "may-2"
    original = scan(folder / "A", "ab=cd_", Mark("A", "III.1.đ", 2026)).read_bytes()
    done = consume(ward, folder, "--separators", "--blank")
    assert done.returncode == 0 and json.loads(done.stdout)["parts"] == 2
    with ward.db.reading() as session:
        rows = session.scalars(select(Document).where(Document.unit_id == ward.units["A"])).all()
        links = session.scalars(select(EvidenceLink)).all()
        related = session.scalars(select(DocumentRelation.other_id)).all()
    titles = {one.title: one.id for one in rows}
    assert set(titles) == {"Bản quét gốc: scan", "scan - phần 1", "scan - phần 2 (III.1.đ)"}
    assert set(related) == {titles["Bản quét gốc: scan"]} and len(related) == 2 and len(links) == 1
    with ward.db.reading() as session:
        kept = session.scalars(
            select(DocumentVersion.sha256).where(DocumentVersion.document_id == titles["Bản quét gốc: scan"])
        ).one()
    assert ward.resources.store.path(kept).read_bytes() == original


def test_a_printed_sheet_holds_unit_criterion_and_year(ward: Ward) -> None:
    client = client_for(ward).sign_in("clerk.a")
    page = client.get("/documents/separators?year=2026&criterion=III.1.đ").text
    path = re.search(r'viewBox="-4 -4 (\d+) \d+"[\s\S]*<path d="([^"]+)"', page)
    assert path and "Đơn vị B" not in page
    image = Image.new("L", (int(path[1]) * 8, int(path[1]) * 8), 255)
    for across, down in re.findall(r"M(\d+) (\d+)h", path[2]):
        left, top = (int(across) + 4) * 8, (int(down) + 4) * 8
        image.paste(0, (left, top, left + 8, top + 8))
    codes = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    assert [code.text for code in codes] == [Mark("A", "III.1.đ", 2026).text]
    assert client_for(ward).sign_in("auditor").get("/documents/separators").status_code == 403


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (Mark("A", "IX.9", 2026), "tiêu chí “IX.9”, không có"),
        (Mark("KHONG-CO", "", 2026), "KHONG-CO"),
        (Mark("B", "", 2026), ""),
    ],
)
def test_a_sheet_that_cannot_be_followed_is_refused_and_nothing_stored(
    ward: Ward, tmp_path: Path, mark: Mark, words: str
) -> None:
    folder = tmp_path / "may-3"
    scan(folder / "A", "=ab", mark)
    assert consume(ward, folder, "--separators").returncode == 1
    reason = next((folder / REFUSED / "A").glob("*.txt")).read_text("utf-8")
    assert words in reason
    with ward.db.reading() as session:
        assert session.scalars(select(Document).where(Document.unit_id.is_not(None))).all() == []
