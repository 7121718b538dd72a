"""Letters, tones and tokens of Vietnamese."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.vietnamese import fold, forms, normalise, tokens, within_one_edit, word_forms

VIETNAMESE = st.text(
    "aàáảãạăằâấeêếiìoòôốơớuùưứyýđĐAÀÂhkgnqtxHNQ -/0123456789.\n\u0301\u0300\u0309\u0323\u00ad\u200b", max_size=60
)
ANY = st.one_of(st.text(max_size=60), VIETNAMESE)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("hoà", "hòa"), ("hòa", "hòa"), ("Hoà", "hòa"), ("HOÀ", "hòa"), ("khoẻ", "khỏe"), ("thuý", "thúy"),
        ("uỷ", "ủy"), ("uỷ ban", "ủy ban"), ("huỷ", "hủy"), ("loè", "lòe"), ("xoã", "xõa"), ("toạ", "tọa"),
        ("quý", "quý"), ("quỳ", "quỳ"), ("quỷ", "quỷ"), ("quỵ", "quỵ"), ("qúy", "quý"), ("qủa", "quả"),
        ("quà", "quà"), ("hoàn", "hoàn"), ("toán", "toán"), ("thuyền", "thuyền"), ("hoạch", "hoạch"),
        ("người", "người"), ("ĐẢNG", "đảng"), ("già", "già"), ("của", "của"), ("khuỷu", "khuỷu"), ("oà", "òa"),
    ],
)  # fmt: skip
def test_normal_form(written: str, normal: str) -> None:
    assert normalise(written) == normal
    assert normalise(unicodedata.normalize("NFD", written)) == normal


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Đảng ủy", "dang uy"), ("đường", "duong"), ("ĐẶNG", "dang"), ("ƯỚC", "uoc"), ("Ðảng", "dang"),
        ("nghị quyết", "nghi quyet"), ("ﬁle", "file"), ("Ｎｇ", "ng"), ("İ", "i"), ("", ""),
    ],
)  # fmt: skip
def test_folding(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(ANY)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(VIETNAMESE)
def test_composed_and_decomposed_text_give_the_same_syllables(text: str) -> None:
    composed = tokens(unicodedata.normalize("NFC", text))
    decomposed = tokens(unicodedata.normalize("NFD", text))
    assert [(one.folded, one.exact) for one in composed] == [(one.folded, one.exact) for one in decomposed]


@given(ANY)
def test_tokens_point_into_the_original(text: str) -> None:
    end = 0
    for place, token in enumerate(tokens(text)):
        assert token.position == place
        assert end <= token.start < token.end <= len(text)
        end = token.end
        assert forms(text[token.start : token.end]) == (token.folded, token.exact)
        assert not any(char.isspace() for char in token.folded + token.exact)


@given(ANY)
def test_the_fast_way_gives_the_same_words(text: str) -> None:
    assert word_forms(text) == [(token.folded, token.exact) for token in tokens(text)]


def test_highlights_land_on_decomposed_text() -> None:
    text = unicodedata.normalize("NFD", "Về chuyển đổi số.")
    assert [unicodedata.normalize("NFC", text[one.start : one.end]) for one in tokens(text)] == [
        "Về", "chuyển", "đổi", "số",
    ]  # fmt: skip


def test_invisible_characters_do_not_cut_words() -> None:
    assert [token.folded for token in tokens("chuy\u00adển\u200b đ\ufeffổi")] == ["chuyen", "doi"]


def test_underscores_of_file_names_separate() -> None:
    assert [token.folded for token in tokens("Báo_cáo_2026.pdf")] == ["bao", "cao", "2026", "pdf"]


@pytest.mark.parametrize(
    ("first", "second", "near"),
    [("doi", "doi", True), ("doi", "doii", True), ("doi", "di", True), ("doi", "dai", True), ("doi", "dio", True),
     ("doi", "", False), ("doi", "dxxi", False), ("ab", "ba", True), ("abc", "cab", False), ("a", "", True)],
)  # fmt: skip
def test_one_edit(first: str, second: str, near: bool) -> None:
    assert within_one_edit(first, second) is near
    assert within_one_edit(second, first) is near
