"""Which points of a plan oblige somebody, each duty apart: who, what and when as far as the text says it. Pure.

Of what the movement is for and whom it is for, nothing is owed. Themes and criteria are owed whole; where a point tells
several to do several things, each is a duty of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from webapp.movement.reading.shapes import PlanReading, Point
from webapp.movement.reading.spelling import folded

CLOSING = "closing"
_LONGEST_HEADING = 220


class Topic(StrEnum):
    """What the section of a point is about."""

    PURPOSE = "purpose"
    SUBJECTS = "subjects"
    REQUIREMENT = "requirement"
    THEME = "theme"
    MEASURE = "measure"
    TIME = "time"
    CRITERION = "criterion"
    AWARD = "award"
    FUNDS = "funds"
    DUTY = "duty"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """A duty: `part` counts those of one point from 1; `who` and `when` as the plan names them, empty where it does not.
    `heading` is the nearest title above."""

    code: str
    part: int
    topic: Topic
    who: str
    what: str
    when: str
    heading: str = ""


_TOPICS = (
    (Topic.CRITERION, r"tiêu chí|tiêu chuẩn"),
    (Topic.DUTY, r"trách nhiệm|phân công|tổ chức thực hiện"),
    (Topic.AWARD, r"khen thưởng"),
    (Topic.FUNDS, r"kinh phí"),
    (Topic.REQUIREMENT, r"yêu cầu"),
    (Topic.MEASURE, r"giải pháp|biện pháp|nhiệm vụ"),
    (Topic.THEME, r"nội dung|chỉ tiêu|mục tiêu cụ thể"),
    (Topic.TIME, r"thời gian|giai đoạn|tiến độ|lộ trình"),
    (Topic.SUBJECTS, r"đối tượng|phạm vi"),
    (Topic.PURPOSE, r"mục đích|mục tiêu|căn cứ|ý nghĩa"),
)
_FREE = (Topic.PURPOSE, Topic.SUBJECTS)
_WHOLE = (Topic.THEME, Topic.CRITERION)
_DATED = (Topic.TIME, Topic.AWARD)
_SPLIT = (Topic.TIME, Topic.AWARD, Topic.DUTY, Topic.FUNDS, Topic.OTHER)

_BODIES = (
    r"hội đồng|thường trực|cơ quan|các đơn vị|đơn vị|ủy ban|ubnd|ubmttq|mặt trận|phòng|văn phòng|ban |các ban|trung tâm|công an|"
    r"các cụm|cụm|các khối|khối|các doanh nghiệp|doanh nghiệp|thủ trưởng|người đứng đầu|lãnh đạo|các phòng|các trường|trường|"
    r"trạm|tổ |các tổ|chi bộ|đảng ủy|các đoàn thể|đoàn thể|đoàn thanh niên|hội |các hội|các cơ quan|"
    r"khu phố|các khu|tổ chức chính trị|các tổ chức|bộ phận|chủ tịch|bí thư|ban chỉ"
)
_ACTORS = rf"{_BODIES}|cán bộ|cá nhân|các tập thể"
_ACTORS, _BODIES = folded(_ACTORS), folded(_BODIES)
_ACTOR = re.compile(rf"(?:{_ACTORS})")
_VERBS = (
    r"(?:có|chịu) trách nhiệm|chủ động|chủ trì|phối hợp|phân công|báo cáo|xây dựng|tham mưu|hướng dẫn|thực hiện|theo dõi|đôn đốc|"
    r"triển khai|quán triệt|phát động|cụ thể hóa|đẩy mạnh|tăng cường|tuyên truyền|tiếp tục|lồng ghép|tổng hợp|gửi|cần|phải|bố trí|"
    r"tiếp nhận|kiểm tra|giám sát|vận động|rà soát|đăng ký|tổ chức(?!,)|phản ánh|bổ sung|đưa|ban hành|xét|lựa chọn|chọn|bình xét|đề nghị|"
    r"đề xuất|tiến hành|sơ kết|tổng kết|đánh giá|lập|chấm|nộp|cử|nghiêm túc|làm tốt|phát huy|kịp thời|biểu dương|thành lập|hoàn thiện|"
    r"định kỳ|hằng năm|hàng năm|hằng quý|căn cứ|tập trung|thường xuyên|trực tiếp|sử dụng|bảo đảm|đảm bảo|ghi|họp|dự toán|trình|"
    r"công khai|cân đối|chuẩn bị|đăng tải|giúp|đầu tư|cấp|nhân rộng|duy trì|hỗ trợ|hưởng ứng|giới thiệu|tham gia|yêu cầu|rút kinh nghiệm|giữ|quản lý|theo sát|nêu gương"
)
_VERBS = folded(_VERBS)
_VERB = re.compile(rf"(?:^|(?<=[\s,]))(?:{_VERBS})\b")
_STARTS = re.compile(rf"(?:đồng thời,? |và |qua đó,? |trong đó,? )?(?:(?:{_VERBS})\b|{_ACTORS})")
_LEADS_ON = re.compile(r"(?:căn cứ|trên cơ sở|theo)\b")
_ORDERS = re.compile(r"(?:đề nghị|giao(?: cho)?|yêu cầu|phân công) (?=\S)")
_OPENING = re.compile(
    r"(?:định kỳ|hằng|hàng|trước ngày|chậm nhất|căn cứ|trên cơ sở|trong quá trình|khi|theo|vào|mỗi|nếu|cuối|đầu)\b[^;]{0,160}?, "
    rf"(?=(?:{_BODIES}))|năm \d{{4}}[:,] "
)
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=\S)|\n+")
# "… báo cáo về Phòng A để tổng hợp, báo cáo …", "… phản ánh về Phòng A (…) chủ trì, phối hợp … tổng hợp …"
_HANDS_ON = re.compile(
    r"(?P<first>.*?\b(?:báo cáo|phản ánh|gửi|nộp)\b.*? (?:về|cho|đến) (?P<who>(?:các )?(?:Phòng|Văn phòng|Ban|Trung tâm|Cơ quan|"
    r"Bộ phận|Thường trực|Tổ)\b[^,;(]{2,80}?)(?: \([^)]{1,120}\))?),? (?P<second>(?:để )?(?:chủ trì|tổng hợp)\b.+)",
    re.DOTALL,
)
_AND_REVIEW = re.compile(r"(?:,? và |, )(?=(?:tiến hành )?(?:sơ kết|tổng kết)\b[^,;]{0,60}(?:năm|cuối|dịp))")
_REVIEW_REPORT = re.compile(r", (?=báo cáo (?:sơ kết|tổng kết))")
_TELLS = re.compile(
    r"(?:yêu cầu|đề nghị|giao) (?P<who>[^;.]*?) (?=(?:nghiêm túc|tổ chức|triển khai|thực hiện|quán triệt))"
)
_DAYS = re.compile(
    r"(?:định kỳ,? )?(?:trước|chậm nhất|muộn nhất)(?: là)?(?: ngày| tháng)? \d{1,2}(?:(?: tháng |/)\d{1,2})?(?:/\d{4}|"
    r",? h[àằ]ng năm| mỗi năm| năm \d{4})?|định kỳ[^,;.]{0,40}|"
    r"h[àằ]ng (?:năm|quý|tháng|tuần)|mỗi (?:năm|quý|tháng)|(?:vào |dịp )?(?:cuối|đầu|giữa) năm(?: \d{4})?|"
    r"từ năm \d{4} đến (?:hết )?năm \d{4}|(?:vào |trong )?năm \d{4}|quý [iv]+(?:/\d{4})?|tháng \d{1,2}(?:/\d{4})?|thường xuyên|"
    r"đột xuất|kịp thời",
    re.IGNORECASE,
)


def read_obligations(reading: PlanReading) -> tuple[Obligation, ...]:
    """Every duty of the plan in the order of its text, the closing last."""
    themes = {one.code for one in reading.themes}
    groups = {item.code: group.title for group in reading.criteria_groups for item in group.criteria}
    named: dict[str, str] = {}
    for duty in reading.duties:
        named.setdefault(duty.code, duty.who)
    found: list[Obligation] = []
    for point, above, is_leaf in _with_headings(reading.points):
        topic = _topic(point, above, themes, groups, named)
        if topic in _FREE:
            continue
        heading = above[-1] if above else ""
        # A theme or criterion may be as short as a title.
        body = point.text if topic in _WHOLE and is_leaf else _body(point.text, is_leaf)
        if not body:
            continue
        who = named.get(point.code, "")
        if point.code in groups:
            who = re.sub(r"^(?:Đối với|Dành cho|Tiêu chí đối với) ", "", groups[point.code])
        pieces = list(_pieces(body)) if topic in _SPLIT else [("", one) for one in _items(body)]
        part, before = 0, ""
        for told, what in pieces:
            if not _obliges(what, topic):
                continue
            part += 1
            own = _doer(what) if topic is not Topic.CRITERION else ""
            mine = told or own or who or before or _ordered(above, topic)
            before = before or own
            when = "" if topic in _WHOLE else _when(what) or (_when(point.text) if topic in _DATED else "")
            found.append(
                Obligation(
                    code=point.code,
                    part=part,
                    topic=topic,
                    who=mine.strip(" ,:"),
                    what=what,
                    when=when,
                    heading=heading,
                )
            )
    found += _closing(reading.closing)
    return tuple(found)


def _with_headings(points: Sequence[Point]) -> Iterator[tuple[Point, list[str], bool]]:
    """Each point with the titles above it and whether nothing stands under it."""
    above: list[Point] = []
    for place, point in enumerate(points):
        while above and above[-1].level >= point.level:
            above.pop()
        after = points[place + 1] if place + 1 < len(points) else None
        yield point, [_title(one.text) for one in above], after is None or after.level <= point.level
        above.append(point)


def _title(text: str) -> str:
    return text.split("\n", 1)[0].strip()[:_LONGEST_HEADING]


def _topic(
    point: Point, above: Sequence[str], themes: set[str], groups: dict[str, str], named: dict[str, str]
) -> Topic:
    if point.code in groups:
        return Topic.CRITERION
    if point.code in themes:
        return Topic.THEME
    if point.code in named:
        return Topic.DUTY
    own = point.text.split("\n", 1)
    titles = [*above, own[0]] if len(own) > 1 or len(own[0]) < 90 else list(above)
    for title in reversed(titles):
        said = folded(title)
        if len(title) >= _LONGEST_HEADING:
            continue
        fits = [topic for topic, words in _TOPICS if re.search(folded(words), said)]
        if fits:
            # A title on several topics is decided by its points; of "mục đích, yêu cầu" alone each point asks for something.
            return fits[0]
    return Topic.OTHER


def _body(text: str, is_leaf: bool) -> str:
    """What a point says itself, without its title."""
    first, _, rest = text.partition("\n")
    is_title = len(first) <= _LONGEST_HEADING and not first.rstrip().endswith((".", ";"))
    if is_leaf and not rest:
        return "" if is_title and (first.isupper() or (len(first) < 60 and not _VERB.search(folded(first)))) else first
    return rest if is_title else text


def _items(body: str) -> list[str]:
    """What is owed whole; a list of dashes is as many."""
    lines = [line.strip() for line in body.split("\n") if line.strip()]
    if not any(line.startswith(("- ", "+ ")) for line in lines):
        return [" ".join(body.split())]
    return [line.removeprefix("- ").removeprefix("+ ") for line in lines]


def _pieces(body: str) -> Iterator[tuple[str, str]]:
    """(who, what) of each duty in a text; who only where another than the one addressed is told."""
    kept: list[str] = []
    waiting = ""
    for sentence in _SENTENCE.split(body):
        piece = " ".join(sentence.split()).removeprefix("- ").removeprefix("+ ").strip()
        if not piece:
            continue
        ground, waiting = waiting, ""
        piece = f"{ground} {piece}".strip()
        if not ground and piece.endswith(";") and _LEADS_ON.match(folded(piece)):
            waiting = piece  # "Căn cứ kết quả …;" tells on what ground, the next part what is to be done
        elif kept and kept[-1].endswith(";") and not _STARTS.match(folded(piece)):
            kept[-1] = f"{kept[-1]} {piece}"
        else:
            kept.append(piece)
    if waiting:
        kept.append(waiting)
    for piece in kept:
        handed = _HANDS_ON.match(piece)
        if handed:
            yield "", handed["first"] if handed["first"].endswith((".", ";")) else _until(piece, handed.start("second"))
            yield handed["who"], handed["second"].removeprefix("để ")
            continue
        for part in _AND_REVIEW.split(piece):
            yield from (("", one) for one in _REVIEW_REPORT.split(part) if one.strip(" .;,"))


def _until(text: str, end: int) -> str:
    return text[:end].rstrip(" ,")


def _obliges(what: str, topic: Topic) -> bool:
    said = folded(what)
    if topic in (Topic.CRITERION, Topic.THEME, Topic.REQUIREMENT, Topic.MEASURE):
        return (topic in _WHOLE or len(what) > 12) and not re.match(r"phong trào thi đua (?:được|gồm)", said)
    if re.match(r"(?:phong trào|thời gian|kế hoạch này)[^,;]*(?:được|chia|gồm)", said):
        return False
    return (topic is Topic.AWARD and len(what) > 30) or _VERB.search(said) is not None


def _doer(what: str) -> str:
    """Whom the sentence itself names before its first verb; empty where it begins with what is to be done."""
    said = folded(what)
    start = opening.end() if (opening := _OPENING.match(said)) else 0
    if order := _ORDERS.match(said, start):
        start = order.end()
    if ground := re.match(r"(?:căn cứ|trên cơ sở)[^;]{0,200}; ", said):
        start = ground.end()
    if not _ACTOR.match(said, start):
        return ""
    verb = _VERB.search(said, start)
    name = what[start : verb.start()] if verb else ""
    return name.strip(" ,:") if 3 <= len(name.strip(" ,:")) <= 180 else ""


def _ordered(above: Sequence[str], topic: Topic) -> str:
    """The one a title names: "1. Phòng Văn hóa – Xã hội" over what it does."""
    if topic is not Topic.DUTY or len(above) < 2:
        return ""
    title = _ORDERS.sub("", folded(above[-1]), count=1)
    return above[-1][len(above[-1]) - len(title) :].strip(" :") if _ACTOR.match(title) else ""


def _when(text: str) -> str:
    found = _DAYS.search(text)
    return found[0].strip() if found else ""


def _closing(text: str) -> Iterator[Obligation]:
    for sentence in _SENTENCE.split(text):
        told = _TELLS.search(sentence)
        if told:
            yield Obligation(
                code=CLOSING,
                part=1,
                topic=Topic.DUTY,
                who=told["who"].strip(),
                what=sentence.strip(),
                when=_when(sentence),
            )
            return
