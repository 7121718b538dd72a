"""Telling Vietnamese words from letters read in the wrong way."""

from __future__ import annotations

import re
import unicodedata

_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_ONSETS = "b|ch|c|đ|d|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|r|s|th|tr|t|v|x|"
_RHYMES = (
    "a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay|ăc|ăm|ăn|ăng|ăp|ăt|âc|âm|ân|âng|âp|ât|âu|ây|"
    "e|ec|em|en|eng|eo|ep|et|ê|êch|êm|ên|ênh|êp|êt|êu|i|ia|ich|im|in|inh|ip|it|iu|iêc|iêm|iên|iêng|iêp|iêt|iêu|"
    "yêm|yên|yêng|yêt|yêu|o|oa|oac|oach|oai|oam|oan|oang|oanh|oao|oap|oat|oay|oăc|oăm|oăn|oăng|oăt|oc|oe|oen|oeo|oet|"
    "oi|om|on|ong|ooc|oong|op|ot|ô|ôc|ôi|ôm|ôn|ông|ôp|ôt|ơ|ơi|ơm|ơn|ơp|ơt|u|ua|uc|ui|um|un|ung|up|ut|"
    "uân|uâng|uât|uây|uê|uêch|uên|uênh|uêt|uơ|uôc|uôi|uôm|uôn|uông|uôt|uy|uya|uych|uyên|uyêt|uynh|uyt|uyp|uyu|"
    "ư|ưa|ưc|ưi|ưng|ưm|ưn|ưt|ưu|ươc|ươi|ươm|ươn|ương|ươp|ươt|ươu|y|ynh|yt|ê|ôông"
)
_SYLLABLE = re.compile(f"(?:{_ONSETS})(?:{_RHYMES})")
_LONGEST = 7


def is_syllable(word: str) -> bool:
    """Whether a word (NFC) is built like a Vietnamese syllable: onset, rhyme, one tone at most, one case."""
    if len(word) > _LONGEST or not (word.islower() or word.isupper() or (word[0].isupper() and word[1:].islower())):
        return False
    plain, tones = _TONES.subn("", unicodedata.normalize("NFD", word.lower()))
    return tones <= 1 and _SYLLABLE.fullmatch(unicodedata.normalize("NFC", plain)) is not None


_WORD = re.compile(r"[^\W\d_]{2,}")


def marked_share(text: str) -> tuple[float, int]:
    """The share of words that are Vietnamese syllables with marks, and how many words there are. Of Vietnamese text it
    is .6 to .8, without marks, misread or in another language next to nothing."""
    words = _WORD.findall(unicodedata.normalize("NFC", text))
    good = sum(1 for word in words if not word.isascii() and is_syllable(word))
    return (good / len(words) if words else 0, len(words))
