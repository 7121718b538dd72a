"""BagIt 1.0 (RFC 8493): a folder with its list of digests. Written here, checked here and by the `bagit` package.

The package itself writes version 0.97 and changes the process's folder while it does, which threads do not bear; and
it lets pass names with white space that other validators refuse. So it is asked last, about what is already strict.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import bagit  # type: ignore[import-untyped]

from webapp.core.errors import Invalid
from webapp.handover.container import CHUNK, Told
from webapp.handover.names import is_plain

MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
TAGS = ("bagit.txt", "bag-info.txt", MANIFEST)
_LINE = re.compile(r"([0-9a-f]{64})  ([^\n]+)")
_INFO = re.compile(r"([A-Za-z][A-Za-z0-9-]*): ([^\n]*)")

# What it finds is said in our own words; its log would put lines of another language beside them.
logging.getLogger("bagit").setLevel(logging.CRITICAL + 1)


class BadBag(Invalid):
    """It is no bag, or not whole."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"Gói hồ sơ không hợp lệ, chưa nhập gì: {detail}.")


class BagWriter:
    """Fills a new folder; `close` writes the lists. Paths are below data/, with "/"."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir()
        self._digests: dict[str, str] = {}
        self.size = 0

    def add(self, path: str, content: bytes) -> None:
        target = self._place(path)
        target.write_bytes(content)
        self._digests[path] = hashlib.sha256(content).hexdigest()
        self.size += len(content)

    def add_stream(self, path: str, stream: BinaryIO) -> str:
        """Returns the digest of what was copied."""
        hasher = hashlib.sha256()
        with self._place(path).open("xb") as file:
            while chunk := stream.read(CHUNK):
                hasher.update(chunk)
                file.write(chunk)
                self.size += len(chunk)
        self._digests[path] = hasher.hexdigest()
        return self._digests[path]

    def adopt(self, path: str) -> None:
        """A file that was written below data/ by somebody else."""
        digest, size = _digest_of(self.data / path)
        self._digests[path] = digest
        self.size += size

    def _place(self, path: str) -> Path:
        target = self.data / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def close(self, info: list[tuple[str, str]]) -> None:
        oxum = ("Payload-Oxum", f"{self.size}.{len(self._digests)}")
        lines = [f"{name}: {' '.join(value.split())}\n" for name, value in (*info, oxum)]
        listed = [f"{self._digests[path]}  data/{path}\n" for path in sorted(self._digests)]
        contents = {
            "bagit.txt": DECLARATION,
            "bag-info.txt": "".join(lines).encode(),
            MANIFEST: "".join(listed).encode(),
        }
        tags = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in contents.items()]
        for name, content in {**contents, TAG_MANIFEST: "".join(tags).encode()}.items():
            (self.folder / name).write_bytes(content)


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag that was checked: digests by path (with data/), and what bag-info.txt says."""

    folder: Path
    digests: dict[str, str]
    info: dict[str, str]


def check_bag(folder: Path, told: Told = lambda done, total: None) -> Bag:
    """Read a bag whole. Raises BadBag with the first thing that is wrong."""
    if folder.is_symlink() or not folder.is_dir():
        raise BadBag(f"{folder} không phải là thư mục")
    sizes = dict(_files(folder))
    for name in (*TAGS, TAG_MANIFEST):
        if name not in sizes:
            raise BadBag(f"thiếu {name}")
    if (folder / "bagit.txt").read_bytes() != DECLARATION:
        raise BadBag("bagit.txt không ghi phiên bản 1.0, UTF-8")
    if stray := sorted(name for name in sizes if not name.startswith("data/") and name not in (*TAGS, TAG_MANIFEST)):
        raise BadBag(f"có tệp lạ {stray[0]}")
    tags = _listed(folder, TAG_MANIFEST)
    if set(tags) != set(TAGS):
        raise BadBag(f"{TAG_MANIFEST} không kê đủ các tệp mô tả")
    digests = _listed(folder, MANIFEST)
    payload = {name for name in sizes if name.startswith("data/")}
    if missing := sorted(digests.keys() - payload):
        raise BadBag(f"thiếu tệp {missing[0]}")
    if extra := sorted(payload - digests.keys()):
        raise BadBag(f"có tệp ngoài danh sách {extra[0]}")
    info = _info(folder)
    if info.get("Payload-Oxum") != f"{sum(sizes[name] for name in payload)}.{len(payload)}":
        raise BadBag("tổng dung lượng không khớp Payload-Oxum")
    for number, (name, digest) in enumerate({**tags, **digests}.items(), start=1):
        if _digest_of(folder / name)[0] != digest:
            raise BadBag(f"nội dung của {name} đã bị thay đổi")
        told(number, len(tags) + len(digests))
    _ask_the_package(folder)
    return Bag(folder, digests, info)


def _ask_the_package(folder: Path) -> None:
    """Names and structure as others see them; digests were read above."""
    try:
        bagit.Bag(str(folder)).validate(completeness_only=True)
    except bagit.BagError as error:
        raise BadBag(str(error) or type(error).__name__) from error


def _files(folder: Path) -> Iterator[tuple[str, int]]:
    """(path, size) of everything in the folder. Raises BadBag for whatever is no plain file or folder."""
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                path = Path(entry.path)
                name = path.relative_to(folder).as_posix()
                mode = entry.stat(follow_symlinks=False).st_mode
                if stat.S_ISDIR(mode):
                    waiting.append(path)
                elif stat.S_ISREG(mode):
                    yield name, entry.stat(follow_symlinks=False).st_size
                else:
                    raise BadBag(f"{name!a} là liên kết hoặc không phải tệp thường")


def _listed(folder: Path, name: str) -> dict[str, str]:
    """Digests by path, as a list gives them. Nothing is opened by these names before they are found plain."""
    try:
        text = (folder / name).read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadBag(f"{name} không phải là UTF-8") from error
    found: dict[str, str] = {}
    folded: set[str] = set()
    if not text.endswith("\n") or "\r" in text:
        raise BadBag(f"{name} không đúng dạng")
    for number, line in enumerate(text[:-1].split("\n"), start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise BadBag(f"{name}, dòng {number} không đúng dạng")
        digest, path = match.groups()
        if not is_plain(path) or (name == MANIFEST) != path.startswith("data/"):
            raise BadBag(f"{name}, dòng {number} có đường dẫn không được phép")
        if path.casefold() in folded:
            raise BadBag(f"{name}, dòng {number} trùng tên")
        folded.add(path.casefold())
        found[path] = digest
    return found


def _info(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / "bag-info.txt").read_bytes().decode("utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise BadBag("bag-info.txt không phải là UTF-8") from error
    matches = [_INFO.fullmatch(line) for line in lines]
    found = {match.group(1): match.group(2) for match in matches if match is not None}
    if None in matches or len(found) != len(lines):
        raise BadBag("bag-info.txt không đúng dạng")
    return found


def _digest_of(path: Path) -> tuple[str, int]:
    hasher, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            hasher.update(chunk)
            size += len(chunk)
    return hasher.hexdigest(), size
