"""The plan point by point as an annex of the report to the committee."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.models import Movement, Unit
from webapp.obligations.queries import PointRow
from webapp.official import Appendix, Column, Paper, Paragraph, Signature, Table, write_paper
from webapp.official.issuer import Issuer

_COLUMNS = (
    Column("Điểm", 3, "center"),
    Column("Việc phải làm", 13),
    Column("Ai làm", 6),
    Column("Khi nào", 4),
    Column("Làm ở đâu", 6),
    Column("Tình trạng", 8),
)
_SUGGESTED = " (gợi ý)"


def annex(rows: Sequence[PointRow], movement: Movement, *, year: int, committee: Issuer, office: Unit | None) -> bytes:
    """The .docx in the form of Decree 30; what nobody confirmed is marked."""
    code = "".join(sign for sign in (office.code.upper() if office else "") if sign.isalnum()) or "CQTT"
    done = sum(row.standing.tone == "good" for row in rows)
    lacking = sum(bool(row.lacks) for row in rows)
    return write_paper(
        Paper(
            superior=committee.name,
            issuer=office.name if office else "Cơ quan thường trực phong trào",
            symbol=f"BC-{code}",
            place=committee.place or "……………",
            year=year,
            kind="Báo cáo",
            abstract=f"Tình hình thực hiện kế hoạch phong trào thi đua theo từng điểm, năm {year}",
            addressees=(committee.name,),
            body=(
                Paragraph(
                    f"Kế hoạch của phong trào “{movement.name}” có {len(rows)} việc phải làm; năm {year} đã làm {done} "
                    f"việc, {lacking} việc chưa rõ ai làm hoặc làm ở đâu. Chi tiết ở phụ lục kèm theo."
                ),
            ),
            recipients=("Như trên",),
            archived=f"VT, {code}",
            signature=Signature(title="Trưởng phòng"),
            appendices=(
                Appendix(f"Kế hoạch theo từng điểm, năm {year}", (Table(_COLUMNS, tuple(_line(row) for row in rows)),)),
            ),
            landscape=True,
        )
    )


def _line(row: PointRow) -> tuple[str, ...]:
    mark = _SUGGESTED if row.is_suggested else ""
    return (
        row.code,
        row.duty.what,
        (row.who or "Chưa rõ") + mark,
        row.when,
        (row.where or "Chưa rõ") + mark,
        row.standing.sentence,
    )
