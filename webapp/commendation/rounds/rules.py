"""Moves of a round, what stands against it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from webapp.models import AwardManner, AwardRoundKind, AwardSubject, DossierPaper, Proposer
from webapp.models import AwardRoundState as S

# (present state, move) -> next state; used by server and page alike.
MOVES: dict[tuple[S, str], S] = {
    (S.DRAFT, "apply"): S.IN_FORCE,
    (S.IN_FORCE, "close"): S.CLOSED,
}
NEXT = {
    S.DRAFT: "Cơ quan thường trực soạn xong thì áp dụng; từ đó mọi người xem được và bắt đầu đề nghị.",
    S.IN_FORCE: "Đơn vị, cụm, khối đề nghị; cơ quan thường trực tiếp nhận, đưa Hội đồng xét, trình Chủ tịch quyết định.",
    S.CLOSED: "Đợt xét đã kết thúc; quyết định và sổ khen thưởng vẫn xem được.",
}
MOST_DAYS = 250
MOST_QUOTA = 10_000


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A title or form for one kind of honoured; `quota` at most so many, `share` at most so many percent."""

    title_id: str
    subject: AwardSubject
    quota: int | None = None
    share: int | None = None
    papers: tuple[DossierPaper, ...] = (DossierPaper.REPORT, DossierPaper.MINUTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDraft:
    """A round as its form says it; days None where nothing was typed."""

    title: str
    kind: AwardRoundKind
    manner: AwardManner
    year: int
    period_from: date | None
    period_to: date | None
    opens_on: date | None
    closes_on: date | None
    proposers: tuple[Proposer, ...]
    vote_rule: str
    lines: tuple[LineDraft, ...] = field(default=())
    answer_days: int = 20
    complete_days: int = 5
    refuse_days: int = 5
    reserve: int = 0
    birth_date_needed: bool = False
    guidance: str = ""


def faults_of(draft: RoundDraft) -> dict[str, str]:
    """What is wrong with a round, by field."""
    faults = {}
    if not draft.title.strip():
        faults["title"] = "Hãy ghi tên đợt xét."
    for name, first, last, sentence in (
        ("period_to", draft.period_from, draft.period_to, "Ngày cuối của thời gian xét thành tích phải sau ngày đầu."),
        ("closes_on", draft.opens_on, draft.closes_on, "Ngày cuối nhận đề nghị phải từ ngày bắt đầu trở đi."),
    ):
        if first is None or last is None:
            faults[name] = "Hãy ghi ngày đầu và ngày cuối."
        elif last < first:
            faults[name] = sentence
    if not draft.proposers:
        faults["proposers"] = "Hãy chọn ít nhất một bên được đề nghị."
    if draft.manner is AwardManner.MERIT and draft.kind in (AwardRoundKind.TOPIC, AwardRoundKind.AT_ONCE):
        faults["manner"] = "Đợt theo chuyên đề hoặc đột xuất không xét theo công trạng."
    for name, days in (
        ("answer_days", draft.answer_days),
        ("complete_days", draft.complete_days),
        ("refuse_days", draft.refuse_days),
    ):
        if not 1 <= days <= MOST_DAYS:
            faults[name] = f"Hãy ghi từ 1 đến {MOST_DAYS} ngày làm việc."
    if not draft.lines:
        faults["lines"] = "Hãy chọn ít nhất một danh hiệu hoặc hình thức."
    pairs = [(line.title_id, line.subject) for line in draft.lines]
    if len(pairs) != len(set(pairs)):
        faults["lines"] = "Một danh hiệu, hình thức cho cùng đối tượng chỉ ghi một lần."
    return faults


def room(quota: int | None, share: int | None, nominated: int) -> int | None:
    """How many may be honoured of so many nominated: the smaller bound, a share rounded down; None: no bound."""
    bounds = [one for one in (quota, None if share is None else nominated * share // 100) if one is not None]
    return min(bounds) if bounds else None
