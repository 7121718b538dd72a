"""What can be done to many documents of the list at once, and what undoes it."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.models import Document
from webapp.permissions import Permission as P
from webapp.permissions import Viewer, can

# What it is called, who may do it, what it means.
ACTS = {
    "hold": (
        "Giữ lại",
        P.HOLD_SET,
        "Văn bản được giữ lại không rút được, dù hết thời hạn lưu trữ, cho đến khi thôi giữ.",
    ),
    "withdraw": (
        "Rút",
        P.DOCUMENT_WITHDRAW,
        "Văn bản ra khỏi mọi danh sách và tìm kiếm; tệp vẫn ở trong kho, khôi phục được.",
    ),
    "release": ("Thôi giữ", P.HOLD_SET, "Văn bản không còn được giữ lại."),
    "restore": ("Khôi phục", P.DOCUMENT_RESTORE, "Văn bản trở lại các danh sách và tìm kiếm."),
}
OPPOSITE = {"hold": "release", "withdraw": "restore"}


def offered(viewer: Viewer, documents: Iterable[Document]) -> list[tuple[str, str]]:
    """(act, label) of what the viewer may do to at least one of these; what only undoes is not offered in a list."""
    shown = list(documents)
    return [
        (act, f"{label}…")
        for act, (label, permission, _) in ACTS.items()
        if act in OPPOSITE and any(can(viewer, permission, one) for one in shown)
    ]
