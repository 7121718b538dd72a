"""Names of files in a bag: readable, and fit for Windows, Linux and a list of digests alike. Pure."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 150  # bytes of one name
# Letters of a path from the bag's root, "data/" included: with the folder it is copied to, Windows takes 259.
WHOLE = 179
_FORBIDDEN = re.compile(r'[<>:"/\\|?*%]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_NOTHING = "khong-ten"


def safe(text: str, *, most: int = LONGEST) -> str:
    """One part of a path: NFC, no characters that some system forbids, no white space but single blanks, at most
    `most` bytes. The same for the same text; never empty."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    # Separators, controls, direction marks, private and unassigned characters: a list of names must stay one per line.
    text = "".join(" " if unicodedata.category(letter)[0] in "ZC" else letter for letter in text)
    text = " ".join(_FORBIDDEN.sub("-", text).split())
    text = text.encode()[:most].decode("utf-8", "ignore").strip(" .")
    # "~" at the beginning is somebody's home to some programs.
    text = text.lstrip("~-. ") or _NOTHING
    return f"_{text}" if _RESERVED.fullmatch(text) else text


def file_name(stem: str, ending: str) -> str:
    """`stem` and an ending such as "pdf", together at most LONGEST bytes."""
    ending = safe(ending, most=16).lower() if ending else ""
    tail = f".{ending}" if ending else ""
    return safe(stem, most=LONGEST - len(tail.encode())) + tail


class Names:
    """Gives names that are free, also where capitals do not count; a name taken gets a number."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, folder: str, stem: str, mark: str, ending: str) -> str:
        """`folder`/`stem` `mark`.`ending`; the mark ("v2") is never cut off. With "data/" at most WHOLE letters."""
        number = 1
        while True:
            tail = f" {mark}" if number == 1 else f" {mark} ({number})"
            room = LONGEST - len(tail.encode()) - 17
            letters = max(WHOLE - len(f"data/{folder}/{tail}") - 17, 10)
            short = safe(safe(stem, most=room)[:letters])
            path = f"{folder}/{file_name(short + tail, ending)}"
            if (key := path.casefold()) not in self._taken:
                self._taken.add(key)
                return path
            number += 1


def is_cut(path: str, stem: str) -> bool:
    """Whether the file's name says less than `stem`."""
    return not path.rpartition("/")[2].startswith(safe(stem, most=10_000))


def is_plain(path: str) -> bool:
    """Whether a path of a bag is one that `safe` makes: relative, nothing that leads elsewhere or hides."""
    parts = path.split("/")
    return all(
        part
        and part == part.strip(" ")
        and part not in (".", "..")
        and len(part.encode("utf-8", "replace")) <= 255
        and not _FORBIDDEN.search(part)
        and unicodedata.is_normalized("NFC", part)
        and not any(unicodedata.category(letter)[0] in "ZC" and letter != " " for letter in part)
        for part in parts
    ) and not parts[0].startswith("~")
