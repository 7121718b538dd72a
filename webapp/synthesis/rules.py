"""From what units handed in to paragraphs with their sources; what becomes of them when sources change. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import asdict, dataclass, field
from typing import Any

from webapp.models.paper import PaperKind, PartKind
from webapp.models.synthesis import SynthesisSection as Section
from webapp.movement.figures import FigureLine, Total, totals
from webapp.synthesis.oversight import OversightLine, told

KINDS = (PaperKind.ANNUAL, PaperKind.INTERIM, PaperKind.FINAL)
# A unit's words are quoted up to here; the rest is behind the link to its paper.
LONGEST_QUOTE = 1_000

TITLES = {
    Section.GENERAL: "Tình hình chung",
    Section.THEME: "Kết quả thực hiện các nội dung thi đua",
    Section.CRITERION: "Kết quả theo nhóm tiêu chí",
    Section.INITIATIVE: "Sáng kiến, giải pháp, mô hình",
    Section.DIFFICULTY: "Khó khăn, vướng mắc",
    Section.PROPOSAL: "Đề xuất, kiến nghị",
}
# The second paragraph of the general part; the first has no code.
OVERVIEW = "overview"
# And that of a review: each of its years in figures.
YEARS = "years"
# And what was seen from outside: inspections that were concluded, the published digital index.
OVERSIGHT = "oversight"


@dataclass(frozen=True, slots=True)
class Source:
    """Where words or numbers come from: kind is paper (with the submission's `no`), duties (`no`: another year
    than the report's), checklists (id of the
    criteria group), initiative, difficulty, inspection-visit, indicator-sheet or plan."""

    kind: str
    id: str
    label: str
    no: int = 0


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit that owes the report; days as ISO texts, `late` in days. `handed_on` empty: never handed in."""

    unit_id: str
    unit: str
    cluster: str
    due_on: str
    handed_on: str
    late: int
    accepted: bool


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """A criterion on the checklists handed in: how many have it, how many claim it, live evidences under it."""

    group_id: str
    group: str
    group_title: str
    code: str
    text: str
    items: int
    claimed: int
    evidences: int


@dataclass(frozen=True, slots=True)
class InitiativeLine:
    """An initiative that was handed in; `adopters` counts units that took it over."""

    id: str
    title: str
    unit: str
    kind: str
    state: str
    recognised: bool
    adopters: int
    decision: str


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of a report, as they were composed; kept as plain lists. Earlier versions have no `figures`."""

    units: tuple[UnitLine, ...] = ()
    criteria: tuple[CriterionLine, ...] = ()
    initiatives: tuple[InitiativeLine, ...] = ()
    figures: tuple[FigureLine, ...] = ()
    oversight: tuple[OversightLine, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {name: list(rows) for name, rows in asdict(self).items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Counts:
        return cls(
            tuple(UnitLine(**row) for row in data.get("units", ())),
            tuple(CriterionLine(**row) for row in data.get("criteria", ())),
            tuple(InitiativeLine(**row) for row in data.get("initiatives", ())),
            tuple(FigureLine(**row) for row in data.get("figures", ())),
            tuple(OversightLine(**row) for row in data.get("oversight", ())),
        )

    @property
    def totals(self) -> list[Total]:
        return totals(self.figures)

    @property
    def in_time(self) -> list[UnitLine]:
        return [one for one in self.units if one.handed_on and not one.late]

    @property
    def late(self) -> list[UnitLine]:
        return [one for one in self.units if one.handed_on and one.late]

    @property
    def missing(self) -> list[UnitLine]:
        return [one for one in self.units if not one.handed_on]

    @property
    def recognised(self) -> list[InitiativeLine]:
        return [one for one in self.initiatives if one.recognised]

    @property
    def replicated(self) -> list[InitiativeLine]:
        return [one for one in self.initiatives if one.adopters]


@dataclass(frozen=True, slots=True)
class Said:
    """A part of a unit's accepted report."""

    paper_id: str
    no: int
    unit: str
    kind: PartKind
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Raised:
    """A difficulty, or a proposal to change the plan, that a unit raised on its own (V.5)."""

    id: str
    unit: str
    is_proposal: bool
    point: str
    text: str
    state: str
    answer: str


@dataclass(frozen=True, slots=True)
class YearLine:
    """One year of a review: plans, reports and checklists handed in, of how many; initiatives and how many of them
    recognised; decisions on awards and how many were honoured."""

    year: int
    plans: int
    plans_of: int
    reports: int
    reports_of: int
    checklists: int
    checklists_of: int
    initiatives: int
    recognised: int
    decisions: int
    honoured: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a report is composed from. `themes` are (code, title) in the plan's order; `reports` the accepted ones;
    `years` those of a review, empty for a single year."""

    kind: PaperKind
    year: int
    plan: Source
    themes: Sequence[tuple[str, str]]
    counts: Counts
    reports: Sequence[Source]
    said: Sequence[Said]
    raised: Sequence[Raised] = ()
    years: Sequence[YearLine] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A paragraph as composed."""

    section: Section
    code: str
    title: str
    text: str
    sources: list[dict[str, Any]] = field(default_factory=list)


