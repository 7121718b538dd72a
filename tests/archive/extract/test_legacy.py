"""Text in TCVN3 and VNI fonts comes back in Unicode; text in Unicode comes back as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract.legacy import decoding
from archive.extract.legacy.syllables import is_syllable
from archive.extract.process import convert, parent
from tests.archive.extract.legacy_samples import char_accuracy, make_rtf, make_runs_docx, run, tcvn3, vni
from tests.archive.extract.office_samples import W_NS, make_odf, make_xlsx, read, recall

REAL = Path(__file__).resolve().parents[4] / "shared" / "data"
FILES = sorted(path for path in (REAL / "legacy").glob("*") if path.suffix in (".doc", ".rtf", ".docx"))
TEXT = (
    "Căn cứ Luật Tổ chức chính quyền địa phương; Ủy ban nhân dân phường hướng dẫn việc thực hiện nghĩa vụ, quyền lợi của "
    "người lao động: sửa đổi, bổ sung mẫu biểu, kỹ thuật, thẩm quyền, xử lý kỷ luật, nghỉ phép, tẩy xóa, ngoằn ngoèo, quýt."
)


# Real documents


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_documents_come_back_nearly_whole(path: Path) -> None:
    if path.suffix == ".doc" and shutil.which("catdoc") is None:
        pytest.skip("catdoc is not installed")
    result = read(path)
    assert result.metadata["warnings"] == ["legacy_converted"]
    assert char_accuracy(result.text, path.with_suffix(".txt").read_text(encoding="utf-8")) >= 0.95


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".doc"], ids=lambda path: path.name)
def test_without_libreoffice_old_word_files_are_told_by_their_words(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("catdoc") is None:
        pytest.skip("catdoc is not installed")
    monkeypatch.setattr(convert, "available", lambda: False)
    result = read(path)
    assert result.metadata["warnings"] == ["legacy_converted"]
    assert char_accuracy(result.text, path.with_suffix(".txt").read_text(encoding="utf-8")) >= 0.95


@pytest.mark.parametrize("name", ["phu-luc-1", "phu-luc-3"])
def test_real_documents_in_unicode_are_left_alone(name: str) -> None:
    path = REAL / "nd30" / f"{name}.md"
    if not path.exists():
        pytest.skip("the real documents are not on this machine")
    text = path.read_text(encoding="utf-8")
    assert decoding.settle(text) == (text, [])
    assert read(path).metadata["warnings"] == []


# Word


@pytest.mark.parametrize(("font", "encode"), [(".VnTime", tcvn3), ("VNI-Times", vni), (".VnArial Narrow", tcvn3)])
def test_runs_in_old_fonts_beside_others(tmp_path: Path, font: str, encode: object) -> None:
    assert callable(encode)
    head, tail = TEXT[:61], TEXT[61:]
    paragraphs = [
        [run(encode(head), font), run(encode(tail), font)],  # a cut anywhere, even inside a letter's two codes
        [run(encode("Nghị định "), font), run("Résumé of café ", "Times New Roman"), run(encode("và phụ lục"), font)],
        [run("Đã là Unicode: cửa hàng và nhà", "Times New Roman")],
    ]
    result = read(make_runs_docx(tmp_path / "a.docx", paragraphs))
    assert result.text.split("\n") == [
        TEXT if encode is vni else TEXT.replace("Ủy", "ủy"),
        "Nghị định Résumé of café và phụ lục",
        "Đã là Unicode: cửa hàng và nhà",
    ]
    assert result.metadata["warnings"] == ["legacy_converted"]


def test_a_letter_cut_between_two_runs_is_one_letter(tmp_path: Path) -> None:
    codes = vni("Trường hợp ấy")
    runs = [run(code, "VNI-Times") for code in codes]
    assert read(make_runs_docx(tmp_path / "a.docx", [runs])).text == "Trường hợp ấy"


@pytest.mark.parametrize("font", [".VnTimeH", ".VnArialH", ".Vn3DH", ".VNTIMEH", ".VnArial NarrowH"])
def test_fonts_of_capitals_show_capitals(tmp_path: Path, font: str) -> None:
    paragraphs = [[run(tcvn3("quyết định"), font), run(tcvn3(" về việc"), ".VnTime")], [run("ban tin", font)]]
    assert read(make_runs_docx(tmp_path / "a.docx", paragraphs)).text == "QUYẾT ĐỊNH về việc\nBAN TIN"


def test_capitals_typed_in_a_plain_font(tmp_path: Path) -> None:
    typed = [
        tcvn3("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        tcvn3("Uỷ BAN NHÂN DÂN"),
        tcvn3("Độc lập - Tự do"),
        tcvn3("Số: 12/QĐ-UB"),
    ]
    result = read(make_runs_docx(tmp_path / "a.docx", [[run(line, ".VnTime")] for line in typed]))
    assert result.text.split("\n") == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "UỶ BAN NHÂN DÂN",
        "Độc lập - Tự do",
        "Số: 12/QĐ-UB",
    ]
    vni_text = [[run(vni("ĐỘC LẬP - TỰ DO, KỲ VỌNG, KỸ THUẬT, ỶLẠI"), "VNI-Helve")]]
    assert read(make_runs_docx(tmp_path / "b.docx", vni_text)).text == "ĐỘC LẬP - TỰ DO, KỲ VỌNG, KỸ THUẬT, ỶLẠI"


def test_fonts_come_from_styles_and_the_default(tmp_path: Path) -> None:
    def style(name: str, font: str, more: str = "", kind: str = "paragraph") -> str:
        fonts = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr>' if font else ""
        return f'<w:style w:type="{kind}" w:styleId="{name}"{more.partition("|")[0]}>{more.partition("|")[2]}{fonts}</w:style>'

    styles = (
        f'<w:styles {W_NS}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/>'
        "</w:rPr></w:rPrDefault></w:docDefaults>"
        + style("Normal", ".VnTime", ' w:default="1"')
        + style("Title", ".VnTimeH")
        + style("Child", "", '|<w:basedOn w:val="Title"/>')
        + style("Latin", "Arial", kind="character")
        + "</w:styles>"
    )
    paragraphs = [[run(tcvn3("phường Long Mỹ")), run(" café", style="Latin")]]
    assert read(make_runs_docx(tmp_path / "a.docx", paragraphs, styles=styles)).text == "phường Long Mỹ café"
    assert (
        read(make_runs_docx(tmp_path / "b.docx", paragraphs, styles=styles, style="Child")).text
        == "PHƯỜNG LONG MỸ café"
    )


def test_unicode_in_an_old_font_is_left_alone(tmp_path: Path) -> None:
    lines = ["Kế hoạch thi đua đổi mới của phường", "và là nhà", "á à ã", "Trà Vinh, ngày 3 tháng 4"]
    result = read(make_runs_docx(tmp_path / "a.docx", [[run(line, ".VnTime")] for line in lines]))
    assert result.text.split("\n") == lines and result.metadata["warnings"] == []


# Other kinds


def test_rtf_fonts_and_letters(tmp_path: Path) -> None:
    paragraphs = [
        [(1, tcvn3(TEXT))],
        [(2, tcvn3("thông tư")), (0, " no. 5 caf\xe9 "), (3, vni(TEXT))],
    ]
    fonts = ["Times New Roman", ".VnTime", ".VnTimeH Tur", "VNI-Times"]
    result = read(make_rtf(tmp_path / "a.rtf", paragraphs, fonts))
    assert result.text == TEXT.replace("Ủy", "ủy") + "\nTHÔNG TƯ no. 5 café " + TEXT


def test_rtf_structure(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    path.write_text(
        r"{\rtf1\ansi\ansicpg1258{\fonttbl{\f0 Arial;}}{\stylesheet{\s0 Normal;}}{\info{\title an}}{\*\unknown an}"
        r"{\header đầu trang}{\pict 00ff}\uc1 K\u7871?ho\u7841 ?ch{\uc0\u273}{\v \'61n}\par{\listtext 1.\tab}một\_hai\page"
        r"{\field{\*\fldinst PAGE}{\fldrslt ba}}{\footnote ghi chú}\bin3 {{{\cell b\'f4n\row}",
        encoding="utf-8",
    )
    content = path.read_bytes().decode("utf-8")
    path.write_bytes("".join(x if ord(x) < 128 else f"\\u{ord(x)}?" for x in content).encode())
    assert read(path).pages == ("đầu trang\nKếhoạchđ\n1.\tmột-hai", "ba\tbôn\n\nghi chú")
    path.write_bytes(path.read_bytes()[:-1])
    assert read(path).metadata["warnings"] == ["damaged"]


def test_opendocument_and_html_fonts(tmp_path: Path) -> None:
    svg = 'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
    styles = f"""<style:font-face {svg} style:name="F1" svg:font-family="'.VnTime'"/>
      <style:style style:name="P1" style:family="paragraph"><style:text-properties style:font-name="F1"/></style:style>
      <style:style style:name="P2" style:family="paragraph" style:parent-style-name="P1"/>
      <style:style style:name="T1" style:family="text"><style:text-properties fo:font-family=".VnTimeH"/></style:style>
      <style:style style:name="T2" style:family="text"><style:text-properties fo:font-family="Arial"/></style:style>"""
    body = (
        f'<text:p text:style-name="P2">{tcvn3("đường")} <text:span text:style-name="T1">{tcvn3("số một")}</text:span> '
        f'<text:span text:style-name="T2">café</text:span></text:p>'
    )
    assert read(make_odf(tmp_path / "a.odt", body, styles=styles)).text == "đường SỐ MỘT café"
    page = (
        "<html><head><meta charset=windows-1252><style>p.MsoNormal {font-family:'.VnTime'}</style></head><body>"
        f"<p class=MsoNormal>{tcvn3('đường')} <span style=\"font-family:'.VnTimeH'\">{tcvn3('số một')}</span> "
        f"<font face='Arial'>café</font><br><font face='VNI-Times'>{vni('người thứ hai')}</font></p></body></html>"
    )
    (tmp_path / "a.html").write_bytes(page.encode("cp1252"))
    assert read(tmp_path / "a.html").text == "đường SỐ MỘT café\nngười thứ hai"


@pytest.mark.parametrize("encode", [tcvn3, vni])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_plain_text_and_sheets_are_told_by_their_words(tmp_path: Path, encode: object, encoding: str) -> None:
    assert callable(encode)
    path = tmp_path / "a.txt"
    path.write_bytes(f"{encode(TEXT)}\nEnglish text, 12%\n".encode(encoding))
    result = read(path)
    assert char_accuracy(result.text, f"{TEXT}\nEnglish text, 12%") >= 0.99
    assert "legacy_converted" in list(result.metadata["warnings"])  # type: ignore[call-overload]


def test_sheets_are_converted_and_others_left_alone(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for line in TEXT.split(": "):
        book.active.append([1, tcvn3(line)])
    book.save(tmp_path / "a.xlsx")
    assert recall(read(tmp_path / "a.xlsx").text.casefold(), TEXT.casefold()) >= 0.99
    assert read(make_xlsx(tmp_path / "b.xlsx")).metadata["warnings"] == []


def test_other_languages_are_left_alone() -> None:
    for text in (
        "Le président de la République française a parlé de la loi devant tous les députés réunis à l'Assemblée.",
        "Die Übung für größere Städte wäre später möglich gewesen; übrigens hätte man zurückkehren müssen.",
        "O relatório não é conclusivo: às vezes há várias opções, porém são difíceis de avaliar.",
        "5 °C · © 2026 – “quoted” ½ × ¾ ± µ §",
    ):
        assert decoding.settle(text)[0] == text


SYLLABLES = st.sampled_from(
    [*TEXT.replace(";", "").replace(",", "").replace(":", "").replace(".", "").split(), "và", "là", "má", "cá", "12/QĐ"]
)


@given(st.lists(SYLLABLES, max_size=60), st.sampled_from([" ", "\n", ", "]), st.sampled_from([None, *decoding.Scheme]))
def test_vietnamese_in_unicode_is_never_altered(words: list[str], between: str, scheme: decoding.Scheme | None) -> None:
    text = between.join(words)
    if scheme is None:
        assert decoding.settle(text) == (text, [])
    elif "ư" in text or "đ" in text or "ề" in text:
        settled, _ = decoding.settle("\n".join(decoding.mark(line, scheme) for line in text.split("\n")))
        assert settled == text or all(
            not decoding._UNICODE_ONLY.search(line) for line in text.split("\n") if line not in settled
        )


@given(st.text())
def test_any_text_survives_settling_without_signs(text: str) -> None:
    assert decoding.mark(text, None) == text or "\U000f7000" <= max(text) <= "\U000f7003"
    decoding.settle(decoding.mark(text, decoding.Scheme.VNI) + text)


def test_syllables() -> None:
    assert all(map(is_syllable, "nghiêng Quyết ĐƯỜNG giữa khuya ngoằn ngoèo quýt uỷ ủy".split()))
    assert not any(map(is_syllable, "ViÖt nghÞa cña QUYếT strasse đđ ắế".split()))


def test_a_conversion_that_loses_text_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {
        "status": "ok",
        "pages": ["một hai ba bốn"],
        "metadata": {"media_type": "application/msword", "warnings": []},
    }
    after = {"status": "ok", "pages": ["một"], "metadata": {"media_type": "x", "warnings": []}}
    monkeypatch.setattr(convert, "available", lambda: True)
    monkeypatch.setattr(convert, "convert", lambda *args, **options: tmp_path)
    monkeypatch.setattr(parent, "_run", lambda *args, **options: after)
    assert parent._read_converted(tmp_path, "doc", parent.Limits(), None, before, None) is before
    after["pages"] = ["một hai ba bốn năm"]
    taken = parent._read_converted(tmp_path, "doc", parent.Limits(), None, before, None)
    assert taken["pages"] == after["pages"] and taken["metadata"]["media_type"] == "application/msword"
