"""How a duty of the plan stands in a year, out of what was counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from webapp.models.base import Tone
from webapp.models.paper import PaperKind
from webapp.movement.reading.obligations import Obligation
from webapp.obligations.facts import Facts
from webapp.obligations.rules import members

DONE, PARTLY, NOTHING, UNPLACED = "Đã làm", "Đang làm", "Chưa có gì", "Chưa biết làm ở đâu"
NOT_YET = "Chưa đến lúc"
_TONES: dict[str, Tone] = {DONE: "good", PARTLY: "info", NOTHING: "warn", UNPLACED: "bad", NOT_YET: "plain"}
_YEAR = re.compile(r"\b20\d\d\b")


@dataclass(frozen=True, slots=True)
class Shown:
    """What one place shows: a sentence, with how much is done of how much (None: no end is set)."""

    text: str
    done: int
    of: int | None = None

    @property
    def word(self) -> str:
        if not self.done:
            return NOTHING
        return DONE if self.of is None or self.done >= self.of else PARTLY


@dataclass(frozen=True, slots=True)
class Standing:
    """The word for a duty and what each of its places shows, by the place's key."""

    word: str
    shown: dict[str, Shown]

    @property
    def tone(self) -> Tone:
        return _TONES[self.word]

    @property
    def sentence(self) -> str:
        return "; ".join([self.word, *(one.text for one in self.shown.values())])


def standing(
    duty: Obligation, owners: Collection[str], places: Collection[str], facts: Facts, criteria: dict[str, str]
) -> Standing:
    """`criteria`: code to id. Done is what all its places show as done; begun what any of them shows."""
    mine = members(owners, facts.kinds) or set(facts.kinds)
    shown = {place: _SHOWN[place](duty, mine, facts, criteria) for place in places if place in _SHOWN}
    words = {one.word for one in shown.values()}
    word = UNPLACED if not shown else words.pop() if len(words) == 1 else PARTLY
    years = [int(year) for year in _YEAR.findall(duty.when)]
    if shown and word != DONE and years and min(years) > facts.year:
        word = NOT_YET
    return Standing(word, shown)


def _papers(duty: Obligation, mine: set[str], facts: Facts, _criteria: dict[str, str]) -> Shown:
    parts, done, of = [], 0, 0
    for kind in _asked(duty):
        owed = facts.owed[kind] & mine
        if not owed and kind in (PaperKind.INTERIM, PaperKind.FINAL):
            parts.append(f"{kind.label}: năm {facts.year} chưa giao đơn vị nào")
            continue
        owed = owed or mine
        handed_in = facts.handed_in[kind] & owed
        parts.append(f"{kind.label}: {len(handed_in)}/{len(owed)} đơn vị đã nộp")
        done, of = done + len(handed_in), of + len(owed)
    return Shown("; ".join(parts), done, of)


def _asked(duty: Obligation) -> list[PaperKind]:
    """Which papers a duty speaks of."""
    said = duty.what.lower()
    if "sơ kết" in said or "tổng kết" in said:
        kinds = [PaperKind.INTERIM] if "sơ kết" in said else []
        return [*kinds, PaperKind.FINAL] if "tổng kết" in said else kinds
    if "báo cáo" in said and "kế hoạch" not in said:
        return [PaperKind.ANNUAL]
    return [PaperKind.UNIT_PLAN] if "kế hoạch" in said else [PaperKind.UNIT_PLAN, PaperKind.ANNUAL]


def _checklists(duty: Obligation, mine: set[str], facts: Facts, criteria: dict[str, str]) -> Shown:
    key = criteria.get(duty.code, "")
    if key:
        judged, claimed = facts.judged.get(key, 0), facts.claimed.get(key, 0)
        if not judged:
            return Shown("chưa phiếu nào về tiêu chí này được trình", 0)
        return Shown(f"{claimed}/{judged} phiếu đã trình tự nhận đạt", claimed, judged)
    owed = (facts.owed[PaperKind.CHECKLIST] & mine) or mine
    handed_in = facts.handed_in[PaperKind.CHECKLIST] & owed
    return Shown(f"{len(handed_in)}/{len(owed)} đơn vị đã trình", len(handed_in), len(owed))


