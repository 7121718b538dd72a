"""Old Word files, by catdoc."""

from __future__ import annotations

from pathlib import Path

from archive.extract.containers import ole
from archive.extract.legacy.decoding import settle
from archive.extract.outcome import Reading, Refusal, split_pages
from archive.extract.process import tools
from archive.extract.process.limits import Limits
from archive.extract.status import Status

# It takes hundredths of one; damaged files send it round in circles.
_SECONDS = 4
# Its own lists drop the code of a soft hyphen, which is the letter ư in TCVN3; the system's settings may be absent.
_SETTINGS = "source_charset = cp1252\nmap_path = {folder}:/usr/share/catdoc\n"
_SIGNS = '001C "\\t"\n001E "-"\n'


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """The text as one page; what is in a pre-Unicode font is told by its words."""
    if ole.word_is_encrypted(path):
        raise Refusal(Status.ENCRYPTED, "Word document with a password")
    if not tools.available("catdoc"):
        raise Refusal(Status.UNSUPPORTED, "catdoc is not installed", convert="doc")
    _set_up(folder)
    # -w: one line per paragraph, not one per 72 letters.
    command = ["catdoc", "-w", "-f", "kho", "-s", "cp1252", "-d", "utf-8", str(path)]
    said = tools.run(command, folder, most=limits.text_chars * 3, seconds=_SECONDS)
    if said.code != 0 and not said.output.strip():
        raise Refusal(Status.CORRUPT, said.errors[:200])
    text = said.output
    if "encrypted" in said.errors.lower():
        raise Refusal(Status.ENCRYPTED, said.errors[:200])
    if text.startswith("[This was fast-saved"):
        text = text.partition("\n")[2]
    warnings = ["text_truncated"] if said.cut else []
    text, more = settle(text)
    # catdoc knows neither fonts (which letters are shown as capitals) nor numbers of lists nor pictures: a second run does.
    return Reading(split_pages(text), warnings + more, convert="doc")


def _set_up(folder: Path) -> None:
    (folder / ".catdocrc").write_text(_SETTINGS.format(folder=folder))
    (folder / "kho.specchars").write_text(_SIGNS)
    (folder / "kho.replchars").write_text("")
