"""Scans made ready: blanks out, both sides in order, parted at separator sheets; the scan is only read."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pypdfium2
import pytest

from archive.extract import ScanOptions, Status, prepare_scan
from tests.support.scans import MARK, scan


@pytest.mark.parametrize(
    ("kinds", "options", "parts"),
    [
        ("ab", ScanOptions(drop_blank=True, separators=True), []),
        ("a_b_", ScanOptions(drop_blank=True), [("", [1, 3])]),
        ("abcf_d", ScanOptions(duplex=True), [("", [1, 6, 2, 5, 3, 4])]),
        ("abcfed", ScanOptions(duplex=True, drop_blank=True), [("", [1, 6, 2, 5, 3, 4])]),
        ("abc", ScanOptions(duplex=True), []),
        ("a=bc=d", ScanOptions(separators=True), [("", [1]), (MARK.text, [3, 4]), (MARK.text, [6])]),
        ("=ab_", ScanOptions(separators=True, duplex=True), [(MARK.text, [2, 3])]),
        ("__", ScanOptions(drop_blank=True), []),
    ],
)
def test_pages_are_left_out_ordered_and_parted(
    tmp_path: Path, kinds: str, options: ScanOptions, parts: list[tuple[str, list[int]]]
) -> None:
    path = scan(tmp_path, kinds)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "out").mkdir()
    made = prepare_scan(path, folder=tmp_path / "out", options=options)
    assert made.status is Status.OK and made.pages == len(kinds)
    assert [(part.mark.text if part.mark else "", list(part.pages)) for part in made.parts] == parts
    for part in made.parts:
        assert len(pypdfium2.PdfDocument(part.path)) == len(part.pages)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_what_is_no_pdf_is_told_by_its_status(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4\nnothing\n%%EOF")
    assert prepare_scan(path, folder=tmp_path, options=ScanOptions(drop_blank=True)).status is not Status.OK
