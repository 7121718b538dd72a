"""Whatever the text, a reading comes back, with unique codes and in reasonable time."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.shares import share
from tests.webapp.movement.reading import plan_texts
from tests.webapp.movement.reading.plan_documents import plain
from tests.webapp.movement.reading.reading import codes
from webapp.movement.reading import PlanReading, looks_like_a_plan, read_plan

_PIECES = st.sampled_from(
    [
        *(
            "I. ",
            "II. ",
            "1. ",
            "1.1. ",
            "a) ",
            "đ) ",
            "(1) ",
            "- ",
            "+ ",
            "• ",
            "Phần I. ",
            "A. ",
            "C. ",
            "\f",
            "\n",
            "\n\n",
            "\t",
        ),
        *(
            "KẾ HOẠCH",
            "QUYẾT ĐỊNH",
            "NỘI DUNG THI ĐUA",
            "TIÊU CHÍ THI ĐUA",
            "KHEN THƯỞNG",
            "TỔ CHỨC THỰC HIỆN",
            "THỜI GIAN",
        ),
        *(
            "Căn cứ Luật ",
            "Nghị quyết số 57-NQ/TW ",
            "ngày 30 tháng 2 năm 2026 ",
            "của Chính phủ ",
            "(sau đây viết tắt là ",
        ),
        *(
            "trước ngày 31/02",
            "chậm nhất ngày 5 tháng 12",
            "Giai đoạn 1 (2027 - 2026)",
            "năm 2027",
            "Số: /KH-UBND",
            ", ngày ",
        ),
        *(
            "Nơi nhận:",
            "TM. ỦY BAN NHÂN DÂN",
            "CHỦ TỊCH",
            "Nguyễn Văn A",
            "./.",
            ";",
            ":",
            "Trên đây là",
            "(Kèm theo ",
            "phổ biển",
        ),
    ]
)
_TEXTS = st.one_of(st.text(), st.lists(st.one_of(_PIECES, st.text(max_size=12)), max_size=60).map("".join))


def check(reading: PlanReading) -> None:
    """What holds for every reading."""
    codes(reading)
    assert PlanReading.from_dict(reading.to_dict()) == reading
    verdict = looks_like_a_plan(reading)
    assert verdict is None or verdict.endswith(".")
    assert (reading.number is None) == any(doubt.where == "number" for doubt in reading.doubts)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_TEXTS)
def test_any_text_gives_a_reading(text: str) -> None:
    check(read_plan(text))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_plan_with_anything_put_in_or_cut_out_gives_a_reading(data: st.DataObject) -> None:
    text = plain(
        data.draw(st.sampled_from([plan_texts.WARD, plan_texts.COMMUNE, plan_texts.DASHES, plan_texts.NATIONAL]))
    )
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 300)))
    check(read_plan(text[:start] + data.draw(_TEXTS) + text[end:]))


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "a",
            " ",
            "\t",
            "-",
            "*",
            "_",
            "#",
            "(",
            "|",
            "1.",
            "a) ",
            "I. ",
            "- ",
            "1.1.1.1. ",
            ", ",
            "số ",
            "ngày ",
            "năm 2026 - ",
        ),
        *(
            "a) x\n",
            "I. x\n1. y\na) z\n",
            "1. NỘI DUNG\n",
            "- x\n",
            "Căn cứ Luật ",
            "Căn cứ Luật A của B\n",
            "Số: ....",
            "x, ngày …",
        ),
        *(
            "nội dung, ",
            "trước ngày 1 tháng 1 ",
            "Giai đoạn 1 (",
            "Nơi nhận:\n",
            "KẾ HOẠCH\n",
            "CHỦ TỊCH\n",
            "Kèm theo\n",
            "CHỦ TỊCH\nKẾ HOẠCH\n(Kèm theo\n",
            "\\",
            "“",
            "\f1\n",
            "--|--\n",
            "|\n",
            "giai đoạn 2 ",
            "CỘNG HÒA XÃ ",
        ),
    ],
)
def test_many_letters_of_anything_come_to_an_end(piece: str) -> None:
    body = piece * (share(40_000, 200_000) // len(piece))
    rest = piece * (share(20_000, 200_000) // len(piece))
    for text in (rest, f"KẾ HOẠCH\nThử\nI. NỘI DUNG THI ĐUA\n{body}", f"KẾ HOẠCH\nThử\nCăn cứ Luật {rest}"):
        codes(read_plan(text))
