"""The worker process: empties the outbox until it is told to stop.

Text is read by a few threads (each waits for a child process); the index is written by the main thread alone.
"""

from __future__ import annotations

import fcntl
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.exc import SQLAlchemyError

import search
from archive.errors import ArchiveError, ExtractionStopped
from archive.extract import clear_leftovers
from webapp.core.errors import Busy, NoRoom
from webapp.core.logs import logger
from webapp.core.resources import IndexAway
from webapp.jobs import mail, outbox
from webapp.jobs.index import index_jobs, is_lost, is_whole, rebuild_index
from webapp.jobs.preview import make_preview
from webapp.jobs.read_text import read_text
from webapp.jobs.scan import ScannerAway
from webapp.jobs.tasks import Runner, fail_task, next_task, run_task, take_up_again
from webapp.models import JobKind, OutboxJob, TaskKind
from webapp.records.keep import keep_all, settle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.core.resources import Resources

IDLE_SECONDS = 0.2
CHECK_SECONDS = 5.0
INDEX_BATCH = 200
READERS = 2
# A file is read unscanned when the virus scanner has been away for so long.
SCANNER_SECONDS = 600.0
# The archive is read again in slices: at most this much, at most this long, this often while idle.
SCRUB_SECONDS = 60.0
SCRUB_BYTES = 64 * 2**20
SCRUB_SLICE = 2.0
# Duties and reminders are looked at this often.
ROUTINE_SECONDS = 300.0


class Routine(Protocol):
    """Something the calendar asks for: called with the resources and the present instant."""

    __name__: str

    def __call__(self, resources: Resources, now: datetime) -> None: ...


class WorkerRunning(Exception):
    """Another worker serves this data folder."""


