"""XML of no known kind (invoices, exports of other programs): its text without its tags, said to be that."""

from __future__ import annotations

import html
import re
from pathlib import Path

from lxml.etree import _Element

from archive.extract.outcome import Reading, Refusal, tidy
from archive.extract.process import safe_xml
from archive.extract.process.limits import Limits
from archive.extract.text import encoding
from archive.extract.text.plain import load

_SPACES = re.compile(r"\s+")
_UNSEEN = re.compile(
    r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^\[<>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(r"<[^<>]{1,20000}>")


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """One page, a line for each piece of text; what is no proper XML is stripped by its tags alone."""
    content = load(path, limits)
    try:
        lines = [*_texts(safe_xml.parse(safe_xml.as_utf8(content)))]
        warnings: list[str] = []
    except Refusal:
        # Nothing is looked up or expanded here, so that a document type or a broken tag does no harm.
        text, warnings = encoding.decode(content)
        bare = html.unescape(_TAG.sub("\n", _UNSEEN.sub("\n", text)))
        lines = [clean for line in bare.split("\n") if (clean := _SPACES.sub(" ", line).strip())]
    page = tidy("\n".join(lines))
    return Reading([page] if page else [], [*warnings, "markup_stripped"])


def _texts(root: _Element) -> list[str]:
    found = []
    for text in root.itertext():
        if line := _SPACES.sub(" ", str(text)).strip():
            found.append(line)
    return found
