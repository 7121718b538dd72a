"""Short forms and full forms find each other, from the public list, an office's words and papers' own definitions."""

from __future__ import annotations

from pathlib import Path

import pytest

import search
from search.short_forms import ShortForms, find_definitions, public_list
from search.vietnamese import tokens
from tests.search.searching import EVERYONE, Fill, find, record
from tests.search.searching import keys as keys_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ủy ban nhân dân (UBND) phường", [("UBND", "Ủy ban nhân dân")]),
        ("Hội đồng nhân dân (sau đây viết tắt là HĐND)", [("HĐND", "Hội đồng nhân dân")]),
        ("Ban chỉ đạo (sau đây được viết tắt là: BCĐ)", [("BCĐ", "Ban chỉ đạo")]),
        ("Tổ công nghệ số cộng đồng (gọi tắt là “TCNSCĐ”)", [("TCNSCĐ", "Tổ công nghệ số cộng đồng")]),
        ("chuyển đổi số, sau đây viết tắt là CĐS, được", [("CĐS", "chuyển đổi số")]),
        ("Sở Khoa học và Công nghệ (KH&CN)", [("KH&CN", "Khoa học và Công nghệ")]),
        ("Tổ dân phố số (viết tắt: TDPS)", [("TDPS", "Tổ dân phố số")]),
        ("CĐS: Chuyển đổi số\nĐMST: Đổi mới sáng tạo", [("CĐS", "Chuyển đổi số"), ("ĐMST", "Đổi mới sáng tạo")]),
        ("DVCTT (dịch vụ công trực tuyến)", [("DVCTT", "dịch vụ công trực tuyến")]),
    ],
)
def test_papers_define_their_short_forms(text: str, found: list[tuple[str, str]]) -> None:
    assert find_definitions(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "tại thành phố (Hà Nội)",
        "Trung tâm Phục vụ hành chính công (sau đây gọi tắt là Trung tâm)",
        "theo Quyết định (QĐ 12) của phường",
        "Hội Phụ nữ (UBND)",
        "(UBND)",
        "Ủy ban. | nhân dân (UBND)",
        "ĐIỀU: Đơn vị",
    ],
)
def test_other_brackets_define_nothing(text: str) -> None:
    assert find_definitions(text) == []


def test_every_line_of_the_public_list_works_both_ways_unless_it_says_otherwise() -> None:
    forms = ShortForms()
    assert len({short for short, _, _ in public_list()}) >= 150

    def others(text: str) -> set[str]:
        return {other.form.shown for other in forms.also(text, tuple(tokens(text)), lambda beginning: ())}

    for short, full, one_way in public_list():
        assert full in others(short), short
        assert (short in others(full)) != one_way, full


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("UBND", ["a", "b"]),
        ("ủy ban nhân dân", ["b", "a"]),
        ("uy ban nhan dan", ["b", "a"]),
        ("ubnd phường", ["a", "b"]),
        ("CĐS", ["c", "d"]),
        ("chuyển đổi số", ["d", "c"]),
        ("KHCN", ["e", "f"]),
        ("khoa học và công nghệ", ["e", "f"]),
        ("KH&CN", ["f", "e"]),
    ],
)
def test_either_finds_the_other_and_what_was_typed_comes_first(filled: Fill, question: str, found: list[str]) -> None:
    index = filled(
        "UBND phường họp",
        "Ủy ban nhân dân phường họp",
        "triển khai CĐS",
        "triển khai chuyển đổi số",
        "Sở Khoa học và Công nghệ",
        "Sở KH&CN",
    )
    assert sorted(find(index, question)) == sorted(found)
    assert found[0] == find(index, question)[0]


def test_what_was_also_asked_for_is_said_and_why_a_hit_is_there(filled: Fill) -> None:
    index = filled("UBND phường họp", "Ủy ban nhân dân phường họp")
    page = index.search("ủy ban nhân dân", viewer_keys=EVERYONE)
    assert page.remarks == ("Đã tìm cả «UBND».",)
    assert {hit.key: hit.reason for hit in page.hits} == {"a": "Tìm thấy qua chữ viết tắt «UBND».", "b": None}
    assert ("UBND", True) in page.hits[1].passages[0]
    page = index.search("UBND", viewer_keys=EVERYONE)
    assert page.hits[1].reason == "Tìm thấy qua cách viết đầy đủ «ủy ban nhân dân»."
    assert index.search("phường", viewer_keys=EVERYONE).remarks == ()


