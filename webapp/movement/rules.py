"""What a reading must have to become a movement, and what follows from it. Pure."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from search.vietnamese import fold
from webapp.models.movement import PlanState
from webapp.models.unit import UnitKind
from webapp.movement.reading import CodedText, PlanReading

_QUOTED = re.compile(r"[“\"]([^”\"]{10,200})[”\"]")
_YEARS = re.compile(r"(20\d\d)\s*[-–]\s*(20\d\d)")


def criteria_of(reading: PlanReading) -> list[CodedText]:
    return [criterion for group in reading.criteria_groups for criterion in group.criteria]


def points_of(reading: PlanReading) -> dict[str, Decimal]:
    """Most points of each criterion by its code, where the plan names them."""
    return {row.code: Decimal(row.points) for row in criteria_of(reading) if row.points is not None}


def movement_name(reading: PlanReading) -> str:
    """The name in quotation marks in the abstract, or the abstract itself."""
    abstract = reading.abstract or ""
    found = _QUOTED.search(abstract)
    return (found.group(1) if found else abstract).strip()[:200]


def movement_years(reading: PlanReading) -> tuple[int, int]:
    """First and last year: from the phases, else from the abstract. Raises ValueError when neither says it."""
    if reading.phases:
        return min(phase.first_year for phase in reading.phases), max(phase.last_year for phase in reading.phases)
    found = _YEARS.search(reading.abstract or "")
    if not found:
        raise ValueError("no years")
    return int(found.group(1)), int(found.group(2))


def plan_state(reading: PlanReading, *, no: int) -> PlanState:
    """A plan without number or date is a draft; a later version amends."""
    if not reading.number or not reading.date:
        return PlanState.DRAFT
    return PlanState.ISSUED if no == 1 else PlanState.AMENDED


def reading_faults(reading: PlanReading) -> dict[str, str]:
    """Why a reading cannot be applied; empty when it can. Doubts alone do not stop it: a draft plan is a plan."""
    faults: dict[str, str] = {}
    if not movement_name(reading):
        faults["abstract"] = "Cần có trích yếu: tên phong trào được lấy từ đó."
    try:
        first, last = movement_years(reading)
        if not 1990 <= first <= last <= 2100:
            faults["phases"] = "Các năm của giai đoạn không hợp lý."
    except ValueError:
        faults["phases"] = "Cần ít nhất một giai đoạn với năm đầu và năm cuối."
    if not criteria_of(reading):
        faults["criteria"] = (
            "Cần ít nhất một tiêu chí. Nếu tệp không phải kế hoạch của phong trào thi đua, hãy chọn tệp khác."
        )
    for name, codes in (
        ("themes", [theme.code for theme in reading.themes]),
        ("criteria", [criterion.code for criterion in criteria_of(reading)]),
        ("criteria", [group.code for group in reading.criteria_groups]),
    ):
        twice = [code for code, count in Counter(codes).items() if count > 1]
        if twice:
            faults[name] = f"Mã bị lặp: {', '.join(twice)}."
        if any(not code.strip() or len(code) > 40 for code in codes):
            faults[name] = "Có mục thiếu mã hoặc mã quá dài."
    if any(not criterion.text.strip() for criterion in criteria_of(reading)):
        faults["criteria"] = "Có tiêu chí chưa có nội dung."
    if reading.date is not None:
        try:
            date.fromisoformat(reading.date)
        except ValueError:
            faults["date"] = "Ngày ban hành không đúng."
    for deadline in reading.deadlines:
        try:
            date(2028, deadline.month, deadline.day)
        except ValueError:
            faults["deadlines"] = f"Không có ngày {deadline.day:02d}/{deadline.month:02d}."
    return faults


def clauses(text: str) -> list[str]:
    """The parts of a criterion that a unit ticks off: its sentences and what semicolons part; one part gives none."""
    parts = [part.strip(" ;.\n") for part in re.split(r";\s+|(?<=[^\d\s][^\d\s])\.\s+(?=[A-ZĐÀ-Ỹ])", text)]
    parts = [part for part in parts if len(part) > 3]
    return parts if len(parts) > 1 else []


@dataclass(frozen=True, slots=True)
class UnitSuggestion:
    """A unit that the plan's recipients name, with the kind its name suggests."""

    name: str
    kind: UnitKind


