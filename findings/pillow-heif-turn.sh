#!/bin/sh
# pillow-heif keeps a picture's turn when EXIF is given as bytes, and loses it when the same EXIF is given as an object.
#
# One would guess: save(…, exif=exif) and save(…, exif=exif.tobytes()) write the same picture, as Pillow's own formats do.
# What happens: only of the bytes is the orientation made HEIF's own "irot", which readers follow. Of the object the tag
#   is written alone, and read back as 1 (upright): nobody turns the picture any more.
# Version: pillow-heif 1.8.1, Pillow 13.0.0. Source: pillow_heif/misc.py, _get_orientation, which looks into bytes and passes
#   over the error that an object raises; pillow_heif/heif.py, where _get_orientation_for_encoder asks it.
set -eu
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "pillow-heif==1.8.1" "Pillow==13.0.0" 2>/dev/null
"$folder/venv/bin/python" - <<'P'
import io

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()
exif = Image.Exif()
exif[0x0112] = 6  # a telephone held upright
seen = {}
for name, given in (("object", exif), ("bytes", exif.tobytes())):
    stream = io.BytesIO()
    Image.new("RGB", (80, 40), "white").save(stream, "HEIF", exif=given)
    read = Image.open(io.BytesIO(stream.getvalue()))
    seen[name] = (b"irot" in stream.getvalue(), read.size, read.getexif().get(0x0112))
    print(f"exif as {name}: irot written {seen[name][0]}, read as {read.size}, orientation {seen[name][2]}")
assert seen == {"object": (False, (80, 40), 1), "bytes": (True, (40, 80), 1)}, "changed"
P
