"""Reading everything again, a slice at a time, least recently read first, and remembering how far that came.

The memory is one small file, replaced whole: its first line is the last report, then a line for each name and when it
was last found sound. Losing it costs nothing but reading everything again.
"""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive import fixity, writing
from archive.errors import StoreFailed
from archive.fixity import Problem
from archive.layout import Layout, sync, sync_folder


@dataclass(frozen=True)
class ScrubReport:
    """What one slice found, and how the whole store stands after it.

    `at` when it was; `checked` and `size` (bytes) what this slice read. `problems` is all that is known to be wrong
    with the store: found now, or found before and not touched since. `total` names are there, of which
    `never_checked` were not read yet and the others not before `oldest` (None when none was). `remembered` is False
    when the disk took no note of it, so that the next slice starts from where this one did.
    """

    at: datetime
    checked: int
    size: int
    problems: tuple[Problem, ...]
    total: int
    never_checked: int
    oldest: datetime | None
    remembered: bool = True


@dataclass
class _Memory:
    """`sound`: name to Unix seconds. `wrong`: name to its problem and the mark of the file that had it."""

    sound: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, tuple[Problem, str, int]] = field(default_factory=dict)


def scrub(layout: Layout, *, now: datetime, max_bytes: int | None, max_seconds: float | None) -> ScrubReport:
    """See `LocalStore.scrub`."""
    started = time.monotonic()
    moment = int(now.timestamp())
    census = fixity.census(layout)
    memory = _forget_the_gone(layout, _recall(layout), census)
    checked = size = 0
    for place in _oldest_first(census, memory):
        length = _length(layout.root / place.name)
        late = max_seconds is not None and time.monotonic() - started >= max_seconds
        # One is read in any case, so that a budget smaller than the largest file still comes round.
        if checked and (late or (max_bytes is not None and size + length > max_bytes)):
            break
        mark = _mark(layout.root / place.name)
        problem = fixity.check(layout, place, census.owners, from_disk=True)
        memory.sound.pop(place.name, None)
        memory.wrong.pop(place.name, None)
        if problem is None:
            memory.sound[place.name] = moment
        else:
            memory.wrong[place.name] = (problem, mark, moment)
        checked += 1
        size += length
    dates = [memory.sound.get(place.name) or memory.wrong.get(place.name, (0, 0, 0))[2] for place in census.places]
    known = [date for date in dates if date]
    report = ScrubReport(
        at=datetime.fromtimestamp(moment, UTC),
        checked=checked,
        size=size,
        problems=(*census.problems, *(problem for problem, _, _ in memory.wrong.values())),
        total=len(dates),
        never_checked=len(dates) - len(known),
        oldest=datetime.fromtimestamp(min(known), UTC) if known else None,
    )
    try:
        _remember(layout, report, memory)
    except OSError as error:
        if error.errno == errno.EIO:
            raise StoreFailed(str(error)) from error
        return replace(report, remembered=False)
    return report


def last_report(layout: Layout) -> ScrubReport | None:
    """The report of the last slice whose memory was kept; None when there is none. Cheap: one line is read."""
    try:
        with layout.scrubbed.open(encoding="utf-8") as stream:
            head = json.loads(stream.readline())["report"]
        return ScrubReport(
            at=datetime.fromisoformat(head["at"]),
            checked=head["checked"],
            size=head["size"],
            problems=tuple(Problem(**problem) for problem in head["problems"]),
            total=head["total"],
            never_checked=head["never_checked"],
            oldest=datetime.fromisoformat(head["oldest"]) if head["oldest"] else None,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _oldest_first(census: fixity.Census, memory: _Memory) -> Iterator[fixity.Place]:
    def last_read(place: fixity.Place) -> tuple[int, str]:
        wrong = memory.wrong.get(place.name)
        return (wrong[2] if wrong else memory.sound.get(place.name, 0), place.name)

    return iter(sorted(census.places, key=last_read))


def _forget_the_gone(layout: Layout, memory: _Memory, census: fixity.Census) -> _Memory:
    """Without names that are there no more, and without problems of files that were replaced or touched since."""
    there = {place.name for place in census.places}
    return _Memory(
        sound={name: when for name, when in memory.sound.items() if name in there},
        wrong={
            name: found
            for name, found in memory.wrong.items()
            if name in there and found[1] == _mark(layout.root / name)
        },
    )


def _length(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _mark(path: Path) -> str:
    """Changes when a file is replaced or written to."""
    try:
        found = path.lstat()
    except OSError:
        return ""
    return f"{found.st_ino}-{found.st_size}-{found.st_mtime_ns}-{found.st_ctime_ns}"


def _recall(layout: Layout) -> _Memory:
    """What was remembered; of a file that is damaged, nothing."""
    memory = _Memory()
    try:
        with layout.scrubbed.open(encoding="utf-8") as stream:
            head = json.loads(stream.readline())
            for name, (problem, mark, when) in head["wrong"].items():
                memory.wrong[name] = (Problem(**problem), str(mark), int(when))
            for line in stream:
                when_text, _, name = line.rstrip("\n").partition(" ")
                memory.sound[name] = int(when_text)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _Memory()
    return memory


def _remember(layout: Layout, report: ScrubReport, memory: _Memory) -> None:
    """Raises `OSError` when the disk has no room or refuses, `StoreFailed` when an fsync fails."""
    problems = [asdict(problem) for problem in report.problems]
    summary: Mapping[str, Any] = {
        "at": report.at.isoformat(),
        "checked": report.checked,
        "size": report.size,
        "problems": problems,
        "total": report.total,
        "never_checked": report.never_checked,
        "oldest": report.oldest.isoformat() if report.oldest else None,
    }
    wrong = {name: [asdict(problem), mark, when] for name, (problem, mark, when) in memory.wrong.items()}
    head = json.dumps({"report": summary, "wrong": wrong}, ensure_ascii=True, sort_keys=True)
    lines = "".join(f"{when} {name}\n" for name, when in sorted(memory.sound.items()))
    draft, handle = writing.new_draft(layout)
    try:
        try:
            writing.write_all(handle, f"{head}\n{lines}".encode())
            sync(handle)
        finally:
            os.close(handle)
        draft.replace(layout.scrubbed)
        sync_folder(layout.root)
    finally:
        with suppress(OSError):
            draft.unlink()
