"""Files a Word document takes into its text when it is opened (w:altChunk): pages of HTML, as other programs put them."""

from __future__ import annotations

import dataclasses
import posixpath
from pathlib import Path

from archive.extract import detect
from archive.extract.containers.package import Package
from archive.extract.outcome import Refusal
from archive.extract.process import safe_xml
from archive.extract.process.limits import Limits
from archive.extract.readers import read_file

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_MOST = 50


def of(package: Package, main: str, limits: Limits, folder: Path) -> dict[str, list[str]]:
    """Lines of each by the identity of its relation; one that cannot be read says so."""
    parent, name = posixpath.split(main)
    relations = posixpath.join(parent, "_rels", name + ".rels")
    found: dict[str, list[str]] = {}
    if relations not in package.names or limits.inner_depth < 1:
        return found
    for relation in safe_xml.parse(package.read(relations)).iter(_RELATION):
        if not relation.get("Type", "").endswith("/aFChunk") or len(found) >= _MOST:
            continue
        target = posixpath.normpath(posixpath.join("/", parent, relation.get("Target", ""))).lstrip("/")
        if target in package.names:
            found[relation.get("Id", "")] = _lines(package.read(target), target, limits, folder)
    return found


def _lines(content: bytes, name: str, limits: Limits, folder: Path) -> list[str]:
    file = folder / "chunk"
    file.write_bytes(content)
    limits = dataclasses.replace(limits, inner_depth=limits.inner_depth - 1)
    try:
        reading = read_file(file, detect.decide(file, name, limits), limits, folder, 0)
    except Refusal:
        return [f"[Chưa đọc được phần chèn trong văn bản: {posixpath.basename(name)}]"]
    return "\n".join(reading.pages).split("\n")
