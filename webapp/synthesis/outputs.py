"""The report as an official paper, and its annex as a sheet."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, tzinfo
from typing import Any

from openpyxl import Workbook

from webapp.core.days import ward_day
from webapp.models import PaperKind, PlanVersion, Signing, Synthesis, SynthesisSection, Unit
from webapp.movement.figures import amount_of
from webapp.movement.reading import LegalBasis, PlanReading
from webapp.official import (
    Appendix,
    Block,
    Column,
    Heading,
    Level,
    Paper,
    Paragraph,
    Points,
    PointStyle,
    Signature,
    Table,
    date_words,
    write_paper,
)
from webapp.official.issuer import Issuer
from webapp.official.tables import Value, add_table
from webapp.official.wording import lines_ended
from webapp.synthesis.rules import TITLES, Counts, UnitLine, letter_of

Content = Sequence[Mapping[str, Any]]

OFFICE = "Cơ quan thường trực phong trào"
# A line as `rules.quote` writes it, with the outcome that may follow.
QUOTE = re.compile(r"- [^“”]+: “.+”( \(.+\))?")
QUOTES_TITLE = "Trích nội dung các đơn vị nêu"
QUOTED = f"xem Phụ lục “{QUOTES_TITLE}”"


def report_paper(
    synthesis: Synthesis,
    content: Content,
    counts: Counts,
    *,
    plan: PlanVersion | None,
    reading: PlanReading,
    ward: Issuer,
    timezone: tzinfo,
    note: str = "",
) -> bytes:
    """The .docx in the form of Decree 30. `synthesis` with movement and office; `note` for the first page of a draft."""
    of_committee = synthesis.signing in (Signing.CHAIR, Signing.VICE_CHAIR)
    office = synthesis.office
    code = symbol_of(office)
    authority, title = _signature(synthesis.signing, ward)
    return write_paper(
        Paper(
            superior=ward.superior if of_committee else ward.name,
            issuer=ward.name if of_committee else office.name if office else OFFICE,
            symbol="BC-UBND" if of_committee else f"BC-{code}",
            number=synthesis.number or None,
            place=synthesis.place or ward.place or "……………",
            issued_on=synthesis.issued_on,
            year=ward_day(synthesis.renewed_at, timezone).year,
            kind="Báo cáo",
            abstract=abstract_of(synthesis),
            addressees=() if of_committee else (ward.name,),
            bases=tuple(bases_of(reading, plan)),
            note=note,
            body=tuple(body_of(content, counts)),
            recipients=tuple(recipients_of(synthesis, reading, ward)),
            archived=f"VT, {code}",
            signature=Signature(title=title, name=synthesis.signer, authority=authority),
            appendices=(*quotes_of(content), *_appendices(counts)),
        )
    )


def _signature(signing: Signing, ward: Issuer) -> tuple[tuple[str, ...], str]:
    """The lines before the title of who signs, and that title."""
    committee = (ward.authority,) if ward.authority else ()
    return {
        Signing.OFFICE_HEAD: ((), "Trưởng phòng"),
        Signing.OFFICE_DEPUTY: (("KT. Trưởng phòng",), "Phó Trưởng phòng"),
        Signing.CHAIR: (committee, ward.title),
        Signing.VICE_CHAIR: ((*committee, f"KT. {ward.title}"), f"Phó {ward.title}"),
    }[signing]


def symbol_of(office: Unit | None) -> str:
    """The office's letters in symbols: those of its code."""
    return "".join(sign for sign in (office.code.upper() if office else "") if sign.isalnum()) or "CQTT"


def abstract_of(synthesis: Synthesis) -> str:
    movement = f"Phong trào thi đua “{synthesis.movement.name}”"
    return {
        PaperKind.INTERIM: f"Sơ kết {movement} năm {synthesis.year}",
        PaperKind.FINAL: f"Tổng kết {movement}, giai đoạn {synthesis.movement.first_year}-{synthesis.year}",
    }.get(synthesis.kind, f"Kết quả thực hiện {movement} năm {synthesis.year}")


def recipients_of(synthesis: Synthesis, reading: PlanReading, ward: Issuer) -> list[str]:
    """As chosen; else the plan's own for a paper of the committee, and who must know for one of the office."""
    chosen = [line.strip() for line in synthesis.recipients.splitlines() if line.strip()]
    if chosen:
        return chosen
    if synthesis.signing in (Signing.CHAIR, Signing.VICE_CHAIR):
        return [line for line in reading.recipients if not line.strip().lower().startswith("lưu")]
    return [
        "Như trên",
        f"Hội đồng Thi đua - Khen thưởng {ward.short or 'phường'}",
        "Các cơ quan, đơn vị tham gia phong trào",
    ]


