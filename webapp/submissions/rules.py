"""Moves of a plan or report, its parts, what is missing before handing in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from webapp.models.paper import PaperKind, PaperPart, PaperState, PartKind

# (present state, move) -> next state; used by server and page alike.
MOVES: dict[tuple[PaperState, str], PaperState] = {
    (PaperState.DRAFT, "submit"): PaperState.SUBMITTED,
    (PaperState.RETURNED, "submit"): PaperState.SUBMITTED,
    (PaperState.SUBMITTED, "return"): PaperState.RETURNED,
    (PaperState.SUBMITTED, "accept"): PaperState.ACCEPTED,
}

# What units write; the checklist has a slice of its own.
WRITTEN = (PaperKind.UNIT_PLAN, PaperKind.ANNUAL, PaperKind.INTERIM, PaperKind.FINAL)


def moves_from(state: PaperState) -> frozenset[str]:
    return frozenset(move for from_state, move in MOVES if from_state is state)


@dataclass(frozen=True, slots=True)
class PartDraft:
    """A part about to be made."""

    kind: PartKind
    title: str
    code: str = ""


def parts_of(
    kind: PaperKind, themes: Iterable[tuple[str, str]], criteria: Iterable[tuple[str, str]]
) -> list[PartDraft]:
    """The parts of a paper in their order. `themes` and `criteria` are (code, text) in the plan's order."""
    is_plan = kind is PaperKind.UNIT_PLAN
    parts = [PartDraft(PartKind.OVERVIEW, "Mục đích, yêu cầu" if is_plan else "Công tác lãnh đạo, chỉ đạo, triển khai")]
    parts += [PartDraft(PartKind.THEME, text, code) for code, text in themes]
    parts += [PartDraft(PartKind.CRITERION, text, code) for code, text in criteria]
    if is_plan:
        parts.append(PartDraft(PartKind.ORGANISATION, "Tổ chức thực hiện"))
    else:
        parts.append(PartDraft(PartKind.DIFFICULTY, "Khó khăn, vướng mắc"))
    parts.append(PartDraft(PartKind.PROPOSAL, "Đề xuất, kiến nghị"))
    return parts


SECTIONS = {
    PartKind.OVERVIEW: "Phần chung",
    PartKind.THEME: "Theo nội dung thi đua",
    PartKind.CRITERION: "Theo tiêu chí",
    PartKind.DIFFICULTY: "Khó khăn, vướng mắc",
    PartKind.ORGANISATION: "Tổ chức thực hiện",
    PartKind.PROPOSAL: "Đề xuất, kiến nghị",
}

# Parts that may stay empty without being mentioned.
OPTIONAL = frozenset({PartKind.DIFFICULTY, PartKind.PROPOSAL})


def is_empty(texts: Sequence[str], *, has_file: bool) -> bool:
    """Whether there is nothing at all to hand in."""
    return not has_file and not any(text.strip() for text in texts)


def unwritten(parts: Iterable[PaperPart]) -> list[PaperPart]:
    """Parts that a head should look at before submitting: asked for, and still without a word."""
    return [part for part in parts if part.kind not in OPTIONAL and not part.text.strip()]


def plain_text(content: Iterable[dict[str, str]]) -> str:
    """A submission as one text, to compare and to search."""
    return "\n\n".join(
        f"{part['code']} {part['title']}".strip() + "\n" + part["text"] for part in content if part["text"].strip()
    )
