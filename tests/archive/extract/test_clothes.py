"""Files under another name than theirs, known by how they begin: web archives, XML of Office, pages named .xls."""

from __future__ import annotations

import base64
import json
import zipfile
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest

from archive.extract import Status
from tests.archive.extract.office_samples import make_docx, read

PAGE = "<html><head><style>p {color: red}</style></head><body><p>Chương trình bình dân học vụ số</p></body></html>"
SHEET = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
 <Styles><Style ss:ID="Default" ss:Name="Normal"/><Style ss:ID="s1"><NumberFormat ss:Format="000"/></Style>
  <Style ss:ID="s2"><NumberFormat ss:Format="Percent"/></Style><Style ss:ID="s3"><NumberFormat ss:Format="Short Date"/></Style>
 </Styles>
 <Worksheet ss:Name="Tổng hợp"><Table><Column ss:Index="3" ss:Hidden="1"/>
  <Row><Cell><Data ss:Type="String">Mã</Data></Cell><Cell><Data ss:Type="String">Tỷ lệ</Data></Cell>
   <Cell><Data ss:Type="String">Ghi chú</Data></Cell></Row>
  <Row><Cell ss:StyleID="s1"><Data ss:Type="Number">57</Data></Cell><Cell ss:StyleID="s2"><Data ss:Type="Number">0.855</Data></Cell>
   <Cell ss:StyleID="s3"><Data ss:Type="DateTime">2026-12-05T00:00:00.000</Data></Cell></Row>
  <Row ss:Index="5" ss:Hidden="1"><Cell ss:Index="2"><Data ss:Type="Number">8.300000000000002</Data></Cell></Row>
 </Table></Worksheet>
 <Worksheet ss:Name="Nháp"><Table><Row><Cell><Data ss:Type="String">bỏ</Data></Cell></Row></Table>
  <WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>
</Workbook>"""
WORD = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?><?mso-application progid="Word.Document"?>
<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"
 xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint">
 <w:lists><w:listDef w:listDefId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:nfc w:val="1"/><w:lvlText w:val="%1."/></w:lvl>
 </w:listDef><w:list w:ilfo="1"><w:ilst w:val="0"/></w:list></w:lists>
 <w:body><wx:sect><w:p><w:r><w:t>KẾ HOẠCH</w:t></w:r></w:p>
 <w:p><w:pPr><w:listPr><w:ilvl w:val="0"/><w:ilfo w:val="1"/></w:listPr></w:pPr><w:r><w:t>Mục đích</w:t></w:r></w:p>
 <w:p><w:pPr><w:listPr><w:ilvl w:val="0"/><w:ilfo w:val="1"/><wx:t wx:val="B)"/></w:listPr></w:pPr><w:r><w:t>Yêu cầu</w:t></w:r></w:p>
 <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Ô một</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Ô hai</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
 </wx:sect></w:body></w:wordDocument>"""


