"""The policy's lines for commendation; part of `table.TABLE`."""

from __future__ import annotations

from webapp.permissions import award_predicates as a
from webapp.permissions import predicates as p
from webapp.permissions.catalogue import Permission as P
from webapp.permissions.rule import Rule

STAKE = "Có liên quan: không ai làm việc này với đề nghị về mình, đơn vị mình hoặc người thân của mình."

AWARDS: dict[P, Rule] = {
    P.AWARD_MANAGE: Rule(
        (p.is_standing_office, p.is_the_system), "Chỉ cơ quan thường trực được sửa danh mục khen thưởng."
    ),
    P.AWARD_MARK: Rule(
        (p.is_standing_office,), "Chỉ cơ quan thường trực được ghi và gỡ việc tạm dừng xét khen thưởng."
    ),
    P.AWARD_ROUND_READ: Rule((p.published_to_all, p.runs_the_movement), "Bạn không được xem đợt xét này."),
    P.AWARD_ROUND_MANAGE: Rule(
        (p.runs_the_movement,),
        "Chỉ cơ quan thường trực được lập, áp dụng và kết thúc đợt xét khen thưởng.",
        P.AWARD_ROUND_READ,
    ),
    P.NOMINATION_READ: Rule(
        (p.clerk_or_head_of_unit, a.puts_it_forward, a.follows_it), "Bạn không được xem đề nghị khen thưởng này."
    ),
    P.NOMINATION_ADD: Rule(
        (a.writes_it,),
        "Chỉ đơn vị, cụm trưởng và cơ quan thường trực được đề nghị khen thưởng, mỗi bên trong phạm vi của mình.",
    ),
    P.NOMINATION_EDIT: Rule(
        (a.writes_it,),
        "Chỉ bên đề nghị và đơn vị được đề nghị sửa được hồ sơ, và chỉ khi chưa trình hoặc được yêu cầu bổ sung.",
        P.NOMINATION_READ,
    ),
    P.NOMINATION_SUBMIT: Rule(
        (a.hands_it_in,),
        "Chỉ lãnh đạo đơn vị hoặc bên đề nghị được trình, và chỉ khi chưa trình hoặc được yêu cầu bổ sung.",
        P.NOMINATION_READ,
    ),
    P.NOMINATION_WITHDRAW: Rule(
        (a.takes_it_back,),
        "Chỉ bên đề nghị được rút, và chỉ khi chưa trình hoặc được yêu cầu bổ sung.",
        P.NOMINATION_READ,
    ),
    P.NOMINATION_DECLARE: Rule(
        (a.follows_it,), "Chỉ người tham gia xét được khai báo có liên quan đến đề nghị này.", P.NOMINATION_READ
    ),
    P.NOMINATION_APPRAISE: Rule(
        (a.appraises_it,),
        "Chỉ cơ quan thường trực hoặc lãnh đạo phường được tiếp nhận, thẩm định đề nghị. " + STAKE,
        P.NOMINATION_READ,
    ),
    P.NOMINATION_DECIDE: Rule(
        (a.decides_it,), "Chỉ lãnh đạo phường được quyết định khen thưởng. " + STAKE, P.NOMINATION_READ
    ),
    P.AWARD_DECISION_READ: Rule(
        (p.published_to_all, p.heads_the_ward_or_runs_the_movement), "Quyết định này chưa ban hành."
    ),
    P.AWARD_DECISION_MANAGE: Rule(
        (p.heads_the_ward_or_runs_the_movement,),
        "Chỉ cơ quan thường trực hoặc lãnh đạo phường được lập quyết định và ghi việc trao, chi thưởng, thu hồi.",
        P.AWARD_DECISION_READ,
    ),
    P.HONOUR_READ: Rule((p.signed_in,), "Bạn cần đăng nhập."),
}
