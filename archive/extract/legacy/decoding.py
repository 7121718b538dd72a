"""Text in pre-Unicode Vietnamese fonts: told by the font of each run, else by the words themselves.

Readers wrap what stands in such a font by `mark`; `settle` then decodes it, after looking at the whole text: many
files in proper Unicode still name an old font, and must come through unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

from archive.extract.legacy import missing, tables
from archive.extract.legacy.syllables import is_syllable


class Scheme(StrEnum):
    """An encoding, by the sign that opens its runs. The signs are of the private area, where no text is."""

    TCVN3 = "\U000f7001"
    CAPITALS = "\U000f7002"
    VNI = "\U000f7003"


_END = "\U000f7000"
_SIGN = re.compile("[\U000f7000-\U000f7003]")
_TCVN_FONT = re.compile(r"\.Vn[0-9A-Z]", re.IGNORECASE)
_VNI_FONT = re.compile(r"VNI[- ]", re.IGNORECASE)
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_FONT_ENDING = re.compile(
    r"(?:[ ,-]+(?:Tur|CE|Cyr|Greek|Baltic|Bold|Italic|Regular|BoldItalic|\(.*\)))+$", re.IGNORECASE
)

# Letters any Vietnamese text is full of and no legacy encoding can produce.
_UNICODE_ONLY = re.compile("[ăđơưĂĐƠƯ\u0300\u0301\u0303\u0309\u0323\u1ea0-\u1ef9]")
_HIGH = re.compile("[\u00a1-\u00ff]")
_TOKEN = re.compile("[A-Za-z]*[\u00a1-\u00ff][A-Za-z\u00a1-\u00ff]*")
_WORD = re.compile(r"[^\W\d_]+")

_SAMPLE = 200_000
_FEWEST = 3
_FEWEST_IN_A_LINE = 4


def scheme_of(font: str | None) -> Scheme | None:
    """The encoding of a font by its name, None for ordinary fonts."""
    if not font:
        return None
    font = _SUBSET.sub("", font.strip("\"' "))
    if _VNI_FONT.match(font):
        return Scheme.VNI
    if _TCVN_FONT.match(font):
        return Scheme.CAPITALS if _FONT_ENDING.sub("", font).endswith(("H", "h")) else Scheme.TCVN3
    return None


def mark(text: str, scheme: Scheme | None) -> str:
    """Text as it goes into the whole, with signs around it when it is in a legacy font."""
    text = _SIGN.sub("", text)
    return f"{scheme}{text}{_END}" if scheme is not None and text else text


def settle(text: str) -> tuple[str, list[str]]:
    """The text with legacy runs decoded and all signs removed, and warning codes."""
    runs = _runs(text)
    marked = "".join(run for scheme, run in runs if scheme is not None)[:_SAMPLE]
    # Unicode text has more of these letters than of the others with marks.
    doubtful = 4 * _count(_UNICODE_ONLY, marked) > _count(_HIGH, marked)
    parts, converted = [], False
    for scheme, run in runs:
        plain = run if scheme is None else _decoded(run, scheme, doubtful=doubtful)
        # What only lies in capitals was readable before.
        converted = converted or plain.casefold() != run.casefold()
        parts.append(plain)
    text, by_words = _by_words("".join(parts))
    if converted or by_words:
        return missing.restore(text), ["legacy_converted"]
    return text, ["legacy_font"] if looks_legacy(text) else []


def settle_all(pages: list[str]) -> tuple[list[str], list[str]]:
    """`settle` for pages (sheets, slides) that are judged together."""
    text, warnings = settle("\f".join(page.replace("\f", "\n") for page in pages))
    return text.split("\f") if pages else [], warnings


def looks_legacy(text: str) -> bool:
    """True when letters are Latin-1 in the density of Vietnamese marks, with no real Vietnamese letter."""
    sample = text[:_SAMPLE]
    marked = _count(_HIGH, sample)
    total = sum(map(str.isalpha, sample)) or 1
    if not (marked >= 5 and marked / total >= 0.15 and _count(_UNICODE_ONLY, sample) < marked / 4):
        return False
    return balance(sample) <= 0  # else these are Vietnamese words that happen to need no other letters


def _runs(text: str) -> list[tuple[Scheme | None, str]]:
    """Pieces of one scheme each; neighbours of one scheme are one, for a font may change inside a letter's codes."""
    found: list[tuple[Scheme | None, list[str]]] = []
    scheme: Scheme | None = None
    position = 0
    for match in [*_SIGN.finditer(text), None]:
        end = match.start() if match else len(text)
        if piece := text[position:end]:
            if found and found[-1][0] is scheme:
                found[-1][1].append(piece)
            else:
                found.append((scheme, [piece]))
        if match:
            scheme = None if match.group() == _END else Scheme(match.group())
            position = match.end()
    return [(scheme, "".join(pieces)) for scheme, pieces in found]


