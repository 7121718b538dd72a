"""Write-once records beside the objects: all that is needed to rebuild the catalogue."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.errors import BadManifest

_RECORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_YEAR = re.compile(r"\d{4}", re.ASCII)
_MONTH = re.compile(r"\d{2}", re.ASCII)
_FILE = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,99})\.v(\d{4,})\.json")


@dataclass(frozen=True)
class Manifest:
    """One version of one record as it was written: `data` is the JSON object, `path` where it lies."""

    record_id: str
    version: int
    data: dict[str, Any]
    path: Path


def canonical(data: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON with sorted keys, no spare space, NFC text and a newline at the end.

    Raises `BadManifest` for what JSON cannot hold (NaN, other types, lone surrogates, keys that are not text
    or become equal under NFC).
    """
    try:
        text = json.dumps(_composed(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return text.encode("utf-8") + b"\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise BadManifest(str(error)) from error


def _composed(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        result = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key must be text: {key!r}")
            result[unicodedata.normalize("NFC", key)] = _composed(item)
        if len(result) != len(value):
            raise ValueError("two keys are the same text")
        return result
    if isinstance(value, list | tuple):
        return [_composed(item) for item in value]
    return value


def checked_name(record_id: str, version: int) -> str:
    """File name of a record's version ("abc.v0003.json"); `BadManifest` when either is not fit for one."""
    if not isinstance(record_id, str) or not _RECORD.fullmatch(record_id):
        raise BadManifest(f"not a record id: {str(record_id)[:80]!r}")
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version <= 999_999:
        raise BadManifest(f"not a version number: {version!r}")
    return f"{record_id}.v{version:04d}.json"


def parse_name(name: str) -> tuple[str, int] | None:
    """(record id, version) of a manifest's file name, or None for any other name."""
    match = _FILE.fullmatch(name)
    return (match.group(1), int(match.group(2))) if match else None


def month_of(now: datetime) -> tuple[str, str]:
    """("2026", "11") in UTC; `BadManifest` for a time without zone."""
    if now.tzinfo is None:
        raise BadManifest("the time of a manifest needs a zone")
    moment = now.astimezone(UTC)
    return f"{moment.year:04d}", f"{moment.month:02d}"


def months(folder: Path) -> list[Path]:
    """The month folders under manifests/, oldest first."""
    found = []
    for year in _folders(folder, _YEAR):
        found += [Path(month.path) for month in _folders(Path(year.path), _MONTH)]
    return found


def _folders(folder: Path, form: re.Pattern[str]) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        found = [entry for entry in entries if form.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)]
    return sorted(found, key=lambda entry: entry.name)


def find(name: str, among: list[Path]) -> Path | None:
    """Where a manifest of this file name lies among month folders, the newest first; None when it does not."""
    for month in reversed(among):
        path = month / name
        if path.is_file():
            return path
    return None


def files(folder: Path) -> Iterator[Path]:
    """Every manifest file under manifests/, oldest month first, then by name; one month's names at a time."""
    for month in months(folder):
        with os.scandir(month) as entries:
            names = [entry.name for entry in entries if parse_name(entry.name) and entry.is_file(follow_symlinks=False)]
        for name in sorted(names):
            yield month / name


def read(path: Path) -> Manifest:
    """One manifest from its file. Raises `BadManifest` when it is not a JSON object."""
    name = parse_name(path.name)
    if name is None:
        raise BadManifest(f"not a manifest's name: {path.name}")
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadManifest(f"{path}: {error}") from error
    if not isinstance(data, dict):
        raise BadManifest(f"{path}: not a JSON object")
    return Manifest(record_id=name[0], version=name[1], data=data, path=path)
