"""The menu in groups by what people do, the place of the present page in it, and pages by name for the palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from search import fold
from webapp.models import Role
from webapp.permissions import Permission, Viewer, can
from webapp.permissions.viewer import OVERSEERS


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the menu; `endpoint` opens it, `here` whether the present page belongs to it."""

    label: str
    endpoint: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the menu with what the viewer has a use for; one of a single page is a link itself."""

    label: str
    icon: str
    entries: tuple[Entry, ...]

    @property
    def here(self) -> bool:
        return any(entry.here for entry in self.entries)


def _everybody(_viewer: Viewer) -> bool:
    return True


def _writes(viewer: Viewer) -> bool:
    return bool(viewer.own_units)


def _reads_only(viewer: Viewer) -> bool:
    """Who finds units' papers under the movement, having no unit of their own."""
    return not viewer.own_units


def _looks_after(viewer: Viewer) -> bool:
    return bool(viewer.led or viewer.inspected or viewer.overseen_movements)


def _scores(viewer: Viewer) -> bool:
    return bool(viewer.own_units or viewer.scored or viewer.judged) or _looks_after(viewer)


def _nominates(viewer: Viewer) -> bool:
    return bool(viewer.own_units or viewer.led or viewer.overseen_movements)


def _exports(viewer: Viewer) -> bool:
    return bool(viewer.own_units or viewer.run_movements)


def _reads_syntheses(viewer: Viewer) -> bool:
    return viewer.has(*OVERSEERS, Role.COUNCIL)


def _has_unit_ledger(viewer: Viewer) -> bool:
    return bool(viewer.own_units) and not _has_ledger(viewer)


def _has_ledger(viewer: Viewer) -> bool:
    return can(viewer, Permission.LEDGER_READ) or can(viewer, Permission.LEDGER_READ_SYSTEM)


def _may(*permissions: Permission) -> Callable[[Viewer], bool]:
    return lambda viewer: any(can(viewer, permission) for permission in permissions)


# label, endpoint, what addresses begin with, who has a use for it
Line = tuple[str, str, str, Callable[[Viewer], bool]]

CHECKLISTS, PAPERS = ("Phiếu tự kiểm", "checklists.checklist_list"), ("Kế hoạch, báo cáo", "submissions.paper_list")
INITIATIVES = ("Sáng kiến", "initiatives.initiative_list")
DIFFICULTIES = ("Khó khăn, vướng mắc, đề nghị", "difficulties.difficulty_list")
LEDGER = ("Nhật ký", "ledger.event_list")

MENU: tuple[tuple[str, str, tuple[Line, ...]], ...] = (
    ("Việc của tôi", "home", (("Việc của tôi", "dashboard.home_view", "/", _everybody),)),
    (
        "Đơn vị tôi",
        "building",
        (
            (*CHECKLISTS, "/checklists", _writes),
            (*PAPERS, "/papers", _writes),
            (*INITIATIVES, "/initiatives", _writes),
            (*DIFFICULTIES, "/difficulties", _writes),
            ("Người làm việc", "people.own_people", "/units", _writes),
            (*LEDGER, "/ledger", _has_unit_ledger),
        ),
    ),
    (
        "Phong trào",
        "flag",
        (
            ("Tổng quan", "dashboard.overview_view", "/overview", _everybody),
            ("Phong trào", "movement.movement_list", "/movements", _everybody),
            ("Lịch", "calendar.calendar_view", "/calendar", _everybody),
            ("Kế hoạch theo từng điểm", "obligations.point_list", "/plan-points", _may(Permission.COVERAGE_READ)),
            ("Sơ kết, tổng kết", "reviews.review_list", "/reviews", _may(Permission.COVERAGE_READ)),
            ("Hướng dẫn, biểu dương, thông báo", "announcements.announcement_list", "/announcements", _everybody),
            ("Ai đã nộp, ai chưa nộp", "duties.duty_list", "/duties", _looks_after),
            (*CHECKLISTS, "/checklists", _reads_only),
            (*PAPERS, "/papers", _reads_only),
            (*INITIATIVES, "/initiatives", _reads_only),
            ("Sáng kiến đã công nhận", "initiatives.gallery_view", "/initiatives/gallery", _everybody),
            (*DIFFICULTIES, "/difficulties", _reads_only),
            ("Kiểm tra", "inspections.inspection_list", "/inspections", _everybody),
            ("Báo cáo tổng hợp", "synthesis.synthesis_list", "/syntheses", _reads_syntheses),
        ),
    ),
    (
        "Chấm điểm, khen thưởng",
        "file-spreadsheet",
        (
            ("Chấm điểm", "scores.score_list", "/scores", _scores),
            ("Thang điểm", "scoring.rubric_list", "/rubrics", _scores),
            ("Chỉ số chuyển đổi số", "indicators.set_list", "/indicators", _everybody),
            ("Họp xét thi đua", "meetings.meeting_list", "/meetings", _scores),
            ("Hội đồng", "council.council_view", "/council", _everybody),
            ("Quy tắc lấy phiếu", "meetings.rule_list", "/vote-rules", _everybody),
            ("Đợt xét khen thưởng", "award_rounds.round_list", "/award-rounds", _everybody),
            ("Đề nghị khen thưởng", "nominations.nomination_list", "/nominations", _nominates),
            ("Sổ khen thưởng", "honours.register_view", "/honours", _everybody),
            ("Danh mục khen thưởng", "awards.award_list", "/awards", _everybody),
        ),
    ),
    (
        "Kho",
        "files",
        (
            ("Kho văn bản", "documents.document_list", "/documents", _everybody),
            ("Tìm kiếm", "find.search_view", "/search", _everybody),
            ("Tải trọn hồ sơ", "custody.export_start", "/exports", _exports),
        ),
    ),
    (
        "Quản lý",
        "settings",
        (
            (
                "Quản trị",
                "people.admin_view",
                "/admin",
                _may(Permission.PERSON_MANAGE, Permission.CLUSTER_MANAGE),
            ),
            ("Bảo quản", "custody.archive_view", "/archive", _may(Permission.ARCHIVE_WATCH)),
            (*LEDGER, "/ledger", _has_ledger),
        ),
    ),
)

