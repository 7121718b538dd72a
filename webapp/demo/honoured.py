"""Who is put forward in the demonstration beside those whom results speak for."""

from __future__ import annotations

from webapp.commendation.nominations.service import Wording

HOUSEHOLD = Wording(
    name="Hộ ông Trần Văn Sáu",
    workplace="Khu vực 3, phường Sông Hậu",
    reason="Cho mượn nhà mở 6 lớp bình dân học vụ số, 214 người theo học.",
    achievement="Đã có đóng góp tích cực cho phong trào bình dân học vụ số",
)
OUTSIDER = Wording(
    name="Phạm Quốc Huy",
    honorific="Ông",
    post="Kỹ sư",
    workplace="Trung tâm Tin học, Trường Cao đẳng nghề thành phố",
    leads=False,
    reason="Viết và tặng phường phần mềm nhắc hạn hồ sơ, hướng dẫn 12 cán bộ sử dụng.",
    achievement="Đã giúp phường xây dựng phần mềm nhắc hạn hồ sơ",
)

# Of this year's round: name, form of address, post, reason, achievement, by the place of the unit.
WORKERS = (
    (
        "Đỗ Thị Kim Ngân",
        "Bà",
        "Công chức địa chính",
        "Số hóa 1.260 trang hồ sơ đất đai, không còn hồ sơ trễ hẹn từ tháng 5.",
        "Đã có thành tích xuất sắc trong số hóa hồ sơ đất đai",
    ),
    (
        "Lê Minh Quân",
        "Ông",
        "Giáo viên",
        "Dạy 8 lớp kỹ năng số cho 190 phụ huynh, dùng lại được ở hai trường khác.",
        "Đã có thành tích xuất sắc trong phong trào bình dân học vụ số",
    ),
    (
        "Huỳnh Thị Mai",
        "Bà",
        "Nhân viên Bộ phận Một cửa",
        "Hướng dẫn 640 người nộp hồ sơ trực tuyến, tỷ lệ nộp trực tuyến tăng từ 48% lên 81%.",
        "Đã có thành tích xuất sắc trong hướng dẫn người dân dùng dịch vụ công trực tuyến",
    ),
)
