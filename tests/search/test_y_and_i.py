"""A syllable whose only vowel is y is the one with i; what was typed ranks first; other syllables stay apart."""

from __future__ import annotations

import pytest

from search.vietnamese import forms
from tests.search.searching import Fill, find

SAME = [("kỹ", "kĩ"), ("lý", "lí"), ("tỷ", "tỉ"), ("quý", "quí"), ("Mỹ", "Mĩ"), ("sỹ", "sĩ"), ("Quỳnh", "Quình")]
APART = [("thúy", "thúi"), ("tay", "tai"), ("yêu", "iêu"), ("thủy", "thủi"), ("máy", "mái"), ("huynh", "huinh")]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_one_word_two_spellings(filled: Fill, first: str, second: str) -> None:
    assert forms(first)[0] == forms(second)[0] and forms(first)[1] != forms(second)[1]
    index = filled(f"chữ {first} đây", f"chữ {second} đây")
    assert find(index, first) == ["a", "b"] and find(index, second) == ["b", "a"]


@pytest.mark.parametrize(("first", "second"), APART)
def test_other_words_stay_apart(filled: Fill, first: str, second: str) -> None:
    index = filled(f"chữ {first} đây", f"chữ {second} đây")
    assert find(index, first) == ["a"] and find(index, second) == ["b"]


def test_bare_and_in_phrases(filled: Fill) -> None:
    index = filled("kĩ năng số", "công ti cổ phần")
    assert find(index, "ky nang") == find(index, '"kỹ năng số"') == ["a"]
    assert find(index, '"cong ty co phan"') == ["b"]


@pytest.mark.parametrize("typed", ["qu", "quy", "quyế"])
def test_a_word_still_being_typed_goes_on(filled: Fill, typed: str) -> None:
    assert find(filled("quyết định"), typed, prefix_last=True) == ["a"]