def test_kinds_of_papers_work_one_way(filled: Fill) -> None:
    index = filled("Kế hoạch thi đua", "Số: 57/KH-XYZ về việc khác")
    assert set(find(index, "KH")) == {"a", "b"}
    assert find(index, "kế hoạch") == ["a"]


@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_a_definition_helps_only_who_may_see_it(tmp_path: Path, engine: str) -> None:
    index = search.open(tmp_path / "index", engine=engine)
    with index.batch() as batch:
        batch.add(record("def", "Tổ công nghệ thôn bản (sau đây viết tắt là TCNTB)", viewer_keys=("insider",)))
        batch.add(record("short", "TCNTB khu phố 3"))
        batch.add(record("full", "tổ công nghệ thôn bản khu phố 3"))
    outside = index.search("TCNTB", viewer_keys=EVERYONE)
    assert keys_of(outside) == ["short"] and outside.remarks == ()
    inside = index.search("TCNTB", viewer_keys={*EVERYONE, "insider"})
    assert set(keys_of(inside)) == {"def", "short", "full"}
    assert inside.remarks == ("Đã tìm cả «tổ công nghệ thôn bản».",)
    both = index.search("tổ công nghệ thôn bản", viewer_keys={*EVERYONE, "insider"})
    assert set(keys_of(both)) == {"def", "short", "full"} and both.remarks == ("Đã tìm cả «TCNTB».",)


def test_an_office_adds_and_strikes_out(filled: Fill) -> None:
    index = filled("lớp BTP", "ban thiếu phụ", "UBND phường", "ủy ban nhân dân")
    own = ShortForms(added=[("BTP", "Ban thiếu phụ")], struck=[("UBND", "ủy ban nhân dân")])

    def found(question: str, forms: ShortForms | None) -> set[str]:
        return set(keys_of(index.search(question, viewer_keys=EVERYONE, short_forms=forms)))

    assert found("BTP", None) == {"a"} and found("BTP", own) == {"a", "b"}
    assert found("ban thiếu phụ", own) == {"a", "b"}
    assert found("UBND", None) == {"c", "d"} and found("UBND", own) == {"c"}


def test_a_struck_pair_is_struck_for_papers_too(filled: Fill) -> None:
    index = filled("Hợp tác xã trẻ (HTXT)", "hợp tác xã trẻ", "HTXT mới")
    struck = ShortForms(struck=[("HTXT", "hợp tác xã trẻ")])
    assert set(find(index, "HTXT")) == {"a", "b", "c"}
    assert set(find(index, "HTXT", short_forms=struck)) == {"a", "c"}


@pytest.mark.parametrize("question", ["đầu tư", "thông tư 15", "tự đánh giá", "ai làm", "đã nộp", "du an", "thi dua"])
def test_a_syllable_is_no_short_form(filled: Fill, question: str) -> None:
    index = filled("Đảng ủy (ĐU) phường", "trung ương", "trí tuệ nhân tạo", "đề án 06", "Dân An (DA)")
    page = index.search(question, viewer_keys=EVERYONE)
    assert not any("Đã tìm cả" in remark for remark in page.remarks), page.remarks


def test_a_syllable_in_capitals_is_one(filled: Fill) -> None:
    index = filled("Đảng ủy (ĐU) phường", "ứng dụng trí tuệ nhân tạo", "hỏi ai", "đảng ủy họp")
    assert set(find(index, "ĐU")) == {"a", "d"}
    assert set(find(index, "AI")) == {"b", "c"} and find(index, "trí tuệ nhân tạo") == ["b"]
    assert find(index, "đảng ủy phường") == ["a"] and "c" not in find(index, "ai nhân tạo")[:1]
