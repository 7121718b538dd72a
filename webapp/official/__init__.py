"""Administrative papers as .docx in the form of Decree 30/2020/NĐ-CP, annex I. A base package: no Flask, no database.

    from webapp.official import Heading, Level, Paper, Paragraph, Signature, write_paper

    data = write_paper(Paper(
        superior="Ủy ban nhân dân phường Long Mỹ", issuer="Phòng Văn hóa - Xã hội",
        number=None, symbol="BC-VHXH", place="Long Mỹ", issued_on=None, year=2026,
        kind="Báo cáo", abstract="Kết quả phong trào thi đua năm 2026",
        addressees=("Ủy ban nhân dân phường Long Mỹ",),
        body=(Heading("Kết quả"), Heading("Dữ liệu", Level.CLAUSE), Paragraph("Đã số hóa 1.204 hồ sơ.")),
        recipients=("Như trên",), archived="VT",
        signature=Signature(title="Trưởng phòng", name="Nguyễn Văn A"),
    ))

Texts are given as they are spoken; capitals, numbers, dashes, semicolons and the closing "./." are the writer's work.
"""

from webapp.official.check import check_form
from webapp.official.paper import (
    Appendix,
    Article,
    Block,
    Centred,
    Column,
    Heading,
    Level,
    Paper,
    Paragraph,
    Points,
    PointStyle,
    Signature,
    Table,
)
from webapp.official.wording import date_words
from webapp.official.write import DOCX, write_paper

__all__ = [
    "DOCX",
    "Appendix",
    "Article",
    "Block",
    "Centred",
    "Column",
    "Heading",
    "Level",
    "Paper",
    "Paragraph",
    "PointStyle",
    "Points",
    "Signature",
    "Table",
    "check_form",
    "date_words",
    "write_paper",
]
