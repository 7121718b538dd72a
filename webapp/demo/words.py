"""Sentences the generated papers are put together from."""

from __future__ import annotations

import random

# theme code -> (title, sentences)
TOPICS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "II.2.a": (
        ("Tập huấn kỹ năng số cho cán bộ", "Hội nghị quán triệt Nghị quyết số 57-NQ/TW", "Tuần lễ đọc và dùng dữ liệu"),
        (
            "Đơn vị đã tổ chức {n} buổi tập huấn kỹ năng số, thu hút {m} lượt người tham dự.",
            "Sau tập huấn, {p}% học viên làm được bài kiểm tra về ký số và gửi văn bản điện tử.",
            "Mỗi bộ phận cử một người làm nòng cốt, hướng dẫn lại cho đồng nghiệp ngay tại bàn làm việc.",
        ),
    ),
    "II.2.b": (
        ("Nâng cấp đường truyền và thiết bị", "Cấp chữ ký số cho viên chức", "Rà soát hạ tầng mạng nội bộ"),
        (
            "Đã thay {n} máy tính hết khấu hao và lắp thêm {m} điểm truy cập không dây phục vụ người dân.",
            "Tỷ lệ cán bộ có chữ ký số đạt {p}%, tăng so với đầu năm.",
            "Đường truyền số liệu chuyên dùng hoạt động ổn định, thời gian gián đoạn không đáng kể.",
        ),
    ),
    "II.2.c": (
        ("Kết quả xây dựng cơ sở dữ liệu đất đai", "Giải quyết hồ sơ trực tuyến toàn trình", "Số hóa hồ sơ hộ tịch"),
        (
            "Trong kỳ, bộ phận một cửa tiếp nhận {m} hồ sơ, trong đó {p}% nộp trực tuyến toàn trình.",
            "Dữ liệu đất đai của {n} khu vực đã được đối soát, làm sạch và chia sẻ liên thông với cơ quan thuế.",
            "Thời gian giải quyết trung bình rút ngắn {n} ngày so với quy định.",
        ),
    ),
    "II.2.d": (
        ("Hỗ trợ hộ kinh doanh thanh toán không dùng tiền mặt", "Đưa nông sản lên sàn thương mại điện tử"),
        (
            "Đã hướng dẫn {m} hộ kinh doanh mở mã thanh toán và xuất hóa đơn điện tử.",
            "Có {n} sản phẩm được đưa lên sàn thương mại điện tử, doanh số qua mạng tăng {p}%.",
            "Tiểu thương chợ phường hưởng ứng tuyến phố không dùng tiền mặt.",
        ),
    ),
    "II.2.đ": (
        ("Lớp bình dân học vụ số", "Tổ công nghệ số cộng đồng", "Giúp người cao tuổi dùng dịch vụ công trực tuyến"),
        (
            "Hội mở {n} lớp bình dân học vụ số cho {m} hội viên, phần lớn là người lớn tuổi và lao động tự do.",
            "Tổ công nghệ số cộng đồng đến từng nhà, hỗ trợ cài đặt VNeID và nộp hồ sơ trực tuyến.",
            "Khảo sát cuối lớp cho thấy {p}% học viên tự tra cứu được kết quả hồ sơ.",
        ),
    ),
    "II.2.e": (
        ("Phòng ngừa lừa đảo qua mạng", "Bảo vệ dữ liệu cá nhân", "Diễn tập ứng cứu sự cố an toàn thông tin"),
        (
            "Công an phường phối hợp tuyên truyền {n} buổi về thủ đoạn lừa đảo qua mạng, {m} lượt người nghe.",
            "Toàn bộ máy tính nghiệp vụ được cài phần mềm diệt mã độc; {p}% tài khoản bật xác thực hai lớp.",
            "Quy chế bảo đảm an toàn thông tin được rà soát, bổ sung quy trình xử lý khi lộ dữ liệu.",
        ),
    ),
}

CLOSING = (
    "Khó khăn: kinh phí còn hạn chế, một số phần mềm chưa kết nối được với nhau.",
    "Đơn vị đề nghị cơ quan thường trực tiếp tục hướng dẫn cách lưu minh chứng.",
    "Thời gian tới, đơn vị nhân rộng cách làm này sang các bộ phận còn lại.",
)


def paragraphs(random_: random.Random, theme: str, count: int) -> list[str]:
    """Sentences of a theme with figures filled in, and a closing one."""
    sentences = TOPICS[theme][1]
    body = [
        random_.choice(sentences).format(
            n=random_.randint(2, 24), m=random_.randint(30, 900), p=random_.randint(55, 99)
        )
        for _ in range(count)
    ]
    return [*body, random_.choice(CLOSING)]
