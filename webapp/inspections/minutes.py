"""The minutes of a visit: their words, which both sides sign, and the official paper. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from webapp.models import (
    FindingKind,
    Inspection,
    InspectionFinding,
    InspectionSignature,
    InspectionVisit,
    SignatureSide,
)
from webapp.official import Block, Heading, Paper, Paragraph, Points, PointStyle, Signature, write_paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """All that the minutes tell. `findings` are those that stand, with their criterion loaded."""

    visit: InspectionVisit
    unit: str
    findings: Sequence[InspectionFinding]
    zone: ZoneInfo

    @property
    def team(self) -> Inspection:
        return self.visit.inspection


def blocks_of(minutes: Minutes) -> tuple[Block, ...]:
    """The text from the first line to the last before the signatures."""
    return tuple(_blocks(minutes))


def words_of(minutes: Minutes) -> list[str]:
    """The same as plain lines: what a signature is bound to."""
    lines: list[str] = []
    for block in blocks_of(minutes):
        if isinstance(block, Points):
            lines += block.items
        elif isinstance(block, Heading | Paragraph):
            lines.append(block.text)
    return lines


def _blocks(minutes: Minutes) -> Iterator[Block]:
    visit, team = minutes.visit, minutes.team
    yield Paragraph(
        f"{_moment(visit.opened_at, minutes.zone)}, tại {visit.place}, {team.name} làm việc với {minutes.unit}."
    )
    decided = f" ngày {team.decided_on:%d/%m/%Y}" if team.decided_on else ""
    yield Paragraph(f"Đoàn thành lập theo Quyết định số {team.number}{decided}.")
    period = f"từ ngày {team.period_from:%d/%m/%Y} đến ngày {team.period_until:%d/%m/%Y}"
    days = f"từ ngày {visit.visit_from:%d/%m/%Y} đến ngày {visit.visit_until:%d/%m/%Y}"
    yield Paragraph(f"Thời kỳ được kiểm tra: {period}. Thời gian làm việc tại đơn vị: {days}.")
    yield Heading("Thành phần")
    yield Points(
        (f"Đoàn kiểm tra: {_ended(visit.team_present)}", f"Đơn vị: {_ended(visit.unit_present)}"), PointStyle.NUMBERS
    )
    yield Heading("Nội dung kiểm tra")
    if visit.papers_seen:
        yield Paragraph(f"Hồ sơ, tài liệu đã xem: {_ended(visit.papers_seen)}")
    for kind in FindingKind:
        lines = tuple(_finding(one) for one in minutes.findings if one.kind is kind)
        if lines:
            yield Paragraph(f"{kind.label}:")
            yield Points(lines, PointStyle.DASHES)
    yield Heading("Ý kiến của đơn vị được kiểm tra")
    yield from _paragraphs(visit.opinion or "Đơn vị không có ý kiến khác.")
    yield Paragraph(f"Nội dung bảo lưu: {_ended(visit.reservations or 'không có')}")
    ended = _moment(visit.minuted_at, minutes.zone)
    yield Paragraph(
        f"Biên bản lập xong {ended[0].lower()}{ended[1:]}, gồm {visit.copies} bản, mỗi bên giữ một bản; đã đọc lại cho "
        "những người có mặt cùng nghe."
    )


def _finding(one: InspectionFinding) -> str:
    code = f"Tiêu chí {one.criterion.code}: " if one.criterion else ""
    seen = "; ".join(f"{title} (mã băm {sha256[:12]}…)" for title, sha256, *_ in one.evidence)
    return f"{code}{_ended(one.text)}{f' Minh chứng đã xem: {seen}.' if seen else ''}"


def _moment(instant: datetime | None, zone: ZoneInfo) -> str:
    if instant is None:
        return "Hồi … giờ … phút, ngày …"
    local = instant.astimezone(zone)
    return f"Hồi {local:%H} giờ {local:%M} phút, ngày {local:%d/%m/%Y}"


def _paragraphs(text: str) -> Iterator[Block]:
    for line in text.split("\n"):
        if line.strip():
            yield Paragraph(_ended(line))


def _ended(text: str) -> str:
    """One sentence with its full stop; lines of their own are told apart."""
    lines = [" ".join(line.split()).rstrip(";,") for line in text.splitlines() if line.strip()]
    flat = "; ".join(lines)
    return flat if flat.endswith((".", "!", "?", "…")) else f"{flat}."


def minutes_paper(minutes: Minutes, signatures: Sequence[InspectionSignature], *, issuer: str, superior: str) -> bytes:
    """The .docx in the form of Decree 30. Signed names stand below; where a side signed on the screen the paper says so."""
    by_side = {one.side: one for one in signatures}
    team, unit = by_side.get(SignatureSide.TEAM), by_side.get(SignatureSide.UNIT)
    body = list(blocks_of(minutes))
    body += [
        Paragraph(
            f"{one.side.label} đã ký {'trên màn hình' if one.drawing else 'bản giấy'}: {one.name}, {one.post}, "
            f"{_moment(one.signed_at, minutes.zone).lower()}."
        )
        for one in signatures
    ]
    return write_paper(
        Paper(
            superior=superior,
            issuer=issuer,
            symbol="BB-ĐKT",
            year=minutes.visit.year,
            kind="Biên bản",
            abstract=f"Kiểm tra việc thực hiện phong trào thi đua tại {minutes.unit}",
            body=tuple(body),
            recipients=("Đơn vị được kiểm tra", "Cơ quan thường trực phong trào"),
            archived="VT, ĐKT",
            signature=Signature(title="Trưởng đoàn kiểm tra", name=team.name if team else ""),
            secretary=Signature(title="Đại diện đơn vị", name=unit.name if unit else ""),
        )
    )
