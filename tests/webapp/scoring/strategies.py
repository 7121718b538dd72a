"""Random rubrics and entries, and a second reckoning written without the program's."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from webapp.scoring.points.cluster import Member
from webapp.scoring.points.scheme import Entry, Level, Node, NodeKind, Scheme

HUNDREDTHS = st.integers(0, 5000).map(lambda number: Decimal(number) / 100)
# Small round numbers among them: thirds of these come to halves, where rounding shows.
SOME = st.integers(1, 3000).map(lambda number: Decimal(number) / 100) | st.sampled_from(
    [Decimal(text) for text in ("0.5", "1", "1.5", "2", "3", "6", "7.5", "8", "12")]
)
VALUES = HUNDREDTHS | st.integers(0, 12).map(Decimal)
FORMULAS = (
    "so_lop * 2 + hoi_vien / 10",
    "min(so_lop; 12) - if(hoi_vien < 50; 3; 0)",
    "max(so_lop - 1; 0) * 1,5",
    "if(so_lop >= 6; hoi_vien / 7; -so_lop)",
)


@st.composite
def leaves(draw: st.DrawFn, code: str) -> Node:
    kind = draw(st.sampled_from([kind for kind in NodeKind if kind is not NodeKind.SUM]))
    most = draw(SOME)
    least = -draw(HUNDREDTHS) if kind is NodeKind.PLUS_MINUS else Decimal(0)
    each = draw(SOME)
    return Node(
        code=code,
        title=f"Mục {code}",
        kind=kind,
        most=most,
        least=least,
        target=draw(SOME) if kind is NodeKind.QUANTITY else None,
        over=draw(HUNDREDTHS) if kind is NodeKind.QUANTITY else Decimal(0),
        partly=draw(st.sampled_from([Decimal("0.5"), Decimal("0.4"), Decimal("0.33")])),
        each=(-each if kind is NodeKind.PLUS_MINUS and draw(st.booleans()) else each)
        if kind in (NodeKind.OCCURRENCE, NodeKind.PLUS_MINUS)
        else None,
        formula=draw(st.sampled_from(FORMULAS)) if kind is NodeKind.EXPRESSION else "",
    )


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    groups = []
    for group in range(draw(st.integers(1, 4))):
        children = [draw(leaves(f"{group}.{number}")) for number in range(draw(st.integers(1, 5)))]
        together = sum((child.reach for child in children), Decimal(0))
        most = draw(st.sampled_from([together, together / 2])).quantize(Decimal("0.01"))
        groups.append(
            Node(code=str(group), title=f"Nhóm {group}", kind=NodeKind.SUM, most=most, children=tuple(children))
        )
    whole = sum((group.most for group in groups), Decimal(0))
    root = Node(code="T", title="Tổng", kind=NodeKind.SUM, most=whole, children=tuple(groups))
    return Scheme(root, draw(st.integers(0, 3)))


@st.composite
def entries_of(draw: st.DrawFn, scheme: Scheme) -> tuple[dict[str, Entry], dict[str, Decimal]]:
    entries: dict[str, Entry] = {}
    best: dict[str, Decimal] = {}
    for leaf in scheme.leaves():
        what = draw(st.sampled_from(["given"] * 6 + ["nothing", "not applicable", "fixed"]))
        if what == "nothing":
            continue
        if what == "not applicable":
            entries[leaf.code] = Entry(applies=False)
        elif what == "fixed":
            values = {"value": draw(VALUES)} if leaf.kind is NodeKind.QUANTITY else {}
            entries[leaf.code] = Entry(values, points=draw(VALUES) - 3, words=draw(st.sampled_from(["", "Hội đồng"])))
        elif leaf.kind is NodeKind.LEVEL:
            entries[leaf.code] = Entry(level=draw(st.sampled_from(Level)))
        elif leaf.kind is NodeKind.EXPRESSION:
            names = [name for name in ("so_lop", "hoi_vien") if name in leaf.formula]
            entries[leaf.code] = Entry({name: draw(VALUES) for name in names})
        else:
            value = draw(VALUES)
            entries[leaf.code] = Entry({"value": value})
            if leaf.kind is NodeKind.QUANTITY:
                best[leaf.code] = value + draw(HUNDREDTHS)
    return entries, best


def again(scheme: Scheme, entries: dict[str, Entry], best: dict[str, Decimal]) -> dict[str, Decimal | None]:
    """Points of every node by plain fractions: no code of the program's reckoning, its formulas written out by hand."""
    found: dict[str, Decimal | None] = {}

    def half_up(value: Fraction) -> Decimal:
        scale = 10**scheme.decimals
        twice = abs(value) * scale * 2
        whole = (twice.numerator // twice.denominator + 1) // 2
        return Decimal(whole if value >= 0 else -whole) / scale

    def points(node: Node) -> Fraction | None:
        if node.children:
            total = sum((part for child in node.children if (part := points(child)) is not None), Fraction(0))
            value = min(max(total, Fraction(node.least)), Fraction(node.most))
            found[node.code] = Decimal(value.numerator) / Decimal(value.denominator)
            return value
        entry = entries.get(node.code)
        if entry is None or not entry.applies:
            found[node.code] = None
            return None
        exact = Fraction(0)
        given = {name: Fraction(value) for name, value in entry.values.items()}
        if entry.points is not None:
            exact = Fraction(entry.points)
        elif node.kind is NodeKind.LEVEL:
            exact = {"achieved": Fraction(1), "partly": Fraction(node.partly), "not": Fraction(0)}[
                (entry.level or Level.NOT).value
            ] * Fraction(node.most)
        elif node.kind is NodeKind.EXPRESSION:
            lop, vien = given.get("so_lop", Fraction(0)), given.get("hoi_vien", Fraction(0))
            exact = (
                lop * 2 + vien / 10,
                min(lop, Fraction(12)) - (3 if vien < 50 else 0),
                max(lop - 1, Fraction(0)) * Fraction(3, 2),
                vien / 7 if lop >= 6 else -lop,
            )[FORMULAS.index(node.formula)]
        elif node.kind is NodeKind.QUANTITY:
            target, top = Fraction(node.target or 1), Fraction(best[node.code])
            exact = min(given["value"] / target, Fraction(1)) * Fraction(node.most)
            if given["value"] > target and top > target:
                exact += (given["value"] - target) / (top - target) * Fraction(node.over)
        else:
            exact = given["value"] * Fraction(node.each or 0)
        bounded = min(max(exact, Fraction(node.least)), Fraction(node.most) + Fraction(node.over))
        found[node.code] = half_up(bounded)
        return Fraction(found[node.code] or 0)

    points(scheme.root)
    return found


@st.composite
def clusters(draw: st.DrawFn) -> list[Member]:
    """Two to five units, scored by one rubric or by two."""
    both = [draw(schemes()) for _ in range(draw(st.sampled_from([1, 1, 2])))]
    members = []
    for place in range(draw(st.integers(2, 5))):
        scheme = draw(st.sampled_from(both))
        entries = draw(entries_of(scheme))[0]
        members.append(Member(f"Tổ {place}", scheme, entries))
    if draw(st.booleans()):
        # Equal units share a rank.
        members[-1] = Member("Tổ giống", members[0].scheme, members[0].entries)
    return members


def cluster_again(members: list[Member]) -> tuple[list[dict[str, Decimal | None]], list[int]]:
    """Points of every node for every member, and ranks by total, without the program's code."""
    points = []
    for member in members:
        best: dict[str, Decimal] = {}
        for other in members:
            for code, entry in other.entries.items() if other.scheme == member.scheme else ():
                if entry.applies and entry.points is None and "value" in entry.values:
                    best[code] = max(best.get(code, Decimal(0)), entry.values["value"])
        points.append(again(member.scheme, dict(member.entries), best))
    totals = [one["T"] or Decimal(0) for one in points]
    return points, [1 + sum(other > total for other in totals) for total in totals]
