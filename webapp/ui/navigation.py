"""The main menu: what each viewer has a use for."""

from __future__ import annotations

from dataclasses import dataclass

from search import fold
from webapp.permissions import Permission, Viewer, can


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the menu; `endpoint` is the page it opens, `here` whether the present page belongs to it."""

    label: str
    endpoint: str
    icon: str
    here: bool


# label, endpoint, icon, path prefix, permission (None: everybody signed in)
MENU: tuple[tuple[str, str, str, str, tuple[Permission, ...]], ...] = (
    ("Việc của tôi", "dashboard.home_view", "home", "/", ()),
    ("Tổng quan", "dashboard.overview_view", "eye", "/overview", ()),
    ("Phong trào", "movement.movement_list", "flag", "/movements", ()),
    ("Kế hoạch, báo cáo", "submissions.paper_list", "pencil", "/papers", ()),
    ("Tổng hợp", "synthesis.synthesis_list", "file-text", "/syntheses", ()),
    ("Phiếu tự kiểm", "checklists.checklist_list", "list-check", "/checklists", ()),
    ("Chấm điểm", "scores.score_list", "file-spreadsheet", "/scores", ()),
    ("Sáng kiến", "initiatives.initiative_list", "bulb", "/initiatives", ()),
    ("Kho văn bản", "documents.document_list", "files", "/documents", ()),
    ("Bảo quản", "custody.archive_view", "shield-check", "/archive", (Permission.ARCHIVE_WATCH,)),
    ("Nhật ký", "ledger.event_list", "history", "/ledger", ()),
    (
        "Quản trị",
        "people.admin_view",
        "settings",
        "/admin",
        (Permission.PERSON_MANAGE, Permission.CLUSTER_MANAGE),
    ),
)


def entries(viewer: Viewer, path: str) -> list[Entry]:
    if viewer.id is None:
        return []
    return [
        Entry(label, endpoint, icon, path == "/" if prefix == "/" else path.startswith(prefix))
        for label, endpoint, icon, prefix, needed in MENU
        if (not needed or any(can(viewer, permission) for permission in needed))
        and (prefix != "/ledger" or _has_a_ledger(viewer))
        and (prefix != "/syntheses" or viewer.run_movements)
    ]


# Pages reached by name from the palette, beside those of the menu.
MORE_PAGES: tuple[tuple[str, str, tuple[Permission, ...]], ...] = (
    ("Tìm kiếm", "find.search_view", ()),
    ("Tìm sáng kiến", "initiatives.initiative_search", ()),
    ("Sáng kiến đã công nhận", "initiatives.gallery_view", ()),
    ("Đăng ký sáng kiến", "initiatives.initiative_new", ()),
    ("Tìm kiếm đã lưu", "find.saved_list", ()),
    ("Danh bạ đơn vị, cán bộ", "people.directory_view", ()),
    ("Thêm văn bản", "documents.document_new", ()),
    ("Văn bản đã rút", "keeping.withdrawn_list", ()),
    ("Kết xuất hồ sơ", "custody.export_start", ()),
    ("Thang điểm", "scoring.rubric_list", ()),
    ("Ai đã nộp, ai chưa nộp", "duties.duty_list", ()),
    ("Báo cáo tổng hợp của phong trào", "synthesis.synthesis_list", ()),
    ("Khó khăn, vướng mắc, đề nghị", "difficulties.difficulty_list", ()),
    ("Họp xét thi đua", "meetings.meeting_list", ()),
    ("Hướng dẫn, biểu dương, thông báo", "announcements.announcement_list", ()),
    ("Thông báo", "notices.notice_list", ()),
    ("Cách nhận thông báo, lịch", "notices.settings_choose", ()),
    ("Việc đang chạy", "custody.task_list", ()),
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
    found = [(entry.label, entry.endpoint) for entry in entries(viewer, "")]
    found += [
        (label, endpoint)
        for label, endpoint, needed in MORE_PAGES
        if not needed or any(can(viewer, permission) for permission in needed)
    ]
    return [(label, endpoint) for label, endpoint in found if all(word in fold(label) for word in words)]


def _has_a_ledger(viewer: Viewer) -> bool:
    return can(viewer, Permission.LEDGER_READ) or can(viewer, Permission.LEDGER_READ_SYSTEM) or bool(viewer.own_units)
