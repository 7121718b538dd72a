"""Who reads which file: one module for each family of types, with a function (path, limits, folder, ocr_pages) -> Reading.

What is read beside the text itself (files within the file, forms, pasted pictures) is added by further modules, each with
a function add(reading, path, kind, limits, folder, ocr_pages).

`folder` is the only place to write; `ocr_pages` > 0 means the second run, on page images. A reader's
module is imported only when a file needs it: that is most of the child's start time.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import cast

from archive.extract.detect import Decision, Kind
from archive.extract.outcome import Reading
from archive.extract.process.limits import Limits

Reader = Callable[[Path, Limits, Path, int], Reading]
Addition = Callable[[Reading, Path, Kind, Limits, Path, int], None]

_READERS: dict[Kind, str] = {
    Kind.PDF: "pdf.text",
    Kind.DOCX: "word.docx",
    Kind.PPTX: "sheets_and_slides.pptx",
    Kind.XLSX: "sheets_and_slides.sheets",
    Kind.XLS: "sheets_and_slides.sheets",
    Kind.ODS: "sheets_and_slides.ods",
    Kind.ODT: "word.odt",
    Kind.ODP: "word.odt",
    Kind.PPT: "sheets_and_slides.ppt",
    Kind.MAIL: "containers.mail",
    Kind.OUTLOOK: "containers.outlook",
    Kind.ZIP: "containers.listing",
    Kind.SEVEN_ZIP: "containers.listing",
    Kind.RAR: "containers.listing",
    Kind.DOC: "word.doc",
    Kind.RTF: "word.rtf",
    Kind.HTML: "text.html",
    Kind.WEB_ARCHIVE: "text.web_archive",
    Kind.WORD_XML: "word.word_xml",
    Kind.SHEET_XML: "sheets_and_slides.sheet_xml",
    Kind.FLAT_PACKAGE: "containers.flat_package",
    Kind.XML: "text.xml",
    Kind.TEXT: "text.plain",
    Kind.PNG: "pictures.image",
    Kind.JPEG: "pictures.image",
    Kind.TIFF: "pictures.image",
    Kind.GIF: "pictures.image",
    Kind.WEBP: "pictures.image",
    Kind.HEIC: "pictures.image",
    Kind.AVIF: "pictures.image",
}


def reader_for(kind: Kind) -> Reader:
    """The reader of a structure, its module loaded now."""
    module = importlib.import_module(f"archive.extract.{_READERS[kind]}")
    return cast(Reader, module.read)


_ADDITIONS: dict[Kind, tuple[str, ...]] = {
    Kind.PDF: ("pdf.filled", "containers.inner"),
    Kind.MAIL: ("containers.inner",),
    Kind.OUTLOOK: ("containers.inner",),
    Kind.ZIP: ("containers.inner",),
    Kind.SEVEN_ZIP: ("containers.inner",),
    Kind.RAR: ("containers.inner",),
    Kind.DOCX: ("word.pasted",),
    Kind.ODT: ("word.pasted",),
    Kind.ODP: ("word.pasted",),
}


def read_file(path: Path, decision: Decision, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """All that is read of one file. Raises `Refusal`."""
    reading = reader_for(decision.kind)(path, limits, folder, ocr_pages)
    for name in _ADDITIONS.get(decision.kind, ()):
        add = cast(Addition, importlib.import_module(f"archive.extract.{name}").add)
        add(reading, path, decision.kind, limits, folder, ocr_pages)
    return reading
