"""The fictitious ward: who there is. No name belongs to a real person or body."""

from __future__ import annotations

from webapp.models import Role, UnitKind

PASSWORD = "songhau-thidua"  # noqa: S105  for the demonstration only, printed at every start

# code, name, kind
UNITS: tuple[tuple[str, str, UnitKind], ...] = (
    ("VPDU", "Văn phòng Đảng ủy phường", UnitKind.PARTY),
    ("BXDD", "Ban Xây dựng Đảng", UnitKind.PARTY),
    ("UBKT", "Ủy ban Kiểm tra Đảng ủy", UnitKind.PARTY),
    ("MTTQ", "Ủy ban Mặt trận Tổ quốc Việt Nam phường", UnitKind.FRONT),
    ("HPN", "Hội Liên hiệp Phụ nữ phường", UnitKind.FRONT),
    ("HND", "Hội Nông dân phường", UnitKind.FRONT),
    ("DTN", "Đoàn Thanh niên phường", UnitKind.FRONT),
    ("HCCB", "Hội Cựu chiến binh phường", UnitKind.FRONT),
    ("LDLD", "Công đoàn phường", UnitKind.FRONT),
    ("HNCT", "Hội Người cao tuổi phường", UnitKind.FRONT),
    ("HCTD", "Hội Chữ thập đỏ phường", UnitKind.FRONT),
    ("VPUB", "Văn phòng HĐND và UBND phường", UnitKind.OFFICE),
    ("KT", "Phòng Kinh tế, Hạ tầng và Đô thị", UnitKind.OFFICE),
    ("VHXH", "Phòng Văn hóa - Xã hội", UnitKind.OFFICE),
    ("HCC", "Trung tâm Phục vụ hành chính công", UnitKind.SERVICE),
    ("CUDV", "Trung tâm Cung ứng dịch vụ công", UnitKind.SERVICE),
    ("TYT", "Trạm Y tế phường", UnitKind.SERVICE),
    ("MNHS", "Trường Mầm non Hoa Sen", UnitKind.SERVICE),
    ("MNBM", "Trường Mầm non Bình Minh", UnitKind.SERVICE),
    ("TH1", "Trường Tiểu học Sông Hậu 1", UnitKind.SERVICE),
    ("TH2", "Trường Tiểu học Sông Hậu 2", UnitKind.SERVICE),
    ("THCS", "Trường Trung học cơ sở Sông Hậu", UnitKind.SERVICE),
    ("CA", "Công an phường", UnitKind.ARMED),
    ("QS", "Ban Chỉ huy Quân sự phường", UnitKind.ARMED),
    ("DNGN", "Công ty TNHH Gạo Nếp Sông Hậu", UnitKind.ENTERPRISE),
    ("DNTS", "Công ty cổ phần Thủy sản Bến Ninh", UnitKind.ENTERPRISE),
    ("DNCN", "Công ty TNHH Công nghệ Cánh Đồng Số", UnitKind.ENTERPRISE),
    ("DNVT", "Hợp tác xã Vận tải Sông Hậu", UnitKind.ENTERPRISE),
    ("DNMM", "Công ty TNHH May Mặc Hậu Giang Xanh", UnitKind.ENTERPRISE),
    ("HTXR", "Hợp tác xã Rau sạch Cồn Nhỏ", UnitKind.ENTERPRISE),
)

# The plan's groups; VPDU, CA and QS are left without one on purpose, so that the coverage page has something to show.
GROUPS: dict[str, str] = {
    **dict.fromkeys(("VPUB", "KT", "VHXH", "HCC", "CUDV", "TYT", "MNHS", "MNBM", "TH1", "TH2", "THCS"), "III.1"),
    **dict.fromkeys(("BXDD", "UBKT"), "III.1"),
    **dict.fromkeys(("MTTQ", "HPN", "HND", "DTN", "HCCB", "LDLD", "HNCT", "HCTD"), "III.2"),
    **dict.fromkeys(("DNGN", "DNTS", "DNCN", "DNVT", "DNMM", "HTXR"), "III.3"),
}

# code, name, leader, deputy, other members
CLUSTERS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("C1", "Cụm 1: Đảng, chính quyền, lực lượng vũ trang", "VPUB", "BXDD", ("VPDU", "UBKT", "KT", "VHXH", "CA", "QS")),
    ("C2", "Cụm 2: Mặt trận, đoàn thể", "HND", "HPN", ("MTTQ", "DTN", "HCCB", "LDLD", "HNCT", "HCTD")),
    ("C3", "Cụm 3: Đơn vị sự nghiệp", "THCS", "TYT", ("HCC", "CUDV", "MNHS", "MNBM", "TH1", "TH2")),
    ("K4", "Khối 4: Doanh nghiệp", "DNGN", "DNCN", ("DNTS", "DNVT", "DNMM", "HTXR")),
)