@contextmanager
def only_worker(folder: Path) -> Iterator[None]:
    """Hold the folder's worker lock; the system frees it when the process dies, however it dies."""
    with (folder / "worker.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WorkerRunning("Đã có một tiến trình nền đang chạy cho thư mục dữ liệu này.") from error
        yield


class Worker:
    """One round is `step()`; `run()` repeats it until `stop` is set."""

    def __init__(
        self,
        resources: Resources,
        runners: Mapping[TaskKind, Runner] | None = None,
        routines: Sequence[Routine] = (),
    ) -> None:
        self.resources = resources
        self.runners = runners or {}
        self.routines = routines
        self._routines_at = time.monotonic() - ROUTINE_SECONDS
        self._mailing: Future[None] | None = None
        self.stop = threading.Event()
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="aside")
        # A mail server that does not answer must not keep anything else waiting.
        self._post = ThreadPoolExecutor(1, thread_name_prefix="post")
        self._task: Future[None] | None = None
        self._scrubbed = time.monotonic()
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="read-text")
        self._reading: dict[str, Future[None]] = {}
        self._drawing: Future[None] | None = None
        self._unscanned: dict[str, float] = {}
        self._held_up = 0.0
        self._checked = 0.0

    def run(self) -> None:
        log = logger()
        log.info("worker.started")
        try:
            self._settle()
            self._clear()
            self.mend_index(thorough=True)
            while not self.stop.is_set():
                if not self.step():
                    self.mend_index()
                    self._scrub()
                    self.run_routines()
                    self.stop.wait(IDLE_SECONDS)
        finally:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._aside.shutdown(wait=True, cancel_futures=True)
            self._post.shutdown(wait=True, cancel_futures=True)
            log.info("worker.stopped")

    def drain(self, *, patience: float = 30.0) -> None:
        """Work until nothing is due. For commands and tests.

        What was put off only because something was locked is waited for, but no longer than `patience` seconds.
        """
        end = time.monotonic() + patience
        while (did := self.step()) or self._at_work() or time.monotonic() < min(self._held_up, end):
            if did:
                continue
            if at_work := self._at_work():
                wait_for(at_work, timeout=0.2, return_when=FIRST_COMPLETED)
            else:
                self.stop.wait(0.02)

    def _at_work(self) -> list[Future[None]]:
        others = (self._drawing, self._mailing, self._task)
        return [*self._reading.values(), *(one for one in others if one is not None)]

    def step(self) -> bool:
        """Start what can be started, index what is due. Returns whether anything was done."""
        for subject, future in list(self._reading.items()):
            if future.done():
                del self._reading[subject]
        if self._drawing is not None and self._drawing.done():
            self._drawing = None
        if self._mailing is not None and self._mailing.done():
            self._mailing = None
        now = self._now()
        try:
            with self.resources.db.reading() as session:
                free = READERS * 2 - len(self._reading)
                to_read = outbox.due(session, JobKind.READ_TEXT, now=now, limit=free + len(self._reading))
                to_index = outbox.due(session, JobKind.INDEX, now=now, limit=INDEX_BATCH)
                to_draw = outbox.due(session, JobKind.PREVIEW, now=now, limit=1)
                to_mail = outbox.due(session, JobKind.MAIL, now=now, limit=1)
        except Exception:  # noqa: BLE001  the loop must outlive a database that is away for a while
            logger().exception("worker.outbox")
            return False
        started = 0
        for job in to_read:
            if job.subject not in self._reading and started < free:
                self._reading[job.subject] = self._pool.submit(self._attempt, [job], JobKind.READ_TEXT)
                started += 1
        # One at a time, and only when no text waits: text comes first.
        draws = self._drawing is None and len(self._reading) < READERS and bool(to_draw)
        if draws:
            self._drawing = self._pool.submit(self._attempt, to_draw, JobKind.PREVIEW)
        mails = self._mailing is None and bool(to_mail)
        if mails:
            self._mailing = self._post.submit(self._attempt, to_mail, JobKind.MAIL)
        if to_index:
            self._attempt(to_index, JobKind.INDEX)
        return bool(self._start_task() or started or draws or mails or to_index)

    def _start_task(self) -> bool:
        """Begin the task that waited longest when none is running."""
        if self._task is not None:
            if not self._task.done():
                return False
            self._task = None
        try:
            with self.resources.db.reading() as session:
                task = next_task(session)
        except Exception:  # noqa: BLE001  as above
            logger().exception("worker.tasks")
            return False
        if task is None:
            return False
        self._task = self._aside.submit(self._run_task, task.id)
        return True

    def _run_task(self, task_id: str) -> None:
        try:
            run_task(self.resources, task_id, self.runners, stop=self.stop.is_set)
        except Exception:  # noqa: BLE001  a task must not end the worker
            logger().exception("worker.task", task=task_id)
            with suppress(SQLAlchemyError, Busy, NoRoom):
                fail_task(self.resources, task_id)

    def _settle(self) -> None:
        """What an earlier process left half done: changes that were never committed, tasks, records without manifest."""
        resources = self.resources
        try:
            void = settle(resources.db, resources.store, now=self._now())
            kept = keep_all(resources.db, resources.store, now=self._now())
            with resources.db.unit_of_work() as session:
                again = take_up_again(session)
        except Exception:  # noqa: BLE001  a full disk must not keep the worker from reading and indexing
            logger().exception("worker.settle")
            return
        if void or kept or again:
            logger().info("worker.settled", void=void, kept=kept, tasks=again)

    def _clear(self) -> None:
        """Folders of readings that an earlier worker was killed in."""
        try:
            count = clear_leftovers()
        except OSError:
            logger().exception("worker.leftovers")
            return
        if count:
            logger().info("worker.leftovers", removed=count)

    def _scrub(self) -> None:
        """Read a little of the archive again when there is nothing else to do."""
        if time.monotonic() - self._scrubbed < SCRUB_SECONDS or self._task is not None:
            return
        self._scrubbed = time.monotonic()
        try:
            report = self.resources.store.scrub(now=self._now(), max_bytes=SCRUB_BYTES, max_seconds=SCRUB_SLICE)
        except ArchiveError:
            logger().exception("worker.scrub")
            return
        if report.problems:
            logger().error("worker.scrub", problems=[problem.detail for problem in report.problems][:20])

    def run_routines(self, *, at_once: bool = False) -> None:
        """What is to be done again and again by the calendar; each is harmless when repeated."""
        if not at_once and time.monotonic() - self._routines_at < ROUTINE_SECONDS:
            return
        self._routines_at = time.monotonic()
        for routine in self.routines:
            try:
                routine(self.resources, self.resources.clock.now())
            except Exception:  # noqa: BLE001  tried again at the next look
                logger().exception("worker.routine", name=routine.__name__)

    def mend_index(self, *, thorough: bool = False) -> None:
        """Make the index anew when it is lost; looks once in a while, thoroughly at the start."""
        if not thorough and time.monotonic() - self._checked < CHECK_SECONDS:
            return
        self._checked = time.monotonic()
        try:
            fine = is_whole(self.resources) if thorough else not is_lost(self.resources)
        except Exception:  # noqa: BLE001  a database that is away for a while must not end the loop
            logger().exception("worker.index-check")
            return
        if not fine:
            self._rebuild()

    def _rebuild(self) -> bool:
        try:
            count = rebuild_index(self.resources)
        except Exception:  # noqa: BLE001  tried again at the next look
            logger().exception("worker.index-rebuild")
            return False
        logger().info("worker.index-rebuilt", records=count)
        return True

    def _now(self) -> datetime:
        """Real time, or the fixed instant where that is later: waiting times must pass even when the clock is fixed."""
        return max(self.resources.clock.now(), datetime.now(UTC))

    def _attempt(self, jobs: Sequence[OutboxJob], kind: JobKind) -> None:
        """Do it, or postpone it and say why. A job must not end the worker."""
        try:
            if kind is JobKind.INDEX:
                index_jobs(self.resources, jobs)
            elif kind is JobKind.PREVIEW:
                make_preview(self.resources, jobs[0], stop=self.stop.is_set)
            elif kind is JobKind.MAIL:
                mail.send_mail(self.resources, jobs[0])
            else:
                read_text(self.resources, jobs[0], stop=self.stop.is_set, unscanned=self._waited(jobs[0]))
                self._unscanned.pop(jobs[0].id, None)
        except ExtractionStopped:
            return  # asked to end: the job stays as it is and is done after the next start
        except (IndexAway, search.IndexBroken, search.IndexOutdated) as error:
            if not self._rebuild():
                self._postpone(jobs, error, counted=False)
        except ScannerAway as error:
            self._unscanned.setdefault(jobs[0].id, time.monotonic())
            logger().warning("worker.scanner-away", error=str(error))
            self._postpone(jobs, error, counted=False)
        except mail.MailAway as error:
            logger().warning("worker.mail-away", error=str(error))
            self._postpone(jobs, error, counted=False, wait=mail.WAIT)
        except (Busy, search.WriterBusy) as error:
            logger().warning("worker.busy", kind=kind.value, error=repr(error))
            self._held_up = time.monotonic() + outbox.UNCOUNTED_WAIT.total_seconds() + 1
            self._postpone(jobs, error, counted=False)
        except Exception as error:  # noqa: BLE001  this is the job loop's boundary
            logger().exception("worker.job", kind=kind.value, subjects=[job.subject for job in jobs][:5])
            if len(jobs) > 1 and not isinstance(error, search.SearchError | SQLAlchemyError):
                # One of them is at fault; the others must not wait for it.
                for job in jobs:
                    self._attempt([job], kind)
                return
            self._postpone(jobs, error, counted=True)

    def _waited(self, job: OutboxJob) -> bool:
        """Whether it has waited long enough for a scanner that is away; by the machine's time, not the calendar's."""
        first = self._unscanned.get(job.id)
        return first is not None and time.monotonic() - first >= SCANNER_SECONDS

    def _postpone(
        self, jobs: Sequence[OutboxJob], error: Exception, *, counted: bool, wait: timedelta | None = None
    ) -> None:
        self.resources.forget_index()
        now = self._now()
        try:
            with self.resources.db.unit_of_work() as session:
                ids = [job.id for job in jobs]
                outbox.postpone(session, ids, now=now, error=repr(error), counted=counted, wait=wait)
        except Exception:  # noqa: BLE001
            logger().exception("worker.postpone")


def run_worker(resources: Resources, runners: Mapping[TaskKind, Runner], routines: Sequence[Routine] = ()) -> None:
    """The body of the worker process; SIGTERM and SIGINT end it after the work in hand."""
    with only_worker(resources.settings.data):
        worker = Worker(resources, runners, routines)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop.set())
        worker.run()
