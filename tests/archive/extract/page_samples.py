"""Pages drawn as a scanner and a telephone would give them, and how many letters came back wrong."""

from __future__ import annotations

import difflib
import random
import unicodedata
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

TINOS = Path(__file__).resolve().parents[3] / "webapp/ui/static/vendor/tinos/Tinos-Regular.ttf"
A4 = (1654, 2339)  # at 200 dpi
TEXT = """ỦY BAN NHÂN DÂN PHƯỜNG LONG MỸ
Số: 15/BC-UBND
BÁO CÁO
Kết quả phong trào thi đua đổi mới sáng tạo và chuyển đổi số năm 2026
Thực hiện Kế hoạch số 46/KH-UBND ngày 25 tháng 8 năm 2025 của Ủy ban nhân dân thành phố, Ủy ban nhân dân phường báo cáo như sau:
I. KẾT QUẢ ĐẠT ĐƯỢC
1. Công tác chỉ đạo, điều hành
Ủy ban nhân dân phường đã ban hành 12 văn bản chỉ đạo, tổ chức 03 hội nghị triển khai đến toàn thể cán bộ, công chức, viên chức và người lao động; phân công nhiệm vụ cụ thể cho từng bộ phận, kiểm tra việc thực hiện hằng tháng.
2. Cải cách hành chính
Tiếp nhận 1.234 hồ sơ, giải quyết đúng hạn 98,5%, không có hồ sơ quá hạn. Tỷ lệ hồ sơ nộp trực tuyến đạt 87,2%, tăng 12,4% so với cùng kỳ năm trước. Người dân được hướng dẫn tận tình tại bộ phận một cửa.
3. Phong trào bình dân học vụ số
Tổ công nghệ số cộng đồng đã hướng dẫn 2.456 lượt người dân cài đặt ứng dụng định danh điện tử, thanh toán không dùng tiền mặt, nộp hồ sơ trên Cổng dịch vụ công quốc gia.
II. KHÓ KHĂN, HẠN CHẾ
Thiếu thiết bị, đường truyền chậm; một số cán bộ lớn tuổi còn ngại tiếp cận phần mềm mới. Kinh phí hoạt động của các tổ còn hạn hẹp.
III. PHƯƠNG HƯỚNG, NHIỆM VỤ
Tiếp tục đẩy mạnh tuyên truyền, nhân rộng các mô hình hay, sáng kiến tốt; khen thưởng kịp thời tập thể, cá nhân có thành tích xuất sắc trong phong trào thi đua.
Nơi nhận: Như trên; Lưu: VT."""


def clean_page(text: str = TEXT, *, points: int = 13) -> Image.Image:
    """A grey A4 page at 200 dpi with these paragraphs, broken into lines."""
    if not TINOS.exists():
        pytest.skip("no Tinos")
    face = ImageFont.truetype(str(TINOS), round(points * 200 / 72))
    image = Image.new("L", A4, 255)
    draw = ImageDraw.Draw(image)
    y, width = 150, A4[0] - 2 * 180
    for paragraph in text.split("\n"):
        line = ""
        for word in [*paragraph.split(), "\n"]:
            if word == "\n" or draw.textlength(f"{line} {word}", font=face) > width:
                draw.text((180, y), line, fill=20, font=face)
                y += round(face.size * 1.35)
                line = word
            else:
                line = f"{line} {word}".strip()
        y += 8
    return image


def photographed(page: Image.Image, *, turn: float = 1.8, seed: int = 7) -> Image.Image:
    """The page with the shadow of a hand, a slight turn, perspective, blur and grain."""
    width, height = page.size
    bent = page.transform(
        page.size,
        Image.Transform.QUAD,
        (-18, -10, 6, height + 14, width + 14, height - 8, width - 10, 12),
        Image.Resampling.BICUBIC,
        fillcolor=225,
    ).rotate(turn, Image.Resampling.BICUBIC, fillcolor=225)
    down = Image.linear_gradient("L").resize(page.size)
    across = Image.linear_gradient("L").rotate(90).resize(page.size)
    slope = Image.blend(down, across, 0.4).point(lambda tone: 110 + tone * 140 // 255)
    hand = Image.new("L", page.size, 255)
    ImageDraw.Draw(hand).ellipse((width * 0.45, height * 0.55, width * 1.3, height * 1.25), fill=130)
    hand = hand.filter(ImageFilter.GaussianBlur(90))
    lit = ImageChops.multiply(ImageChops.multiply(bent, slope), hand).filter(ImageFilter.GaussianBlur(0.8))
    random.seed(seed)
    grain = Image.effect_noise(page.size, 14)
    return ImageChops.add(lit, grain, 1, -128)


def error_rate(found: str, expected: str = TEXT) -> float:
    """Letters that would have to be changed, of those expected (whitespace counts as one)."""

    def plain(text: str) -> str:
        return " ".join(unicodedata.normalize("NFC", text).split())

    wrong = 0
    for what, a, b, c, d in difflib.SequenceMatcher(None, plain(expected), plain(found), autojunk=False).get_opcodes():
        wrong += max(b - a, d - c) if what != "equal" else 0
    return wrong / len(plain(expected))
