"""Proposal, decision and certificates as official papers. What a paper says is given as plain lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from webapp.commendation.catalogue.rules import Dated
from webapp.commendation.decisions.rules import PLACE, count_words
from webapp.core.numbers import money_words, show_number
from webapp.models import Award, AwardDecision, AwardGroup, AwardProposal, AwardSubject, AwardValueName
from webapp.official import (
    Appendix,
    Article,
    Block,
    Column,
    Paper,
    Paragraph,
    Points,
    PointStyle,
    Signature,
    Table,
    date_words,
    write_paper,
)
from webapp.official.certificate import Certificate
from webapp.official.issuer import Issuer
from webapp.official.wording import lines_ended

OFFICE = "Cơ quan thường trực phong trào"
COUNCIL = "Hội đồng Thi đua - Khen thưởng"
# What a paper stands on, the law before what carries it out.
BASES = (
    AwardValueName.DECIDED_BY,
    AwardValueName.CONDITION,
    AwardValueName.COEFFICIENT,
    AwardValueName.MULTIPLE,
    AwardValueName.BASE_PAY,
    AwardValueName.ROUNDING,
)
# Of a proposal: competence and standard; money is the decision's.
PROPOSED_ON = (AwardValueName.DECIDED_BY, AwardValueName.CONDITION)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """One honoured in a list. `title` is its name, `code` that in the catalogue; `vote` in words; `amount` in đồng, None
    where nothing is paid; `ordinal` the number in the golden book."""

    ordinal: int
    subject: AwardSubject
    name: str
    about: str
    title: str
    code: str
    is_title: bool
    achievement: str
    amount: int | None = None
    vote: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """Who makes proposals: its name, and its letters in symbols."""

    name: str = OFFICE
    code: str = "CQTT"


def proposal_paper(
    proposal: AwardProposal, lines: Sequence[PaperLine], values: Sequence[Dated], *, office: Office, ward: Issuer
) -> bytes:
    """Tờ trình as .docx in the form of Decree 30, with its list; `proposal` with its round."""
    number, symbol = _number(proposal.number, f"TTr-{office.code}")
    counted = _counted(lines)
    chairman = _chairman(ward)
    return write_paper(
        Paper(
            superior=ward.name,
            issuer=office.name,
            number=number,
            symbol=symbol,
            place=ward.place or "……………",
            issued_on=proposal.signed_on,
            kind="Tờ trình",
            abstract=f"Đề nghị khen thưởng: {proposal.round.title}",
            addressees=(chairman,),
            bases=_bases(values, lines, proposal.signed_on, PROPOSED_ON),
            body=(
                Paragraph(
                    f"{COUNCIL} {ward.short or 'phường'} đã xét, bỏ phiếu. {office.name} kính trình {chairman} xem xét, "
                    f"quyết định khen thưởng {counted} (có danh sách kèm theo), gồm:"
                ),
                Points(tuple(lines_ended(list(_by_title(lines, values, proposal.signed_on)))), PointStyle.DASHES),
                Paragraph("Hồ sơ, báo cáo thành tích của từng trường hợp lưu tại Kho Thi đua, kèm theo Tờ trình này."),
                Paragraph(f"Kính trình {chairman} xem xét, quyết định."),
            ),
            recipients=("Như trên", f"{COUNCIL} {ward.short or 'phường'}"),
            archived=f"VT, {office.code}",
            signature=Signature(title="Trưởng phòng"),
            appendices=(
                Appendix("Danh sách đề nghị khen thưởng", tuple(_lists(lines, _PROPOSED, lambda one: (one.vote,)))),
            ),
        )
    )


def decision_paper(
    decision: AwardDecision,
    lines: Sequence[PaperLine],
    values: Sequence[Dated],
    proposals: Sequence[AwardProposal],
    *,
    office: Office,
    ward: Issuer,
) -> bytes:
    """The decision as .docx, with its list in which STT is the number in the golden book; `decision` with its round."""
    total = sum(one.amount or 0 for one in lines)
    bases = [*_bases(values, lines, decision.decided_on, BASES)]
    bases += [_request(one, office) for one in proposals]
    return write_paper(
        _decision(
            decision,
            ward,
            abstract=f"Khen thưởng: {decision.round.title}",
            bases=tuple(bases),
            body=tuple(_articles(lines, total, decision, office)),
            appendices=(Appendix("Danh sách khen thưởng", tuple(_lists(lines, _DECIDED, _amount, total=total))),),
        )
    )


def correction_paper(decision: AwardDecision, old: Award, new: Award, *, ward: Issuer) -> bytes:
    """A decision that puts a line right; `old` with its decision."""
    before = old.decision
    where = f"dòng số {old.ordinal} danh sách kèm theo Quyết định số {before.number} {date_words(before.decided_on)}"
    return write_paper(
        _decision(
            decision,
            ward,
            abstract=f"Đính chính Quyết định số {before.number}",
            bases=(f"Căn cứ Quyết định số {before.number} {date_words(before.decided_on)}",),
            body=(
                Article("Đính chính", f"Đính chính {where}. Lý do: {decision.reason}."),
                Paragraph(f"Đã ghi: {_said(old)}."),
                Paragraph(f"Nay ghi là: {_said(new)}."),
                Article("Hiệu lực", "Quyết định này có hiệu lực kể từ ngày ký; các nội dung khác giữ nguyên."),
            ),
        )
    )


def _said(one: Award) -> str:
    return "; ".join(filter(None, (one.called, one.post, one.workplace, one.achievement)))


def _decision(
    decision: AwardDecision,
    ward: Issuer,
    *,
    abstract: str,
    bases: tuple[str, ...],
    body: tuple[Block, ...],
    appendices: tuple[Appendix, ...] = (),
) -> Paper:
    number, symbol = _number(decision.number, "QĐ-UBND")
    return Paper(
        superior=ward.superior,
        issuer=ward.name,
        number=number,
        symbol=symbol,
        place=ward.place or "……………",
        issued_on=decision.decided_on if decision.number else None,
        year=decision.decided_on.year,
        kind="Quyết định",
        abstract=abstract,
        authority=_chairman(ward),
        bases=bases,
        resolution="Quyết định:",
        body=body,
        recipients=("Như Điều 3" if appendices else "Như Điều 1", f"{COUNCIL} {ward.short or 'phường'}"),
        signature=signature_of(decision.signer_post, decision.signer_name, ward),
        appendices=appendices,
    )


def signature_of(post: str, name: str, ward: Issuer) -> Signature:
    """The Chairman signs in the own name; a deputy in the Chairman's place."""
    if post.casefold().startswith("phó"):
        return Signature(authority=(f"KT. {ward.title}",), title=post, name=name)
    return Signature(title=post or ward.title, name=name)


