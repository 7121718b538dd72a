"""What people type when the Vietnamese keyboard is off."""

import pytest

from search.keystrokes import meant_syllable
from tests.search.searching import EVERYONE, Fill, find


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("chuyeenr", "chuyen"), ("ddooir", "doi"), ("soos", "so"), ("nghij", "nghi"), ("quyeets", "quyet"), ("ddarng", "dang"),
        ("ddangr", "dang"), ("thuwowngr", "thuong"), ("phuwowngf", "phuong"), ("uyr", "uy"), ("hoaf", "hoa"), ("truwng", "trung"),
        ("chuye6n3", "chuyen"), ("d9o6i3", "doi"), ("so61", "so"), ("tw", "tu"),
        ("chuyen", None), ("thi", None), ("2026", None), ("doi", None), ("", None),
    ],
)  # fmt: skip
def test_syllables(typed: str, meant: str | None) -> None:
    assert meant_syllable(typed) == meant


def test_telex_finds_and_shows_what_was_meant(filled: Fill) -> None:
    index = filled("Kế hoạch chuyển đổi số", "Đảng ủy phường")
    page = index.search("chuyeenr ddooir soos", viewer_keys=EVERYONE)
    assert [hit.key for hit in page.hits] == ["a"]
    assert page.suggestion == "chuyển đổi số"
    assert page.remarks == ("Đã hiểu «chuyeenr ddooir soos» là gõ Telex hoặc VNI khi chưa bật bộ gõ.",)
    assert "**chuyển đổi số**" in page.hits[0].snippet
    assert find(index, "d9a3ng u3y") == ["b"]


def test_real_words_are_never_read_as_keystrokes(filled: Fill) -> None:
    index = filled("cái xoong đặt ở Sapa, Word và Excel", "xong việc")
    page = index.search("xoong", viewer_keys=EVERYONE)
    assert ([hit.key for hit in page.hits], page.remarks) == (["a"], ())
    assert find(index, "excel word") == ["a"]
