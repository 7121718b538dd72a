#!/bin/sh
# pyHanko follows references in an array that is asked by number, and not in one that is gone through.
#
# One would guess: `for field in form["/Fields"]` gives the same objects as `form["/Fields"][0]`.
# What happens: indexing gives the dictionary, iterating (and list()) the bare reference, whose first use raises
#   AttributeError: 'IndirectObject' object has no attribute 'get'.
# Version: pyHanko 0.38.0, pypdf 7.1.0 (writes the file). Source: pyhanko/pdf_utils/generic.py, ArrayObject.__getitem__.
set -eu
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "pyHanko==0.38.0" "pypdf==7.1.0" 2>/dev/null
"$folder/venv/bin/python" - <<'P'
import io

import pypdf
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

writer = pypdf.PdfWriter()
writer.add_blank_page(100, 100)
field = writer._add_object(DictionaryObject({NameObject("/T"): TextStringObject("name")}))
writer._root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): ArrayObject([field])})
stream = io.BytesIO()
writer.write(stream)
fields = PdfFileReader(stream).root["/AcroForm"]["/Fields"]
by_number, in_turn = type(fields[0]).__name__, type(next(iter(fields))).__name__
print("fields[0]:", by_number, "- for field in fields:", in_turn)
assert (by_number, in_turn) == ("DictionaryObject", "IndirectObject"), "changed"
P