def _chairman(ward: Issuer) -> str:
    return f"{ward.title} {ward.name}" if ward.is_committee else ward.name


def _number(text: str, symbol: str) -> tuple[str | None, str]:
    """("45", "TTr-VHXH") of "45/TTr-VHXH"; what was typed without a symbol gets the usual one."""
    number, slash, rest = text.strip().partition("/")
    return number.strip() or None, rest.strip() if slash and rest.strip() else symbol


def _bases(
    values: Sequence[Dated], lines: Sequence[PaperLine], on: date, names: Sequence[AwardValueName]
) -> tuple[str, ...]:
    """What the catalogue cites on the day for these titles, laws first."""
    codes = {one.code for one in lines}
    cited = [
        one.citation
        for name in names
        for one in values
        if one.name is name and one.holds(on) and (one.title is None or one.title in codes)
    ]
    return tuple(f"Căn cứ {one}" for one in sorted(merged(cited), key=lambda text: "Luật" not in text))


_ARTICLES = re.compile(r"((?:Điều \d+[a-zđ]?(?:, )?)+) (.+)")


def merged(citations: Iterable[str]) -> list[str]:
    """Each law once, with its articles in their order: "Điều 75 Luật …" and "Điều 75, Điều 80 Luật …" are one."""
    articles: dict[str, list[str]] = {}
    for citation in citations:
        found = _ARTICLES.fullmatch(citation)
        named = articles.setdefault(found[2] if found else citation, [])
        named += [one for one in found[1].split(", ") if one not in named] if found else []
    order = {law: sorted(named, key=lambda one: int(re.findall(r"\d+", one)[0])) for law, named in articles.items()}
    return [f"{', '.join(named)} {law}" if named else law for law, named in order.items()]


