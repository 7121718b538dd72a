"""What was filled into a PDF's form: fields whose values no page shows, and forms of XFA, whose only page says "wait".

pyHanko follows the objects, in a process of its own.
"""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from archive.extract.detect import Kind
from archive.extract.outcome import Reading, Refusal, has_letters, tidy
from archive.extract.pdf import active
from archive.extract.pdf.attached import items
from archive.extract.process import safe_xml
from archive.extract.process.apart import apart
from archive.extract.process.limits import Limits

_SECONDS = 4.0
_MOST_FIELDS = 5000
_MOST_BYTES = 20 << 20
_LONGEST = 4000
# The page viewers show that cannot show the form.
_WAIT = re.compile(r"please wait|adobe\.com/go/(?:reader|acrreader)|xfa", re.IGNORECASE)
_TICKED = "được chọn"
_DATASETS = "datasets"


def add(reading: Reading, path: Path, kind: Kind, limits: Limits, folder: Path, ocr_pages: int) -> None:
    """Values of a form behind the text, or in place of a page that only asks to wait."""
    if not active.may_hold_form(path):
        return
    answer = apart(lambda: _values(path, limits), seconds=_SECONDS)
    if not isinstance(answer, dict):
        return
    text = "\n".join(reading.pages)
    if answer["xfa"] and _WAIT.search(text) and len(reading.pages) <= 2:
        # An XFA form's own page is drawn by nobody but one vendor's program.
        reading.pages[:] = [tidy("\n".join(answer["xfa"]))]
        reading.ocr_pages = 0
        return
    seen = f" {' '.join(text.split())} "
    lines = [line for line in answer["fields"] or answer["xfa"] if not _is_seen(line, seen)]
    if lines:
        last = reading.pages.pop() if reading.pages else ""
        reading.pages.append(tidy("\n".join(filter(None, [last, "[Nội dung điền trong biểu mẫu]", *lines]))))


def _is_seen(line: str, text: str) -> bool:
    """Whether a page shows the value already, as words of their own; a tick is seen as a sign at most."""
    value = " ".join(line.rpartition(": ")[2].split())
    return value != _TICKED and f" {value} " in text


def _values(path: Path, limits: Limits) -> dict[str, list[str]]:
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    logging.disable(logging.CRITICAL)
    found: dict[str, list[str]] = {"fields": [], "xfa": []}
    with path.open("rb") as stream:
        reader = PdfFileReader(stream, strict=False)
        if reader.encrypted:
            reader.decrypt(b"")
        form = reader.root["/AcroForm"]
        with suppress(PdfError, ValueError, TypeError, KeyError, AttributeError, Refusal):
            found["fields"] = list(_fields(form))
        with suppress(PdfError, ValueError, TypeError, KeyError, AttributeError, Refusal):
            found["xfa"] = _xfa(form["/XFA"], limits)
    return found


def _fields(form: Any) -> Iterator[str]:
    """ "name: value" of each filled field; marks that are ticked, without those that are not."""
    waiting = [(field, "", None) for field in items(form.get("/Fields", None))]
    count = 0
    while waiting and count < _MOST_FIELDS:
        field, above, kind = waiting.pop(0)
        count += 1
        own = str(field.get("/TU", None) or field.get("/T", None) or "")
        name = own or above
        kind = field.get("/FT", None) or kind
        value = field.get("/V", None)
        waiting = [
            (kid, name, kind) for kid in items(field.get("/Kids", None)) if "/T" in kid or value is None
        ] + waiting
        if value is None or kind == "/Sig":
            continue
        shown = ", ".join(map(str, items(value))) if isinstance(value, list) else str(value)
        shown = " ".join(shown.split())[:_LONGEST]
        if kind == "/Btn":
            if shown in ("/Off", ""):
                continue
            shown = _TICKED
        if has_letters(shown):
            yield f"{name}: {shown}" if name else shown


def _xfa(value: Any, limits: Limits) -> list[str]:
    """Lines of the data that was filled in: "name: value"."""
    if isinstance(value, list):
        pieces = items(value)
        names = [str(name) for name in pieces[::2]]
        parts = [pieces[2 * names.index(_DATASETS) + 1]] if _DATASETS in names else pieces[1::2]
    else:
        parts = [value]
    root = safe_xml.parse(b"".join(map(_unpacked, parts)))
    datasets = root if root.tag.endswith("}" + _DATASETS) else root.find("{*}datasets")
    data = datasets.find("{*}data") if datasets is not None else None
    lines = []
    for element in data.iter() if data is not None else ():
        text = " ".join("".join(map(str, element.itertext())).split()) if len(element) == 0 else ""
        if has_letters(text):
            name = str(element.tag).rpartition("}")[2]
            lines.append(f"{name}: {text[:_LONGEST]}")
    return lines


def _unpacked(data: Any) -> bytes:
    """A stream's bytes, no more of them than a form has."""
    content = bytes(data.encoded_data)
    if data.get("/Filter", None) is None:
        return content[:_MOST_BYTES]
    filters = data.get("/Filter")
    names = [str(one) for one in items(filters)] if isinstance(filters, list) else [str(filters)]
    if names not in (["/FlateDecode"], ["/Fl"]):
        return b""
    with suppress(zlib.error):
        return zlib.decompressobj().decompress(content, _MOST_BYTES)
    return b""
