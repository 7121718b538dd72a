"""Heads whose cells break anywhere, and the many ways of telling phases."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.webapp.movement.reading.reading import codes, doubted
from webapp.movement.reading import read_plan

BODY = "\nKẾ HOẠCH\nPhong trào thi đua thử\n\nI. MỤC ĐÍCH\n1. Một."
SIGNS = "Số: 1/KH-UBND\nNghệ Sơn, ngày 1 tháng 2 năm 2026"


@pytest.mark.parametrize(
    "head",
    [
        "|\n**ỦY BAN NHÂN DÂN**\nTỈNH NGHỆ SƠN\n---\n|\n**CỘNG HÒA XÃ HỘI CHỦ\nNGHĨA VIỆT NAM**\nĐộc lập - Tự do\n- Hạnh phúc\n|\n"
        "|\nSố: 1/KH-UBND\n|\nNghệ Sơn, ngày 1\ntháng 2 năm 2026\n|\n",
        "| ỦY BAN NHÂN DÂN<br>TỈNH NGHỆ SƠN | CỘNG HÒA XÃ HỘI<br>CHỦ NGHĨA VIỆT NAM<br>Độc lập - Tự do - Hạnh phúc |\n"
        "|---|---|\n| Số: 1/KH-UBND | Nghệ Sơn, ngày 1 tháng 2 năm 2026 |",
        "| ỦY BAN NHÂN DÂN | CỘNG HÒA XÃ HỘI CHỦ NGHĨA |\n| TỈNH NGHỆ SƠN | VIỆT NAM |\n"
        f"| | Độc lập - Tự do - Hạnh phúc |\n{SIGNS}",
        f"ỦY BAN NHÂN DÂN\tCỘNG HÒA XÃ HỘI\nTỈNH NGHỆ SƠN\tCHỦ NGHĨA VIỆT\n\tNAM\n{SIGNS}",
        f"ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nTỈNH NGHỆ SƠN Độc lập - Tự do - Hạnh phúc\n{SIGNS}",
        f"ỦY BAN NHÂN DÂN CỘNG HOÀ XÃ HỘI\nTỈNH NGHỆ SƠN CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n{SIGNS}",
    ],
    ids=["bars on lines", "breaks in cells", "rows", "tabs", "one line", "two lines"],
)
def test_the_motto_never_runs_into_the_issuer(head: str) -> None:
    reading = read_plan(head + BODY)
    assert reading.issuer == "Ủy ban nhân dân tỉnh Nghệ Sơn" and "issuer" not in doubted(reading)
    assert (reading.number, reading.date, reading.place) == ("1/KH-UBND", "2026-02-01", "Nghệ Sơn")


MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".split()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.booleans(), min_size=len(MOTTO) - 1, max_size=len(MOTTO) - 1))
def test_wherever_the_country_is_broken(breaks: list[bool]) -> None:
    """The first two words stay together: a lone "CỘNG" is a word like others."""
    cell = MOTTO[0]
    for word, broken in zip(MOTTO[1:], [False, *breaks[1:]], strict=True):
        cell += f"{'<br>' if broken else ' '}{word}"
    reading = read_plan(f"| ỦY BAN NHÂN DÂN<br>XÃ HÒA HỘI | {cell}<br>Độc lập - Tự do - Hạnh phúc |\n{SIGNS}{BODY}")
    assert reading.issuer == "Ủy ban nhân dân xã Hòa Hội"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Giai đoạn 1 từ năm 2026 đến năm 2027; giai đoạn 2 từ năm 2028 đến năm 2030.",
            [(1, 2026, 2027), (2, 2028, 2030)],
        ),
        ("Chia làm 2 giai đoạn: từ năm 2026 đến 2027 và từ năm 2028 đến 2030.", [(1, 2026, 2027), (2, 2028, 2030)]),
        (
            "Từ năm 2026 đến năm 2030, chia thành hai giai đoạn: 2026 - 2028 và 2029 - 2030.",
            [(1, 2026, 2028), (2, 2029, 2030)],
        ),
        (
            "Giai đoạn 1: từ tháng 01/2026 đến hết tháng 12/2027; giai đoạn 2: từ quý I/2028 đến hết quý IV/2030.",
            [(1, 2026, 2027), (2, 2028, 2030)],
        ),
        (
            "Giai đoạn 1 (từ ngày 01/3/2026 đến ngày 31/12/2026), giai đoạn 2 (từ ngày 01/01/2027 đến hết năm 2028).",
            [(1, 2026, 2026), (2, 2027, 2028)],
        ),
    ],
)
def test_two_phases_in_one_sentence(sentence: str, expected: list[tuple[int, int, int]]) -> None:
    reading = read_plan(f"UBND XÃ THỬ{BODY}\nII. THỜI GIAN THỰC HIỆN\n{sentence}\n")
    found = [(phase.name, phase.first_year, phase.last_year) for phase in reading.phases]
    assert found == [(f"Giai đoạn {no}", first, last) for no, first, last in expected]
    assert not any("không nối tiếp" in doubt.what for doubt in reading.doubts)


def test_a_phase_that_is_told_of_but_not_read_is_a_doubt() -> None:
    reading = read_plan(
        f"UBND XÃ THỬ{BODY}\nII. THỜI GIAN THỰC HIỆN\nChia làm 3 giai đoạn:\n1. Giai đoạn 1: 2026 - 2027\n"
    )
    assert [(phase.first_year, phase.last_year) for phase in reading.phases] == [(2026, 2027)]
    assert "Kế hoạch nói có 3 giai đoạn, đọc được 1." in [doubt.what for doubt in reading.doubts]


_CELLS = st.text(alphabet="ab1I.-|:\n\t điểmTT", max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(_CELLS, max_size=5), max_size=12), st.sampled_from(["|", "\t", "     ", "\n", "\n|\n"]))
def test_any_table_gives_a_reading_with_unique_codes(rows: list[list[str]], between: str) -> None:
    table = "\n".join(between.join(["", *row, ""] if between == "|" else row) for row in rows)
    head = between.join(["", "TT", "Tiêu chí", "Điểm", ""] if between == "|" else ["TT", "Tiêu chí", "Điểm"])
    reading = read_plan(f"UBND XÃ THỬ{BODY}\nII. TIÊU CHÍ THI ĐUA\n{head}\n{table}\nIII. KHEN THƯỞNG\n1. Hết.")
    codes(reading)
    assert all(criterion.text for group in reading.criteria_groups for criterion in group.criteria)
