"""The minutes of a meeting as an official paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from webapp.core.numbers import show_number
from webapp.meetings import rules
from webapp.meetings.queries import Moment
from webapp.models import Ballot, BallotState, Meeting, MeetingMember, MeetingState
from webapp.official import (
    Block,
    Column,
    Heading,
    Level,
    Paper,
    Paragraph,
    Points,
    PointStyle,
    Signature,
    Table,
    write_paper,
)

_PEOPLE = (Column("STT", 2, "center"), Column("Họ và tên", 8), Column("Chức danh, đơn vị", 11), Column("Có mặt", 7))
_COUNTS = (Column("Phương án", 11), Column("Số phiếu", 4, "center"))
_VOTES = (Column("STT", 2, "center"), Column("Họ và tên", 9), Column("Ý kiến", 9))


def minutes_paper(
    meeting: Meeting,
    ballots: Sequence[Ballot],
    votes: Mapping[str, Sequence[tuple[str, int]]],
    *,
    moments: Mapping[str, Moment],
    body: str,
    committee: str,
    timezone: ZoneInfo,
) -> bytes:
    """The .docx in the form of Decree 30. `body` is the name of who met; `votes` are those of open ballots, by ballot.

    Of a ballot that is not closed nothing but its question is told.
    """
    present = sum(one.present is True for one in meeting.members)
    symbol = "BB-HĐTĐKT" if meeting.cluster_id is None else "BB-CTĐ"
    return write_paper(
        Paper(
            superior=committee,
            issuer=body,
            symbol=symbol,
            year=meeting.year,
            kind="Biên bản",
            abstract=meeting.title,
            body=(
                *_opening(meeting, body, timezone),
                *_attendance(meeting, present),
                *_said(meeting),
                *_ballots(ballots, votes, moments),
                *_ending(meeting, timezone),
            ),
            recipients=("Thành viên dự họp", "Cơ quan thường trực phong trào"),
            archived="VT",
            signature=Signature(title="Chủ trì", name=_name(meeting, meeting.chair_id, meeting.chair.name)),
            secretary=Signature(title="Thư ký", name=meeting.secretary.name if meeting.secretary else ""),
        )
    )


def _opening(meeting: Meeting, body: str, timezone: ZoneInfo) -> Iterator[Block]:
    began = (meeting.opened_at or meeting.meets_at).astimezone(timezone)
    yield Paragraph(
        f"Hồi {began:%H} giờ {began:%M} phút, ngày {began:%d/%m/%Y}, tại {meeting.place}, {body} họp: {meeting.title}."
    )
    if meeting.state is not MeetingState.CLOSED:
        yield Paragraph("Bản này in khi cuộc họp chưa kết thúc, chưa phải là biên bản chính thức.")


def _attendance(meeting: Meeting, present: int) -> Iterator[Block]:
    members = len(meeting.members)
    yield Heading("Thành phần")
    yield Points(
        (
            f"Chủ trì: {_name(meeting, meeting.chair_id, meeting.chair.name)}.",
            f"Thư ký: {meeting.secretary.name if meeting.secretary else '……………'}.",
        ),
        PointStyle.NUMBERS,
    )
    needed = rules.seats_needed(members, meeting.quorum)
    enough = "đủ" if rules.has_quorum(present, members, meeting.quorum) else "không đủ"
    yield Paragraph(
        f"Có mặt {present}/{members} thành viên; cuộc họp cần ít nhất {rules.quorum_words(meeting.quorum)} số thành viên "
        f"có mặt ({needed} người) nên {enough} điều kiện lấy phiếu."
    )
    yield Table(_PEOPLE, tuple(_person(place, one) for place, one in enumerate(meeting.members, start=1)))


def _person(place: int, one: MeetingMember) -> tuple[str, ...]:
    mark = {True: "Có mặt", False: f"Vắng: {one.reason}" if one.reason else "Vắng", None: "Chưa điểm danh"}
    instead = f"; {one.stand_in_name} dự thay" if one.stand_in_name else ""
    return str(place), one.name, one.post, f"{mark[one.present]}{instead}"


def _said(meeting: Meeting) -> Iterator[Block]:
    if meeting.agenda_lines:
        yield Heading("Chương trình")
        yield Points(tuple(_closed(line) for line in meeting.agenda_lines), PointStyle.NUMBERS)
    yield Heading("Nội dung thảo luận")
    yield from _paragraphs(meeting.discussion or "Không có nội dung được ghi.")


def _ballots(
    ballots: Sequence[Ballot], votes: Mapping[str, Sequence[tuple[str, int]]], moments: Mapping[str, Moment]
) -> Iterator[Block]:
    asked = [one for one in ballots if one.state in (BallotState.CLOSED, BallotState.VOID)]
    if not asked:
        return
    yield Heading("Lấy phiếu")
    for one in asked:
        yield Heading(one.question, Level.CLAUSE)
        kind = "Bỏ phiếu kín" if one.secret else "Biểu quyết công khai"
        if one.state is BallotState.VOID:
            yield Paragraph(f"{kind}. Lần lấy phiếu này đã hủy. Lý do: {_closed(one.void_reason)}")
            continue
        if moment := moments.get(one.id):
            yield Paragraph(at_the_moment(moment, one.least_there))
            if moment.asked:
                yield Paragraph(in_writing(moment))
        yield from _result(one, kind, votes.get(one.id, ()))


def at_the_moment(moment: Moment, quorum: int) -> str:
    """Who was there when it was voted, against what the meeting needs."""
    there = f": {', '.join(moment.names)}" if moment.names else ""
    away = f"; vắng: {', '.join(moment.absent)}" if moment.absent else ""
    kept = f"; không bỏ phiếu vì có liên quan: {', '.join(moment.barred)}" if moment.barred else ""
    instead = ", ".join(f"{who} dự thay {for_whom}" for who, for_whom in moment.stand_ins)
    return (
        f"Khi lấy phiếu có mặt {moment.present}/{moment.members} thành viên (cần ít nhất "
        f"{rules.seats_needed(moment.members, quorum)}, là {rules.quorum_words(quorum)} số thành viên){there}{away}{kept}"
        f"{f'; {instead}' if instead else ''}."
    )


def in_writing(moment: Moment) -> str:
    """Who was asked in writing and whether they answered; never what."""
    said = []
    for name, answered, received_on in moment.asked:
        by_paper = f" bằng văn bản giấy, nhận ngày {received_on:%d/%m/%Y}" if received_on else ""
        said.append(f"{name} ({f'đã trả lời{by_paper}' if answered else 'không trả lời'})")
    return f"Đã xin ý kiến bằng văn bản của thành viên vắng mặt: {', '.join(said)}."


def _result(one: Ballot, kind: str, votes: Sequence[tuple[str, int]]) -> Iterator[Block]:
    counts, electors = one.counts or [0] * len(one.choices), one.electors or 0
    needed = rules.needed_words(one.needed, of_all=one.of_all)
    counted = rules.base_words(of_all=one.of_all, shrinks=one.shrinks is not False)
    yield Paragraph(
        f"{kind}{f', theo quy tắc “{one.rule_name}”' if one.rule_name else ''}; cần {needed[0].lower()}{needed[1:]} "
        f"({rules.votes_needed(electors, one.needed)} phiếu). {share_of(one)[0].upper()}{share_of(one)[1:]}: {electors} "
        f"({counted}); số phiếu thu về: {sum(counts)}."
    )
    yield Table(
        (*_COUNTS, Column(f"Tỷ lệ trên {share_of(one)}", 6, "center")),
        tuple(
            (choice, str(count), f"{show_number(count * 100 / electors, 1)}%" if electors else "")
            for choice, count in zip(one.choices, counts, strict=True)
        ),
    )
    yield Paragraph(f"Kết quả: {outcome(one)}.")
    if votes:
        rows = enumerate(votes, start=1)
        yield Table(_VOTES, tuple((str(place), name, one.choices[choice]) for place, (name, choice) in rows))


def share_of(ballot: Ballot) -> str:
    """What shares of the votes are told of."""
    return rules.ALL_MEMBERS if ballot.of_all else "số người được bỏ phiếu"


def outcome(ballot: Ballot) -> str:
    """What came of a closed ballot, in words."""
    if tuple(ballot.choices) == rules.STANDARD:
        return "được thông qua" if ballot.chosen == 0 else "không được thông qua"
    if ballot.chosen is None:
        return "không phương án nào đủ số phiếu cần thiết"
    return f"chọn phương án “{ballot.choices[ballot.chosen]}”"


def _ending(meeting: Meeting, timezone: ZoneInfo) -> Iterator[Block]:
    yield Heading("Kết luận")
    yield from _paragraphs(meeting.conclusion or "Chưa ghi kết luận.")
    if meeting.closed_at is not None:
        ended = meeting.closed_at.astimezone(timezone)
        yield Paragraph(f"Cuộc họp kết thúc hồi {ended:%H} giờ {ended:%M} phút, ngày {ended:%d/%m/%Y}.")


def _paragraphs(text: str) -> Iterator[Block]:
    for line in text.splitlines():
        if line.strip():
            yield Paragraph(line.strip())


def _name(meeting: Meeting, person_id: str, otherwise: str) -> str:
    """By the name of that day."""
    return next((one.name for one in meeting.members if one.person_id == person_id), otherwise)


def _closed(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
