"""Bags looked at by somebody else's eyes, and houses that come back from them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from sqlalchemy import select

from tests.support.records import catalogue_of
from tests.support.ward import Ward, open_ward
from webapp.audit.verify import verify_chain
from webapp.core.db import Database
from webapp.core.schema import migrate
from webapp.models import (
    DocumentVersion,
)
from webapp.records.compare import differences
from webapp.records.rebuild import rebuild_catalogue


def faults_by_rfc_8493(folder: Path) -> list[str]:
    """An independent reader of the standard (sections 2 and 3): complete, valid, and strict about the lists."""
    found = []
    lines = (folder / "bagit.txt").read_bytes().decode("utf-8").splitlines()
    if not re.fullmatch(r"BagIt-Version: 1\.0", lines[0]) or lines[1:] != ["Tag-File-Character-Encoding: UTF-8"]:
        found.append("declaration")

    def listed(name: str) -> dict[str, str]:
        entries: dict[str, str] = {}
        for line in (folder / name).read_bytes().decode("utf-8").split("\n"):
            if not line:
                continue
            match = re.fullmatch(r"([0-9a-fA-F]+)[ \t]+\*?(.+)", line)
            if match is None:
                found.append(f"line {line!r}")
                continue
            digest, path = match[1].lower(), match[2]
            path = re.sub("%(0[AaDd]|25)", lambda code: chr(int(code[1], 16)), path)
            if path in entries or path.startswith(("/", "~")) or ".." in path.split("/"):
                found.append(f"path {path!r}")
            entries[path] = digest
        return entries

    payload, tags = listed("manifest-sha256.txt"), listed("tagmanifest-sha256.txt")
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
    found += [f"extra {name}" for name in there if name.startswith("data/") and name not in payload]
    found += [f"payload outside {name}" for name in payload if not name.startswith("data/")]
    for name, digest in {**payload, **tags}.items():
        if name not in there:
            found.append(f"missing {name}")
        elif hashlib.sha256(there[name].read_bytes()).hexdigest() != digest:
            found.append(f"changed {name}")
    info = dict(line.split(": ", 1) for line in (folder / "bag-info.txt").read_text("utf-8").splitlines())
    size = sum(path.stat().st_size for name, path in there.items() if name.startswith("data/"))
    if info.get("Payload-Oxum") != f"{size}.{len(payload)}":
        found.append("oxum")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", info.get("Bagging-Date", "")):
        found.append("date")
    return found


def rebuilt(ward: Ward, folder: Path) -> dict[str, list[str]]:
    """The catalogue that the archive alone tells of."""
    db = Database(f"sqlite:///{folder / 'rebuilt.sqlite3'}")
    migrate(db)
    rebuild_catalogue(db, ward.resources.store, now=ward.now)
    found = catalogue_of(db)
    db.close()
    return found


def opened_house(folder: Path) -> Ward:
    folder.mkdir(parents=True, exist_ok=True)
    new = open_ward(folder, f"sqlite:///{folder / 'kho.sqlite3'}")
    migrate(new.db)
    return new


def no_faults(ward: Ward) -> None:
    with ward.db.reading() as session:
        assert [one for one in differences(session, ward.resources.store) if one.kind != "unkept"] == []
        assert list(verify_chain(session)) == []
        expected = set(session.scalars(select(DocumentVersion.sha256)))
    assert list(ward.resources.store.verify(expected)) == []
