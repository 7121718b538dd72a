"""Why ranks and titles came out as they did, in words for who reads them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from webapp.core.numbers import show_number
from webapp.scoring.points.ranking import FULL, Title, room_of


@dataclass(frozen=True, slots=True)
class Given:
    """What a unit came to: its rank, its total and the title it got ("" for none)."""

    key: str
    rank: int
    total: Decimal
    title: str


def room_in_words(title: Title, count: int) -> str:
    """How many of `count` units may have a title, and how that number comes about; "" without a quota."""
    if title.quota is None:
        return ""
    quota = min(title.quota, FULL)
    room, share = room_of(title, count), quota * count / FULL
    said = f"{show_number(quota)}% của {count} đơn vị"
    if quota == 0:
        return "giới hạn 0%: không có suất"
    if room and room > share:
        return f"{said} là {show_number(share)}, làm tròn xuống không còn suất nào; từ hai đơn vị trở lên có ít nhất 1 suất"
    if share == share.to_integral_value():
        return f"{said}: {room} suất"
    return f"{said} là {show_number(share)}, làm tròn xuống: {f'{room} suất' if room else 'không có suất'}"


def explain_titles(units: Sequence[Given], titles: Sequence[Title]) -> dict[str, str]:
    """For each unit by key a sentence on the title it got and, if it is not the best one, on the next better it missed."""
    names = [title.name for title in titles]
    found = {}
    for unit in units:
        place = names.index(unit.title) if unit.title in names else len(names)
        sentences = []
        if place < len(titles):
            title = titles[place]
            room = room_in_words(title, len(units))
            sentences.append(f"Từ {show_number(title.least)} điểm" + (f"; {room}." if room else "."))
        if place > 0 and titles:
            sentences.append(_missed(unit, titles[min(place, len(titles)) - 1], units))
        found[unit.key] = " ".join(sentences)
    return found


def _missed(unit: Given, title: Title, units: Sequence[Given]) -> str:
    name, count = f"“{title.name}”", len(units)
    if unit.total < title.least:
        return f"Chưa đủ {show_number(title.least)} điểm của {name}."
    room = room_of(title, count)
    if not room:
        return f"{name} không có suất: {room_in_words(title, count)}."
    taken = sum(1 for one in units if one.title == title.name)
    equals = sum(1 for one in units if one.rank == unit.rank)
    if taken >= room:
        return f"{room} suất {name} đã dành cho đơn vị xếp trên ({room_in_words(title, count)})."
    if equals > room - taken:
        return f"{equals} đơn vị cùng hạng {unit.rank} mà {name} còn {room - taken} suất nên không đơn vị nào trong đó được."
    return f"Đủ điểm của {name} nhưng có đơn vị xếp trên không còn suất, hoặc chưa đạt điều kiện của mức này."


def explain_ranks(units: Sequence[Given], ties: Sequence[str]) -> dict[str, str]:
    """By key, for units with equal totals: that they share the rank, or by what they were parted; "" for the others."""
    found = {}
    for unit in units:
        equals = [one for one in units if one.total == unit.total and one.key != unit.key]
        if not equals:
            found[unit.key] = ""
        elif any(one.rank == unit.rank for one in equals):
            found[unit.key] = "Bằng điểm nên cùng hạng."
        elif ties:
            found[unit.key] = f"Bằng điểm; xếp theo điểm mục {', '.join(ties)}, hoặc theo quyết định xếp thứ tự."
        else:
            found[unit.key] = "Bằng điểm; xếp theo quyết định xếp thứ tự."
    return found
