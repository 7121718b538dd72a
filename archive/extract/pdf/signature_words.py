"""What can be said of a digital signature."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """How a signature stands to the file as it lies in the archive."""

    VALID = "valid"
    TAMPERED = "tampered"
    CHANGED_AFTER = "changed_after"
    COVERED = "covered"
    COVERED_UNKNOWN = "covered_unknown"
    UNKNOWN_AUTHORITY = "unknown_authority"
    UNREADABLE = "unreadable"


_UNCHECKED = "Chưa kiểm tra được chứng thư số có bị thu hồi hay không."
SIGNATURE_SENTENCES: dict[State, str] = {
    State.VALID: "Chữ ký số hợp lệ: nội dung không bị sửa từ khi ký, chứng thư số do tổ chức đã được tin cậy cấp. ",
    State.TAMPERED: "Chữ ký số không hợp lệ: nội dung đã ký bị sửa. ",
    State.CHANGED_AFTER: (
        "Phần đã ký còn nguyên vẹn nhưng tệp có nội dung được thêm hoặc sửa sau khi ký, chưa có chữ ký nào phủ phần đó. "
    ),
    # The leader signs, the registry writes number and day, the organisation seals: nobody is to be accused of that.
    State.COVERED: (
        "Chữ ký {number} phủ bản lúc ký, phần đó còn nguyên vẹn; sau đó tệp được bổ sung (thường là số, ngày văn bản) và "
        "được chữ ký {covered_by} phủ toàn bộ. "
    ),
    State.COVERED_UNKNOWN: (
        "Chữ ký {number} phủ bản lúc ký, phần đó còn nguyên vẹn; sau đó tệp được bổ sung (thường là số, ngày văn bản) và "
        "được chữ ký {covered_by} phủ toàn bộ. Chưa xác minh được tổ chức cấp chứng thư số của các chữ ký này. "
    ),
    State.UNKNOWN_AUTHORITY: "Nội dung không bị sửa từ khi ký, nhưng chưa xác minh được tổ chức cấp chứng thư số. ",
    State.UNREADABLE: "Có chữ ký số nhưng không đọc được hoặc dùng thuật toán chưa hỗ trợ. ",
}
SIGNATURE_SENTENCES = {state: sentence + _UNCHECKED for state, sentence in SIGNATURE_SENTENCES.items()}
_COVERS = "Chữ ký {number} phủ toàn bộ tệp, cả phần bổ sung sau các chữ ký trước. "


def sentence_of(state: State, *, number: int, covered_by: int | None, covers: bool) -> str:
    """What is said of signature `number` (from 1), later covered by another, or covering (`covers`) what was added."""
    sentence = SIGNATURE_SENTENCES[state].format(number=number, covered_by=covered_by)
    return _COVERS.format(number=number) + sentence if covers else sentence
