"""Document numbers however they are spelt, and never a longer or other number."""

import unicodedata

import pytest

from search.numbers import find_numbers, number_token
from tests.search.searching import EVERYONE, Fill, find, keys, record
from tests.support.bounded import bounded

SAME = {
    "#57nqtw": [
        "57-NQ/TW", "57 NQ TW", "57NQTW", "57nqtw", "57-nq/tw", "57 - NQ / TW", "57–NQ/TW", "57.NQ.TW", "57/NQ-TW",
        "57-NQ-TW", "57_NQ_TW", "057-NQ/TW", "57-NQ/TƯ", "57 nq/tư", "57‑NQ/TW", "57 NQTW", "57NQ/TW", "57NQ TW",
        "(57-NQ/TW),", "số 57-NQ/TW.", "Số:57-NQ/TW;", "57-NQ-TW_2024", "57-NQ-TW-chuyen-doi-so.pdf",
        unicodedata.normalize("NFD", "57-NQ/TƯ"), "57\u00a0NQ\u00a0TW", "57-Nq/Tw",
    ],
    "#12khubnd": ["12/KH-UBND", "12 KH UBND", "12khubnd", "12/kh-ubnd", "12-KH-UBND", "012/KH-UBND", "12 KH-UBND"],
    "#8khubnd": ["08/KH-UBND", "8/KH-UBND", "8 kh ubnd", "08KHUBND"],
    "#1234qdttg": ["1234/QĐ-TTg", "1234/QD-TTg", "1234 qđ ttg", "1234qdttg", "1.234/QĐ-TTg", "1234/qđ-ttg"],
    "#46_2024ndcp": [
        "46/2024/NĐ-CP", "46/2024/ND-CP", "46-2024-NĐ-CP", "46 2024 nđ cp", "46/2024 NĐ-CP", "46/2024/NĐCP",
        "46_2024_ND-CP", "46.2024.NĐ.CP",
    ],
    "#22khtu": ["22-KH/TU", "22 KH TU", "22khtu", "22-kh/tu"],
    "#83ctrtu": ["83-CTr/TU", "83 ctr tu", "83CTrTU", "83-CTR/TU"],
    "#91_2015qh13": ["91/2015/QH13", "91/2015/qh13", "91-2015-QH13"],
    "#102hdbtdkt": ["102/HD-BTĐKT", "102 hd btđkt", "102/HD-BTDKT"],
    "#15bcax05": ["15/BCA-X05"],
}  # fmt: skip
SPELLINGS = [(text, joined) for joined, texts in SAME.items() for text in texts]
WITH_MORE_WORDS = {"Số:57-NQ/TW;", "57-NQ-TW_2024", "57-NQ-TW-chuyen-doi-so.pdf", "số 57-NQ/TW."}
"""Found in documents; as queries they ask for more than the number."""

OTHER = [
    "157-NQ/TW", "57-NQ/CP", "5-NQ/TW", "7-NQ/TW", "570-NQ/TW", "57-KL/TW", "57-NQ/TU", "1.157-NQ/TW", "57-NQ/TWX",
    "57-NQ/TW-BCT", "x57-NQ/TW", "57/2024/NQ-TW", "57,NQ", "57a-NQ/TW", "1/57-NQ/TW", "57 nghị quyết trung ương",
]  # fmt: skip


@pytest.mark.parametrize(("text", "joined"), SPELLINGS)
def test_spellings_of_one_number(text: str, joined: str) -> None:
    assert [number.joined for number in find_numbers(text)] == [joined]
    assert number_token(text) == joined


def test_there_are_enough_spellings() -> None:
    assert len(SPELLINGS) >= 60


@pytest.mark.parametrize("text", OTHER)
def test_other_numbers_are_not_it(text: str) -> None:
    assert "#57nqtw" not in [number.joined for number in find_numbers(text)]


@pytest.mark.parametrize(
    "text", ["2024", "15/3/2024", "24/7", "Điều 5 - Quy định", "Covid-19", "1.000.000 đồng", "46/2024"]
)
def test_other_figures_are_no_numbers(text: str) -> None:
    assert find_numbers(text) == []


def test_several_numbers_in_one_text() -> None:
    text = "Căn cứ Nghị định 46/2024/NĐ-CP và Kế hoạch số 22-KH/TU, Chương trình 83-CTr/TU"
    assert [number.joined for number in find_numbers(text)] == ["#46_2024ndcp", "#22khtu", "#83ctrtu"]


