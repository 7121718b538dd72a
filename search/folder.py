"""The folder of an index: `meta.json` names the generation in use, each generation is one engine folder.

A rebuild fills a new generation beside the old one and replaces `meta.json`; readers of the old one keep their
open files. One lock file, held for a whole batch or rebuild, lets one writer in; the system frees it when a
process dies.
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from search.analysis import SCHEMA_VERSION
from search.engines.interface import Engine
from search.errors import IndexBroken, IndexOutdated, WriterBusy
from search.vietnamese import ANALYSER_VERSION

_META, _LOCK = "meta.json", "writer.lock"


@dataclass(frozen=True, slots=True)
class Meta:
    """What built the generation in use."""

    engine: str
    analyser: int
    schema: int
    generation: str


class IndexFolder:
    """Paths, versions, lock and switch of one index."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def stamp(self) -> tuple[int, int]:
        """Changes whenever another generation was switched in; IndexBroken when the index is gone."""
        try:
            stat = (self.path / _META).stat()
        except OSError as error:
            raise IndexBroken(f"Chỉ mục tìm kiếm ở {self.path} không còn; hãy dựng lại.") from error
        return stat.st_ino, stat.st_mtime_ns

    def meta(self) -> Meta:
        """IndexBroken when it cannot be read."""
        try:
            return Meta(**json.loads((self.path / _META).read_text("utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise IndexBroken(f"Chỉ mục tìm kiếm ở {self.path} hỏng (meta.json); hãy dựng lại.") from error

    def current(self, engine: Engine) -> Path:
        """The generation in use, made for this engine and these versions; IndexOutdated otherwise."""
        meta = self.meta()
        if (meta.engine, meta.analyser, meta.schema) != (engine.name, ANALYSER_VERSION, SCHEMA_VERSION):
            raise IndexOutdated(
                f"Chỉ mục tìm kiếm ở {self.path} do bộ máy {meta.engine} (bản {meta.analyser}.{meta.schema}) dựng, "
                f"nay cần {engine.name} ({ANALYSER_VERSION}.{SCHEMA_VERSION}); hãy dựng lại."
            )
        return self.path / meta.generation

    def ensure(self, engine: Engine) -> None:
        """Makes an empty index where there is nothing at all; a folder with a lost meta file is left alone."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (self.path / _META).exists():
            return
        with self.lock(wait_seconds=10):
            if not (self.path / _META).exists() and not any(self.path.glob("g[0-9]*")):
                self.switch(self.new_generation(engine), engine)

    @contextmanager
    def lock(self, wait_seconds: float = 0) -> Iterator[None]:
        """The only writer; WriterBusy when there is another one (after waiting so long)."""
        give_up = time.monotonic() + wait_seconds
        handle = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() >= give_up:
                        raise WriterBusy(f"Chỉ mục tìm kiếm ở {self.path} đang được ghi; hãy thử lại sau.") from error
                    time.sleep(0.05)
            yield
        finally:
            os.close(handle)

    def new_generation(self, engine: Engine) -> Path:
        """An empty engine folder beside the one in use. Call with the lock held."""
        numbers = [int(folder.name[1:]) for folder in self.path.glob("g[0-9]*") if folder.name[1:].isdigit()]
        folder = self.path / f"g{max(numbers, default=0) + 1:06d}"
        folder.mkdir(mode=0o700)
        engine.create(folder)
        return folder

    def switch(self, generation: Path, engine: Engine) -> None:
        """Puts a finished generation in use and removes all others. Call with the lock held."""
        meta = Meta(engine.name, ANALYSER_VERSION, SCHEMA_VERSION, generation.name)
        beside = self.path / f"{_META}.new"
        with beside.open("w", encoding="utf-8") as file:
            json.dump(asdict(meta), file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path / _META)
        handle = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        for other in self.path.glob("g[0-9]*"):
            if other != generation:
                shutil.rmtree(other, ignore_errors=True)

    def bytes_used(self) -> int:
        """Size of everything in the folder, in bytes."""
        return sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())
