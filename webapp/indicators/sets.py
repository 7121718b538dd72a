"""Making a set, changing it, putting it in force, publishing what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import flag_modified

from webapp.audit import log_event
from webapp.core.days import ward_day
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.indicators import rules, scheme
from webapp.indicators.notes import settle_sheet, tell_unit
from webapp.indicators.rows import fill_rows, items_of
from webapp.indicators.scheme import Item
from webapp.models import (
    IndicatorMethod,
    IndicatorSet,
    IndicatorSetState,
    IndicatorSheet,
    IndicatorSheetState,
    Movement,
    Unit,
    UnitKind,
)
from webapp.permissions import Permission, Subject, Viewer, ensure

FROZEN = "Bộ chỉ số đã áp dụng thì không sửa được nữa; hãy chép sang năm sau rồi sửa."
CHANGED = "Bộ chỉ số vừa được người khác sửa. Thay đổi của bạn chưa được lưu; hãy xem lại rồi sửa."
MOST_DECIMALS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDraft:
    """What is said of a set as a whole."""

    name: str
    unit_kinds: Collection[str]
    rescales: bool = True
    decimals: int = 2
    due_on: date | None = None
    citation: str = ""


def make_set(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    movement_id: str,
    year: int,
    draft: SetDraft,
    items: Sequence[Item] = (),
) -> IndicatorSet:
    """A draft, which only the office sees. Raises Invalid by field."""
    ensure(actor, Permission.INDICATOR_SET_MANAGE, to_be(movement_id, year))
    movement = session.get(Movement, movement_id)
    if movement is None:
        raise NotFound(kind="movement", key=movement_id)
    if not movement.first_year <= year <= movement.last_year:
        raise Invalid({"year": f"Phong trào kéo dài từ {movement.first_year} đến {movement.last_year}."})
    made = IndicatorSet(movement_id=movement_id, year=year, created_by=actor.id, created_at=now, verifiers=[])
    _fill(made, draft)
    made.state = IndicatorSetState.DRAFT
    made.indicators = []
    _replace(session, made, items)
    session.add(made)
    session.flush()
    log_event(session, actor, now, "indicator-set.make", made, {"total": len(items)})
    return made


def to_be(movement_id: str, year: int) -> Subject:
    """A set that somebody is about to make: hidden from nobody, so who may not is told why."""
    return Subject(kind="indicator-set", movement_id=movement_id, year=year, published=True)


def write_set(
    session: Session, *, actor: Viewer, now: datetime, set_id: str, revision: int, draft: SetDraft
) -> IndicatorSet:
    """Change what is said of a draft as a whole. Raises Conflict when it changed meanwhile."""
    one = _draft(session, actor, set_id)
    ensure_fresh(one, revision, Conflict(CHANGED))
    _fill(one, draft)
    session.flush()
    log_event(session, actor, now, "indicator-set.change", one)
    return one


def replace_items(
    session: Session, *, actor: Viewer, now: datetime, set_id: str, revision: int, items: Sequence[Item]
) -> IndicatorSet:
    """Other indicators in place of a draft's. Raises Conflict when it changed meanwhile."""
    one = _draft(session, actor, set_id)
    ensure_fresh(one, revision, Conflict(CHANGED))
    _replace(session, one, items)
    _touch(one)
    session.flush()
    log_event(session, actor, now, "indicator-set.change", one, {"total": len(items)})
    return one


def save_item(
    session: Session, *, actor: Viewer, now: datetime, set_id: str, revision: int, old_code: str, item: Item
) -> IndicatorSet:
    """Change the indicator named `old_code`, or add one at the end of what `item.parent` holds when that is empty."""
    one = _draft(session, actor, set_id)
    items = items_of(one)
    codes = {known.code for known in items}
    if fault := scheme.bad_code(item.code):
        raise Invalid({"code": fault})
    if item.code != old_code and item.code in codes:
        raise Invalid({"code": "Ký hiệu này đã có ở chỉ số khác."})
    if old_code and old_code not in codes:
        raise NotFound(kind="indicator-set", key=set_id)
    if not item.text.strip():
        raise Invalid({"text": "Hãy ghi tên chỉ số."})
    above = next((known for known in items if known.code == item.parent), None)
    if item.parent and (above is None or above.is_leaf or _is_below(items, item.parent, old_code)):
        raise Invalid({"parent": "Chỉ đặt được vào một mục gồm các chỉ số con."})
    if item.is_leaf and (wrong := scheme.check_rule(item)):
        raise Invalid({"most": " ".join(wrong)})
    if old_code:
        changed = [
            item if known.code == old_code else replace(known, parent=item.code) if known.parent == old_code else known
            for known in items
        ]
    else:
        changed = [*items, item]
    return replace_items(session, actor=actor, now=now, set_id=set_id, revision=revision, items=changed)


