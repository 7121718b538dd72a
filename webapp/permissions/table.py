"""THE policy: what each permission needs, and the sentence for those who do not have it.

A permission is given when any one of its predicates says yes. `scopes.py` says the same for lists (SQL) and for search
(keys); a test compares the three in every cell.
"""

from __future__ import annotations

from webapp.permissions import predicates as p
from webapp.permissions.award_table import AWARDS
from webapp.permissions.catalogue import Permission as P
from webapp.permissions.indicator_table import INDICATORS
from webapp.permissions.inspection_table import INSPECTIONS
from webapp.permissions.rule import Rule
from webapp.permissions.scoring_table import SCORING

SUBMITTED_READERS = (p.leads_its_cluster_that_year, p.oversees_its_movement, p.inspects_its_unit)

JUDGING = (
    "Chỉ cơ quan thường trực hoặc thành viên Hội đồng được {} sáng kiến đã trình. Có liên quan: không ai làm việc này với "
    "sáng kiến của đơn vị mình hoặc do mình là tác giả."
)

TABLE: dict[P, Rule] = {
    P.ACCOUNT_USE: Rule((p.signed_in,), "Bạn cần đăng nhập."),
    P.UNIT_READ: Rule((p.signed_in,), "Bạn cần đăng nhập."),
    P.UNIT_MANAGE: Rule((p.is_administrator, p.is_the_system), "Chỉ quản trị hệ thống được sửa danh sách đơn vị."),
    P.PERSON_MANAGE: Rule((p.is_administrator, p.is_the_system), "Chỉ quản trị hệ thống được quản lý tài khoản."),
    P.GRANT_MANAGE: Rule((p.is_administrator, p.is_the_system), "Chỉ quản trị hệ thống được giao vai trò."),
    P.LETTERHEAD_MANAGE: Rule(
        (p.is_administrator, p.is_standing_office, p.is_the_system),
        "Chỉ quản trị hệ thống hoặc cơ quan thường trực được đặt tên, thể thức của phường.",
    ),
    P.ACTING_SET: Rule(
        (p.is_administrator, p.is_the_system, p.head_of_unit),
        "Chỉ quản trị hệ thống hoặc lãnh đạo đơn vị được cử người làm thay và bàn giao việc của người trong đơn vị.",
        P.UNIT_READ,
    ),
    P.SUBMITTER_NAME: Rule(
        (p.is_administrator, p.is_the_system, p.receives_without_a_stake),
        "Chỉ cơ quan thường trực hoặc quản trị hệ thống được cử người trình cho đơn vị chưa có lãnh đạo.",
        P.UNIT_READ,
    ),
    P.CLUSTER_MANAGE: Rule(
        (p.is_administrator, p.is_standing_office, p.is_the_system),
        "Chỉ quản trị hệ thống hoặc cơ quan thường trực được sắp xếp cụm, khối.",
    ),
    P.MOVEMENT_READ: Rule((p.signed_in, p.is_the_system), "Bạn cần đăng nhập."),
    P.PLAN_IMPORT: Rule(
        (p.runs_the_movement, p.is_the_system), "Chỉ cơ quan thường trực được nhập kế hoạch của phong trào."
    ),
    P.MOVEMENT_END: Rule(
        (p.runs_the_movement, p.is_the_system), "Chỉ cơ quan thường trực được kết thúc hoặc rút phong trào."
    ),
    P.COVERAGE_READ: Rule(
        (p.is_overseer, p.is_administrator, p.is_the_system),
        "Trang này dành cho cơ quan thường trực, Hội đồng, lãnh đạo phường và kiểm toán.",
    ),
    P.COVERAGE_MANAGE: Rule(
        (p.runs_the_movement, p.is_the_system), "Chỉ cơ quan thường trực được gắn đơn vị vào nhóm tiêu chí."
    ),
    P.DOCUMENT_READ: Rule(
        (p.published_to_all, p.clerk_or_head_of_unit, p.runs_the_movement, p.scores_its_unit, *SUBMITTED_READERS),
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
    P.DOCUMENT_CORRECT: Rule(
        (p.clerk_or_head_of_open, p.runs_the_movement, p.runs_the_movement_of_submitted),
        "Chỉ đơn vị, khi văn bản chưa trình hoặc đã được trả lại, và cơ quan thường trực sửa được loại, năm, đơn vị.",
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
    P.SHORT_FORMS_MANAGE: Rule(
        (p.is_standing_office,), "Chỉ cơ quan thường trực được thêm hoặc gạch bỏ chữ viết tắt dùng khi tìm kiếm."
    ),
    P.HOLD_SET: Rule(
        (p.runs_the_movement, p.runs_the_movement_of_submitted, p.head_of_unit),
        "Chỉ lãnh đạo đơn vị hoặc cơ quan thường trực được giữ lại văn bản để phục vụ kiểm tra.",
        P.DOCUMENT_READ,
    ),
    P.EXPORT_MAKE: Rule(
        (p.clerk_or_head_of_unit, p.runs_the_movement),
        "Chỉ đơn vị được tải trọn hồ sơ của mình, và cơ quan thường trực được tải trọn hồ sơ của phong trào.",
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
    P.CHECKLIST_READ: Rule(
        (p.clerk_or_head_of_unit, p.scores_its_unit, *SUBMITTED_READERS), "Bạn không được xem phiếu này."
    ),
    P.CHECKLIST_OPEN: Rule(
        (p.clerk_or_head_while_it_runs,),
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
    P.PAPER_READ: Rule((p.clerk_or_head_of_unit, *SUBMITTED_READERS), "Bạn không được xem văn bản này."),
    P.PAPER_OPEN: Rule(
        (p.clerk_or_head_while_it_runs, p.is_the_system),
        "Chỉ cán bộ, lãnh đạo của đơn vị được lập kế hoạch, báo cáo của đơn vị mình.",
        P.UNIT_READ,
    ),
    P.PAPER_EDIT: Rule(
        (p.clerk_or_head_of_open, p.is_the_system),
        "Chỉ cán bộ, lãnh đạo của đơn vị được sửa, và chỉ khi văn bản chưa trình hoặc đã được trả lại.",
        P.PAPER_READ,
    ),
    P.PAPER_SUBMIT: Rule(
        (p.head_of_open, p.is_the_system),
        "Chỉ lãnh đạo đơn vị được trình, và chỉ khi văn bản chưa trình hoặc đã được trả lại.",
        P.PAPER_READ,
    ),
    P.PAPER_RETURN: Rule(
        (p.decides_without_a_stake,),
        "Chỉ cơ quan thường trực hoặc lãnh đạo phường được trả lại, và không phải văn bản của đơn vị mình.",
        P.PAPER_READ,
    ),
    P.PAPER_ACCEPT: Rule(
        (p.decides_without_a_stake,),
        "Chỉ cơ quan thường trực hoặc lãnh đạo phường được nhận, và không phải văn bản của đơn vị mình.",
        P.PAPER_READ,
    ),
    P.PAPER_ENTER: Rule(
        (p.receives_without_a_stake,),
        "Chỉ cơ quan thường trực được nhập thay văn bản nhận bằng giấy, và không phải của đơn vị mình.",
        P.UNIT_READ,
    ),
    P.PAPER_COMMENT: Rule(
        (p.clerk_or_head_of_submitted, p.leads_its_cluster_that_year, p.runs_the_movement_of_submitted),
        "Chỉ đơn vị, lãnh đạo cụm và cơ quan thường trực được góp ý.",
        P.PAPER_READ,
    ),
    P.DUTY_READ: Rule((p.clerk_or_head_of_unit, *SUBMITTED_READERS), "Bạn không được xem mục này."),
    P.DUTY_MANAGE: Rule(
        (p.runs_the_movement, p.is_the_system), "Chỉ cơ quan thường trực được quy định việc phải nộp và thời hạn."
    ),
    P.DUTY_EXTEND: Rule(
        (p.decides_without_a_stake,),
        "Chỉ cơ quan thường trực hoặc lãnh đạo phường được gia hạn, và không phải cho đơn vị mình.",
        P.DUTY_READ,
    ),
    P.DUTY_REMIND: Rule(
        (p.runs_the_movement_of_submitted, p.is_the_system),
        "Chỉ cơ quan thường trực được gửi lời nhắc.",
        P.DUTY_READ,
    ),
    P.INITIATIVE_READ: Rule(
        (p.published_to_all, p.clerk_or_head_of_unit, *SUBMITTED_READERS), "Bạn không được xem sáng kiến này."
    ),
    P.INITIATIVE_READ_WITHHELD: Rule(
        (p.clerk_or_head_of_unit, p.judges_without_a_stake),
        "Phần cần giữ kín chỉ đơn vị có sáng kiến và người nhận xét được xem.",
        P.INITIATIVE_READ,
    ),
    P.INITIATIVE_ADD: Rule(
        (p.clerk_or_head_while_it_runs,),
        "Chỉ cán bộ, lãnh đạo của đơn vị được đăng ký sáng kiến của đơn vị mình.",
        P.UNIT_READ,
    ),
    P.INITIATIVE_EDIT: Rule(
        (p.clerk_or_head_of_open,),
        "Chỉ cán bộ, lãnh đạo của đơn vị được sửa sáng kiến, và chỉ khi chưa trình hoặc đã được trả lại.",
        P.INITIATIVE_READ,
    ),
    P.INITIATIVE_SUBMIT: Rule(
        (p.head_of_open,),
        "Chỉ lãnh đạo đơn vị được ký trình sáng kiến, và chỉ khi chưa trình hoặc đã được trả lại.",
        P.INITIATIVE_READ,
    ),
    P.INITIATIVE_RETURN: Rule((p.judges_without_a_stake,), JUDGING.format("trả lại"), P.INITIATIVE_READ),
    P.INITIATIVE_REVIEW: Rule((p.judges_without_a_stake,), JUDGING.format("nhận xét"), P.INITIATIVE_READ),
    P.INITIATIVE_DECIDE: Rule(
        (p.decides_without_a_stake,),
        "Chỉ cơ quan thường trực hoặc lãnh đạo phường được quyết định công nhận. Có liên quan: không ai quyết định về sáng "
        "kiến của đơn vị mình hoặc do mình là tác giả.",
        P.INITIATIVE_READ,
    ),
    P.INITIATIVE_HONOUR: Rule(
        (p.decides_without_a_stake,),
        "Chỉ cơ quan thường trực hoặc lãnh đạo phường được ghi biểu dương. Có liên quan: không ai ghi biểu dương cho sáng "
        "kiến của đơn vị mình hoặc do mình là tác giả.",
        P.INITIATIVE_READ,
    ),
    P.INITIATIVE_ADOPT: Rule(
        (p.clerk_or_head_of_another_unit,),
        "Chỉ cán bộ, lãnh đạo của đơn vị khác được ghi việc áp dụng, và chỉ với sáng kiến đã được công nhận.",
        P.INITIATIVE_READ,
    ),
    P.INITIATIVE_CERTIFY: Rule(
        (p.office_or_leadership_of_published,),
        "Chỉ cơ quan thường trực hoặc lãnh đạo phường được lập giấy chứng nhận, sau khi sáng kiến được công nhận.",
        P.INITIATIVE_READ,
    ),
    P.INITIATIVE_EXPORT: Rule((p.signed_in,), "Bạn cần đăng nhập."),
    P.SYNTHESIS_READ: Rule(
        (p.runs_the_movement, p.oversees_what_is_told),
        "Báo cáo tổng hợp dành cho cơ quan thường trực; lãnh đạo phường, Hội đồng và kiểm toán xem được sau khi chốt.",
    ),
    P.SYNTHESIS_WRITE: Rule(
        (p.runs_the_movement,), "Chỉ cơ quan thường trực được lập, sửa và chốt báo cáo tổng hợp.", P.SYNTHESIS_READ
    ),
    P.DIFFICULTY_READ: Rule((p.clerk_or_head_of_unit, *SUBMITTED_READERS), "Bạn không được xem mục này."),
    P.DIFFICULTY_ADD: Rule(
        (p.clerk_or_head_while_it_runs,),
        "Chỉ cán bộ, lãnh đạo của đơn vị được nêu khó khăn, vướng mắc của đơn vị mình.",
        P.UNIT_READ,
    ),
    P.DIFFICULTY_EDIT: Rule(
        (p.clerk_or_head_of_open,),
        "Chỉ cán bộ, lãnh đạo của đơn vị được sửa, và chỉ khi chưa gửi.",
        P.DIFFICULTY_READ,
    ),
    P.DIFFICULTY_RAISE: Rule(
        (p.head_of_open,), "Chỉ lãnh đạo đơn vị được gửi, và chỉ khi chưa gửi.", P.DIFFICULTY_READ
    ),
    P.DIFFICULTY_GATHER: Rule(
        (p.runs_the_movement_of_any_submitted,),
        "Chỉ cơ quan thường trực được tổng hợp khó khăn, vướng mắc đã gửi.",
        P.DIFFICULTY_READ,
    ),
    P.DIFFICULTY_DECIDE: Rule(
        (p.heads_the_ward_of_submitted, p.runs_the_movement_of_submitted),
        "Chỉ lãnh đạo phường được quyết định, hoặc cơ quan thường trực ghi quyết định của Ủy ban nhân dân; "
        "cơ quan thường trực không ghi quyết định về đề nghị của đơn vị mình.",
        P.DIFFICULTY_READ,
    ),
    P.DIFFICULTY_EXPORT: Rule(
        (p.is_overseer,),
        "Danh sách này dành cho cơ quan thường trực, Hội đồng, lãnh đạo phường và kiểm toán.",
    ),
    P.ANNOUNCEMENT_READ: Rule(
        (p.published_to_all, p.in_its_audience, p.oversees_what_is_told, p.runs_the_movement),
        "Thông báo này không gửi đến đơn vị của bạn.",
    ),
    P.ANNOUNCEMENT_POST: Rule(
        (p.runs_the_movement,), "Chỉ cơ quan thường trực được soạn, đăng và rút thông báo.", P.ANNOUNCEMENT_READ
    ),
    P.ANNOUNCEMENT_CONFIRM: Rule(
        (p.asked_to_confirm,),
        "Chỉ cán bộ, lãnh đạo của đơn vị được gửi thông báo xác nhận đã đọc, và chỉ khi thông báo chưa rút.",
        P.ANNOUNCEMENT_READ,
    ),
    P.ANNOUNCEMENT_WATCH: Rule(
        (p.runs_the_movement,), "Chỉ cơ quan thường trực xem được ai đã đọc thông báo.", P.ANNOUNCEMENT_READ
    ),
    **SCORING,
    **AWARDS,
    **INSPECTIONS,
    **INDICATORS,
    P.COUNCIL_MANAGE: Rule(
        (p.is_standing_office, p.is_the_system),
        "Chỉ cơ quan thường trực được ghi thành phần, phân công của Hội đồng và quy tắc lấy phiếu.",
    ),
    P.MEETING_READ: Rule((p.takes_part, p.follows_its_meetings), "Cuộc họp này dành cho thành viên được mời."),
    P.MEETING_MANAGE: Rule(
        (p.runs_the_meeting,),
        "Chỉ cụm trưởng, cụm phó của cụm trong năm đó được tổ chức họp cụm; họp Hội đồng do cơ quan thường trực hoặc "
        "người chủ trì tổ chức.",
        P.MEETING_READ,
    ),
    P.BALLOT_VOTE: Rule(
        (p.votes_without_a_stake,),
        "Chỉ thành viên có mặt được bỏ phiếu, khi phiếu đang mở. Có liên quan: không ai bỏ phiếu về đơn vị mình.",
        P.MEETING_READ,
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
