"""The letter ư put back where a TCVN3 text has lost it: its code there is that of the soft hyphen, which programs that
print or draw the text leave out ("phờng") or show as a hyphen ("ph-ờng").

Most words tell it themselves: "ờng" follows no letter but ư. The few that are words without it too are in lists.
"""

from __future__ import annotations

import re
import unicodedata

from archive.extract.legacy.syllables import is_syllable

_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_WORD = re.compile(r"[^\W\d_]+")
_OPEN = re.compile(r"(?<![\w-])([^\W\d_]{1,3})(?:-[ \n]?|[ \n])(?=([^\W\d_]{1,5}))")
_LEADING = re.compile(r"(?<![\w-])-(?=([^\W\d_]{1,5}))")
_ENDING = re.compile(r"(?<![\w-])(nh|th|t|c|s|d|h|l|tr|ng)-(?![\w-])", re.IGNORECASE)
# Words that are none, or hardly ever, without the letter.
_ALWAYS = {
    "ngời": "người", "dới": "dưới", "lợt": "lượt", "vợt": "vượt", "trợt": "trượt", "vờn": "vườn", "cời": "cười",
    "mợn": "mượn", "lới": "lưới", "cớp": "cướp", "vơn": "vươn", "mơi": "mươi", "tơi": "tươi", "bớm": "bướm", "lớt": "lướt",
    "rợi": "rượi", "sờn": "sườn", "lu": "lưu", "hu": "hưu", "u": "ưu", "bu": "bưu", "su": "sưu", "nh": "như",
}  # fmt: skip
# Single letters that are words with it, after another word of the sentence ("đầu t", "Bí th", "dân c").
_AFTER_A_WORD = {"t": "tư", "th": "thư", "c": "cư", "s": "sư", "d": "dư", "h": "hư", "ng": "ngư"}
# … but not where letters are counted.
_COUNTED = frozenset(
    "điểm khoản mục tiết lớp nhóm loại bảng mẫu hình tổ khu hạng lục phần ý câu cột dòng biểu số".split()
)
_FIRST = {"nh": "như", "t": "tư", "th": "thư", "c": "cư", "s": "sư", "d": "dư"}
# Both are words: what follows decides.
_BEFORE = {
    "đa": ("đưa", frozenset("ra vào lên đến về tin đi cho các những nội người con vụ xuống tới sang thêm hàng vật".split())),
    "mời": ("mười", frozenset("một hai ba bốn lăm sáu bảy tám chín ngày năm tháng triệu nghìn phần".split())),
}  # fmt: skip
_NOT_FATHER = re.compile(r"cha(?!,? (?:mẹ|con|ông|đẻ|nuôi|và|hoặc|dượng|chú))", re.IGNORECASE)
_SHAPELESS = frozenset("ơờởỡớợ")
_FEWEST = 3


def restore(text: str) -> str:
    """The text (NFC) with the letter put back, when enough words show that it was lost and few have kept it."""
    if _evidence(text) < max(_FEWEST, text.count("ư")):
        return text
    text = _ENDING.sub(lambda match: _like(match[1], _FIRST.get(match[1].lower(), match[1] + "ư")), text)
    text = _OPEN.sub(_closed, text)
    text = _LEADING.sub(lambda match: "" if match[1] in ("u", "U") or _with_letter(match[1]) else "-", text)
    parts, end, last = [], 0, ""
    for match in _WORD.finditer(text):
        word, between = match.group(), text[end : match.start()]
        parts += [between, _restored(word, last if between == " " else "", text[match.end() : match.end() + 12])]
        end, last = match.end(), parts[-1]
    return "".join([*parts, text[end:]])


def _evidence(text: str) -> int:
    """How many words can only be words with the letter."""
    whole = sum(1 for match in _WORD.finditer(text) if _with_letter(match.group()) is not None)
    return whole + sum(1 for match in _OPEN.finditer(text) if _closed(match) != match.group())


def _with_letter(word: str) -> str | None:
    """A word that is none with the letter before its ơ, or as its only vowel."""
    if is_syllable(word):
        return None
    small = unicodedata.normalize("NFC", word.lower())
    for index, letter in enumerate(small):
        if letter in _SHAPELESS:
            return _checked(word, small[:index] + "ư" + small[index:])
    if small.endswith("ng") and len(small) > 2 and (small.isascii() or small == "đng"):
        return _checked(word, small[:-2] + "ưng")
    return None


def _checked(word: str, made: str) -> str | None:
    return _like(word, made) if is_syllable(made) else None


def _like(word: str, made: str) -> str:
    """`made` in the case of `word`."""
    if word.isupper() and len(word) > 1:
        return made.upper()
    return made.capitalize() if word[:1].isupper() else made


def _closed(match: re.Match[str]) -> str:
    """The first of two halves of a word with a hyphen or the end of a line where the letter was, with the letter."""
    first, second = match[1], match[2]
    made = f"{first}ư{second}".lower()
    # Only a hyphen says that two halves are one word when the second is a word by itself ("ng-ời", "đ-a").
    if "-" not in match.group():
        fits = second[0].lower() in _SHAPELESS or second.lower() == "ng"
        if not fits or is_syllable(second):
            return match.group()
    if is_syllable(first) or not is_syllable(made):
        return match.group()
    return first + ("Ư" if (first + second).isupper() else "ư")


def _restored(word: str, last: str, after: str) -> str:
    made = _with_letter(word)
    if made is not None:
        return made
    small = word.lower()
    following = after.lstrip()
    if small in _ALWAYS and not (small in ("u", "nh") and following[:1] in (")", ".", "/", "-")):
        return _like(word, _ALWAYS[small])
    if small == "cha" and _NOT_FATHER.match(word + after):
        return _like(word, "chưa")
    if small in _BEFORE and (next_word := _WORD.match(following)) and next_word.group() in _BEFORE[small][1]:
        return _like(word, _BEFORE[small][0])
    if small in _AFTER_A_WORD and word.islower() and last and last.lower() not in _COUNTED and is_syllable(last):
        return _AFTER_A_WORD[small] if following[:1] not in (")", ".", "/", "-", "=", ":") or small == "t" else word
    return word
