"""One module per family of file types, each with functions (path, limits, folder, ocr_pages) -> Reading.

`folder` is the only place to write; `ocr_pages` > 0 means the second run, on page images. A reader's
module is imported only when a file needs it: that is most of the child's start time.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import cast

from archive.extract.detect import Kind
from archive.extract.limits import Limits
from archive.extract.outcome import Reading

Reader = Callable[[Path, Limits, Path, int], Reading]

_READERS: dict[Kind, str] = {
    Kind.PDF: "pdf",
    Kind.DOCX: "docx",
    Kind.PPTX: "pptx",
    Kind.XLSX: "sheets",
    Kind.XLS: "sheets",
    Kind.ODS: "sheets",
    Kind.ODT: "odt",
    Kind.ODP: "odt",
    Kind.PPT: "ppt",
    Kind.MAIL: "mail",
    Kind.ZIP: "zip",
    Kind.DOC: "doc",
    Kind.RTF: "rtf",
    Kind.HTML: "html",
    Kind.TEXT: "text",
    Kind.PNG: "image",
    Kind.JPEG: "image",
    Kind.TIFF: "image",
    Kind.GIF: "image",
    Kind.WEBP: "image",
}


def reader_for(kind: Kind) -> Reader:
    """The reader of a structure, its module loaded now."""
    module = importlib.import_module(f"archive.extract.readers.{_READERS[kind]}")
    return cast(Reader, module.read)