# username, name, title, own unit, grants (role, scope: unit or cluster code)
PEOPLE: tuple[tuple[str, str, str, str, tuple[tuple[Role, str], ...]], ...] = (
    ("quantri", "Đỗ Quang Huy", "Quản trị hệ thống", "VPUB", ((Role.ADMINISTRATOR, ""),)),
    ("vhxh", "Nguyễn Thu Hà", "Phó Trưởng phòng", "VHXH", ((Role.STANDING_OFFICE, ""), (Role.CLERK, "VHXH"))),
    ("lan", "Nguyễn Thị Lan", "Chuyên viên", "KT", ((Role.CLERK, "KT"),)),
    ("minh", "Trần Văn Minh", "Trưởng phòng", "KT", ((Role.HEAD, "KT"),)),
    ("hoa", "Lê Thị Hoa", "Ủy viên thường vụ", "HPN", ((Role.CLERK, "HPN"),)),
    ("tam", "Lê Văn Tám", "Chủ tịch Hội", "HND", ((Role.HEAD, "HND"), (Role.CLUSTER_LEADER, "C2"))),
    ("nga", "Phạm Thị Nga", "Chủ tịch Hội", "HPN", ((Role.HEAD, "HPN"), (Role.CLUSTER_DEPUTY, "C2"))),
    ("hoidong", "Võ Thành Trung", "Ủy viên Hội đồng", "", ((Role.COUNCIL, ""),)),
    ("chutich", "Phan Thị Bích Thủy", "Chủ tịch UBND phường", "", ((Role.LEADERSHIP, ""),)),
    ("thanhtra", "Huỳnh Ngọc Sơn", "Thành viên đoàn kiểm tra", "", ((Role.INSPECTOR, ""),)),
    ("kiemtoan", "Bùi Minh Đức", "Kiểm toán nội bộ", "", ((Role.AUDITOR, ""),)),
    ("thu", "Đặng Anh Thư", "Giáo viên", "THCS", ((Role.CLERK, "THCS"), (Role.CLUSTER_LEADER, "C3"))),
    ("bao", "Hồ Gia Bảo", "Viên chức", "HCC", ((Role.CLERK, "HCC"),)),
    ("yen", "Lâm Hải Yến", "Điều dưỡng trưởng", "TYT", ((Role.CLERK, "TYT"),)),
    ("phuc", "Ngô Văn Phúc", "Phó Chủ tịch", "MTTQ", ((Role.HEAD, "MTTQ"),)),
    ("khoa", "Đinh Đăng Khoa", "Bí thư", "DTN", ((Role.HEAD, "DTN"),)),
    ("vy", "Tạ Khánh Vy", "Chánh Văn phòng", "VPUB", ((Role.HEAD, "VPUB"), (Role.CLUSTER_LEADER, "C1"))),
    ("gao", "Trịnh Hữu Nghĩa", "Giám đốc", "DNGN", ((Role.HEAD, "DNGN"), (Role.CLUSTER_LEADER, "K4"))),
)

# Heads of the other units; a few units have no account on purpose: what they owe comes on paper.
HEADS: tuple[tuple[str, str, str, str, tuple[tuple[Role, str], ...]], ...] = (
    ("vpdu", "Cao Minh Trí", "Chánh Văn phòng", "VPDU", ((Role.HEAD, "VPDU"),)),
    ("bxdd", "Lý Thị Kim Ngân", "Trưởng ban", "BXDD", ((Role.HEAD, "BXDD"), (Role.CLUSTER_DEPUTY, "C1"))),
    ("ubkt", "Mai Văn Lợi", "Chủ nhiệm", "UBKT", ((Role.HEAD, "UBKT"),)),
    ("hccb", "Thạch Văn Sáu", "Chủ tịch Hội", "HCCB", ((Role.HEAD, "HCCB"),)),
    ("ldld", "Quách Thị Mỹ Dung", "Chủ tịch Công đoàn", "LDLD", ((Role.HEAD, "LDLD"),)),
    ("hctd", "Kiều Thanh Nhàn", "Chủ tịch Hội", "HCTD", ((Role.HEAD, "HCTD"),)),
    ("vhxh2", "Tô Hoài Nam", "Trưởng phòng", "VHXH", ((Role.HEAD, "VHXH"),)),
    ("hcc", "Châu Ngọc Ánh", "Giám đốc", "HCC", ((Role.HEAD, "HCC"),)),
    ("cudv", "Danh Hoàng Em", "Giám đốc", "CUDV", ((Role.HEAD, "CUDV"),)),
    ("tyt", "La Thị Cẩm Tú", "Trưởng trạm", "TYT", ((Role.HEAD, "TYT"), (Role.CLUSTER_DEPUTY, "C3"))),
    ("mnhs", "Từ Thị Diễm", "Hiệu trưởng", "MNHS", ((Role.HEAD, "MNHS"),)),
    ("th1", "Âu Văn Hậu", "Hiệu trưởng", "TH1", ((Role.HEAD, "TH1"),)),
    ("th2", "Giang Thị Sen", "Hiệu trưởng", "TH2", ((Role.HEAD, "TH2"),)),
    ("thcs", "Vương Tấn Tài", "Hiệu trưởng", "THCS", ((Role.HEAD, "THCS"),)),
    ("congan", "Doãn Quốc Việt", "Trưởng Công an phường", "CA", ((Role.HEAD, "CA"),)),
    ("dnts", "Khưu Thị Hạnh", "Phó Giám đốc", "DNTS", ((Role.HEAD, "DNTS"),)),
    ("dncn", "Nhan Đức Thịnh", "Giám đốc", "DNCN", ((Role.HEAD, "DNCN"), (Role.CLUSTER_DEPUTY, "K4"))),
    ("dnvt", "Tăng Văn Lộc", "Giám đốc", "DNVT", ((Role.HEAD, "DNVT"),)),
)