def _is_below(items: Sequence[Item], code: str, top: str) -> bool:
    """Whether `code` is `top` or stands somewhere under it."""
    parents = {item.code: item.parent for item in items}
    steps = 0
    while code and steps <= len(items):
        if code == top:
            return True
        code, steps = parents.get(code, ""), steps + 1
    return False


def remove_item(
    session: Session, *, actor: Viewer, now: datetime, set_id: str, revision: int, code: str
) -> IndicatorSet:
    """Take out an indicator and all below it."""
    items = items_of(_draft(session, actor, set_id))
    kept = [item for item in items if not _is_below(items, item.code, code)]
    return replace_items(session, actor=actor, now=now, set_id=set_id, revision=revision, items=kept)


def copy_set(session: Session, *, actor: Viewer, now: datetime, set_id: str) -> IndicatorSet:
    """The same indicators as a draft of the year after, without the day until which it is due."""
    one = load_set(session, set_id)
    ensure(actor, Permission.INDICATOR_SET_READ, one)
    name = one.name.replace(str(one.year), str(one.year + 1))
    draft = SetDraft(
        name=name,
        unit_kinds=one.unit_kinds,
        rescales=one.rescales,
        decimals=one.decimals,
        citation=one.citation,
    )
    return make_set(
        session,
        actor=actor,
        now=now,
        movement_id=one.movement_id,
        year=one.year + 1,
        draft=draft,
        items=items_of(one),
    )


def apply_set(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, set_id: str) -> IndicatorSet:
    """From now on the draft is frozen, everybody reads it, and each unit it is for has a sheet."""
    one = _draft(session, actor, set_id)
    blocking = [
        f"{it.code}: {it.sentence}" if it.code else it.sentence for it in scheme.check(items_of(one)) if it.blocks
    ]
    if blocking:
        raise Invalid("Bộ chỉ số còn lỗi nên chưa áp dụng được: " + " ".join(blocking[:5]))
    others = session.scalars(
        select(IndicatorSet).where(
            IndicatorSet.movement_id == one.movement_id,
            IndicatorSet.year == one.year,
            IndicatorSet.state != IndicatorSetState.DRAFT,
        )
    )
    for other in others:
        if shared := set(other.unit_kinds) & set(one.unit_kinds):
            labels = ", ".join(sorted(UnitKind(kind).label for kind in shared))
            raise Invalid(f"“{other.name}” đang áp dụng năm {one.year} cho: {labels}.")
    one.state, one.in_force_at = _move(one, "apply"), now
    session.flush()
    log_event(session, actor, now, "indicator-set.apply", one)
    for unit in _units_of(session, one, ward_day(now, timezone)):
        sheet = IndicatorSheet(
            set_id=one.id,
            set=one,
            unit=unit,
            movement_id=one.movement_id,
            unit_id=unit.id,
            year=one.year,
            state=IndicatorSheetState.DRAFT,
            created_at=now,
        )
        session.add(sheet)
        session.flush()
        due = f" Trình chậm nhất hết ngày {one.due_on:%d/%m/%Y}." if one.due_on else ""
        tell_unit(session, sheet, "open", f"“{one.name}”: đơn vị tự đánh giá.{due}", now, timezone)
    return one


def _units_of(session: Session, one: IndicatorSet, today: date) -> Sequence[Unit]:
    kinds = [UnitKind(kind) for kind in one.unit_kinds]
    lives = (Unit.dissolved_on.is_(None)) | (Unit.dissolved_on > today)
    return session.scalars(select(Unit).where(Unit.kind.in_(kinds), lives).order_by(Unit.name)).all()


def publish_set(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, set_id: str) -> IndicatorSet:
    """Everybody reads the sheets that are final. Raises Invalid while a sheet waits for a word."""
    one = load_set(session, set_id)
    ensure(actor, Permission.INDICATOR_SET_MANAGE, one)
    state = _move(one, "publish")
    sheets = _sheets_of(session, one)
    s = IndicatorSheetState
    waiting = [sheet.unit.name for sheet in sheets if sheet.state in (s.SUBMITTED, s.VERIFIED, s.EXPLAINED)]
    if waiting:
        raise Invalid(f"Còn phiếu chưa kết luận: {'; '.join(waiting[:6])}.")
    if not any(sheet.state is s.FINAL for sheet in sheets):
        raise Invalid("Chưa có phiếu nào được kết luận.")
    one.state, one.published_at = state, now
    for sheet in sheets:
        if sheet.state is s.FINAL:
            sheet.state = rules.SHEET_MOVES[sheet.state, "publish"]
    session.flush()
    log_event(session, actor, now, "indicator-set.publish", one)
    for sheet in sheets:
        settle_sheet(session, sheet, now)
        if sheet.state is s.PUBLISHED:
            tell_unit(session, sheet, f"published:{one.revision}", f"Đã công bố kết quả “{one.name}”.", now, timezone)
    return one