def compose(facts: Facts) -> list[Draft]:
    """All paragraphs in the order of the report."""
    drafts = [_general(facts)]
    drafts.append(_quoting(facts, Section.GENERAL, OVERVIEW, "Công tác lãnh đạo, chỉ đạo", PartKind.OVERVIEW, ""))
    if facts.years:
        drafts.append(_years(facts))
    if facts.counts.oversight:
        drafts.append(_oversight(facts))
    for code, title in facts.themes:
        drafts.append(_quoting(facts, Section.THEME, code, title, PartKind.THEME, code))
    for line in facts.counts.criteria:
        lead = (
            f"{line.claimed}/{line.items} phiếu tự kiểm đã trình tự nhận đạt tiêu chí này, với {line.evidences} minh chứng."
            if line.items
            else "Chưa có phiếu tự kiểm nào được trình cho tiêu chí này."
        )
        source = Source("checklists", line.group_id, f"Phiếu tự kiểm đã trình, nhóm {line.group}")
        drafts.append(
            _quoting(facts, Section.CRITERION, line.code, line.text, PartKind.CRITERION, line.code, lead, source)
        )
    drafts.append(_initiatives(facts))
    drafts.append(_voices(facts, Section.DIFFICULTY, PartKind.DIFFICULTY, is_proposal=False))
    drafts.append(_voices(facts, Section.PROPOSAL, PartKind.PROPOSAL, is_proposal=True))
    return drafts


def _units(units: Sized, did: str) -> str:
    return f"{len(units)} đơn vị {did}" if units else f"không có đơn vị {did}"


def _reports_that(count: int, total: int, say: str) -> str:
    """ "3/4 báo cáo đã nhận nêu…", of all "Cả 4 báo cáo đã nhận đều nêu…"."""
    if count == total > 1:
        return f"Cả {total} báo cáo đã nhận đều {say}"
    return f"{count}/{total} báo cáo đã nhận {say}"


def _general(facts: Facts) -> Draft:
    counts = facts.counts
    report = facts.kind.label.lower() + f" {facts.year}"
    lines = [
        f"Thực hiện {facts.plan.label}, {len(counts.units)} cơ quan, đơn vị có trách nhiệm gửi {report}. Đến thời điểm "
        f"tổng hợp: {_units(counts.in_time, 'gửi đúng hạn')}, {_units(counts.late, 'gửi muộn')}, "
        f"{_units(counts.missing, 'chưa gửi')}.",
    ]
    accepted = f"Đã nhận {len(facts.reports)} báo cáo để tổng hợp."
    waiting = sum(bool(one.handed_on) and not one.accepted for one in counts.units)
    if waiting:
        accepted += f" {waiting} báo cáo đã gửi nhưng chưa được nhận nên chưa đưa vào báo cáo này."
    lines.append(accepted)
    if counts.late:
        lines.append("Gửi muộn: " + ", ".join(f"{one.unit} ({one.late} ngày)" for one in counts.late) + ".")
    if counts.missing:
        lines.append("Chưa gửi: " + ", ".join(one.unit for one in counts.missing) + ".")
    sources = [facts.plan, Source("duties", facts.kind.value, f"Ai đã nộp, ai chưa nộp {report}"), *facts.reports]
    return Draft(Section.GENERAL, "", "Việc gửi báo cáo", "\n".join(lines), plain(sources))


def _years(facts: Facts) -> Draft:
    lines = [
        f"- Năm {one.year}: {one.plans}/{one.plans_of} đơn vị gửi kế hoạch, {one.reports}/{one.reports_of} gửi báo cáo năm, "
        f"{one.checklists}/{one.checklists_of} trình phiếu tự kiểm; {one.initiatives} sáng kiến, {one.recognised} được công "
        f"nhận; {one.decisions} quyết định khen thưởng, {one.honoured} tập thể, cá nhân được khen."
        for one in facts.years
    ]
    text = "\n".join([f"Từ năm {facts.years[0].year} đến năm {facts.years[-1].year}:", *lines])
    sources = [
        Source("duties", PaperKind.ANNUAL.value, f"Ai đã nộp, ai chưa nộp năm {one.year}", one.year)
        for one in facts.years
    ]
    return Draft(Section.GENERAL, YEARS, "Số liệu từng năm", text, plain(sources))