def _decoded(run: str, scheme: Scheme, *, doubtful: bool) -> str:
    if _UNICODE_ONLY.search(run):
        return run
    plain = _DECODERS[scheme](run)
    if not _HIGH.search(run):
        return run if doubtful else plain  # capitals, or nothing
    return plain if _is_better(balance(run), balance(plain), doubtful=doubtful) else run


def _is_better(before: int, after: int, *, doubtful: bool) -> bool:
    # Abbreviations are no words either way ("Q§" is QĐ): in a legacy text only real words speak against decoding.
    return after > before or (not doubtful and (before <= 0 or after == before))


_DECODERS: dict[Scheme, Callable[[str], str]] = {
    Scheme.TCVN3: tables.from_tcvn3,
    Scheme.CAPITALS: lambda text: tables.from_tcvn3(text, capitals=True),
    Scheme.VNI: tables.from_vni,
}


def _by_words(text: str) -> tuple[str, bool]:
    """Text whose fonts are not known: lines that make Vietnamese words only when decoded are decoded."""
    if _count(_HIGH, text) < _FEWEST:
        return text, False
    lines = re.split("([\n\f])", text)
    sample = "\n".join(line for line in lines if not _UNICODE_ONLY.search(line))[:_SAMPLE]
    scheme = best_scheme(sample)
    if scheme is None:
        return text, False
    whole = 4 * _count(_UNICODE_ONLY, text) < _count(_HIGH, text)
    decode, changed = _DECODERS[scheme], False
    for index, line in enumerate(lines):
        if not _HIGH.search(line) or _UNICODE_ONLY.search(line):
            continue
        plain = decode(line)
        tokens, before, after = len(_TOKEN.findall(line)), balance(line), balance(plain)
        if (whole and _is_better(before, after, doubtful=False)) or (
            tokens >= _FEWEST_IN_A_LINE and before <= 0 and after >= 0.6 * tokens
        ):
            lines[index], changed = plain, True
    return "".join(lines), changed


def best_scheme(sample: str) -> Scheme | None:
    """The encoding under which a text of unknown font becomes Vietnamese, None when it needs none."""
    tokens = len(_TOKEN.findall(sample))
    if tokens < _FEWEST:
        return None
    before = balance(sample)
    after, scheme = max((balance(_DECODERS[scheme](sample)), scheme) for scheme in (Scheme.TCVN3, Scheme.VNI))
    return scheme if after >= 0.4 * tokens and after - before >= 0.5 * tokens else None


def balance(text: str) -> int:
    """Words with marks that are Vietnamese syllables, less those that are not and letters that make no words."""
    good = bad = 0
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        if is_syllable(word):
            good += 1
        elif not (len(word) < 5 and word.isupper()):  # abbreviations ("QĐ", "NĐ") are no words in any encoding
            bad += 1
    return good - bad - _count(_STRAY, text)


# Signs inside words, as misread letters give ("Ch­¬ng", "®ång", "hµng").
_STRAY = re.compile("(?<=[A-Za-z])[\u00a1-\u00bf](?=[A-Za-z])")


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in pattern.finditer(text[:_SAMPLE]))
