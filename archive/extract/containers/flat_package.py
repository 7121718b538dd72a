"""Office files of today written as one XML file (flat OPC): put together as the package they stand for, and read so."""

from __future__ import annotations

import base64
import binascii
import zipfile
from pathlib import Path

from lxml import etree

from archive.extract.outcome import Reading, Refusal
from archive.extract.process import safe_xml
from archive.extract.process.limits import Limits
from archive.extract.status import Status
from archive.extract.text.plain import load

_PKG = "{http://schemas.microsoft.com/office/2006/xmlPackage}"


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """What the reader of the package inside says."""
    from archive.extract.sheets_and_slides import pptx, sheets
    from archive.extract.word import docx

    package = folder / "package.zip"
    names = _write(path, limits, package)
    if any(name.startswith("word/") for name in names):
        return docx.read(package, limits, folder, ocr_pages)
    if any(name.startswith("xl/") for name in names):
        return sheets.read(package, limits, folder, ocr_pages)
    if any(name.startswith("ppt/") for name in names):
        return pptx.read(package, limits, folder, ocr_pages)
    raise Refusal(Status.UNSUPPORTED, "a flat package of another program")


def _write(path: Path, limits: Limits, target: Path) -> list[str]:
    root = safe_xml.parse(safe_xml.as_utf8(load(path, limits)))
    names: dict[str, None] = {}
    with zipfile.ZipFile(target, "w") as package:
        for part in root.iterchildren(f"{_PKG}part"):
            name = part.get(f"{_PKG}name", "").lstrip("/")
            data, binary = part.find(f"{_PKG}xmlData"), part.find(f"{_PKG}binaryData")
            if not name or name in names:
                continue
            try:
                if data is not None and len(data):
                    package.writestr(name, etree.tostring(data[0]))
                elif binary is not None:
                    package.writestr(name, base64.b64decode(binary.text or ""))
            except (binascii.Error, ValueError) as error:
                raise Refusal(Status.CORRUPT, f"flat package: {error}") from error
            names[name] = None
    return list(names)
