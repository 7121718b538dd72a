"""Which value of the catalogue holds on a day, and what a title or form is worth then. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from webapp.core.errors import Invalid
from webapp.core.numbers import show_number, stored_number
from webapp.models import AwardSubject, AwardValueName

NUMBERS = frozenset(
    {AwardValueName.BASE_PAY, AwardValueName.COEFFICIENT, AwardValueName.MULTIPLE, AwardValueName.ROUNDING}
)
# Base pay and rounding are one for all titles; what a title is worth differs by whom it honours.
OF_ALL = frozenset({AwardValueName.BASE_PAY, AwardValueName.ROUNDING})
BY_SUBJECT = frozenset({AwardValueName.COEFFICIENT, AwardValueName.MULTIPLE})


@dataclass(frozen=True, slots=True)
class Dated:
    """A value with its days, both included; shape of models.AwardValue, `title` a code, `value` a stored number or words."""

    name: AwardValueName
    title: str | None
    subject: AwardSubject | None
    value: str
    valid_from: date
    valid_until: date | None
    citation: str
    verified: bool = True

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)

    def is_about(self, name: AwardValueName, title: str | None, subject: AwardSubject | None) -> bool:
        return (self.name, self.title, self.subject) == (name, title, subject)


@dataclass(frozen=True, slots=True)
class Money:
    """What is paid: `base_pay` and `amount` in đồng, `coefficient` how many times the base pay, `source` in words."""

    base_pay: int
    coefficient: Decimal
    amount: int
    source: str


def find_value(
    values: Iterable[Dated],
    name: AwardValueName,
    on: date,
    title: str | None = None,
    subject: AwardSubject | None = None,
) -> Dated | None:
    """The one in force on the day."""
    return next((one for one in values if one.is_about(name, title, subject) and one.holds(on)), None)


def work_out_money(values: Sequence[Dated], title: str, subject: AwardSubject, on: date) -> Money:
    """Base pay in force on the day of the decision, times the title's coefficient of that day, rounded up.

    Where only a multiple of a person's coefficient is set, the coefficient is the product, rounded once at the end.
    Raises Invalid with a sentence naming what does not hold on that day.
    """
    base = _needed(values, AwardValueName.BASE_PAY, on)
    rounding = _needed(values, AwardValueName.ROUNDING, on)
    used = [base]
    own = find_value(values, AwardValueName.COEFFICIENT, on, title, subject)
    multiple = find_value(values, AwardValueName.MULTIPLE, on, title, subject)
    if own is None and multiple is not None:
        person = _needed(values, AwardValueName.COEFFICIENT, on, title, AwardSubject.PERSON)
        coefficient = Decimal(person.value) * Decimal(multiple.value)
        used += [person, multiple]
    else:
        found = own or _needed(values, AwardValueName.COEFFICIENT, on, title, subject)
        coefficient = Decimal(found.value)
        used.append(found)
    used.append(rounding)
    step = Decimal(rounding.value)
    exact = Decimal(base.value) * coefficient
    amount = (exact / step).to_integral_value(ROUND_CEILING) * step
    source = "; ".join(dict.fromkeys(one.citation for one in used))
    return Money(int(Decimal(base.value)), coefficient.normalize(), int(amount), source)


def _needed(
    values: Sequence[Dated],
    name: AwardValueName,
    on: date,
    title: str | None = None,
    subject: AwardSubject | None = None,
) -> Dated:
    found = find_value(values, name, on, title, subject)
    if found is not None:
        return found
    for_whom = f" cho {subject.label.lower()}" if subject else ""
    sentence = f"Ngày {on:%d/%m/%Y} không có “{name.label}”{for_whom} nào có hiệu lực"
    about = [one for one in values if one.is_about(name, title, subject)]
    before = [one for one in about if one.valid_until is not None and one.valid_until < on]
    after = [one for one in about if one.valid_from > on]
    if before:
        last = max(before, key=lambda one: one.valid_until or on)
        raise Invalid(f"{sentence}: {last.citation} hết hiệu lực sau ngày {last.valid_until:%d/%m/%Y}.")
    if after:
        first = min(after, key=lambda one: one.valid_from)
        raise Invalid(f"{sentence}: {first.citation} có hiệu lực từ ngày {first.valid_from:%d/%m/%Y}.")
    raise Invalid(f"{sentence}; hãy thêm vào danh mục khen thưởng.")


def is_said(one: Dated) -> str:
    """The value as people read it."""
    if one.name not in NUMBERS:
        return one.value
    return show_number(stored_number(one.value))


def list_ending(values: Iterable[Dated], on: date, within: timedelta) -> list[Dated]:
    """What holds now, runs out within the time, and is followed by nothing; soonest first."""
    rows = list(values)
    ending = [
        one
        for one in rows
        if one.valid_until is not None
        and one.holds(on)
        and one.valid_until <= on + within
        and not any(
            other.is_about(one.name, one.title, one.subject) and other.valid_from > one.valid_until for other in rows
        )
    ]
    return sorted(ending, key=lambda one: (one.valid_until or on, one.title or "", one.name.value))


def faults_of(new: Dated) -> dict[str, str]:
    """What is wrong with a value by field."""
    faults = {}
    if new.name in OF_ALL and (new.title or new.subject):
        faults["title"] = "Giá trị này chung cho mọi danh hiệu, hình thức; hãy để “Chung”."
    if new.name not in OF_ALL and not new.title:
        faults["title"] = "Hãy chọn danh hiệu hoặc hình thức."
    if new.name in BY_SUBJECT and new.subject is None:
        faults["subject"] = "Hãy chọn mức này của cá nhân, tập thể hay hộ gia đình."
    if new.name in NUMBERS and not _is_above_zero(new.value):
        faults["value"] = "Hãy ghi một số lớn hơn 0, ví dụ 0,3 hoặc 2.530.000."
    if not new.value.strip():
        faults["value"] = "Hãy ghi giá trị."
    if not new.citation.strip():
        faults["citation"] = "Hãy ghi căn cứ: văn bản, điều, khoản."
    if new.valid_until is not None and new.valid_until < new.valid_from:
        faults["valid_until"] = "Ngày cuối phải từ ngày đầu trở đi."
    return faults


def _is_above_zero(text: str) -> bool:
    try:
        number = Decimal(text)
    except ArithmeticError:
        return False
    return number.is_finite() and number > 0
