"""Commands about the installation: init, people, verify, reindex, audit, doctor."""

from __future__ import annotations

import argparse
import getpass
import json
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from archive.extract import describe
from search import SearchError
from webapp.audit import Thing, log_event
from webapp.audit.verify import export_chain, verify_chain
from webapp.commands.opening import finish_jobs, opened, say, told
from webapp.commands.runners import begin_quietly
from webapp.commands.words import Commands, without_arguments
from webapp.commendation.catalogue.service import start_catalogue
from webapp.core.errors import Invalid
from webapp.core.resources import Resources
from webapp.core.settings import Settings
from webapp.jobs import outbox
from webapp.jobs.index import all_keys, keys_waiting, rebuild_index
from webapp.jobs.read_text import list_trusted
from webapp.jobs.scan import Scanner, ScannerAway
from webapp.meetings.vote_rules import start_rules
from webapp.models import DocumentVersion, Person, Role
from webapp.people import service
from webapp.people.importing import import_people
from webapp.people.table import open_table
from webapp.permissions import SYSTEM
from webapp.records.compare import differences
from webapp.records.rebuild import UNUSABLE, is_empty, rebuild_catalogue


def add_commands(commands: Commands) -> None:
    commands.add("init", "tạo thư mục dữ liệu, cơ sở dữ liệu, tài khoản quản trị đầu tiên", _init_arguments)
    commands.add("people", "đơn vị, cụm, người, vai trò", _people_arguments)
    commands.add("verify", "kiểm tra kho, danh mục, chỉ mục, nhật ký", _verify_arguments)
    commands.add("reindex", "lập lại chỉ mục từ cơ sở dữ liệu", without_arguments(reindex))
    commands.add("sweep", "dời những tệp không văn bản nào dùng vào thùng rác của kho", _sweep_arguments)
    commands.add("rebuild", "dựng lại danh mục từ các bản kê trong kho", without_arguments(rebuild))
    commands.add("audit", "nhật ký", _audit_arguments)
    commands.add("doctor", "xem trên máy này cái gì chạy được", _doctor_arguments)


def _init_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--admin", metavar="TÊN", help="tên đăng nhập của tài khoản quản trị đầu tiên")
    command.add_argument("--password-stdin", action="store_true", help="đọc mật khẩu từ đầu vào chuẩn")
    command.set_defaults(run=init)


def _people_arguments(people: argparse.ArgumentParser) -> None:
    command = people.add_subparsers(dest="sub", required=True).add_parser(
        "import", help="nhập từ .xlsx hoặc .csv; chỉ ghi khi có --apply"
    )
    command.add_argument("file", type=Path)
    command.add_argument("--apply", action="store_true")
    command.add_argument("--hidden", action="store_true", help="kể cả trang tính, hàng, cột bị ẩn")
    command.set_defaults(run=people_import)


def _verify_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=verify)


def _sweep_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--days", type=int, default=7, help="chỉ những tệp đã nằm yên hơn số ngày này")
    command.add_argument("--apply", action="store_true")
    command.add_argument("--force", action="store_true", help="kể cả khi hơn nửa kho sẽ bị dời")
    command.add_argument("--restore", metavar="SHA256", help="đưa một tệp từ thùng rác trở lại kho")
    command.set_defaults(run=sweep)


def _audit_arguments(audit: argparse.ArgumentParser) -> None:
    command = audit.add_subparsers(dest="sub", required=True).add_parser(
        "export", help="kết xuất nhật ký thành JSON từng dòng"
    )
    command.add_argument("file", type=Path)
    command.set_defaults(run=audit_export)


def _doctor_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=doctor)


def init(settings: Settings, arguments: argparse.Namespace) -> int:
    with opened(settings, must_exist=False) as resources:
        if arguments.admin:
            _first_administrator(resources, arguments.admin, from_stdin=arguments.password_stdin)
            finish_jobs(resources)
        with resources.db.unit_of_work() as session:
            start_catalogue(session, actor=SYSTEM, now=resources.clock.now())
            start_rules(session, actor=SYSTEM, now=resources.clock.now())
        say(f"Đã sẵn sàng: {settings.data}")
    return 0