def bases_of(reading: PlanReading, plan: PlanVersion | None) -> Iterator[str]:
    """The plan's legal bases, then the plan itself."""
    for basis in reading.legal_bases:
        yield _basis(basis)
    if plan is not None and plan.number:
        issued = f" {date_words(plan.issued_on)}" if plan.issued_on else ""
        yield f"Căn cứ Kế hoạch số {plan.number}{issued} của {reading.issuer or 'Ủy ban nhân dân phường'}"


def _basis(basis: LegalBasis) -> str:
    day = f" {date_words(date.fromisoformat(basis.date))}" if basis.date else ""
    issuer = f" của {basis.issuer}" if basis.issuer else ""
    return f"Căn cứ {basis.kind or 'Văn bản'} số {basis.number}{day}{issuer} {basis.title}".rstrip()


def body_of(content: Content, counts: Counts) -> Iterator[Block]:
    """Sections in Roman numbers; themes and criteria under the letters that the plan gives them."""
    groups = {line.code: (line.group, line.group_title) for line in counts.criteria}
    for section, title in TITLES.items():
        parts = [part for part in content if part["section"] == section.value]
        if parts:
            yield Heading(title)
        group = ""
        for part in parts:
            letter = letter_of(part["code"])
            if section is SynthesisSection.GENERAL:
                yield Heading(part["title"], Level.CLAUSE)
            elif section is SynthesisSection.THEME:
                yield Heading(part["title"], Level.POINT, letter)
            elif section is SynthesisSection.CRITERION:
                code, group_title = groups.get(part["code"], (part["code"].rpartition(".")[0], ""))
                if code != group:
                    group = code
                    yield Heading(group_title or code, Level.CLAUSE, letter_of(code))
                yield Heading(part["title"], Level.POINT, letter)
            yield from _texts(_without_quotes(part["text"]))


def _without_quotes(text: str) -> str:
    """Of a paragraph what the office says; what units wrote stands in the annex, and the sentence before it says so."""
    kept: list[str] = []
    quoted = False
    for line in text.split("\n"):
        if QUOTE.fullmatch(line.strip()):
            if not quoted and kept and kept[-1].endswith(":"):
                kept[-1] = f"{kept[-1][:-1]} ({QUOTED})."
            quoted = True
        else:
            kept.append(line)
            quoted = False
    if any(QUOTE.fullmatch(line.strip()) for line in text.split("\n")) and not any(QUOTED in line for line in kept):
        kept.append(f"Ý kiến của các đơn vị: {QUOTED}.")
    return "\n".join(kept)


def quotes_of(content: Content) -> Iterator[Appendix]:
    """The annex of what units wrote, under the titles of the paragraphs."""
    blocks: list[Block] = []
    for part in content:
        lines = [line.strip()[2:] for line in part["text"].split("\n") if QUOTE.fullmatch(line.strip())]
        if lines:
            code = part["code"] if part["section"] in ("theme", "criterion") else ""
            blocks += [Heading(f"{code} {part['title']}".strip(), Level.CLAUSE), _dashes(lines)]
    if blocks:
        yield Appendix(QUOTES_TITLE, tuple(blocks))


def _dashes(lines: list[str]) -> Points:
    return Points(tuple(lines_ended(lines)), PointStyle.DASHES)


def _texts(text: str) -> Iterator[Block]:
    """Lines as paragraphs; those that begin with a dash as lists."""
    listed: list[str] = []
    for line in [*text.split("\n"), ""]:
        line = line.strip()
        if line.startswith("- "):
            listed.append(line[2:])
            continue
        if listed:
            yield _dashes(listed)
            listed = []
        if line:
            yield Paragraph(line)


def late_or_missing(counts: Counts) -> list[UnitLine]:
    """For the annex: who handed in late, then who never did."""
    return [*counts.late, *counts.missing]


