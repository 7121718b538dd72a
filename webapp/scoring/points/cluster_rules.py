"""What holds for a whole cluster besides the tree: pooling, equal totals, titles, second appraisers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from webapp.scoring.points.numbers import BadNumber, read_number, show_number, write_number
from webapp.scoring.points.pooling import Pooling
from webapp.scoring.points.ranking import FULL, Standing, Title
from webapp.scoring.points.reckoning import Result
from webapp.scoring.points.scheme import BadRubric, Finding, Scheme, walk

MOST_TIES = 10
MOST_TITLES = 10
LONGEST_TITLE = 100
TITLES = (
    Title("Hoàn thành xuất sắc nhiệm vụ", Decimal(90), Decimal(20)),
    Title("Hoàn thành tốt", Decimal(70)),
    Title("Hoàn thành", Decimal(50)),
    Title("Không hoàn thành", Decimal(0)),
)


@dataclass(frozen=True, slots=True)
class RubricRules:
    """`ties` are codes of the tree whose points part equal totals, in this order; `titles` best first; `control` how many
    percent of the sheets get a second appraiser.
    """

    pooling: Pooling = Pooling.NONE
    ties: tuple[str, ...] = ()
    titles: tuple[Title, ...] = TITLES
    control: int = 0


_RULES = {"pooling", "ties", "titles", "control"}
_TITLE = {"name", "least", "quota"}
_BAD = "Quy tắc của thang điểm không đúng dạng."


def rules_as_plain(rules: RubricRules) -> dict[str, Any]:
    """As JSON holds them, points and quotas as text."""
    return {
        "pooling": rules.pooling.value,
        "ties": list(rules.ties),
        "titles": [
            {
                "name": title.name,
                "least": write_number(title.least),
                "quota": write_number(title.quota) if title.quota is not None else None,
            }
            for title in rules.titles
        ],
        "control": rules.control,
    }


def rules_from_plain(plain: object) -> RubricRules:
    """Takes what `rules_as_plain` writes, and nothing at all for the usual rules; else raises BadRubric."""
    if plain == {}:
        return RubricRules()
    if not isinstance(plain, Mapping) or set(plain) != _RULES:
        raise BadRubric(_BAD)
    ties, titles, control = plain["ties"], plain["titles"], plain["control"]
    if not isinstance(ties, list) or not all(isinstance(code, str) for code in ties) or not isinstance(titles, list):
        raise BadRubric(_BAD)
    if type(control) is not int or plain["pooling"] not in [one.value for one in Pooling]:
        raise BadRubric(_BAD)
    return RubricRules(Pooling(plain["pooling"]), tuple(ties), tuple(_title(title) for title in titles), control)


def _title(plain: object) -> Title:
    if not isinstance(plain, Mapping) or set(plain) != _TITLE:
        raise BadRubric(_BAD)
    name, least, quota = plain["name"], plain["least"], plain["quota"]
    if not isinstance(name, str) or not isinstance(least, str) or not isinstance(quota, str | None):
        raise BadRubric(_BAD)
    try:
        return Title(name, read_number(least), read_number(quota) if quota is not None else None)
    except BadNumber as error:
        raise BadRubric(f"Danh hiệu “{name[:LONGEST_TITLE]}”: {error}") from error


def check_rules(scheme: Scheme, rules: RubricRules) -> list[Finding]:
    """What is wrong or odd about the rules of this tree."""
    found = _check_ties(scheme, rules.ties) + _check_titles(scheme, rules.titles)
    if not 0 <= rules.control <= 100:
        found.append(Finding("", "Tỷ lệ phiếu thẩm định lần hai phải từ 0 đến 100%."))
    return found


def _check_ties(scheme: Scheme, ties: tuple[str, ...]) -> list[Finding]:
    codes = {node.code for node, _ in walk(scheme.root)}
    found = [Finding("", f"So tối đa {MOST_TIES} mục khi bằng điểm.")] if len(ties) > MOST_TIES else []
    for place, code in enumerate(ties[:MOST_TIES]):
        if code not in codes:
            found.append(Finding(code, "Mục so khi bằng điểm này không có trong thang điểm."))
        elif code == scheme.root.code:
            found.append(Finding(code, "Tổng điểm đã bằng nhau thì không dùng để so; hãy chọn mục con."))
        elif code in ties[:place]:
            found.append(Finding(code, "Mục so khi bằng điểm này được ghi hai lần."))
    return found


def _check_titles(scheme: Scheme, titles: tuple[Title, ...]) -> list[Finding]:
    if not titles:
        return [Finding("", "Thang điểm không có danh hiệu nào.", blocks=False)]
    found = [Finding("", f"Có tối đa {MOST_TITLES} danh hiệu.")] if len(titles) > MOST_TITLES else []
    names: set[str] = set()
    for place, title in enumerate(titles[:MOST_TITLES]):
        said = f"Danh hiệu “{title.name[:LONGEST_TITLE]}”"
        if not title.name.strip():
            found.append(Finding("", "Có danh hiệu chưa có tên."))
        elif len(title.name) > LONGEST_TITLE:
            found.append(Finding("", f"Tên danh hiệu dài tối đa {LONGEST_TITLE} ký tự."))
        elif title.name in names:
            found.append(Finding("", f"{said} được ghi hai lần."))
        names.add(title.name)
        if place and title.least > titles[place - 1].least:
            found.append(Finding("", f"{said} cần nhiều điểm hơn danh hiệu đứng trên; hãy xếp từ cao xuống thấp."))
        if title.quota is not None and not 0 < title.quota <= FULL:
            found.append(Finding("", f"{said}: giới hạn phải lớn hơn 0 và không quá 100%."))
        if title.least > scheme.root.most:
            found.append(Finding("", f"{said} cần {show_number(title.least)} điểm, không ai tới được.", blocks=False))
    if titles[-1].quota is not None or titles[-1].least > scheme.root.least:
        found.append(Finding("", "Có thể có đơn vị không được danh hiệu nào.", blocks=False))
    return found


def rules_in_words(rules: RubricRules) -> list[str]:
    """One sentence for each rule, for those who are scored by them."""
    said = []
    if rules.pooling is not Pooling.NONE:
        said.append(f"Nhiều người cùng thẩm định một phiếu thì điểm lấy theo: {lower(rules.pooling.label)}.")
    if rules.control:
        said.append(f"{rules.control}% số phiếu được người thứ hai thẩm định lại.")
    if rules.ties:
        parts = ", rồi ".join(f"mục {code}" for code in rules.ties)
        said.append(f"Bằng điểm thì so lần lượt {parts}; vẫn bằng thì đồng hạng, trừ khi Hội đồng quyết định thứ tự.")
    else:
        said.append("Bằng điểm thì đồng hạng, trừ khi Hội đồng quyết định thứ tự.")
    for title in rules.titles:
        words = f"{title.name}: từ {show_number(title.least)} điểm"
        if title.quota is not None:
            words += (
                f", không quá {show_number(title.quota)}% số đơn vị trong cụm, làm tròn xuống nhưng cụm có từ hai đơn vị "
                "thì được ít nhất một"
            )
        said.append(f"{words}.")
    return said


def lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def common_rules(rulebooks: Sequence[RubricRules]) -> RubricRules:
    """What holds for a cluster whose units are scored by several rubrics; the usual rules where there is none.

    Criteria part equals only where all rubrics name the same. Of titles with one name the stricter limit and the smaller
    quota hold for all.
    """
    if not rulebooks:
        return RubricRules()
    found: dict[str, Title] = {}
    for title in (title for rulebook in rulebooks for title in rulebook.titles):
        before = found.setdefault(title.name, title)
        quotas = [quota for quota in (before.quota, title.quota) if quota is not None]
        found[title.name] = Title(title.name, max(before.least, title.least), min(quotas) if quotas else None)
    ties = {rulebook.ties for rulebook in rulebooks}
    return replace(
        rulebooks[0],
        ties=ties.pop() if len(ties) == 1 else (),
        titles=tuple(sorted(found.values(), key=lambda title: -title.least)),
    )


def standing_of(
    key: str, result: Result, rules: RubricRules, *, order: int | None = None, least_met: bool = True
) -> Standing:
    """A unit as it goes into the ranking. A tie criterion without points there counts as 0."""
    points = {line.node.code: line.points for line in result.lines}
    tie = tuple(points.get(code) or Decimal(0) for code in rules.ties)
    return Standing(key, result.total, tie, order, least_met)
