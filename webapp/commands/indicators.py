"""Commands about the digital index."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from webapp.commands.opening import finish_jobs, opened, say
from webapp.commands.words import Commands
from webapp.core.errors import Invalid
from webapp.core.numbers import write_number
from webapp.core.settings import Settings
from webapp.indicators.importing import Report, import_set, list_named, read_book
from webapp.indicators.sets import SetDraft
from webapp.models import UnitKind
from webapp.movement.queries import find_current_movement
from webapp.people.naming import Named
from webapp.permissions import SYSTEM


def add_commands(commands: Commands) -> None:
    commands.add("indicators", "bộ chỉ số mức độ chuyển đổi số", _arguments)


def _arguments(indicators: argparse.ArgumentParser) -> None:
    command = indicators.add_subparsers(dest="sub", required=True).add_parser(
        "import", help="đọc một bộ chỉ số từ bảng tính; chỉ lưu bản nháp khi có --apply"
    )
    command.add_argument("file", type=Path)
    command.add_argument("--year", type=int, required=True)
    command.add_argument("--name", default="", help="tên bộ chỉ số; không ghi thì lấy dòng tiêu đề của bảng")
    command.add_argument("--apply", action="store_true")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=import_indicators)


def import_indicators(settings: Settings, arguments: argparse.Namespace) -> int:
    """Read a workbook row by row; 1 where a row has a fault, and then nothing is kept."""
    if not arguments.file.is_file():
        raise Invalid(f"Không có tệp {arguments.file}.")
    report = read_book(_units(settings), arguments.file.read_bytes(), arguments.file.name)
    name = arguments.name or report.reading.title or arguments.file.stem
    if arguments.apply and report.reading.ok:
        report = _apply(settings, report, name, arguments.year)
    if arguments.json:
        say(json.dumps(_plain(report, name, arguments.year), ensure_ascii=False, indent=1))
    else:
        _tell(report, name, arguments.year)
    return 0 if report.reading.ok else 1


def _units(settings: Settings) -> list[Named]:
    """None where there is no house yet: a sheet can be read without one."""
    try:
        with opened(settings) as resources, resources.db.reading() as session:
            return list_named(session)
    except Invalid:
        return []


def _apply(settings: Settings, report: Report, name: str, year: int) -> Report:
    kinds = [kind.value for kind in UnitKind if kind is not UnitKind.ENTERPRISE]
    with opened(settings) as resources:
        with resources.db.unit_of_work() as session:
            movement = find_current_movement(session, viewer=SYSTEM, year=year)
            if movement is None:
                raise Invalid(f"Năm {year} chưa có phong trào; hãy nhập kế hoạch trước.")
            report = import_set(
                session,
                actor=SYSTEM,
                now=resources.clock.now(),
                movement_id=movement.id,
                year=year,
                report=report,
                draft=SetDraft(name=name, unit_kinds=kinds),
            )
        finish_jobs(resources)
    return report


def _plain(report: Report, name: str, year: int) -> dict[str, object]:
    return {
        "name": name,
        "year": year,
        "ok": report.reading.ok,
        "applied": report.made is not None,
        "set": report.made.id if report.made is not None else None,
        "rows": [
            {"row": row.number, "code": row.code, "text": row.text, "outcome": row.outcome, "fault": row.fault}
            for row in report.reading.rows
        ],
        "indicators": [
            {
                "code": item.code,
                "parent": item.parent,
                "text": item.text,
                "method": item.method.value,
                "most": write_number(item.most),
            }
            for item in report.reading.items
        ],
        "findings": [{"code": one.code, "sentence": one.sentence} for one in report.findings],
        "hidden": list(report.hidden),
    }


def _tell(report: Report, name: str, year: int) -> None:
    say(f"{name} · năm {year}")
    for row in report.reading.rows:
        said = f"LỖI: {row.fault}" if row.fault else row.outcome
        say(f"Dòng {row.number}: {row.code} {row.text[:60]} · {said}")
    for one in report.findings:
        say(f"Cần xem lại {one.code}: {one.sentence}")
    for sentence in report.hidden:
        say(f"{sentence} Phần bị ẩn không được đọc.")
    if report.reading.faults:
        say(f"Có {len(report.reading.faults)} dòng lỗi nên chưa lưu gì.")
    elif report.made is not None:
        say("Đã lưu bản nháp; cơ quan thường trực xem lại rồi áp dụng.")
    else:
        say("Chưa lưu; thêm --apply để lưu bản nháp.")
