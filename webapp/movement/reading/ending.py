"""Recipients and signer from the end of a document, whose two columns may come one after the other or mixed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.lines import Line
from webapp.movement.reading.spelling import folded, is_capitals
from webapp.movement.reading.zones import AUTHORITY

_RECIPIENTS = re.compile(r"nơi nhận\s?:?\s?")
_DASH = re.compile(r"[-–—−+•] ?(?=\S)")
_RANK = r"(?:(?:ThS|TS|PGS|GS|BS|Đại tá|Thượng tá|Trung tá|Thiếu tá|Đại úy)\.? ){0,3}"
_WORD = r"[A-ZĐÀ-Ỹ][a-zđà-ỹ]{0,8}"
_NAME = re.compile(rf"{_RANK}(?P<name>{_WORD}(?: {_WORD}){{1,4}})")
_NAME_IN_CAPITALS = re.compile(r"[A-ZĐÀ-Ỹ]{1,9}(?: [A-ZĐÀ-Ỹ]{1,9}){1,4}")
_SIGNED = re.compile(r"\(?\s?(?:đã ký|ký tên|ký, ghi rõ|chữ ký)")


def read_end(lines: Sequence[Line], doubts: Doubts) -> tuple[tuple[str, ...], str | None]:
    """Recipients as written (without their dash) and the signer's name."""
    recipients: list[str] = []
    signer: str | None = None
    listing = authority = False
    for cell in (cell for line in lines for cell in line.cells):
        heading = _RECIPIENTS.match(folded(cell))
        if heading:
            listing = True
            cell = cell[heading.end() :]
            if not cell:
                continue
        if is_capitals(cell) and AUTHORITY.fullmatch(cell):
            authority = True
        elif _SIGNED.match(folded(cell)):
            continue
        elif authority and not _DASH.match(cell) and (name := _name(cell)):
            signer = signer or name
        elif listing and _DASH.match(cell):
            recipients.append(_DASH.sub("", cell, count=1))
        elif listing and not is_capitals(cell):
            if recipients and not recipients[-1].endswith((";", ".")):
                recipients[-1] = f"{recipients[-1]} {cell}"
            elif not signer or not recipients:
                recipients.append(cell)
    if not recipients:
        doubts.add("recipients", "Không đọc được nơi nhận.")
    if signer is None:
        doubts.add("signer", "Không đọc được tên người ký.")
    return tuple(recipients), signer


def _name(cell: str) -> str | None:
    if match := _NAME.fullmatch(cell):
        return match["name"]
    if _NAME_IN_CAPITALS.fullmatch(cell) and not folded(cell).startswith(
        ("phường", "xã", "tỉnh", "thành phố", "ủy ban")
    ):
        return cell
    return None
