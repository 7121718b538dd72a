"""Short forms that public offices use, each line one thing: what stands first is the short form, the rest its full forms.

A line that begins with `>` works one way: asked by its short form the full one is found, but not the other way round,
since the letters also stand in the number of nearly every paper (`57/KH-UBND`).
"""

LINES = """
ATGT = an toàn giao thông
ATTP = an toàn thực phẩm
ATTT = an toàn thông tin
ANTT = an ninh trật tự
ANQP = an ninh quốc phòng
ANM = an ninh mạng
BCĐ = ban chỉ đạo
BCH = ban chấp hành
BCHQS = ban chỉ huy quân sự
BDHVS = bình dân học vụ số
BHTN = bảo hiểm thất nghiệp
BHXH = bảo hiểm xã hội
BHYT = bảo hiểm y tế
BTC = ban tổ chức
BTV = ban thường vụ
BQL = ban quản lý
BVMT = bảo vệ môi trường
CBCC = cán bộ công chức
CBCCVC = cán bộ, công chức, viên chức
CCCD = căn cước công dân
CCB = cựu chiến binh
CCHC = cải cách hành chính
CCTTHC = cải cách thủ tục hành chính
CCVC = công chức viên chức
CĐS = chuyển đổi số
CLB = câu lạc bộ
CNTT = công nghệ thông tin
CNVC = công nhân viên chức
CNVCLĐ = công nhân viên chức lao động
CQĐT = chính quyền điện tử
CQS = chính quyền số
CSDL = cơ sở dữ liệu
CSVC = cơ sở vật chất
CSTĐ = chiến sĩ thi đua
CSTĐCS = chiến sĩ thi đua cơ sở
CTMTQG = chương trình mục tiêu quốc gia
CTV = cộng tác viên
DVC = dịch vụ công
DVCTT = dịch vụ công trực tuyến
DLQG = dữ liệu quốc gia
DTTS = dân tộc thiểu số
DN = doanh nghiệp
DNNVV = doanh nghiệp nhỏ và vừa
ĐBQH = đại biểu quốc hội
ĐMST = đổi mới sáng tạo
ĐTN = đoàn thanh niên
ĐTTM = đô thị thông minh
ĐVTN = đoàn viên thanh niên
ĐVSNCL = đơn vị sự nghiệp công lập
GCN = giấy chứng nhận
GDĐT = GD&ĐT = giáo dục và đào tạo
GPMB = giải phóng mặt bằng
GTVT = giao thông vận tải
GV = giáo viên
HCC = hành chính công
HCCB = hội cựu chiến binh
HCM = Hồ Chí Minh
HĐND = hội đồng nhân dân
HĐTĐKT = hội đồng thi đua khen thưởng
HĐSK = hội đồng sáng kiến
HKD = hộ kinh doanh
HLHPN = hội liên hiệp phụ nữ
HND = hội nông dân
HPN = hội phụ nữ
HS = học sinh
HSSV = học sinh sinh viên
HTX = hợp tác xã
HTTT = hệ thống thông tin
KDC = khu dân cư
KCN = khu công nghiệp
KHCN = KH&CN = khoa học và công nghệ = khoa học công nghệ
KHKT = khoa học kỹ thuật
KHĐT = KH&ĐT = kế hoạch và đầu tư
KTTT = kinh tế tập thể
KTXH = KT-XH = kinh tế - xã hội
KTS = kinh tế số
LĐLĐ = liên đoàn lao động
LĐTT = lao động tiên tiến
LĐTBXH = LĐTB&XH = lao động thương binh và xã hội
LHPN = liên hiệp phụ nữ
LLVT = lực lượng vũ trang
MTTQ = mặt trận tổ quốc
MTTQVN = mặt trận tổ quốc Việt Nam
MTQG = mục tiêu quốc gia
NCT = người cao tuổi
NCKH = nghiên cứu khoa học
NLĐ = người lao động
NNPTNT = NN&PTNT = nông nghiệp và phát triển nông thôn
NSNN = ngân sách nhà nước
NTM = nông thôn mới
NVH = nhà văn hóa
ĐTM = đánh giá tác động môi trường
PBGDPL = phổ biến giáo dục pháp luật
PCCC = phòng cháy chữa cháy
PCCCCNCH = PCCC&CNCH = phòng cháy chữa cháy và cứu nạn cứu hộ
PCT = phó chủ tịch
PCTN = phòng chống tham nhũng
PCTT = phòng chống thiên tai
PVHCC = phục vụ hành chính công
QCDC = quy chế dân chủ
QLNN = quản lý nhà nước
QLĐT = quản lý đô thị
QPAN = quốc phòng, an ninh
QSDĐ = quyền sử dụng đất
SHTT = sở hữu trí tuệ
SKKN = sáng kiến kinh nghiệm
SXKD = sản xuất kinh doanh
TCCS = tổ chức cơ sở
TCCSĐ = tổ chức cơ sở đảng
TCKH = tài chính kế hoạch
TDTT = thể dục thể thao
TDP = tổ dân phố
TĐKT = thi đua, khen thưởng
TGPL = trợ giúp pháp lý
THCS = trung học cơ sở
THPT = trung học phổ thông
TTKDTM = thanh toán không dùng tiền mặt
TMĐT = thương mại điện tử
TNCS = thanh niên cộng sản
TNMT = TN&MT = tài nguyên và môi trường
TNXP = thanh niên xung phong
TP = thành phố
TPHCM = thành phố Hồ Chí Minh
TTATXH = trật tự an toàn xã hội
TTCP = thủ tướng chính phủ
TTĐT = thông tin điện tử
TTHC = thủ tục hành chính
TTNT = trí tuệ nhân tạo
TTTT = TT&TT = thông tin và truyền thông
TW = trung ương
TX = thị xã
UBKT = ủy ban kiểm tra
UBMTTQ = ủy ban mặt trận tổ quốc
UBND = ủy ban nhân dân
VBQPPL = văn bản quy phạm pháp luật
VHXH = văn hóa - xã hội
VHTT = văn hóa thông tin
VHTTDL = văn hóa thể thao và du lịch
VSATTP = vệ sinh an toàn thực phẩm
VSMT = vệ sinh môi trường
VPCP = văn phòng chính phủ
VSTBPN = vì sự tiến bộ của phụ nữ
XDCB = xây dựng cơ bản
XDNTM = xây dựng nông thôn mới
XDĐ = xây dựng đảng
XHCN = xã hội chủ nghĩa
> AI = trí tuệ nhân tạo
> BC = báo cáo
> CV = công văn
> ĐA = đề án
> HD = hướng dẫn
> KH = kế hoạch
> KL = kết luận
> NĐ = nghị định
> NQ = nghị quyết
> QĐ = quyết định
> TB = thông báo
> TTr = tờ trình
"""
