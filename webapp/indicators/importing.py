"""A set from a workbook: a dry run by row with the sheet's own numbers, then all or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.errors import Invalid
from webapp.core.worksheets import read_worksheets
from webapp.indicators import scheme, sets
from webapp.indicators.reading import Reading, read_lines
from webapp.indicators.scheme import Finding
from webapp.indicators.sets import SetDraft
from webapp.models import IndicatorSet, IndicatorSetState, Unit
from webapp.people.naming import Named, recognise
from webapp.permissions import Viewer

MAX_BYTES = 5 * 2**20
SUFFIXES = (".xlsx", ".ods", ".xls")


@dataclass(frozen=True, slots=True)
class Report:
    """What a workbook was understood as; `findings` of the set as a whole do not keep it from becoming a draft."""

    reading: Reading
    findings: list[Finding]
    hidden: tuple[str, ...] = ()
    made: IndicatorSet | None = None


def list_named(session: Session) -> list[Named]:
    """The ward's units, as texts may name them."""
    return [Named(*row) for row in session.execute(select(Unit.id, Unit.code, Unit.name))]


def read_book(units: list[Named], data: bytes, filename: str, *, with_hidden: bool = False) -> Report:
    """`units` may be named as verifiers. Raises Invalid for a file that is no table of indicators; faults of rows are in
    the report."""
    suffix = PurePath(filename).suffix.lower()
    if suffix not in SUFFIXES:
        raise Invalid({"file": "Chỉ nhận bảng tính .xlsx, .xls hoặc .ods."})
    if len(data) > MAX_BYTES:
        raise Invalid({"file": "Tệp lớn hơn 5 MB; hãy bỏ bớt hình, trang thừa."})
    book = read_worksheets(data, suffix, with_hidden=with_hidden)

    def unit_of(text: str) -> str | None:
        found, _ = recognise(text, units)
        return found.id if found is not None else None

    reading = read_lines(book.sheets, unit_of)
    if reading is None:
        more = f" {' '.join(book.hidden)}" if book.hidden else ""
        raise Invalid({"file": "Không thấy dòng tiêu đề có STT, chỉ số và điểm tối đa." + more})
    if not reading.rows:
        raise Invalid({"file": "Dưới dòng tiêu đề không có chỉ số nào."})
    return Report(reading, scheme.check(reading.items) if reading.ok else [], book.hidden)


def import_set(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    movement_id: str,
    year: int,
    report: Report,
    draft: SetDraft,
) -> Report:
    """A new draft, or other indicators in the draft of that year and name. Raises Invalid where a row has a fault."""
    if not report.reading.ok:
        numbers = ", ".join(str(row.number) for row in report.reading.faults[:10])
        raise Invalid({"file": f"Dòng có lỗi nên chưa lưu gì: {numbers}."})
    found = session.scalar(
        select(IndicatorSet).where(
            IndicatorSet.movement_id == movement_id,
            IndicatorSet.year == year,
            IndicatorSet.name == draft.name.strip()[:200],
            IndicatorSet.state == IndicatorSetState.DRAFT,
        )
    )
    items = report.reading.items
    if found is None:
        made = sets.make_set(
            session, actor=actor, now=now, movement_id=movement_id, year=year, draft=draft, items=items
        )
    else:
        made = sets.replace_items(session, actor=actor, now=now, set_id=found.id, revision=found.revision, items=items)
    return replace(report, made=made)
