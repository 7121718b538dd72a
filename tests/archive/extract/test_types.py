"""Archives, mail, presentations, odd encodings: findable text or an honest status."""

from __future__ import annotations

import os
import shutil
import stat
import struct
import subprocess
import zipfile
from email.message import EmailMessage
from pathlib import Path

import docx
import fpdf
import pytest

from archive.errors import ExtractionStopped
from archive.extract import Limits, Status, UnpackingFailed, unpack
from archive.extract.process import convert, sandbox
from tests.archive.extract.legacy_samples import make_zip, tcvn3
from tests.archive.extract.office_samples import (
    BODY,
    all_text,
    font,
    make_compound,
    make_docx,
    make_odf,
    make_odt,
    make_pdf,
    make_raw_docx,
    make_xlsx,
    read,
    recall,
)

MANIFEST = {
    "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    'manifest:version="1.2"><manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.presentation"/><manifest:file-entry '
    'manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
}


def entries(path: Path, **options: object) -> tuple[dict[str, object], dict[str, object]]:
    metadata = read(path, **options).metadata
    taken, refused = metadata["entries"], metadata["refused"]
    assert isinstance(taken, list) and isinstance(refused, list)
    return {row["name"]: row["size"] for row in taken}, {row["name"]: row["reason"] for row in refused}


# Archives


def test_an_archive_is_listed_and_taken_out(tmp_path: Path) -> None:
    path = make_zip(
        tmp_path / "a.zip",
        {"Báo cáo/Quý I.txt": b"mot", "anh.png": b"\x89PNG", "trong.zip": b"PK\x03\x04", "Báo cáo/": b""},
    )
    result = read(path)
    assert result.status is Status.OK and result.metadata["media_type"] == "application/zip"
    assert result.text.split("\n")[:3] == ["Báo cáo/Quý I.txt", "anh.png", "trong.zip"]
    assert "[Tệp bên trong: Báo cáo/Quý I.txt]\nmot" in result.text and "trong.zip]" not in result.text
    assert entries(path) == ({"Báo cáo/Quý I.txt": 3, "anh.png": 4, "trong.zip": 4}, {})
    folder = tmp_path / "out"
    folder.mkdir()
    found = unpack(path, ["anh.png", "Báo cáo/Quý I.txt", "không có"], folder)
    assert [(row.name, row.size, row.refusal) for row in found] == [
        ("anh.png", 4, None), ("Báo cáo/Quý I.txt", 3, None), ("không có", 0, Status.CORRUPT),
    ]  # fmt: skip
    assert found[1].file == folder / "0001" and found[1].file.read_bytes() == b"mot" and found[2].sentence.endswith(".")
    assert sorted(path.name for path in folder.iterdir()) == ["0000", "0001"]
    with pytest.raises(ValueError, match="empty folder"):
        unpack(path, ["anh.png"], folder)


def test_names_are_read_as_they_were_typed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as container:
        for name in ("utf8.txt", "vn1258.txt", "tcvn3.txt", "same.txt"):
            container.writestr(name.replace(".txt", " " * 30 + ".txt"), b"x")
        container.writestr("same" + " " * 30 + ".TXT", b"y")
    content = (tmp_path / "a.zip").read_bytes()
    for name, written in (
        ("utf8", "Kế hoạch".encode()),
        ("vn1258", "Trường học đỏ".encode("cp1258", "ignore")),
        ("tcvn3", tcvn3("Nghị quyết phường").encode("cp1252")),
    ):
        old = (name + " " * 30).encode()
        content = content.replace(old, written.ljust(len(old)))
    (tmp_path / "a.zip").write_bytes(content)
    names = list(entries(tmp_path / "a.zip")[0])
    assert " ".join(names[0].split()) == "Kế hoạch .txt"
    assert " ".join(names[2].split()) == "Nghị quyết phường .txt"


def test_dangerous_entries_are_named_and_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    link = zipfile.ZipInfo("lien-ket")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name in ("../../ngoai.txt", "/etc/x", "C:\\x.txt", "tốt.txt", "to.bin", "khoa.txt"):
            container.writestr(name, os.urandom(2000) if name == "to.bin" else b"x")
        container.writestr(link, "/etc/passwd")
    content = bytearray(path.read_bytes())
    position = content.rfind(b"PK\x01\x02", 0, content.rfind(b"khoa.txt"))
    content[position + 8] |= 1
    path.write_bytes(content)
    taken, refused = entries(path, limits=Limits(zip_entry_bytes=1000))
    assert taken == {"tốt.txt": 1}
    assert refused == {
        "ngoai.txt": "unsafe", "etc/x": "unsafe", "C:/x.txt": "unsafe", "to.bin": "too_big", "khoa.txt": "encrypted",
        "lien-ket": "unsafe",
    }  # fmt: skip
    (tmp_path / "out").mkdir()
    found = unpack(path, [*refused], tmp_path / "out")
    assert [row.file for row in found if row.name != "to.bin"] == [None] * 5
    assert not (tmp_path.parent / "ngoai.txt").exists()


