"""Commands that hand the house over: backup, restore, export, import."""

from __future__ import annotations

import argparse

from webapp.commands.opening import opened, say, told
from webapp.core.errors import Invalid
from webapp.core.settings import Settings
from webapp.handover.backup import make_backup
from webapp.handover.restore import restore_backup


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
    say(f"Đã khôi phục vào {settings.data}: {restored.rows} dòng, {restored.objects} tệp, {restored.manifests} bản kê.")
    say(f"Đã lập chỉ mục {restored.indexed} mục; mọi tệp đã được đối chiếu.")
    for fault in restored.faults:
        say(f"có từ trước khi sao lưu\t{fault}")
    if restored.faults:
        raise Invalid(f"Đã khôi phục, nhưng kho đã có {len(restored.faults)} điều không đúng từ trước khi sao lưu.")
    return 0
