"""The box a child runs in: bubblewrap where it really works, else only limits and a session of its own."""

from __future__ import annotations

import compileall
import functools
import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# Isolated and without site: a third of the usual start time, and nothing in the folder can be imported.
_PYTHON_OPTIONS = ("-I", "-S", "-B", "-X", "utf8")
_BOOT = "import sys; n = int(sys.argv[1]); sys.path[:0] = sys.argv[2:2 + n]; import archive.extract.process.child as c; c.main()"
_PARSERS = (
    "lxml", "python_calamine", "pypdfium2", "pypdfium2_raw", "PIL", "pi_heif", "asn1crypto", "cryptography", "libarchive",
    "oxmsg", "olefile",
)  # fmt: skip
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/ld.so.cache", "/etc/fonts")
_INSIDE = "/input"
_EXTRACT = Path(__file__).parents[1]
_PROBE_SECONDS = 15
PATH = "/usr/local/bin:/usr/bin:/bin"
TOOLS = ("pdftotext", "pdfinfo", "pdftoppm", "pdfimages", "pdftohtml", "catdoc", "catppt", "tesseract", "soffice")


@dataclass(frozen=True)
class Box:
    """How to start a child: its argument list, environment, and the path it sees the file under."""

    command: tuple[str, ...]
    environment: dict[str, str]
    input_path: str


def box(path: Path, folder: Path, *, isolate: bool | None = None) -> Box:
    """The box for reading `path` with `folder` as the only place to write.

    `isolate` forces bubblewrap on or off; by default it is used where it works.
    """
    _compile_readers()
    python = (os.path.realpath(sys.executable), *_PYTHON_OPTIONS, "-c", _BOOT)
    roots = _import_roots()
    child = (*python, str(len(roots)), *roots)
    environment = {
        "PATH": PATH,
        "LC_ALL": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "OMP_THREAD_LIMIT": "1",
    }
    if not (works() if isolate is None else isolate):
        return Box(child, environment, str(path))
    return Box((*_wrapped(path, folder), *child), environment, _INSIDE)


def office_box(path: Path, folder: Path, ending: str, command: tuple[str, ...], *, isolate: bool | None = None) -> Box:
    """The box for LibreOffice: `command` gets the file, named "input.<ending>", as its last argument."""
    environment = {
        "PATH": PATH,
        "LC_ALL": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "SAL_USE_VCLPLUGIN": "svp",
    }
    name = f"{_INSIDE}.{ending}"
    if works() if isolate is None else isolate:
        wrapper = _wrapped(path, folder, name=name, more=("/etc/libreoffice", "/etc/passwd", "/etc/group"))
        return Box((*wrapper, *command, name), environment, name)
    link = folder / f"input.{ending}"
    link.symlink_to(path)
    return Box((*command, str(link)), environment, str(link))


@functools.cache
def _compile_readers() -> None:
    """Byte-compile what children load: they may not write, and would each compile it again."""
    compileall.compile_dir(_EXTRACT, quiet=2)


@functools.cache
def works() -> bool:
    """Whether bubblewrap can be used here: found out once, by starting the very box a file would get."""
    return _why_not() is None


@functools.cache
def _why_not() -> str | None:
    if shutil.which("bwrap") is None:
        return "chưa cài bubblewrap"
    probe = Path(__file__)
    command = (*_wrapped(probe, probe.parent, writable=False), os.path.realpath(sys.executable), "-I", "-S", "-c", "")
    try:
        ended = subprocess.run(
            command, capture_output=True, timeout=_PROBE_SECONDS, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap không chạy được: {error}"
    if ended.returncode != 0:
        said = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        return "bubblewrap không chạy được: " + (said[-1] if said else f"mã {ended.returncode}")
    return None


def describe() -> dict[str, object]:
    """What protects the server here, for `kho doctor`: keys `isolated`, `sentence`, `tools` (name -> found)."""
    reason = _why_not()
    if reason is None:
        sentence = "Việc đọc chữ chạy trong hộp cách ly (bubblewrap): không mạng, không thấy dữ liệu khác."
    else:
        sentence = (
            "Việc đọc chữ chạy trong tiến trình riêng có giới hạn thời gian và bộ nhớ, "
            f"nhưng chưa cách ly được mạng và thư mục ({reason})."
        )
    return {
        "isolated": reason is None,
        "sentence": sentence,
        "tools": {name: shutil.which(name, path=PATH) is not None for name in TOOLS},
    }


def _wrapped(
    path: Path, folder: Path, *, writable: bool = True, name: str = _INSIDE, more: tuple[str, ...] = ()
) -> tuple[str, ...]:
    arguments = ["bwrap", "--unshare-all", "--die-with-parent", "--cap-drop", "ALL", "--dev", "/dev"]
    if more:
        arguments += ["--tmpfs", "/tmp", "--proc", "/proc"]  # noqa: S108 - LibreOffice keeps its socket nowhere else; empty, and gone with it
    visible = dict.fromkeys((*_SYSTEM, *more, sys.base_prefix, str(_EXTRACT.parent), *_site_folders()))
    for shown in visible:
        arguments += ["--ro-bind-try", shown, shown]
    arguments += ["--ro-bind", str(path), name]
    if writable:
        arguments += ["--bind", str(folder), str(folder)]
    arguments += ["--chdir", "/", "--remount-ro", "/"]
    return tuple(arguments)


def _import_roots() -> tuple[str, ...]:
    return (str(_EXTRACT.parents[1]), *_site_folders())


@functools.cache
def _site_folders() -> tuple[str, ...]:
    """Folders the parsers are installed in, found without importing them."""
    folders: dict[str, None] = {}
    for name in _PARSERS:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            folders[str(Path(spec.origin).parents[1])] = None
    return tuple(folders)
