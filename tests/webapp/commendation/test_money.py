"""What is paid, against a computation of its own: fractions, and the days of base pay and decrees written here anew."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import product

import pytest

from webapp.commendation.catalogue.rules import Dated, work_out_money
from webapp.commendation.catalogue.service import ready_made
from webapp.commendation.decisions.rules import Payee, highest_titles, whose
from webapp.core.errors import Invalid
from webapp.models import AwardSubject, AwardValueName

P, C, H = AwardSubject.PERSON, AwardSubject.COLLECTIVE, AwardSubject.HOUSEHOLD
# Times the base pay, as the decrees' articles 50 and 54 have it; a household one and a half of a person.
TIMES = {
    ("lao-dong-tien-tien", P): Fraction(3, 10),
    ("chien-si-thi-dua-co-so", P): Fraction(1),
    ("tap-the-lao-dong-tien-tien", C): Fraction(8, 10),
    ("giay-khen", P): Fraction(3, 10),
    ("giay-khen", C): Fraction(6, 10),
    ("giay-khen", H): Fraction(3, 10) * Fraction(3, 2),
}
DAYS = (
    date(2025, 6, 30), date(2025, 7, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 11, 22),
    date(2027, 2, 28), date(2027, 3, 1),
)  # fmt: skip
ROUNDINGS = (None, 1_000, 100_000)


def values(rounding: int | None) -> list[Dated]:
    """The ready-made catalogue; with another rounding where one is given."""
    found = []
    for one in ready_made()["value"]:
        value = str(rounding) if one["name"] == "rounding" and rounding else one["value"]
        found.append(
            Dated(
                AwardValueName(one["name"]),
                one.get("title"),
                AwardSubject(one["subject"]) if "subject" in one else None,
                value,
                one["from"],
                one.get("until"),
                one["citation"],
            )
        )
    return found


def expected(title: str, subject: AwardSubject, on: date, step: int) -> int | None:
    """In đồng; None on days without a decree."""
    if not date(2025, 7, 1) <= on < date(2027, 3, 1):
        return None
    base = 2_340_000 if on < date(2026, 7, 1) else 2_530_000
    exact = TIMES[title, subject] * base
    return int(-(-exact // step) * step)


CASES = list(product(TIMES, DAYS, ROUNDINGS))


def test_every_kind_on_every_day_in_every_rounding() -> None:
    assert len(CASES) >= 40
    for (title, subject), on, rounding in CASES:
        wanted = expected(title, subject, on, rounding or 10_000)
        try:
            found: int | None = work_out_money(values(rounding), title, subject, on).amount
        except Invalid as fault:
            found = None
            # The sentence names what ended, or what has not begun.
            assert f"{on:%d/%m/%Y}" in fault.sentence and "hiệu lực" in fault.sentence
        assert found == wanted, (title, subject, on, rounding)


@pytest.mark.parametrize(
    ("on", "amount"),
    # Known from papers: 0,3 of 2.340.000 is 702.000, of 2.530.000 is 759.000.
    [(date(2026, 6, 30), 710_000), (date(2026, 7, 1), 760_000)],
)
def test_the_day_of_the_decision_says_the_base_pay(on: date, amount: int) -> None:
    assert work_out_money(values(None), "giay-khen", P, on).amount == amount


@pytest.mark.parametrize(
    ("lines", "paid"),
    [
        # (who, is a title, amount); of titles only the highest, a form beside it.
        ([("an", True, 760_000), ("an", True, 2_530_000)], {1}),
        ([("an", True, 760_000), ("an", False, 760_000)], {0, 1}),
        ([("an", False, 760_000), ("an", False, 760_000)], {0, 1}),
        ([("an", True, 760_000), ("binh", True, 760_000)], {0, 1}),
        ([("an", True, 760_000), ("an", True, 760_000)], {0}),
        ([("an", True, 760_000), ("an", True, 2_530_000), ("an", False, 760_000)], {1, 2}),
    ],
)
def test_of_several_titles_only_the_highest_is_paid(lines: list[tuple[str, bool, int]], paid: set[int]) -> None:
    found = highest_titles([(str(n), who, amount) for n, (who, is_title, amount) in enumerate(lines) if is_title])
    forms = {str(n) for n, (_, is_title, _) in enumerate(lines) if not is_title}
    assert found | forms == {str(n) for n in paid}


def test_one_person_is_one_with_and_without_account_and_namesakes_are_two() -> None:
    found = whose(
        {
            "account": Payee(P, "an", "nguyenvanan", "A", "Đơn vị A"),
            "by name": Payee(P, None, "nguyenvanan", "A", "Phòng một"),
            "namesake": Payee(P, None, "nguyenvanan", "B", "Đơn vị B"),
            "outsider": Payee(P, None, "nguyenvanan", None, "Khu vực 1"),
            "another": Payee(P, None, "nguyenvanan", None, "Khu vực 2"),
            "unit": Payee(C, None, "nguyenvanan", "A", ""),
        }
    )
    assert found["account"] == found["by name"] and len(set(found.values())) == 5
