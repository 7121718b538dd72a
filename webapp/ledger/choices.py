"""The actions to choose from when the log is narrowed: each label once, in groups of what they are done to."""

from __future__ import annotations

from functools import cache

from search import fold
from webapp.ledger.words import ACTIONS

# How actions begin, before the point or colon, and the group they are chosen from.
GROUPS: tuple[tuple[str, frozenset[str]], ...] = (
    (
        "Văn bản, minh chứng",
        frozenset({"document", "evidence", "hold", "reading", "retention", "scan", "short-form", "short-forms"}),
    ),
    ("Phiếu tự kiểm", frozenset({"checklist"})),
    ("Kế hoạch, báo cáo", frozenset({"paper", "synthesis", "duty"})),
    ("Sáng kiến", frozenset({"initiative"})),
    ("Khen thưởng", frozenset({"award", "award-mark", "award-round", "nomination", "award-decision", "honour"})),
    ("Chấm điểm", frozenset({"rubric", "round", "score", "score-round", "score-sheet", "conflict"})),
    ("Chỉ số chuyển đổi số", frozenset({"indicator-set", "indicator-sheet"})),
    ("Họp, bỏ phiếu", frozenset({"meeting", "ballot", "council", "vote-rule"})),
    ("Kiểm tra", frozenset({"inspection", "inspection-programme", "inspection-visit"})),
    ("Khó khăn, thông báo", frozenset({"difficulty", "announcement", "notices", "calendar"})),
    ("Phong trào", frozenset({"plan", "coverage", "movement", "overview"})),
    (
        "Người dùng, đơn vị",
        frozenset({"account", "session", "person", "grant", "acting", "submitter", "letterhead", "unit", "cluster"}),
    ),
    ("Tìm kiếm", frozenset({"search", "saved-search"})),
    ("Kho, nhật ký", frozenset({"archive", "backup", "catalogue", "export", "task", "ledger", "system"})),
)
OTHERS = "Việc khác"


@cache
def grouped() -> list[tuple[str, list[tuple[str, str]]]]:
    """(group, [(action, label)]), each label once, in the order of the alphabet. What was done and what was refused have
    names of their own in the log, and one label here."""
    labels: dict[str, str] = {}
    for action, label in ACTIONS.items():
        labels.setdefault(label, action)
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in [*(name for name, _ in GROUPS), OTHERS]}
    for label, action in sorted(labels.items(), key=lambda one: (fold(one[0]), one[0])):
        found[_group_of(action)].append((action, label))
    return [(name, choices) for name, choices in found.items() if choices]


def _group_of(action: str) -> str:
    begins = action.replace(":", ".").partition(".")[0]
    return next((name for name, of in GROUPS if begins in of), OTHERS)


def same_label(action: str) -> tuple[str, ...]:
    """All actions that are called as this one is; an action without a word is alone."""
    label = ACTIONS.get(action)
    return tuple(key for key, words in ACTIONS.items() if words == label) if label else (action,)


def chosen(action: str) -> str:
    """The action that stands for this one among the choices."""
    return same_label(action)[0] if action else ""
