"""The block "Nơi nhận" under a document's text."""

from __future__ import annotations

import re
import unicodedata

_HEAD = re.compile(r"(?:^|[\n\t])\W{0,4}Nơi\s+(?:nhận|gửi)\W*?(?:\s*:|(?=\n))", re.IGNORECASE)
_ITEM = re.compile(r"^\s*[-–—+•*]+\s*(?=\S)")
_BLOCK = 6_000
_MOST_LINES = 60
_MOST = 60
_LONGEST = 200


def find(text: str) -> list[str]:
    """Who receives the document, without dashes, as listed; empty when there is no such block."""
    heads = list(_HEAD.finditer(unicodedata.normalize("NFC", text)))
    for head in reversed(heads):
        if found := _listed(unicodedata.normalize("NFC", text)[head.end() : head.end() + _BLOCK]):
            return found
    return []


def _listed(block: str) -> list[str]:
    found: list[str] = []
    finished = True
    for line in re.split(r"[\n\t]| {4,}", block)[:_MOST_LINES]:
        words = " ".join(line.split())
        if not words:
            continue
        item = _ITEM.match(words)
        if item:
            found.append(words[item.end() :])
        elif found and not finished and words != words.upper() and len(words) < 100:
            found[-1] += " " + words  # an item that goes on in the next line
        elif not found and words[0].isdigit():
            break
        else:
            if found and re.match(r"Lưu\b", found[-1]):
                break
            continue  # the column of the signature, between items
        finished = found[-1].endswith((";", ".", ",", "./."))
        if finished and re.match(r"Lưu\b", found[-1]):
            break
        if len(found) >= _MOST:
            break
    return [name for item in found if (name := item.strip(" ;.,*_")[:_LONGEST])]