def _quoting(
    facts: Facts,
    section: Section,
    code: str,
    title: str,
    kind: PartKind,
    part_code: str,
    lead: str = "",
    source: Source | None = None,
) -> Draft:
    """What units wrote about one thing, each with its name."""
    said = [one for one in facts.said if one.kind is kind and one.code == part_code]
    lines = [lead] if lead else []
    if said:
        lines.append(_reports_that(len(said), len(facts.reports), "nêu nội dung này:"))
        lines += [quote(one.unit, one.text) for one in said]
    elif not lead:
        lines.append("Chưa có báo cáo nào đã nhận nêu nội dung này.")
    sources = ([source] if source else []) + [_of(one) for one in said]
    return Draft(section, code, title, "\n".join(lines), plain(sources))


def _of(said: Said) -> Source:
    return Source("paper", said.paper_id, said.unit, said.no)


def _oversight(facts: Facts) -> Draft:
    lines = facts.counts.oversight
    sources = [Source(one.kind, one.id, one.unit) for one in lines]
    return Draft(Section.GENERAL, OVERSIGHT, "Kiểm tra, chỉ số chuyển đổi số", told(lines), plain(sources))


def _initiatives(facts: Facts) -> Draft:
    counts = facts.counts
    waiting = [one for one in counts.initiatives if not one.recognised]
    lines = [
        f"Các đơn vị đã đăng ký {len(counts.initiatives)} sáng kiến, giải pháp, mô hình; {len(counts.recognised)} được "
        f"công nhận, trong đó {len(counts.replicated)} được nhân rộng."
    ]
    if counts.recognised:
        lines.append("Được công nhận:")
    for one in counts.recognised:
        spread = f", {one.adopters} đơn vị áp dụng" if one.adopters else ""
        decision = f", {one.decision}" if one.decision else ""
        lines.append(f"- “{one.title}” ({one.unit}{decision}{spread})")
    if waiting:
        lines.append("Đã đăng ký, chưa được công nhận:")
        lines += [f"- “{one.title}” ({one.unit})" for one in waiting]
    sources = [Source("initiative", one.id, one.title) for one in counts.initiatives]
    return Draft(Section.INITIATIVE, "", "Đăng ký, công nhận, nhân rộng", "\n".join(lines), plain(sources))


def _voices(facts: Facts, section: Section, kind: PartKind, *, is_proposal: bool) -> Draft:
    said = [one for one in facts.said if one.kind is kind]
    raised = [one for one in facts.raised if one.is_proposal is is_proposal]
    lines = []
    if said:
        lines.append(_reports_that(len(said), len(facts.reports), f"nêu {TITLES[section].lower()}:"))
        lines += [quote(one.unit, one.text) for one in said]
    if raised:
        lines.append(f"{len(raised)} mục các đơn vị gửi riêng trong kỳ:")
        for one in raised:
            outcome = f"{one.state.lower()}: {one.answer}" if one.answer else one.state.lower()
            lines.append(f"{quote(f'{one.unit}, điểm {one.point}', one.text)} ({shortened(outcome)})")
    if not lines:
        lines.append(f"Chưa có đơn vị nào nêu {TITLES[section].lower()}.")
    sources = [_of(one) for one in said]
    sources += [Source("difficulty", one.id, f"{one.unit}, điểm {one.point}") for one in raised]
    return Draft(section, "", TITLES[section], "\n".join(lines), plain(sources))


def quote(who: str, text: str) -> str:
    """ "- Phòng Kinh tế: “…”", on one line."""
    return f"- {who}: “{shortened(text).rstrip(' .;,')}”"


def shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"


def title_of(text: str, most: int = 160) -> str:
    """The beginning of a theme or criterion, up to the end of its first clause."""
    text = " ".join(text.split())
    for mark in (";", ". ", ":"):
        head = text.partition(mark)[0]
        if 8 <= len(head) <= most:
            text = head
    text = text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"
    return text.rstrip(" .;,:")


def plain(sources: Iterable[Source]) -> list[dict[str, Any]]:
    return [asdict(one) for one in sources]


def plain_text(content: Iterable[Mapping[str, Any]]) -> str:
    """A report as one text, to compare and to search."""
    return "\n\n".join(f"{_shown_code(part)} {part['title']}".strip() + "\n" + part["text"] for part in content)


def _shown_code(part: Mapping[str, Any]) -> str:
    """Codes of the plan are read by people; those that tell paragraphs of the house apart are not."""
    return str(part["code"]) if part["section"] in (Section.THEME.value, Section.CRITERION.value) else ""


def letter_of(code: str) -> str:
    """The plan's own letter or number: "đ" of "II.2.đ"."""
    return code.rpartition(".")[2]
