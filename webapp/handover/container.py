"""The file a backup is: a plain tar that `tar xf` and `sha256sum -c SHA256SUMS` understand, read here without mercy.

Members come in one order, each header is exactly what this program would write, and the last member vouches for the
list of all others: a byte changed anywhere, a part missing or added is noticed. Links, devices, folders and names that
are not expected do not exist for the reader.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from webapp.core.errors import Invalid

BLOCK = 512
CHUNK = 2**20
HEAD, LIST, END = "BACKUP.json", "SHA256SUMS", "END.json"
_TABLE = re.compile(r"tables/([a-z_]{1,60})/(\d{6})\.jsonl", re.ASCII)
_OBJECT = re.compile(r"objects/([0-9a-f]{2})/(\1[0-9a-f]{62})", re.ASCII)
_MANIFEST = re.compile(r"manifests/\d{4}/\d{2}/[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.v\d{4,}\.json", re.ASCII)
_ORDER = ("head", "table", "object", "manifest", "list", "end")
# What is read whole into memory is no larger than this program ever writes it, by far.
_MOST = {"head": 2**20, "end": 2**20, "list": 2**30, "table": 2**29, "manifest": 2**28}
Told = Callable[[int, int], None]


class NoBackup(Invalid):
    """It is none, or not whole."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"Bản sao lưu không nguyên vẹn, không dùng được: {detail}.")


def kind_of(name: str) -> str:
    """What a member is, by its name. Raises NoBackup for a name no backup has."""
    if name in (HEAD, LIST, END):
        return {HEAD: "head", LIST: "list", END: "end"}[name]
    for kind, form in (("table", _TABLE), ("object", _OBJECT), ("manifest", _MANIFEST)):
        if form.fullmatch(name):
            return kind
    raise NoBackup(f"có tên lạ {name[:80]!r}")


def header(name: str, size: int) -> bytes:
    """The one header that a member of this name and size has."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")


class Writer:
    """Writes members one after another; `close` adds the list and the end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._listed: list[tuple[str, str]] = []

    def add(self, name: str, content: bytes) -> None:
        self._begin(name, len(content))
        self._file.write(content)
        self._finish(name, len(content), hashlib.sha256(content).hexdigest())

    def add_stream(self, name: str, stream: BinaryIO, size: int) -> str:
        """Copies exactly `size` bytes; returns their digest. Raises NoBackup when the stream is shorter or longer."""
        self._begin(name, size)
        hasher, left = hashlib.sha256(), size
        while left and (chunk := stream.read(min(CHUNK, left))):
            hasher.update(chunk)
            self._file.write(chunk)
            left -= len(chunk)
        if left or stream.read(1):
            raise Invalid(f"Tệp {name} trong kho không có kích thước như danh mục ghi. Hãy chạy “kho verify”.")
        digest = hasher.hexdigest()
        self._finish(name, size, digest)
        return digest

    def _begin(self, name: str, size: int) -> None:
        self._file.write(header(name, size))

    def _finish(self, name: str, size: int, digest: str) -> None:
        self._file.write(bytes(-size % BLOCK))
        self._listed.append((digest, name))

    def close(self, counts: dict[str, Any]) -> str:
        """Returns the digest of the list, which stands for the whole backup."""
        content = "".join(f"{digest}  {name}\n" for digest, name in self._listed).encode()
        digest = hashlib.sha256(content).hexdigest()
        self.add(LIST, content)
        end = {**counts, "members": len(self._listed) - 1, "list_sha256": digest}
        self.add(END, _line(end))
        self._file.write(bytes(2 * BLOCK))
        return digest


@dataclass
class Member:
    """One member at the reader's place. Read it before the next is asked for; what is left is passed over."""

    name: str
    kind: str
    size: int
    _file: BinaryIO
    _left: int = field(init=False)

    def __post_init__(self) -> None:
        self._left = self.size

    @property
    def table(self) -> str:
        return self.name.split("/")[1]

    @property
    def digest(self) -> str:
        """What an object must be."""
        return self.name.rpartition("/")[2]

    def read(self, size: int = -1, /) -> bytes:
        content = self._file.read(self._left if size < 0 else min(size, self._left))
        if not content and self._left and size != 0:
            raise NoBackup("tệp bị cắt cụt")
        self._left -= len(content)
        return content

    def skip(self) -> None:
        self._file.seek(self._left, 1)
        self._left = 0


