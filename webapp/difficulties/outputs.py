"""The list of difficulties for the committee: as an official paper, and as a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from webapp.core.days import ward_day
from webapp.models import Difficulty, DifficultyKind, Unit
from webapp.official import (
    Block,
    Column,
    Heading,
    Level,
    Paper,
    Paragraph,
    Signature,
    Table,
    write_paper,
)
from webapp.official.issuer import Issuer
from webapp.official.tables import write_table

_COLUMNS = (
    Column("STT", 2, "center"),
    Column("Đơn vị", 6),
    Column("Điểm", 4, "center"),
    Column("Nội dung", 11),
    Column("Đề nghị", 11),
    Column("Tình trạng", 8),
)


def list_sheet(rows: Sequence[Difficulty], *, year: int, timezone: tzinfo) -> bytes:
    """The .xlsx, one line each."""
    return write_table(
        title=f"Khó khăn, vướng mắc, đề nghị điều chỉnh, bổ sung kế hoạch năm {year}",
        heads=(
            "Đơn vị",
            "Loại",
            "Điểm của kế hoạch",
            "Nhóm vấn đề",
            "Nội dung",
            "Đề nghị",
            "Tình trạng",
            "Ngày gửi",
            "Ghi chú của cơ quan thường trực",
            "Trả lời",
        ),
        widths=(32, 22, 12, 24, 60, 50, 18, 12, 40, 50),
        rows=[
            (
                one.unit.name,
                one.kind.label,
                one.point,
                one.topic,
                one.text,
                one.proposal,
                one.state.label,
                ward_day(one.raised_at, timezone) if one.raised_at else None,
                one.note,
                one.answer,
            )
            for one in rows
        ],
    )


def list_paper(rows: Sequence[Difficulty], *, year: int, committee: Issuer, office: Unit | None) -> bytes:
    """The .docx in the form of Decree 30: number, day and signer are left for the issuer."""
    code = "".join(sign for sign in (office.code.upper() if office else "") if sign.isalnum()) or "CQTT"
    return write_paper(
        Paper(
            superior=committee.name,
            issuer=office.name if office else "Cơ quan thường trực phong trào",
            symbol=f"BC-{code}",
            place=committee.place or "……………",
            year=year,
            kind="Báo cáo",
            abstract=f"Khó khăn, vướng mắc và đề nghị điều chỉnh, bổ sung kế hoạch của các đơn vị năm {year}",
            addressees=(committee.name,),
            body=tuple(_body(rows)),
            recipients=("Như trên",),
            archived=f"VT, {code}",
            signature=Signature(title="Trưởng phòng"),
            landscape=True,
        )
    )


def _body(rows: Sequence[Difficulty]) -> Iterator[Block]:
    units = len({one.unit_id for one in rows})
    yield Paragraph(f"{units} cơ quan, đơn vị đã gửi {len(rows)} mục khó khăn, vướng mắc, đề nghị, như sau.")
    for kind in DifficultyKind:
        group = [one for one in rows if one.kind is kind]
        if not group:
            continue
        yield Heading(kind.label)
        for topic in dict.fromkeys(one.topic for one in group):
            if topic:
                yield Heading(topic, Level.CLAUSE)
            lines = [one for one in group if one.topic == topic]
            yield Table(_COLUMNS, tuple(_line(place, one) for place, one in enumerate(lines, start=1)))


def _line(place: int, one: Difficulty) -> tuple[str, ...]:
    state = f"{one.state.label}: {one.answer}" if one.answer else one.state.label
    return str(place), one.unit.name, one.point, one.text, one.proposal, state
