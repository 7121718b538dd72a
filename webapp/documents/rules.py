"""What may be uploaded, and how names are made. Pure."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath

from archive.extract import ACCEPTED
from archive.naming import clean_filename, is_litter
from webapp.models.document import FOR_EVER, DocumentKind, DocumentState

# For the browser's choice of files: the same list, and photographs at once.
ACCEPT = ", ".join(["image/*", *(f".{ending}" for ending in sorted(ACCEPTED))])
UNIT_KINDS = (
    DocumentKind.EVIDENCE,
    DocumentKind.REPORT,
    DocumentKind.UNIT_PLAN,
    DocumentKind.DECISION,
    DocumentKind.MINUTES,
    DocumentKind.OTHER,
)
MOVEMENT_KINDS = (DocumentKind.GUIDANCE, DocumentKind.DECISION, DocumentKind.MINUTES, DocumentKind.OTHER)

SUBMITTING: dict[DocumentState, DocumentState] = {
    DocumentState.DRAFT: DocumentState.SUBMITTED,
    DocumentState.RETURNED: DocumentState.SUBMITTED,
}


def file_fault(filename: str, size: int) -> str | None:
    """Why a file is not taken, or None."""
    name = clean_filename(filename)
    if is_litter(name):
        return f"“{name}” là tệp do máy tự tạo hoặc tệp chưa chép xong, không phải văn bản, nên không được lưu."
    if size == 0:
        return f"“{name}” trống (0 byte) nên không được lưu. Hãy mở thử tệp gốc rồi gửi lại."
    ending = PurePath(name).suffix.lower().lstrip(".")
    if not ending:
        return f"“{name}” không có phần đuôi (như .pdf, .docx) nên không biết là loại tệp gì; tệp chưa được lưu."
    if ending not in ACCEPTED:
        return f"Không nhận tệp loại .{ending}. Hãy gửi PDF, Word, Excel, ảnh chụp hoặc tệp văn bản."
    return None


def last_day_kept(year: int, years: int | None) -> date:
    """Terms run from the end of the paper's year; None is for ever."""
    return FOR_EVER if years is None else date(min(year + years, 9998), 12, 31)


def title_from(filename: str) -> str:
    """A first title from a file name: without ending, separators read as spaces."""
    stem = PurePath(clean_filename(filename)).stem
    if " " not in stem:
        stem = stem.replace("_", " ").replace("-", " ")
    return " ".join(stem.split())[:300] or "Văn bản chưa đặt tên"


def first_state(kind: DocumentKind, *, of_unit: bool) -> DocumentState:
    """Papers of units begin as drafts; papers of the movement are for everyone, but for a plan not yet applied."""
    if of_unit or kind is DocumentKind.PLAN:
        return DocumentState.DRAFT
    return DocumentState.PUBLISHED
