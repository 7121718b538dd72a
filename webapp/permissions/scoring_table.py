"""The policy's lines for rubrics and scores; part of `table.TABLE`."""

from __future__ import annotations

from webapp.permissions import predicates as p
from webapp.permissions.catalogue import Permission as P
from webapp.permissions.rule import Rule

APPRAISING = (
    "Chỉ cụm trưởng, cụm phó hoặc người được phân công được {}, khi phiếu đang chờ thẩm định. Có liên quan: không ai thẩm "
    "định đơn vị mình."
)

SCORING: dict[P, Rule] = {
    P.RUBRIC_READ: Rule((p.published_to_all, p.runs_the_movement), "Bạn không được xem thang điểm này."),
    P.RUBRIC_MANAGE: Rule(
        (p.runs_the_movement,), "Chỉ cơ quan thường trực được soạn và áp dụng thang điểm.", P.RUBRIC_READ
    ),
    P.ROUND_READ: Rule(
        (p.published_to_all, p.leads_its_round, p.follows_its_round, p.in_its_audience),
        "Bạn không được xem kỳ chấm này.",
    ),
    P.ROUND_MANAGE: Rule(
        (p.runs_the_movement,), "Chỉ cơ quan thường trực được mở kỳ chấm và đặt thời hạn.", P.ROUND_READ
    ),
    P.ROUND_CLOSE: Rule(
        (p.leads_its_round, p.runs_the_movement),
        "Chỉ cụm trưởng, cụm phó hoặc cơ quan thường trực được chốt.",
        P.ROUND_READ,
    ),
    P.ROUND_REOPEN: Rule(
        (p.heads_the_ward_or_runs_the_movement,),
        "Chỉ cơ quan thường trực hoặc lãnh đạo phường được mở lại kỳ chấm.",
        P.ROUND_READ,
    ),
    P.ROUND_PUBLISH: Rule(
        (p.heads_the_ward_or_runs_the_movement,),
        "Chỉ cơ quan thường trực hoặc lãnh đạo phường được công bố kết quả.",
        P.ROUND_READ,
    ),
    P.SHEET_READ: Rule(
        (
            p.published_to_all,
            p.clerk_or_head_of_unit,
            p.follows_its_scores,
            p.was_asked_to_appraise,
            p.was_asked_for_a_second_opinion,
            p.scores_it_across,
            p.inspects_its_scores,
        ),
        "Bạn không được xem phiếu điểm này.",
    ),
    P.SHEET_READ_APPRAISAL: Rule(
        (p.published_to_all, p.clerk_or_head_of_delivered, p.reads_its_appraisal),
        "Điểm thẩm định chưa được gửi cho bạn.",
        P.SHEET_READ,
    ),
    P.SHEET_WRITE: Rule(
        (p.clerk_or_head_of_open,),
        "Chỉ cán bộ, lãnh đạo của đơn vị được tự chấm, và chỉ khi phiếu chưa trình hoặc đã được trả lại.",
        P.SHEET_READ,
    ),
    P.SHEET_SUBMIT: Rule(
        (p.head_of_open,),
        "Chỉ lãnh đạo đơn vị được trình phiếu điểm, và chỉ khi phiếu chưa trình hoặc đã được trả lại.",
        P.SHEET_READ,
    ),
    P.SHEET_RETURN: Rule((p.appraises_it,), APPRAISING.format("trả lại phiếu điểm"), P.SHEET_READ),
    P.SHEET_APPRAISE: Rule((p.appraises_it,), APPRAISING.format("thẩm định"), P.SHEET_READ),
    P.SHEET_EXPLAIN: Rule(
        (p.clerk_or_head_of_delivered,),
        "Chỉ cán bộ, lãnh đạo của đơn vị được giải trình, sau khi có điểm thẩm định.",
        P.SHEET_READ,
    ),
    P.SHEET_ANSWER: Rule(
        (p.head_of_delivered,),
        "Chỉ lãnh đạo đơn vị được trả lời điểm thẩm định.",
        P.SHEET_READ,
    ),
    P.SHEET_SECOND_OPINION: Rule(
        (p.was_asked_for_a_second_opinion,),
        "Chỉ người được phân công thẩm định đối chứng được chấm ở đây.",
        P.SHEET_READ,
    ),
    P.SHEET_CROSS: Rule(
        (p.scores_it_across,),
        "Chỉ thành viên khác của cụm được chấm chéo, khi phiếu đã trình. Có liên quan: không ai chấm đơn vị mình.",
        P.SHEET_READ,
    ),
    P.SHEET_ASSIGN: Rule(
        (p.arranges_its_scoring,),
        "Chỉ cơ quan thường trực, lãnh đạo phường hoặc lãnh đạo cụm được phân công người thẩm định. Có liên quan: không ai phân công người "
        "chấm đơn vị mình.",
    ),
    P.SHEET_EXTEND: Rule(
        (p.arranges_its_time,),
        "Chỉ cơ quan thường trực hoặc lãnh đạo phường được gia hạn hoặc miễn chấm, và không phải cho đơn vị mình.",
    ),
    P.SHEET_MODERATE: Rule(
        (p.moderates_it,),
        "Chỉ thành viên Hội đồng được điều chỉnh điểm, sau khi cụm chốt và trước khi công bố. Có liên quan: không ai điều "
        "chỉnh điểm của đơn vị mình.",
        P.SHEET_READ,
    ),
    P.SHEET_APPEAL: Rule((p.head_of_published,), "Chỉ lãnh đạo đơn vị được kiến nghị, sau khi công bố.", P.SHEET_READ),
    P.APPEAL_HEAR: Rule(
        (p.hears_its_appeal,),
        "Chỉ thành viên Hội đồng được trả lời kiến nghị. Có liên quan: không ai trả lời kiến nghị của đơn vị mình.",
        P.SHEET_READ,
    ),
    P.CONFLICT_DECLARE: Rule(
        (p.asked_for_it, p.is_standing_office), "Bạn chỉ khai báo xung đột lợi ích cho chính mình."
    ),
    P.CONFLICT_LIFT: Rule((p.is_standing_office,), "Chỉ cơ quan thường trực được bỏ một khai báo xung đột lợi ích."),
}
