#!/bin/sh
# calamine's rows begin with row 1 of the sheet, their cells with the first column that is used.
#
# One would guess: iter_rows() begins at A1, or else at the first used cell (`start`) in both directions.
# What happens: for a sheet whose only cell is C4, three empty rows come first, and the fourth has one cell, not three. Whoever
#   wants to know a cell's address must add start[1] to its column, but nothing to its row.
# Version: python-calamine 0.9.1, openpyxl 3.1.5 (writes the file). Source: python_calamine, CalamineSheet.iter_rows.
set -eu
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "python-calamine==0.9.1" "openpyxl==3.1.5" 2>/dev/null
cd "$folder"
"$folder/venv/bin/python" - <<'P'
import openpyxl
import python_calamine

book = openpyxl.Workbook()
book.active["C4"] = "x"
book.save("a.xlsx")
sheet = python_calamine.load_workbook("a.xlsx").get_sheet_by_index(0)
rows = list(sheet.iter_rows())
print("start:", sheet.start, "rows:", rows)
assert sheet.start == (3, 2) and rows == [[""], [""], [""], ["x"]], "changed"
P
