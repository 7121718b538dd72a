"""Values of forms in PDFs: fields whose text no page shows, and XFA, whose only page asks to wait."""

from __future__ import annotations

from pathlib import Path

import fpdf
import pypdf
import pytest
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    PdfObject,
    TextStringObject,
)

from archive.extract import Status
from tests.archive.extract.office_samples import make_pdf, read

DATA = (
    '<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><don><HoTen>Nguyễn Văn Chì</HoTen>'
    "<SangKien>Số hóa hồ sơ</SangKien><Trong/></don></xfa:data></xfa:datasets>"
)
WAIT = "Please wait... If this message is not eventually replaced by the proper contents of the document, your viewer cannot."


def with_form(path: Path, form: dict[str, object], fields: list[dict[str, PdfObject]]) -> Path:
    writer = pypdf.PdfWriter(clone_from=str(path))
    made: dict[PdfObject, PdfObject] = {
        NameObject("/Fields"): ArrayObject(
            [
                writer._add_object(DictionaryObject({NameObject(key): value for key, value in one.items()}))
                for one in fields
            ]
        )
    }
    for key, value in form.items():
        if isinstance(value, str):
            made[NameObject(key)] = writer._add_object(stream(value))
        else:
            assert isinstance(value, dict)
            parts: list[PdfObject] = []
            for name, text in value.items():
                parts += [TextStringObject(name), writer._add_object(stream(text))]
            made[NameObject(key)] = ArrayObject(parts)
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject(made)
    writer.write(str(path))
    return path


def stream(text: str) -> PdfObject:
    made = DecodedStreamObject()
    made.set_data(text.encode())
    return made.flate_encode()


def waiting(path: Path) -> Path:
    page = fpdf.FPDF()
    page.add_page()
    page.set_font("helvetica", size=12)
    page.multi_cell(0, 8, WAIT)
    page.output(str(path))
    return path


@pytest.mark.parametrize("xfa", [
    {"preamble": "<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'>", "datasets": DATA, "postamble": "</xdp:xdp>"},
    f"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><template/>{DATA}</xdp:xdp>",
])  # fmt: skip
def test_values_stand_in_place_of_the_page_that_asks_to_wait(tmp_path: Path, xfa: object) -> None:
    result = read(with_form(waiting(tmp_path / "a.pdf"), {"/XFA": xfa}, []))
    assert result.pages == ("HoTen: Nguyễn Văn Chì\nSangKien: Số hóa hồ sơ",)
    assert result.status is Status.OK and "active_content" in result.metadata["warnings"]


def test_values_of_fields_follow_the_text_where_it_does_not_show_them(tmp_path: Path) -> None:
    def text(name: str, value: str) -> dict[str, PdfObject]:
        return {"/FT": NameObject("/Tx"), "/T": TextStringObject(name), "/V": TextStringObject(value)}

    tick: dict[str, PdfObject] = {"/FT": NameObject("/Btn"), "/T": TextStringObject("Đồng ý"), "/V": NameObject("/Yes")}
    off: dict[str, PdfObject] = {"/FT": NameObject("/Btn"), "/T": TextStringObject("Từ chối"), "/V": NameObject("/Off")}
    named = text("f1", "Trần Thị Hoa") | {"/TU": TextStringObject("Họ và tên")}
    fields = [named, text("So", "Kế hoạch số 46/KH-UBND"), tick, off]
    result = read(with_form(make_pdf(tmp_path / "a.pdf"), {}, fields))
    assert result.text.endswith("[Nội dung điền trong biểu mẫu]\nHọ và tên: Trần Thị Hoa\nĐồng ý: được chọn")


def test_broken_forms_cost_no_text(tmp_path: Path) -> None:
    broken = with_form(make_pdf(tmp_path / "a.pdf"), {"/XFA": {"datasets": "<xfa:data><"}}, [])
    assert read(broken).text == read(make_pdf(tmp_path / "b.pdf")).text
    circle = pypdf.PdfWriter(clone_from=str(make_pdf(tmp_path / "c.pdf")))
    field = DictionaryObject({NameObject("/T"): TextStringObject("x"), NameObject("/X"): BooleanObject(True)})
    mark = circle._add_object(field)
    field[NameObject("/Kids")] = ArrayObject([mark])
    circle._root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): ArrayObject([mark])})
    circle.write(str(tmp_path / "c.pdf"))
    assert read(tmp_path / "c.pdf").text == read(tmp_path / "b.pdf").text
