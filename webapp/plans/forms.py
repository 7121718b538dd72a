"""The form beside the plan's text: what was understood, as fields that can be corrected."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from webapp.movement.reading import (
    CodedText,
    CriteriaGroupReading,
    DeadlineReading,
    LegalBasis,
    Milestone,
    PhaseReading,
    PlanReading,
    read_mark,
)
from webapp.ui.forms import FormReader

_ROW = re.compile(r"([a-z_]+)-(\d{1,4})-([a-z_]+)")
ROW = "#"  # the row's number among its fields; no field can have this name
RELATIONS = [("implements", "làm căn cứ"), ("amends", "sửa đổi, bổ sung"), ("issues", "ban hành")]


def reading_from_form(values: Mapping[str, str], read: PlanReading) -> tuple[PlanReading, dict[str, str]]:
    """The corrected reading and its faults. What the form does not show (points, duties, doubts) comes from `read`.

    A row whose fields are all empty is left out. What cannot be understood is a fault; all else that was typed is in
    the reading, so that the page can show it again.
    """
    form = FormReader(values)  # type: ignore[arg-type]
    rows = _rows(values)
    issued = form.day("date")
    faults: dict[str, str] = {}

    def number(row: Mapping[str, str], name: str, field: str) -> int:
        text = row.get(name, "").strip()
        if not text.isdecimal() or len(text) > 4:
            faults[field] = f"“{text}” không phải là số."
            return 0
        return int(text)

    def points(row: Mapping[str, str]) -> str | None:
        typed = row.get("points", "")
        found, fault = read_mark(typed)
        if fault:
            faults["criteria"] = f"{row.get('code', '')}: {fault}"
        return found or typed or None  # what cannot be understood is shown again

    groups: list[CriteriaGroupReading] = []
    for row in rows["group"]:
        groups.append(
            CriteriaGroupReading(code=row.get("code", ""), title=row.get("title", ""), points=row.get("points") or None)
        )
    renamed = _renamed(rows["group"], read)
    for row in rows["criterion"]:
        wanted = row.get("group", "")
        place = next((i for i, group in enumerate(groups) if group.code in (wanted, renamed.get(wanted))), None)
        if place is None:
            faults["criteria"] = f"Tiêu chí {row.get('code', '')} thuộc nhóm “{wanted}” không có ở trên."
            place = len(groups) - 1  # shown there again, so that its text is not lost
        if not groups:
            continue
        criterion = CodedText(code=row.get("code", ""), text=row.get("text", ""), points=points(row))
        groups[place] = replace(groups[place], criteria=(*groups[place].criteria, criterion))
    themes = tuple(CodedText(code=row.get("code", ""), text=row.get("text", "")) for row in rows["theme"])
    corrected = replace(
        read,
        number=form.optional("number", most=60),
        date=issued.isoformat() if issued else None,
        place=form.optional("place", most=100),
        issuer=form.optional("issuer", most=300),
        kind=form.optional("kind", most=100),
        abstract=form.optional("abstract", most=1000),
        signer=form.optional("signer", most=100),
        legal_bases=tuple(
            LegalBasis(
                number=row.get("number", ""),
                date=row.get("date") or None,
                issuer=row.get("issuer", ""),
                title=row.get("title", ""),
                kind=row.get("kind", ""),
                relation=row.get("relation", "implements"),
                abbreviation=row.get("abbreviation", ""),
            )
            for row in rows["basis"]
            if row.get("number")
        ),
        phases=tuple(
            PhaseReading(
                name=row.get("name", ""),
                first_year=number(row, "first_year", "phases"),
                last_year=number(row, "last_year", "phases"),
            )
            for row in rows["phase"]
        ),
        themes=themes,
        criteria_groups=tuple(groups),
        deadlines=tuple(
            DeadlineReading(
                point=row.get("point", ""),
                what=row.get("what", ""),
                month=number(row, "month", "deadlines"),
                day=number(row, "day", "deadlines"),
                exclusive=row.get("exclusive") == "1",
            )
            for row in rows["deadline"]
        ),
        milestones=tuple(
            Milestone(point=row.get("point", ""), what=row.get("what", ""), year=number(row, "year", "milestones"))
            for row in rows["milestone"]
        ),
        recipients=tuple(row["name"] for row in rows["recipient"] if row.get("name")),
    )
    return _with_texts(corrected), {**form.faults, **faults}


def _renamed(rows: list[dict[str, str]], read: PlanReading) -> dict[str, str]:
    """Old code to new code of groups whose code was corrected: their criteria still name the old one."""
    codes = {row.get("code", "") for row in rows}
    return {
        group.code: row.get("code", "")
        for place, group in enumerate(read.criteria_groups)
        for row in rows
        if row[ROW] == str(place) and group.code not in codes
    }


def _with_texts(reading: PlanReading) -> PlanReading:
    """A corrected theme or criterion is corrected in the plan's text too."""
    texts = {theme.code: theme.text for theme in reading.themes}
    texts |= {criterion.code: criterion.text for group in reading.criteria_groups for criterion in group.criteria}
    points = tuple(
        replace(point, text=texts[point.code]) if texts.get(point.code) else point for point in reading.points
    )
    return replace(reading, points=points)


def _rows(values: Mapping[str, str]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, dict[int, dict[str, str]]] = defaultdict(dict)
    for name, value in values.items():
        match = _ROW.fullmatch(name)
        if match:
            kind, number, column = match.groups()
            value = unicodedata.normalize("NFC", value).replace("\x00", "")
            found[kind].setdefault(int(number), {ROW: number})
            text = " ".join(value.split()) if column != "text" else value.replace("\r\n", "\n").strip()
            found[kind][int(number)][column] = text
    # `exclusive` and `relation` always carry a value, so they do not keep a row alive; nor do points of nothing.
    carried = {"exclusive", "relation", "group", "points", ROW}
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    for kind, numbered in found.items():
        for number in sorted(numbered):
            row = numbered[number]
            if any(text for column, text in row.items() if column not in carried):
                rows[kind].append(row)
    return rows
