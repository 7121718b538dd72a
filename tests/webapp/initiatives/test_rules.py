"""Shares, the two clocks and the measure of likeness."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.initiatives import alike, rules
from webapp.models.initiative import InitiativeState as S


@given(st.integers(1, rules.MOST_AUTHORS))
def test_equal_shares_are_the_whole_and_nearly_equal(count: int) -> None:
    shares = rules.equal_shares(count)
    assert sum(shares) == rules.WHOLE and max(shares) - min(shares) <= 1
    assert rules.share_fault(shares) is None


@given(st.integers(0, rules.WHOLE))
def test_a_share_is_read_as_it_is_written(share: int) -> None:
    words = rules.share_words(share)
    assert rules.share_of(words) == rules.share_of(f" {words} % ") == rules.share_of(words.replace(",", ".")) == share


@given(st.text(max_size=12))
def test_any_text_is_a_share_within_bounds_or_none(text: str) -> None:
    share = rules.share_of(text)
    assert share is None or 0 <= share <= rules.WHOLE


@given(st.lists(st.integers(0, rules.WHOLE), max_size=10))
def test_only_shares_above_zero_that_add_up_to_the_whole_are_handed_in(shares: list[int]) -> None:
    right = bool(shares) and all(shares) and sum(shares) == rules.WHOLE
    assert (rules.share_fault(shares) is None) is right


@pytest.mark.parametrize("text", ["-5", "100,01", "101", "1e2", "33,333", "½", "٣", "abc", "1.000"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    assert rules.share_of(text) is None


@pytest.mark.parametrize(
    ("term", "start", "last"),
    [
        (rules.REQUEST, date(2024, 2, 29), date(2025, 2, 28)),
        (rules.REQUEST, date(2023, 2, 28), date(2024, 2, 28)),
        (rules.REQUEST, date(2026, 12, 31), date(2027, 12, 31)),
        (rules.ANSWER, date(2026, 11, 30), date(2027, 2, 28)),
        (rules.ANSWER, date(2027, 11, 30), date(2028, 2, 29)),
        (rules.ANSWER, date(2026, 10, 31), date(2027, 1, 31)),
        (rules.ANSWER, date(2026, 12, 15), date(2027, 3, 15)),
    ],
)
def test_terms_end_on_the_same_day_or_the_last_of_a_shorter_month(term: rules.Term, start: date, last: date) -> None:
    assert term.last_day(start) == last


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_term_is_never_longer_than_its_months(start: date) -> None:
    assert timedelta(365 - 1) <= rules.REQUEST.last_day(start) - start <= timedelta(366)
    assert timedelta(89 - 1) <= rules.ANSWER.last_day(start) - start <= timedelta(92)


def shown(state: S, today: date, **days: date | None) -> tuple[str, str] | None:
    values: dict[str, date | None] = {"first_applied_on": None, "first_submitted_on": None, "submitted_on": None}
    face = rules.clock(state, today=today, **{**values, **days})
    return (face.text, face.tone) if face else None


def test_clocks_speak_and_never_refuse() -> None:
    handed = date(2026, 9, 12)
    assert shown(S.SUBMITTED, date(2026, 11, 22), submitted_on=handed) == ("còn 20 ngày để công nhận", "warn")
    assert shown(S.REVIEWED, date(2026, 10, 1), submitted_on=handed) == ("còn 72 ngày để công nhận", "info")
    assert shown(S.REVIEWED, date(2026, 12, 12), submitted_on=handed) == ("hôm nay là hạn cuối để công nhận", "warn")
    assert shown(S.REVIEWED, date(2027, 1, 1), submitted_on=handed) == ("quá hạn 20 ngày để công nhận", "bad")
    assert shown(S.RECOGNISED, date(2027, 1, 1), submitted_on=handed) is None
    used = date(2024, 2, 29)
    words = ("còn 1 ngày để trình yêu cầu công nhận", "warn")
    assert shown(S.DRAFT, date(2025, 2, 27), first_applied_on=used) == words
    assert shown(S.DRAFT, date(2025, 3, 1), first_applied_on=used) == (
        "quá hạn 1 ngày để trình yêu cầu công nhận",
        "bad",
    )
    assert shown(S.DRAFT, date(2025, 3, 1)) is None
    assert shown(S.RETURNED, date(2026, 1, 1), first_applied_on=used, first_submitted_on=handed) is None
    assert rules.late_by(used, date(2025, 2, 28)) == 0 and rules.late_by(used, date(2025, 3, 1)) == 1
    assert rules.late_by(None, handed) == rules.late_by(used, None) == 0


def test_every_state_has_a_next_step_and_every_move_a_permission() -> None:
    assert set(rules.NEXT) == set(S)
    assert {move for _, move in rules.MOVES} == set(rules.NEEDED)


def test_texts_are_alike_by_their_pairs_of_syllables() -> None:
    one = "Số hóa hồ sơ đất đai và nhắc hạn trả kết quả cho cán bộ một cửa"
    assert alike.likeness(one, one) == 1
    assert alike.likeness(one, "so hoa ho so dat dai va nhac han tra ket qua cho can bo mot cua") == 1
    assert alike.likeness(one, one + " kèm nhiều đoạn khác hẳn về chợ phường và nước sạch") == 1
    assert alike.likeness(one, "Vườn rau sạch của hội phụ nữ phường nuôi trẻ mồ côi") < alike.ALIKE
    assert alike.likeness("chuyển đổi số", "chuyển đổi số trong trường học và trạm y tế phường") < 0.5
    assert alike.likeness("", one) == alike.likeness("một", one) == 0


def test_means_are_written_with_a_comma() -> None:
    assert rules.average([24, 25]) == "24,5" and rules.average([]) == ""
