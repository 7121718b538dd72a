"""The words of plans a ward, a commune, a province and a ministry might write. All of them are made up."""

from __future__ import annotations

from dataclasses import replace

from tests.webapp.movement.reading.plan_documents import PlanText

WARD = PlanText(
    issuer=("ỦY BAN NHÂN DÂN", "PHƯỜNG BÌNH MINH"),
    number="Số:      /KH-UBND",
    place_and_date="Bình Minh, ngày      tháng      năm 2026",
    abstract="Phát động Phong trào thi đua “Mỗi công dân một kỹ năng số” trên địa bàn phường Bình Minh, giai đoạn 2026 - 2029",
    bases=(
        "Căn cứ Luật Thi đua, khen thưởng ngày 15 tháng 6 năm 2022;",
        "Căn cứ Nghị định số 152/2025/NĐ-CP ngày 14 tháng 6 năm 2025 của Chính phủ quy định về phân cấp, phân quyền trong "
        "lĩnh vực thi đua, khen thưởng;",
        "Căn cứ Quyết định số 77/QĐ-UBND ngày 03/3/2026 của Ủy ban nhân dân thành phố Hoa Sen sửa đổi, bổ sung một số điều "
        "của Quy chế thi đua (sau đây gọi tắt là Quyết định số 77/QĐ-UBND);",
        "Ủy ban nhân dân phường Bình Minh ban hành Kế hoạch phát động Phong trào thi đua với các nội dung như sau:",
    ),
    body=(
        "I. MỤC ĐÍCH, YÊU CẦU",
        "1. Mục đích",
        "a) Giúp người dân biết dùng dịch vụ công trực tuyến, thanh toán số và bảo vệ mình trên mạng;",
        "b) Tạo khí thế thi đua sôi nổi giữa các khu vực, trường học và doanh nghiệp.",
        "2. Yêu cầu",
        "Việc tổ chức phải thiết thực, tiết kiệm, không chạy theo hình thức.",
        "II. NỘI DUNG, THỜI GIAN",
        "1. Nội dung thi đua",
        "Các đơn vị tập trung vào những việc sau:",
        "a) Thi đua mở lớp kỹ năng số tại từng khu vực, ưu tiên người cao tuổi và hộ kinh doanh nhỏ;",
        "b) Thi đua đưa hồ sơ, sổ sách của đơn vị lên môi trường số;",
        "c) Thi đua giữ an toàn dữ liệu cá nhân.",
        "2. Thời gian",
        "a) Giai đoạn 1 (2026 - 2027)",
        "Các đơn vị đăng ký và mở lớp.",
        "b) Giai đoạn 2 (2028 - 2029)",
        "Nhân rộng cách làm hay, tổng kết vào năm 2029.",
        "III. TIÊU CHÍ THI ĐUA",
        "1. Đối với tập thể",
        "a) Có kế hoạch riêng hoặc lồng ghép, phân công người phụ trách rõ ràng;",
        "b) Ít nhất bốn phần năm cán bộ hoàn thành khóa học bắt buộc;",
        "c) Hồ sơ công việc được lập và lưu trên hệ thống;",
        "d) Có sáng kiến được công nhận;",
        "đ) Không để lộ, mất dữ liệu.",
        "2. Đối với cá nhân",
        "a) Tham gia đầy đủ các lớp học và giúp đỡ ít nhất ba người khác;",
        "b) Có giải pháp tiết kiệm thời gian xử lý công việc.",
        "IV. KHEN THƯỞNG",
        "1. Khen thưởng sơ kết năm 2027",
        "Chủ tịch Ủy ban nhân dân phường khen thưởng các tập thể, cá nhân tiêu biểu.",
        "2. Khen thưởng tổng kết năm 2029",
        "Xét chọn theo quy định của pháp luật.",
        "V. TỔ CHỨC THỰC HIỆN",
        "1. Phòng Văn hóa - Xã hội",
        "a) Tham mưu tổ chức lễ phát động;",
        "b) Tổng hợp báo cáo của các đơn vị.",
        "2. Công an phường hướng dẫn người dân nhận biết lừa đảo trên mạng.",
        "3. Trước ngày 20 tháng 11 hằng năm, các đơn vị báo cáo kết quả về Phòng Văn hóa - Xã hội.",
        "Trên đây là Kế hoạch phát động Phong trào thi đua; đề nghị các đơn vị nghiêm túc thực hiện./.",
    ),
    recipients=("UBND thành phố (để báo cáo);", "Đảng ủy, HĐND phường;", "Công an phường;", "Lưu: VT, VHXH."),
    authority=("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
    signer="Trần Thị Ngọc Ánh",
)

# The ward's plan a year on: numbered, one criterion more, another day for reports.
WARD_AMENDED = replace(
    WARD,
    number="Số: 18/KH-UBND",
    place_and_date="Bình Minh, ngày 09 tháng 02 năm 2027",
    body=tuple(
        line
        for before in WARD.body
        for line in {
            "đ) Không để lộ, mất dữ liệu.": (
                "đ) Không để lộ, mất dữ liệu;",
                "e) Trả lời phản ánh của người dân trong ba ngày làm việc.",
            ),
            "3. Trước ngày 20 tháng 11 hằng năm, các đơn vị báo cáo kết quả về Phòng Văn hóa - Xã hội.": (
                "3. Chậm nhất ngày 30/11 hằng năm, các đơn vị báo cáo kết quả về Phòng Văn hóa - Xã hội.",
            ),
        }.get(before, (before,))
    ),
    authority=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
    signer="Lê Văn Bảy",
)

# Arabic sections, points "2.1.", several days for reports, the Chairman's own signature.
COMMUNE = PlanText(
    issuer=("UBND HUYỆN HƯƠNG TRÀM", "UBND XÃ TÂN PHÚ"),
    number="Số: 45/KH-UBND",
    place_and_date="Tân Phú, ngày 12 tháng 01 năm 2026",
    abstract="Thực hiện Phong trào thi đua “Làng quê số, cuộc sống mới” giai đoạn 2026 - 2030",
    bases=(
        "Thực hiện Kế hoạch số 301/KH-UBND ngày 20 tháng 12 năm 2025 của Ủy ban nhân dân tỉnh về tổ chức Phong trào thi "
        "đua “Làng quê số, cuộc sống mới”, UBND xã Tân Phú xây dựng Kế hoạch thực hiện như sau:",
    ),
    body=(
        "1. MỤC ĐÍCH, YÊU CẦU",
        "1.1. Đưa dịch vụ số đến từng ấp, từng hộ.",
        "1.2. Việc đánh giá phải công khai, dân chủ.",
        "2. NỘI DUNG THI ĐUA",
        "2.1. Thi đua xây dựng tổ công nghệ số cộng đồng ở mọi ấp.",
        "2.2. Thi đua bán nông sản qua sàn thương mại điện tử.",
        "2.3. Thi đua làm thủ tục hành chính tại nhà.",
        "2.4. Thi đua lắp đặt camera an ninh bằng nguồn xã hội hóa.",
        "3. TIÊU CHUẨN THI ĐUA",
        "3.1. Đối với các ấp",
        "a) Từ chín phần mười hộ trở lên có tài khoản định danh;",
        "b) Có ít nhất một mô hình số được xã công nhận.",
        "3.2. Đối với các trường học trên địa bàn xã",
        "a) Toàn bộ học bạ được quản lý trên hệ thống;",
        "b) Có câu lạc bộ tin học hoạt động hằng tháng;",
        "c) Giáo viên sử dụng thành thạo học liệu số.",
        "4. THỜI GIAN THỰC HIỆN",
        "4.1. Giai đoạn 2026 - 2028: xây dựng mô hình điểm.",
        "4.2. Giai đoạn 2029 - 2030: nhân rộng toàn xã.",
        "5. KHEN THƯỞNG",
        "Năm 2028 sơ kết, khen thưởng 05 tập thể và 10 cá nhân. Năm 2030 tổng kết, đề nghị huyện khen thưởng.",
        "6. TRÁCH NHIỆM THỰC HIỆN",
        "6.1. Công chức Văn hóa - Xã hội: theo dõi, tổng hợp, tham mưu khen thưởng.",
        "6.2. Các ấp gửi báo cáo 6 tháng trước 30/6 và báo cáo năm trước ngày 15 tháng 12 hằng năm.",
        "6.3. Các trường học gửi báo cáo năm chậm nhất ngày 30/11.",
        "Trên đây là Kế hoạch thực hiện Phong trào thi đua của xã Tân Phú./.",
    ),
    recipients=("UBND huyện;", "Thường trực Đảng ủy;", "Các ấp;", "Các trường học;", "Lưu: VT."),
    authority=("CHỦ TỊCH",),
    signer="Phạm Văn Út",
)

# No letters at all: everything listed with dashes, some of them nested.
DASHES = PlanText(
    issuer=("ỦY BAN NHÂN DÂN", "XÃ ĐỒNG XANH"),
    number="Số: 07/KH-UBND",
    place_and_date="Đồng Xanh, ngày 05 tháng 01 năm 2026",
    abstract="Tổ chức Phong trào thi đua “Chung tay cải cách hành chính” năm 2026",
    bases=(
        "Căn cứ Chỉ thị số 05-CT/HU ngày 10 tháng 11 năm 2025 của Ban Thường vụ Huyện ủy về đẩy mạnh cải cách hành chính;",
        "Ủy ban nhân dân xã Đồng Xanh ban hành Kế hoạch như sau:",
    ),
    body=(
        "I. MỤC ĐÍCH",
        "Nâng mức hài lòng của người dân.",
        "II. NỘI DUNG THI ĐUA",
        "- Thi đua giải quyết hồ sơ đúng hẹn và trước hẹn;",
        "- Thi đua đơn giản hóa thủ tục, giảm giấy tờ;",
        "- Thi đua nâng cao thái độ phục vụ.",
        "III. TIÊU CHÍ THI ĐUA",
        "1. Đối với bộ phận một cửa",
        "- Hồ sơ đúng hẹn từ 98% trở lên;",
        "- Không có phản ánh đúng về thái độ phục vụ.",
        "2. Đối với công chức",
        "- Hoàn thành tốt nhiệm vụ, gồm:",
        "+ Không có hồ sơ trễ hẹn;",
        "+ Cập nhật dữ liệu hằng ngày;",
        "- Có sáng kiến được áp dụng;",
        "- Tham gia đầy đủ tập huấn.",
        "3. Đối với người dân: tích cực nộp hồ sơ trực tuyến và góp ý xây dựng chính quyền.",
        "IV. KHEN THƯỞNG",
        "Tổng kết và khen thưởng vào cuối năm 2026.",
        "V. TỔ CHỨC THỰC HIỆN",
        "- Văn phòng HĐND và UBND xã: theo dõi, đôn đốc, tổng hợp báo cáo;",
        "- Các ban, ngành, đoàn thể báo cáo kết quả trước ngày 10/12/2026.",
        "Yêu cầu các bộ phận nghiêm túc thực hiện./.",
    ),
    recipients=("Như mục V;", "Lưu: VT."),
    authority=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
    signer="Võ Thị Mai",
)

_DECISION = PlanText(
    issuer=("THỦ TƯỚNG CHÍNH PHỦ",),
    number="Số: 4321/QĐ-TTg",
    place_and_date="Hà Nội, ngày 02 tháng 9 năm 2025",
    kind="QUYẾT ĐỊNH",
    abstract="Ban hành Kế hoạch triển khai Phong trào thi đua “Toàn dân học tập số”",
    bases=(
        "Căn cứ Luật Tổ chức Chính phủ ngày 18 tháng 02 năm 2025;",
        "Căn cứ Nghị quyết số 99-NQ/TW ngày 01 tháng 8 năm 2025 của Bộ Chính trị về học tập suốt đời;",
        "Theo đề nghị của Bộ trưởng Bộ Nội vụ.",
    ),
    body=(
        "QUYẾT ĐỊNH:",
        "Điều 1. Ban hành kèm theo Quyết định này Kế hoạch triển khai Phong trào thi đua “Toàn dân học tập số”.",
        "Điều 2. Quyết định này có hiệu lực từ ngày ký ban hành.",
    ),
    recipients=("Ban Bí thư Trung ương Đảng;", "Các bộ, cơ quan ngang bộ;", "Lưu: VT, TCCV (2b)."),
    authority=("KT. THỦ TƯỚNG", "PHÓ THỦ TƯỚNG"),
    signer="Hoàng Minh Đức",
)

# Issued with a decision; seven themes with figures, criteria numbered "(1)", groups in other words.
NATIONAL = PlanText(
    issuer=_DECISION.issuer,
    number=_DECISION.number,
    place_and_date=_DECISION.place_and_date,
    abstract="Triển khai Phong trào thi đua “Toàn dân học tập số”",
    bases=("(Kèm theo Quyết định số 4321/QĐ-TTg ngày 02 tháng 9 năm 2025 của Thủ tướng Chính phủ)",),
    body=(
        "I. MỤC ĐÍCH, YÊU CẦU",
        "1. Khơi dậy tinh thần tự học của mỗi người dân.",
        "2. Phong trào phải rộng khắp, lâu dài.",
        "II. NỘI DUNG THI ĐUA",
        "Các bộ, ngành, địa phương tập trung thi đua thực hiện bảy nội dung chủ yếu:",
        "1. Thi đua nâng cao nhận thức về học tập số.",
        "2. Thi đua xây dựng hạ tầng học tập.",
        "3. Thi đua phát triển học liệu mở.",
        "4. Thi đua đào tạo người dạy.",
        "5. Thi đua hỗ trợ vùng khó khăn.",
        "6. Thi đua huy động nguồn lực xã hội.",
        "7. Thi đua bảo đảm an toàn cho người học.",
        "III. TIÊU CHÍ THI ĐUA",
        "1. Đối với các bộ, ban, ngành, đoàn thể trung ương",
        "(1) Hoàn thành các nhiệm vụ được giao;",
        "(2) Ban hành kịp thời văn bản hướng dẫn;",
        "(3) Công khai dữ liệu học tập.",
        "2. Đối với các tỉnh, thành phố trực thuộc trung ương",
        "(1) Mọi xã có điểm học tập số;",
        "(2) Tỷ lệ người dân có kỹ năng số cơ bản đạt mục tiêu.",
        "3. Đối với xã, phường, đặc khu",
        "(1) Có tổ hỗ trợ học tập;",
        "(2) Duy trì lớp học hằng tuần.",
        "4. Đối với doanh nghiệp, hợp tác xã",
        "(1) Dành thời gian cho người lao động học tập.",
        "5. Đối với cá nhân, hộ gia đình",
        "(1) Mỗi người hoàn thành ít nhất một khóa học;",
        "(2) Mỗi gia đình có góc học tập.",
        "IV. THỜI GIAN THỰC HIỆN",
        "Phong trào chia làm hai giai đoạn:",
        "1. Giai đoạn 1: từ năm 2025 đến năm 2027",
        "2. Giai đoạn 2: từ năm 2028 đến hết năm 2030",
        "V. HÌNH THỨC, TIÊU CHUẨN KHEN THƯỞNG",
        "1. Khen thưởng hằng năm theo thẩm quyền.",
        "2. Khen thưởng sơ kết vào năm 2027; khen thưởng tổng kết vào năm 2030.",
        "VI. TỔ CHỨC THỰC HIỆN",
        "1. Bộ Nội vụ chủ trì, theo dõi, tổng hợp trình Thủ tướng Chính phủ.",
        "2. Đề nghị Ủy ban Trung ương Mặt trận Tổ quốc Việt Nam phối hợp tuyên truyền.",
        "3. Các bộ, ngành, địa phương gửi báo cáo về Bộ Nội vụ trước ngày 31 tháng 12 hằng năm.",
    ),
    recipients=(),
    authority=(),
    signer="",
    attached_to=_DECISION,
)

# What is no plan: an official letter that asks for reports on the movement.
LETTER = PlanText(
    issuer=("UBND PHƯỜNG BÌNH MINH", "PHÒNG VĂN HÓA - XÃ HỘI"),
    number="Số: 112/VHXH-TĐKT\nV/v báo cáo kết quả phong trào thi đua năm 2026",
    place_and_date="Bình Minh, ngày 03 tháng 11 năm 2026",
    kind="Kính gửi: Các cơ quan, đơn vị thuộc phường",
    abstract="Thực hiện chỉ đạo của Ủy ban nhân dân phường, Phòng đề nghị các đơn vị báo cáo theo các mục sau:",
    bases=(),
    body=(
        "1. Kết quả nổi bật trong năm.",
        "2. Khó khăn, vướng mắc và đề xuất.",
        "Báo cáo gửi về Phòng trước ngày 15 tháng 11 năm 2026./.",
    ),
    recipients=("Như trên;", "Lưu: VT."),
    authority=("TRƯỞNG PHÒNG",),
    signer="Đặng Quốc Huy",
)
