"""Passages cut from original text with what was searched for marked."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

import search
from search.results import plain_text
from search.snippets import PASSAGE_CHARS, Wanted, highlight, passages
from tests.search.searching import EVERYONE, Fill, record

FILLER = "Nội dung khác không liên quan gì đến việc này. " * 40


def only(index: search.Index, query: str, **more: object) -> search.Hit:
    (hit,) = index.search(query, viewer_keys=EVERYONE, **more).hits
    return hit


def marked(hit: search.Hit) -> list[str]:
    return [text for part in hit.passages for text, is_hit in part if is_hit]


def test_bare_queries_mark_accented_text(filled: Fill) -> None:
    hit = only(filled(f"{FILLER}Phường đẩy mạnh Chuyển đổi số. {FILLER}"), "chuyen doi so")
    assert marked(hit) == ["Chuyển đổi số"]
    assert "**Chuyển đổi số**" in hit.snippet
    assert hit.snippet.startswith("… ")


def test_cuts_are_shown(filled: Fill) -> None:
    index = filled("việc lớn và nhỏ " * 50 + "thi đua " + "việc nhỏ và lớn " * 50, "khen thưởng hết")
    hit = only(index, "thi đua")
    assert hit.snippet.startswith("… ")
    assert hit.snippet.endswith(" …")
    assert only(index, "khen thưởng").snippet == "**khen thưởng** hết"


def test_decomposed_text_is_marked_where_it_stands(filled: Fill) -> None:
    body = unicodedata.normalize("NFD", "Phường đẩy mạnh chuyển đổi số.")
    hit = only(filled(body), "chuyển đổi")
    assert [unicodedata.normalize("NFC", text) for text in marked(hit)] == ["chuyển đổi"]
    assert plain_text(hit.passages[0]) == body


def test_typed_accents_are_marked_rather_than_others(filled: Fill) -> None:
    assert marked(only(filled("Đảng viên làm việc dang dở"), "Đảng")) == ["Đảng"]
    assert marked(only(filled("Đảng viên làm việc dang dở"), "dang")) == ["Đảng", "dang"]


def test_numbers_are_marked_however_spelt(filled: Fill) -> None:
    assert marked(only(filled("Theo Nghị quyết 57-NQ/TW và 157-NQ/TW"), "57nqtw")) == ["57-NQ/TW"]
    assert marked(only(filled("Theo Nghị quyết 57-NQ/TW"), "57-NQ")) == ["57-NQ/TW"]


def test_a_lone_syllable_of_a_found_phrase_is_not_marked(filled: Fill) -> None:
    hit = only(filled("Số liệu về chuyển đổi số của số đơn vị"), "chuyển đổi số")
    assert marked(hit) == ["chuyển đổi số"]


def test_prefix_and_near_words_are_marked(filled: Fill) -> None:
    assert marked(only(filled("khen thưởng cuối năm"), "khen thư", prefix_last=True)) == ["khen thưởng"]
    assert marked(only(filled("khen thưởng cuối năm"), "thuogn")) == ["thưởng"]


def test_page_of_the_first_passage(filled: Fill) -> None:
    index = filled(f"{FILLER}\f{FILLER}\fTrang ba có thi đua ở đây\f{FILLER}")
    hit = only(index, "thi đua")
    assert hit.page == 3
    assert "\f" not in hit.snippet
    assert only(index, "").page == 1
    with index.batch() as batch:
        batch.add(record("a", "thi đua không trang"))
    assert only(index, "thi đua").page is None


def test_markup_stays_text(filled: Fill) -> None:
    hit = only(filled(record("a", "<script>alert(1)</script> thi đua & <b>", title="<i>Thi đua</i>")), "thi đua")
    assert plain_text(hit.passages[0]) == "<script>alert(1)</script> thi đua & <b>"
    assert hit.title_segments == (("<i>", False), ("Thi đua", True), ("</i>", False))


def test_without_a_match_in_the_body_its_beginning_is_shown(filled: Fill) -> None:
    hit = only(filled(record("a", f"  Mở đầu văn bản. {FILLER}", title="Thi đua")), "thi đua")
    assert hit.snippet.startswith("Mở đầu văn bản.")
    assert len(hit.snippet) < 2 * PASSAGE_CHARS
    assert only(filled(record("a", "", title="Thi đua")), "thi đua").snippet == ""


def test_a_long_body_is_searched_to_its_end(filled: Fill) -> None:
    hit = only(filled(FILLER * 60 + "Kết luận: khen thưởng. "), "khen thưởng")
    assert marked(hit) == ["khen thưởng"]


def test_several_passages(filled: Fill) -> None:
    hit = only(filled(f"thi đua mở đầu. {FILLER}giữa có thi đua. {FILLER}cuối cũng thi đua."), "thi đua")
    assert len(hit.passages) == 3
    assert hit.snippet.count(" … ") == 2


@given(
    st.lists(
        st.sampled_from(["thi", "đua", "số", ".", "\n", "\f", "xa", "chữ", "57-NQ/TW", "e\u0301"]), max_size=400
    ).map(" ".join)
)
def test_passages_are_pieces_of_the_text(body: str) -> None:
    wanted = Wanted(rarity={"thi": 1.0, "dua": 2.0}, typed={"dua": frozenset({"đua"})}, numbers=frozenset({"#57nqtw"}))
    assert plain_text(highlight(body, wanted)) == plain_text(highlight(body, Wanted({})))
    parts, first = passages(body, wanted)
    squeezed = "".join(body.split())
    assert 0 <= first <= len(body)
    for part in parts:
        assert "".join(plain_text(part).split()) in squeezed
        assert len(plain_text(part)) <= 3 * PASSAGE_CHARS
        for text, is_hit in part:
            assert text
            assert not is_hit or set(text.split()) <= {"thi", "đua", "57-NQ/TW"}
