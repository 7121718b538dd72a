"""The four ways a request or command can fail on purpose. Anything else is a bug.

Sentences are in Vietnamese and shown to the person as they are.
"""

from __future__ import annotations

from collections.abc import Mapping


class KhoError(Exception):
    """Common parent; `sentence` is what the person reads."""

    sentence: str = "Không thực hiện được."

    def __init__(self, sentence: str | None = None) -> None:
        if sentence:
            self.sentence = sentence
        super().__init__(self.sentence)


class NotFound(KhoError):
    """It is not there, or this viewer may not learn that it is."""

    sentence = "Nội dung này không có, hoặc bạn không được xem."

    def __init__(self, sentence: str | None = None, *, kind: str = "", key: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind
        self.key = key


class Refused(KhoError):
    """The viewer may see the thing but not do this to it; `sentence` gives the reason."""

    sentence = "Bạn không có quyền thực hiện việc này."

    def __init__(self, sentence: str | None = None, *, permission: str = "", kind: str = "", key: str = "") -> None:
        super().__init__(sentence)
        self.permission = permission
        self.kind = kind
        self.key = key


class Invalid(KhoError):
    """What was typed or sent cannot be taken; `fields` maps a field's name to its sentence."""

    def __init__(self, fields: Mapping[str, str] | str) -> None:
        self.fields: dict[str, str] = {"": fields} if isinstance(fields, str) else dict(fields)
        super().__init__(" ".join(self.fields.values()))


class Conflict(KhoError):
    """Somebody else changed it meanwhile; `theirs` and `mine` map a field's label to its value."""

    sentence = "Nội dung đã được người khác sửa trong lúc bạn đang làm."

    def __init__(
        self,
        sentence: str | None = None,
        *,
        theirs: Mapping[str, str] | None = None,
        mine: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.theirs = dict(theirs or {})
        self.mine = dict(mine or {})


class NoRoom(KhoError):
    """The database's disk is full or takes no writes; reading goes on."""

    sentence = (
        "Máy chủ đã hết dung lượng hoặc ổ đĩa không cho ghi, nên việc vừa rồi chưa được lưu; "
        "vẫn xem và tải văn bản được bình thường. Xin báo quản trị hệ thống."
    )


class Busy(KhoError):
    """The database or the disk cannot take the change now; nothing was changed."""

    sentence = "Hệ thống đang bận. Nội dung chưa được lưu; xin thử lại sau ít giây."
