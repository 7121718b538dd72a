"""Plans whose criteria stand in tables, annexes and sentences with points, as text. All of them are made up."""

from __future__ import annotations

HEAD = """ỦY BAN NHÂN DÂN
XÃ BẾN LAU
Số: 12/KH-UBND
Bến Lau, ngày 05 tháng 01 năm 2026
KẾ HOẠCH
Phát động Phong trào thi đua “Bến Lau đổi mới” giai đoạn 2026 - 2028

Căn cứ Quyết định số 40/QĐ-UBND ngày 02 tháng 01 năm 2026 của Ủy ban nhân dân tỉnh Lau Sậy về phong trào thi đua;
"""

END = """
IV. KHEN THƯỞNG
1. Khen thưởng tổng kết vào năm 2028.
V. TỔ CHỨC THỰC HIỆN
1. Văn phòng: báo cáo trước ngày 10 tháng 12 hằng năm.
Nơi nhận:
- Công an xã;
- Lưu: VT.
TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
Lê Văn Lau
"""

THEMES = """I. NỘI DUNG THI ĐUA
1. Thi đua cải cách hành chính.
2. Thi đua chuyển đổi số.
II. THỜI GIAN
Phong trào chia làm 02 giai đoạn: giai đoạn 1 từ tháng 01/2026 đến hết tháng 6/2027; giai đoạn 2 từ tháng 7/2027 đến hết năm 2028.
"""

# Groups as lettered rows, decimals, a column for the jury's own points, the sum in a row of its own.
DRAWN = f"""{HEAD}
{THEMES}
III. TIÊU CHÍ THI ĐUA

| TT | Nội dung tiêu chí | Điểm tối đa | Điểm tự chấm | Ghi chú |
|----|:------------------|:-----------:|:---:|---|
| **A** | **CÔNG TÁC CHỈ ĐẠO** | **30** | | |
| 1 | Ban hành kế hoạch, phân công người phụ trách | 10 điểm | | |
| 2 | Có kiểm tra hằng quý | 12,5 | | Theo biên bản kiểm tra |
| 3 | Có sơ kết, tổng kết | 7,5 | | |
| **B** | **KẾT QUẢ THỰC HIỆN** | **70** | | |
| 1 | Hồ sơ đúng hẹn<br>và trước hẹn | 40 | | |
| 2 | Dịch vụ công trực tuyến | 30 | | |
| | **Tổng điểm** | **100** | | |

{END}"""

# The same criteria below headings with letters, in columns of spaces; a cell runs over two lines.
SPACED = f"""{HEAD}
{THEMES}
III. TIÊU CHÍ THI ĐUA
A. Công tác chỉ đạo (30 điểm)

TT      Nội dung                                          Điểm chuẩn
1       Ban hành kế hoạch, phân công người                10
        phụ trách
2       Có kiểm tra hằng quý                              12,5
3       Có sơ kết, tổng kết                               7,5

B. Kết quả thực hiện (70 điểm)

TT      Nội dung                                          Điểm chuẩn
1       Hồ sơ đúng hẹn và trước hẹn                       40
2       Dịch vụ công trực tuyến                           30

Tổng điểm: 100
{END}"""

# Points in sentences; items below items, the innermost with points are the criteria.
NESTED = f"""{HEAD}
{THEMES}
III. TIÊU CHÍ THI ĐUA (Tổng điểm: 100 điểm)
1. Đối với các ấp (60 điểm)
1.1. Công tác tuyên truyền (20 điểm)
a) Có bản tin hằng tuần: 15 điểm;
b) Có nhóm liên lạc của ấp: 5 điểm.
1.2. Kết quả (40 điểm), gồm:
- Hộ dùng dịch vụ công: 25 điểm;
- Hộ thanh toán không tiền mặt: từ 5 - 15 điểm.
2. Đối với các trường: đủ hồ sơ số (40 điểm)
{END}"""

# Criteria in the annex only, below headings; a second annex is a form to be filled in.
ANNEX = f"""{HEAD}
{THEMES}
III. TIÊU CHÍ THI ĐUA
Các đơn vị chấm điểm theo phụ lục đính kèm Kế hoạch này.
{END}
PHỤ LỤC I
BỘ TIÊU CHÍ CHẤM ĐIỂM THI ĐUA
(Kèm theo Kế hoạch số 12/KH-UBND ngày 05 tháng 01 năm 2026 của Ủy ban nhân dân xã Bến Lau)

I. Đối với tập thể
1. Hoàn thành nhiệm vụ được giao (50 điểm).
2. Có sáng kiến được công nhận (50 điểm).
II. Đối với cá nhân
1. Hoàn thành tốt nhiệm vụ (60 điểm).
2. Giúp người dân làm hồ sơ số (40 điểm).
Tổng điểm: 100 điểm

PHỤ LỤC II
MẪU BÁO CÁO KẾT QUẢ
1. Kết quả đạt được
2. Kiến nghị
"""

# Figures among the themes, awards among the criteria.
TARGETS = f"""{HEAD}
I. NỘI DUNG, CHỈ TIÊU THI ĐUA
1. Thi đua giữ đường làng sạch đẹp.
2. Phấn đấu mỗi ấp có một tuyến đường hoa.
3. Trên 90% hộ phân loại rác tại nhà.
4. Thi đua trồng cây xanh.
II. THỜI GIAN THỰC HIỆN: từ ngày 01/3/2026 đến hết ngày 30/11/2026.
III. TIÊU CHÍ, TIÊU CHUẨN THI ĐUA
1. Đối với các ấp
a) Không còn điểm tập kết rác tự phát;
b) Có tổ tự quản hoạt động đều.
2. Tiêu chuẩn khen thưởng
a) Bằng khen: tặng 02 tập thể;
b) Giấy khen: tặng 10 cá nhân.
{END}"""
