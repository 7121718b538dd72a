"""What can go wrong with the archive, each with a sentence for the person in front of the screen."""

from __future__ import annotations


class ArchiveError(Exception):
    """Base of every error the archive raises on purpose.

    `sentence` is Vietnamese, complete, and safe to show; `str(error)` is the technical detail for the log.
    """

    sentence = "Kho lưu trữ gặp lỗi; xin báo quản trị hệ thống."


class NotBuilt(ArchiveError):
    """The address asks for a kind of store this version does not have."""

    sentence = "Loại kho lưu trữ này chưa được hỗ trợ; hiện chỉ dùng được thư mục trên máy chủ."


class LayoutMismatch(ArchiveError):
    """The folder holds a store of another layout version, or its STORE.json cannot be read."""

    sentence = (
        "Kho lưu trữ được tạo bởi một phiên bản khác của chương trình; "
        "xin dùng đúng phiên bản hoặc chuyển đổi kho trước khi mở."
    )


class BadDigest(ArchiveError, ValueError):
    """What was given is not a SHA-256 in 64 lower-case hexadecimal digits."""

    sentence = "Mã nhận dạng của tệp không hợp lệ."


class BadManifest(ArchiveError, ValueError):
    """A manifest's record, version, time or content cannot be written down."""

    sentence = "Bản kê của hồ sơ không hợp lệ nên chưa được ghi."


class ManifestExists(ArchiveError):
    """This version of the record was already written, with other content; manifests are write-once."""

    sentence = "Phiên bản này của hồ sơ đã được ghi với nội dung khác và không được ghi đè."


class NotStored(ArchiveError, KeyError):
    """No object with this digest is in the store."""

    sentence = "Không tìm thấy tệp này trong kho lưu trữ."

    def __str__(self) -> str:
        # KeyError shows the repr of its argument; a log line wants the text.
        return str(self.args[0]) if self.args else ""


class TooLarge(ArchiveError):
    """The stream went on beyond `max_size`; nothing was kept."""

    sentence = "Tệp vượt quá dung lượng cho phép nên chưa được lưu."


class StoreFull(ArchiveError):
    """The disk (or the quota) is full; nothing partial is left and reading goes on."""

    sentence = "Máy chủ đã hết dung lượng nên tệp chưa được lưu; các tệp đã lưu vẫn xem được bình thường."


class StoreReadOnly(ArchiveError):
    """The disk refuses writing; reading goes on."""

    sentence = "Kho lưu trữ đang ở chế độ chỉ đọc nên tệp chưa được lưu; các tệp đã lưu vẫn xem được bình thường."


class StoreFailed(ArchiveError):
    """The disk could not promise that bytes are safe; no more writes until the store is opened again."""

    sentence = (
        "Ổ đĩa của kho lưu trữ báo lỗi khi ghi nên kho đã ngừng nhận tệp mới để bảo đảm an toàn; "
        "xin báo quản trị hệ thống kiểm tra ổ đĩa."
    )


class SweepRefused(ArchiveError):
    """A sweep was asked for with nothing referenced, or would move most of the store: more likely a lost catalogue."""

    sentence = (
        "Danh mục không tham chiếu tệp nào, hoặc bỏ sót quá nửa số tệp, nên việc dọn kho bị từ chối để tránh xóa nhầm."
    )


class Damaged(ArchiveError):
    """The copy that was to be brought back is not what its name says."""

    sentence = "Bản còn giữ của tệp này đã bị hỏng nên không khôi phục được."


class NotReadBack(ArchiveError):
    """What was stored cannot be read again, or is not what it was: nothing may be claimed of it."""

    sentence = (
        "Có tệp của lần tải lên này không đọc lại được nguyên vẹn từ kho nên không lập biên nhận; xin giữ tệp gốc và báo "
        "quản trị hệ thống."
    )


class ExtractionStopped(ArchiveError):
    """The caller's `stop` said so while a file was being read; nothing is known about the file."""

    sentence = "Việc đọc chữ trong tệp đã dừng giữa chừng và sẽ được làm lại."
