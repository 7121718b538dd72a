"""The catalogue of a bag, one line per version of a document: for a spreadsheet, and as a page to look through offline."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from archive.naming import extension
from webapp.handover.names import Names, safe
from webapp.models import (
    Checklist,
    ChecklistItem,
    Criterion,
    Document,
    DocumentVersion,
    Evidence,
    EvidenceLink,
    Person,
    Unit,
)
from webapp.official.cells import harmless

CHUNK = 500
# Folder of papers that belong to the movement and to no unit.
WARD = "phuong"
HEADINGS = (
    "Đơn vị",
    "Năm",
    "Loại",
    "Số, ký hiệu",
    "Ngày ban hành",
    "Trích yếu",
    "Cơ quan ban hành",
    "Người ký",
    "Trạng thái",
    "Phiên bản",
    "Tệp trong gói",
    "Kích thước (byte)",
    "SHA-256",
    "Người tải lên",
    "Tải lên lúc",
    "Lý do của phiên bản",
    "Tiêu chí",
    "Đã rút",
)
# Which file is what, where a title was too long for a name.
SHORT_NAMES = "ten-tep-rut-gon.csv"
SHORT_HEADINGS = ("Tệp trong gói", "Số, ký hiệu và trích yếu đầy đủ")
_LONGEST_CELL = 32_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One version. `path` is below data/; `withdrawn` says when and why, or is empty."""

    unit: str
    unit_code: str
    year: int
    kind: str
    number: str
    issued_on: str
    title: str
    issuer: str
    signer: str
    state: str
    version: int
    path: str
    size: int
    sha256: str
    uploader: str
    uploaded_at: str
    reason: str
    criteria: str
    withdrawn: str
    document_id: str

    @property
    def full_name(self) -> str:
        """What the file's name would say if names could be as long as one likes."""
        return f"{self.number} {self.title}".strip()

    def cells(self) -> tuple[str | int, ...]:
        return (
            self.unit,
            self.year,
            self.kind,
            self.number,
            self.issued_on,
            self.title,
            self.issuer,
            self.signer,
            self.state,
            self.version,
            self.path,
            self.size,
            self.sha256,
            self.uploader,
            self.uploaded_at,
            self.reason,
            self.criteria,
            self.withdrawn,
        )


def lines_of(
    session: Session,
    ids: Collection[str],
    *,
    timezone: ZoneInfo,
    readable_checklists: ColumnElement[bool] | None = None,
) -> list[Line]:
    """Every version of the documents, by unit, year, title and version, each with a place of its own in the bag."""
    rows: list[Any] = []
    listed = sorted(ids)
    criteria: dict[str, list[str]] = {}
    for start in range(0, len(listed), CHUNK):
        part = listed[start : start + CHUNK]
        criteria |= _criteria(session, part, readable_checklists)
        rows += session.execute(
            select(Document, DocumentVersion, Unit, Person.name)
            .join(DocumentVersion, DocumentVersion.document_id == Document.id)
            .outerjoin(Unit, Document.unit_id == Unit.id)
            .outerjoin(Person, DocumentVersion.uploaded_by == Person.id)
            .where(Document.id.in_(part))
        ).all()
    rows.sort(key=lambda row: (row[2].code if row[2] else "", row[0].year, row[0].title, row[0].id, row[1].no))
    names = Names()
    found = []
    for document, version, unit, uploader in rows:
        code = safe(unit.code if unit else WARD, most=60)
        stem = f"{document.number or ''} {document.title}"
        withdrawn = ""
        if document.withdrawn_at is not None:
            day = document.withdrawn_at.astimezone(timezone).strftime("%d/%m/%Y")
            withdrawn = f"{day}: {document.withdrawal_reason}"
        found.append(
            Line(
                unit=unit.name if unit else "Phong trào của phường",
                unit_code=code,
                year=document.year,
                kind=document.kind.label,
                number=document.number or "",
                issued_on=document.issued_on.strftime("%d/%m/%Y") if document.issued_on else "",
                title=document.title,
                issuer=document.issuer or "",
                signer=document.signer or "",
                state=document.state.label,
                version=version.no,
                path=names.free(
                    f"originals/{code}/{document.year}", stem, f"v{version.no}", extension(version.filename)
                ),
                size=version.size,
                sha256=version.sha256,
                uploader=uploader or "",
                uploaded_at=version.uploaded_at.astimezone(timezone).strftime("%d/%m/%Y %H:%M:%S"),
                reason=version.reason,
                criteria=", ".join(criteria.get(document.id, [])),
                withdrawn=withdrawn,
                document_id=document.id,
            )
        )
    return found


