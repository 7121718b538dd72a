"""A few initiatives of the fictitious ward, in different states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from webapp.core.db import Database
from webapp.initiatives import judging, service
from webapp.initiatives.service import AuthorLine, Draft
from webapp.models import Initiative, InitiativeField, InitiativeKind, InitiativeScope
from webapp.permissions import Viewer

# unit, kind, field, scope, title, problem, solution, effect, secret, authors, how far it came
Made = tuple[str, InitiativeKind, InitiativeField, InitiativeScope, str, str, str, str, str, str, str]
THIS_YEAR: tuple[Made, ...] = (
    (
        "KT",
        InitiativeKind.SOLUTION,
        InitiativeField.DIGITAL,
        InitiativeScope.WARD,
        "Nhắc hạn hồ sơ đất đai bằng mã vạch",
        "Hồ sơ giấy chuyển qua bốn bàn làm việc, không ai biết đang ở đâu; mỗi tháng có khoảng 12 hồ sơ trễ hẹn.",
        "Dán mã vạch lên bìa hồ sơ lúc tiếp nhận, mỗi bàn quét khi nhận và khi giao. Bảng theo dõi dùng chung tô màu hồ "
        "sơ còn hai ngày và gửi lời nhắc cho người đang giữ.",
        "Sau 6 tháng, số hồ sơ trễ hẹn giảm từ 12 còn 2 mỗi tháng; thời gian xử lý bình quân từ 9 ngày còn 6 ngày.",
        "",
        "Nguyễn Thị Lan",
        "honoured",
    ),
    (
        "HND",
        InitiativeKind.MODEL,
        InitiativeField.PARTY,
        InitiativeScope.WARD,
        "Lớp bình dân học vụ số tại nhà hội viên",
        "Hội viên lớn tuổi ngại đến lớp buổi tối, lớp tập trung ở trụ sở chỉ có 8 đến 10 người.",
        "Mỗi tổ chọn một nhà rộng, mỗi tuần một buổi, một đoàn viên kèm ba hội viên trên chính điện thoại của họ.",
        "Trong 4 tháng mở 6 lớp, 214 hội viên tự nộp được hồ sơ trực tuyến và thanh toán bằng mã QR.",
        "",
        "Lê Văn Tám",
        "reviewed",
    ),
    (
        "HPN",
        InitiativeKind.INITIATIVE,
        InitiativeField.ECONOMY,
        InitiativeScope.UNIT,
        "Gian hàng chung của chị em trên sàn thương mại điện tử",
        "Từng hộ bán riêng, ảnh xấu, phí vận chuyển cao nên ít đơn.",
        "Gộp 15 hộ vào một gian hàng, chụp ảnh theo một mẫu, gom đơn giao mỗi ngày một chuyến.",
        "Đơn hàng tăng từ 40 lên 130 mỗi tháng, phí vận chuyển giảm 35%.",
        "Giá nhập của từng hộ và thỏa thuận chiết khấu với đơn vị vận chuyển.",
        "Lê Thị Hoa",
        "submitted",
    ),
    (
        "KT",
        InitiativeKind.INITIATIVE,
        InitiativeField.ADMINISTRATION,
        InitiativeScope.UNIT,
        "Theo dõi hồ sơ đất đai bằng bảng màu",
        "Chưa biết hồ sơ nào sắp trễ.",
        "",
        "",
        "",
        "Trần Văn Minh",
        "draft",
    ),
)

LAST_YEAR: tuple[Made, ...] = (
    (
        "HCC",
        InitiativeKind.SOLUTION,
        InitiativeField.ADMINISTRATION,
        InitiativeScope.WARD,
        "Quầy hướng dẫn nộp hồ sơ trực tuyến do thanh niên đứng quầy",
        "Người dân đến nộp hồ sơ giấy vì chưa biết cách nộp trên mạng; buổi sáng hàng chờ dài 40 phút.",
        "Mỗi buổi hai đoàn viên đứng quầy, làm cùng người dân trên chính điện thoại của họ, ghi lại bước hay vướng.",
        "Sau 3 tháng, hồ sơ nộp trực tuyến tăng từ 38% lên 71%; thời gian chờ còn 12 phút.",
        "",
        "Hồ Gia Bảo",
        "honoured",
    ),
    (
        "DTN",
        InitiativeKind.MODEL,
        InitiativeField.DIGITAL,
        InitiativeScope.WARD,
        "Bản đồ số các hộ kinh doanh nhận thanh toán bằng mã QR",
        "Khách từ nơi khác đến không biết quầy nào nhận chuyển khoản.",
        "Đoàn viên đi từng quầy ghi vị trí, in một mã chung của chợ dẫn đến bản đồ.",
        "Có 186 hộ lên bản đồ; 9 trong 10 khách được hỏi đã dùng.",
        "",
        "Đinh Đăng Khoa",
        "recognised",
    ),
    (
        "HPN",
        InitiativeKind.MODEL,
        InitiativeField.ECONOMY,
        InitiativeScope.UNIT,
        "Nhóm nhắn tin nhắc lịch thu gom rác",
        "Nhiều hộ để rác sai giờ.",
        "Lập nhóm nhắn tin theo tổ, nhắc trước 30 phút.",
        "Số điểm tồn rác giảm từ 14 còn 9.",
        "",
        "Lê Thị Hoa",
        "declined",
    ),
)


def add_initiatives(
    db: Database,
    units: Mapping[str, str],
    head: Callable[[str], Viewer],
    people: Callable[[str], Viewer],
    *,
    made: Sequence[Made],
    now: datetime,
    today: date,
    year: int,
) -> None:
    """`head` gives a viewer by unit code, `people` by user name; all is done within the 30 days before `now`."""
    council, chair, office = people("hoidong"), people("chutich"), people("vhxh")
    for unit, kind, field, scope, title, problem, solution, effect, secret, author, far in made:
        at = now - timedelta(days=30)
        draft = Draft(
            kind=kind,
            field=field,
            scope=scope,
            title=title,
            problem=problem,
            solution=solution,
            effect=effect,
            secret=secret,
            first_applied_on=today - timedelta(days=200) if far != "draft" else None,
            authors=(AuthorLine(author, "", 10_000),),
        )
        with db.unit_of_work() as session:
            one = service.open_initiative(
                session, actor=head(unit), now=at, unit_id=units[unit], year=year, draft=draft
            )
            if far != "draft":
                judging.submit_initiative(
                    session, actor=head(unit), now=at, today=today - timedelta(days=30), initiative_id=one.id
                )
        if far in ("draft", "submitted"):
            continue
        with db.unit_of_work() as session:
            _review(session, one, council, at)
        if far == "reviewed":
            continue
        with db.unit_of_work() as session:
            _decide(session, one, chair, at, today, recognised=far != "declined")
        if far == "honoured":
            adopter = people("lan" if unit != "KT" else "bao")
            with db.unit_of_work() as session:
                _spread(session, one, office, adopter, units["KT" if unit != "KT" else "HCC"], now=at, today=today)


def _review(session: Session, one: Initiative, council: Viewer, at: datetime) -> None:
    judging.review_initiative(
        session,
        actor=council,
        now=at + timedelta(days=2),
        initiative_id=one.id,
        submission=1,
        scores={"novelty": 7, "effect": 9, "spread": 8},
        comment="Cách làm gọn, số liệu trước và sau rõ ràng; nên viết thêm hướng dẫn một trang để đơn vị khác dùng theo.",
    )


def _decide(session: Session, one: Initiative, chair: Viewer, at: datetime, today: date, *, recognised: bool) -> None:
    judging.decide_initiative(
        session,
        actor=chair,
        now=at + timedelta(days=5),
        today=today - timedelta(days=25),
        initiative_id=one.id,
        submission=1,
        verdict=judging.Verdict(
            recognised=recognised,
            number="215/QĐ-UBND" if recognised else "",
            decided_on=today - timedelta(days=25) if recognised else None,
            reason="" if recognised else "Cách làm đã có ở nhiều nơi trong phường, chưa có điểm mới.",
        ),
    )


def _spread(
    session: Session, one: Initiative, office: Viewer, clerk: Viewer, unit_id: str, *, now: datetime, today: date
) -> None:
    judging.adopt_initiative(
        session,
        actor=clerk,
        now=now + timedelta(days=15),
        today=today - timedelta(days=15),
        initiative_id=one.id,
        unit_id=unit_id,
        adopted_on=today - timedelta(days=16),
        result="Áp dụng cho hồ sơ của đơn vị; tuần đầu không còn hồ sơ trễ hẹn.",
    )
    judging.honour_initiative(
        session,
        actor=office,
        now=now + timedelta(days=20),
        today=today - timedelta(days=10),
        initiative_id=one.id,
        number="231/QĐ-UBND",
        note="Giấy khen của Chủ tịch Ủy ban nhân dân phường",
    )