def _appendices(counts: Counts) -> Iterator[Appendix]:
    named = late_or_missing(counts)
    if named:
        columns = (
            Column("STT", 3, "center"),
            Column("Đơn vị", 10),
            Column("Cụm, khối", 9),
            Column("Hạn gửi", 6, "center"),
            Column("Ngày gửi", 6, "center"),
            Column("Ghi chú", 6),
        )
        rows = tuple(
            (
                str(place),
                one.unit,
                one.cluster,
                _day(one.due_on),
                _day(one.handed_on),
                f"Muộn {one.late} ngày" if one.handed_on else "Chưa gửi",
            )
            for place, one in enumerate(named, start=1)
        )
        yield Appendix("Cơ quan, đơn vị gửi báo cáo muộn, chưa gửi báo cáo", (Table(columns, rows),))
    if counts.criteria:
        heads = (
            Column("Tiêu chí", 3),
            Column("Nội dung", 10),
            Column("Phiếu đã trình", 3, "center"),
            Column("Tự nhận đạt", 3, "center"),
            Column("Minh chứng", 3, "center"),
        )
        lines = tuple(
            (one.code, one.text, str(one.items), str(one.claimed), str(one.evidences)) for one in counts.criteria
        )
        yield Appendix("Kết quả tự kiểm theo tiêu chí", (Table(heads, lines),))

    yield from _figures(counts)


def _figures(counts: Counts) -> Iterator[Appendix]:
    if not counts.figures:
        return
    columns = (
        Column("Mục", 4),
        Column("Đơn vị", 8),
        Column("Số liệu", 5, "right"),
        Column("Nguyên văn", 13),
    )
    rows = tuple((one.code, one.unit, amount_of(one), one.words) for one in counts.figures)
    blocks: list[Block] = [Table(columns, rows, caption="Số liệu từng đơn vị nêu trong báo cáo")]
    if counts.totals:
        heads = (
            Column("Mục", 4),
            Column("Đơn vị tính", 6),
            Column("Cộng", 8, "right"),
            Column("Số đơn vị", 4, "center"),
        )
        lines = tuple((one.code, one.measure, one.said, str(one.units)) for one in counts.totals)
        blocks.append(Table(heads, lines, caption="Cộng theo mục và đơn vị tính; tỷ lệ không cộng"))
    yield Appendix("Số liệu các đơn vị nêu", tuple(blocks))


def _day(text: str) -> str:
    return date.fromisoformat(text).strftime("%d/%m/%Y") if text else ""


def annex_sheet(synthesis: Synthesis, counts: Counts) -> bytes:
    """The .xlsx: units with days late, criteria with counts, initiatives."""
    book = Workbook()
    name = synthesis.name
    units = book.active
    assert units is not None
    units.title = "Đơn vị"
    add_table(
        units,
        title=f"{name}: các đơn vị gửi báo cáo",
        heads=("Đơn vị", "Cụm, khối", "Hạn gửi", "Ngày gửi", "Số ngày muộn", "Tình trạng"),
        widths=(38, 34, 12, 12, 12, 18),
        rows=[_unit_row(one) for one in counts.units],
    )
    add_table(
        book.create_sheet("Tiêu chí"),
        title=f"{name}: tự kiểm theo tiêu chí",
        heads=("Tiêu chí", "Nhóm", "Nội dung", "Phiếu đã trình", "Tự nhận đạt", "Minh chứng"),
        widths=(12, 34, 60, 14, 12, 12),
        rows=[(one.code, one.group_title, one.text, one.items, one.claimed, one.evidences) for one in counts.criteria],
    )
    add_table(
        book.create_sheet("Sáng kiến"),
        title=f"{name}: sáng kiến, giải pháp, mô hình",
        heads=("Tên", "Loại", "Đơn vị", "Trạng thái", "Quyết định", "Số đơn vị áp dụng"),
        widths=(60, 14, 34, 20, 20, 16),
        rows=[(one.title, one.kind, one.unit, one.state, one.decision, one.adopters) for one in counts.initiatives],
    )
    add_table(
        book.create_sheet("Số liệu"),
        title=f"{name}: số liệu các đơn vị nêu trong báo cáo",
        heads=("Mục", "Đơn vị", "Số liệu", "Đơn vị tính", "Nguyên văn"),
        widths=(12, 34, 14, 16, 80),
        rows=[(one.code, one.unit, float(one.amount), one.measure, one.words) for one in counts.figures],
    )
    add_table(
        book.create_sheet("Cộng số liệu"),
        title=f"{name}: cộng theo mục và đơn vị tính; tỷ lệ không cộng",
        heads=("Mục", "Đơn vị tính", "Cộng", "Số đơn vị"),
        widths=(12, 16, 30, 12),
        rows=[(one.code, one.measure, one.said, one.units) for one in counts.totals],
    )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _unit_row(one: UnitLine) -> tuple[Value, ...]:
    handed = date.fromisoformat(one.handed_on) if one.handed_on else None
    state = "Chưa gửi" if handed is None else "Gửi muộn" if one.late else "Gửi đúng hạn"
    return one.unit, one.cluster, date.fromisoformat(one.due_on), handed, one.late, state
