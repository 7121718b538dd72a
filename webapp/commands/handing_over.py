"""Commands that hand the house over: backup, restore, export, import."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from webapp.commands.opening import opened, say, told, unit_id_of
from webapp.commands.runners import begin_quietly
from webapp.commands.words import Commands
from webapp.core.errors import Invalid
from webapp.core.settings import Settings
from webapp.handover.backup import make_backup
from webapp.handover.export import Part, export_house
from webapp.handover.importing import LABELS, Report, read_bag, take_in
from webapp.handover.restore import restore_backup
from webapp.records.catalogue import split_name


def add_commands(commands: Commands) -> None:
    commands.add("export", "tải trọn hồ sơ thành gói BagIt trong một thư mục mới", _export_arguments)
    commands.add("import", "nhập lại một gói BagIt do chương trình kết xuất", _import_arguments)
    commands.add("backup", "sao lưu tất cả vào một tệp, trong khi mọi người vẫn làm việc", _backup_arguments)
    commands.add("restore", "khôi phục một bản sao lưu vào thư mục dữ liệu còn trống", _restore_arguments)


def _export_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, metavar="THƯ-MỤC")
    command.add_argument("--unit", metavar="ĐƠN VỊ", help="chỉ hồ sơ của đơn vị này")
    command.add_argument("--year", type=int, metavar="NĂM", help="chỉ hồ sơ của năm này")
    command.add_argument("--document", nargs="+", default=[], metavar="MÃ", help="chỉ những văn bản này")
    command.add_argument("--award", metavar="SỐ", help="chỉ một quyết định khen thưởng, theo số hoặc mã")
    command.set_defaults(run=export)


def _import_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, metavar="THƯ-MỤC")
    command.add_argument("--check", action="store_true", help="chỉ kiểm tra gói và cho biết sẽ nhập gì")
    command.set_defaults(run=take_back)


def _backup_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path)
    command.set_defaults(run=backup)


def _restore_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path)
    command.set_defaults(run=restore)


def backup(settings: Settings, arguments: argparse.Namespace) -> int:
    with opened(settings) as resources:
        made = make_backup(resources, arguments.file.absolute(), tell=told)
    say(
        f"Đã sao lưu vào {arguments.file}: {made.rows} dòng, {made.objects} tệp, {made.manifests} bản kê, "
        f"{made.size} byte; đã đọc lại và đối chiếu."
    )
    say(f"Mã đối chiếu {made.digest}")
    say("Trong bản sao lưu không có khóa ký và phiên đăng nhập; mọi người đăng nhập lại sau khi khôi phục.")
    return 0


def restore(settings: Settings, arguments: argparse.Namespace) -> int:
    restored = restore_backup(settings, arguments.file, tell=told)
    with opened(settings) as resources:
        begin_quietly(resources)
    say(f"Đã khôi phục vào {settings.data}: {restored.rows} dòng, {restored.objects} tệp, {restored.manifests} bản kê.")
    say(f"Đã lập chỉ mục {restored.indexed} mục; mọi tệp đã được đối chiếu.")
    for fault in restored.faults:
        say(f"có từ trước khi sao lưu\t{fault}")
    if restored.faults:
        raise Invalid(f"Đã khôi phục, nhưng kho đã có {len(restored.faults)} điều không đúng từ trước khi sao lưu.")
    return 0


def _commendation(name: str) -> Callable[[Session], Part]:
    # Papers are slow to load, and few commands write them.
    from webapp.commendation.decisions.bagging import select_commendation

    return partial(select_commendation, name=name)


def export(settings: Settings, arguments: argparse.Namespace) -> int:
    choose = _commendation(arguments.award) if arguments.award else None
    if choose and (arguments.unit or arguments.year or arguments.document):
        raise Invalid("“--award” đi một mình: một quyết định khen thưởng là một gói.")
    with opened(settings) as resources:
        unit_id = None
        if arguments.unit:
            with resources.db.reading() as session:
                unit_id = unit_id_of(session, arguments.unit)
        made = export_house(
            resources,
            arguments.folder.absolute(),
            unit_id=unit_id,
            year=arguments.year,
            document_ids=tuple(arguments.document),
            choose=choose,
            tell=told,
        )
    say(
        f"Đã kết xuất vào {arguments.folder}: {made.documents} văn bản, {made.versions} tệp, {made.manifests} bản kê, "
        f"{made.size} byte; gói đã được kiểm tra. Mở data/index.html để xem."
    )
    return 0


def take_back(settings: Settings, arguments: argparse.Namespace) -> int:
    contents = read_bag(arguments.folder.absolute(), tell=told)
    if arguments.check and not settings.data.exists():
        report = Report(new=Counter(contents.newest))  # a look makes no house
    else:
        with opened(settings, must_exist=False) as resources:
            report = take_in(resources, contents, check_only=arguments.check, tell=told)
            if report.new and not report.conflicts and not arguments.check:
                begin_quietly(resources)
    for words, names in (("mới", report.new), ("đã có", report.known)):
        counts = Counter(split_name(name)[0] for name in names)
        for kind, label in LABELS.items():
            if counts[kind]:
                say(f"{words}\t{label}\t{counts[kind]}")
    for conflict in report.conflicts:
        say(f"trái\t{conflict}")
    if report.conflicts:
        raise Invalid(f"Có {len(report.conflicts)} hồ sơ trái với kho, chưa nhập gì.")
    if arguments.check:
        say("Gói hợp lệ; chưa nhập gì.")
    elif not report.new:
        say("Kho đã có đủ hồ sơ của gói; không có gì để nhập.")
    else:
        say("Đã nhập. Chữ của tệp sẽ được đọc khi chương trình chạy; người dùng mới cần được cấp mật khẩu.")
    return 0