# Addresses of pages that stand under a page of the menu without beginning as it does.
ELSEWHERE = {
    "/ballots": "/meetings",
    "/holidays": "/award-rounds",
    "/indicator-sheets": "/indicators",
    "/award-marks": "/award-rounds",
    "/award-decisions": "/honours",
    "/award-proposals": "/award-rounds",
    "/visits": "/inspections",
}


def groups(viewer: Viewer, path: str) -> list[Group]:
    """The menu of this viewer, the present page marked. Nothing before signing in."""
    if viewer.id is None:
        return []
    shown = [
        (label, icon, [line for line in lines if line[3](viewer)])
        for label, icon, lines in MENU
        if any(line[3](viewer) for line in lines)
    ]
    place = _place(path, [line[2] for _, _, lines in shown for line in lines])
    return [
        Group(label, icon, tuple(Entry(name, endpoint, prefix == place) for name, endpoint, prefix, _ in lines))
        for label, icon, lines in shown
    ]


def _place(path: str, prefixes: list[str]) -> str:
    """The longest of these that the path lies under; the home page is a place of its own."""
    for other, under in ELSEWHERE.items():
        if path == other or path.startswith(f"{other}/"):
            path = under
    found = [one for one in prefixes if path == one or (one != "/" and path.startswith(f"{one}/"))]
    return max(found, key=len, default="")


def place(menu: list[Group]) -> tuple[Group, Entry] | None:
    """The group and the page of the menu that the present page belongs to."""
    return next(((group, entry) for group in menu for entry in group.entries if entry.here), None)


# Pages reached by name from the palette, beside those of the menu.
MORE_PAGES: tuple[tuple[str, str, tuple[Permission, ...]], ...] = (
    ("Tìm sáng kiến", "initiatives.initiative_search", ()),
    ("Biểu đồ của năm", "dashboard.chart_view", ()),
    ("Ảnh, video minh chứng", "checklists.photograph_list", ()),
    ("Điển hình để nhân rộng", "honours.gallery_view", ()),
    ("Thành tích đã dùng để khen thưởng", "honours.achievement_list", ()),
    ("Thống kê khen thưởng", "honours.statistics_view", ()),
    ("Đăng ký sáng kiến", "initiatives.initiative_new", ()),
    ("Tìm kiếm đã lưu", "find.saved_list", ()),
    ("Danh bạ đơn vị, cán bộ", "people.directory_view", ()),
    ("Thêm văn bản", "documents.document_new", ()),
    ("Văn bản đã rút", "keeping.withdrawn_list", ()),
    ("Thông báo", "notices.notice_list", ()),
    ("Cách nhận thông báo, lịch", "notices.settings_choose", ()),
    ("Tác vụ chạy nền", "custody.task_list", ()),
    ("Trợ giúp", "help.guide_view", ()),
    ("Tài khoản của tôi", "people.account_view", ()),
    ("Đổi mật khẩu", "people.password_change", ()),
    ("Nhập kế hoạch", "movement.import_start", (Permission.PLAN_IMPORT,)),
    ("Tài khoản người dùng", "people.person_list", (Permission.PERSON_MANAGE,)),
    ("Cụm, khối", "people.cluster_list", (Permission.CLUSTER_MANAGE,)),
)


def matching(viewer: Viewer, text: str) -> list[tuple[str, str]]:
    """(label, endpoint) of pages whose name holds every word of `text`, accents or not."""
    words = fold(text).split()
    found = [(entry.label, entry.endpoint) for group in groups(viewer, "") for entry in group.entries]
    known = {endpoint for _, endpoint in found}
    # What the viewer's menu leaves out has its name here: anybody may go and look.
    found += [
        (label, endpoint)
        for _, _, lines in MENU
        for label, endpoint, prefix, _ in lines
        if endpoint not in known and prefix in ("/duties", "/scores", "/rubrics", "/meetings")
    ]
    found += [
        (label, endpoint)
        for label, endpoint, needed in MORE_PAGES
        if not needed or any(can(viewer, permission) for permission in needed)
    ]
    return [(label, endpoint) for label, endpoint in found if all(word in fold(label) for word in words)]
