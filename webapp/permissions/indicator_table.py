"""The policy's lines for the digital index; part of `table.TABLE`."""

from __future__ import annotations

from webapp.permissions import indicator_predicates as i
from webapp.permissions import predicates as p
from webapp.permissions.catalogue import Permission as P
from webapp.permissions.rule import Rule

OWN = "Có liên quan: không ai thẩm định đơn vị mình."

INDICATORS: dict[P, Rule] = {
    P.INDICATOR_SET_READ: Rule((p.published_to_all, p.runs_the_movement), "Bộ chỉ số này chưa áp dụng."),
    P.INDICATOR_SET_MANAGE: Rule(
        (p.runs_the_movement, p.is_the_system),
        "Chỉ cơ quan thường trực được soạn, áp dụng và công bố bộ chỉ số.",
        P.INDICATOR_SET_READ,
    ),
    P.INDICATOR_SHEET_READ: Rule(
        (
            p.published_to_all,
            p.clerk_or_head_of_unit,
            p.leads_its_cluster_that_year,
            p.oversees_its_movement,
            p.inspects_its_unit,
            i.is_asked_to_verify,
        ),
        "Bạn không được xem phiếu chỉ số này.",
    ),
    P.INDICATOR_SHEET_READ_VERIFICATION: Rule(
        (p.published_to_all, p.clerk_or_head_of_delivered, i.follows_its_verification),
        "Kết quả thẩm định chưa gửi cho đơn vị.",
        P.INDICATOR_SHEET_READ,
    ),
    P.INDICATOR_SHEET_WRITE: Rule(
        (p.clerk_or_head_of_open,),
        "Chỉ cán bộ, lãnh đạo của đơn vị được tự đánh giá, và chỉ khi phiếu chưa trình hoặc đã được trả lại.",
        P.INDICATOR_SHEET_READ,
    ),
    P.INDICATOR_SHEET_SUBMIT: Rule(
        (p.head_of_open,),
        "Chỉ lãnh đạo đơn vị được trình phiếu chỉ số, và chỉ khi phiếu chưa trình hoặc đã được trả lại.",
        P.INDICATOR_SHEET_READ,
    ),
    P.INDICATOR_SHEET_VERIFY: Rule(
        (i.verifies_it,),
        "Chỉ cơ quan thường trực, lãnh đạo phường hoặc đơn vị xác minh được thẩm định, khi phiếu đang chờ thẩm định. "
        + OWN,
        P.INDICATOR_SHEET_READ,
    ),
    P.INDICATOR_SHEET_CONCLUDE: Rule(
        (i.concludes_it,),
        "Chỉ cơ quan thường trực hoặc lãnh đạo phường được trả lại, gửi kết quả và kết luận. " + OWN,
        P.INDICATOR_SHEET_READ,
    ),
    P.INDICATOR_SHEET_EXPLAIN: Rule(
        (p.clerk_or_head_of_delivered,),
        "Chỉ cán bộ, lãnh đạo của đơn vị được giải trình, sau khi có kết quả thẩm định.",
        P.INDICATOR_SHEET_READ,
    ),
    P.INDICATOR_SHEET_ANSWER: Rule(
        (p.head_of_delivered,),
        "Chỉ lãnh đạo đơn vị được trả lời kết quả thẩm định.",
        P.INDICATOR_SHEET_READ,
    ),
}
