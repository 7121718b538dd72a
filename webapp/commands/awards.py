"""Commands about commendation."""

from __future__ import annotations

import argparse
import json
from datetime import date

from webapp.commands.opening import opened, say
from webapp.commands.words import Commands
from webapp.commendation.catalogue.queries import list_titles, list_values
from webapp.commendation.catalogue.rules import work_out_money
from webapp.core.errors import Invalid
from webapp.core.numbers import show_number, write_number
from webapp.core.settings import Settings
from webapp.models import AwardSubject


def add_commands(commands: Commands) -> None:
    commands.add("award", "khen thưởng", _award_arguments)


def _award_arguments(award: argparse.ArgumentParser) -> None:
    command = award.add_subparsers(dest="sub", required=True).add_parser(
        "money", help="tiền thưởng của một danh hiệu, hình thức khi quyết định vào một ngày"
    )
    command.add_argument("--title", required=True, help="mã, ví dụ giay-khen")
    command.add_argument("--kind", required=True, choices=[one.value for one in AwardSubject])
    command.add_argument("--on", required=True, type=date.fromisoformat, help="ngày quyết định, ví dụ 2026-12-20")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=money)


def money(settings: Settings, arguments: argparse.Namespace) -> int:
    """What a title is worth when decided on that day; 1 with a sentence where nothing is in force."""
    subject = AwardSubject(arguments.kind)
    with opened(settings) as resources, resources.db.reading() as session:
        titles = {one.code: one for one in list_titles(session)}
        values = list_values(session)
    title = titles.get(arguments.title)
    if not titles:
        raise Invalid("Danh mục khen thưởng chưa lập; cơ quan thường trực lập ở trang “Danh mục khen thưởng”.")
    if title is None:
        raise Invalid(f"Danh mục không có mã “{arguments.title}”; có: {', '.join(titles)}.")
    if subject.value not in title.subjects:
        raise Invalid(f"“{title.name}” không dành cho {subject.label.lower()}.")
    found = work_out_money(values, title.code, subject, arguments.on)
    if arguments.json:
        coefficient = write_number(found.coefficient)
        said = {
            "title": title.code,
            "kind": subject.value,
            "on": arguments.on.isoformat(),
            "base_pay": found.base_pay,
            "coefficient": float(coefficient),
            "amount": found.amount,
            "source": found.source,
        }
        say(json.dumps(said, ensure_ascii=False))
        return 0
    say(
        f"{title.name}, {subject.label.lower()}, quyết định ngày {arguments.on:%d/%m/%Y}: {show_number(found.amount)} đồng "
        f"({show_number(found.coefficient)} × {show_number(found.base_pay)}). Căn cứ: {found.source}."
    )
    return 0
