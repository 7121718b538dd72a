"""Queries typed while the Vietnamese keyboard was off: Telex (`chuyeenr ddooir soos`) and VNI (`chuye6n3 d9o6i3`).

Only the folded form is worked out: the accents come back from the archive's own words.
"""

import re

_TELEX = re.compile(r"dd|aa|ee|oo|w|[aeiouy][a-z]*[sfrxj]")
_TELEX_TONE = re.compile(r"(?<=[aeiouy])([a-z]*?)[sfrxj]([a-z]*)\Z")
_VNI = re.compile(r"[a-z]*[aeiouy][a-z]*\d[a-z\d]*\Z|[a-z]+\d[a-z\d]*[aeiouy][a-z\d]*\Z")
_DOUBLED = (("dd", "d"), ("aa", "a"), ("ee", "e"), ("oo", "o"), ("w", ""))


def meant_syllable(folded: str) -> str | None:
    """The folded syllable these keystrokes stand for; None when they look like none.

    Some real syllables look like keystrokes (`xoong`), so ask only about those that are not found.
    """
    if _VNI.match(folded):
        return re.sub(r"\d", "", folded)
    if not folded.isascii() or not _TELEX.search(folded):
        return None
    plain = folded
    if "w" in plain and not re.search("[aeiouy]", plain):
        plain = plain.replace("w", "u")
    for typed, letter in _DOUBLED:
        plain = plain.replace(typed, letter)
    plain = _TELEX_TONE.sub(r"\1\2", plain, count=1)
    return plain if plain and plain != folded else None
