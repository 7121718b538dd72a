"""Taking files out of one that holds them, from the side that stays alive whatever the archive does."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.extract.process import running, sandbox
from archive.extract.process.limits import MIB, Limits
from archive.extract.process.parent import answer_of
from archive.extract.status import ENTRY_REFUSALS, SENTENCES, Status

_FILE = re.compile(r"\d{4}")
_REQUEST = "request.json"


@dataclass(frozen=True)
class Unpacked:
    """One entry asked for: where it lies and how long it is, or why not (`file` None, a Vietnamese `sentence`)."""

    name: str
    file: Path | None
    size: int
    refusal: Status | None = None

    @property
    def sentence(self) -> str:
        """Why it was refused, for whoever asked; empty when it was not."""
        return "" if self.refusal is None else f"Không lấy được tệp này: {ENTRY_REFUSALS[self.refusal]}."


class UnpackingFailed(Exception):
    """Nothing was taken out; `status` and the Vietnamese `sentence` say why."""

    def __init__(self, status: Status) -> None:
        super().__init__(status)
        self.status = status
        self.sentence = SENTENCES[status]


def unpack(
    path: str | Path,
    names: Sequence[str],
    folder: str | Path,
    *,
    filename: str = "",
    limits: Limits | None = None,
    stop: Callable[[], bool] | None = None,
) -> list[Unpacked]:
    """Write entries of the file at `path` (an archive, a letter, a PDF with attachments) into `folder`, an empty folder of the caller's own.

    `filename` is the name it was given under. `names` are those of `metadata["entries"]` of its extraction, each once; the files are called 0000, 0001, … in the
    same order, whatever the names are (`archive.naming.clean_filename(name)` is fit to be shown and stored). All is
    read in the box files are read in, within the same limits. Answers in the order asked; an entry that cannot be had
    is refused by itself. Raises `UnpackingFailed` when the archive as a whole is refused (nothing is left in `folder`
    then), `ExtractionStopped` when `stop()` answers true, `ValueError` for a folder with something in it or names
    twice.
    """
    limits = limits or Limits()
    path, folder = Path(path).resolve(strict=True), Path(folder).resolve(strict=True)
    if any(folder.iterdir()) or len(set(names)) != len(names):
        raise ValueError("an empty folder and each name once")
    if len(names) > limits.zip_entries:
        raise UnpackingFailed(Status.TOO_BIG)
    limits = dataclasses.replace(limits, file_bytes=limits.zip_entry_bytes + MIB)
    request = folder / _REQUEST
    request.write_text(json.dumps(list(names)))
    try:
        box = sandbox.box(path, folder)
        job = {
            "path": box.input_path, "filename": filename, "folder": str(folder), "ocr_pages": 0,
            "limits": dataclasses.asdict(limits), "unpack": _REQUEST,
        }  # fmt: skip
        ended = running.run(
            box, json.dumps(job).encode(), seconds=2 * limits.wall_seconds, output_bytes=4 * MIB, stop=stop
        )
        answer = answer_of(ended)
        if answer["status"] != Status.OK:
            raise UnpackingFailed(Status(answer["status"]))
        request.unlink()
        return _checked(answer.get("unpacked"), names, folder)
    except BaseException:
        for left in folder.iterdir():
            if not left.is_dir() or left.is_symlink():
                left.unlink()
        raise


def _checked(rows: object, names: Sequence[str], folder: Path) -> list[Unpacked]:
    """The child read a hostile file: only plain files of the expected names and sizes are passed on."""
    if not isinstance(rows, list) or len(rows) != len(names):
        raise UnpackingFailed(Status.CRASHED)
    found = []
    for name, row in zip(names, rows, strict=True):
        if not isinstance(row, list) or len(row) != 3:
            raise UnpackingFailed(Status.CRASHED)
        file, size, refusal = row
        if refusal is not None:
            if refusal not in set(ENTRY_REFUSALS):
                raise UnpackingFailed(Status.CRASHED)
            found.append(Unpacked(name, None, 0, Status(refusal)))
            continue
        if not isinstance(file, str) or not _FILE.fullmatch(file):
            raise UnpackingFailed(Status.CRASHED)
        target = folder / file
        if target.is_symlink() or not target.is_file() or target.stat().st_size != size:
            raise UnpackingFailed(Status.CRASHED)
        found.append(Unpacked(name, target, size))
    return found
