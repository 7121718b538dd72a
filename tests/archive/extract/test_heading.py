"""The head of an administrative document, by the form of Decree 30/2020."""

from __future__ import annotations

import pytest

from archive.extract.understanding import heading
from tests.support.bounded import bounded

MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Số: 12/KH-UBND", "12/KH-UBND"),
        ("Số: 57-NQ/TW", "57-NQ/TW"),
        ("Số 22-KH/ĐU", "22-KH/ĐU"),
        ("Số: 83-CTr/TU", "83-CTr/TU"),
        ("Số: 923/QĐ-TTg", "923/QĐ-TTg"),
        ("Số: 28 /2003/NĐ-CP", "28/2003/NĐ-CP"),
        ("SỐ:    99/ 1998/TT-BTC", "99/1998/TT-BTC"),
        ("Số:12/KH-UBND", "12/KH-UBND"),
        ("Số: 123/UBND-VHXH", "123/UBND-VHXH"),
        ("Số: 05a/BC-VHXH", "05a/BC-VHXH"),
        ("Luật số: 18/2003/QH11", "18/2003/QH11"),
        ("Số: 12/KH-UBND          Long Mỹ, ngày 03 tháng 4 năm 2026", "12/KH-UBND"),
        ("Số: 12/KH-UBND Long Mỹ, ngày 03 tháng 4 năm 2026", "12/KH-UBND"),
        ("Số:\n12/KH-UBND", "12/KH-UBND"),
        ("**Số: 12/KH-UBND**", "12/KH-UBND"),
        ("Số: /KH-UBND", None),
        ("Số:        /KH-UBND", None),
        ("Số: ....../KH-UBND", None),
        ("Số: …/KH-UBND", None),
        ("Số:", None),
        ("Căn cứ Nghị quyết số 57-NQ/TW ngày 22 tháng 12 năm 2024", None),
        ("(Kèm theo Kế hoạch số 12/KH-UBND ngày 03 tháng 4 năm 2026)", None),
        ("Số lượng hồ sơ: 12", None),
        ("", None),
    ],
)
def test_the_number(line: str, number: str | None) -> None:
    assert heading.parse(f"UBND PHƯỜNG LONG MỸ\n{line}\nKẾ HOẠCH\nTriển khai")["number"] == number


@pytest.mark.parametrize(
    ("line", "date", "place"),
    [
        ("Long Mỹ, ngày 03 tháng 4 năm 2026", "2026-04-03", "Long Mỹ"),
        ("Phường Long Mỹ, ngày 3 tháng 11 năm 2026", "2026-11-03", "Phường Long Mỹ"),
        ("TP. Hồ Chí Minh, ngày 30 tháng 12 năm 2025.", "2025-12-30", "TP. Hồ Chí Minh"),
        ("Hà nội, ngày  30  tháng 12 năm 2002", "2002-12-30", "Hà nội"),
        ("Long Mỹ, ngày 03 tháng 4\nnăm 2026", "2026-04-03", "Long Mỹ"),
        ("Long Mỹ, ngày\n03 tháng 4 năm\n2026", None, "Long Mỹ"),
        ("Số: 1/KH-UBND Long Mỹ, ngày 03 tháng 4 năm 2026", "2026-04-03", "Long Mỹ"),
        ("Số: 1/KH-UBND\tLong Mỹ, ngày 03 tháng 4 năm 2026", "2026-04-03", "Long Mỹ"),
        ("ngày 03 tháng 4 năm 2026", "2026-04-03", None),
        ("Long Mỹ, ngày tháng năm 2026", None, "Long Mỹ"),
        ("Long Mỹ, ngày      tháng 4 năm 2026", None, "Long Mỹ"),
        ("Long Mỹ, ngày … tháng … năm 2026", None, "Long Mỹ"),
        ("Long Mỹ, ngày 31 tháng 02 năm 2026", None, "Long Mỹ"),
        ("(Kèm theo Quyết định ngày 05 tháng 3 năm 2020)", None, None),
        ("Căn cứ Luật ngày 05 tháng 3 năm 2020", None, None),
    ],
)
def test_date_and_place(line: str, date: str | None, place: str | None) -> None:
    found = heading.parse(f"UBND PHƯỜNG LONG MỸ\n{line}\nBÁO CÁO\nKết quả\nCăn cứ Luật Thi đua")
    assert (found["date"], found["place"]) == (date, place)


