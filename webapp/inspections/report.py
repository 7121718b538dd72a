"""The year's inspections as a report for the council. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from webapp.inspections import rules
from webapp.inspections.queries import Standing
from webapp.models import FindingKind, InspectionVisit, RemedyState
from webapp.official import Block, Column, Heading, Paper, Paragraph, Signature, Table, write_paper
from webapp.official.issuer import Issuer

_VISITS = (
    Column("STT", 2, "center"),
    Column("Đơn vị", 9),
    Column("Đoàn", 6),
    Column("Ngày làm việc", 5, "center"),
    Column("Kết quả", 6),
)


def report_paper(
    *, year: int, issuer: Issuer, standing: Standing, visits: Sequence[InspectionVisit], goal: int
) -> bytes:
    """The .docx in the form of Decree 30, as a draft of the standing office."""
    return write_paper(
        Paper(
            superior=issuer.name,
            issuer="Cơ quan thường trực phong trào",
            symbol="BC-CQTT",
            year=year,
            kind="Báo cáo",
            abstract=f"Kết quả kiểm tra việc thực hiện phong trào thi đua năm {year}",
            addressees=("Hội đồng Thi đua - Khen thưởng",),
            body=tuple(_body(year, standing, visits, goal)),
            recipients=("Như trên",),
            archived="VT",
            signature=Signature(title="Cơ quan thường trực"),
        )
    )


def _body(year: int, standing: Standing, visits: Sequence[InspectionVisit], goal: int) -> Iterator[Block]:
    units = [one.id for one in standing.units]
    share = rules.share_of(units, standing.visited)
    yield Heading("Tình hình kiểm tra")
    yield Paragraph(
        f"Năm {year}, đã kiểm tra {len(standing.visited)}/{len(units)} đơn vị. {rules.short_of(share, goal)} "
        f"Chương trình năm có {len(standing.planned)} đơn vị."
    )
    if visits:
        yield Table(
            _VISITS,
            tuple(
                (str(place), one.unit.name, one.inspection.name, f"{one.visit_from:%d/%m/%Y}", one.state.label)
                for place, one in enumerate(visits, start=1)
            ),
        )
    yield Heading("Kết quả")
    found = ", ".join(f"{standing.found.get(kind, 0)} {kind.label.lower()}" for kind in FindingKind)
    yield Paragraph(f"Các biên bản ghi nhận: {found}.")
    yield Heading("Khắc phục sau kiểm tra")
    total = sum(standing.remedies.values())
    done = standing.remedies.get(RemedyState.CLOSED, 0)
    waiting = standing.remedies.get(RemedyState.ANSWERED, 0)
    yield Paragraph(
        f"Kết luận nêu {total} việc phải khắc phục: {done} đã xong, {waiting} đang chờ xác nhận, "
        f"{total - done - waiting} chưa xong, trong đó {standing.late} quá hạn."
    )
