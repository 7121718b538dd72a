"""Reading a file's text, from the side that stays alive whatever the file does."""

from __future__ import annotations

import dataclasses
import json
import re
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive import naming
from archive.errors import ExtractionStopped
from archive.extract.pdf.signature_words import State, sentence_of
from archive.extract.process import convert, running, sandbox
from archive.extract.process.limits import MIB, Limits
from archive.extract.status import EMPTY_FILE, PAGE_DONE, SENTENCES, How, Status, sentence_of_pages

_OUT_OF_MEMORY = ("memoryerror", "memory allocation", "bad_alloc", "out of memory", "cannot allocate memory")

# Of the letters catdoc finds, a conversion may lose this share: deleted and hidden text.
_MOST_LOST = 0.95
# What a child may ask to have converted: paragraphs with their fonts, slides page by page.
_CONVERTED = {"doc": convert.Target.DOCX, "ppt": convert.Target.PDF}
_MOST_TRUSTED = 100
_PREPARING_SECONDS = 3  # of a photographed page, in the child itself
_NOTE = re.compile(rf"{PAGE_DONE} (\d{{1,4}}) (\d{{1,4}})")


@dataclass(frozen=True)
class Extraction:
    """What was read. `sentence` is Vietnamese, for the uploader; `ms` is wall time in milliseconds.

    `pages` holds the text by page (PDF), explicit page (DOCX, ODT) or sheet; `text` is all of it, pages
    parted by form feeds. `metadata` has English keys: number, date (ISO), place, suggestions {kind,
    abstract, issuer, signer, recipients}, citations (`citations.Citation`), media_type, warnings (codes of
    `status.WARNINGS`), pages; these are always there. Recognised images have confidence (0-100), files with pages that
    are not plain text page_states {number: [`How`, confidence or None]}, files that hold others entries [{name, size}]
    and refused [{name, reason}], signed PDFs signatures [{signer, signed_at (ISO), state, covered_by, sentence}].
    """

    status: Status
    sentence: str
    text: str
    pages: tuple[str, ...]
    metadata: dict[str, object] = field(default_factory=dict)
    ms: int = 0


def extract(
    path: str | Path,
    *,
    filename: str,
    limits: Limits | None = None,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
    trust: Sequence[Path] = (),
) -> Extraction:
    """Read a file's text in short-lived processes of their own; never raises because of what is in it.

    `filename` is the name the uploader gave (only its ending matters). `stop()` is asked several times a
    second; when it answers true, everything is killed and `ExtractionStopped` raised. `progress(done, total)` is
    called after each page image that was recognised. `trust` names files of certificates (PEM or DER) whose issuers'
    signatures are trusted. Raises `OSError` when the file itself cannot be opened.
    """
    started = time.monotonic()
    limits = limits or Limits()
    path = Path(path).resolve(strict=True)
    with path.open("rb") as stream:
        empty = not stream.read(1)
    answer: dict[str, Any]
    if empty:
        answer = _without_text(Status.CORRUPT, "empty_file")
    else:
        answer = _run(path, filename, limits, stop, limits.wall_seconds, ocr_pages=0, trust=trust)
        if answer["status"] == Status.TIMEOUT:
            # Once more: the machine may just have been busy.
            answer = _run(path, filename, limits, stop, limits.wall_seconds, ocr_pages=0, trust=trust)
        if (ending := answer.pop("convert", None)) is not None:
            answer = _read_converted(path, ending, limits, stop, answer, progress)
        if wanted := int(answer.pop("ocr_pages", 0)):
            answer = _recognise(path, filename, limits, stop, min(wanted, limits.ocr_pages), answer, progress)
    status = Status(answer["status"])
    _say(answer["metadata"].get("signatures", []))
    pages = tuple(answer["pages"])
    return Extraction(
        status=status,
        sentence=EMPTY_FILE if empty else _sentence(status, answer["metadata"]),
        text="\f".join(pages),
        pages=pages,
        metadata=_nothing_known() | answer["metadata"],
        ms=round((time.monotonic() - started) * 1000),
    )


def _say(signatures: list[dict[str, Any]]) -> None:
    """Each signature's sentence; those that stand alone need no numbers."""
    covering = {signature["covered_by"] for signature in signatures}
    for number, signature in enumerate(signatures, 1):
        signature["sentence"] = sentence_of(
            State(signature["state"]), number=number, covered_by=signature["covered_by"], covers=number in covering
        )


def _sentence(status: Status, metadata: dict[str, Any]) -> str:
    if status not in (Status.OK, Status.NO_TEXT):
        return SENTENCES[status]
    states = {int(number): (How(how), sure) for number, (how, sure) in metadata.get("page_states", {}).items()}
    return sentence_of_pages(int(metadata.get("pages", 0)), states) or SENTENCES[status]