@pytest.mark.parametrize(
    ("text", "kind", "abstract"),
    [
        ("KẾ HOẠCH\nTriển khai phong trào\nthi đua năm 2026\n_____\nCăn cứ", "kế hoạch", "Triển khai phong trào thi đua năm 2026"),
        ("QUYẾT ĐỊNH\nVề việc khen thưởng\nCHỦ TỊCH ỦY BAN NHÂN DÂN PHƯỜNG\nCăn cứ", "quyết định", "Về việc khen thưởng"),
        ("V/v báo cáo kết quả\nKính gửi: các đơn vị", "công văn", "báo cáo kết quả"),
        ("## KẾ HOẠCH\n### Triển khai **gấp**\nCăn cứ", "kế hoạch", "Triển khai **gấp"),
        ("BÁO CÁO KẾT QUẢ THI ĐUA\nQuý I\nThực hiện", "báo cáo", "KẾT QUẢ THI ĐUA Quý I"),
        ("TỜ TRÌNH\nVề việc đề nghị\nKính gửi: Hội đồng", "tờ trình", "Về việc đề nghị"),
        ("quyết định của bộ trưởng\nvề việc sửa đổi\nCăn cứ", "quyết định", "về việc sửa đổi"),
        ("Căn cứ Kế hoạch\nKẾ HOẠCH\nkhác", None, None),
        ("một lá thư bình thường", None, None),
    ],
)  # fmt: skip
def test_kind_and_abstract(text: str, kind: str | None, abstract: str | None) -> None:
    suggestions = heading.parse(text)["suggestions"]
    assert (suggestions["kind"], suggestions["abstract"]) == (kind, abstract)


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        (f"ỦY BAN NHÂN DÂN\nPHƯỜNG LONG MỸ\n{MOTTO}\nSố: 1/KH-UBND", "ỦY BAN NHÂN DÂN PHƯỜNG LONG MỸ"),
        (f"UBND PHƯỜNG LONG MỸ\nPHÒNG VĂN HÓA - XÃ HỘI\n{MOTTO}", "PHÒNG VĂN HÓA - XÃ HỘI"),
        ("ĐẢNG BỘ THÀNH PHỐ CẦN THƠ\nĐẢNG ỦY PHƯỜNG LONG MỸ\n*\nSố 22-KH/ĐU", "ĐẢNG ỦY PHƯỜNG LONG MỸ"),
        (f"{MOTTO}\nUBND PHƯỜNG LONG MỸ\nSố: 1/BC", "UBND PHƯỜNG LONG MỸ"),
        ("DANH SÁCH\nKHEN THƯỞNG", None),
        ("", None),
    ],
)
def test_the_issuer(text: str, issuer: str | None) -> None:
    assert heading.parse(text)["suggestions"]["issuer"] == issuer


@pytest.mark.parametrize(
    ("text", "signer"),
    [
        ("Nơi nhận:\n- Lưu: VT.\nTM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n\nNguyễn Văn Chì", "Nguyễn Văn Chì"),
        ("TRƯỞNG PHÒNG\n(đã ký)\nThS. Trần Thị Ánh", "Trần Thị Ánh"),
        ("CHỦ TỊCH\nNguyễn Văn An\nPhụ lục\nCHỦ TỊCH hội đồng", "Nguyễn Văn An"),
        ("Nguyễn Văn Chì", None),
        ("", None),
    ],
)
def test_the_signer(text: str, signer: str | None) -> None:
    assert heading.parse("", text)["suggestions"]["signer"] == signer


@pytest.mark.parametrize(
    "text",
    [
        "Số: " + "1/" * 50_000,
        "A" * 200_000,
        "Số: 1" + "/A" * 100_000,
        "ngày " * 50_000,
        "A b " * 50_000,
        "Số\n" * 50_000,
    ],
)
def test_no_text_makes_the_search_grow_without_end(text: str) -> None:
    with bounded():
        heading.parse(text, text)
