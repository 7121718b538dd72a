"""Images of a file's pages, from the side that stays alive whatever the file does."""

from __future__ import annotations

import dataclasses
import json
import os
import stat
import struct
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive import naming
from archive.extract.process import convert, running, sandbox
from archive.extract.process.limits import MIB, Limits
from archive.extract.process.parent import answer_of
from archive.extract.status import PREVIEW_SENTENCES, Status

WIDTH = 1240
THUMBNAIL = "thumb.webp"
_MOST_BYTES = 8 * MIB
_LONGEST_SIDE = 16_383  # WebP has no longer ones
_ENDINGS = frozenset("doc docx odt rtf xls xlsx ods ppt pptx odp".split())

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_PICTURES = ("png", "jpeg", "tiff", "gif", "webp", "heic", "avif")
_DRAWN = frozenset({"application/pdf", *(f"image/{name}" for name in _PICTURES)})
_OFFICE = frozenset(
    {
        *("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/rtf"),
        *(
            _OOXML + name
            for name in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
        ),
        *(_ODF + name for name in ("text", "spreadsheet", "presentation")),
    }
)


@dataclass(frozen=True)
class Preview:
    """What was drawn. `pages` is how many the file has (0: unknown), `sizes` tells width and height of each image made
    (page 3 is `p3.webp` in the caller's folder), `failed` the pages that cannot be drawn. `sentence` is Vietnamese."""

    status: Status
    sentence: str
    pages: int = 0
    sizes: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    failed: tuple[int, ...] = ()
    thumbnail: bool = False


class _Wrong(Exception):
    """An answer that is not what a child of ours would give."""


def can_preview(media_type: object) -> bool:
    """Whether files of this type have page images here."""
    return media_type in _DRAWN or (media_type in _OFFICE and convert.available())


def preview(
    path: str | Path,
    *,
    filename: str,
    folder: str | Path,
    pages: tuple[int, int] = (1, 10),
    width: int = WIDTH,
    limits: Limits | None = None,
    stop: Callable[[], bool] | None = None,
) -> Preview:
    """Draw pages (first, last) into `folder`, an empty folder of the caller's own, as WebP; with page 1 also `thumb.webp`.

    PDF and pictures are drawn directly, office files through LibreOffice where it is installed, all in the box files
    are read in. Never raises because of what is in the file; what cannot be drawn has a status other than `ok` and no
    images. When drawing takes long, fewer pages than asked for are made. Raises `ExtractionStopped`; `OSError` when the
    file cannot be opened or `folder` not written.
    """
    limits = limits or Limits()
    path, folder = Path(path).resolve(strict=True), Path(folder).resolve(strict=True)
    if not 1 <= pages[0] <= pages[1] or not 1 <= width <= 4000:
        raise ValueError("pages from 1, in order; a width up to 4000")
    if path.stat().st_size == 0:
        return _nothing(Status.CORRUPT)
    wanted = {"first": pages[0], "last": pages[1], "width": width}
    status, answer = _run(path, filename, folder, wanted, limits, stop)
    if isinstance(answer, str):
        if not convert.available():
            return _nothing(Status.UNSUPPORTED)
        with tempfile.TemporaryDirectory(prefix="kho-convert-", ignore_cleanup_errors=True) as aside:
            try:
                seconds = min(convert.SECONDS, 4 * limits.wall_seconds)
                target = convert.Target.PDF
                made = convert.convert(path, Path(aside), ending=answer, target=target, seconds=seconds, stop=stop)
            except convert.ConversionFailed as failure:
                return _nothing(failure.status)
            status, answer = _run(made, "a.pdf", folder, wanted, limits, stop)
    if status is not Status.OK:
        return _nothing(status)
    return answer if isinstance(answer, Preview) else _nothing(Status.CRASHED)


def _nothing(status: Status) -> Preview:
    return Preview(status, PREVIEW_SENTENCES[status])


def _run(
    path: Path,
    filename: str,
    folder: Path,
    wanted: dict[str, int],
    limits: Limits,
    stop: Callable[[], bool] | None,
) -> tuple[Status, Preview | str | None]:
    """One child. Answers with what it drew, or the ending to convert the file from."""
    with tempfile.TemporaryDirectory(prefix="kho-read-", ignore_cleanup_errors=True) as aside:
        box = sandbox.box(path, Path(aside))
        job = {
            "path": box.input_path,
            "filename": filename[-naming.LONGEST :].encode("utf-8", "replace").decode(),
            "folder": aside,
            "ocr_pages": 0,
            "limits": dataclasses.asdict(limits),
            "preview": wanted,
        }
        ended = running.run(box, json.dumps(job).encode(), seconds=limits.wall_seconds, output_bytes=MIB, stop=stop)
        answer = answer_of(ended)
        status = Status(answer["status"])
        if status is not Status.OK:
            return status, None
        try:
            return status, _checked(answer.get("preview"), wanted, limits, Path(aside), folder)
        except _Wrong:
            return Status.CRASHED, None


def _checked(said: Any, wanted: dict[str, int], limits: Limits, source: Path, folder: Path) -> Preview | str:
    """The child read a hostile file: only real WebP images of the sizes told are taken from it."""
    if not isinstance(said, dict):
        raise _Wrong
    if (ending := said.get("convert")) is not None:
        if not isinstance(ending, str) or ending not in _ENDINGS:
            raise _Wrong
        return ending
    count, made, failed = said.get("count"), said.get("made"), said.get("failed")
    if type(count) is not int or not 1 <= count <= limits.pages or not isinstance(made, list):
        raise _Wrong
    asked = range(wanted["first"], min(wanted["last"], count) + 1)
    if not isinstance(failed, list) or not all(type(number) is int and number in asked for number in failed):
        raise _Wrong
    sizes: dict[int, tuple[int, int]] = {}
    images: dict[str, bytes] = {}
    for row in made:
        if not isinstance(row, list) or len(row) != 3 or any(type(value) is not int for value in row):
            raise _Wrong
        number, across, down = row
        if number not in asked or number in sizes or across > wanted["width"]:
            raise _Wrong
        content = _image(source / f"p{number}.webp")
        if webp_size(content) != (across, down):
            raise _Wrong
        images[f"p{number}.webp"] = content
        sizes[number] = (across, down)
    thumbnail = 1 in sizes
    if thumbnail:
        content = _image(source / THUMBNAIL)
        if max(webp_size(content)) > 2 * wanted["width"]:
            raise _Wrong
        images[THUMBNAIL] = content
    for name, content in images.items():
        (folder / name).write_bytes(content)
    return Preview(Status.OK, PREVIEW_SENTENCES[Status.OK], count, sizes, tuple(failed), thumbnail)


def _image(path: Path) -> bytes:
    """A plain file's bytes, not too many; a link or a pipe is refused."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _Wrong from error
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink != 1 or facts.st_size > _MOST_BYTES:
            raise _Wrong
        return file.read(_MOST_BYTES + 1)


def webp_size(content: bytes) -> tuple[int, int]:
    """Width and height of a plain lossy WebP image, the only kind the child writes. Raises for anything else."""
    if len(content) < 30 or content[:4] != b"RIFF" or content[8:16] != b"WEBPVP8 " or content[23:26] != b"\x9d\x01\x2a":
        raise _Wrong
    if struct.unpack("<I", content[4:8])[0] + 8 != len(content):
        raise _Wrong
    across, down = (value & 0x3FFF for value in struct.unpack("<HH", content[26:30]))
    if not (0 < across <= _LONGEST_SIDE and 0 < down <= _LONGEST_SIDE):
        raise _Wrong
    return across, down
