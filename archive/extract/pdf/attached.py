"""Files within a PDF: in its list of attachments, in a portfolio, pinned to a page, or belonging to it (PDF/A-3).

pyHanko follows the objects, in a process of its own; what comes out of a stream is counted while it unpacks.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from archive.extract.containers import entries
from archive.extract.containers.entries import Counter, Entry, Piece
from archive.extract.outcome import Refusal
from archive.extract.pdf import active
from archive.extract.process.apart import apart
from archive.extract.process.limits import MIB, Limits
from archive.extract.status import Status

_SECONDS = 6.0
_PIECE = 64 * 1024
_MOST_NODES = 5000
_MOST_PAGES = 500
_FLATE = ("/FlateDecode", "/Fl")


class Attachments:
    """What was written out of one PDF."""

    def __init__(self, rows: list[list[Any]], limits: Limits, folder: Path) -> None:
        self._rows = rows
        self._counter = Counter(limits)
        self._folder = folder

    def walk(self) -> Iterator[Piece]:
        """See `entries.Container`."""
        for name, size, refused, file in self._rows:
            entry = Entry(name, size, Status(refused) if refused else None)
            yield entry, partial(self._chunks, self._folder / file)

    @property
    def is_full(self) -> bool:
        """Whether what was read is beyond the limit for the whole file."""
        return self._counter.is_full

    def _chunks(self, file: Path) -> Iterator[bytes]:
        with file.open("rb") as stream:
            yield from self._counter.counted(iter(partial(stream.read, _PIECE), b""))


@contextmanager
def opened(path: Path, limits: Limits, folder: Path) -> Iterator[Attachments]:
    """The attachments of the PDF at `path`, none when they cannot be found. Raises `Refusal` (unsafe, too_big)."""
    rows: list[list[Any]] = []
    own = folder / "attached"
    own.mkdir(exist_ok=True)
    if active.may_hold_files(path):
        answer = apart(lambda: _write_all(path, limits, own), seconds=_SECONDS)
        if isinstance(answer, str):
            raise Refusal(Status(answer), "PDF: attachments")
        rows = answer or []
    yield Attachments(rows, limits, own)


def _write_all(path: Path, limits: Limits, folder: Path) -> list[list[object]] | str:
    """(name, size, refusal or None, file) of each, or the status of a refusal of them all."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    logging.disable(logging.CRITICAL)
    rows: list[list[object]] = []
    taken: set[str] = set()
    counter = Counter(limits)
    with path.open("rb") as stream:
        for number, (raw, data) in enumerate(_found(PdfFileReader(stream, strict=False))):
            if number >= limits.zip_entries:
                return Status.TOO_BIG
            name = entries.unique(entries.shown(raw).rpartition("/")[2], taken)
            target = folder / f"{number:04d}"
            size, refused = 0, Status.UNSAFE if entries.leads_out(raw) else None
            if refused is not None:
                rows.append([name, 0, refused, target.name])
                continue
            try:
                with target.open("xb") as file:
                    for chunk in counter.counted(_unpacked(data, limits)):
                        size += file.write(chunk)
            except Refusal as refusal:
                if refusal.status is Status.UNSAFE or counter.is_full:
                    return refusal.status
                refused = refusal.status
            rows.append([name, size, refused, target.name])
    return rows


def _unpacked(data: Any, limits: Limits) -> Iterator[bytes]:
    """A stream's bytes, piece by piece. Raises `Refusal` (unsafe, corrupt, unsupported)."""
    content = data.encoded_data
    filters = data.get("/Filter", None)
    kinds = [str(kind) for kind in items(filters)] if isinstance(filters, list) else [str(filters)] if filters else []
    if not kinds:
        yield from (content[at : at + _PIECE] for at in range(0, len(content), _PIECE))
        return
    if len(kinds) != 1 or kinds[0] not in _FLATE or data.get("/DecodeParms", None):
        raise Refusal(Status.UNSUPPORTED, "PDF: an attachment packed in a rare way")
    unpacker, size = zlib.decompressobj(), 0
    try:
        rest = content
        while rest and not unpacker.eof:
            chunk = unpacker.decompress(rest, _PIECE)
            rest = unpacker.unconsumed_tail
            size += len(chunk)
            if size > MIB and size > limits.zip_ratio * len(content):
                raise Refusal(Status.UNSAFE, "PDF: ratio")
            if chunk:
                yield chunk
    except zlib.error as error:
        raise Refusal(Status.CORRUPT, f"PDF: {error}") from error


def _found(reader: Any) -> Iterator[tuple[str, Any]]:
    """(name, stream) of each attached file, once, wherever it is named."""
    from pyhanko.pdf_utils.misc import PdfError

    if reader.encrypted:
        reader.decrypt(b"")
    seen: set[object] = set()
    for spec in _specs(reader):
        with suppress(PdfError, ValueError, TypeError, KeyError, AttributeError, LookupError):
            files = spec["/EF"]
            key = next(key for key in ("/UF", "/F", "/DOS", "/Mac", "/Unix") if key in files)
            mark = getattr(files.raw_get(key), "reference", None) or id(files)
            if mark in seen:
                continue
            seen.add(mark)
            name = next((str(spec[key]) for key in ("/UF", "/F", "/Desc") if key in spec), "")
            yield name, files[key]


def _specs(reader: Any) -> Iterator[Any]:
    from pyhanko.pdf_utils.misc import PdfError

    faults = (PdfError, ValueError, TypeError, KeyError, AttributeError, LookupError)
    root = reader.root
    with suppress(*faults):
        yield from _leaves(root["/Names"]["/EmbeddedFiles"])
    with suppress(*faults):
        yield from items(root["/AF"])
    with suppress(*faults):
        for page in _pages(root["/Pages"]):
            with suppress(*faults):
                yield from items(page["/AF"])
            with suppress(*faults):
                for note in items(page["/Annots"]):
                    if note.get("/Subtype", None) == "/FileAttachment" and "/FS" in note:
                        yield note["/FS"]


def items(array: Any) -> list[Any]:
    """What an array of pyHanko holds, references followed; nothing for None."""
    return [array[index] for index in range(len(array))] if array is not None else []


def _leaves(tree: Any) -> Iterator[Any]:
    waiting, count = [tree], 0
    while waiting and count < _MOST_NODES:
        node, count = waiting.pop(0), count + 1
        names = node.get("/Names", None) or []
        yield from (names[index] for index in range(1, len(names), 2))
        waiting += items(node.get("/Kids", None))


def _pages(tree: Any) -> Iterator[Any]:
    waiting, count, pages = [tree], 0, 0
    while waiting and count < _MOST_NODES and pages < _MOST_PAGES:
        node, count = waiting.pop(0), count + 1
        if "/Kids" in node:
            waiting = items(node["/Kids"]) + waiting
        else:
            pages += 1
            yield node
