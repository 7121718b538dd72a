"""Indicators as rows of a set, and back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from webapp.core.numbers import stored_number, write_number
from webapp.indicators.scheme import Item, rule_as_plain, rule_from_plain
from webapp.models import Indicator, IndicatorSet, IndicatorVerifier


def items_of(one: IndicatorSet) -> list[Item]:
    """In the set's order; needs the indicators loaded."""
    return [item_of(row) for row in one.indicators]


def item_of(row: Indicator) -> Item:
    return Item(
        code=row.code,
        text=row.text,
        method=row.method,
        most=stored_number(row.most),
        parent=row.parent,
        rule=rule_from_plain(row.rule),
        evidence=row.evidence,
        source=row.source,
        verifier=row.verifier,
        verifier_unit_id=row.verifier_unit_id,
    )


def fill_rows(session: Session, one: IndicatorSet, items: Sequence[Item]) -> None:
    """Put these in place of what the set has; a code that stays keeps its row."""
    kept = {row.code: row for row in one.indicators}
    wanted = {item.code for item in items}
    one.indicators = [row for row in one.indicators if row.code in wanted]
    if len(one.indicators) < len(kept):
        session.flush()
    for place, item in enumerate(items):
        row = kept.get(item.code)
        if row is None:
            row = Indicator(code=item.code)
            one.indicators.append(row)
        row.position, row.parent, row.text, row.method = place, item.parent, item.text.strip(), item.method
        row.most, row.rule = write_number(item.most), rule_as_plain(item.rule)
        row.evidence, row.source, row.verifier = item.evidence.strip(), item.source.strip(), item.verifier.strip()
        row.verifier_unit_id = item.verifier_unit_id
    units = {item.verifier_unit_id for item in items if item.verifier_unit_id}
    known = {row.unit_id: row for row in one.verifiers}
    one.verifiers = [known.get(unit) or IndicatorVerifier(unit_id=unit) for unit in sorted(units)]
    one.indicators.sort(key=lambda row: row.position)
