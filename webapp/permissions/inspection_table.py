"""The policy's lines for inspections; part of `table.TABLE`."""

from __future__ import annotations

from webapp.permissions import inspection_predicates as i
from webapp.permissions import predicates as p
from webapp.permissions.catalogue import Permission as P
from webapp.permissions.rule import Rule

CONCLUDED_READERS = (p.leads_its_cluster_that_year, p.oversees_its_movement, p.inspects_its_unit)

INSPECTIONS: dict[P, Rule] = {
    P.INSPECTION_PLAN: Rule(
        (p.runs_the_movement, p.is_the_system), "Chỉ cơ quan thường trực được lập chương trình và đoàn kiểm tra."
    ),
    P.PROGRAMME_READ: Rule((p.published_to_all, p.runs_the_movement), "Chương trình kiểm tra này chưa được phê duyệt."),
    P.PROGRAMME_MANAGE: Rule(
        (p.runs_the_movement, p.is_the_system),
        "Chỉ cơ quan thường trực được lập và ghi việc phê duyệt chương trình kiểm tra.",
        P.PROGRAMME_READ,
    ),
    P.INSPECTION_READ: Rule(
        (i.manages_inspections, i.oversees_it, i.is_in_the_team, p.is_the_system),
        "Bạn không được xem đoàn kiểm tra này.",
    ),
    P.INSPECTION_MANAGE: Rule(
        (i.manages_inspections, p.is_the_system),
        "Chỉ cơ quan thường trực được lập đoàn kiểm tra, ghi quyết định, thay đổi và kết thúc đoàn.",
        P.INSPECTION_READ,
    ),
    P.VISIT_READ: Rule(
        (i.inspects_it, i.oversees_it, i.is_inspected, *CONCLUDED_READERS), "Bạn không được xem cuộc kiểm tra này."
    ),
    P.VISIT_READ_FINDINGS: Rule(
        (i.inspects_it, i.oversees_it, i.is_inspected_and_told_what_was_found, *CONCLUDED_READERS),
        "Đơn vị xem được kết quả kiểm tra từ khi đoàn lập biên bản.",
        P.VISIT_READ,
    ),
    P.VISIT_LEAD: Rule(
        (i.leads_its_team,),
        "Chỉ trưởng đoàn, phó trưởng đoàn và thư ký được làm việc này, trong thời gian của đoàn.",
        P.VISIT_READ,
    ),
    P.VISIT_WRITE: Rule(
        (i.inspects_it_on_the_spot,),
        "Chỉ thành viên đoàn được ghi nhận kết quả, khi đoàn đang làm việc tại đơn vị.",
        P.VISIT_READ,
    ),
    P.VISIT_CONCLUDE: Rule(
        (i.concludes_it,),
        "Chỉ trưởng đoàn, phó trưởng đoàn, thư ký hoặc cơ quan thường trực, lãnh đạo phường ghi được báo cáo, kết luận; "
        "không ai kết luận về đơn vị mình.",
        P.VISIT_READ,
    ),
    P.VISIT_ANSWER: Rule(
        (i.answers_it,), "Chỉ cán bộ, lãnh đạo của đơn vị được kiểm tra ghi được nội dung này.", P.VISIT_READ
    ),
    P.VISIT_SIGN: Rule(
        (i.heads_the_inspected_unit,), "Chỉ lãnh đạo của đơn vị được kiểm tra ký được biên bản.", P.VISIT_READ
    ),
    P.REMEDY_CLOSE: Rule(
        (i.closes_remedies,),
        "Chỉ đoàn kiểm tra hoặc cơ quan thường trực, lãnh đạo phường xác nhận được việc khắc phục; không ai xác nhận cho "
        "đơn vị mình.",
        P.VISIT_READ,
    ),
}