def test_archives_that_burst_are_refused(tmp_path: Path) -> None:
    bomb = make_zip(tmp_path / "bomb.zip", {"a": b"\0" * 30_000_000})
    assert read(bomb).status is Status.UNSAFE
    lying = bytearray(bomb.read_bytes().replace(struct.pack("<I", 30_000_000), struct.pack("<I", 100)))
    (tmp_path / "lying.zip").write_bytes(lying)
    assert read(tmp_path / "lying.zip").status in (Status.UNSAFE, Status.OK)
    many = make_zip(tmp_path / "many.zip", {f"{n}": b"" for n in range(2001)})
    assert read(many).status is Status.TOO_BIG
    large = make_zip(tmp_path / "large.zip", {f"{n}": os.urandom(60_000) for n in range(4)})
    assert read(large, limits=Limits(zip_total_bytes=100_000)).status is Status.TOO_BIG
    (tmp_path / "out").mkdir()
    with pytest.raises(UnpackingFailed) as caught:
        unpack(bomb, ["a"], tmp_path / "out")
    assert caught.value.status is Status.UNSAFE and list((tmp_path / "out").iterdir()) == []
    with pytest.raises(ExtractionStopped):
        unpack(large, ["1"], tmp_path / "out", stop=lambda: True)
    assert list((tmp_path / "out").iterdir()) == []
    (tmp_path / "broken.zip").write_bytes(large.read_bytes()[:5000])
    assert read(tmp_path / "broken.zip").status is Status.CORRUPT


# Mail


def test_mail_is_read_with_the_names_of_what_is_attached(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Nguyễn Văn Chì <chi@x.vn>", "phong@x.vn, y@x.vn"
    mail["Subject"], mail["Date"] = "Gửi báo cáo quý I", "Fri, 03 Apr 2026 08:00:00 +0700"
    mail.set_content("Kính gửi Phòng,\nĐính kèm báo cáo.")
    mail.add_alternative("<p>Kính gửi <b>Phòng</b></p>", subtype="html")
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="Báo cáo.pdf")
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    result = read(tmp_path / "a.eml")
    assert result.text.split("\n") == [
        "Từ: Nguyễn Văn Chì <chi@x.vn>", "Đến: phong@x.vn, y@x.vn", "Ngày: Fri, 03 Apr 2026 08:00:00 +0700",
        "Chủ đề: Gửi báo cáo quý I", "", "Kính gửi Phòng,", "Đính kèm báo cáo.", "", "", "Tệp đính kèm:", "- Báo cáo.pdf",
    ] or result.text.count("\n\n\n") == 0  # fmt: skip
    for part in ("Từ: Nguyễn Văn Chì <chi@x.vn>", "Chủ đề: Gửi báo cáo quý I", "Kính gửi Phòng,", "- Báo cáo.pdf"):
        assert part in result.text.split("\n")
    assert result.metadata["warnings"] == ["attachments"] and result.metadata["media_type"] == "message/rfc822"
    page = EmailMessage()
    page["From"], page["Subject"] = "a@x.vn", "x"
    page.set_content("<p>Chỉ có <b>trang</b></p>", subtype="html")
    (tmp_path / "b.eml").write_bytes(page.as_bytes())
    assert "Chỉ có trang" in read(tmp_path / "b.eml").text


def test_odd_mail_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(
        b"From: =?x-none?B?!!!?=\nSubject: =?utf-8?q?=ff=fe?=\nContent-Type: text/plain; charset=none\n\nxin ch\xe0o"
    )
    assert read(tmp_path / "a.eml").status is Status.OK
    nested = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 300
    (tmp_path / "b.eml").write_bytes(b"From: a\n" + nested)
    assert read(tmp_path / "b.eml").status in (Status.OK, Status.UNSAFE)
    (tmp_path / "c.txt").write_text("Subject: chỉ là văn bản\nKế hoạch")
    assert read(tmp_path / "c.txt").metadata["media_type"] == "text/plain"
    assert read(make_compound(tmp_path / "a.msg", ["__properties_version1.0"])).status is Status.UNSUPPORTED


# Presentations and old office files


def test_an_open_presentation_is_read_slide_by_slide(tmp_path: Path) -> None:
    slide = "<draw:page><draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame></draw:page>"
    path = make_odf(tmp_path / "a.odp", slide.format("Trang một") + slide.format("Trang hai"), kind="presentation")
    assert read(path).pages == ("Trang một", "Trang hai")


