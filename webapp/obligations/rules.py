"""Whose a duty is and where it is done, suggested from its words; who is named by a choice of owners. Pure.

What is suggested stands as such until the office confirms it or says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from webapp.models.unit import UnitKind
from webapp.movement.reading.obligations import Obligation, Topic
from webapp.movement.reading.spelling import folded
from webapp.obligations.places import PLACES

# From here on two wordings are the same duty, told anew.
ALIKE = 0.8

# Who can owe something, beside single units (`unit:` and the id).
OWNERS = {
    "all": "Mọi cơ quan, đơn vị, doanh nghiệp",
    "units": "Các cơ quan, đơn vị",
    **{f"kind:{kind.value}": kind.label for kind in UnitKind},
    "office": "Cơ quan thường trực",
    "committee": "Ủy ban nhân dân phường",
    "chairman": "Chủ tịch UBND phường",
    "council": "Hội đồng Thi đua - Khen thưởng",
    "clusters": "Các cụm, khối thi đua",
    "people": "Cá nhân",
}

_OWNER_WORDS = (
    ("council", r"hội đồng (?:thi đua|tđkt)"),
    ("clusters", r"\bcụm\b|\bkhối\b"),
    ("office", r"cơ quan thường trực|thường trực hội đồng|phòng văn hóa|phòng nội vụ|bộ phận thi đua"),
    (
        "kind:front",
        r"mặt trận|mttq|đoàn thể|tổ chức chính trị|đoàn thanh niên|hội (?:liên hiệp|nông dân|cựu)|công đoàn|(?<!xã )\bhội\b(?! đồng)",
    ),
    ("kind:enterprise", r"doanh nghiệp|hợp tác xã|hộ kinh doanh"),
    ("kind:service", r"\btrường\b|trạm y tế|đơn vị sự nghiệp|trung tâm"),
    ("kind:armed", r"công an|quân sự|quân đội"),
    ("kind:party", r"đảng ủy|cấp ủy|tổ chức đảng|ban xây dựng đảng|chi bộ"),
    ("chairman", r"chủ tịch (?:ubnd|ủy ban)"),
    ("committee", r"(?<!chủ tịch )(?:ubnd|ủy ban nhân dân)(?! phường khen)"),
    ("kind:office", r"các phòng|phòng, ban|phòng chuyên môn|\bphòng (?:kinh tế|tài chính|tư pháp)|văn phòng"),
    ("people", r"cá nhân|cán bộ, công chức|người lao động|người dân|đối tượng khác"),
    ("units", r"cơ quan|đơn vị|người đứng đầu|thủ trưởng|khu phố|tổ dân phố|\bấp\b|địa phương"),
)

# What is to be done, and the places for it in order; of alternatives in one entry the first that the program has.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"bộ chỉ số|chỉ số đánh giá", ("indicators|rubrics",)),
    (
        r"đoàn (?:kiểm tra|giám sát)|tổ chức (?:các )?(?:cuộc )?kiểm tra|kiểm tra, giám sát|kiểm tra việc",
        ("inspections|council",),
    ),
    (r"phân công[^.;]{0,40}thành viên|thành viên hội đồng", ("council",)),
    (r"khó khăn|vướng mắc|điều chỉnh, bổ sung kế hoạch", ("difficulties",)),
    (r"chấm điểm|xếp hạng|tiêu chí thi đua của cụm", ("scores",)),
    (r"(?:hướng dẫn|quy định)[^.;]{0,40}khen thưởng|theo quy định của pháp luật", ("award_rules", "awards")),
    (r"khen thưởng|tôn vinh|giấy khen", ("awards",)),
    (r"sơ kết|tổng kết|giai đoạn", ("reviews|synthesis", "papers")),
    (r"tổng hợp", ("synthesis",)),
    (r"biểu dương|nhân rộng|điển hình|cách làm (?:hay|mới)", ("examples",)),
    (r"sáng kiến|mô hình|giải pháp (?:hay|mới|phù hợp|sáng tạo)", ("initiatives",)),
    (r"báo cáo|kế hoạch|chương trình|lồng ghép|đăng ký", ("papers",)),
    (r"đôn đốc|theo dõi|đánh giá việc", ("duties",)),
    (
        r"tuyên truyền|truyền thông|phổ biến|vận động|phát động|quán triệt|loa|trang thông tin",
        ("evidence", "announcements"),
    ),
    (r"tập huấn|bồi dưỡng|đào tạo|an ninh|an toàn|dữ liệu|hạ tầng|minh chứng", ("checklists",)),
    (r"lãnh đạo|người đứng đầu|thực hiện|triển khai|tham mưu|phối hợp|bố trí|kinh phí", ("papers",)),
)

_BY_TOPIC: Mapping[Topic, tuple[str, ...]] = {
    Topic.THEME: ("evidence", "checklists"),
    Topic.CRITERION: ("checklists",),
    Topic.REQUIREMENT: ("papers",),
    Topic.MEASURE: ("papers",),
    Topic.TIME: ("reviews|synthesis",),
    Topic.AWARD: ("awards",),
}
_WHEN_BY_TOPIC: Mapping[Topic, str] = {
    Topic.THEME: "Hằng năm",
    Topic.CRITERION: "Hằng năm",
    Topic.REQUIREMENT: "Thường xuyên",
    Topic.MEASURE: "Thường xuyên",
    Topic.DUTY: "Hằng năm",
    Topic.OTHER: "Hằng năm",
}
_MOST_PLACES = 3
# The council's own name speaks of awards wherever it stands.
_COUNCIL_NAME = re.compile(r"hội đồng[ –-]*thi đua[ ,–-]*khen thưởng")


@dataclass(frozen=True, slots=True)
class Suggested:
    """Owners (keys of OWNERS), places (keys of PLACES) and when, as the words of a duty suggest them."""

    owners: tuple[str, ...]
    places: tuple[str, ...]
    when: str


def suggest(duty: Obligation) -> Suggested:
    return Suggested(suggest_owners(duty), suggest_places(duty), duty.when or _WHEN_BY_TOPIC.get(duty.topic, ""))


def suggest_owners(duty: Obligation) -> tuple[str, ...]:
    """Whom the plan names; where it names nobody, all of whom themes, requirements and measures speak."""
    said = folded(duty.who)
    found = tuple(owner for owner, words in _OWNER_WORDS if re.search(folded(words), said))
    if len(found) > 1 and "units" in found and ("cơ quan thường trực" in said or found[0] in ("office", "council")):
        found = tuple(one for one in found if one != "units")
    if "units" in found and "kind:enterprise" in found:
        return ("all",)
    if found:
        return found
    if duty.who:
        return ()
    if duty.topic in (Topic.THEME, Topic.REQUIREMENT, Topic.MEASURE):
        return ("all",)
    return ("units",) if duty.topic in (Topic.TIME, Topic.AWARD) else ()


def suggest_places(duty: Obligation) -> tuple[str, ...]:
    said = _COUNCIL_NAME.sub("hội đồng", folded(duty.what))
    found: list[str] = []
    if duty.topic in (Topic.THEME, Topic.CRITERION):
        found += _known(_BY_TOPIC[duty.topic])
        if "sáng kiến" in said:
            found.append("initiatives")
    else:
        # Where it is done is what the sentence is about first: the words that stand before the others count more.
        hits = sorted(
            (match.start(), order, keys)
            for order, (words, keys) in enumerate(_WORDS[:-1])
            if (match := re.search(folded(words), said))
        )
        chosen = sorted(hits[:4], key=lambda hit: hit[1])[:2]
        for _, _, keys in chosen:
            found += _known(keys)
        if not found:
            found += _known(_BY_TOPIC.get(duty.topic, ()))
        words, keys = _WORDS[-1]
        if not found and re.search(folded(words), said):
            found += _known(keys)
    return tuple(dict.fromkeys(found))[:_MOST_PLACES]


def _known(keys: Sequence[str]) -> list[str]:
    """Of each choice the first place that the program has."""
    return [known for key in keys if (known := next((one for one in key.split("|") if one in PLACES), ""))]


def owner_label(key: str, units: Mapping[str, str]) -> str:
    """In words; "" for a unit that is there no more. `units`: id to name."""
    return units.get(key.removeprefix("unit:"), "") if key.startswith("unit:") else OWNERS.get(key, "")


def members(owners: Collection[str], units: Mapping[str, UnitKind]) -> set[str]:
    """Ids of the units that these owners name; `units`: id to kind."""
    found: set[str] = set()
    for unit_id, kind in units.items():
        is_named = f"unit:{unit_id}" in owners or f"kind:{kind.value}" in owners or "all" in owners
        if (
            is_named
            or ("units" in owners and kind is not UnitKind.ENTERPRISE)
            or ("committee" in owners and kind in (UnitKind.OFFICE, UnitKind.SERVICE))
        ):
            found.add(unit_id)
    return found


def is_alike(old: str, new: str) -> bool:
    """Whether a duty of an earlier version of the plan is this one, told anew."""
    old, new = " ".join(folded(old).split()), " ".join(folded(new).split())
    if old == new:
        return True
    # Most pairs are of other duties: the bounds tell so without comparing them letter by letter.
    pair = SequenceMatcher(None, old, new, autojunk=False)
    return pair.real_quick_ratio() >= ALIKE and pair.quick_ratio() >= ALIKE and pair.ratio() >= ALIKE
