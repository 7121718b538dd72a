"""What the details of an event say, in words: no key of the program is shown to people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache

import webapp.models
from webapp.kinds import kind_named
from webapp.ledger.detail_words import DETAILS, FIELDS
from webapp.models import ItemState, Role

# Words of details that no table of states and kinds has.
OTHER_VALUES: Mapping[str, Mapping[str, str]] = {
    "stage": {
        "self": "tự chấm",
        "appraise": "thẩm định",
        "explain": "đơn vị trả lời",
        "second": "thẩm định lần hai",
        "appeal": "kiến nghị",
    },
    "how": {"lot": "bốc thăm", "name": "chỉ định"},
    "form": {"docx": "văn bản (.docx)", "xlsx": "bảng tính (.xlsx)"},
    "part": {
        "overview": "đánh giá chung",
        "oversight": "kiểm tra, chỉ số chuyển đổi số",
        "general": "đánh giá chung",
        "theme": "nội dung thi đua",
        "criterion": "tiêu chí",
        "initiative": "sáng kiến",
        "difficulty": "khó khăn, vướng mắc",
        "proposal": "đề nghị",
        "organisation": "tổ chức thực hiện",
    },
    "reason": {"wrong": "sai tên hoặc mật khẩu", "locked": "tài khoản tạm khóa"},
}
# Whose words these details are, whatever the event is about.
BY_KEY: Mapping[str, type[StrEnum]] = {"role": Role, "from": ItemState, "to": ItemState}
# What people typed, and numbers of papers: shown as they are.
AS_WRITTEN = frozenset({"query", "number", "criterion", "evidence", "point", "seed", "owners", "places"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@cache
def _enums() -> tuple[type[StrEnum], ...]:
    return tuple(
        one
        for one in vars(webapp.models).values()
        if isinstance(one, type) and issubclass(one, StrEnum) and hasattr(one, "label")
    )


@cache
def _of_kind(kind: str) -> tuple[type[StrEnum], ...]:
    """Enumerations that rows of this kind hold."""
    known = kind_named(kind)
    if known is None:
        return ()
    found = (getattr(column.type, "enum_class", None) for column in known.model.__table__.columns)
    return tuple(one for one in found if one is not None and hasattr(one, "label"))


def in_words(kind: str, key: str, value: object, names: Mapping[str, str]) -> str:
    """One value of an event's details. `kind` is that of the thing it is about, `names` those of people and units by id."""
    text = str(value)
    if key in AS_WRITTEN:
        return text
    if key == "fields":
        return ", ".join(FIELDS.get(name, "mục khác") for name in text.split(", "))
    if text in names:
        return names[text]
    if key in ("person", "unit", "acting_for"):
        return "không còn trong danh mục"
    if isinstance(value, int) and key != "year":
        return f"{value:,}".replace(",", ".")
    if _DAY.fullmatch(text):
        return date.fromisoformat(text).strftime("%d/%m/%Y")
    if text in OTHER_VALUES.get(key, {}):
        return OTHER_VALUES[key][text]
    for enum in (*([BY_KEY[key]] if key in BY_KEY else []), *_of_kind(kind), *_enums()):
        if text in {one.value for one in enum}:
            return str(enum(text).label).lower()  # type: ignore[attr-defined]
    return text


def details_in_words(kind: str, details: Mapping[str, object], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """(what, its value) of the details that people read, without digests."""
    return [
        (DETAILS[key], in_words(kind, key, value, names))
        for key, value in details.items()
        if key in DETAILS and key not in DIGESTS and value not in (None, "")
    ]


# Long digests are shown apart, cut short.
DIGESTS = frozenset({"sha256", "was", "now"})
