"""What can be said of a digital signature."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """How a signature stands to the file as it lies in the archive."""

    VALID = "valid"
    TAMPERED = "tampered"
    CHANGED_AFTER = "changed_after"
    UNKNOWN_AUTHORITY = "unknown_authority"
    UNREADABLE = "unreadable"


_UNCHECKED = "Chưa kiểm tra được chứng thư số có bị thu hồi hay không."
SIGNATURE_SENTENCES: dict[State, str] = {
    State.VALID: "Chữ ký số hợp lệ: nội dung không bị sửa từ khi ký, chứng thư số do tổ chức đã được tin cậy cấp. ",
    State.TAMPERED: "Chữ ký số không hợp lệ: nội dung đã ký bị sửa. ",
    State.CHANGED_AFTER: "Phần đã ký còn nguyên vẹn nhưng tệp có nội dung được thêm hoặc sửa sau khi ký. ",
    State.UNKNOWN_AUTHORITY: "Nội dung không bị sửa từ khi ký, nhưng chưa xác minh được tổ chức cấp chứng thư số. ",
    State.UNREADABLE: "Có chữ ký số nhưng không đọc được hoặc dùng thuật toán chưa hỗ trợ. ",
}
SIGNATURE_SENTENCES = {state: sentence + _UNCHECKED for state, sentence in SIGNATURE_SENTENCES.items()}