_KIND_WORDS: tuple[tuple[str, UnitKind], ...] = (
    ("doanh nghiep", UnitKind.ENTERPRISE),
    ("quan su", UnitKind.ARMED),
    ("cong an", UnitKind.ARMED),
    ("mttq", UnitKind.FRONT),
    ("mat tran", UnitKind.FRONT),
    ("hoi ", UnitKind.FRONT),
    ("doan ", UnitKind.FRONT),
    ("dang", UnitKind.PARTY),
    ("trung tam", UnitKind.SERVICE),
    ("truong", UnitKind.SERVICE),
    ("tram", UnitKind.SERVICE),
    ("phong", UnitKind.OFFICE),
    ("van phong", UnitKind.OFFICE),
)


def unit_suggestions(recipients: Sequence[str], existing: Sequence[str]) -> list[UnitSuggestion]:
    """Recipients that look like bodies of the ward and are no unit yet. Superiors, persons and the file are left out."""
    known = {fold(name) for name in existing}
    suggestions = []
    for line in recipients:
        for part in line.split(";"):
            name = re.sub(r"\s*\([^)]*\)\s*", " ", part).strip(" .,-–")
            folded = fold(name)
            if not name or folded.startswith(
                ("luu", "nhu ", "thuong truc", "ct,", "chu tich", "uy ban nhan dan thanh pho", "so ")
            ):
                continue
            kind = next((kind for words, kind in _KIND_WORDS if words in folded + " "), None)
            if kind is not None and folded not in known:
                known.add(folded)
                suggestions.append(UnitSuggestion(name[0].upper() + name[1:], kind))
    return suggestions


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One paragraph of a comparison: `op` is same, changed, added or removed; sides are (text, differs) segments."""

    op: str
    old: tuple[tuple[str, bool], ...]
    new: tuple[tuple[str, bool], ...]


def compare_texts(old: str, new: str, *, context: int = 1) -> list[DiffRow]:
    """Two texts by paragraph, then by word within changed paragraphs; unchanged stretches are cut to `context`."""
    before = [line for line in old.splitlines() if line.strip()]
    after = [line for line in new.splitlines() if line.strip()]
    rows: list[DiffRow] = []
    for op, a1, a2, b1, b2 in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if op == "equal":
            lines = before[a1:a2]
            if len(lines) > 2 * context + 1:
                rows += [DiffRow("same", ((line, False),), ((line, False),)) for line in lines[:context]]
                rows.append(DiffRow("skipped", ((str(len(lines) - 2 * context), False),), ()))
                lines = lines[-context:]
            rows += [DiffRow("same", ((line, False),), ((line, False),)) for line in lines]
            continue
        pairs = max(a2 - a1, b2 - b1)
        for step in range(pairs):
            left = before[a1 + step] if a1 + step < a2 else None
            right = after[b1 + step] if b1 + step < b2 else None
            if left is None:
                rows.append(DiffRow("added", (), ((right or "", True),)))
            elif right is None:
                rows.append(DiffRow("removed", ((left, True),), ()))
            else:
                rows.append(DiffRow("changed", *_by_word(left, right)))
    return rows


def _by_word(old: str, new: str) -> tuple[tuple[tuple[str, bool], ...], tuple[tuple[str, bool], ...]]:
    before, after = re.findall(r"\s+|\S+", old), re.findall(r"\s+|\S+", new)
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for op, a1, a2, b1, b2 in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        differs = op != "equal"
        if a2 > a1:
            left.append(("".join(before[a1:a2]), differs))
        if b2 > b1:
            right.append(("".join(after[b1:b2]), differs))
    return tuple(left), tuple(right)


def plan_lines(reading: PlanReading) -> list[tuple[str, int, str, str]]:
    """(code, level, label, text) of every paragraph in order; code only on the first paragraph of a point, level 0
    outside of points. The label is what stands before the text: `III.`, `2.`, `đ)`."""
    lines = [("", 0, "", text) for text in reading.preamble.splitlines() if text.strip()]
    for point in reading.points:
        last = point.code.rpartition(".")[2]
        label = f"{last})" if point.level >= 3 else f"{last}."
        if last.startswith("["):
            label = "-"
        first, *others = point.text.splitlines() or [""]
        lines.append((point.code, point.level, label, first))
        lines += [("", point.level, "", text) for text in others if text.strip()]
    lines += [("", 0, "", text) for text in reading.closing.splitlines() if text.strip()]
    return lines


def plan_text(reading: PlanReading) -> str:
    """The plan as plain text, one paragraph a line; what versions are compared by."""
    return "\n".join(f"{label} {text}".strip() for _, _, label, text in plan_lines(reading))
