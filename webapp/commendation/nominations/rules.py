"""Moves of a nomination, what is missing in a dossier, when two names are the same. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from search import fold
from webapp.models import DossierPaper
from webapp.models import NominationState as S
from webapp.permissions.catalogue import Permission as P

# (present state, move) -> next state; used by server and page alike.
MOVES: dict[tuple[S, str], S] = {
    (S.DRAFT, "submit"): S.SUBMITTED,
    (S.RETURNED, "submit"): S.SUBMITTED,
    (S.DRAFT, "withdraw"): S.WITHDRAWN,
    (S.RETURNED, "withdraw"): S.WITHDRAWN,
    (S.SUBMITTED, "return"): S.RETURNED,
    (S.SUBMITTED, "receive"): S.RECEIVED,
    (S.SUBMITTED, "refuse"): S.REFUSED,
    (S.RETURNED, "refuse"): S.REFUSED,
    (S.RECEIVED, "refuse"): S.REFUSED,
    (S.RECEIVED, "propose"): S.PROPOSED,
    (S.PROPOSED, "approve"): S.APPROVED,
    (S.PROPOSED, "strike"): S.STRUCK,
    (S.APPROVED, "strike"): S.STRUCK,
    (S.STRUCK, "approve"): S.APPROVED,
    (S.APPROVED, "honour"): S.HONOURED,
}
NEEDED: dict[str, P] = {
    "submit": P.NOMINATION_SUBMIT,
    "withdraw": P.NOMINATION_WITHDRAW,
    "return": P.NOMINATION_APPRAISE,
    "receive": P.NOMINATION_APPRAISE,
    "refuse": P.NOMINATION_APPRAISE,
    "propose": P.NOMINATION_APPRAISE,
    "approve": P.NOMINATION_DECIDE,
    "strike": P.NOMINATION_DECIDE,
    "honour": P.AWARD_DECISION_MANAGE,
}
NEXT = {
    S.DRAFT: "Bổ sung cho đủ hồ sơ, rồi lãnh đạo đơn vị (hoặc bên đề nghị) trình.",
    S.SUBMITTED: "Cơ quan thường trực kiểm tra hồ sơ: tiếp nhận, yêu cầu bổ sung một lần, hoặc trả lời không xét.",
    S.RETURNED: "Bổ sung theo yêu cầu trong hạn, rồi trình lại.",
    S.RECEIVED: "Hội đồng xét, bỏ phiếu; cơ quan thường trực lập tờ trình.",
    S.PROPOSED: "Chủ tịch quyết định từng trường hợp.",
    S.APPROVED: "Cơ quan thường trực lập quyết định khen thưởng.",
    S.STRUCK: "Không khen thưởng; lý do được lưu. Chủ tịch còn thay đổi được đến khi ban hành quyết định.",
    S.HONOURED: "Đã khen thưởng; việc trao, chi thưởng ghi ở dòng của quyết định.",
    S.REFUSED: "Không xét trong đợt này; lý do đã được trả lời.",
    S.WITHDRAWN: "Đã rút; còn đề nghị lại được khi đợt xét chưa hết hạn.",
}
READY = "Hồ sơ đã đủ: lãnh đạo đơn vị (hoặc bên đề nghị) xem lại rồi trình."
# One request to complete at most.
MOST_RETURNS = 1
HONORIFICS = ("", "Ông", "Bà")


def visible(text: str) -> str:
    """Without characters that turn or hide others: they would stand on a certificate unseen."""
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def folded_name(name: str) -> str:
    """A name by which the same person is found under other spellings: no accents, y as i, no spaces or points.

    Letters of other scripts stay, so that two such names are not one.
    """
    return "".join(filter(str.isalnum, fold(name))).replace("y", "i")


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a dossier holds: which papers are there, and which texts are written."""

    needed: Collection[DossierPaper]
    there: Collection[DossierPaper]
    name: str
    achievement: str
    reason: str
    honorific: str
    is_person: bool
    birth_date_needed: bool
    has_birth_date: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """Something a dossier lacks: `key` is the field or paper, `words` the sentence, `mended_by` who can mend it."""

    key: str
    words: str
    mended_by: str = "Đơn vị"


def missing(dossier: Dossier) -> list[Missing]:
    """What stands against handing it in, in the order of the page."""
    found = []
    if not dossier.name.strip():
        found.append(Missing("name", "Chưa ghi tên người, tập thể hoặc hộ gia đình được đề nghị."))
    if dossier.is_person and not dossier.honorific:
        found.append(Missing("honorific", "Chưa chọn Ông hay Bà để ghi trên giấy khen."))
    if not dossier.reason.strip():
        found.append(Missing("reason", "Chưa nêu lý do đề nghị."))
    if not dossier.achievement.strip():
        found.append(Missing("achievement", "Chưa có nội dung thành tích ghi trên giấy khen."))
    if dossier.birth_date_needed and dossier.is_person and not dossier.has_birth_date:
        found.append(Missing("birth_date", "Đợt xét này cần ngày sinh; chưa ghi."))
    lacking = [one for one in DossierPaper if one in dossier.needed and one not in dossier.there]
    found += [Missing(one.value, f"Thiếu: {one.label}.", _mender(one)) for one in lacking]
    return found


def _mender(paper: DossierPaper) -> str:
    return "Cơ quan xác nhận" if paper is DossierPaper.CONFIRMATION else "Đơn vị"


_WORD = re.compile(r"[a-z0-9]+")
# Words that every achievement uses say nothing about which one it is.
_COMMON = frozenset(
    "co thanh tich xuat sac trong phong trao thi dua doi moi sang tao va chuyen so nam tai don vi cua cac nhiem vu "
    "thuc hien cong tac tot hoan duoc la da phuong ubnd uy ban nhan dan giai doan".split()
)


def likeness(one: str, other: str) -> float:
    """How alike two texts of achievements are, from 0 to 1: words they share, of those that say something."""
    left, right = _telling(one), _telling(other)
    if not left or not right:
        return 0.0
    return len(left & right) / len(left | right)


def _telling(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(fold(text))) - _COMMON
