"""The whole reading, step by step: lines, zones, paragraphs, points, and what they say."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from webapp.movement.reading.annexes import read_annexes
from webapp.movement.reading.citations import read_bases
from webapp.movement.reading.criteria import read_criteria
from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.duties import read_duties
from webapp.movement.reading.ending import read_end
from webapp.movement.reading.heading import read_heading
from webapp.movement.reading.joining import Paragraph, join_lines
from webapp.movement.reading.lines import rough_lines, settled
from webapp.movement.reading.outline import Outline, points, read_outline, walk
from webapp.movement.reading.phases import read_phases
from webapp.movement.reading.shapes import PlanReading, Point
from webapp.movement.reading.spelling import slips
from webapp.movement.reading.tables import take_tables
from webapp.movement.reading.themes import read_themes
from webapp.movement.reading.times import names_a_day, read_deadlines, read_milestones
from webapp.movement.reading.zones import Zones, split_zones


def read_plan(text: str) -> PlanReading:
    """Structure of a plan from its plain text (pages parted by form feeds, markdown marks allowed). Never raises;
    what is missing is None or empty, and every doubtful reading is among `doubts`."""
    doubts = Doubts()
    zones = split_zones(settled(take_tables(rough_lines(text), doubts)))
    paragraphs = join_lines(zones.body)
    framing = zones.decision or zones
    opening = join_lines(framing.body) if zones.decision else paragraphs
    heading = read_heading(framing.head, "\n".join(paragraph.text for paragraph in opening), doubts)
    _check_title(zones, doubts)
    outline = read_outline(paragraphs, doubts)
    bases = read_bases(_before_points(opening, outline, zones), doubts)
    closing = _take_closing(outline)
    themes = read_themes(outline.nodes, doubts)
    annexes = read_annexes(zones.annexes, doubts)
    groups = read_criteria(outline.nodes, annexes, doubts)
    duties = read_duties(outline.nodes, doubts)
    own_points = tuple(points(outline.nodes))
    all_points = (*own_points, *points(annexes))
    phases = read_phases(outline.nodes, own_points, zones.abstract or "", doubts)
    deadlines = read_deadlines(own_points, doubts)
    milestones = read_milestones(outline.nodes, phases, doubts)
    recipients, signer = read_end((*framing.end, *(zones.end if zones.decision else ())), doubts)
    preamble = "\n".join(outline.preamble)
    _mark_slips(all_points, preamble, closing, zones.abstract or "", recipients, doubts)
    return PlanReading(
        number=heading.number,
        date=heading.date,
        place=heading.place,
        issuer=heading.issuer,
        kind=zones.kind,
        abstract=zones.abstract,
        signer=signer,
        legal_bases=bases,
        phases=phases,
        themes=themes,
        criteria_groups=groups,
        duties=duties,
        deadlines=deadlines,
        milestones=milestones,
        recipients=recipients,
        doubts=doubts.listed(),
        preamble=preamble,
        points=all_points,
        closing=closing,
    )


def _check_title(zones: Zones, doubts: Doubts) -> None:
    if zones.kind is None:
        doubts.add("kind", "Không đọc được loại văn bản.")
    elif zones.kind != "Kế hoạch":
        doubts.add("kind", f"Loại văn bản đọc được là “{zones.kind}”, không phải kế hoạch.")
    if zones.abstract is None:
        doubts.add("abstract", "Không đọc được trích yếu.")
    if zones.decision is not None:
        doubts.add("kind", "Kế hoạch ban hành kèm theo quyết định: số, ngày, cơ quan, người ký lấy theo quyết định.")


def _before_points(opening: Sequence[Paragraph], outline: Outline, zones: Zones) -> list[str]:
    """The paragraphs in which legal bases stand: a decision's own and those before the plan's first point."""
    own = [*outline.preamble]
    return [*(paragraph.text for paragraph in opening), *own] if zones.decision else own


def _take_closing(outline: Outline) -> str:
    """Cut the closing off the last point it was read into: from "Trên đây là …", else the last paragraph if it ends "./."."""
    last = deque(walk(outline.nodes), maxlen=1)
    if not last or len(last[0].paragraphs) < 2:
        return ""
    paragraphs = last[0].paragraphs
    start = next((place for place in range(1, len(paragraphs)) if paragraphs[place].startswith("Trên đây là")), None)
    if start is None and paragraphs[-1].rstrip().endswith("/.") and not names_a_day(paragraphs[-1]):
        start = len(paragraphs) - 1
    if start is None:
        return ""
    last[0].paragraphs, closing = paragraphs[:start], paragraphs[start:]
    return "\n".join(closing)


def _mark_slips(
    all_points: Sequence[Point],
    preamble: str,
    closing: str,
    abstract: str,
    recipients: Sequence[str],
    doubts: Doubts,
) -> None:
    texts = [("abstract", abstract), ("preamble", preamble), *((point.code, point.text) for point in all_points)]
    texts += [("closing", closing), *(("recipients", recipient) for recipient in recipients)]
    for where, text in texts:
        for found, meant in slips(text):
            doubts.add(where, f"Có thể sai chính tả: “{found}”, có lẽ là “{meant}”. Văn bản được giữ nguyên.")
