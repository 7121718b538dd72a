"""Names of units and clusters as people spell them in tables: recognised where there is no doubt, else asked for. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from search.vietnamese import fold

# What tables of a ward shorten; both ways of writing become the long one.
_SHORT = {
    "ubnd": "uy ban nhan dan",
    "hdnd": "hoi dong nhan dan",
    "ubmttq": "uy ban mat tran to quoc",
    "mttq": "mat tran to quoc",
    "mttqvn": "mat tran to quoc viet nam",
    "vn": "viet nam",
    "ca": "cong an",
    "bch": "ban chi huy",
    "qs": "quan su",
    "th": "tieu hoc",
    "thcs": "trung hoc co so",
    "thpt": "trung hoc pho thong",
    "mn": "mam non",
    "mg": "mau giao",
    "tyt": "tram y te",
    "ttyt": "trung tam y te",
    "vp": "van phong",
    "dtn": "doan thanh nien",
    "tncs": "thanh nien cong san",
    "hcm": "ho chi minh",
    "lhpn": "lien hiep phu nu",
    "hlhpn": "hoi lien hiep phu nu",
    "hnd": "hoi nong dan",
    "ccb": "cuu chien binh",
    "hccb": "hoi cuu chien binh",
    "vhxh": "van hoa xa hoi",
    "kt": "kinh te",
    "ht": "ha tang",
    "dt": "do thi",
    "hcc": "hanh chinh cong",
    "pvhcc": "phuc vu hanh chinh cong",
    "cty": "cong ty",
    "tnhh": "trach nhiem huu han",
    "cp": "co phan",
    "htx": "hop tac xa",
    "p": "phuong",
    "tp": "thanh pho",
}
_LIKE = 0.8
_MOST = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A unit or cluster that a table may mean."""

    id: str
    code: str
    name: str


def spelling(name: str) -> str:
    """The same for all spellings of a name: no marks, y as i, long words for short ones, nothing between them."""
    words = re.findall(r"[a-z0-9]+", fold(re.sub(r"(?<=\b[^\W\d_])\.", " ", name)))
    long = " ".join(_SHORT.get(word, word) for word in words)
    return " ".join(word for word in long.replace("y", "i").split() if word not in ("va", "truong"))


def recognise(text: str, all_named: Sequence[Named]) -> tuple[Named | None, list[Named]]:
    """The one that is meant, by its code, its name, or a spelling that only one has; else those it might be."""
    by_code = [one for one in all_named if one.code == text.upper()]
    by_name = [one for one in all_named if one.name == text]
    for found in (by_code, by_name):
        if len(found) == 1:
            return found[0], []
    wanted = spelling(text)
    same = [one for one in all_named if wanted and spelling(one.name) == wanted]
    if len(same) == 1:
        return same[0], []
    return None, same[:_MOST] or _alike(wanted, all_named)


def _alike(wanted: str, all_named: Sequence[Named]) -> list[Named]:
    words = set(wanted.split())
    ranked = []
    for one in all_named:
        spelt = spelling(one.name)
        share = SequenceMatcher(None, wanted, spelt).ratio()
        # One name may say more than the other: the ward's name, a village.
        within = len(words) > 1 and (words <= set(spelt.split()) or set(spelt.split()) <= words)
        if share >= _LIKE or within:
            ranked.append((-share, one.name, one))
    return [one for _, _, one in sorted(ranked, key=lambda row: row[:2])[:_MOST]]