def withdraw_results(session: Session, *, actor: Viewer, now: datetime, set_id: str, reason: str) -> IndicatorSet:
    """Published results are taken back to be put right; who read them reads them no more."""
    one = load_set(session, set_id)
    ensure(actor, Permission.INDICATOR_SET_MANAGE, one)
    state = _move(one, "withdraw")
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do rút kết quả."})
    one.state, one.published_at = state, None
    for sheet in _sheets_of(session, one):
        if sheet.state is IndicatorSheetState.PUBLISHED:
            sheet.state = rules.SHEET_MOVES[sheet.state, "withdraw"]
    session.flush()
    log_event(session, actor, now, "indicator-set.withdraw", one, reason=reason)
    return one


def load_set(session: Session, set_id: str) -> IndicatorSet:
    """With its indicators. Raises NotFound; what may be done with it is the caller's to ask."""
    one = session.scalar(
        select(IndicatorSet).where(IndicatorSet.id == set_id).options(selectinload(IndicatorSet.indicators))
    )
    if one is None:
        raise NotFound(kind="indicator-set", key=set_id)
    return one


def _sheets_of(session: Session, one: IndicatorSet) -> Sequence[IndicatorSheet]:
    return session.scalars(
        select(IndicatorSheet)
        .where(IndicatorSheet.set_id == one.id)
        .options(joinedload(IndicatorSheet.unit))
        .order_by(IndicatorSheet.id)
    ).all()


def _draft(session: Session, actor: Viewer, set_id: str) -> IndicatorSet:
    one = load_set(session, set_id)
    ensure(actor, Permission.INDICATOR_SET_MANAGE, one)
    if one.state is not IndicatorSetState.DRAFT:
        raise Invalid(FROZEN)
    return one


def _move(one: IndicatorSet, name: str) -> IndicatorSetState:
    try:
        return rules.SET_MOVES[one.state, name]
    except KeyError as error:
        raise Invalid(f"Bộ chỉ số ở trạng thái “{one.state.label}” nên không làm được việc này.") from error


def _fill(one: IndicatorSet, draft: SetDraft) -> None:
    faults = {}
    kinds: list[str] = [kind.value for kind in UnitKind if kind.value in set(draft.unit_kinds)]
    if not draft.name.strip():
        faults["name"] = "Hãy đặt tên cho bộ chỉ số."
    if not kinds:
        faults["unit_kinds"] = "Hãy chọn ít nhất một loại đơn vị."
    if not 0 <= draft.decimals <= MOST_DECIMALS:
        faults["decimals"] = f"Điểm làm tròn đến tối đa {MOST_DECIMALS} chữ số thập phân."
    if faults:
        raise Invalid(faults)
    one.name, one.unit_kinds, one.rescales = draft.name.strip()[:200], kinds, draft.rescales
    one.decimals, one.due_on, one.citation = draft.decimals, draft.due_on, draft.citation.strip()


def _replace(session: Session, one: IndicatorSet, items: Sequence[Item]) -> None:
    if len(items) > scheme.MOST_ITEMS:
        raise Invalid({"file": f"Bộ chỉ số có tối đa {scheme.MOST_ITEMS} dòng."})
    if any(item.code == item.parent for item in items):
        raise Invalid({"parent": "Một mục không đặt được vào chính nó."})
    placed = [item for item, _ in scheme.walk(items)]
    if len(placed) < len(items):
        raise Invalid({"parent": f"Bộ chỉ số sâu tối đa {scheme.DEEPEST + 1} cấp; có chỉ số không thuộc mục nào."})
    for item in placed:
        if item.method is IndicatorMethod.SUM and item.most < 0:
            raise Invalid({"most": f"{item.code}: điểm tối đa không được âm."})
    fill_rows(session, one, placed)


def _touch(one: IndicatorSet) -> None:
    """The set's own revision counts changes of its indicators too."""
    flag_modified(one, "name")
