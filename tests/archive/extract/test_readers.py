"""Text, pages and metadata out of ordinary files of every kind."""

from __future__ import annotations

import shutil
import unicodedata
import zipfile
from pathlib import Path

import docx
import fpdf
import pypdf
import pytest
from docx.enum.text import WD_BREAK

from archive.extract import Limits, Status
from tests.archive.extract.office_samples import (
    BODY,
    W_NS,
    all_text,
    font,
    make_compound,
    make_docx,
    make_numbered_docx,
    make_odf,
    make_odt,
    make_pdf,
    make_picture,
    make_raw_docx,
    make_xlsx,
    read,
    recall,
)

REAL = Path(__file__).resolve().parents[4] / "shared" / "data"


def needs(*tools: str) -> None:
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")


@pytest.mark.parametrize("ending", ["pdf", "docx", "odt"])
def test_a_report_comes_back_whole_with_its_metadata(tmp_path: Path, ending: str) -> None:
    make = {"pdf": make_pdf, "docx": make_docx, "odt": make_odt}[ending]
    result = read(make(tmp_path / f"Báo cáo.{ending}"))
    assert result.status is Status.OK and result.sentence == "Đã đọc được chữ."
    assert recall(result.text, all_text()) >= 0.99
    metadata = result.metadata
    assert (metadata["number"], metadata["date"], metadata["place"]) == ("12/BC-VHXH", "2026-04-03", "Long Mỹ")
    suggestions = metadata["suggestions"]
    assert isinstance(suggestions, dict)
    assert suggestions["kind"] == "báo cáo" and suggestions["signer"] == "Nguyễn Thị Bích Hằng"
    assert suggestions["abstract"].startswith("Kết quả phong trào thi đua")
    assert metadata["warnings"] == []


# PDF


def test_a_pdf_has_its_pages(tmp_path: Path) -> None:
    result = read(make_pdf(tmp_path / "a.pdf", pages=3))
    assert len(result.pages) == 3 and result.pages[2] == "Trang 3" and result.metadata["pages"] == 3


def test_pages_beyond_the_limit_are_left_out_with_a_warning(tmp_path: Path) -> None:
    needs("pdftotext")
    result = read(make_pdf(tmp_path / "a.pdf", pages=4), limits=Limits(pages=2))
    assert len(result.pages) == 2 and result.metadata["warnings"] == ["pages_truncated"]


@pytest.mark.parametrize(("password", "status"), [("bí mật", Status.ENCRYPTED), ("", Status.OK)])
def test_a_pdf_with_a_password_says_so(tmp_path: Path, password: str, status: Status) -> None:
    writer = pypdf.PdfWriter(clone_from=make_pdf(tmp_path / "plain.pdf"))
    writer.encrypt(password, "chủ", algorithm="RC4-128", permissions_flag=0)
    writer.write(tmp_path / "locked.pdf")
    result = read(tmp_path / "locked.pdf")
    assert result.status is status
    assert ("mật khẩu" in result.sentence) == (status is Status.ENCRYPTED)


# DOCX


def test_word_numbers_paragraphs_as_on_paper(tmp_path: Path) -> None:
    items = [
        (0, "MỤC ĐÍCH"), (1, "Yêu cầu"), (2, "điểm một"), (2, "điểm hai"), (1, "Nội dung"), (2, "lại từ đầu"),
        (0, "NHIỆM VỤ"), (1, "Đầu mục"), (3, "chi tiết"), (4, "gạch đầu dòng"),
    ]  # fmt: skip
    result = read(make_numbered_docx(tmp_path / "a.docx", items))
    assert result.text.split("\n") == [
        "I. MỤC ĐÍCH", "1. Yêu cầu", "a) điểm một", "b) điểm hai", "2. Nội dung", "a) lại từ đầu",
        "II. NHIỆM VỤ", "1. Đầu mục", "2.1.1 chi tiết", "- gạch đầu dòng",
    ]  # fmt: skip


