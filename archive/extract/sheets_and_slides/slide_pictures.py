"""Pages that were photographed and put on slides."""

from __future__ import annotations

import posixpath
from pathlib import Path

from archive.extract.containers.package import Package
from archive.extract.outcome import Reading, Refusal, tidy
from archive.extract.pictures import ocr
from archive.extract.process import safe_xml
from archive.extract.process.limits import Limits
from archive.extract.word import pasted_image


def of(package: Package, slide: str) -> list[bytes]:
    """The pictures a slide shows."""
    parent, name = posixpath.split(slide)
    relations = posixpath.join(parent, "_rels", name + ".rels")
    if relations not in package.names:
        return []
    targets = [
        posixpath.normpath(posixpath.join("/", parent, relation.get("Target", ""))).lstrip("/")
        for relation in safe_xml.parse(package.read(relations))
        if relation.get("Type", "").endswith("/image") and relation.get("TargetMode") != "External"
    ]
    return [package.read(target) for target in dict.fromkeys(targets) if target in package.names]


def saved(pictures: list[tuple[int, bytes]], limits: Limits, folder: Path) -> list[tuple[int, Path]]:
    """(page, file) of those large enough to be pages; what cannot be opened is left out."""
    found = []
    for number, (page, content) in enumerate(pictures):
        target = folder / f"slide-{number}.pgm"
        try:
            if pasted_image.save(content, target, limits):
                found.append((page, target))
        except Refusal:
            continue
    return found


def recognise(reading: Reading, images: list[tuple[int, Path]], limits: Limits, folder: Path, ocr_pages: int) -> None:
    """Put what is recognised behind the few words of the slides it is on."""
    chosen = images[:ocr_pages]
    recogniser = ocr.Recogniser(folder, limits, len(chosen))
    for page, image in chosen:
        text = tidy(recogniser.text(image))
        reading.pages[page] = "\n".join(filter(None, [reading.pages[page], text]))
    reading.warnings += recogniser.warnings(len(images) - len(chosen))
    reading.confidence = recogniser.confidence
