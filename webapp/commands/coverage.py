"""The plan in force point by point, on the command line."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from webapp.commands.opening import opened, say
from webapp.core.days import ward_day
from webapp.core.errors import Invalid
from webapp.core.settings import Settings
from webapp.movement.queries import find_current_movement
from webapp.obligations.queries import list_rows
from webapp.permissions import SYSTEM

if TYPE_CHECKING:
    Subcommands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_coverage(subs: Subcommands) -> None:
    command = subs.add_parser("coverage", help="kế hoạch đang áp dụng theo từng điểm: ai làm, khi nào, ở đâu, đến đâu")
    command.add_argument("--year", type=int, help="năm, nếu không phải năm nay")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=coverage)


def coverage(settings: Settings, arguments: argparse.Namespace) -> int:
    """Every duty of the plan of the movement that runs in the year; 1 with a sentence where there is none."""
    with opened(settings) as resources, resources.db.reading() as session:
        year = arguments.year or ward_day(resources.clock.now(), settings.timezone).year
        movement = find_current_movement(session, viewer=SYSTEM, year=year)
        if movement is None:
            raise Invalid(f"Năm {year} chưa có phong trào nào; hãy nhập kế hoạch trước.")
        rows = list_rows(session, movement, viewer=SYSTEM, year=year)
        name = movement.name
    if arguments.json:
        said = [
            {
                "point": row.duty.code,
                "who": row.who,
                "what": row.duty.what,
                "when": row.when,
                "where": row.where,
                "state": row.standing.sentence,
            }
            for row in rows
        ]
        say(json.dumps(said, ensure_ascii=False, indent=1))
        return 0
    say(f"{name}, năm {year}: {len(rows)} việc")
    for row in rows:
        mark = " (gợi ý)" if row.is_suggested else ""
        say(f"{row.code}  {row.who or 'Chưa rõ ai làm'}{mark} · {row.when} · {row.where or 'Chưa rõ ở đâu'}")
        say(f"    {row.duty.what[:100]}")
        say(f"    {row.standing.sentence}")
    return 0
