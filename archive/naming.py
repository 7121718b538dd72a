"""File names people give: kept for showing, never used as a path."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 255
# What systems, recycle bins and previews of network drives leave beside people's files, and files that are not whole yet.
_LITTER_FOLDERS = re.compile(
    r"(?:__MACOSX|@eaDir|\.@__\w+|@Recycle|#recycle|#snapshot|\$RECYCLE\.BIN|RECYCLER|System Volume Information|"
    r"lost\+found|\.Trash.*|\.AppleDouble|\.Spotlight-V100|\.fseventsd)",
    re.IGNORECASE,
)
_LITTER_FILES = re.compile(
    r"(?:(?:eh)?thumbs\.db|desktop\.ini|\.DS_Store|~\$.*|\._.*|\.~lock\..*|\.nfs[0-9a-f]+|.*\.(?:part|partial|tmp|crdownload|"
    r"filepart|download|opdownload|swp))",
    re.IGNORECASE,
)
# Bidirectional controls make "exe.pdf" out of "fdp.exe"; they have no place in a Vietnamese file name.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean_filename(name: str) -> str:
    """The last part of a name, NFC, without control and direction characters, at most 255 bytes of UTF-8.

    The ending (".pdf") survives shortening. An empty result becomes "tep-khong-ten".
    """
    name = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    name = re.split(r"[/\\]", name)[-1]
    name = _BIDI.sub("", name)
    name = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in name)
    name = " ".join(name.split())
    if name in {"", ".", ".."}:
        return "tep-khong-ten"
    if len(name.encode()) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 16:
        stem, dot, ending = name, "", ""
    room = LONGEST - len((dot + ending).encode())
    # Cutting bytes may split a letter; the half is dropped.
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip() + dot + ending


def is_litter(path: str) -> bool:
    """Whether a file, named with the folders it lies in, is nobody's: left by a system or by a program, or not whole yet."""
    *folders, name = re.split(r"[/\\]", path)
    return any(_LITTER_FOLDERS.fullmatch(one) for one in (*folders, name)) or bool(_LITTER_FILES.fullmatch(name))


def has_direction_controls(name: str) -> bool:
    """True when a name holds characters that reorder how it is displayed."""
    return _BIDI.search(name) is not None


def extension(name: str) -> str:
    """Lower-case ending without its dot, of the cleaned name; "" when there is none."""
    stem, dot, ending = clean_filename(name).rpartition(".")
    return ending.strip().lower() if dot and stem else ""
