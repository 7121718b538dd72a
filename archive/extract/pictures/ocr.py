"""Letters out of pictures, by Tesseract with its Vietnamese model."""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from archive.extract.outcome import PageState, Refusal, has_letters
from archive.extract.pictures import flatten
from archive.extract.process import tools
from archive.extract.process.limits import Limits
from archive.extract.status import LOW_CONFIDENCE, PAGE_DONE, How, Status

_SURE = 60
_SLANTING = 0.7  # degrees
_ENDED = (Status.TIMEOUT, Status.CRASHED, Status.MEMORY)


def available() -> bool:
    """Whether Tesseract is installed; its Vietnamese model shows only when it runs."""
    return tools.available("tesseract")


@dataclass(frozen=True)
class Attempt:
    """What was recognised; `words` each with its confidence, 0-100."""

    text: str
    words: tuple[tuple[str, float], ...]

    @property
    def confidence(self) -> float:
        """Mean of the words, 0 without any."""
        return sum(sure for _, sure in self.words) / len(self.words) if self.words else 0

    @property
    def worth(self) -> float:
        """How much was read with some certainty, in letters."""
        return sum(len(word) * sure for word, sure in self.words if sure >= _SURE)

    @property
    def is_sure(self) -> bool:
        """Whether these are words at all: what is seen in a photograph of people is not."""
        return self.confidence >= _SURE


def state_of(attempt: Attempt) -> PageState:
    """How a page was read whose text this is."""
    return PageState(How.RECOGNISED, round(attempt.confidence)) if has_letters(attempt.text) else PageState(How.BLANK)


class Recogniser:
    """Recognises page after page and remembers how well it went with those that were kept."""

    def __init__(self, folder: Path, limits: Limits, total: int) -> None:
        """`total` is how many pages will come; each one that is done is told on standard error."""
        self._folder = folder
        self._limits = limits
        self._total = total
        self._done = 0
        self._confidences: list[float] = []
        self._failed = 0
        self._without_model = False

    def page(self, image: Path) -> Attempt | None:
        """One grey image file; None when it took too long or cannot be read. What is taken of it goes to `keep`."""
        best = self._best(image)
        self._done += 1
        sys.stderr.write(f"{PAGE_DONE} {self._done} {self._total}\n")
        sys.stderr.flush()
        self._failed += best is None
        return best

    def keep(self, attempt: Attempt) -> None:
        """Count an attempt whose text was taken."""
        self._confidences += [sure for _, sure in attempt.words]

    def text(self, image: Path) -> str:
        """All that is read of one grey image file, counted as taken."""
        attempt = self.page(image)
        if attempt is None:
            return ""
        self.keep(attempt)
        return attempt.text

    def _best(self, image: Path) -> Attempt | None:
        """On clean pages preparing only hurts; photographs and slanting pages are prepared at once, others when they
        read badly. Confidence alone would not tell: Tesseract is sure of the lines of a slanting page it finds.
        """
        prepared = _prepared(image)
        first = self._attempt(prepared or image)
        if self._without_model or (first is not None and first.confidence >= LOW_CONFIDENCE):
            return first
        second = self._attempt(image if prepared else _prepared(image, always=True))
        return max((attempt for attempt in (first, second) if attempt), key=lambda attempt: attempt.worth, default=None)

    def _attempt(self, image: Path | None) -> Attempt | None:
        if image is None:
            return None
        base = self._folder / "recognised"
        # One thread (OMP_THREAD_LIMIT): with more, two cores spend ten times as long waiting for each other.
        command = ["tesseract", str(image), str(base), "-l", "vie", "--psm", "1", "txt", "tsv"]
        try:
            said = tools.run(command, self._folder, most=65536, seconds=self._limits.ocr_seconds_per_page)
        except Refusal as refusal:
            if refusal.status not in _ENDED:
                raise
            return None
        if said.code != 0:
            self._without_model = self._without_model or "loading" in said.errors.lower()
            return None
        text = base.with_suffix(".txt").read_text(encoding="utf-8", errors="replace").replace("\f", "")
        return Attempt(text, _words(base.with_suffix(".tsv")))

    @property
    def confidence(self) -> float | None:
        """Mean confidence of all words kept so far, 0-100; None without words."""
        return sum(self._confidences) / len(self._confidences) if self._confidences else None

    def warnings(self, left_out: int) -> list[str]:
        """Warning codes; `left_out` pages were beyond the limit."""
        if self._without_model:
            return ["ocr_unavailable"]
        found = ["ocr"] if self._confidences else []
        if self._failed or left_out > 0:
            found.append("ocr_incomplete")
        if self.confidence is not None and self.confidence < LOW_CONFIDENCE:
            found.append("ocr_low_confidence")
        return found


def _words(table: Path) -> tuple[tuple[str, float], ...]:
    found = []
    with table.open(encoding="utf-8", errors="replace", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row.get("level") == "5" and (word := (row.get("text") or "").strip()):
                found.append((word, float(row["conf"])))
    return tuple(found)


def _prepared(image: Path, *, always: bool = False) -> Path | None:
    """The image made fit in another file; None when it needs nothing or cannot be opened."""
    target = image.with_name("flat.pgm")
    try:
        with Image.open(image) as opened:
            grey = opened.convert("L")
            if always or flatten.is_uneven(grey):
                flatten.flatten(grey).save(target)
            elif abs(flatten.skew(grey)) >= _SLANTING:
                flatten.level(grey).save(target)
            else:
                return None
    except (OSError, ValueError):
        return None  # the page could not be drawn, which the attempt will say
    return target