def test_word_numbering_restarts_shares_counters_and_follows_styles(tmp_path: Path) -> None:
    numbering = f"""<w:numbering {W_NS}>
      <w:abstractNum w:abstractNumId="0"><w:styleLink w:val="Plan"/>
        <w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Điều %1."/></w:lvl>
        <w:lvl w:ilvl="1"><w:numFmt w:val="decimalZero"/><w:lvlText w:val="%1.%2"/><w:suff w:val="nothing"/>
          <w:pStyle w:val="Child"/></w:lvl></w:abstractNum>
      <w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="Plan"/></w:abstractNum>
      <w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/></w:lvl>
        <w:lvl w:ilvl="1"><w:numFmt w:val="none"/><w:lvlText w:val=""/></w:lvl></w:abstractNum>
      <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>
      <w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
      <w:num w:numId="4"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="5"><w:abstractNumId w:val="2"/></w:num>
      </w:numbering>"""
    styles = f"""<w:styles {W_NS}><w:style w:type="paragraph" w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>
      </w:style><w:style w:type="paragraph" w:styleId="Child"><w:basedOn w:val="Base"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr>
      </w:style></w:styles>"""

    def line(text: str, number: int | None = None, level: int = 0, style: str = "") -> str:
        chosen = f'<w:pStyle w:val="{style}"/>' if style else ""
        numbers = "" if number is None else f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
        return f"<w:p><w:pPr>{chosen}{numbers}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"

    body = "".join([
        line("a", 1), line("b", 2), line("c", 3), line("d", 3), line("e", style="Child"), line("f", style="Child"),
        line("g", style="Base"), line("h", 0, style="Base"), line("i", 4), line("k", 5), line("l", 5, 1), line("m", 99),
    ])  # fmt: skip
    parts = {"word/numbering.xml": numbering, "word/styles.xml": styles}
    assert read(make_raw_docx(tmp_path / "a.docx", body, parts=parts)).text.split("\n") == [
        "Điều 3. a", "Điều 4. b", "Điều 1. c", "Điều 2. d", "2.01e", "2.02f", "Điều 3. g", "h", "Điều 3. i", "• k", "l", "m",
    ]  # fmt: skip


