"""Files made to do harm: each is refused with a reason, within the limits of its child, and the machine does not notice.

A file that took longer than its child may would be a `timeout`, which is not what these tests expect.
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from pathlib import Path

import fpdf
import pytest

from archive.extract import EMPTY_FILE, Limits, Status, extract
from tests.archive.extract.office_samples import (
    W_NS,
    make_compound,
    make_docx,
    make_odf,
    make_pdf,
    make_raw_docx,
    make_xlsx,
    read,
)

PARAGRAPH = "<w:p><w:r><w:t>chữ</w:t></w:r></w:p>"
ENTITY_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)).replace("&a0;", "&a;")
    + "]>"
)


def test_an_empty_file_says_it_is_empty(tmp_path: Path) -> None:
    for name in ("a.pdf", "a.txt", "a"):
        (tmp_path / name).write_bytes(b"")
        result = extract(tmp_path / name, filename=name)
        assert result.status is Status.CORRUPT and result.sentence == EMPTY_FILE
        assert result.metadata["warnings"] == ["empty_file"]


# Zip containers


def make_zip_bomb(path: Path, *, declared: int | None = None) -> Path:
    """A docx whose main part is 300 MB of zeros; with `declared`, its directory tells another size."""
    make_raw_docx(path, PARAGRAPH)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as bomb, bomb.open("word/styles.xml", "w") as entry:
        for _ in range(300):
            entry.write(b" " * 1_000_000)
    if declared is not None:
        content = path.read_bytes()
        path.write_bytes(content.replace(struct.pack("<I", 300_000_000), struct.pack("<I", declared)))
    return path


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    assert read(make_zip_bomb(tmp_path / "a.docx")).status is Status.UNSAFE


def test_a_zip_bomb_that_lies_about_its_size_is_counted(tmp_path: Path) -> None:
    path = make_xlsx(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as bomb, bomb.open("xl/more.xml", "w") as entry:
        for _ in range(20):
            entry.write(os.urandom(100_000) + b" " * 900_000)
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<I", 20_000_000), struct.pack("<I", 1000)))
    result = read(path, limits=Limits(zip_entry_bytes=500_000))
    assert result.status in (Status.TOO_BIG, Status.CORRUPT)


def test_too_many_entries_and_too_much_in_total(tmp_path: Path) -> None:
    many = {f"word/x{n}.xml": "" for n in range(2000)}
    assert read(make_raw_docx(tmp_path / "a.docx", PARAGRAPH, parts=many)).status is Status.TOO_BIG
    path = make_docx(tmp_path / "b.docx")
    assert read(path, limits=Limits(zip_total_bytes=10_000)).status is Status.TOO_BIG
    assert read(path, limits=Limits(zip_entry_bytes=1_000)).status is Status.TOO_BIG


def test_names_that_climb_out_write_nothing(tmp_path: Path) -> None:
    names = {"../../evil.txt": "x", "/etc/evil": "x", "word/../../../evil.xml": "x", "C:\\evil": "x"}
    path = make_raw_docx(tmp_path / "a.docx", PARAGRAPH, parts=names)
    with zipfile.ZipFile(path, "a") as container:
        relations = "http://schemas.openxmlformats.org/package/2006/relationships"
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/header"
        with pytest.warns(UserWarning, match="Duplicate name"):
            container.writestr(
                "word/_rels/document.xml.rels",
                f'<Relationships xmlns="{relations}"><Relationship Id="a" Type="{kind}" '
                'Target="../../../../etc/passwd"/></Relationships>',
            )
    result = read(path)
    assert (result.status, result.text) == (Status.OK, "chữ")
    assert not any(place.exists() for place in (tmp_path.parent / "evil.txt", Path("/etc/evil"), Path("/evil.xml")))


def test_a_zip_with_locked_entries_is_encrypted(tmp_path: Path) -> None:
    path = make_raw_docx(tmp_path / "a.docx", PARAGRAPH)
    content = bytearray(path.read_bytes())
    position = content.find(b"PK\x01\x02")
    while position >= 0:
        content[position + 8] |= 1
        position = content.find(b"PK\x01\x02", position + 4)
    path.write_bytes(content)
    assert read(path).status is Status.ENCRYPTED


@pytest.mark.parametrize("cut", [30, 200, -30, -1])
@pytest.mark.parametrize("ending", ["docx", "xlsx", "pdf"])
def test_a_cut_file_is_corrupt_or_marked_damaged(tmp_path: Path, ending: str, cut: int) -> None:
    path = {"docx": make_docx, "xlsx": make_xlsx, "pdf": make_pdf}[ending](tmp_path / f"a.{ending}")
    path.write_bytes(path.read_bytes()[:cut])
    result = read(path)
    assert result.status is Status.CORRUPT or (result.status is Status.OK and cut < 0)


def test_a_flipped_byte_in_a_container_is_noticed(tmp_path: Path) -> None:
    path = make_docx(tmp_path / "a.docx")
    with zipfile.ZipFile(path) as container:
        entry = container.getinfo("word/document.xml")
    content = bytearray(path.read_bytes())
    content[entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2] ^= 0xFF
    path.write_bytes(content)
    assert read(path).status is Status.CORRUPT


# XML


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    body = "<w:p><w:r><w:t>&a11;</w:t></w:r></w:p>"
    assert read(make_raw_docx(tmp_path / "a.docx", body, prolog=ENTITY_BOMB)).status is Status.UNSAFE
    attribute = '<w:p w:x="&a11;"/>'
    assert read(make_raw_docx(tmp_path / "b.docx", attribute, prolog=ENTITY_BOMB)).status is Status.UNSAFE


@pytest.mark.parametrize("kind", ["SYSTEM", 'PUBLIC "-//x//"'])
def test_external_entities_are_not_fetched(tmp_path: Path, kind: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mật mã tuyệt đối")
    prolog = f'<!DOCTYPE d [<!ENTITY x {kind} "file://{secret}">]>'
    body = "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>"
    result = read(make_raw_docx(tmp_path / "a.docx", body, prolog=prolog))
    assert result.status is Status.UNSAFE and "mật mã" not in result.text
    odt = make_odf(tmp_path / "a.odt", "<text:p>x</text:p>", parts={"styles.xml": prolog + "<a/>"})
    assert read(odt).status is Status.UNSAFE


def test_an_external_dtd_is_refused(tmp_path: Path) -> None:
    prolog = '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">'
    assert read(make_raw_docx(tmp_path / "a.docx", PARAGRAPH, prolog=prolog)).status is Status.UNSAFE


def test_bottomless_nesting_is_refused(tmp_path: Path) -> None:
    body = "<w:p>" + "<w:r>" * 10_000 + "</w:r>" * 10_000 + "</w:p>"
    assert read(make_raw_docx(tmp_path / "a.docx", body)).status is Status.UNSAFE
    spans = "<text:span>" * 10_000 + "</text:span>" * 10_000
    assert read(make_odf(tmp_path / "a.odt", f"<text:p>{spans}</text:p>")).status is Status.UNSAFE


def test_broken_and_wide_xml(tmp_path: Path) -> None:
    assert read(make_raw_docx(tmp_path / "a.docx", "<w:p>")).status is Status.CORRUPT
    huge = f"<w:p><w:r><w:t>{'a' * 11_000_000}</w:t></w:r></w:p>"
    result = read(make_raw_docx(tmp_path / "b.docx", huge))
    assert result.status in (Status.UNSAFE, Status.TOO_BIG)  # its ratio, or its one endless word


def test_numbering_that_refers_to_itself_ends(tmp_path: Path) -> None:
    styles = (
        f'<w:styles {W_NS}><w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style></w:styles>'
    )
    body = '<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>'
    path = make_raw_docx(tmp_path / "a.docx", body, parts={"word/styles.xml": styles})
    assert read(path).text == "x"


# Sheets


def test_a_small_workbook_with_a_vast_dimension(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(make_xlsx(tmp_path / "b.xlsx")) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                content = content.replace(b'ref="A1:D3"', b'ref="A1:XFD1048576"')
                content = content.replace(b'<row r="3"', b'<row r="1048576"').replace(b'r="D3"', b'r="XFD1048576"')
                assert b"XFD1048576" in content
            target.writestr(entry.filename, content, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 10_000
    result = read(path)
    assert result.status in (Status.MEMORY, Status.TIMEOUT, Status.CORRUPT, Status.OK, Status.TOO_BIG)
    assert len(result.text) <= Limits().text_chars


# PDF


def raw_pdf(path: Path, *objects: bytes) -> Path:
    """A PDF of these objects, numbered from 1; the first is the catalogue. No cross references."""
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, content) for number, content in enumerate(objects, 1))
    path.write_bytes(b"%PDF-1.4\n" + body + b"trailer <</Root 1 0 R>>\n%%EOF\n")
    return path


def test_a_page_tree_that_runs_in_circles(tmp_path: Path) -> None:
    path = raw_pdf(
        tmp_path / "a.pdf",
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1000000/Kids[2 0 R 2 0 R]>>",
    )
    assert read(path).status in (Status.CORRUPT, Status.NO_TEXT)


def test_a_pdf_that_unpacks_without_end(tmp_path: Path) -> None:
    packed = zlib.compress(zlib.compress(b"BT (x) Tj ET " * 20_000_000, 9), 9)
    stream = b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n" % len(packed) + packed + b"\nendstream"
    path = raw_pdf(
        tmp_path / "a.pdf",
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        stream,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    result = read(path, limits=Limits(wall_seconds=2, ocr=False))
    assert result.status in (Status.TIMEOUT, Status.MEMORY, Status.NO_TEXT, Status.OK, Status.TOO_BIG)


def test_text_beyond_the_cap_is_cut_with_a_warning(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf")
    result = read(path, limits=Limits(text_chars=100))
    assert len("".join(result.pages)) <= 100 and "text_truncated" in result.metadata["warnings"]
    text = tmp_path / "a.txt"
    text.write_text("kế hoạch " * 30)
    assert read(text, limits=Limits(text_chars=100)).metadata["warnings"] == ["text_truncated"]
    assert read(text, limits=Limits(text_chars=10)).status is Status.TOO_BIG


# Names and types


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.pdf", b"MZ\x90\0" + b"\0" * 100, Status.UNSAFE),
        ("a.docx", b"\x7fELF" + b"\0" * 100, Status.UNSAFE),
        ("a.txt", b"#!/bin/sh\nrm -rf /\n", Status.UNSAFE),
        ("a.exe", b"just text", Status.UNSAFE),
        ("a.pdf", b"\0\1\2\3" * 50, Status.CORRUPT),
        ("a.bin", b"\0\1\2\3" * 50, Status.UNSUPPORTED),
        ("a.rar", b"Rar!\x1a\x07\0", Status.CORRUPT),
        ("a.gz", b"\x1f\x8b\x08\0", Status.UNSUPPORTED),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", Status.UNSUPPORTED),
        ("a.gif", b"GIF89a", Status.CORRUPT),
        ("a.webp", b"RIFF\x10\0\0\0WEBPVP8 ", Status.CORRUPT),
        ("a.avi", b"RIFF\x10\0\0\0AVI LIST", Status.UNSUPPORTED),
        ("a.bmp", b"BM\x36\0\0\0\0\0\0\0", Status.UNSUPPORTED),
        ("a.csv", b"BM 01,MZ", Status.OK),
        ("a.txt", b"MZ la hai chu cai", Status.OK),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, Status.CORRUPT),
        ("a.jpg", b"\xff\xd8\xff" + b"\0" * 100, Status.CORRUPT),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600, Status.CORRUPT),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Status.CORRUPT),
        ("a.docx", b"PK\x03\x04" + b"\0" * 100, Status.CORRUPT),
        ("a.rtf", b"{\\rtf1" + b"{" * 100_000, Status.NO_TEXT),
    ],
)
def test_each_kind_of_trouble_has_its_status(tmp_path: Path, name: str, content: bytes, status: Status) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    if name.endswith(".rtf"):
        assert read(path).status in (status, Status.UNSAFE, Status.CORRUPT)
    else:
        assert read(path).status is status


def test_structure_wins_over_the_name_and_says_so(tmp_path: Path) -> None:
    pdf = make_pdf(tmp_path / "a.docx", pages=1)
    result = read(pdf)
    assert result.status is Status.OK and result.metadata["media_type"] == "application/pdf"
    assert result.metadata["warnings"] == ["extension_mismatch"]
    text = tmp_path / "a.pdf"
    text.write_text("kế hoạch")
    assert read(text).metadata["warnings"] == ["extension_mismatch"]


@pytest.mark.parametrize(
    "name", ["Ba\u0301o ca\u0301o.docx", "ế" * 83 + ".docx", "báo cáo\n.docx", "..docx", "a b'\"$;.docx"]
)
def test_strange_names_do_not_matter(tmp_path: Path, name: str) -> None:
    result = extract(make_docx(tmp_path / "x"), filename=name)
    assert result.status is Status.OK and result.metadata["warnings"] in ([], ["extension_mismatch"])


def test_a_name_that_reverses_itself_is_told(tmp_path: Path) -> None:
    path = make_docx(tmp_path / "x")
    assert extract(path, filename="báo cáo\u202efdp.docx").metadata["warnings"] == ["direction_controls"]
    assert extract(path, filename="báo cáo\u202excod.exe").status is Status.UNSAFE


def test_macros_are_told(tmp_path: Path) -> None:
    path = make_raw_docx(tmp_path / "a.docm", PARAGRAPH, parts={"word/vbaProject.bin": "x"})
    assert read(path).metadata["warnings"] == ["macros"]


def test_a_compound_directory_that_runs_in_circles(tmp_path: Path) -> None:
    path = make_compound(tmp_path / "a.doc", ["WordDocument"])
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, 512 + 4, 1)  # sector 1 follows itself
    path.write_bytes(content)
    assert read(path).status is Status.CORRUPT


def test_random_bytes_after_every_magic_never_break_the_boundary(tmp_path: Path) -> None:
    from archive.extract.process.child import answer_to

    starts = [
        b"%PDF-1.7\n",
        b"PK\x03\x04",
        b"{\\rtf1 ",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"II*\0",
        b"<html>",
        b"",
    ]
    for turn in range(40):
        start = starts[turn % len(starts)]
        path = tmp_path / f"f{turn}"
        path.write_bytes(start + os.urandom(300))
        answer = answer_to(path, f"f{turn}", Limits(), tmp_path)
        assert answer["status"] in set(Status) and answer["status"] not in (Status.MEMORY, Status.TIMEOUT)


def test_many_pages_of_pictures_stop_at_the_limit(tmp_path: Path) -> None:
    from PIL import Image

    frames = [Image.new("L", (60, 60), 255) for _ in range(5)]
    frames[0].save(tmp_path / "a.tiff", save_all=True, append_images=frames[1:])
    result = read(tmp_path / "a.tiff", limits=Limits(ocr_pages=1))
    assert result.status is Status.NO_TEXT
    assert set(result.metadata["warnings"]) & {"ocr_incomplete", "ocr_unavailable"}


def test_an_fpdf_page_without_anything_has_no_text(tmp_path: Path) -> None:
    pdf = fpdf.FPDF()
    pdf.add_page()
    (tmp_path / "a.pdf").write_bytes(bytes(pdf.output()))
    assert read(tmp_path / "a.pdf").status is Status.NO_TEXT


@pytest.mark.parametrize(
    ("words", "active"),
    [
        (b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>", True),
        (b"/OpenAction<</S/J#61vaScript/J#53(app.alert(1))>>", True),
        (b"/AA<</O<</S/Launch/F(calc.exe)>>>>", True),
        (b"/Names<</EmbeddedFiles 9 0 R>>", True),
        (b"/Encrypt 9 0 R", True),
        (b"/PageLayout/SinglePage/JSON 1", False),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_pdf_with_commands_of_its_own_is_told(tmp_path: Path, words: bytes, active: bool, packed: bool) -> None:
    from archive.extract.pdf.active import is_active

    if packed and words.startswith(b"/Encrypt"):
        pytest.skip("a trailer is never packed")
    inside = b"<</Type/Catalog" + words + b">>"
    path = tmp_path / "a.pdf"
    if packed:
        content = zlib.compress(inside)
        inside = b"<</Type/ObjStm/Filter/FlateDecode/Length %d>>stream\r\n" % len(content) + content + b"\nendstream"
    path.write_bytes(b"%PDF-1.5\n1 0 obj " + inside + b" endobj\n%%EOF")
    assert is_active(path) is active
