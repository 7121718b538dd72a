"""Plans whose heads, ends and annexes are tables with every bar on a line of its own. All of them are made up."""

# A city's plan of the kind whose head, end and annex are tables with every bar on a line of its own.
CITY = """|
**ỦY BAN NHÂN DÂN**
THÀNH PHỐ SÔNG HỒ
-------
|
**CỘNG HÒA XÃ HỘI
CHỦ NGHĨA VIỆT NAM**
Độc lập - Tự do - Hạnh phúc
---------------
|
|
Số: 31/KH-UBND
|
*Sông Hồ, ngày 04
tháng 3 năm 2026*
|

** **

**KẾ HOẠCH**

PHÁT
ĐỘNG PHONG TRÀO THI ĐUA VẬN ĐỘNG NGƯỜI DÂN DÙNG SỔ SỨC KHỎE ĐIỆN TỬ TRÊN ĐỊA BÀN
THÀNH PHỐ SÔNG HỒ

Thực hiện Chỉ thị số 09/CT-TTg
ngày 12 tháng 01 năm 2026 của Thủ tướng Chính phủ về sổ sức khỏe điện tử;
Hướng dẫn số 77/HD-BYT ngày 20/01/2026 của Bộ Y tế về cài đặt sổ sức khỏe và Công văn số
15/UBND-YT ngày 02/02/2026 của Ủy ban nhân dân thành phố về triển khai thực hiện.

**I. ĐỐI TƯỢNG VÀ THỜI GIAN
THI ĐUA**

**1. Đối tượng thi đua**

a) Tập thể

- Ủy ban nhân dân các xã, phường;

- Các trạm y tế.

**2. Thời gian thi đua**

a) Thời gian thi đua chia thành
02 đợt:

- Đợt 01 dự kiến: Cao điểm trong
10 ngày làm việc (từ ngày 16 tháng 3 năm 2026 đến ngày 27 tháng 3 năm
2026);

- Đợt 02 dự kiến: Thực hiện vét
(từ ngày 06 đến ngày 10 tháng 4 năm 2026).

**II. NỘI DUNG THI ĐUA, TIÊU CHÍ
ĐÁNH GIÁ**

**1. Nội dung thi đua**

Giúp người dân hiểu lợi ích của
sổ sức khỏe điện tử và tự nguyện cài đặt, được cụ thể hóa bằng các chỉ tiêu
sau:

(1) 100% người dân được giải
thích;

(2) Ít nhất 85% người trưởng
thành cài đặt;

(3) Phấn đấu có ít nhất 70% người
cao tuổi cài đặt.

**2. Tiêu chí đánh giá, xếp
loại**

a) Sở Y tế kiểm tra theo thang
điểm *(Chi tiết theo Phụ lục đính kèm);*

b) Hội đồng thi đua họp xét.

**III. KHEN THƯỞNG**

a) Chủ tịch Ủy ban nhân dân
thành phố tặng Bằng khen *(không quá 10% tập thể)*.

**IV. TỔ CHỨC THỰC HIỆN**

**1. Sở Y tế**

Chủ trì, theo dõi, tổng hợp kết
quả.

Trên đây là Kế hoạch phát động
phong trào thi đua./.


|
Nơi nhận:
- Sở Y tế;
- UBND xã, phường;
- Lưu: VT.
|
**TM. ỦY BAN NHÂN
DÂN**
KT. CHỦ TỊCH
PHÓ CHỦ TỊCH
Trần Thị Hồ
|


**PHỤ LỤC**

THANG
ĐIỂM THI ĐUA

*(Kèm theo Kế hoạch số 31/KH-UBND ngày 04 tháng 3 năm 2026 của Ủy ban nhân dân
thành phố Sông Hồ)*

|
**STT**
|
**TIÊU CHÍ THI ĐUA**
|
**ĐIỂM CHUẨN**
|
**HƯỚNG DẪN CHẤM ĐIỂM**
|
|
**I**
|
**NHÓM XÃ, PHƯỜNG**
|
**110**
|
|
|
1
|
Tỷ lệ % người dân được giải
thích
|
**60**
|
- Kiểm tra ngẫu nhiên 50 người,
mỗi người 1,2 điểm;
- Không có danh sách thì không
chấm.
|
|
2
|
Tỷ lệ % người trưởng thành cài
đặt
|
**40**
|
Điểm = tỷ lệ * điểm chuẩn.
|
|
3
|
Điểm cộng
|
**10**
|
|
|
3.1
|
Đạt trước hạn
|
5
|
|
|
3.2
|
Có cách làm hay
|
05
|
|
|
**II**
|
**NHÓM TRẠM Y TẾ**
|
|
|
|
|
Xếp theo số lượng cài đặt từ cao
xuống thấp
|
|
Bằng nhau thì bỏ phiếu
|
"""

# A province's plan that has standards of commendation, but no criteria of the competition.
PROVINCE = """|
**ỦY BAN NHÂN DÂN**
TỈNH RỪNG XANH
-------
|
**CỘNG HÒA XÃ HỘI
CHỦ NGHĨA VIỆT NAM**
Độc lập - Tự do - Hạnh phúc
|
|
Số: 021/KH-UBND
|
*Rừng Xanh, ngày 09
tháng 02 năm 2026*
|

**KẾ HOẠCH**

PHÁT ĐỘNG PHONG TRÀO THI ĐUA PHỤC VỤ ĐẠI HỘI THỂ THAO NHIỆM KỲ 2026 - 2031

Thực hiện Chỉ thị số 06-CT/TW
ngày 16/5/2025 của Bộ Chính trị về thể thao quần chúng; Chỉ thị số 28/CT-TTg ngày
18/9/2025 của Thủ tướng Chính phủ về tổ chức đại hội.

**I. ĐỐI TƯỢNG,
NỘI DUNG THI ĐUA**

**1. Đối tượng
thi đua**

a) Tập thể: các xã, phường.

**2. Nội dung
thi đua**

a) Thi đua chuẩn bị sân bãi kịp
thời.

b) Thi đua tuyên truyền sâu rộng
về đại hội.

**3. Thời
gian tổ chức phong trào thi đua**: Phong trào thi đua cao điểm được triển
khai từ tháng 10 năm 2026 đến hết tháng 3 năm 2027. Tổng kết vào tháng 4 năm 2027.

**II. ĐỐI TƯỢNG,
HÌNH THỨC VÀ TIÊU CHUẨN KHEN THƯỞNG**

**1. Hình
thức khen thưởng**

- Bằng khen của Chủ tịch UBND tỉnh;

- Giấy khen của Thủ trưởng đơn vị.

**2. Tiêu
chuẩn khen thưởng**

**2.1. Bằng khen của Chủ tịch
UBND tỉnh: **Tặng tập thể phục vụ tốt, đạt 98% trở lên.

**2.2. Giấy khen của Thủ trưởng
đơn vị: **Theo thẩm quyền.

**III. TỔ CHỨC
THỰC HIỆN**

**1. Sở Văn hóa: **Theo dõi,
tổng hợp.

|
Nơi nhận:
- Bộ Văn hóa;
- Lưu: VT.
|
**KT. CHỦ TỊCH**
PHÓ CHỦ TỊCH
Đỗ Văn Rừng
|
"""
