"""Text out of office files, PDFs and scans, read in processes that may die without harm.

`extract(path, filename=...)` is for everyone else; the readers and everything they load (lxml, calamine,
Poppler, Tesseract) live only in the child, `archive.extract.child`.
"""

from archive.extract.leftovers import clear_leftovers
from archive.extract.limits import Limits
from archive.extract.parent import Extraction, extract
from archive.extract.preview import THUMBNAIL, Preview, can_preview, preview
from archive.extract.sandbox import describe
from archive.extract.status import EMPTY_FILE, ENTRY_REFUSALS, SENTENCES, WARNINGS, Status
from archive.extract.unpacking import Unpacked, UnpackingFailed, unpack

__all__ = [
    "EMPTY_FILE",
    "ENTRY_REFUSALS",
    "SENTENCES",
    "THUMBNAIL",
    "WARNINGS",
    "Extraction",
    "Limits",
    "Preview",
    "Status",
    "Unpacked",
    "UnpackingFailed",
    "can_preview",
    "clear_leftovers",
    "describe",
    "extract",
    "preview",
    "unpack",
]
