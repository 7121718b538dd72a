"""Files within letters and PDFs: read with them, named when they are not read, taken out, refused when they are traps."""

from __future__ import annotations

import zipfile
import zlib
from email.message import EmailMessage
from pathlib import Path

import fpdf
import pypdf
import pytest
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from archive.extract import Limits, Status, UnpackingFailed, unpack
from tests.archive.extract.office_samples import make_docx, make_pdf, read
from tests.archive.extract.packed_samples import make_7z


def letter(subject: str = "Gửi báo cáo", text: str = "Kính gửi báo cáo kèm theo.") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@x.vn", "b@x.vn", subject
    made.set_content(text)
    return made


def attach(made: EmailMessage, name: str, content: bytes) -> None:
    made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)


def save(made: EmailMessage, path: Path) -> Path:
    path.write_bytes(made.as_bytes())
    return path


def taken_out(path: Path, name: str, folder: Path) -> bytes:
    folder.mkdir()
    (one,) = unpack(path, [name], folder, filename=path.name)
    assert one.file is not None, one.sentence
    return one.file.read_bytes()


# Letters


def test_what_hangs_on_a_letter_is_read_and_taken_out(tmp_path: Path) -> None:
    made, document = letter(), make_docx(tmp_path / "a.docx").read_bytes()
    attach(made, "Phụ lục 1.docx", document)
    attach(made, "bang.csv", "đơn vị;điểm\nTổ một;9".encode())
    attach(made, "ma.exe", b"MZ\0\0")
    attach(made, "nen.7z", make_7z(tmp_path / "b.7z", {"a.txt": b"trong nua"}).read_bytes())
    path = save(made, tmp_path / "thu.eml")
    result = read(path)
    first, *inner = result.pages
    assert first.startswith("Từ: a@x.vn") and "- Phụ lục 1.docx" in first.split("\n")
    assert "ma.exe (không an toàn nên không mở)" in first and "nen.7z (tệp nén nằm trong tệp khác" in first
    assert inner[0].startswith("[Tệp bên trong: Phụ lục 1.docx]\n") and "trong nua" not in result.text
    assert inner[-1] == "[Tệp bên trong: bang.csv]\nđơn vị;điểm\nTổ một;9"
    assert [row["name"] for row in result.metadata["entries"]] == ["Phụ lục 1.docx", "bang.csv", "ma.exe", "nen.7z"]
    # Number and signer are those of the letter, not of what hangs on it.
    assert result.metadata["number"] is None
    assert taken_out(path, "Phụ lục 1.docx", tmp_path / "out") == document


def test_a_letter_within_a_letter_is_read_one_level_deep(tmp_path: Path) -> None:
    deepest, middle, outer = letter("Trong cùng", "chữ trong cùng"), letter("Ở giữa", "chữ ở giữa"), letter()
    middle.add_attachment(deepest)
    attach(middle, "giua.txt", "tệp của thư giữa".encode())
    outer.add_attachment(middle)
    path = save(outer, tmp_path / "thu.eml")
    result = read(path)
    assert "[Tệp bên trong: Ở giữa.eml]" in result.text and "chữ ở giữa" in result.text
    assert "- Trong cùng" in result.text and "- giua.txt" in result.text
    assert "chữ trong cùng" not in result.text and "tệp của thư giữa" not in result.text
    assert b"Subject" in taken_out(path, "Ở giữa.eml", tmp_path / "out")


def test_letters_that_are_traps(tmp_path: Path) -> None:
    made = letter()
    attach(made, "../../ra.txt", b"ra ngoai")
    attach(made, "a.txt", b"mot")
    attach(made, "a.txt", b"hai")
    with zipfile.ZipFile(tmp_path / "bom.docx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", "<Types/>")
        bomb.writestr("word/document.xml", b"\0" * 20_000_000)
    attach(made, "bom.docx", (tmp_path / "bom.docx").read_bytes())
    result = read(save(made, tmp_path / "thu.eml"))
    assert result.metadata["refused"] == [{"name": "ra.txt", "reason": Status.UNSAFE}] and "ra ngoai" not in result.text
    assert [row["name"] for row in result.metadata["entries"]] == ["a.txt", "a (2).txt", "bom.docx"]
    assert "bom.docx (không an toàn nên không mở)" in result.text
    assert read(tmp_path / "thu.eml", limits=Limits(zip_entries=3)).status is Status.TOO_BIG
    # Limits for the bytes of all attachments together.
    assert read(tmp_path / "thu.eml", limits=Limits(zip_total_bytes=10_000)).status is Status.TOO_BIG


