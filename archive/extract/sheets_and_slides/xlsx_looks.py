"""Number formats and hidden parts of an .xlsx, which calamine does not tell: read from its XML."""

from __future__ import annotations

import posixpath
import re

from archive.extract.containers.package import Package
from archive.extract.process import safe_xml
from archive.extract.sheets_and_slides.looks import Looks, column_of
from archive.extract.sheets_and_slides.number_format import BUILT_IN

_RELATION_ID = re.compile(r"\{http://[^}]*/relationships\}id")
# A large sheet is looked through by its letters: parsing it whole would take more memory than the text is worth.
_PIECE = re.compile(rb"<(?:\w{1,20}:)?(row|col|c)\s([^<>]{1,500})>")
# As Excel, LibreOffice and openpyxl write them; a tenth of the time.
_USUAL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"(?: t="\w{1,9}")? s="(\d{1,6})"')
_ROW_OR_COLUMN = re.compile(rb"<(?:\w{1,20}:)?(row|col)\s([^<>]{1,500})>")
_MOST_CELLS = 200_000  # beyond them cells are shown without their formats
_ATTRIBUTE = re.compile(rb'(\w+)\s*=\s*["\']([^"\']*)["\']')
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_LONGEST = 60 << 20
_MOST_COLUMNS = 16_384
_YES = (b"1", b"true", b"on")


def of(package: Package) -> dict[str, Looks]:
    """How each sheet looks, by its name; a sheet whose part is not found is left out."""
    if "xl/workbook.xml" not in package.names:
        return {}
    targets = _targets(package)
    codes = _codes(package)
    found: dict[str, Looks] = {}
    for sheet in safe_xml.parse(package.read("xl/workbook.xml")).iterfind("{*}sheets/{*}sheet"):
        identity = next((value for key, value in sheet.attrib.items() if _RELATION_ID.fullmatch(str(key))), "")
        target = targets.get(str(identity))
        if target is None or target not in package.names:
            continue
        looks = _sheet(package.read(target)[:_LONGEST], codes)
        looks.hidden = sheet.get("state", "visible") in ("hidden", "veryHidden")
        found[sheet.get("name", "")] = looks
    return found


def _targets(package: Package) -> dict[str, str]:
    name = "xl/_rels/workbook.xml.rels"
    if name not in package.names:
        return {}
    return {
        relation.get("Id", ""): posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")
        for relation in safe_xml.parse(package.read(name))
    }


def _codes(package: Package) -> list[str]:
    """The format of each style of cells."""
    if "xl/styles.xml" not in package.names:
        return []
    root = safe_xml.parse(package.read("xl/styles.xml"))
    own = {
        element.get("numFmtId", ""): element.get("formatCode", "") for element in root.iterfind("{*}numFmts/{*}numFmt")
    }
    found = []
    for style in root.iterfind("{*}cellXfs/{*}xf"):
        number = style.get("numFmtId", "0")
        built_in = BUILT_IN.get(int(number), "") if number.isdecimal() else ""
        found.append(own.get(number, built_in))
    return found


def _sheet(content: bytes, codes: list[str]) -> Looks:
    looks = Looks()
    row, column = -1, -1
    usual = not any(codes) or content.count(b"<c ") == content.count(b'<c r="')
    if usual:
        _note_usual(looks, content, codes)
    for count, match in enumerate((_ROW_OR_COLUMN if usual else _PIECE).finditer(content)):
        kind = match[1]
        if kind == b"c" and count > _MOST_CELLS:
            break
        values = dict(_ATTRIBUTE.findall(match[2]))
        if kind == b"c":
            if address := _ADDRESS.fullmatch(values.get(b"r", b"").decode("ascii", "replace")):
                column = column_of(address[1])
            else:
                column += 1  # some programs leave addresses out
            style = values.get(b"s", b"0")
            if style.isdigit() and int(style) < len(codes) and (code := codes[int(style)]):
                looks.codes[row, column] = code
        elif kind == b"row":
            row = int(values[b"r"]) - 1 if values.get(b"r", b"").isdigit() else row + 1
            column = -1
            if values.get(b"hidden") in _YES:
                looks.rows.add(row)
        elif values.get(b"hidden") in _YES:
            first, last = values.get(b"min", b""), values.get(b"max", b"")
            if first.isdigit() and last.isdigit():
                looks.columns.update(range(int(first) - 1, min(int(last), _MOST_COLUMNS)))
    return looks


def _note_usual(looks: Looks, content: bytes, codes: list[str]) -> None:
    wanted = {str(style).encode(): code for style, code in enumerate(codes) if code}
    columns: dict[bytes, int] = {}
    for count, match in enumerate(_USUAL.finditer(content) if wanted else ()):
        if count > _MOST_CELLS:
            return
        letters, row, style = match.groups()
        if (code := wanted.get(style)) is not None:
            if letters not in columns:
                columns[letters] = column_of(letters.decode())
            looks.codes[int(row) - 1, columns[letters]] = code