def members(file: BinaryIO) -> Iterator[Member]:
    """All members from the beginning. Raises NoBackup at the first thing that is not as this program writes it."""
    file.seek(0)
    stage, last = "", ""
    while True:
        block = file.read(BLOCK)
        if block == bytes(BLOCK):
            break
        name, size = _name_and_size(block)
        kind = kind_of(name)
        if header(name, size) != block:
            raise NoBackup(f"đầu mục {name} không đúng dạng")
        if size > _MOST.get(kind, size):
            raise NoBackup(f"{name} lớn bất thường")
        _in_order(stage, kind, last, name)
        stage, last = kind, name
        member = Member(name, kind, size, file)
        yield member
        member.skip()
        if file.read(-size % BLOCK).strip(b"\0"):
            raise NoBackup(f"có dữ liệu thừa sau {name}")
    if stage != "end" or file.read(BLOCK + 1) != bytes(BLOCK):
        raise NoBackup("tệp bị cắt cụt hoặc có dữ liệu thừa ở cuối")


def _in_order(stage: str, kind: str, last: str, name: str) -> None:
    """Head, tables, objects, manifests, list, end; the head first and no object or manifest twice."""
    before = _ORDER.index(stage) if stage else -1
    now = _ORDER.index(kind)
    fine = kind == "head" if not stage else before <= now
    if stage == kind and (kind in ("head", "list", "end") or (kind in ("object", "manifest") and name <= last)):
        fine = False
    if not fine:
        raise NoBackup(f"{name} không ở đúng chỗ")


def _name_and_size(block: bytes) -> tuple[str, int]:
    if len(block) < BLOCK:
        raise NoBackup("tệp bị cắt cụt")
    try:
        info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
    except (tarfile.HeaderError, ValueError) as error:
        raise NoBackup("có đầu mục không đọc được") from error
    if not 0 <= info.size < 8 * 2**30:
        raise NoBackup("có mục kích thước không hợp lệ")
    return info.name, info.size


@dataclass
class Contents:
    """What a checked backup says of itself."""

    head: dict[str, Any]
    end: dict[str, Any]


def check(file: BinaryIO, total: int, told: Told = lambda done, total: None) -> Contents:
    """Read everything and compare it with the list and the end. `total` is the file's size, for the progress."""
    listed: list[tuple[str, str]] = []
    head: dict[str, Any] = {}
    end: dict[str, Any] = {}
    promised = b""
    counts: dict[str, Any] = {"rows": {}, "objects": 0, "manifests": 0}
    for member in members(file):
        content = b""
        hasher = hashlib.sha256()
        while chunk := member.read(CHUNK):
            hasher.update(chunk)
            if member.kind in ("head", "list", "end"):
                content += chunk
            elif member.kind == "table":
                counts["rows"][member.table] = counts["rows"].get(member.table, 0) + chunk.count(b"\n")
        digest = hasher.hexdigest()
        if member.kind == "object":
            counts["objects"] += 1
            if digest != member.digest:
                raise NoBackup(f"nội dung của {member.name} đã bị thay đổi")
        counts["manifests"] += member.kind == "manifest"
        if member.kind == "head":
            head = _json(content, member.name)
        if member.kind == "list":
            promised = content
        elif member.kind == "end":
            end = _json(content, member.name)
            if _line(end) != content:
                raise NoBackup(f"{member.name} không đúng dạng")
        else:
            listed.append((digest, member.name))
        told(min(file.tell(), total), total)
    if promised != "".join(f"{digest}  {name}\n" for digest, name in listed).encode():
        raise NoBackup("nội dung không khớp danh sách SHA256SUMS")
    rows = {name: counts["rows"].pop(name, 0) for name in head.get("tables", ())}
    if counts["rows"]:
        raise NoBackup(f"có bảng lạ {min(counts['rows'])}")
    counts |= {"rows": rows, "members": len(listed), "list_sha256": hashlib.sha256(promised).hexdigest()}
    if end != counts:
        raise NoBackup("số lượng không khớp phần kết thúc")
    return Contents(head, end)


def _line(end: dict[str, Any]) -> bytes:
    return (json.dumps(end, sort_keys=True) + "\n").encode()


def _json(content: bytes, name: str) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NoBackup(f"{name} không đọc được") from error
    if not isinstance(found, dict):
        raise NoBackup(f"{name} không đọc được")
    return found
