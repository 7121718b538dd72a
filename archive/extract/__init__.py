"""Text out of office files, PDFs and scans, read in processes that may die without harm.

`extract(path, filename=...)` is for everyone else; the readers and everything they load (lxml, calamine,
Poppler, Tesseract) live only in the child, `archive.extract.process.child`.

Where to look: `detect` says what a file is, `readers` who reads it; `process` starts, boxes and limits the child;
`understanding` finds number, day and names in the text.
"""

from archive.extract.containers.unpacking import Unpacked, UnpackingFailed, unpack
from archive.extract.detect import ACCEPTED, FAMILIES
from archive.extract.pictures.preview import THUMBNAIL, Preview, can_preview, preview
from archive.extract.process.leftovers import clear_leftovers
from archive.extract.process.limits import Limits
from archive.extract.process.parent import Extraction, extract
from archive.extract.process.sandbox import describe
from archive.extract.scans.marks import Mark, squares_of
from archive.extract.scans.preparing import Prepared, ScanOptions, prepare_scan
from archive.extract.sheets_and_slides.looks import SheetPage, column_of, read_page
from archive.extract.status import EMPTY_FILE, ENTRY_REFUSALS, SENTENCES, WARNINGS, Status

__all__ = [
    "column_of",
    "ACCEPTED",
    "EMPTY_FILE",
    "FAMILIES",
    "ENTRY_REFUSALS",
    "SENTENCES",
    "THUMBNAIL",
    "WARNINGS",
    "Extraction",
    "Limits",
    "Mark",
    "Prepared",
    "Preview",
    "ScanOptions",
    "SheetPage",
    "Status",
    "Unpacked",
    "UnpackingFailed",
    "can_preview",
    "clear_leftovers",
    "describe",
    "extract",
    "prepare_scan",
    "preview",
    "read_page",
    "squares_of",
    "unpack",
]
