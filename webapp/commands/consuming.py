"""`kho consume`: take files from a scanner's drop folder. Sub-folders are units; nothing is deleted, only moved."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from archive.errors import ArchiveError
from archive.extract import SENTENCES, Prepared, ScanOptions, Status
from archive.naming import clean_filename, is_litter
from webapp.commands.opening import finish_jobs, opened, say, unit_id_of, viewer_named
from webapp.commands.scanned import Ready, add_derived, made_ready, place_of, put_parts, what_was_done
from webapp.commands.words import Commands
from webapp.core.errors import Invalid, KhoError
from webapp.core.resources import Resources
from webapp.core.settings import Settings
from webapp.documents import scans
from webapp.documents import service as documents
from webapp.documents.uploads import store_file
from webapp.models import Document, DocumentKind, DocumentVersion, new_id
from webapp.movement.queries import find_current_movement
from webapp.permissions import SYSTEM, Permission, Subject, ensure

TAKEN, REFUSED, IN_HAND = "_da_nhan", "_khong_nhan", ".dang_nhan"
OURS = (TAKEN, REFUSED, IN_HAND)
POLL_SECONDS = 0.5
# A file that is not whole and has not changed for so long will not change any more: it is taken, or refused, as it is.
PATIENCE_SECONDS = 15 * 60
REASON = ".ly-do.txt"
_SIZE = re.compile(r"\(Lúc đó tệp có ([0-9]+) byte")
PDF_END = 2048  # bytes in which a PDF says that it ends


def add_commands(commands: Commands) -> None:
    commands.add("consume", "nhận tệp từ thư mục của máy quét, thư mục con là mã đơn vị", _consume_arguments)


def _consume_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path)
    command.add_argument("--as", dest="user", required=True, metavar="NGƯỜI")
    command.add_argument("--kind", default="other")
    command.add_argument("--year", type=int)
    command.add_argument("--once", action="store_true", help="xong những tệp đang có thì dừng")
    command.add_argument("--blank", action="store_true", help="bỏ trang trắng (PDF); bản quét gốc vẫn giữ nguyên")
    command.add_argument(
        "--duplex", action="store_true", help="quét hết mặt trước rồi lật cả tập quét mặt sau: xếp lại"
    )
    command.add_argument("--separators", action="store_true", help="tách ở tờ phân cách có mã QR do chương trình in")
    command.add_argument("--settle", type=float, default=5.0, metavar="GIÂY", help="tệp yên bao lâu thì coi là đủ")
    command.set_defaults(run=consume)


@dataclass(frozen=True, slots=True)
class _Seen:
    """How a file looked when it was last looked at, and since when it has looked so."""

    size: int
    changed: int
    since: float
    waits_for: str = ""  # why it is not whole yet, once it has been quiet


def consume(settings: Settings, arguments: argparse.Namespace) -> int:
    """Ends with 1 when --once was given and something was refused; otherwise runs until it is interrupted."""
    folder: Path = arguments.folder
    if not folder.is_dir():
        raise Invalid(f"Không có thư mục {folder}.")
    try:
        kind = DocumentKind(arguments.kind)
    except ValueError as error:
        raise Invalid(f"Không có loại văn bản “{arguments.kind}”.") from error
    if not 0 <= arguments.settle <= 3600:
        raise Invalid("--settle phải từ 0 đến 3600 giây.")
    with opened(settings) as resources, _only_consumer(folder):
        viewer_named(resources, arguments.user)  # refuses an unknown name at once
        signal.signal(signal.SIGIO, signal.SIG_IGN)  # sent when somebody opens a file while it is being looked at
        options = ScanOptions(arguments.blank, arguments.duplex, arguments.separators)
        consumer = _Consumer(resources, folder, arguments.user, _Filing(kind, arguments.year, options))
        consumer.finish_interrupted()
        seen: dict[Path, _Seen] = {}
        while True:
            consumer.give_another_chance()
            ready = _ready(folder, seen, arguments.settle)
            for path in ready:
                consumer.take(path)
            if ready:
                finish_jobs(resources)
            elif arguments.once and all(known.waits_for for known in seen.values()):
                for path, known in seen.items():
                    say(json.dumps({"name": path.name, "waiting": known.waits_for}, ensure_ascii=False))
                break
            else:
                time.sleep(min(POLL_SECONDS, arguments.settle or POLL_SECONDS))
    if consumer.refused:
        raise Invalid(f"{consumer.refused} tệp không nhận được; lý do nằm cạnh tệp trong {folder / REFUSED}.")
    return 0


@contextmanager
def _only_consumer(folder: Path) -> Iterator[None]:
    with (folder / ".kho-consume.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Invalid("Đã có một lệnh “kho consume” đang chạy cho thư mục này.") from error
        yield


def _ready(folder: Path, seen: dict[Path, _Seen], settle: float) -> list[Path]:
    """Files whose size and time have not changed for `settle` seconds; `seen` keeps the others."""
    present: set[Path] = set()
    ready = []
    for path in _files(folder):
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue
        present.add(path)
        known = seen.get(path)
        if known is None or (known.size, known.changed) != (status.st_size, status.st_mtime_ns):
            seen[path] = known = _Seen(status.st_size, status.st_mtime_ns, time.monotonic())
        quiet = time.monotonic() - known.since
        if quiet >= settle:
            waits_for = _unfinished(path) if quiet < max(PATIENCE_SECONDS, settle) else ""
            if waits_for:
                seen[path] = replace(known, waits_for=waits_for)
                continue
            ready.append(path)
            del seen[path]
    for gone in seen.keys() - present:
        del seen[gone]
    return ready


def _unfinished(path: Path) -> str:
    """Why a quiet file is not whole yet, in words; empty when nothing tells so."""
    if path.is_symlink() or not path.is_file():
        return ""
    try:
        with path.open("rb") as stream:
            if is_written(stream.fileno()):
                return "còn chương trình đang ghi tệp"
            size = stream.seek(0, os.SEEK_END)
            if size == 0:
                return "tệp còn trống"
            if path.suffix.lower() == ".pdf":
                stream.seek(max(size - PDF_END, 0))
                if b"%%EOF" not in stream.read():
                    return "tệp PDF chưa có phần cuối"
    except OSError:
        return ""  # taking it will say what is wrong
    return ""


def is_written(descriptor: int) -> bool:
    """Whether some process has the file open for writing. The kernel gives no lease for reading on such a file; where it
    gives none at all (a network drive, somebody else's file), quiet must do."""
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def _files(folder: Path) -> Iterator[Path]:
    for root, names, files in os.walk(folder):
        if Path(root) == folder:
            names[:] = [name for name in names if name not in OURS]
        names[:] = sorted(name for name in names if not name.startswith(".") and not is_litter(name))
        for name in sorted(files):
            if not name.startswith(".") and not is_litter(name):
                yield Path(root) / name


@dataclass(frozen=True, slots=True)
class _Filing:
    """As what files of this scanner are kept, and what is made of them."""

    kind: DocumentKind
    year: int | None
    options: ScanOptions


class _Consumer:
    def __init__(self, resources: Resources, folder: Path, user: str, filing: _Filing) -> None:
        self.resources, self.folder, self.user, self.filing = resources, folder, user, filing
        self.batch = new_id()
        self.refused = 0

    def finish_interrupted(self) -> None:
        """What an earlier run had in hand when it was killed: stored already, or to be taken now."""
        for path in sorted((self.folder / IN_HAND).glob("**/*")):
            if path.is_file() and not path.is_symlink():
                self._take_in_hand(path, path.parent.name, interrupted=True)

    def give_another_chance(self) -> None:
        """What was refused and has grown since was not whole then: back to where it was dropped, to be taken when it is."""
        for note in sorted((self.folder / REFUSED).rglob(f"*{REASON}")):
            path = note.with_name(note.name.removesuffix(REASON))
            size = _SIZE.search(note.read_text("utf-8", errors="replace"))
            is_ours = path.parent.parent == self.folder / REFUSED and path.is_file() and not path.is_symlink()
            if is_ours and size and path.stat().st_size != int(size[1]):
                self._move(path, path.parent.name)
                note.unlink()

    def take(self, path: Path) -> None:
        parts = path.relative_to(self.folder).parts
        if path.is_symlink() or not path.is_file():
            self._refuse(path, "", "Không nhận liên kết hoặc tệp đặc biệt.")
            return
        if len(parts) < 2:
            self._refuse(path, "", "Tệp phải nằm trong thư mục con mang mã đơn vị.")
            return
        # Moved first: from here on whoever drops files cannot change it, and a kill leaves it where it is looked for.
        self._take_in_hand(self._move(path, IN_HAND, parts[0]), parts[0], interrupted=False)

    def _take_in_hand(self, path: Path, unit: str, *, interrupted: bool) -> None:
        try:
            with made_ready(path, self.filing.options) as prepared:
                document_id, sha256, size, left = self._store(path, unit, prepared, look_first=interrupted)
        except (KhoError, ArchiveError) as error:
            self._refuse(path, unit, error.sentence)
            return
        now = self.resources.clock.now().astimezone(self.resources.settings.timezone)
        moved = self._move(path, TAKEN, f"{now:%Y-%m-%d}", unit)
        line: dict[str, object] = {"name": path.name, "sha256": sha256, "size": size, "document_id": document_id}
        line["moved_to"] = str(moved)
        if prepared.status is not Status.OK:
            left = [f"không sắp xếp được trang ({SENTENCES[prepared.status]}); chỉ giữ bản quét"]
        if prepared.parts:
            line["parts"], line["done"] = len(prepared.parts), what_was_done(prepared)
        if left:
            line["left"] = left
        say(json.dumps(line, ensure_ascii=False))

    def _store(self, path: Path, unit: str, prepared: Prepared, *, look_first: bool) -> tuple[str, str, int, list[str]]:
        resources = self.resources
        viewer = viewer_named(resources, self.user)  # each time: a grant may have ended
        now = resources.clock.now()
        year = self.filing.year or now.astimezone(resources.settings.timezone).year
        with resources.db.reading() as session:
            unit_id = unit_id_of(session, unit)
            places = [place_of(session, part.mark, viewer=viewer) if part.mark else None for part in prepared.parts]
            movement = find_current_movement(session, viewer=viewer, year=year)
        movement_id = movement.id if movement else None
        ensure(viewer, Permission.DOCUMENT_ADD, Subject(kind="document", unit_id=unit_id, movement_id=movement_id))
        with path.open("rb") as stream:
            file = FileStorage(stream, filename=path.name)
            receipt = store_file(resources.store, file, max_size=resources.settings.max_upload)
        if look_first:
            with resources.db.reading() as session:
                known = session.scalar(
                    select(Document.id)
                    .join(DocumentVersion, DocumentVersion.document_id == Document.id)
                    .where(
                        DocumentVersion.sha256 == receipt.sha256,
                        DocumentVersion.filename == clean_filename(path.name),
                        DocumentVersion.uploaded_by == viewer.id,
                        Document.unit_id == unit_id,
                    )
                    .limit(1)
                )
            if known is not None:
                return known, receipt.sha256, receipt.size, []
        receipts = put_parts(resources.store, prepared, path.name, max_size=resources.settings.max_upload)
        ready = Ready(prepared=prepared, receipts=receipts, places=places)
        with resources.db.unit_of_work() as session:
            document = documents.add_document(
                session,
                actor=viewer,
                now=now,
                new=documents.NewDocument(
                    receipt=receipt,
                    kind=self.filing.kind,
                    unit_id=unit_id,
                    movement_id=movement_id,
                    year=year,
                    batch_id=self.batch,
                    title=f"Bản quét gốc: {path.stem}" if ready.is_parted else "",
                ),
            )
            scans.note_scan(session, actor=viewer, now=now, document=document, folder=self._named(unit))
            left = add_derived(
                session,
                actor=viewer,
                now=now,
                timezone=resources.settings.timezone,
                original=document,
                ready=ready,
            )
        return document.id, receipt.sha256, receipt.size, left

    def _named(self, unit: str) -> str:
        """How people know the scanner: its folder, and the unit's within it."""
        return f"{self.folder.resolve().name}/{unit}" if unit else self.folder.resolve().name

    def _refuse(self, path: Path, unit: str, sentence: str) -> None:
        self.refused += 1
        with self.resources.db.unit_of_work() as session:
            now = self.resources.clock.now()
            scans.note_refusal(session, actor=SYSTEM, now=now, folder=self._named(unit))
        moved = self._move(path, REFUSED, *([unit] if unit else []))
        size = moved.lstat().st_size
        moved.with_name(moved.name + REASON).write_text(
            f"{_stamp(self.resources)} {sentence}\n(Lúc đó tệp có {size} byte; nếu tệp thay đổi, sẽ được nhận lại.)\n",
            encoding="utf-8",
        )
        say(json.dumps({"name": path.name, "error": sentence, "moved_to": str(moved)}, ensure_ascii=False))

    def _move(self, path: Path, *parts: str) -> Path:
        """Rename within the folder; a name that is taken gets a number."""
        target = self.folder.joinpath(*parts)
        target.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            name = path.name if number == 1 else f"{path.stem} ({number}){path.suffix}"
            place = target / name
            if not place.exists() and not place.is_symlink():
                return path.rename(place)
            number += 1


def _stamp(resources: Resources) -> str:
    now: datetime = resources.clock.now().astimezone(resources.settings.timezone)
    return f"{now:%H:%M %d/%m/%Y}"
