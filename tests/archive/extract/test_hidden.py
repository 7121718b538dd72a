"""Slides in the order they are shown, hidden slides and hidden letters: found, and said to be hidden."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from archive.extract import Status
from archive.extract.pictures import ocr
from tests.archive.extract.office_samples import make_odf, make_picture, read

A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def make_slides(
    path: Path, slides: dict[int, str], order: list[int], *, hidden: int = 0, pictures: bytes = b""
) -> Path:
    """A presentation of slides by the number of their part, shown in `order`."""
    with zipfile.ZipFile(path, "w") as container:
        container.writestr("[Content_Types].xml", "<Types/>")
        ids = "".join(f'<p:sldId id="{256 + number}" r:id="rId{number}"/>' for number in order)
        container.writestr(
            "ppt/presentation.xml", f"<p:presentation {P} {R}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>"
        )
        targets = "".join(
            f'<Relationship Id="rId{number}" Type="{KIND}/slide" Target="slides/slide{number}.xml"/>'
            for number in slides
        )
        container.writestr("ppt/_rels/presentation.xml.rels", f"<Relationships {RELATIONS}>{targets}</Relationships>")
        for number, text in slides.items():
            show = ' show="0"' if number == hidden else ""
            container.writestr(
                f"ppt/slides/slide{number}.xml", f"<p:sld {P} {A}{show}><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>"
            )
            if pictures:
                image = f'<Relationship Id="rId1" Type="{KIND}/image" Target="../media/image{number}.png"/>'
                container.writestr(
                    f"ppt/slides/_rels/slide{number}.xml.rels", f"<Relationships {RELATIONS}>{image}</Relationships>"
                )
                container.writestr(f"ppt/media/image{number}.png", pictures)
    return path


def test_slides_come_in_the_order_they_are_shown(tmp_path: Path) -> None:
    slides = {1: "cuối cùng", 2: "đã bỏ khỏi bài", 3: "mở đầu", 4: "không chiếu"}
    result = read(make_slides(tmp_path / "a.pptx", slides, [3, 4, 1], hidden=4))
    assert result.pages == ("mở đầu", "[Trang chiếu ẩn]\nkhông chiếu", "cuối cùng")
    assert result.metadata["warnings"] == ["hidden_content"]


def test_hidden_slides_of_open_presentations(tmp_path: Path) -> None:
    body = """<draw:page draw:style-name="d1"><text:p>hiện</text:p></draw:page>
      <draw:page draw:style-name="d2"><text:p>không chiếu</text:p></draw:page>"""
    styles = """<style:style style:name="d2" xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0">
      <style:drawing-page-properties presentation:visibility="hidden"/></style:style>"""
    path = make_odf(tmp_path / "a.odp", body, styles=styles)
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts["content.xml"] = (
        parts["content.xml"].replace(b"office:text>", b"office:presentation>").replace(
            b"<office:body", b'<office:body xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
        )
    )  # fmt: skip
    parts["mimetype"] = b"application/vnd.oasis.opendocument.presentation"
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    result = read(path)
    assert result.pages == ("hiện", "[Trang chiếu ẩn]\nkhông chiếu")
    assert result.metadata["warnings"] == ["hidden_content"]


def test_hidden_letters_of_open_text_follow_their_paragraph(tmp_path: Path) -> None:
    styles = (
        '<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>'
    )
    body = '<text:p>Đoạn hiện<text:span text:style-name="T1"> phần kín</text:span> và hiện</text:p><text:p>Sau</text:p>'
    result = read(make_odf(tmp_path / "a.odt", body, styles=styles))
    assert result.text == "Đoạn hiện và hiện\n[chữ ẩn] phần kín\nSau"
    assert result.metadata["warnings"] == ["hidden_content"]


def test_hidden_letters_of_word_follow_their_paragraph(tmp_path: Path) -> None:
    made = docx.Document()
    style = made.styles.add_style("Kín", docx.enum.style.WD_STYLE_TYPE.CHARACTER)
    style.font.hidden = True
    paragraph = made.add_paragraph("Đoạn hiện")
    paragraph.add_run(" một phần").font.hidden = True
    paragraph.add_run(" kín").style = style
    shown = paragraph.add_run(" và hiện")
    shown.style = style
    shown.font.hidden = False
    made.add_paragraph("Đoạn sau")
    made.save(str(tmp_path / "a.docx"))
    result = read(tmp_path / "a.docx")
    assert result.text == "Đoạn hiện và hiện\n[chữ ẩn]  một phần kín\nĐoạn sau"
    assert result.metadata["warnings"] == ["hidden_content"]


@pytest.mark.parametrize(("ending", "content"), [
    ("html", "<html><body><p>Phần chèn từ phần mềm khác</p></body></html>"), ("txt", "Phần chèn từ phần mềm khác"),
    ("mht", "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<p>Phần chèn từ phần mềm khác</p>"),
])  # fmt: skip
def test_pages_taken_into_a_document_are_in_their_place(tmp_path: Path, ending: str, content: str) -> None:
    made = docx.Document()
    made.add_paragraph("Trước")
    part = Part(PackURI(f"/word/chunk.{ending}"), "text/html", content.encode(), made.part.package)
    chunk = OxmlElement("w:altChunk")
    chunk.set(qn("r:id"), made.part.relate_to(part, f"{KIND}/aFChunk"))
    made.element.body.insert(1, chunk)
    made.add_paragraph("Sau")
    made.save(str(tmp_path / "a.docx"))
    assert read(tmp_path / "a.docx").text == "Trước\nPhần chèn từ phần mềm khác\nSau"


# Pasted pictures


@pytest.mark.skipif(not ocr.available(), reason="Tesseract is not installed")
def test_photographed_pages_in_documents_and_slides_are_recognised(tmp_path: Path) -> None:
    picture = make_picture(tmp_path / "trang.png", ["Báo cáo kết quả phong trào", "Đã mở sáu lớp kỹ năng số"])
    made = docx.Document()
    made.add_paragraph("Biên bản")
    made.add_picture(str(picture), width=docx.shared.Cm(15))
    made.save(str(tmp_path / "a.docx"))
    result = read(tmp_path / "a.docx")
    assert result.status is Status.OK and result.text.startswith("Biên bản") and "kỹ năng số" in result.text
    assert "ocr" in result.metadata["warnings"]
    slides = make_slides(tmp_path / "a.pptx", {1: "Ảnh"}, [1], pictures=picture.read_bytes())
    assert "kỹ năng số" in read(slides).pages[0]


def test_pictures_beside_text_are_left_alone(tmp_path: Path) -> None:
    picture = make_picture(tmp_path / "trang.png", ["Ảnh minh họa"])
    made = docx.Document()
    for number in range(20):
        made.add_paragraph(f"Báo cáo phong trào thi đua của khu phố, mục {number}")
    made.add_picture(str(picture), width=docx.shared.Cm(15))
    made.save(str(tmp_path / "a.docx"))
    result = read(tmp_path / "a.docx")
    assert "minh họa" not in result.text and result.metadata["warnings"] == []