def _first_administrator(resources: Resources, username: str, *, from_stdin: bool) -> None:
    with resources.db.reading() as session:
        known = session.scalar(select(Person).where(Person.username == username.lower()))
        if known is not None and known.password_hash != UNUSABLE:
            say(f"Tài khoản {username} đã có, giữ nguyên.")
            return
    if from_stdin:
        password = sys.stdin.readline().rstrip("\n")
    elif sys.stdin.isatty():
        password = getpass.getpass(f"Mật khẩu cho {username}: ")
    else:
        raise Invalid("Cần mật khẩu: dùng --password-stdin hoặc chạy ở cửa sổ lệnh.")
    now = resources.clock.now()
    if known is not None:
        # The catalogue was made anew from the archive, which holds no passwords.
        with resources.db.unit_of_work() as session:
            service.reset_password(session, actor=SYSTEM, now=now, person_id=known.id, password=password)
        say(f"Đã đặt mật khẩu mới cho {username}.")
        return
    with resources.db.unit_of_work() as session:
        person = service.create_person(
            session,
            actor=SYSTEM,
            now=now,
            password=password,
            new=service.NewPerson(
                username=username,
                name="Quản trị hệ thống",
                must_change_password=False,
            ),
        )
        service.grant_role(
            session,
            actor=SYSTEM,
            now=now,
            person_id=person.id,
            grant=service.NewGrant(
                role=Role.ADMINISTRATOR,
            ),
        )
    say(f"Đã tạo tài khoản quản trị {person.username}.")


def people_import(settings: Settings, arguments: argparse.Namespace) -> int:
    table = open_table(arguments.file.read_bytes(), arguments.file.name, with_hidden=arguments.hidden)
    rows = table.rows
    with opened(settings) as resources:
        report = import_people(resources.db, actor=SYSTEM, now=resources.clock.now(), rows=rows, apply=arguments.apply)
        if report.applied:
            finish_jobs(resources)
    for row in report.rows:
        say(f"dòng {row.number}\t{row.what}\t{row.label}\t{'LỖI: ' + row.fault if row.fault else row.outcome}")
    for sentence in table.hidden:
        say(f"{sentence} {'Đã đọc cùng.' if arguments.hidden else 'Không nhập; thêm --hidden để nhập cả phần này.'}")
    if not report.ok:
        raise Invalid("Có dòng lỗi, chưa ghi gì.")
    for username, password in report.passwords:
        say(f"mật khẩu lần đầu\t{username}\t{password}")
    say("Đã ghi." if report.applied else "Đọc thử, chưa ghi gì; thêm --apply để ghi.")
    return 0


def verify(settings: Settings, arguments: argparse.Namespace) -> int:
    problems: list[dict[str, str]] = []

    def found(where: str, kind: str, key: str, detail: str) -> None:
        problems.append({"where": where, "kind": kind, "key": key, "detail": detail})

    with opened(settings) as resources, resources.db.reading() as session:
        expected = set(session.scalars(select(DocumentVersion.sha256)))
        for problem in resources.store.verify(expected):
            found("archive", problem.kind, problem.sha256, problem.detail)
        unreferenced = set(resources.store.digests()) - expected
        for sha256 in sorted(unreferenced):
            found("catalogue", "unreferenced", sha256, "Tệp có trong kho nhưng không có văn bản nào dùng.")
        try:
            # Before the catalogue: what is indexed meanwhile is then missing at worst where a job still waits.
            present = set(resources.index.keys())
        except SearchError as error:
            found("index", "broken", "", str(error))
        else:
            with resources.db.reading() as later:
                wanted, waiting = all_keys(later), keys_waiting(later)
            for key in sorted(wanted - present):
                if key in waiting:
                    found("index", "waiting", key, "Đang chờ tiến trình nền đưa vào chỉ mục.")
                else:
                    found("index", "missing", key, "Chưa có trong chỉ mục; chạy “kho reindex”.")
            for key in sorted(present - wanted - waiting):
                found("index", "extra", key, "Có trong chỉ mục nhưng không còn trong danh mục.")
        for difference in differences(session, resources.store):
            found("catalogue", difference.kind, difference.record, difference.detail)
        for sentence in verify_chain(session):
            found("audit", "broken", "", sentence)
    # An object that no row names is left over from an upload that was never acknowledged: told, but nothing is wrong.
    wrong = [
        problem for problem in problems if problem["kind"] not in ("unreferenced", "waiting", "unkept", "unsettled")
    ]
    if arguments.json:
        say(json.dumps({"ok": not wrong, "problems": problems}, ensure_ascii=False))
    else:
        for row in problems:
            say(f"{row['where']}\t{row['kind']}\t{row['key']}\t{row['detail']}")
        say("Nguyên vẹn." if not wrong else f"Có {len(wrong)} điều không đúng.")
    return 1 if wrong else 0


