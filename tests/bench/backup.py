"""How long handing over takes: `python -m tests.bench.backup [MEGABYTES] [DOCUMENTS]`. Ends by itself, keeps nothing.

A backup is made while two threads go on uploading; the floor is `cp` of the data folder with an fsync of each file.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from sqlalchemy import func, select

from tests.bench.measuring import say, table, timed
from tests.support.ward import Ward, open_ward, people_of_every_role, settings_for
from webapp.core.schema import migrate
from webapp.documents import service as documents
from webapp.handover.backup import make_backup
from webapp.handover.export import export_house
from webapp.handover.importing import read_bag, take_in
from webapp.handover.restore import restore_backup
from webapp.models import DocumentKind, DocumentVersion, new_id

AT_ONCE = 100


def new_house(folder: Path) -> Ward:
    folder.mkdir(parents=True)
    ward = open_ward(folder, f"sqlite:///{folder / 'kho.sqlite3'}")
    migrate(ward.db)
    return ward


def fill(ward: Ward, count: int, size: int) -> None:
    """Documents of `size` bytes each, a hundred a transaction."""
    actor = ward.viewer("clerk.a")
    for start in range(0, count, AT_ONCE):
        receipts = [
            ward.resources.store.put(io.BytesIO(os.urandom(size)), filename="van-ban.bin")
            for _ in range(min(AT_ONCE, count - start))
        ]
        with ward.work() as session:
            for number, receipt in enumerate(receipts, start=start):
                documents.add_document(
                    session,
                    actor=actor,
                    now=ward.now,
                    new=documents.NewDocument(
                        receipt=receipt,
                        kind=DocumentKind.EVIDENCE,
                        unit_id=ward.units["A"],
                        movement_id=ward.movement_id,
                        year=2026,
                        batch_id=new_id(),
                        title=f"Báo cáo số {number}",
                    ),
                )


def measure(folder: Path, megabytes: int, count: int) -> None:
    ward = new_house(folder / "data")
    people_of_every_role(ward)
    say(f"filling {count} documents, {megabytes} MB …")
    fill(ward, count, megabytes * 2**20 // count)
    stop, uploaded = threading.Event(), [0, 0]

    def upload(number: int) -> None:
        while not stop.is_set():
            ward.document("clerk.a", "A", os.urandom(40_000), title="Thêm")
            uploaded[number] += 1

    rows = []
    threads = [threading.Thread(target=upload, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    try:
        took = timed(lambda: make_backup(ward.resources, folder / "kho.tar"))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    rows.append(("backup while two upload", f"{took:.1f} s", f"{sum(uploaded)} uploads meanwhile"))
    quiet = timed(lambda: make_backup(ward.resources, folder / "quiet.tar"))
    rows.append(("backup, nobody there", f"{quiet:.1f} s", f"{(folder / 'quiet.tar').stat().st_size / 2**20:.0f} MB"))
    url = f"sqlite:///{folder / 'new' / 'kho.sqlite3'}"
    restored = timed(lambda: restore_backup(settings_for(folder / "new", url), folder / "quiet.tar"))
    rows.append(("restore, all verified", f"{restored:.1f} s", ""))
    for name in ("kho.tar", "quiet.tar"):
        (folder / name).unlink()
    exported = timed(lambda: export_house(ward.resources, folder / "bag"))
    rows.append(("export of everything", f"{exported:.1f} s", ""))
    other = new_house(folder / "other")
    read = timed(lambda: read_bag(folder / "bag"))
    contents = read_bag(folder / "bag")
    taken = timed(lambda: take_in(other.resources, contents))
    with other.db.reading() as session:
        there = session.scalar(select(func.count()).select_from(DocumentVersion))
    rows.append(
        ("import into an empty house", f"{read + taken:.1f} s", f"{there} documents, {read:.1f} s of it checking")
    )
    least = timed(lambda: subprocess.run(["cp", "-r", folder / "data", folder / "copy"], check=True))
    synced = timed(lambda: subprocess.run(["sync", "-f", folder / "copy"], check=True))
    rows.append(("cp of the data folder and sync", f"{least + synced:.1f} s", ""))
    ward.resources.close()
    other.resources.close()
    table(f"Handing over {count} documents, {megabytes} MB", ("", "took", ""), rows)


if __name__ == "__main__":
    wanted = [int(word) for word in sys.argv[1:]] or [1024, 2000]
    with tempfile.TemporaryDirectory(prefix="kho-bench-") as made:
        measure(Path(made), *wanted)