def web_archive(
    *pages: str, head: bytes = b"MIME-Version: 1.0\r\n", charset: str = "utf-8", cte: str = "base64"
) -> bytes:
    """By the email package: a page (or sheets) with the picture it shows."""
    message = EmailMessage()
    for page in pages:
        part = EmailMessage()
        part.set_content(page, subtype="html", charset=charset, cte=cte)
        part["Content-Location"] = "file:///C:/sheet.htm"
        message.make_related() if not message.is_multipart() else None
        message.attach(part)
    picture = EmailMessage()
    picture.set_content(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", filename="image001.png")
    message.attach(picture)
    return head + message.as_bytes()


@pytest.mark.parametrize("name", ["a.doc", "a.xls", "a.mht", "a.mhtml"])
@pytest.mark.parametrize("cte", ["base64", "quoted-printable"])
def test_saved_pages_are_read_whatever_their_name(tmp_path: Path, name: str, cte: str) -> None:
    (tmp_path / name).write_bytes(web_archive(PAGE, cte=cte))
    result = read(tmp_path / name)
    assert (result.status, result.pages) == (Status.OK, ("Chương trình bình dân học vụ số",))
    mismatch = [] if name.startswith("a.mht") else ["extension_mismatch"]
    assert result.metadata["warnings"] == mismatch


def test_saved_pages_of_browsers_and_other_encodings(tmp_path: Path) -> None:
    browser = b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://x.vn/\r\nSubject: =?utf-8?Q?Tin?=\r\n" \
        b"Date: Sat, 5 Dec 2026 08:00:00 +0700\r\nMIME-Version: 1.0\r\n"  # fmt: skip
    (tmp_path / "trang.mhtml").write_bytes(web_archive(PAGE, head=browser, cte="quoted-printable"))
    assert read(tmp_path / "trang.mhtml").text == "Chương trình bình dân học vụ số"
    old = "<html><body>Phong trào phươ\u0300ng</body></html>"  # that encoding has marks of their own
    for charset, page in (("utf-16", PAGE), ("windows-1258", old)):
        content = base64.encodebytes(page.encode(charset))
        (tmp_path / "a.doc").write_bytes(
            b"\xef\xbb\xbfMIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\nThis is a Single File Web Page.\n\n--x\n"
            b"Content-Transfer-Encoding: base64\nContent-Type: text/html; charset=" + charset.encode() + b"\n\n" + content + b"--x--\n"
        )  # fmt: skip
        assert read(tmp_path / "a.doc").text in ("Chương trình bình dân học vụ số", "Phong trào phường")


def test_a_workbook_saved_as_pages_has_one_for_each_sheet(tmp_path: Path) -> None:
    frame = (
        "<html><frameset><frame src=sheet1.htm></frameset><noframes>Trình duyệt không hiện được khung</noframes></html>"
    )
    sheets = [f"<table><tr><td>Tổ {number}</td><td>85%</td></tr></table>" for number in (1, 2)]
    (tmp_path / "a.xls").write_bytes(web_archive(frame, *sheets))
    assert read(tmp_path / "a.xls").pages == ("Tổ 1\t85%", "Tổ 2\t85%")


def test_letters_are_no_saved_pages(tmp_path: Path) -> None:
    letter = b"From: a@x.vn\r\nTo: b@x.vn\r\nSubject: Bao cao\r\nMIME-Version: 1.0\r\n"
    (tmp_path / "a.txt").write_bytes(web_archive(PAGE, head=letter))
    result = read(tmp_path / "a.txt")
    assert result.metadata["media_type"] == "message/rfc822" and "Chủ đề: Bao cao" in result.text


@pytest.mark.parametrize("name", ["a.xml", "a.xls"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_workbooks_as_xml(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / name).write_bytes(SHEET.replace("?>", f' encoding="{encoding}"?>', 1).encode(encoding))
    result = read(tmp_path / name)
    assert result.pages == (
        "Tổng hợp\nMã\tTỷ lệ\tGhi chú\n057\t85.50%\t05/12/2026\n[hàng ẩn] \t8.3\n[Cột ẩn: C (Ghi chú)]",
        "[Trang tính ẩn: Nháp]\nbỏ",
    )
    assert "hidden_content" in result.metadata["warnings"]


@pytest.mark.parametrize("name", ["a.xml", "a.doc"])
def test_documents_as_xml(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(WORD, encoding="utf-8")
    assert read(tmp_path / name).text == "KẾ HOẠCH\nI. Mục đích\nB) Yêu cầu\nÔ một\tÔ hai"


def flat(package: Path) -> str:
    """As Word writes "XML document": each part in turn, those that are no XML in base64."""
    parts = []
    with zipfile.ZipFile(package) as container:
        for name in container.namelist():
            content = container.read(name)
            if name.endswith((".xml", ".rels")) and name != "[Content_Types].xml":
                text = content.decode().partition("?>")[2] if content.startswith(b"<?xml") else content.decode()
                parts.append(f'<pkg:part pkg:name="/{name}"><pkg:xmlData>{text}</pkg:xmlData></pkg:part>')
            elif name != "[Content_Types].xml":
                data = base64.b64encode(content).decode()
                parts.append(f'<pkg:part pkg:name="/{name}"><pkg:binaryData>{data}</pkg:binaryData></pkg:part>')
    space = "http://schemas.microsoft.com/office/2006/xmlPackage"
    return f'<?xml version="1.0" standalone="yes"?><pkg:package xmlns:pkg="{space}">{"".join(parts)}</pkg:package>'


def test_packages_as_one_xml_file(tmp_path: Path) -> None:
    document = make_docx(tmp_path / "a.docx")
    (tmp_path / "flat.doc").write_text(flat(document), encoding="utf-8")
    assert read(tmp_path / "flat.doc").pages == read(document).pages
    (tmp_path / "cut.xml").write_text(flat(document)[:-5000], encoding="utf-8")
    assert read(tmp_path / "cut.xml").status is Status.CORRUPT


def test_other_xml_is_read_without_its_tags_and_says_so(tmp_path: Path) -> None:
    invoice = '<?xml version="1.0"?><HDon xmlns="urn:x"><Ten>Công ty số</Ten><Tien>1500000</Tien><!-- bỏ --></HDon>'
    with_type = invoice.replace("<HDon", '<!DOCTYPE HDon [<!ENTITY a "lặp">]><HDon', 1)
    broken = invoice.replace("</HDon>", "")
    for number, content in enumerate((invoice, with_type, broken)):
        path = tmp_path / f"{number}.xml"
        path.write_text(content, encoding="utf-8")
        result = read(path)
        assert result.status is Status.OK and result.metadata["warnings"] == ["markup_stripped"]
        assert "Công ty số\n1500000" in result.text and "<" not in result.text and "bỏ" not in result.text


def test_pieces_of_pages_are_pages_and_plain_text_stays(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_text("<table><tr><td>Tổ một</td><td>057</td></tr></table>", encoding="utf-8")
    assert read(tmp_path / "a.xls").text == "Tổ một\t057"
    (tmp_path / "b.doc").write_text("<!-- x --><div><p>Báo cáo <b>quý</b></p></div>", encoding="utf-8")
    assert read(tmp_path / "b.doc").text == "Báo cáo quý"
    for name, text in (
        ("a.txt", "<10% hộ nghèo </ hết"),
        ("b.md", "<div>giữ</div>"),
        ("c.json", json.dumps({"a": "số"})),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        result = read(tmp_path / name)
        assert result.text == text and "markup_stripped" not in result.metadata["warnings"]


def test_a_flat_workbook_is_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Đơn vị", "Điểm"])
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "a.xml").write_text(flat(tmp_path / "a.xlsx"), encoding="utf-8")
    assert read(tmp_path / "a.xml").text == "Sheet\nĐơn vị\tĐiểm"
