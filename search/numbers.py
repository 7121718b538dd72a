"""Document numbers: 57-NQ/TW, 57 NQ TW, 57NQTW and 57-nq/tw all become one token, `#57nqtw`.

Two spellings are read: any letters tied to a number by dashes or strokes (15/BCA-X05), and a known kind of
document after a number however it is spaced. Leading zeros do not count (08/KH-UBND = 8/KH-UBND), a year keeps
its place (46/2024/NĐ-CP -> `#46_2024ndcp`), TƯ is TW.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from search.vietnamese import MARKS, fold, forms, normalise

_KIND_WORDS = (
    "nq qđ qd ct ctr tb hd kh pa đa da bc bb ttr hđ cv cđ gm gt gnp pg pc pb kl qc qyđ qyd nđ nd tt ttlt pl "
    "vbhn sl ctđt tc spb thb"
)
KINDS = tuple(_KIND_WORDS.split())
"""Abbreviations of kinds of papers (Decree 30/2020, Party guidance 36), also as typed without đ."""

_ISSUER_WORDS = (
    "tw tư tu\u031b cp ttg ubnd hđnd hdnd tu đu du hu qu đuq tđ bca bqp bnv btc bxd bct byt bgdđt bkhđt bkhcn btttt "
    "bvhttdl btnmt blđtbxh btp bgtvt ubmttq mttq mttw lđlđ ldld đtn hpn hccb hnd hlhpn btgtw btctw btgdvtw ubkttw "
    "bdvtw vptw bch btv đct bcđ bcd hđtđkt tđkt btđkt vp vpcp vpub ubtvqh qh ctn skhđt stc snv sxd syt sgdđt stp "
    "bchqs đbqh xddl ncpc"
)
ISSUERS = tuple(_ISSUER_WORDS.split())
"""Abbreviations of issuers that hold vowels or stand after a space; others are known by having no vowel."""

_DASH = r"\-/_\u2010-\u2015\u2212"
_LETTER = "A-Za-zĐđƯư\u031b"
_GAP = rf"[ \t\u00a0]{{0,2}}[.{_DASH}]?[ \t\u00a0]{{0,2}}"
_START = rf"(?<![^\W_])(?<!\d[.,{_DASH}])(?<![^\W_][\-/])"
_STOP = rf"(?![^\W_]|[{MARKS}])"
_DIGITS = r"(\d{1,3}(?:\.\d{3})+|\d{1,7})"


def _any_of(words: tuple[str, ...]) -> str:
    return "|".join(sorted(set(words), key=len, reverse=True))


_GROUP = rf"[{_LETTER}][{_LETTER}0-9]{{0,11}}"
_TIED = re.compile(rf"{_START}{_DIGITS}(?:[{_DASH}](\d{{4}}|\d{{2}}))?((?:[{_DASH}]{_GROUP}){{1,5}}){_STOP}")
_ISSUER = rf"(?:{_any_of(ISSUERS)}|qh\d\d?|[bcdđghklmnpqrstvwx]{{2,6}})"
_BETWEEN = rf"(?:[ \t\u00a0]{{1,2}}|[ \t\u00a0]{{0,2}}[.{_DASH}][ \t\u00a0]{{0,2}})"
# Every issuer ends at a word's end and they never touch, so there is one way to read a text and no backtracking blow-up.
_SPACED = re.compile(
    rf"{_START}{_DIGITS}(?:{_GAP}((?:19|20)\d\d))?{_GAP}({_any_of(KINDS)})"
    rf"((?:{_ISSUER})?{_STOP}(?:{_BETWEEN}{_ISSUER}{_STOP}){{0,4}})",
    re.IGNORECASE,
)
# Where a number may begin: digits before a dash, or before the first letters of a kind of paper, with a year between.
_KIND_STARTS = "|".join(sorted({re.escape(word[:2]) for word in KINDS}))
# A digit stands first in the pattern: that is what the engine can look for quickly.
_CANDIDATE = re.compile(
    rf"\d(?<!\d\d)(?<!\d[.,{_DASH}]\d)\d*+"
    rf"(?=(?:\.\d{{3}})*(?:[{_DASH}]|{_GAP}(?:(?:19|20)\d\d{_GAP})?(?:{_KIND_STARTS})))",
    re.IGNORECASE,
)
_MOST_DIGITS = 7
_KIND_NAMES = {(fold(kind),): fold(kind) for kind in KINDS} | {
    tuple(forms(part)[0] for part in name.split()): kind
    for name, kind in (
        ("báo cáo", "bc"), ("chỉ thị", "ct"), ("công điện", "cd"), ("công văn", "cv"), ("chương trình", "ctr"),
        ("đề án", "da"), ("giấy mời", "gm"), ("hướng dẫn", "hd"), ("kế hoạch", "kh"), ("kết luận", "kl"),
        ("nghị định", "nd"), ("nghị quyết", "nq"), ("phương án", "pa"), ("quy chế", "qc"), ("quyết định", "qd"),
        ("thông báo", "tb"), ("thông tư", "tt"), ("tờ trình", "ttr"),
    )
}  # fmt: skip
KIND_AND_DIGITS = re.compile(rf"({_any_of(tuple(fold(kind) for kind in KINDS))})(\d{{1,{_MOST_DIGITS}}})", re.ASCII)
_HEAD_CHARS = 2500
_SAID_AT_HEAD = re.compile(r"(?<![^\W_])S[ốỐ](?:\s*:|[ \t\u00a0])[\s*_]*(?=\d)")
_PARTS = re.compile(rf"[{_LETTER}0-9]+")
_KNOWN = frozenset(fold(word) for word in (*KINDS, *ISSUERS))
_VOWEL = re.compile("[aeiouy]")


class Number(NamedTuple):
    """A document number in a text.

    joined: the token, always beginning with `#`. certain: its letters are abbreviations, so a query means this
    number and nothing else. complete: nothing is missing at its end; an incomplete one is a prefix.
    """

    start: int
    end: int
    joined: str
    certain: bool
    complete: bool


def find_numbers(text: str) -> list[Number]:
    """Every document number of a text, in order, without overlaps (the longest reading wins)."""
    found = []
    # Both patterns begin with digits; trying them only where one may match is many times as fast as letting them look.
    for digits in _CANDIDATE.finditer(text):
        place = digits.start()
        if match := _TIED.match(text, place):
            found.append(_read_tied(match))
        if match := _SPACED.match(text, place):
            found.append(_read_spaced(match))
    found.sort(key=lambda number: (number.start, -number.end))
    kept: list[Number] = []
    for number in found:
        if not kept or number.start >= kept[-1].end:
            kept.append(number)
    return kept


def heading_number(text: str) -> str:
    """The joined token of the number a paper gives itself at its head, «Số: 57-NQ/TW»; "" where it gives none.

    Running text writes «Nghị quyết số 57-NQ/TW», with a small letter.
    """
    head = text[:_HEAD_CHARS]
    for said in _SAID_AT_HEAD.finditer(head):
        for pattern, read in ((_TIED, _read_tied), (_SPACED, _read_spaced)):
            match = pattern.match(text, said.end())
            if match and (number := read(match)).certain:
                return number.joined
    return ""


def named_numbers(words: Sequence[str]) -> list[str]:
    """Beginnings of the tokens of papers named by kind and number, «nghị quyết 57», «QĐ số 123», in folded words."""
    found = []
    for place, word in enumerate(words):
        if glued := KIND_AND_DIGITS.fullmatch(word):
            found.append(f"#{int(glued[2])}{glued[1]}")
        if not word.isdigit() or len(word) > _MOST_DIGITS:
            continue
        before = [other for other in words[max(0, place - 3) : place] if other != "so"]
        for length in (2, 1):
            kind = _KIND_NAMES.get(tuple(before[-length:]))
            if kind and len(before) >= length:
                found.append(f"#{int(word)}{kind}")
                break
    return found


def number_token(text: str) -> str:
    """The joined token of a field that holds one number, whatever its form; "" for an empty one."""
    found = find_numbers(text)
    if found:
        return found[0].joined
    bare = "".join(re.findall(r"[^\W_]+", fold(text)))
    return f"#{bare.lstrip('0') or bare}" if bare else ""


def _read_tied(match: re.Match[str]) -> Number:
    length, joined, certain, complete = _tied(*match.groups())
    return Number(match.start(), match.start(3) + length, joined, certain, complete)


@lru_cache(maxsize=20_000)
def _tied(digits: str, year: str | None, letters: str) -> tuple[int, str, bool, bool]:
    """How much of the letters belongs to the number, its token, certain, complete. Papers cite the same ones for ever."""
    groups = list(_PARTS.finditer(letters))
    plausible = 0
    while plausible < len(groups) and _is_abbreviation(groups[plausible].group()):
        plausible += 1
    # 57-NQ-TW-chuyen-doi-so.pdf: the number ends where ordinary words begin.
    used = groups[: plausible or len(groups)]
    names = [_letters(group.group()) for group in used]
    complete = len(names) > 1 or bool(year and re.fullmatch(r"qh\d+", names[0]))
    return used[-1].end(), _joined(digits, year, names), plausible > 0, complete


def _read_spaced(match: re.Match[str]) -> Number:
    joined, complete = _spaced(*match.groups())
    return Number(match.start(), match.end(), joined, complete, complete)


@lru_cache(maxsize=20_000)
def _spaced(digits: str, year: str | None, kind: str, rest: str) -> tuple[str, bool]:
    names = [_letters(kind), *(_letters(part) for part in _PARTS.findall(rest))]
    return _joined(digits, year, names), len(names) > 1


def _joined(digits: str, year: str | None, names: list[str]) -> str:
    plain = str(int(digits.replace(".", "")))
    return f"#{plain}{'_' + year if year else ''}{''.join(names)}"


def _letters(group: str) -> str:
    """Folded letters of one group; TƯ (central) is TW, since folding would make it TU (province)."""
    return "tw" if normalise(group) == "tư" else fold(group)


def _is_abbreviation(group: str) -> bool:
    folded = fold(group)
    capitals = sum(char.isupper() for char in group)
    return folded in _KNOWN or capitals >= 2 or capitals == len(group) or not _VOWEL.search(folded)
