"""Where in the program a duty of the plan is done. A new capability adds a line here, and words in `rules._WORDS`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A page by its endpoint; `yearly` where its address takes the year."""

    label: str
    endpoint: str
    yearly: bool = True


PLACES = {
    "papers": Place("Kế hoạch, báo cáo của đơn vị", "submissions.paper_list"),
    "checklists": Place("Phiếu tự kiểm", "checklists.checklist_list"),
    "evidence": Place("Minh chứng theo nội dung thi đua", "dashboard.overview_view"),
    "initiatives": Place("Sáng kiến", "initiatives.initiative_list"),
    "examples": Place("Điển hình để nhân rộng", "honours.gallery_view", yearly=False),
    "duties": Place("Ai đã nộp, ai chưa nộp", "duties.duty_list"),
    "scores": Place("Chấm điểm", "scores.score_list"),
    "rubrics": Place("Thang điểm", "scoring.rubric_list", yearly=False),
    "council": Place("Hội đồng và phân công", "council.council_view"),
    "meetings": Place("Họp xét thi đua", "meetings.meeting_list"),
    "awards": Place("Đợt xét khen thưởng", "award_rounds.round_list", yearly=False),
    "award_rules": Place("Danh mục khen thưởng", "awards.award_list", yearly=False),
    "inspections": Place("Kiểm tra", "inspections.inspection_list"),
    "indicators": Place("Chỉ số chuyển đổi số", "indicators.set_list"),
    "difficulties": Place("Khó khăn, vướng mắc, đề nghị", "difficulties.difficulty_list"),
    "announcements": Place("Hướng dẫn, biểu dương, thông báo", "announcements.announcement_list"),
    "synthesis": Place("Báo cáo tổng hợp", "synthesis.synthesis_list"),
    "reviews": Place("Sơ kết, tổng kết", "reviews.review_list"),
}
