"""Reading what people type."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import search
from search.query import read_query
from tests.search.searching import EVERYONE, Fill, find, record

NAUGHTY = Path(__file__).resolve().parents[3] / "shared/data/naughty/blns.json"
HOSTILE = [
    "57-NQ/TW)", '"chưa đóng', "(", "*", "a AND", "NOT", "-", '-"', '""', '-""', "số:", "năm:", "loại:", ":", "số:-", "^2",
    "[1 TO 2]", "title:x", "~", "\\", "\x00", "a\x00b", "\ud800", "số:\ud800", "🇻🇳", "%s", "'; DROP TABLE", "đ" * 5000,
    "a " * 3000, "\u0301", "−5", "1/2/3/4/5-A/B/C/D/E/F/G", "9" * 400, "9" * 400 + "-NQ/TW", "﷽", "\u202e", "#57nqtw", "#", "F", "xF A",
]  # fmt: skip


def test_parts_of_a_query() -> None:
    query = read_query('chuyển đổi "báo cáo quý" -nháp -"bản cũ" năm:2025 đơn vị:"Khu phố 3" tiêu chí:III.1.đ 57-NQ/TW')
    assert [token.exact for token in query.row] == ["chuyển", "đổi"]
    assert [[token.exact for token in piece.words] for piece in query.phrases] == [["báo", "cáo", "quý"]]
    assert [[token.exact for token in piece.words] for piece in query.without] == [["bản", "cũ"], ["nháp"]]
    assert [(item.name, item.value) for item in query.fields] == [
        ("year", "2025"), ("unit", "Khu phố 3"), ("criterion", "III.1.đ"),
    ]  # fmt: skip
    assert [number.joined for number in query.numbers] == ["#57nqtw"]


@pytest.mark.parametrize("text", ["don vi:x", "Đơn vị:x", "đơn_vị:x", "donvi:x", "ĐƠN VỊ: x"])
def test_field_names_with_or_without_accents(text: str) -> None:
    assert [(item.name, item.value) for item in read_query(text).fields] == [("unit", "x")]


@pytest.mark.parametrize("text", ["“cụm từ”", "«cụm từ»", '"cụm từ"', "„cụm từ“"])
def test_quotation_marks(text: str) -> None:
    assert len(read_query(text).phrases) == 1


def test_an_open_quote_is_only_words() -> None:
    query = read_query('"chưa đóng')
    assert [token.exact for token in query.row] == ["chưa", "đóng"]
    assert query.phrases == ()


def test_a_hyphen_inside_or_alone_excludes_nothing() -> None:
    assert read_query("kinh tế - xã hội").without == ()
    assert read_query("2024-2025").without == ()
    assert read_query("57 -NQ/TW").without == ()


def test_fields_can_be_taken_over_by_the_caller() -> None:
    query = read_query("báo cáo loại:kế")
    assert query.without_fields({"kind"}).fields == ()


def test_a_field_not_understood_is_said_and_left_out(filled: Fill) -> None:
    page = filled("báo cáo quý").search("báo cáo loại:tờ năm:hai", viewer_keys=EVERYONE)
    assert page.total == 1
    assert page.remarks == ("Không hiểu bộ lọc «loại:tờ»; đã bỏ qua.", "Không hiểu bộ lọc «năm:hai»; đã bỏ qua.")


def test_year_field_filters(filled: Fill) -> None:
    index = filled(record("old", "báo cáo", facets={"year": 2024}), record("new", "báo cáo", facets={"year": 2025}))
    assert find(index, "báo cáo năm:2025") == ["new"]
    assert find(index, "nam:2024") == ["old"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_a_query(filled: Fill, text: str) -> None:
    index = filled("Báo cáo chuyển đổi số 57-NQ/TW")
    for prefix_last in (False, True):
        page = index.search(text, viewer_keys=EVERYONE, facets=("kind",), prefix_last=prefix_last)
        assert page.total >= len(page.hits) >= 0
    index.suggest(text, EVERYONE)


def test_hostile_text_can_be_indexed(filled: Fill) -> None:
    index = filled(*(record(f"k{place}", text, title=text, number=text) for place, text in enumerate(HOSTILE)))
    assert index.count() == len(HOSTILE)
    assert len(find(index, "", limit=100)) == len(HOSTILE)


def test_naughty_strings(filled: Fill) -> None:
    if not NAUGHTY.exists():
        pytest.skip(f"{NAUGHTY} (big list of naughty strings) is not here")
    strings = json.loads(NAUGHTY.read_text("utf-8"))
    index = filled(*(record(f"k{place}", text, title=text) for place, text in enumerate(strings)))
    assert index.count() == len(strings)
    for text in strings:
        page = index.search(text, viewer_keys=EVERYONE, prefix_last=True)
        assert page.total >= len(page.hits)
        index.suggest(text, EVERYONE)


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    read_query(text)


@given(st.text('abcđ 57-/NQTW":sốnămloại“”', max_size=60))
def test_query_like_text_can_be_read(text: str) -> None:
    query = read_query(text)
    assert all(0 <= token.start < token.end <= len(query.text) for token in query.row)


def test_nothing_searchable_says_so_and_finds_nothing(filled: Fill) -> None:
    page = filled("báo cáo").search("!!! ???", viewer_keys=EVERYONE)
    assert (page.total, page.remarks) == (0, ("Không có chữ hay số nào để tìm.",))


def test_a_long_query_is_cut_and_says_so(filled: Fill) -> None:
    page = filled("báo cáo quý một năm nay").search("báo cáo quý một " * 200, viewer_keys=EVERYONE)
    assert page.total == 1
    assert len(page.remarks) == 2


def test_reading_is_public() -> None:
    assert isinstance(search.read_query("x"), search.Query)