def sweep(settings: Settings, arguments: argparse.Namespace) -> int:
    """Objects no version refers to, left over from uploads that were never acknowledged. Nothing is deleted."""
    if not 1 <= arguments.days <= 3650:
        raise Invalid("--days phải từ 1 đến 3650.")
    with opened(settings) as resources:
        store = resources.store
        if arguments.restore:
            store.restore_from_trash(arguments.restore)
            say(f"Đã đưa {arguments.restore} trở lại kho.")
            return 0
        with resources.db.reading() as session:
            named = set(session.scalars(select(DocumentVersion.sha256)))
        before = datetime.now(UTC).timestamp() - arguments.days * 86400
        if not arguments.apply:
            left = [one for one in store.digests() if one not in named and store.path(one).stat().st_mtime < before]
            for sha256 in left:
                say(sha256)
            say(f"{len(left)} tệp không văn bản nào dùng; thêm --apply để dời vào thùng rác của kho.")
            return 0
        moved = store.sweep(named, before=before, force=arguments.force)
        with resources.db.unit_of_work() as session:
            log_event(
                session,
                SYSTEM,
                resources.clock.now(),
                "archive.sweep",
                Thing("system", "archive"),
                {"moved": len(moved)},
            )
    say(f"Đã dời {len(moved)} tệp vào thùng rác của kho; đưa trở lại bằng --restore.")
    return 0


def rebuild(settings: Settings, arguments: argparse.Namespace) -> int:
    """The catalogue from the archive alone. Where there is one already, say whether it equals what the archive tells."""
    with opened(settings, must_exist=False) as resources:
        with resources.db.reading() as session:
            empty = is_empty(session)
            if not empty:
                wrong = [one for one in differences(session, resources.store) if not one.is_harmless]
        if not empty:
            for difference in wrong:
                say(f"{difference.kind}\t{difference.record}\t{difference.detail}")
            if wrong:
                raise Invalid(
                    f"Danh mục đang có khác với kho ở {len(wrong)} chỗ. Muốn dựng lại từ kho, hãy dời cơ sở dữ liệu "
                    "đi chỗ khác rồi chạy lại lệnh này."
                )
            say("Danh mục đang có trùng khớp với kho; không cần dựng lại.")
            return 0
        if next(resources.store.manifests(damaged=[]), None) is None:
            raise Invalid(f"Không có bản kê nào trong kho ở {settings.object_store}; không có gì để dựng lại.")
        found = rebuild_catalogue(
            resources.db, resources.store, now=resources.clock.now(), told=told("Đang dựng lại danh mục")
        )
        rebuild_index(resources)
        if not found.missing_rows:
            begin_quietly(resources)
    say(f"Đã dựng lại {len(found.newest)} hồ sơ; chữ của tệp sẽ được đọc lại khi chương trình chạy.")
    say("Mật khẩu không nằm trong kho: đặt mật khẩu quản trị bằng “kho init --admin TÊN”, rồi cấp lại cho từng người.")
    for path in found.damaged:
        say(f"bản kê hỏng\t{path}")
    for row in found.missing_rows:
        say(f"thiếu dòng được nhắc đến\t{row}")
    return 1 if found.damaged or found.missing_rows else 0


