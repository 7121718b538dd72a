"""What words and figures in an office's sheet mean: heads of columns, codes, ways of working out. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from search.vietnamese import fold
from webapp.core.numbers import BadNumber, doubt, read_number, show_number
from webapp.indicators.scheme import Rule, Step
from webapp.models import IndicatorMethod as M

# The longer words first: "tài liệu kiểm chứng" before what "tài liệu" alone might be.
HEADS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("verifier", ("don vi xac minh", "co quan xac minh", "don vi tham dinh", "don vi kiem tra", "don vi danh gia")),
    ("evidence", ("tai lieu kiem chung", "minh chung", "tai lieu chung minh", "ho so kiem chung", "kiem chung")),
    ("source", ("nguon du lieu", "nguon so lieu", "nguon thong tin", "nguon")),
    ("how", ("cach tinh", "cach cham", "phuong phap", "cach danh gia", "huong dan cham", "muc diem")),
    ("most", ("diem toi da", "diem chuan", "thang diem", "diem cao nhat", "so diem", "diem")),
    ("code", ("stt", "so tt", "tt", "so thu tu", "ma chi so", "ky hieu", "ma so", "ma")),
    ("text", ("ten chi so", "noi dung", "chi so", "chi tieu", "tieu chi")),
)
NAMES = tuple(name for name, _ in HEADS)
LABELS = {
    "code": "STT",
    "text": "Chỉ số",
    "most": "Điểm tối đa",
    "how": "Cách tính",
    "evidence": "Tài liệu kiểm chứng",
    "source": "Nguồn dữ liệu",
    "verifier": "Đơn vị xác minh",
}
_SPACES = re.compile(r"[\s_./\\:-]+")


def head_of(cell: str) -> str:
    """Which column a head names, or ""."""
    words = f" {_SPACES.sub(' ', fold(cell)).strip()} "
    return next((name for name, known in HEADS if any(f" {one} " in words for one in known)), "")


def columns_of(cells: Sequence[str]) -> dict[str, int]:
    """Column by name where a line is the head of a table of indicators; else empty."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = head_of(cell) if len(cell) <= 120 else ""
        if name:
            found.setdefault(name, place)
    return found if {"code", "text", "most"} <= found.keys() else {}


_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_DAY = re.compile(r"(\d{1,2})[/\-](\d{1,2})(?:[/\-]\d{2,4})?(?: 0{1,2}:00(?::00)?)?")
_ISO_DAY = re.compile(r"\d{4}-(\d{2})-(\d{2})(?: 0{1,2}:00(?::00)?)?")
_NAMED_DAY = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3})(?:[- ]\d{2,4})?")


def code_of(cell: str, before: str) -> tuple[str, str]:
    """(code, remark) of a cell; the sheet may have taken "1.2" for a day or a number. `before` is the code above it."""
    text = " ".join(cell.split()).strip().rstrip(".)").strip()
    if pair := _pair_of(text):
        first, second = pair
        head = before.partition(".")[0]
        # Which of the two is the day depends on the machine; the code above says which one was meant.
        if head.isdecimal() and int(head) == second != first:
            first, second = second, first
        code = f"{first}.{second}"
        return code, f"ô “{cell}” là ngày, hiểu là {code}"
    if re.fullmatch(r"\d+,\d+", text):
        text = text.replace(",", ".")
    stem, dot, last = before.rpartition(".")
    if dot and last.isdecimal() and int(last) % 10 == 9 and text == f"{stem}.{(int(last) + 1) // 10}":
        return f"{text}0", f"ô “{cell}” là số, hiểu là {text}0 (tiếp sau {before})"
    return text, ""


def _pair_of(text: str) -> tuple[int, int] | None:
    if match := _ISO_DAY.fullmatch(text):
        return int(match[2]), int(match[1])
    if match := _DAY.fullmatch(text):
        return int(match[1]), int(match[2])
    if (match := _NAMED_DAY.fullmatch(text)) and match[2].lower() in _MONTHS:
        return int(match[1]), _MONTHS[match[2].lower()]
    return None


def number_in(cell: str) -> Decimal:
    """Points as a cell shows them, perhaps with a unit: "7,5", "10 điểm". Raises BadNumber."""
    text = re.sub(r"(?i)\s*(điểm|đ)\s*$", "", cell.strip())
    value = read_number(text)
    if doubt(text):
        raise BadNumber(
            f"“{text}” đọc được hai cách; hãy ghi {show_number(value)} không có dấu chấm, hoặc dùng dấu phẩy."
        )
    return value


