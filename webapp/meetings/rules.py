"""Moves of meetings and ballots, quorum, what a count decides. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import time
from fractions import Fraction

from webapp.models.meeting import BallotState as Ballot
from webapp.models.meeting import MeetingState as State

# (present state, move) -> next state; used by server and page alike.
MOVES: dict[tuple[State, str], State] = {
    (State.PLANNED, "open"): State.HELD,
    (State.PLANNED, "cancel"): State.CANCELLED,
    (State.HELD, "close"): State.CLOSED,
}
BALLOT_MOVES: dict[tuple[Ballot, str], Ballot] = {
    (Ballot.PREPARED, "open"): Ballot.OPEN,
    (Ballot.PREPARED, "void"): Ballot.VOID,
    (Ballot.OPEN, "close"): Ballot.CLOSED,
    (Ballot.OPEN, "void"): Ballot.VOID,
}

STANDARD = ("Đồng ý", "Không đồng ý", "Ý kiến khác")
FEWEST_CHOICES, MOST_CHOICES = 2, 10
LONGEST_CHOICE = 200
# With fewer papers a count tells how somebody voted.
FEWEST_SECRET = 3
TWO_THIRDS = 67
MORE_THAN_HALF = 50
ALL_MEMBERS = "tổng số thành viên"
NEEDED = (
    (MORE_THAN_HALF, "Quá nửa số người được bỏ phiếu"),
    (TWO_THIRDS, "Từ hai phần ba số người được bỏ phiếu trở lên"),
    (75, "Từ ba phần tư số người được bỏ phiếu trở lên"),
    (80, "Từ 80% số người được bỏ phiếu trở lên"),
    (90, "Từ 90% số người được bỏ phiếu trở lên"),
    (100, "Tất cả số người được bỏ phiếu"),
)

# Choices by which somebody says that they choose nothing; they are counted, and decide nothing.
_NO_OPINION = re.compile(
    r"(?:(?:phiếu|bỏ phiếu|để|bỏ)? ?(?:trắng|trống)|ý kiến khác|(?:không|chưa) (?:có |nêu |bày tỏ |cho )?ý kiến(?: gì)?|"
    r"(?:không|chưa) (?:biểu quyết|bỏ phiếu|bầu|lựa chọn|chọn|quyết định)(?: .{0,30})?|không tham gia(?: .{0,30})?|"
    r"không phương án nào|bảo lưu(?: ý kiến)?|khác|miễn(?: ý kiến)?)",
    re.IGNORECASE,
)
_TIME = re.compile(r"(\d{1,2})(?:[:hg.]| giờ ?)(\d{1,2})?(?: phút)?", re.IGNORECASE)


def moves_from(state: State) -> frozenset[str]:
    return frozenset(move for from_state, move in MOVES if from_state is state)


def ballot_moves_from(state: Ballot) -> frozenset[str]:
    return frozenset(move for from_state, move in BALLOT_MOVES if from_state is state)


def too_few(electors: int, *, secret: bool, absent: bool, may_invite: bool) -> str:
    """Why a ballot cannot begin with so many who may vote; empty when they are enough."""
    least = FEWEST_SECRET if secret else 1
    if electors >= least:
        return ""
    without = "người vắng mặt và người có liên quan" if absent else "người có liên quan"
    ways = ["mời thêm thành viên"] if may_invite else []
    ways += ["chọn biểu quyết công khai"] if secret else []
    return f"Trừ {without}, chỉ có {electors} người được bỏ phiếu{' kín' if secret else ''}; cần ít nhất {least}." + (
        f" Hãy {' hoặc '.join(ways)}." if ways else ""
    )


def share(percent: int) -> Fraction:
    """67 stands for two thirds."""
    return Fraction(2, 3) if percent == TWO_THIRDS else Fraction(percent, 100)


def seats_needed(members: int, percent: int) -> int:
    """How many must be there: at least that share, and somebody."""
    return max(1, -(-members * share(percent) // 1))


def has_quorum(present: int, members: int, percent: int) -> bool:
    return members > 0 and present >= seats_needed(members, percent)


def votes_needed(electors: int, percent: int) -> int:
    """How many votes decide: more than half, or at least the other share."""
    if percent == MORE_THAN_HALF:
        return electors // 2 + 1
    return seats_needed(electors, percent)


def decided(choices: Sequence[str], counts: Sequence[int], electors: int, percent: int) -> int | None:
    """The place of the choice that won: of the usual three only the first can, and never one that means no opinion; None
    when there are not votes enough. `percent` is of the electors."""
    enough = votes_needed(electors, percent)
    able = [0] if tuple(choices) == STANDARD else [n for n, choice in enumerate(choices) if not is_no_opinion(choice)]
    return next((place for place in able if counts[place] >= enough), None)


def is_no_opinion(choice: str) -> bool:
    words = " ".join(unicodedata.normalize("NFC", choice).split()).strip(" .:;()…")
    return _NO_OPINION.fullmatch(words) is not None


def count(votes: Iterable[int], choices: int) -> list[int]:
    """How many votes each choice has. Raises ValueError for a vote that is no choice."""
    counts = [0] * choices
    for vote in votes:
        if not 0 <= vote < choices:
            raise ValueError(vote)
        counts[vote] += 1
    return counts


def needed_words(percent: int, *, of_all: bool = False) -> str:
    found = next(
        (words for share, words in NEEDED if share == percent), f"Từ {percent}% số người được bỏ phiếu trở lên"
    )
    return found.replace("số người được bỏ phiếu", ALL_MEMBERS) if of_all else found


def base_words(*, of_all: bool, shrinks: bool) -> str:
    """Who counts in what the votes needed are a share of."""
    if of_all:
        return f"tính cả người vắng mặt{'; không tính người có liên quan' if shrinks else ' và người có liên quan'}"
    return "không tính người vắng mặt" + (" và người có liên quan" if shrinks else "; tính cả người có liên quan")


def quorum_words(percent: int) -> str:
    return "hai phần ba" if percent == TWO_THIRDS else f"{percent}%"


def time_of(text: str) -> time | None:
    """14:30, 14h30, 14h, 14 giờ 30."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def lines_of(text: str) -> list[str]:
    """One point a line, without the numbers somebody typed before them."""
    lines = (re.sub(r"^\s*(?:\d{1,2}[.)]|[-–•])\s+", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line]
