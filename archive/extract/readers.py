"""Who reads which file: one module for each family of types, with a function (path, limits, folder, ocr_pages) -> Reading.

`folder` is the only place to write; `ocr_pages` > 0 means the second run, on page images. A reader's
module is imported only when a file needs it: that is most of the child's start time.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import cast

from archive.extract.detect import Kind
from archive.extract.outcome import Reading
from archive.extract.process.limits import Limits

Reader = Callable[[Path, Limits, Path, int], Reading]

_READERS: dict[Kind, str] = {
    Kind.PDF: "pdf.text",
    Kind.DOCX: "word.docx",
    Kind.PPTX: "sheets_and_slides.pptx",
    Kind.XLSX: "sheets_and_slides.sheets",
    Kind.XLS: "sheets_and_slides.sheets",
    Kind.ODS: "sheets_and_slides.sheets",
    Kind.ODT: "word.odt",
    Kind.ODP: "word.odt",
    Kind.PPT: "sheets_and_slides.ppt",
    Kind.MAIL: "containers.mail",
    Kind.ZIP: "containers.listing",
    Kind.DOC: "word.doc",
    Kind.RTF: "word.rtf",
    Kind.HTML: "text.html",
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