def _read_converted(
    path: Path,
    ending: str,
    limits: Limits,
    stop: Callable[[], bool] | None,
    before: dict[str, Any],
    progress: Callable[[int, int], None] | None,
) -> dict[str, Any]:
    """The second run, on what LibreOffice makes of an old file: it knows each letter's font. Else what was read before."""
    if not convert.available():
        return before
    with tempfile.TemporaryDirectory(prefix="kho-convert-", ignore_cleanup_errors=True) as folder:
        try:
            target = _CONVERTED[ending]
            made = convert.convert(path, Path(folder), ending=ending, target=target, stop=stop)
        except convert.ConversionFailed:
            return before
        after = _run(made, made.name, limits, stop, limits.wall_seconds, ocr_pages=0)
        if wanted := int(after.pop("ocr_pages", 0)):
            after = _recognise(made, made.name, limits, stop, min(wanted, limits.ocr_pages), after, progress)
    if after["status"] != Status.OK or _letters(after) < _MOST_LOST * _letters(before):
        return before
    known = after["metadata"]
    known["media_type"] = before["metadata"]["media_type"]
    known["warnings"] = list(dict.fromkeys(before["metadata"]["warnings"] + known["warnings"]))
    return {"status": after["status"], "pages": after["pages"], "metadata": known}


def _letters(answer: dict[str, Any]) -> int:
    return sum(sum(map(str.isalnum, page)) for page in answer["pages"])


def _recognise(
    path: Path,
    filename: str,
    limits: Limits,
    stop: Callable[[], bool] | None,
    count: int,
    before: dict[str, Any],
    progress: Callable[[int, int], None] | None,
) -> dict[str, Any]:
    """The second run, on page images. When it fails, what was read before it stands."""
    if not limits.ocr:
        return before
    # A page that reads badly is tried a second time.
    seconds = limits.wall_seconds + 2 * count * limits.ocr_seconds_per_page
    limits = dataclasses.replace(limits, cpu_seconds=limits.cpu_seconds + count * _PREPARING_SECONDS)
    said = _Progress(progress, count) if progress is not None else None
    after = _run(path, filename, limits, stop, seconds, ocr_pages=count, said=said)
    if after["status"] in (Status.OK, Status.NO_TEXT):
        # Trusted certificates are given to the first run only.
        after["metadata"].pop("signatures", None)
        if "signatures" in before["metadata"]:
            after["metadata"]["signatures"] = before["metadata"]["signatures"]
        return after
    before["metadata"]["warnings"].append("ocr_incomplete")
    return before


def _run(
    path: Path,
    filename: str,
    limits: Limits,
    stop: Callable[[], bool] | None,
    seconds: float,
    *,
    ocr_pages: int,
    said: Callable[[str], None] | None = None,
    trust: Sequence[Path] = (),
) -> dict[str, Any]:
    # What a killed child leaves behind is removed with the folder.
    with tempfile.TemporaryDirectory(prefix="kho-read-", ignore_cleanup_errors=True) as folder:
        _hand_over(trust, Path(folder))
        box = sandbox.box(path, Path(folder))
        job = {
            "path": box.input_path,
            # Direction controls are kept: they are one of the things to warn of.
            "filename": filename[-naming.LONGEST :].encode("utf-8", "replace").decode(),
            "folder": folder,
            "ocr_pages": ocr_pages,
            "limits": dataclasses.asdict(limits),
        }
        message = json.dumps(job).encode()
        ended = running.run(box, message, seconds=seconds, output_bytes=limits.output_bytes, stop=stop, said=said)
    return answer_of(ended)


def _hand_over(trust: Sequence[Path], folder: Path) -> None:
    """Copies of the trusted certificates, since the child sees nothing but its folder; what cannot be read is left out."""
    for number, path in enumerate(trust[:_MOST_TRUSTED]):
        with suppress(OSError), path.open("rb") as file:
            (folder / f"trust-{number}").write_bytes(file.read(MIB))


class _Progress:
    """Passes on the child's notes that are what they should be: one page more, of no more than were asked for."""

    def __init__(self, told: Callable[[int, int], None], most: int) -> None:
        self._told = told
        self._most = most
        self._done = 0

    def __call__(self, line: str) -> None:
        match = _NOTE.fullmatch(line)
        if match is None:
            return
        done, total = int(match[1]), int(match[2])
        if done == self._done + 1 and done <= total <= self._most:
            self._done = done
            self._told(done, total)


