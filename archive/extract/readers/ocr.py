"""Letters out of pictures, by Tesseract with its Vietnamese model."""

from __future__ import annotations

import csv
from pathlib import Path

from archive.extract.limits import Limits
from archive.extract.outcome import Refusal
from archive.extract.readers import tools
from archive.extract.status import Status

_LOW = 80
_ENDED = (Status.TIMEOUT, Status.CRASHED, Status.MEMORY)


def available() -> bool:
    """Whether Tesseract is installed; its Vietnamese model shows only when it runs."""
    return tools.available("tesseract")


class Recogniser:
    """Recognises page after page and remembers how well it went."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._confidences: list[float] = []
        self._failed = 0
        self._without_model = False

    def page(self, image: Path) -> str:
        """Text of one image file; "" when it took too long or cannot be read."""
        base = self._folder / "recognised"
        # One thread (OMP_THREAD_LIMIT): with more, two cores spend ten times as long waiting for each other.
        command = ["tesseract", str(image), str(base), "-l", "vie", "--psm", "1", "txt", "tsv"]
        try:
            said = tools.run(command, self._folder, most=65536, seconds=self._limits.ocr_seconds_per_page)
        except Refusal as refusal:
            if refusal.status not in _ENDED:
                raise
            self._failed += 1
            return ""
        if said.code != 0:
            self._without_model = self._without_model or "loading" in said.errors.lower()
            self._failed += 1
            return ""
        self._note_confidence(base.with_suffix(".tsv"))
        return base.with_suffix(".txt").read_text(encoding="utf-8", errors="replace").replace("\f", "")

    def _note_confidence(self, table: Path) -> None:
        with table.open(encoding="utf-8", errors="replace", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row.get("level") == "5" and (row.get("text") or "").strip():
                    self._confidences.append(float(row["conf"]))

    @property
    def confidence(self) -> float | None:
        """Mean confidence of all words so far, 0-100; None without words."""
        return sum(self._confidences) / len(self._confidences) if self._confidences else None

    def warnings(self, left_out: int) -> list[str]:
        """Warning codes; `left_out` pages were beyond the limit."""
        if self._without_model:
            return ["ocr_unavailable"]
        found = ["ocr"] if self._confidences else []
        if self._failed or left_out > 0:
            found.append("ocr_incomplete")
        if self.confidence is not None and self.confidence < _LOW:
            found.append("ocr_low_confidence")
        return found
