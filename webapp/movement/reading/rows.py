"""Tables drawn with bars, brought to one row a line whatever way their cells are broken. Cells keep their own lines."""

from __future__ import annotations

import re

IN_CELL = "\x1f"  # between the lines of one cell; no such character is left in a text by then
_LONE_BAR = re.compile(r"[ \t]*\|[ \t]*")
_RULE = re.compile(r"[ \t]*:?-{2,}:?(?:[ \t]*\|[ \t]*:?-{2,}:?){1,40}[ \t]*")
_BREAK_TAG = re.compile(r"<br ?/?>")
_MOST_CELLS = 40


def straightened(text: str) -> str:
    """The text with every row of a drawn table on one line; cells broken over lines are parted by `IN_CELL`."""
    if "|" not in text:
        return _BREAK_TAG.sub("\n", text)
    found: list[str] = []
    lines = _with_outer_bars(text.split("\n"))
    place = 0
    while place < len(lines):
        line = lines[place]
        if _LONE_BAR.fullmatch(line):
            rows, place = _block(lines, place)
            found += rows
            continue
        found.append(_BREAK_TAG.sub(IN_CELL if line.lstrip().startswith("|") else "\n", line))
        place += 1
    return "\n".join(found)


def _with_outer_bars(lines: list[str]) -> list[str]:
    """Rows may be drawn without the bars at their ends; the rule below the first row tells."""
    for place, line in enumerate(lines):
        if place == 0 or "-|" not in line.replace(" ", "").replace(":", "") or not _RULE.fullmatch(line):
            continue
        for row in range(place - 1, len(lines)):
            if "|" not in lines[row]:
                break
            if not lines[row].lstrip().startswith("|"):
                lines[row] = f"|{lines[row]}"
    return lines


def row_cells(raw: str) -> list[str]:
    """The cells of a row "| a | b |", empty ones included."""
    raw = raw.strip().removeprefix("|")
    if raw.endswith("|") and not raw.endswith("\\|"):
        raw = raw[:-1]
    return [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", raw)]


def _block(lines: list[str], start: int) -> tuple[list[str], int]:
    """The rows of a table whose bars stand on lines of their own, and where the text goes on.

    Every cell ends with a bar, every row begins with one. How many cells a row has is told by the first one, which ends
    where two bars follow each other.
    """
    cells: list[list[str]] = []
    place = start + 1
    content: list[str] = []
    while place < len(lines):
        line = lines[place]
        if _LONE_BAR.fullmatch(line):
            cells.append(content)
            content = []
            following = lines[place + 1] if place + 1 < len(lines) else ""
            if not following.strip():
                place += 1
                break
        elif "\f" in line:
            break
        else:
            content += [line.strip()] if line.strip() else []
        place += 1
    if content or not cells:
        # No table after all: a bar that stands alone.
        return ["", *lines[start + 1 : place]], max(place, start + 1)
    return [f"|{'|'.join(IN_CELL.join(cell) for cell in row)}|" for row in _rows(cells)], place


def _rows(cells: list[list[str]]) -> list[list[list[str]]]:
    """Cells in rows. Between two rows stands a bar that looks like an empty cell."""
    width = next((place for place, cell in enumerate(cells) if not cell), len(cells))
    if width and width <= _MOST_CELLS and (len(cells) + 1) % (width + 1) == 0:
        steps = range(0, len(cells), width + 1)
        if all(not cells[step - 1] for step in steps if step):
            return [cells[step : step + width] for step in steps]
    rows: list[list[list[str]]] = [[]]
    for cell in cells:
        if cell:
            rows[-1].append(cell)
        elif rows[-1]:
            rows.append([])
    return [row for row in rows if row]