def answer_of(ended: running.Ended) -> dict[str, Any]:
    if ended.cut is running.Cut.TIME:
        return _without_text(Status.TIMEOUT)
    if ended.cut is running.Cut.OUTPUT:
        return _without_text(Status.TOO_BIG)
    if ended.code == 0:
        try:
            answer = json.loads(ended.output)
        except (ValueError, RecursionError):
            return _without_text(Status.CRASHED)
        return answer if _is_answer(answer) else _without_text(Status.CRASHED)
    if ended.signal == signal.SIGXCPU:
        return _without_text(Status.TIMEOUT)
    if ended.signal == signal.SIGXFSZ:
        return _without_text(Status.TOO_BIG)
    said = ended.errors.lower()
    # SIGKILL that did not come from here is the kernel running out of memory.
    if ended.signal == signal.SIGKILL or any(words in said for words in _OUT_OF_MEMORY):
        return _without_text(Status.MEMORY)
    return _without_text(Status.CRASHED)


def _is_answer(answer: object) -> bool:
    """The child read a hostile file: its answer is checked like any other input."""
    if not isinstance(answer, dict) or answer.get("status") not in list(Status):
        return False
    metadata, count = answer.get("metadata"), answer.get("ocr_pages", 0)
    if (
        not isinstance(metadata, dict)
        or not isinstance(count, int)
        or answer.get("convert") not in (None, *_CONVERTED)
        or not _are_texts(answer.get("pages"))
    ):
        return False
    return (
        _are_texts(metadata.get("warnings"))
        and _are_suggestions(metadata.get("suggestions", {}))
        and _are_records(metadata.get("citations", []), _CITATION)
        and _are_records(metadata.get("entries", []), _ENTRY)
        and _are_records(metadata.get("refused", []), _REFUSED)
        and _are_records(metadata.get("jumps", []), dict.fromkeys(("sheet", "line", "row", "column"), (int,)))
        and _are_records(metadata.get("merged", []), dict.fromkeys(("sheet", "top", "left", "bottom"), (int,)))
        and _are_records(metadata.get("signatures", []), _SIGNATURE)
        and all(signature["state"] in set(State) for signature in metadata.get("signatures", []))
        and _are_states(metadata.get("page_states", {}))
        and isinstance(metadata.get("pages", 0), int)
        and all(isinstance(metadata.get(key), str | None) for key in ("media_type", "number", "date", "place"))
    )


_TEXT = (str,)
_TEXT_OR_NOT = (str, type(None))
_CITATION: dict[str, tuple[type, ...]] = {
    "number": _TEXT, "kind": _TEXT_OR_NOT, "date": _TEXT_OR_NOT, "issuer": _TEXT_OR_NOT, "title": _TEXT_OR_NOT,
    "relation": _TEXT, "page": (int,),
}  # fmt: skip
_ENTRY: dict[str, tuple[type, ...]] = {"name": _TEXT, "size": (int,)}
_SIGNATURE: dict[str, tuple[type, ...]] = {
    "signer": _TEXT, "signed_at": _TEXT_OR_NOT, "state": _TEXT, "covered_by": (int, type(None)),
}  # fmt: skip
_REFUSED: dict[str, tuple[type, ...]] = {"name": _TEXT, "reason": _TEXT}


def _are_suggestions(values: object) -> bool:
    if not isinstance(values, dict) or not _are_texts(values.get("recipients", [])):
        return False
    return all(isinstance(value, str | None) for name, value in values.items() if name != "recipients")


def _are_records(values: object, shape: dict[str, tuple[type, ...]]) -> bool:
    """Whether this is a list of dictionaries with exactly these keys, each of one of these types."""
    return isinstance(values, list) and all(
        isinstance(value, dict)
        and value.keys() == shape.keys()
        and all(type(value[name]) in types for name, types in shape.items())
        for value in values
    )


def _are_states(values: object) -> bool:
    """Page numbers, as text, with how each was read and how surely."""
    return isinstance(values, dict) and all(
        re.fullmatch("[1-9][0-9]{0,5}", number)
        and isinstance(state, list)
        and len(state) == 2
        and state[0] in list(How)
        and (state[1] is None or (type(state[1]) is int and 0 <= state[1] <= 100))
        for number, state in values.items()
    )


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _nothing_known() -> dict[str, object]:
    """The keys every answer has, whatever became of the file."""
    return {
        "media_type": None,
        "number": None,
        "date": None,
        "place": None,
        "suggestions": {"kind": None, "abstract": None, "issuer": None, "signer": None, "recipients": []},
        "citations": [],
        "pages": 0,
        "warnings": [],
    }


def _without_text(status: Status, *warnings: str) -> dict[str, Any]:
    return {"status": status, "pages": [], "metadata": {"warnings": list(warnings)}}


__all__ = ["Extraction", "ExtractionStopped", "extract"]
