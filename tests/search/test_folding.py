"""Folding a whole text at once says the same as looking at each word, place by place, or leaves the text to that."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from search.folding import fold_in_place, lowered_words, read_word
from search.snippets import Wanted, highlight
from search.vietnamese import fold, forms, surfaces

LETTERS = "aăâeêioôơuưyđ" + "".join(
    unicodedata.normalize("NFC", letter + tone)
    for letter in "aăâeêioôơuưy"
    for tone in "\u0300\u0301\u0303\u0309\u0323"
)
TEXTS = some.text(alphabet=LETTERS + LETTERS.upper() + "bcdghklmnpqrstvx0123456789 .,;:–“”()/_-\n\t\f·→", max_size=200)
OTHERS = some.text(alphabet="kỹ năng λя½\u0301\u00adﬁİ 57-NQ/TW", max_size=60)


@given(TEXTS)
def test_words_and_their_forms_are_those_of_the_slower_way(text: str) -> None:
    words = lowered_words(text)
    assert words is not None
    assert [forms(read_word(word)) for word in words] == [forms(word) for word in surfaces(text)]


@given(TEXTS)
def test_every_letter_keeps_its_place(text: str) -> None:
    folded = fold_in_place(text)
    assert folded is not None and len(folded) == len(text)
    assert folded.decode("ascii") == "".join(fold(letter) if letter.isalnum() else " " for letter in text)


@pytest.mark.parametrize("text", ["λ", "Я", "½", "ky\u0303", "a\u00adb", "ﬁ", "İ"])
def test_other_letters_are_left_to_the_slower_way(text: str) -> None:
    assert fold_in_place(f"kỹ năng {text}") is None and lowered_words(text) is None


@given(some.one_of(TEXTS, OTHERS), some.sampled_from(["ki", "nang", "57", "a", "duong"]))
def test_marks_are_the_same_either_way(text: str, word: str) -> None:
    """A letter of another alphabet at the end sends the same text the slower way."""
    quick = highlight(text, Wanted({word: 1.0}))
    slow = highlight(f"{text} я", Wanted({word: 1.0}))
    assert [part for part, hit in quick if hit] == [part for part, hit in slow if hit]