def _by_title(lines: Sequence[PaperLine], values: Sequence[Dated], on: date) -> Iterator[str]:
    """What is asked for, how many, by which article."""
    for code, title in dict.fromkeys((one.code, one.title) for one in lines):
        here = [one for one in lines if one.code == code]
        cited = [one.citation for one in values if one.title == code and one.name in PROPOSED_ON and one.holds(on)]
        by = f", theo {'; '.join(dict.fromkeys(cited))}" if cited else ""
        yield f"{_named(title, is_title=here[0].is_title)}: {_counted(here)}{by}"


def _named(title: str, *, is_title: bool) -> str:
    return f"Danh hiệu “{title}”" if is_title else title


def _articles(lines: Sequence[PaperLine], total: int, decision: AwardDecision, office: Office) -> Iterator[Block]:
    given = [
        f"{_named(title, is_title=is_title)} cho {_counted([one for one in lines if one.title == title])}"
        for title, is_title in dict.fromkeys((one.title, one.is_title) for one in lines)
    ]
    yield Article("Khen thưởng", f"Tặng {'; '.join(given)} (có danh sách kèm theo).")
    source = f" Nguồn kinh phí: {decision.money_source}." if decision.money_source else ""
    yield Article(
        "Tiền thưởng",
        f"Tổng số tiền thưởng kèm theo là {show_number(total)} đồng (bằng chữ: {money_words(total)}), theo mức của từng "
        f"trường hợp trong danh sách.{source}",
    )
    yield Article(
        "Hiệu lực, trách nhiệm thi hành",
        f"Quyết định này có hiệu lực kể từ ngày ký. {office.name}, các cơ quan, đơn vị liên quan và tập thể, hộ gia đình, "
        "cá nhân có tên trong danh sách chịu trách nhiệm thi hành Quyết định này.",
    )


def _request(proposal: AwardProposal, office: Office) -> str:
    number = f" số {proposal.number}" if proposal.number else ""
    return f"Xét đề nghị của {office.name} tại Tờ trình{number} {date_words(proposal.signed_on)}"


_HEADS = (
    Column("STT", 2, "center"),
    Column("Tên", 6),
    Column("Chức vụ, đơn vị, địa chỉ", 6),
    Column("Danh hiệu, hình thức", 6),
)
_PROPOSED = (*_HEADS, Column("Hội đồng", 5))
_DECIDED = (*_HEADS, Column("Tiền thưởng (đồng)", 4, "right"))


Last = Callable[[PaperLine], tuple[str, ...]]


def _amount(one: PaperLine) -> tuple[str, ...]:
    return (show_number(one.amount) if one.amount is not None else "-",)


def _lists(
    lines: Sequence[PaperLine], columns: tuple[Column, ...], last: Last, *, total: int | None = None
) -> Iterator[Block]:
    """Collectives, households, persons apart, each under its count."""
    for subject in PLACE:
        here = [one for one in lines if one.subject is subject]
        if here:
            yield Table(
                columns,
                tuple((str(one.ordinal), one.name, one.about, one.title, *last(one)) for one in here),
                caption=f"{subject.label}: {len(here)}",
            )
    if total is not None:
        yield Paragraph(f"Tổng số tiền thưởng: {show_number(total)} đồng (bằng chữ: {money_words(total)}).")


def _counted(lines: Iterable[PaperLine]) -> str:
    return count_words(Counter(one.subject for one in lines))


def certificate_of(award: Award, decision: AwardDecision, ward: Issuer) -> Certificate:
    """The sheet of one honour; `award` with its title."""
    is_title = award.title.award_group is AwardGroup.TITLE
    place = ward.place or "……………"
    return Certificate(
        office=_chairman(ward),
        lead="Tặng danh hiệu" if is_title else "Tặng",
        # "Giấy khen của Chủ tịch …": whose it is stands above already.
        title=award.title_name if is_title else award.title_name.partition(" của ")[0],
        name=award.called,
        about=", ".join(filter(None, (award.post, award.workplace))),
        achievement=award.achievement,
        decision=f"số {decision.number}, {date_words(decision.decided_on)}",
        ordinal=award.ordinal,
        place_and_day=f"{place}, {date_words(decision.decided_on)}",
        signature=signature_of(decision.signer_post, decision.signer_name, ward),
    )