@pytest.mark.parametrize(
    ("made", "ending"), [("xlsx", "xls"), ("xlsx", "ods"), ("odp", "ppt"), ("docx", "doc"), ("docx", "rtf")]
)
def test_files_of_other_programs(tmp_path: Path, made: str, ending: str) -> None:
    if shutil.which("soffice") is None or (ending == "ppt" and shutil.which("catppt") is None):
        pytest.skip("LibreOffice or catppt is not installed")
    if made == "odp":
        box = '<draw:page><draw:frame svg:width="20cm" svg:height="5cm"><draw:text-box><text:p>Kế hoạch thi đua</text:p></draw:text-box></draw:frame></draw:page>'
        box = box.replace(
            "<draw:frame", '<draw:frame xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
        )
        source, expected = make_odf(tmp_path / "a.odp", box, kind="presentation", parts=MANIFEST), "Kế hoạch thi đua"
    elif made == "xlsx":
        source, expected = (
            make_xlsx(tmp_path / "a.xlsx"),
            "Phòng Văn hóa - Xã hội 98.5 Trạm Y tế phường 97 Đã thẩm định",
        )
    else:
        source, expected = make_docx(tmp_path / "a.docx"), all_text()
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", ending, "--outdir", str(tmp_path / "out"), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    result = read(tmp_path / "out" / f"a.{ending}")
    assert result.status is Status.OK and recall(result.text, expected) >= 0.99, result.text


def test_recall_of_own_samples(tmp_path: Path) -> None:
    for make, ending in ((make_pdf, "pdf"), (make_docx, "docx"), (make_odt, "odt")):
        assert recall(read(make(tmp_path / f"a.{ending}")).text, all_text()) >= 0.99
    assert (
        recall(
            read(make_xlsx(tmp_path / "a.xlsx")).text, "STT Đơn vị Điểm Ngày nộp Trạm Y tế phường Ghi chú Đã thẩm định"
        )
        == 1
    )


# Conversion


@pytest.mark.parametrize("isolate", [True, False])
@pytest.mark.parametrize("target", list(convert.Target))
def test_libreoffice_converts_in_its_box(tmp_path: Path, target: convert.Target, isolate: bool) -> None:
    if not convert.available() or (isolate and not sandbox.works()):
        pytest.skip("no LibreOffice or no isolation here")
    source = make_docx(tmp_path / "digest-without-ending")
    folder = tmp_path / "folder"
    folder.mkdir()
    made = convert.convert(source, folder, ending="docx", target=target, isolate=isolate)
    assert made.is_relative_to(folder) and recall(read(made).text, all_text()) >= 0.99


def test_conversions_that_fail_say_why(tmp_path: Path) -> None:
    if not convert.available():
        pytest.skip("no LibreOffice here")
    for number, (ending, seconds, status) in enumerate(
        (("exe", 60, Status.UNSUPPORTED), ("odt", 0.05, Status.TIMEOUT))
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(convert.ConversionFailed) as caught:
            convert.convert(make_odt(tmp_path / "a"), folder, ending=ending, target=convert.Target.PDF, seconds=seconds)
        assert caught.value.status is status


# Pages and hyphens


def test_word_pages_as_last_shown(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>một</w:t></w:r></w:p><w:p><w:r><w:br w:type='page'/></w:r></w:p>"
        "<w:p><w:r><w:lastRenderedPageBreak/><w:t>hai </w:t><w:lastRenderedPageBreak/><w:t>ba</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:lastRenderedPageBreak/><w:t>bốn</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:lastRenderedPageBreak/><w:t>vẫn bốn</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "<w:p><w:pPr><w:pageBreakBefore/></w:pPr><w:r><w:lastRenderedPageBreak/><w:t>năm</w:t></w:r></w:p>"
    )
    assert read(make_raw_docx(tmp_path / "a.docx", body)).pages == ("một", "hai", "ba", "bốn\tvẫn bốn", "năm")


def test_open_text_pages_as_last_shown(tmp_path: Path) -> None:
    path = make_odf(
        tmp_path / "a.odt", "<text:p>một<text:soft-page-break/>hai</text:p><text:soft-page-break/><text:p>ba</text:p>"
    )
    assert read(path).pages[:2] == ("một", "hai\nba") or read(path).pages == ("một", "hai", "ba")


def test_hyphens_at_the_end_of_a_line_are_kept(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    pdf = fpdf.FPDF()
    pdf.add_font("F", "", font())
    pdf.set_font("F", size=12)
    pdf.add_page()
    for line in (
        "Căn cứ Nghị quyết số 57-",
        "NQ/TW của Bộ Chính trị và Kế hoạch 12/KH-",
        "UBND của phường về chuyển đổi số.",
    ):
        pdf.cell(0, 6, line, new_x="LMARGIN", new_y="NEXT")
    pdf.output(str(tmp_path / "a.pdf"))
    text = " ".join(read(tmp_path / "a.pdf").text.split())
    assert "57-NQ/TW" in text.replace("- ", "-") and "12/KH-UBND" in text.replace("- ", "-")


def test_long_lists_of_words_in_a_docx_stay_whole(tmp_path: Path) -> None:
    document = docx.Document()
    for _ in range(50):
        for line in BODY:
            document.add_paragraph(line)
    document.save(str(tmp_path / "a.docx"))
    assert recall(read(tmp_path / "a.docx").text, "\n".join(BODY * 50)) == 1
