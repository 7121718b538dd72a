"""A unit's sheet as a paper and as a table, and a cluster as a workbook that anyone can work out again."""

from __future__ import annotations

import io
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from webapp.core.numbers import show_number, stored_number
from webapp.models import UnitKind
from webapp.official import Column, Paper, Paragraph, Signature, Table, write_paper
from webapp.official.issuer import Issuer
from webapp.official.tables import add_table
from webapp.scoring.points.scheme import entry_from_plain
from webapp.scoring.points.score_sheet import add_score_sheet
from webapp.scoring.sheets.queries import Line, SheetView


def sheet_paper(view: SheetView, *, ward: Issuer) -> bytes:
    """The sheet as an official paper, landscape, with a row for each criterion."""
    sheet, decimals = view.sheet, view.scheme.decimals
    rows = [_row(line, decimals) for line in view.lines]
    closing = [f"Tổng điểm tự chấm: {show_number(view.own_total, decimals)}."]
    if view.total is not None:
        changed = [line.node.code for line in view.leaves if line.said is not None and line.said.moderated is not None]
        by_council = f", đã có điều chỉnh của Hội đồng ở mục {', '.join(changed)}" if changed else ""
        closing.append(f"Tổng điểm: {show_number(view.total, decimals)}{by_council}.")
    if view.result is not None:
        title = f"; xếp loại: {view.result.title}" if view.result.title else ""
        closing.append(f"Xếp thứ {view.result.rank} trong {sheet.round.cluster.name}{title}.")
    return write_paper(
        Paper(
            superior=ward.name if sheet.unit.kind is UnitKind.OFFICE else "",
            issuer=sheet.unit.name,
            symbol=f"PĐ-{sheet.unit.code}",
            place=ward.place or "……………",
            year=sheet.year,
            kind="Phiếu điểm",
            abstract=f"Phong trào thi đua đổi mới sáng tạo và chuyển đổi số năm {sheet.year}",
            body=(
                Paragraph(f"{sheet.rubric.name}. Trạng thái: {sheet.state.label.lower()}."),
                Table(
                    columns=(
                        Column("Mục", 2),
                        Column("Nội dung", 7),
                        Column("Tối đa", 2, "right"),
                        Column("Tự chấm", 2, "right"),
                        Column("Điểm", 2, "right"),
                        Column("Cách tính, lý do, minh chứng", 9),
                    ),
                    rows=tuple(rows),
                ),
                *(Paragraph(text) for text in closing),
            ),
            recipients=("Cụm, khối thi đua", "Cơ quan thường trực"),
            signature=Signature(title="Lãnh đạo đơn vị"),
            landscape=True,
        )
    )


def _row(line: Line, decimals: int) -> tuple[str, ...]:
    return (
        line.node.code,
        line.node.title,
        show_number(line.node.reach),
        show_number(line.own_points, decimals) if line.own_points is not None else "",
        show_number(line.points, decimals) if line.points is not None else "",
        explained(line),
    )


def explained(line: Line) -> str:
    """How the points came about, who said why, and on which evidence, in one text."""
    parts = [line.words] if line.words else []
    said = line.said
    if said is not None:
        parts += [said.appraisal_reason] if said.appraisal_reason else []
        parts += [f"Đơn vị giải trình: {said.explanation}"] if said.explanation else []
        parts += [said.second_reason] if said.second_reason else []
        if said.moderated is not None and line.row is not None:
            parts.append(f"Hội đồng: {line.row.moderated_reason}")
        proofs = ", ".join(proof.code for proof in line.proofs)
        parts += [f"Minh chứng: {proofs}"] if proofs else []
    return "; ".join(part.rstrip(".; ") for part in parts)


def _best(view: SheetView) -> dict[str, Decimal]:
    """The best of the cluster once published; before, nothing above the target."""
    if view.result is not None:
        return {code: stored_number(text) for code, text in view.result.best.items()}
    return {leaf.code: leaf.target for leaf in view.scheme.leaves() if leaf.target is not None}


def sheet_book(view: SheetView) -> bytes:
    """Self scores and, as far as the viewer may see them, final ones with live formulas; then all that was said."""
    book = Workbook()
    title = f"Phiếu điểm {view.sheet.year} · {view.sheet.unit.name}"
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = "Tự chấm"
    own = {line.node.code: entry_from_plain(line.said.own) for line in view.leaves if line.said and line.said.own}
    above = {leaf.code: leaf.target for leaf in view.scheme.leaves() if leaf.target is not None}
    add_score_sheet(first, view.scheme, own, above, title=f"{title} · tự chấm")
    if view.sight.appraisal:
        standing = {
            line.node.code: entry_from_plain(line.said.standing)
            for line in view.leaves
            if line.said is not None and line.said.standing is not None
        }
        add_score_sheet(book.create_sheet("Điểm"), view.scheme, standing, _best(view), title=f"{title} · điểm")
    add_table(
        book.create_sheet("Lý do, minh chứng"),
        title=title,
        heads=("Mục", "Nội dung", "Thuyết minh của đơn vị", "Cách tính, lý do, minh chứng"),
        widths=(12, 50, 40, 70),
        rows=[
            (line.node.code, line.node.title, line.said.comment if line.said else "", explained(line))
            for line in view.lines
        ],
    )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
