"""Comparing Vietnamese words whatever way they are written, and misspellings that scanners are known for."""

from __future__ import annotations

import re
from collections.abc import Iterator

# The tone of "uỷ", "hoà" may stand on either vowel; same length, so that positions stay valid.
_OLD_TONES = {
    "oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa",
    "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe",
    "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}  # fmt: skip
_OLD_TONE = re.compile("|".join(_OLD_TONES))

# What recognition of scanned pages and hasty typing make of words every plan uses. Only forms that are no words.
_SLIPS = {
    "phổ biển": "phổ biến",
    "chuyển đối số": "chuyển đổi số",
    "chuyến đổi số": "chuyển đổi số",
    "đối mới": "đổi mới",
    "sáng tao": "sáng tạo",
    "thi đưa": "thi đua",
    "phong trảo": "phong trào",
    "triến khai": "triển khai",
    "phát triến": "phát triển",
    "tuyên truyên": "tuyên truyền",
    "tố chức": "tổ chức",
    "báo đảm": "bảo đảm",
    "hiệu quá": "hiệu quả",
    "kế hoach": "kế hoạch",
    "dữ liêu": "dữ liệu",
    "công nghê": "công nghệ",
    "nhân rông": "nhân rộng",
    "vhxxh": "VHXH",
    "hội đồng – thi đua khen thưởng": "Hội đồng Thi đua - Khen thưởng",
    "hội đồng - thi đua khen thưởng": "Hội đồng Thi đua - Khen thưởng",
}
_SLIP = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, _SLIPS)) + r")(?!\w)", re.IGNORECASE)


def folded(text: str) -> str:
    """Lower case with one way of placing tones: for comparing, never for showing."""
    return _OLD_TONE.sub(lambda match: _OLD_TONES[match[0]], text.lower())


def is_capitals(text: str) -> bool:
    """Whether a line is set in capitals, as titles are."""
    return text == text.upper() and text != text.lower()


def slips(text: str) -> Iterator[tuple[str, str]]:
    """Misspelt words as they stand, each with what was probably meant."""
    for match in _SLIP.finditer(text):
        meant = _SLIPS.get(match[0].lower())
        if meant:
            yield match[0], meant