def _evidence(duty: Obligation, _mine: set[str], facts: Facts, _criteria: dict[str, str]) -> Shown:
    if duty.code in facts.evidences:
        return Shown(f"{facts.evidences[duty.code]} minh chứng về nội dung này", facts.evidences[duty.code])
    return Shown(f"{facts.evidence_total} minh chứng trong phiếu đã trình", facts.evidence_total)


def _initiatives(_duty: Obligation, mine: set[str], facts: Facts, _criteria: dict[str, str]) -> Shown:
    own = {unit: count for unit, count in facts.initiatives.items() if unit in mine}
    total = sum(own.values())
    return Shown(f"{total} sáng kiến của {len(own)} đơn vị", total)


def _counted(say: Callable[[Facts], Shown]) -> Callable[[Obligation, set[str], Facts, dict[str, str]], Shown]:
    """Of the whole movement, whoever owes it."""
    return lambda _duty, _mine, facts, _criteria: say(facts)


def _duties(facts: Facts) -> Shown:
    owed = {(kind, unit) for kind, units in facts.owed.items() for unit in units}
    done = {(kind, unit) for kind, unit in owed if unit in facts.handed_in[kind]}
    return Shown(f"{len(done)}/{len(owed)} việc phải nộp đã nộp", len(done), len(owed) or None)


def _reports_of_the_ward(facts: Facts) -> Shown:
    text = f"{facts.syntheses} báo cáo của phường đã chốt, {facts.syntheses_issued} đã ban hành"
    return Shown(text, facts.syntheses_issued, facts.syntheses or None)


_SHOWN: dict[str, Callable[[Obligation, set[str], Facts, dict[str, str]], Shown]] = {
    "papers": _papers,
    "checklists": _checklists,
    "evidence": _evidence,
    "initiatives": _initiatives,
    "examples": _counted(
        lambda f: Shown(f"{f.recognised} sáng kiến được công nhận, {f.honoured} được biểu dương", f.recognised)
    ),
    "duties": _counted(_duties),
    "scores": _counted(
        lambda f: Shown(
            f"{f.score_rounds_done}/{f.score_rounds} kỳ chấm đã công bố", f.score_rounds_done, f.score_rounds or None
        )
    ),
    "rubrics": _counted(lambda f: Shown(f"{f.rubrics} thang điểm đang áp dụng", f.rubrics)),
    "inspections": _counted(
        lambda f: Shown(
            f"{f.teams} đoàn, {f.inspected} đơn vị đã kiểm tra, {f.concluded} đã có kết luận",
            f.concluded,
            f.inspected or None,
        )
    ),
    "indicators": _counted(
        lambda f: Shown(
            f"{f.index_sheets} phiếu tự đánh giá đã trình, {f.index_published} đã công bố",
            f.index_published,
            f.index_sheets or None,
        )
    ),
    "council": _counted(lambda f: Shown(f"{f.seats} thành viên, {f.assignments} phân công", f.assignments)),
    "meetings": _counted(
        lambda f: Shown(f"{f.meetings_held}/{f.meetings} cuộc họp đã họp", f.meetings_held, f.meetings or None)
    ),
    "awards": _counted(
        lambda f: (
            Shown(
                f"{f.rounds} đợt xét, {f.rounds_open} đang nhận đề nghị, {f.decisions} quyết định khen thưởng",
                f.decisions,
            )
            if f.decisions
            else Shown(
                f"{f.rounds} đợt xét, {f.rounds_open} đang nhận đề nghị, chưa có quyết định", f.rounds, f.rounds + 1
            )
        )
    ),
    "award_rules": _counted(lambda f: Shown(f"{f.rounds} đợt xét có quy định áp dụng", f.rounds)),
    "difficulties": _counted(
        lambda f: (
            Shown(f"{f.decided}/{f.raised} ý kiến đã được xem xét", f.decided, f.raised)
            if f.raised
            else Shown("chưa đơn vị nào nêu khó khăn", 1)
        )
    ),
    "announcements": _counted(lambda f: Shown(f"{f.announcements} bài đã đăng", f.announcements)),
    "synthesis": _counted(_reports_of_the_ward),
    "reviews": _counted(_reports_of_the_ward),
}