def test_an_attachment_longer_than_is_read_can_still_be_taken_out(tmp_path: Path) -> None:
    made = letter()
    attach(made, "dai.txt", b"dai " * 50_000)
    path = save(made, tmp_path / "thu.eml")
    result = read(path, limits=Limits(file_bytes=100_000))
    assert "dai.txt (quá lớn)" in result.text
    assert result.metadata["entries"] == [{"name": "dai.txt", "size": 200_000}]
    assert len(taken_out(path, "dai.txt", tmp_path / "out")) == 200_000


# PDFs


def attached_pdf(path: Path, files: dict[str, bytes]) -> Path:
    writer = pypdf.PdfWriter(clone_from=str(make_pdf(path)))
    for name, content in files.items():
        writer.add_attachment(name, content)
    writer.write(str(path))
    return path


def packed_stream(content: bytes) -> DecodedStreamObject:
    stream = DecodedStreamObject()
    stream.set_data(content)
    return stream


def test_what_is_attached_to_a_pdf_is_read_and_taken_out(tmp_path: Path) -> None:
    files = {"Phụ lục.txt": "Số liệu đính kèm".encode(), "../ra.txt": b"ra ngoai"}
    path = attached_pdf(tmp_path / "a.pdf", files)
    result = read(path)
    assert "Kế hoạch số 46/KH-UBND" in result.text and "[Tệp bên trong: Phụ lục.txt]\nSố liệu đính kèm" in result.text
    assert result.metadata["entries"] == [{"name": "Phụ lục.txt", "size": len(files["Phụ lục.txt"])}]
    assert result.metadata["refused"] == [{"name": "ra.txt", "reason": Status.UNSAFE}]
    assert {"attachments", "active_content"} <= set(result.metadata["warnings"])
    assert taken_out(path, "Phụ lục.txt", tmp_path / "out") == files["Phụ lục.txt"]


def test_files_pinned_to_a_page_or_belonging_to_it_are_found(tmp_path: Path) -> None:
    (tmp_path / "ghim.txt").write_text("nội dung tệp ghim", encoding="utf-8")
    page = fpdf.FPDF()
    page.add_page()
    page.set_font("helvetica", size=12)
    page.cell(0, 10, "Trang co ghim tep")
    page.file_attachment_annotation(tmp_path / "ghim.txt", 10, 10)
    page.output(str(tmp_path / "ghim.pdf"))
    assert "[Tệp bên trong: ghim.txt]\nnội dung tệp ghim" in read(tmp_path / "ghim.pdf").text
    # PDF/A-3: the invoice's data belongs to the document (AF) and is in no list.
    writer = pypdf.PdfWriter(clone_from=str(make_pdf(tmp_path / "b.pdf")))
    file = writer._add_object(packed_stream("<a>hóa đơn số</a>".encode()).flate_encode())
    spec = DictionaryObject({
        NameObject("/Type"): NameObject("/Filespec"), NameObject("/UF"): TextStringObject("hoa-don.xml"),
        NameObject("/EF"): DictionaryObject({NameObject("/F"): file}),
    })  # fmt: skip
    writer._root_object[NameObject("/AF")] = pypdf.generic.ArrayObject([writer._add_object(spec)])
    writer.write(str(tmp_path / "b.pdf"))
    assert "[Tệp bên trong: hoa-don.xml]\nhóa đơn số" in read(tmp_path / "b.pdf").text


def test_an_attachment_that_bursts_is_refused(tmp_path: Path) -> None:
    path = attached_pdf(tmp_path / "a.pdf", {"bom.txt": b"x"})
    writer = pypdf.PdfWriter(clone_from=str(path))
    for number, one in enumerate(writer._objects):
        if isinstance(one, DictionaryObject) and one.get("/Type") == "/EmbeddedFile":
            writer._objects[number] = packed_stream(b"\0" * 5_000_000).flate_encode()
            writer._objects[number].indirect_reference = one.indirect_reference
    writer.write(str(path))
    assert len(zlib.compress(b"\0" * 5_000_000)) < path.stat().st_size < 100_000
    assert read(path).status is Status.UNSAFE
    (tmp_path / "out").mkdir()
    with pytest.raises(UnpackingFailed):
        unpack(path, ["bom.txt"], tmp_path / "out", filename="a.pdf")
    many = attached_pdf(tmp_path / "b.pdf", {f"{number}.txt": b"x" for number in range(5)})
    assert read(many, limits=Limits(zip_entries=4)).status is Status.TOO_BIG


def test_a_file_that_holds_no_others_is_not_taken_apart(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "a.txt").write_text("chữ", encoding="utf-8")
    with pytest.raises(UnpackingFailed) as caught:
        unpack(tmp_path / "a.txt", ["x"], tmp_path / "out", filename="a.txt")
    assert caught.value.status is Status.UNSUPPORTED
    assert "entries" not in read(make_pdf(tmp_path / "b.pdf")).metadata