_POINTS = re.compile(r"(\d{1,6}(?:[.,]\d{1,4})?)\s*(?:điểm|đ)(?![\wÀ-ỹ])", re.IGNORECASE)
_STEP = re.compile(
    r"\s*(?:[-+•*]\s*)?(.*?)\s*[:=–-]?\s*(\d{1,6}(?:[.,]\d{1,4})?)\s*(?:điểm|đ)\.?\s*", re.IGNORECASE | re.DOTALL
)
_SLASHED = re.compile(r"\d+(?:[.,]\d+)?(?:\s*[/;|]\s*\d+(?:[.,]\d+)?){2,}")
_TARGET = re.compile(r"(?:tu|den|dat|duoi|tren|>=|≥|<=|≤)\s*(\d{1,3}(?:[.,]\d+)?)\s*%[^;]{0,200}?diem toi da")
_FORMULA = re.compile(r"\s*(?:công thức\s*[:=]|=)\s*(.+)", re.IGNORECASE | re.DOTALL)
_A = re.compile(r"(?:^|[;.,\s(])a\s*(?:[:=]|là)\s*([^;]+)", re.IGNORECASE)
_B = re.compile(r"(?:^|[;.,\s(])b\s*(?:[:=]|là)\s*([^;]+)", re.IGNORECASE)


def read_method(how: str, most: Decimal) -> tuple[M, Rule, str]:
    """The way of working out that these words mean, and a remark where that was only guessed."""
    words = fold(how)
    if any(one in words for one in ("khong tinh diem", "khong cham diem", "thong tin chung", "tham khao")):
        return M.INFO, Rule(), ""
    if match := _FORMULA.fullmatch(how):
        return M.FORMULA, Rule(formula=match[1].strip()), ""
    if re.search(r"\ba\s*/\s*b\b", words):
        return M.RATIO, _ratio(how, words), ""
    if steps := _steps(how):
        points = [step.points for step in steps]
        if points == [most, most / 2, 0] and not any(step.words for step in steps):
            return M.LADDER, Rule(), ""
        return M.STEPS, Rule(steps=steps), ""
    if "ty le" in words or "ti le" in words:
        return M.RATIO, _ratio(how, words), ""
    known = ("mot nua", "1/2", "1⁄2", "khong dat", "dat", "co", "day du", "ban hanh")
    if any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", words) for one in known):
        return M.LADDER, Rule(), ""
    what = f"không nhận ra cách tính “{how[:60]}”" if how.strip() else "không ghi cách tính"
    return M.LADDER, Rule(), f"{what}, hiểu là đủ / một nửa / không"


def _ratio(how: str, words: str) -> Rule:
    match = _TARGET.search(words)
    lower = "cang thap cang tot" in words or re.search(r"1\s*[-–]\s*a\s*/\s*b", words) is not None
    a, b = _A.search(how), _B.search(how)
    return Rule(
        target=read_number(match[1]) / 100 if match else None,
        lower=lower,
        a=a[1].strip()[:300] if a else "",
        b=re.split(r"\s(?:tỷ|tỉ) lệ\b", b[1].strip())[0][:300] if b else "",
    )


def _steps(how: str) -> tuple[Step, ...]:
    """Steps as "20/15/10/5/0" or "từ 90%: 20 điểm; từ 70%: 15 điểm"; none where it is neither."""
    if _SLASHED.fullmatch(how.strip()):
        return tuple(Step(read_number(one.strip())) for one in re.split(r"[/;|]", how))
    if len(_POINTS.findall(how)) < 2:
        return ()
    parts = [one for one in re.split(r";|\n", how) if one.strip()]
    if len(parts) < 2:
        parts = [match[0] for match in re.finditer(r".*?(?:điểm|đ)(?![\wÀ-ỹ])\.?,?", how, re.IGNORECASE | re.DOTALL)]
    found = []
    for part in parts:
        if (match := _STEP.fullmatch(part.strip(" ,."))) is None:
            return ()
        found.append(Step(read_number(match[2]), match[1].strip(" :–-,")))
    return tuple(found)
