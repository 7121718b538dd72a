"""THE policy: what each permission needs, and the sentence for those who do not have it.

A permission is given when any one of its predicates says yes. `scopes.py` says the same for lists (SQL) and for search
(keys); a test compares the three in every cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from webapp.permissions import predicates as p
from webapp.permissions.catalogue import Permission as P
from webapp.permissions.subject import Subject
from webapp.permissions.viewer import Viewer

Predicate = Callable[[Viewer, Subject], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """Alternatives for one permission, the reason given when none holds, and what must be visible first."""

    any_of: tuple[Predicate, ...]
    reason: str
    visible_by: P | None = None


SUBMITTED_READERS = (p.leads_its_cluster_that_year, p.oversees_its_movement, p.inspects_its_unit)

TABLE: dict[P, Rule] = {
    P.ACCOUNT_USE: Rule((p.signed_in,), "Bạn cần đăng nhập."),
    P.UNIT_READ: Rule((p.signed_in,), "Bạn cần đăng nhập."),
    P.UNIT_MANAGE: Rule((p.is_administrator, p.is_the_system), "Chỉ quản trị hệ thống được sửa danh sách đơn vị."),
    P.PERSON_MANAGE: Rule((p.is_administrator, p.is_the_system), "Chỉ quản trị hệ thống được quản lý tài khoản."),
    P.GRANT_MANAGE: Rule((p.is_administrator, p.is_the_system), "Chỉ quản trị hệ thống được giao vai trò."),
    P.CLUSTER_MANAGE: Rule(
        (p.is_administrator, p.is_standing_office, p.is_the_system),
        "Chỉ quản trị hệ thống hoặc cơ quan thường trực được sắp xếp cụm, khối.",
    ),
    P.MOVEMENT_READ: Rule((p.signed_in,), "Bạn cần đăng nhập."),
    P.PLAN_IMPORT: Rule(
        (p.runs_the_movement, p.is_the_system), "Chỉ cơ quan thường trực được nhập kế hoạch của phong trào."
    ),
    P.COVERAGE_READ: Rule(
        (p.is_overseer, p.is_administrator),
        "Trang này dành cho cơ quan thường trực, Hội đồng, lãnh đạo phường và kiểm toán.",
    ),
    P.COVERAGE_MANAGE: Rule(
        (p.runs_the_movement, p.is_the_system), "Chỉ cơ quan thường trực được gắn đơn vị vào nhóm tiêu chí."
    ),
    P.DOCUMENT_READ: Rule(
        (p.published_to_all, p.clerk_or_head_of_unit, p.runs_the_movement, *SUBMITTED_READERS),
        "Bạn không được xem văn bản này.",
    ),
    P.DOCUMENT_ADD: Rule(
        (p.clerk_or_head_of_unit, p.runs_the_movement, p.is_the_system),
        "Bạn chỉ được thêm văn bản cho đơn vị của mình.",
        P.UNIT_READ,
    ),
    P.DOCUMENT_REVISE: Rule(
        (p.clerk_or_head_of_open, p.runs_the_movement, p.is_the_system),
        "Chỉ cán bộ, lãnh đạo của đơn vị được thêm phiên bản, và chỉ khi văn bản chưa trình hoặc đã được trả lại.",
        P.DOCUMENT_READ,
    ),
    P.DOCUMENT_SUBMIT: Rule(
        (p.head_of_open,),
        "Chỉ lãnh đạo đơn vị được trình, và chỉ khi văn bản chưa trình hoặc đã được trả lại.",
        P.DOCUMENT_READ,
    ),
    P.DOCUMENT_WITHDRAW: Rule(
        (p.clerk_or_head_of_draft, p.runs_the_movement),
        "Chỉ đơn vị được rút văn bản của mình, và chỉ khi văn bản chưa trình. Văn bản đã trình phải được giữ; "
        "nếu có sai sót, hãy thêm phiên bản mới sau khi được trả lại.",
        P.DOCUMENT_READ,
    ),
    P.DOCUMENT_RESTORE: Rule(
        (p.clerk_or_head_of_unit, p.runs_the_movement),
        "Chỉ đơn vị đã rút văn bản được khôi phục văn bản.",
    ),
    P.RETENTION_EXTEND: Rule(
        (p.head_of_unit, p.runs_the_movement, p.runs_the_movement_of_submitted),
        "Chỉ lãnh đạo đơn vị hoặc cơ quan thường trực được kéo dài thời hạn lưu trữ.",
        P.DOCUMENT_READ,
    ),
    P.RETENTION_MANAGE: Rule(
        (p.is_standing_office,), "Chỉ cơ quan thường trực được đặt thời hạn lưu trữ cho từng loại văn bản."
    ),
    P.HOLD_SET: Rule(
        (p.runs_the_movement, p.runs_the_movement_of_submitted, p.head_of_unit),
        "Chỉ lãnh đạo đơn vị hoặc cơ quan thường trực được giữ lại văn bản để phục vụ kiểm tra.",
        P.DOCUMENT_READ,
    ),
    P.EXPORT_MAKE: Rule(
        (p.clerk_or_head_of_unit, p.runs_the_movement),
        "Chỉ đơn vị được kết xuất hồ sơ của mình, và cơ quan thường trực được kết xuất hồ sơ của phong trào.",
        P.UNIT_READ,
    ),
    P.TASK_READ: Rule((p.asked_for_it, p.is_administrator), "Bạn chỉ xem được việc do mình yêu cầu."),
    P.TASK_CANCEL: Rule(
        (p.asked_for_it, p.is_administrator),
        "Chỉ người yêu cầu hoặc quản trị hệ thống được dừng việc này.",
        P.TASK_READ,
    ),
    P.ARCHIVE_WATCH: Rule(
        (p.is_administrator, p.is_auditor, p.is_standing_office),
        "Trang này dành cho quản trị hệ thống, kiểm toán và cơ quan thường trực.",
    ),
    P.ARCHIVE_CHECK: Rule(
        (p.is_administrator, p.is_auditor), "Chỉ quản trị hệ thống hoặc kiểm toán được yêu cầu kiểm tra toàn bộ kho."
    ),
    P.READING_RETRY: Rule(
        (p.clerk_or_head_of_unit, p.runs_the_movement, p.is_administrator, p.is_the_system),
        "Chỉ đơn vị có văn bản được yêu cầu đọc lại chữ.",
        P.DOCUMENT_READ,
    ),
    P.CHECKLIST_READ: Rule((p.clerk_or_head_of_unit, *SUBMITTED_READERS), "Bạn không được xem phiếu này."),
    P.CHECKLIST_OPEN: Rule(
        (p.clerk_or_head_of_unit,),
        "Chỉ cán bộ, lãnh đạo của đơn vị được lập phiếu tự kiểm của đơn vị mình.",
        P.UNIT_READ,
    ),
    P.CHECKLIST_EDIT: Rule(
        (p.clerk_or_head_of_open,),
        "Chỉ cán bộ, lãnh đạo của đơn vị được sửa phiếu, và chỉ khi phiếu chưa trình hoặc đã được trả lại.",
        P.CHECKLIST_READ,
    ),
    P.CHECKLIST_SUBMIT: Rule(
        (p.head_of_open,),
        "Chỉ lãnh đạo đơn vị được trình phiếu, và chỉ khi phiếu chưa trình hoặc đã được trả lại.",
        P.CHECKLIST_READ,
    ),
    P.CHECKLIST_RETURN: Rule(
        (p.runs_the_movement_of_submitted,),
        "Chỉ cơ quan thường trực được trả lại phiếu, và không phải phiếu của đơn vị mình.",
        P.CHECKLIST_READ,
    ),
    P.SEARCH_USE: Rule((p.signed_in,), "Bạn cần đăng nhập."),
    P.SEARCH_EXPORT: Rule((p.signed_in,), "Bạn cần đăng nhập."),
    P.SAVED_SEARCH_KEEP: Rule((p.asked_for_it,), "Bạn chỉ dùng được tìm kiếm đã lưu của mình."),
    P.LEDGER_READ: Rule((p.is_auditor,), "Toàn bộ nhật ký chỉ dành cho kiểm toán."),
    P.LEDGER_READ_UNIT: Rule((p.clerk_or_head_of_unit,), "Bạn chỉ xem được nhật ký về hồ sơ của đơn vị mình."),
    P.LEDGER_READ_SYSTEM: Rule((p.is_administrator,), "Phần nhật ký này dành cho quản trị hệ thống."),
    P.LEDGER_EXPORT: Rule((p.is_auditor, p.is_the_system), "Chỉ kiểm toán được kết xuất nhật ký."),
    P.SYSTEM_WATCH: Rule((p.is_administrator,), "Trang này dành cho quản trị hệ thống."),
}
