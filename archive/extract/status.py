"""How reading a file can end, and what the uploader is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum


class Status(StrEnum):
    """The file itself is kept whatever the status says; only its text is at stake."""

    OK = "ok"
    NO_TEXT = "no_text"
    ENCRYPTED = "encrypted"
    CORRUPT = "corrupt"
    TOO_BIG = "too_big"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    UNSUPPORTED = "unsupported"
    UNSAFE = "unsafe"


class How(StrEnum):
    """How a page was read when not as plain text."""

    RECOGNISED = "recognised"
    UNREAD = "unread"
    BLANK = "blank"


# Below this (of 100) what was recognised is told to be doubtful.
LOW_CONFIDENCE = 80

SENTENCES: dict[Status, str] = {
    Status.OK: "Đã đọc được chữ.",
    Status.NO_TEXT: "Không tìm thấy chữ trong tệp (có thể là ảnh chụp hoặc bản quét); tệp vẫn được lưu nguyên vẹn.",
    Status.ENCRYPTED: "Tệp có mật khẩu nên chưa đọc được chữ; tệp vẫn được lưu nguyên vẹn.",
    Status.CORRUPT: "Tệp bị hỏng hoặc thiếu dữ liệu nên chưa đọc được chữ; đề nghị mở thử bản gốc rồi tải lên lại.",
    Status.TOO_BIG: "Nội dung bên trong tệp quá lớn nên chưa đọc được chữ; tệp vẫn được lưu nguyên vẹn.",
    Status.TIMEOUT: "Việc đọc chữ kéo dài quá thời gian cho phép nên đã dừng; tệp vẫn được lưu nguyên vẹn.",
    Status.MEMORY: "Việc đọc chữ cần quá nhiều bộ nhớ nên đã dừng; tệp vẫn được lưu nguyên vẹn.",
    Status.CRASHED: "Chương trình đọc chữ gặp lỗi với tệp này; tệp vẫn được lưu nguyên vẹn.",
    Status.UNSUPPORTED: "Loại tệp này chưa đọc được chữ; tệp vẫn được lưu nguyên vẹn.",
    Status.UNSAFE: "Tệp có cấu trúc không an toàn nên không được mở để đọc chữ; đề nghị kiểm tra lại nguồn gốc của tệp.",
}

_MOST_PAGES_NAMED = 12


def sentence_of_pages(total: int, states: Mapping[int, tuple[How, int | None]]) -> str | None:
    """What the uploader is told of a file of `total` pages, None when every page was read well or none was."""
    unread = sorted(number for number, (how, _) in states.items() if how is How.UNREAD)
    blank = sorted(number for number, (how, _) in states.items() if how is How.BLANK)
    doubtful = sorted(number for number, (_, sure) in states.items() if sure is not None and sure < LOW_CONFIDENCE)
    read = total - len(unread) - len(blank)
    if read <= 0 or not (unread or blank or doubtful):
        return None
    parts = [f"Đọc được {read} trong {total} trang" if total > 1 else "Đã đọc được chữ"]
    for numbers, said in (
        (doubtful, "là ảnh chụp có độ tin cậy thấp"),
        (unread, "là ảnh chưa nhận dạng được chữ"),
        (blank, "không có chữ"),
    ):
        if numbers:
            parts.append(f"trang {_named(numbers)} {said}")
    return "; ".join(parts) + "."


def _named(numbers: Sequence[int]) -> str:
    """ "2, 4–7 và 9 trang khác" """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = [str(first) if first == last else f"{first}–{last}" for first, last in runs[:_MOST_PAGES_NAMED]]
    left = sum(last - first + 1 for first, last in runs[_MOST_PAGES_NAMED:])
    return ", ".join(shown) + (f" và {left} trang khác" if left else "")


# The same for page images: why there are none.
PREVIEW_SENTENCES: dict[Status, str] = {
    Status.OK: "Đã dựng được hình các trang.",
    Status.NO_TEXT: "Tệp không có trang nào để dựng hình.",
    Status.ENCRYPTED: "Tệp có mật khẩu nên không dựng được hình các trang.",
    Status.CORRUPT: "Tệp bị hỏng nên không dựng được hình các trang; tệp vẫn được lưu nguyên vẹn.",
    Status.TOO_BIG: "Trang hoặc ảnh trong tệp quá lớn nên không dựng hình; tệp vẫn được lưu nguyên vẹn.",
    Status.TIMEOUT: "Việc dựng hình các trang quá lâu nên đã dừng; tệp vẫn được lưu nguyên vẹn.",
    Status.MEMORY: "Việc dựng hình các trang cần quá nhiều bộ nhớ nên đã dừng; tệp vẫn được lưu nguyên vẹn.",
    Status.CRASHED: "Chương trình dựng hình gặp lỗi với tệp này; tệp vẫn được lưu nguyên vẹn.",
    Status.UNSUPPORTED: "Loại tệp này không có hình xem trước.",
    Status.UNSAFE: "Tệp có cấu trúc không an toàn nên không được mở để dựng hình.",
}

# The child's note on standard error that a page has been recognised, before how many and of how many.
PAGE_DONE = "kho-page"

EMPTY_FILE = "Tệp trống (0 byte), có thể quá trình sao chép đã bị lỗi; đề nghị tải lên lại."

# Why a file inside an archive is not taken, after "Không lấy được tệp này:".
ENTRY_REFUSALS: dict[Status, str] = {
    Status.UNSAFE: "tên hoặc kiểu không an toàn",
    Status.ENCRYPTED: "có mật khẩu",
    Status.TOO_BIG: "quá lớn",
    Status.CORRUPT: "bị hỏng hoặc không còn trong tệp nén",
    Status.UNSUPPORTED: "nén theo cách chưa đọc được",
}

# Why the text of a file within a file is not there, after its name.
INNER_REFUSALS: dict[Status, str] = {
    Status.OK: "không có chữ",
    Status.NO_TEXT: "không có chữ",
    Status.ENCRYPTED: "có mật khẩu",
    Status.CORRUPT: "bị hỏng",
    Status.TOO_BIG: "quá lớn",
    Status.TIMEOUT: "hết thời gian đọc",
    Status.MEMORY: "cần quá nhiều bộ nhớ",
    Status.CRASHED: "gặp lỗi khi đọc",
    Status.UNSUPPORTED: "loại tệp chưa đọc được",
    Status.UNSAFE: "không an toàn nên không mở",
}

NOT_OPENED = "tệp nén nằm trong tệp khác nên chỉ nêu tên"

# `metadata["warnings"]` holds these codes; a page shows the sentence.
WARNINGS: dict[str, str] = {
    "attachments": "Có tệp đính kèm; chữ trong đó được đọc cùng, tệp nào không đọc được có nêu tên trong phần chữ.",
    "active_content": "Tệp PDF có mã lệnh, tệp đính kèm hoặc bị khóa; bản gốc chỉ tải về, không mở ngay trong trình duyệt.",
    "damaged": "Tệp có chỗ bị hỏng; chữ đọc được có thể không đầy đủ.",
    "direction_controls": "Tên tệp có ký tự đảo chiều chữ, dễ gây nhầm phần đuôi tệp.",
    "empty_file": "Tệp trống (0 byte).",
    "encoding_guessed": "Bảng mã của tệp văn bản được suy đoán; đề nghị kiểm tra lại dấu tiếng Việt.",
    "entries_refused": "Tệp nén có mục không nhận được (tên không an toàn, có mật khẩu, quá lớn hoặc bị hỏng).",
    "extension_mismatch": "Đuôi tên tệp không khớp với nội dung thực của tệp.",
    "hidden_content": "Tệp có phần bị ẩn (trang tính, hàng, cột, trang chiếu hoặc chữ ẩn); phần chữ đọc được có ghi rõ chỗ nào ẩn.",
    "legacy_font": "Tệp dùng phông chữ cũ (TCVN3 hoặc VNI) và chưa chuyển được nên chữ đọc được chưa đúng dấu.",
    "legacy_converted": "Tệp dùng phông chữ cũ (TCVN3 hoặc VNI); chữ đã được chuyển sang Unicode, đề nghị kiểm tra lại dấu.",
    "markup_stripped": "Tệp là dữ liệu XML hoặc mã đánh dấu: thẻ đã được bỏ, chỉ giữ phần chữ, có thể lẫn dữ liệu kỹ thuật.",
    "macros": "Tệp có chứa macro; macro không được chạy khi đọc chữ.",
    "ocr": "Chữ được nhận dạng từ ảnh, có thể còn sai sót.",
    "ocr_incomplete": "Có trang chưa nhận dạng được chữ.",
    "ocr_low_confidence": "Ảnh mờ hoặc nghiêng nên chữ nhận dạng được kém tin cậy.",
    "ocr_unavailable": "Máy chủ chưa cài bộ nhận dạng chữ tiếng Việt trong ảnh.",
    "not_scanned": "Phần mềm diệt virus không trả lời nên tệp chưa được kiểm tra mã độc.",
    "outlook_unread": (
        "Thư Outlook (.msg) này chưa đọc được hết; đề nghị mở thư trong Outlook hoặc trang thư điện tử, lưu lại dạng .eml "
        "rồi tải lên."
    ),
    "ocr_layer_replaced": "Lớp chữ máy quét gắn sẵn trong tệp thiếu dấu hoặc sai chữ; chữ đã được nhận dạng lại từ ảnh.",
    "pages_truncated": "Tệp có quá nhiều trang; chỉ các trang đầu được đọc chữ.",
    "text_truncated": "Tệp có quá nhiều chữ; chỉ phần đầu được giữ để tìm kiếm.",
}