def _criteria(session: Session, ids: list[str], allowed: ColumnElement[bool] | None) -> dict[str, list[str]]:
    """Codes of the criteria that documents serve as evidence for."""
    query = (
        select(Evidence.document_id, Criterion.code)
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(ChecklistItem, EvidenceLink.item_id == ChecklistItem.id)
        .join(Checklist, ChecklistItem.checklist_id == Checklist.id)
        .join(Criterion, ChecklistItem.criterion_id == Criterion.id)
        .where(Evidence.document_id.in_(ids), EvidenceLink.removed_at.is_(None), true() if allowed is None else allowed)
        .order_by(Criterion.position)
        .distinct()
        .add_columns(Criterion.position)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for document_id, code, _ in session.execute(query):
        if code not in found[document_id]:
            found[document_id].append(code)
    return found


def neutral(cell: str | int) -> str | int:
    """A cell no list takes for two lines. That it is no formula is said by its type in .xlsx, by `harmless` in .csv."""
    if isinstance(cell, int):
        return cell
    text = " ".join(cell.split())
    return "".join(letter for letter in text if letter.isprintable() or letter == " ")[:_LONGEST_CELL]


def as_csv(headings: Iterable[str], rows: Iterable[Iterable[str | int]]) -> bytes:
    """With the mark by which Excel knows UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings)
    plain = ([neutral(cell) for cell in row] for row in rows)
    writer.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in plain)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def write_workbook(path: Path, lines: Iterable[Line]) -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet("Danh mục")
    page.freeze_panes = "A2"
    bold = []
    for heading in HEADINGS:
        cell = WriteOnlyCell(page, heading)
        cell.font = Font(bold=True)
        bold.append(cell)
    page.append(bold)
    for line in lines:
        page.append([_typed(page, cell) for cell in line.cells()])
    book.save(path)


def _typed(page: Any, value: str | int) -> Any:
    """A text is one by its type, whatever it begins with."""
    cell = WriteOnlyCell(page, neutral(value))
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


_STYLE = (
    "body{font-family:system-ui,sans-serif;line-height:1.5;max-width:70rem;margin:1rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;"
    "vertical-align:top}th{background:#eee}.soft{color:#555}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def index_page(lines: Iterable[Line], *, title: str, made: str) -> bytes:
    """A page without script and without any address outside: works from a disk."""
    groups: dict[tuple[str, str], dict[int, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        groups[line.unit_code, line.unit][line.year].append(line)
    parts = [
        '<!doctype html>\n<html lang="vi"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>\n"
        f'<h1>{escape(title)}</h1>\n<p class="soft">{escape(made)}</p>\n'
        '<p><a href="catalogue.xlsx">Danh mục dạng bảng tính</a> · <a href="catalogue.csv">dạng CSV</a> · '
        f'<a href="{SHORT_NAMES}">Tên tệp rút gọn và trích yếu đầy đủ</a></p>\n'
    ]
    ordered = sorted(groups)
    if len(ordered) > 1:
        links = (f'<li><a href="#{quote(code)}">{escape(unit)}</a></li>' for code, unit in ordered)
        parts.append(f"<ul>{''.join(links)}</ul>\n")
    for code, unit in ordered:
        parts.append(f'<h2 id="{quote(code)}">{escape(unit)}</h2>\n')
        for year in sorted(groups[code, unit]):
            parts.append(
                f"<h3>Năm {year}</h3>\n<table><thead><tr><th>Số, ký hiệu</th><th>Ngày</th><th>Trích yếu và tệp</th>"
                "<th>Loại</th><th>Trạng thái</th><th>Tiêu chí</th></tr></thead><tbody>\n"
            )
            parts += [_row(line) for line in groups[code, unit][year]]
            parts.append("</tbody></table>\n")
    parts.append("</body></html>\n")
    return "".join(parts).encode()


def _row(line: Line) -> str:
    state = f"{line.state}; đã rút {line.withdrawn}" if line.withdrawn else line.state
    return (
        f"<tr><td>{escape(line.number)}</td><td>{escape(line.issued_on)}</td>"
        f'<td><a href="{quote(line.path)}">{escape(line.title)}</a> '
        f'<span class="soft">phiên bản {line.version}, {line.size} byte</span></td>'
        f"<td>{escape(line.kind)}</td><td>{escape(state)}</td><td>{escape(line.criteria)}</td></tr>\n"
    )