def test_word_styles_headers_notes_and_rows(tmp_path: Path) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Đầu trang chung"
    document.sections[0].footer.paragraphs[0].text = "Chân trang chung"
    document.add_paragraph("một", style="List Number")
    document.add_paragraph("hai", style="List Number")
    table = document.add_table(rows=2, cols=2)
    for row, texts in zip(table.rows, (("STT", "Tên"), ("1", "Kế hoạch")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph("trước").add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("sau")
    document.save(str(tmp_path / "a.docx"))
    result = read(tmp_path / "a.docx")
    assert result.pages == (
        "Đầu trang chung\n1. một\n2. hai\nSTT\tTên\n1\tKế hoạch\ntrước",
        "sau\nChân trang chung",
    )


def test_word_marks_boxes_notes_and_deletions(tmp_path: Path) -> None:
    body = """
    <w:p><w:r><w:t xml:space="preserve">chuyển </w:t><w:tab/><w:t>đ\u00adổi</w:t><w:softHyphen/><w:t> số</w:t><w:br/>
      <w:t>dòng hai</w:t><w:noBreakHyphen/><w:t>a</w:t></w:r><w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del>
      <w:ins><w:r><w:t xml:space="preserve"> thêm</w:t></w:r></w:ins>
      <w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>
    <w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">
      <mc:Choice><w:txbxContent><w:p><w:r><w:t>trong khung</w:t></w:r></w:p></w:txbxContent></mc:Choice>
      <mc:Fallback><w:txbxContent><w:p><w:r><w:t>trong khung</w:t></w:r></w:p></w:txbxContent></mc:Fallback>
      </mc:AlternateContent><w:t>cạnh khung</w:t></w:r></w:p>
    <w:sdt><w:sdtContent><w:p><w:r><w:t>trong ô điền</w:t></w:r></w:p></w:sdtContent></w:sdt>
    <w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>bảng lồng</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>
    <w:p><w:pPr><w:pageBreakBefore/></w:pPr><w:r><w:t>trang mới</w:t></w:r></w:p>"""
    notes = f"""<w:footnotes {W_NS}><w:footnote w:type="separator"><w:p><w:r><w:t>-----</w:t></w:r></w:p></w:footnote>
      <w:footnote w:id="2"><w:p><w:r><w:t>Chú thích cuối trang</w:t></w:r></w:p></w:footnote></w:footnotes>"""
    result = read(make_raw_docx(tmp_path / "a.docx", body, parts={"word/footnotes.xml": notes}))
    assert result.pages == (
        "chuyển \tđổi số\ndòng hai-a thêm\n[chữ ẩn] ẩn\ncạnh khung\ntrong khung\ntrong ô điền\nbảng lồng",
        "trang mới\nChú thích cuối trang",
    )


# ODT


def test_opendocument_lists_notes_and_breaks(tmp_path: Path) -> None:
    styles = """<style:style style:name="P1"><style:paragraph-properties fo:break-before="page"/></style:style>
      <text:list-style style:name="L1">
        <text:list-level-style-number text:level="1" style:num-format="I" style:num-suffix="."/>
        <text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/></text:list-style>"""
    body = """<text:tracked-changes><text:p>đã xóa</text:p></text:tracked-changes>
      <text:list text:style-name="L1"><text:list-item><text:p>Một</text:p><text:list>
        <text:list-item><text:p>nhỏ</text:p></text:list-item><text:list-item><text:p>nhỏ nữa</text:p></text:list-item>
      </text:list></text:list-item><text:list-item><text:p>Hai</text:p></text:list-item></text:list>
      <text:p>cách<text:s text:c="2"/>xa<text:tab/>tab<text:line-break/>dòng<text:note><text:note-citation>1</text:note-citation>
        <text:note-body><text:p>chú thích</text:p></text:note-body></text:note></text:p>
      <text:p text:style-name="P1">trang hai</text:p>"""
    result = read(make_odf(tmp_path / "a.odt", body, styles=styles))
    assert result.pages == (
        "I. Một\na) nhỏ\nb) nhỏ nữa\nII. Hai\ncách  xa\ttab\ndòng",
        "trang hai\nchú thích",
    )


def test_a_locked_opendocument_says_so(tmp_path: Path) -> None:
    manifest = {"META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"}
    assert read(make_odf(tmp_path / "a.odt", "", parts=manifest)).status is Status.ENCRYPTED


# Sheets


def test_a_workbook_is_read_sheet_by_sheet(tmp_path: Path) -> None:
    result = read(make_xlsx(tmp_path / "a.xlsx"))
    assert result.pages == (
        "Tổng hợp\nSTT\tĐơn vị\tĐiểm\tNgày nộp\n1\tPhòng Văn hóa - Xã hội\t98.5\t04/12/2026\n"
        "2\tTrạm Y tế phường\t97\t03/12/2026",
        "Ghi chú\nĐã thẩm định",
    )


def test_an_opendocument_spreadsheet_is_read(tmp_path: Path) -> None:
    body = (
        '<table:table table:name="Trang một"><table:table-row>'
        '<table:table-cell office:value-type="string"><text:p>Đơn vị</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="5"><text:p>5</text:p></table:table-cell>'
        "</table:table-row></table:table>"
    )
    manifest = {"META-INF/manifest.xml": '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'}
    path = make_odf(tmp_path / "a.ods", body, kind="spreadsheet", parts=manifest)
    assert read(path).text == "Trang một\nĐơn vị\t5"


def test_a_presentation_is_read_slide_by_slide(tmp_path: Path) -> None:
    drawing = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    slide = '<p:sld xmlns:p="p" {ns}><a:p><a:r><a:t>{text}</a:t></a:r><a:br/><a:r><a:t>dưới</a:t></a:r></a:p></p:sld>'
    with zipfile.ZipFile(tmp_path / "a.pptx", "w") as container:
        container.writestr("[Content_Types].xml", "<Types/>")
        for number in (1, 2, 10):
            text = slide.format(ns=drawing, text=f"Trang {number}")
            container.writestr(f"ppt/slides/slide{number}.xml", text)
        container.writestr(
            "ppt/slides/_rels/slide2.xml.rels",
            '<Relationships><Relationship Type="http://x/relationships/notesSlide" '
            'Target="../notesSlides/notesSlide1.xml"/></Relationships>',
        )
        container.writestr("ppt/notesSlides/notesSlide1.xml", slide.format(ns=drawing, text="Ghi chú"))
    result = read(tmp_path / "a.pptx")
    assert result.pages == ("Trang 1\ndưới", "Trang 2\ndưới\nGhi chú\ndưới", "Trang 10\ndưới")


# Text


@pytest.mark.parametrize(
    ("encoding", "warnings"),
    [
        ("utf-8", []),
        ("utf-8-sig", []),
        ("utf-16", []),
        ("utf-16-le", ["encoding_guessed"]),
        ("utf-16-be", ["encoding_guessed"]),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_text_in_any_encoding_is_read_as_nfc(tmp_path: Path, encoding: str, form: str, warnings: list[str]) -> None:
    text = "\n".join(BODY)
    path = tmp_path / "a.txt"
    path.write_bytes(unicodedata.normalize(form, text).encode(encoding))
    result = read(path)
    assert result.text == text and result.metadata["warnings"] == warnings


def test_windows_1258_is_the_last_resort(tmp_path: Path) -> None:
    text = "Kế hoạch thi đua đổi mới"
    letters = []
    for letter in text:
        base = unicodedata.normalize("NFD", letter)
        marks = [mark for mark in base[1:] if mark in "\u0300\u0301\u0303\u0309\u0323"]
        rest = unicodedata.normalize("NFC", base[0] + "".join(mark for mark in base[1:] if mark not in marks))
        letters.append(rest + "".join(marks))
    path = tmp_path / "a.csv"
    path.write_bytes("".join(letters).encode("cp1258"))
    result = read(path)
    assert (result.text, result.metadata["warnings"]) == (text, ["encoding_guessed"])
    assert result.metadata["media_type"] == "text/csv"


def test_a_page_of_html_is_text_only(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        "<!DOCTYPE html><html><head><title>x</title><script>alert(1)</script><style>p{}</style></head><body>"
        "<p>Kế&nbsp;hoạch &lt;5&gt;</p><table><tr><td>a</td><td>b</td></tr></table><script>bad()</script></body></html>"
    )
    assert read(path).text == "Kế hoạch <5>\na\tb"


# Old Word, RTF


def test_rtf_is_read(tmp_path: Path) -> None:
    needs("catdoc")
    path = tmp_path / "a.rtf"
    body = "".join(letter if ord(letter) < 128 else f"\\u{ord(letter)}?" for letter in "Kế hoạch thi đua")
    path.write_text("{\\rtf1\\ansi\\ansicpg1252\\uc1 " + body + "\\par}")
    result = read(path)
    assert result.status is Status.OK and recall(result.text, "Kế hoạch thi đua") == 1


def test_a_word_97_file_with_a_password_says_so(tmp_path: Path) -> None:
    header = b"\xec\xa5\xc1\x00\x00\x00\x00\x00\x00\x00" + b"\x00\x01" + b"\0" * 20
    assert read(make_compound(tmp_path / "a.doc", ["WordDocument"], first=header)).status is Status.ENCRYPTED
    assert read(make_compound(tmp_path / "a.docx", ["EncryptedPackage"])).status is Status.ENCRYPTED
    assert read(make_compound(tmp_path / "a.msg", ["__substg1.0"])).status is Status.UNSUPPORTED


@pytest.mark.parametrize("number", [1, 3])
def test_real_annexes_agree_between_doc_and_docx(number: int) -> None:
    needs("catdoc")
    new, old = REAL / f"nd30/phu-luc-{number}.docx", REAL / f"nd30/phu-luc-{number}.doc"
    if not new.exists():
        pytest.skip("the real documents are not on this machine")
    result, expected = read(new), read(old)
    assert recall(result.text, expected.text) >= 0.98 and recall(expected.text, result.text) >= 0.98
    assert result.metadata["warnings"] == expected.metadata["warnings"] == []


# Pictures


def test_letters_are_recognised_in_a_picture_and_a_scan(tmp_path: Path) -> None:
    needs("tesseract", "pdftoppm")
    lines = ["Số: 15/BC-UBND", "BÁO CÁO kết quả thi đua năm 2026", "Ủy ban nhân dân phường Long Mỹ"]
    picture = make_picture(tmp_path / "a.png", lines)
    scan = fpdf.FPDF()
    scan.add_page()
    scan.image(str(picture), x=0, y=0, w=210)
    scan.output(str(tmp_path / "a.pdf"))
    for path in (picture, tmp_path / "a.pdf"):
        result = read(path)
        if result.metadata["warnings"] == ["ocr_unavailable"]:
            pytest.skip("Tesseract has no Vietnamese model")
        assert result.status is Status.OK and result.metadata["warnings"] == ["ocr"]
        assert recall(result.text, "\n".join(lines)) >= 0.9 and result.metadata["number"] == "15/BC-UBND"
        assert isinstance(result.metadata["confidence"], int) and result.metadata["confidence"] > 80


def test_pictures_among_pages_of_text_and_signed_scans_are_recognised(tmp_path: Path) -> None:
    needs("tesseract", "pdftoppm", "pdfimages")
    picture = make_picture(tmp_path / "a.png", ["Ủy ban nhân dân phường Long Mỹ"])
    mixed = fpdf.FPDF()
    mixed.add_font("F", "", font())
    mixed.set_font("F", size=10)
    mixed.add_page()
    mixed.multi_cell(0, 6, "\n".join(BODY))
    mixed.add_page()
    mixed.image(str(picture), x=0, y=0, w=210)
    mixed.text(20, 200, "Người ký: Nguyễn Văn Chì")
    mixed.add_page()
    mixed.text(20, 200, "Trang cuối")
    mixed.output(str(tmp_path / "a.pdf"))
    result = read(tmp_path / "a.pdf")
    if result.metadata["warnings"] == ["ocr_unavailable"]:
        pytest.skip("Tesseract has no Vietnamese model")
    assert result.metadata["warnings"] == ["ocr"]
    assert recall(result.pages[0], "\n".join(BODY)) == 1 and result.pages[2] == "Trang cuối"
    assert recall(result.pages[1], "Ủy ban nhân dân phường Long Mỹ Người ký: Nguyễn Văn Chì") >= 0.9
    left_out = read(tmp_path / "a.pdf", limits=Limits(ocr=False))
    assert left_out.status is Status.OK and left_out.pages[1] == "Người ký: Nguyễn Văn Chì"


def test_without_recognition_a_picture_has_no_text(tmp_path: Path) -> None:
    font()
    picture = make_picture(tmp_path / "a.jpg", ["x"])
    result = read(picture, limits=Limits(ocr=False))
    assert result.status is Status.NO_TEXT and result.metadata["media_type"] == "image/jpeg"
    assert "vẫn được lưu" in result.sentence


def test_a_picture_beyond_the_pixel_limit_is_not_unpacked(tmp_path: Path) -> None:
    picture = make_picture(tmp_path / "a.tif", ["x"])
    assert read(picture, limits=Limits(pixels=1_000_000)).status is Status.TOO_BIG
