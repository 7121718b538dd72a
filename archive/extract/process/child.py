"""The process that opens the file: reads one job on standard input, writes one JSON answer, ends.

It may be killed at any moment, so it holds nothing but the one file and an empty folder.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from archive.extract.legacy import lookalikes
from archive.extract.outcome import Reading, Refusal, has_letters
from archive.extract.process.limits import Limits, bind
from archive.extract.status import Status


def main() -> None:
    """Run the job on standard input; the exit code is 0 whenever an answer could be written."""
    job = json.load(sys.stdin.buffer)
    limits = Limits(**job["limits"])
    bind(limits)
    os.environ["TMPDIR"] = job["folder"]
    path, folder = Path(job["path"]), Path(job["folder"])
    if "unpack" in job:
        answer = unpack(path, job["filename"], folder / job["unpack"], limits, folder)
    elif "scan" in job:
        answer = prepare(path, limits, folder, job["scan"])
    elif "preview" in job:
        answer = draw(path, job["filename"], limits, folder, job["preview"])
    else:
        answer = answer_to(path, job["filename"], limits, folder, ocr_pages=int(job["ocr_pages"]))
    content = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
    # Nothing is left to tidy up, and tearing down parsers after a hostile file can only go wrong.
    os._exit(0)


def answer_to(path: Path, filename: str, limits: Limits, folder: Path, *, ocr_pages: int = 0) -> dict[str, Any]:
    """The answer for one file as a dictionary for JSON; anything a parser throws becomes a status."""
    started = time.monotonic()
    metadata: dict[str, Any] = {"media_type": None, "warnings": []}
    try:
        reading = _read(path, filename, limits, folder, ocr_pages, metadata)
    except Refusal as refusal:
        metadata["warnings"] += [refusal.warning] if refusal.warning else []
        answer = _without_text(refusal.status, metadata)
        return answer | {"convert": refusal.convert} if refusal.convert else answer
    except MemoryError:
        return _without_text(Status.MEMORY, metadata)
    except RecursionError:
        return _without_text(Status.UNSAFE, metadata)
    except BaseException as error:  # noqa: BLE001 - the boundary: parsers in other languages throw anything
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        status = Status.MEMORY if "memory allocation" in str(error) else Status.CRASHED
        return _without_text(status, metadata)
    reading.pages = lookalikes.mend(reading.pages)
    pages = _capped(reading, limits)
    metadata |= reading.details
    if metadata["media_type"] == "application/pdf" and (signatures := _signatures(path, folder, limits, started)):
        metadata["signatures"] = signatures
    metadata["warnings"] = list(dict.fromkeys(metadata["warnings"] + reading.warnings))
    if reading.states:
        metadata["page_states"] = {
            str(number): [state.how, state.confidence] for number, state in reading.states.items()
        }
    if reading.confidence is not None:
        metadata["confidence"] = round(reading.confidence)
    _describe(pages, metadata, reading.own_pages)
    status = Status.OK if any(has_letters(page) for page in pages) else Status.NO_TEXT
    answer = {"status": status, "pages": pages, "metadata": metadata, "ocr_pages": reading.ocr_pages}
    return answer | {"convert": reading.convert} if reading.convert else answer


def unpack(path: Path, filename: str, request: Path, limits: Limits, folder: Path) -> dict[str, Any]:
    """Take the requested entries out of a file that holds others, as a dictionary for JSON."""
    metadata: dict[str, Any] = {"media_type": None, "warnings": []}
    try:
        from archive.extract.containers import entries, opening

        names = json.loads(request.read_text(encoding="utf-8"))
        with opening.holder(path, filename, limits, folder) as container:
            taken = entries.write_out(container, names, folder)
        return _without_text(Status.OK, metadata) | {"unpacked": taken}
    except Refusal as refusal:
        return _without_text(refusal.status, metadata)


def draw(path: Path, filename: str, limits: Limits, folder: Path, wanted: dict[str, int]) -> dict[str, Any]:
    """Page images of one file, as a dictionary for JSON; anything a library throws becomes a status."""
    metadata: dict[str, Any] = {"media_type": None, "warnings": []}
    try:
        from archive.extract.pictures import render

        return _without_text(Status.OK, metadata) | {"preview": render.render(path, filename, limits, folder, wanted)}
    except Refusal as refusal:
        return _without_text(refusal.status, metadata)
    except RecursionError:
        return _without_text(Status.UNSAFE, metadata)
    except BaseException as error:  # noqa: BLE001 - the boundary, as above
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        return _without_text(Status.MEMORY if isinstance(error, MemoryError) else Status.CRASHED, metadata)


def prepare(path: Path, limits: Limits, folder: Path, wanted: dict[str, bool]) -> dict[str, Any]:
    """The parts of a scan, as a dictionary for JSON; anything a library throws becomes a status."""
    metadata: dict[str, Any] = {"media_type": None, "warnings": []}
    try:
        from archive.extract.scans import sorting

        return _without_text(Status.OK, metadata) | {"scan": sorting.sort_pages(path, limits, folder, wanted)}
    except Refusal as refusal:
        return _without_text(refusal.status, metadata)
    except BaseException as error:  # noqa: BLE001 - the boundary, as above
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        return _without_text(Status.MEMORY if isinstance(error, MemoryError) else Status.CRASHED, metadata)


def _read(path: Path, filename: str, limits: Limits, folder: Path, ocr_pages: int, metadata: dict[str, Any]) -> Reading:
    from archive.extract import detect
    from archive.extract.readers import read_file

    decision = detect.decide(path, filename, limits)
    metadata["media_type"] = decision.media_type
    metadata["warnings"] += decision.warnings
    return read_file(path, decision, limits, folder, ocr_pages)


def _signatures(path: Path, folder: Path, limits: Limits, started: float) -> list[dict[str, Any]]:
    """In half of the time that is left: the text has been read and must not be lost."""
    from archive.extract.pdf import signatures

    try:
        seconds = (limits.wall_seconds - (time.monotonic() - started)) / 2
        found = signatures.find(path, folder, seconds)
    except BaseException as error:  # noqa: BLE001 - signatures are an addition; whatever they do, the text stands
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        found = None
    return [{"signer": "", "signed_at": None, "state": "unreadable", "covered_by": None}] if found is None else found


def _capped(reading: Reading, limits: Limits) -> list[str]:
    left = limits.text_chars
    pages = []
    for page in reading.pages[: limits.pages]:
        pages.append(page[:left])
        left -= len(pages[-1])
    if sum(map(len, reading.pages)) > limits.text_chars:
        reading.warnings.append("text_truncated")
    elif len(reading.pages) > limits.pages:
        reading.warnings.append("pages_truncated")
    return pages


def _describe(pages: list[str], metadata: dict[str, Any], own: int | None) -> None:
    from archive.extract.understanding import citations, heading

    # Who signed an attachment did not sign the letter.
    written = [page for page in pages[:own] if page]
    metadata["pages"] = len(pages) if own is None else own
    # Annexes may follow the signature.
    metadata.update(heading.parse(written[0] if written else "", "\n".join(written[-3:])))
    metadata["citations"] = citations.find(pages, metadata["number"])


def _without_text(status: Status, metadata: dict[str, Any]) -> dict[str, Any]:
    return {"status": status, "pages": [], "metadata": metadata}


if __name__ == "__main__":
    main()
