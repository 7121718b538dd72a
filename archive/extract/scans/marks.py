"""What stands in the QR code of a separator sheet, and the code itself as lines to draw. Pure but for the encoder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

import zxingcpp

_MARK = re.compile(r"kho:1:([^:]{1,200}):([^:]{0,200}):([0-9]{4})")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the pages after a separator sheet belong: codes of unit and criterion ("" for none), the year."""

    unit: str
    criterion: str
    year: int

    @property
    def text(self) -> str:
        """As the code holds it, in plain letters: older readers guess wrongly at others."""
        return f"kho:1:{quote(self.unit, safe='')}:{quote(self.criterion, safe='')}:{self.year:04}"


def read_mark(text: str) -> Mark | None:
    """None for the codes of others."""
    found = _MARK.fullmatch(text)
    return Mark(unquote(found[1]), unquote(found[2]), int(found[3])) if found else None


def squares_of(mark: Mark) -> list[list[bool]]:
    """The code as rows of squares, dark ones True, without its quiet border."""
    code = zxingcpp.create_barcode(mark.text, zxingcpp.BarcodeFormat.QRCode, ec_level="H")
    points = memoryview(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))
    height, width = points.shape or (0, 0)
    return [[points[row, column] == 0 for column in range(width)] for row in range(height)]
