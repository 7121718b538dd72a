"""What somebody new in a role does first, in three sentences, until they say that they know."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.models import Role
from webapp.notices.queries import list_keys
from webapp.permissions import Viewer

# Of several roles the one with most to do comes first.
SENTENCES: dict[Role, tuple[str, str, str]] = {
    Role.STANDING_OFFICE: (
        "Nhập kế hoạch của phường ở “Phong trào”, gắn đơn vị vào nhóm tiêu chí rồi lập việc phải nộp.",
        "Theo dõi ở “Ai đã nộp, ai chưa nộp”; nhắc, gia hạn, tiếp nhận hoặc trả lại ngay tại đó.",
        "Cuối năm mở kỳ chấm cho từng cụm, khối và lập báo cáo tổng hợp từ những gì các đơn vị đã trình.",
    ),
    Role.CLUSTER_LEADER: (
        "Mở “Chấm điểm” để biết phiếu nào của cụm, khối đang chờ bạn thẩm định.",
        "Đọc minh chứng bên cạnh từng mục rồi cho điểm; điểm khác đơn vị tự chấm thì ghi lý do.",
        "Bạn không thẩm định đơn vị mình; khi mọi phiếu xong thì chốt kết quả của cụm, khối.",
    ),
    Role.CLUSTER_DEPUTY: (
        "Mở “Chấm điểm” để biết phiếu nào của cụm, khối đang chờ thẩm định.",
        "Bạn thẩm định đơn vị của cụm trưởng, khối trưởng, và các đơn vị khác khi được phân công.",
        "Bạn không thẩm định đơn vị mình.",
    ),
    Role.HEAD: (
        "Trang này ghi việc của đơn vị theo thời hạn; việc cán bộ đã làm xong thì bạn đọc lại và trình.",
        "Chỉ bạn mới trình: mở hồ sơ, xem trang đọc lại trước khi trình, rồi bấm nút trình.",
        "Khi có điểm thẩm định, bạn đồng ý hoặc gửi giải trình trong thời hạn.",
    ),
    Role.CLERK: (
        "Trang này ghi việc của đơn vị theo thời hạn; bấm vào tên việc để làm.",
        "Có tài liệu mới thì tải lên ngay dưới đúng tiêu chí của phiếu tự kiểm, không cần đợi cuối năm.",
        "Viết xong thì báo lãnh đạo đơn vị; chỉ lãnh đạo đơn vị mới trình.",
    ),
    Role.COUNCIL: (
        "Phiếu chờ bạn bỏ và cuộc họp bạn được mời đứng đầu trang này.",
        "Ở “Sáng kiến” bạn đọc và nhận xét; ở “Chấm điểm” bạn xem kết quả các cụm đã chốt.",
        "Đơn vị nào bạn có liên quan thì khai báo xung đột lợi ích trước khi xét.",
    ),
    Role.LEADERSHIP: (
        "Năm dòng “Phong trào hôm nay” cho biết mọi việc đến đâu; bấm vào dòng nào thì xem chi tiết dòng ấy.",
        "Dưới đó là những gì chờ bạn ký, quyết định: sáng kiến, khó khăn, kết quả chấm điểm.",
        "“Tổng quan” cho thấy từng nhóm, từng cụm, ai đi trước, ai cần đôn đốc.",
    ),
    Role.AUDITOR: (
        "“Nhật ký” cho biết ai đã làm gì, lúc nào; lọc theo người, việc, ngày rồi tải phần đang lọc.",
        "“Bảo quản” cho biết tệp trong kho còn nguyên vẹn hay không.",
        "Bạn đọc được mọi hồ sơ đã trình và không sửa được gì.",
    ),
    Role.INSPECTOR: (
        "Bạn đọc được hồ sơ đã trình của các đơn vị được giao, trong thời gian của đoàn kiểm tra.",
        "Mở “Kiểm tra”, chọn đơn vị rồi “Ghi nhận kết quả”: minh chứng của từng tiêu chí ở ngay đó, điện thoại cũng dùng được.",
        "Mất mạng thì cứ ghi: nội dung và ảnh được giữ trên máy, có mạng tự gửi.",
    ),
    Role.ADMINISTRATOR: (
        "Mở “Quản trị” để thêm đơn vị, cụm, khối, người dùng; nhanh nhất là nhập cả danh sách từ bảng.",
        "Giao vai trò đúng đơn vị, đúng năm; người chưa có vai trò chỉ xem được nội dung chung.",
        "Hằng ngày xem “Việc hệ thống tự làm” và tình trạng bảo quản kho.",
    ),
}


@dataclass(frozen=True, slots=True)
class Welcome:
    """What to tell whoever is new in this role."""

    role: Role
    sentences: tuple[str, str, str]


def key_of(role: Role) -> str:
    """The cause under which it is noted that a person knows."""
    return f"welcome:{role.value}"


def find_welcome(session: Session, *, viewer: Viewer) -> Welcome | None:
    """Of the viewer's roles the first whose sentences were not put away. One statement, none without a role."""
    mine = [role for role in SENTENCES if viewer.has(role)]
    if not mine:
        return None
    known = list_keys(session, viewer=viewer, keys=[key_of(role) for role in mine])
    return next((Welcome(role, SENTENCES[role]) for role in mine if key_of(role) not in known), None)
