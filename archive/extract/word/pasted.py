"""Pages that were photographed and pasted into a document: recognised when there is hardly any text beside them."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from archive.extract.containers.package import Package
from archive.extract.detect import Kind
from archive.extract.outcome import Reading, Refusal, letters, tidy
from archive.extract.pictures import ocr
from archive.extract.process.limits import Limits
from archive.extract.word import pasted_image

# Beside each page that is a picture a document may say what it is; a report has more to say than that.
_FEW_LETTERS = 200
_NAMED = re.compile(
    rb"(?:Target|href)\s*=\s*[\"']([^\"']{1,300}\.(?:png|jpe?g|jfif|tiff?|gif|webp|bmp))[\"']", re.IGNORECASE
)
_MOST = 200


def add(reading: Reading, path: Path, kind: Kind, limits: Limits, folder: Path, ocr_pages: int) -> None:
    """In the first run ask for as many pages as there are pictures of pages; in the second read them."""
    with Package(path, limits) as package:
        names = _pictures(package, kind)
        if not names or sum(map(letters, reading.pages)) >= _FEW_LETTERS * len(names):
            return
        images = []
        for number, name in enumerate(names):
            target = folder / f"pasted-{number}.pgm"
            try:
                if pasted_image.save(package.read(name), target, limits):
                    images.append(target)
            except Refusal:
                continue  # a picture that is broken or far too large: the text stands
    recognise(reading, images, limits, folder, ocr_pages)


def recognise(reading: Reading, images: list[Path], limits: Limits, folder: Path, ocr_pages: int) -> None:
    """The pictures' text behind the last page, in the second run; in the first one their count."""
    if not images:
        return
    if not ocr_pages:
        if ocr.available():
            reading.ocr_pages += len(images)
        else:
            reading.warnings.append("ocr_unavailable")
        return
    chosen = images[:ocr_pages]
    recogniser = ocr.Recogniser(folder, limits, len(chosen))
    texts = [tidy(recogniser.text(image)) for image in chosen]
    before = reading.pages.pop() if reading.pages else ""
    reading.pages.append(tidy("\n\n".join(filter(None, [before, *texts]))))
    reading.warnings += recogniser.warnings(len(images) - len(chosen))
    reading.confidence = recogniser.confidence


def _pictures(package: Package, kind: Kind) -> list[str]:
    """Entries of pictures the text refers to, each once, in the order they are named."""
    if kind is Kind.DOCX:
        parts = [
            (name, "word") for name in sorted(package.names) if re.fullmatch(r"word/_rels/document\d*\.xml\.rels", name)
        ]
    else:
        parts = [(name, "") for name in ("content.xml",) if name in package.names]
    found: dict[str, None] = {}
    for part, folder in parts:
        for target in _NAMED.findall(package.read(part)):
            name = posixpath.normpath(posixpath.join("/", folder, target.decode("utf-8", "replace"))).lstrip("/")
            if name in package.names:
                found[name] = None
    return _in_order(package, kind, list(found))[:_MOST]


def _in_order(package: Package, kind: Kind, names: list[str]) -> list[str]:
    """Relations of .docx are numbered as pictures were pasted, and listed in any order."""
    if kind is not Kind.DOCX:
        return names
    return sorted(names, key=lambda name: [int(part) if part.isdigit() else 0 for part in re.findall(r"\d+", name)])