def test_every_spelling_finds_every_spelling(filled: Fill) -> None:
    texts = SAME["#57nqtw"]
    index = filled(
        *(f"Thực hiện Nghị quyết {text} của Bộ Chính trị" for text in texts), *map("Văn bản {}".format, OTHER)
    )
    expected = {chr(ord("a") + place) for place in range(len(texts))}
    for text in set(texts) - WITH_MORE_WORDS:
        assert set(find(index, text, limit=100)) == expected, text


@pytest.mark.parametrize(("text", "joined"), [pair for pair in SPELLINGS if pair[0] not in WITH_MORE_WORDS])
def test_a_number_is_found_and_no_other(filled: Fill, text: str, joined: str) -> None:
    index = filled(*(f"Theo văn bản số {texts[0]} ngày 5/7" for texts in SAME.values()), *OTHER)
    assert find(index, text) == [chr(ord("a") + list(SAME).index(joined))]


def test_half_a_number_finds_all_that_begin_so(filled: Fill) -> None:
    index = filled("57-NQ/TW", "57-NQ/CP", "157-NQ/TW", "57-KL/TW", "57-NQ/TU")
    assert sorted(find(index, "57-NQ")) == ["a", "b", "e"]
    assert sorted(find(index, "57-NQ/T")) == ["a", "e"]
    assert sorted(find(index, "57 nq")) == ["a", "b", "e"]
    assert sorted(find(index, "57nqt", prefix_last=True)) == ["a", "e"]
    assert find(index, "7-NQ/TW") == []


def test_kind_before_the_number(filled: Fill) -> None:
    index = filled("57-NQ/TW", "157-NQ/TW", "57-KL/TW", "Bản NQ58 cũ")
    assert find(index, "NQ57") == find(index, "NQ 57") == ["a"]
    assert find(index, "nq58") == ["d"]


@pytest.mark.parametrize(
    "text",
    ["1nq" + "b" * 20_000 + "a", "1." + "000." * 20_000, "1-" + "a-" * 20_000, "9" * 200_000, "1 nq " + "tw " * 20_000 + "x",
     "1 nq" + "tw" * 20_000 + "é", "1/" * 40_000, "1 2020 " * 20_000, "57-NQ/" * 20_000, "1 " * 50_000],
)  # fmt: skip
def test_no_text_makes_reading_slow(text: str) -> None:
    with bounded():
        find_numbers(text)


def test_parts_stay_words(filled: Fill) -> None:
    index = filled("Nghị quyết số 57-NQ/TW về khoa học", "Nghị quyết số 58 của HĐND")
    assert find(index, "57") == ["a"]
    assert find(index, "nq") == ["a", "b"]  # the second writes it in full
    assert find(index, '"nghị quyết số 57"') == ["a"]
    assert find(index, '"nghị quyết số 57nqtw"') == ["a"]
    assert find(index, '"nghị quyết số 57-NQ/TW về khoa"') == ["a"]
    assert find(index, '"số 58-NQ/TW"') == []


def test_number_with_words_around_it(filled: Fill) -> None:
    index = filled("Kế hoạch thực hiện Nghị quyết 57-NQ/TW", "Kế hoạch thực hiện Nghị quyết 58-NQ/TW")
    assert find(index, "kế hoạch 57-nq/tw") == ["a"]
    assert find(index, "ke hoach thuc hien nghi quyet 57nqtw")[0] == "a"


def test_own_number_is_above_a_mention_and_can_be_asked_for(filled: Fill) -> None:
    index = filled(
        record("mention", "Căn cứ 12/KH-UBND và 12/KH-UBND", title="Báo cáo"),
        record("own", "Nội dung dài " * 50, title="Kế hoạch", number="12/KH-UBND"),
        record("longer", "x", number="112/KH-UBND"),
    )
    assert find(index, "12/KH-UBND") == ["own", "mention"]
    assert find(index, "số:12/KH-UBND") == ["own"]
    assert find(index, "so:12 kh ubnd") == ["own"]
    assert find(index, "Số: 12/KH") == ["own"]
    assert find(index, "số:2/KH-UBND") == []


def test_a_number_no_document_bears_finds_mentions_and_says_so(filled: Fill) -> None:
    page = filled("Căn cứ Nghị quyết 57-NQ/TW").search("Số: 57-NQ/TW", viewer_keys=EVERYONE)
    assert keys(page) == ["a"]
    assert page.remarks == ("Không có tài liệu mang số này; đây là tài liệu nhắc đến số ấy.",)