def reindex(settings: Settings, arguments: argparse.Namespace) -> int:
    with opened(settings) as resources:
        count = rebuild_index(resources)
    say(f"Đã lập lại chỉ mục: {count} mục.")
    return 0


def audit_export(settings: Settings, arguments: argparse.Namespace) -> int:
    with opened(settings) as resources:
        with resources.db.unit_of_work() as session:
            now = resources.clock.now()
            log_event(session, SYSTEM, now, "ledger.export", Thing("ledger"))
        with resources.db.reading() as session:
            count, head = export_chain(session, arguments.file)
    say(f"Đã kết xuất {count} lượt ghi, đầu chuỗi {head}.")
    return 0


def doctor(settings: Settings, arguments: argparse.Namespace) -> int:
    tools = {
        "pdftotext": ("poppler-utils", "đọc chữ PDF"),
        "tesseract": ("tesseract-ocr tesseract-ocr-vie", "nhận dạng chữ trong ảnh, bản quét"),
        "catdoc": ("catdoc", "đọc tệp .doc cũ"),
        "soffice": (
            "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui",
            "dựng hình trang của tệp văn phòng, đọc tệp .doc phông chữ cũ",
        ),
        "bwrap": ("bubblewrap", "ngăn cách tiến trình đọc tệp"),
    }
    checks: list[dict[str, object]] = []
    for tool, (package, use) in tools.items():
        path = shutil.which(tool)
        checks.append({"name": tool, "ok": path is not None, "use": use, "install": f"apt-get install {package}"})
    checks.append({"name": "sandbox", "ok": True, "use": describe()["sentence"], "install": ""})
    checks += [_scanner(settings), _trust(settings)]
    checks += _installation(settings)
    if arguments.json:
        say(json.dumps({"checks": checks}, ensure_ascii=False))
    else:
        for check in checks:
            hint = "" if check["ok"] or not check["install"] else f" — cài: {check['install']}"
            say(f"{'được' if check['ok'] else 'CHƯA'}\t{check['name']}\t{check['use']}{hint}")
    return 0


def _scanner(settings: Settings) -> dict[str, object]:
    """The virus scanner, which is an option."""
    if not settings.clamd:
        return {
            "name": "clamd",
            "ok": True,
            "use": "không dùng phần mềm diệt virus (KHO_CLAMD để trống)",
            "install": "",
        }
    try:
        use, ok = Scanner(settings.clamd, seconds=5).version(), True
    except ScannerAway as error:
        use, ok = f"{settings.clamd} không trả lời ({error}); tệp mới chờ 10 phút rồi được đọc mà chưa kiểm tra", False
    return {"name": "clamd", "ok": ok, "use": use, "install": ""}


def _trust(settings: Settings) -> dict[str, object]:
    count = len(list_trusted(settings))
    use = f"{count} tệp chứng thư gốc trong {settings.trust_path} để kiểm tra chữ ký số"
    return {"name": "trust", "ok": True, "use": use, "install": ""}


def _installation(settings: Settings) -> Iterator[dict[str, object]]:
    """Disk, database and index of the data folder; looked at, never made."""

    def check(name: str, ok: bool, use: str) -> dict[str, object]:
        return {"name": name, "ok": ok, "use": use, "install": ""}

    place = next(folder for folder in (settings.data, *settings.data.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    yield check("disk", free > 2**30, f"còn {free // 2**20} MB ở {place}")
    try:
        with opened(settings) as resources:
            yield check("database", True, resources.db.engine.name)
            try:
                index = resources.index
                said = ". ".join((f"{index.engine}, {index.count()} mục", *index.remarks))
                yield check("index", True, said)
            except SearchError as error:
                yield check("index", False, str(error))
            with resources.db.reading() as session:
                left, stuck = sum(outbox.waiting(session).values()), len(outbox.given_up(session))
            yield check("queue", not stuck, f"{left} việc đang chờ, trong đó {stuck} việc đã thôi thử")
    except Invalid as fault:
        yield check("database", False, fault.sentence)
    except SQLAlchemyError as error:
        yield check("database", False, str(getattr(error, "orig", None) or error).strip().splitlines()[0])
