"""`kho`: read the command line, call the command, turn failures into one line and an exit code.

Ends 0 on success, 1 when the thing asked for failed (one line on stderr), 2 on wrong usage.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from archive.errors import ArchiveError
from search.errors import SearchError
from webapp import __version__
from webapp.commands import consuming, content, handing_over, house, serving
from webapp.commands import scores as score_commands
from webapp.core import logs
from webapp.core.errors import KhoError
from webapp.core.settings import Settings, SettingsError
from webapp.jobs.worker import WorkerRunning

OS_SENTENCES = {
    errno.ENOENT: "Không có tệp hoặc thư mục",
    errno.EACCES: "Không được phép mở",
    errno.EPERM: "Không được phép mở",
    errno.EISDIR: "Đây là thư mục, không phải tệp",
    errno.ENOTDIR: "Đường dẫn đi qua một tệp",
    errno.EEXIST: "Đã có",
    errno.ENOSPC: "Hết chỗ trên ổ đĩa",
    errno.EROFS: "Ổ đĩa chỉ cho đọc",
    errno.EDQUOT: "Hết hạn mức trên ổ đĩa",
    errno.EFBIG: "Tệp lớn hơn mức ổ đĩa cho phép",
    errno.EBUSY: "Đang được chương trình khác dùng",
    errno.ENAMETOOLONG: "Tên quá dài",
    errno.ELOOP: "Liên kết chỉ vòng quanh",
    errno.EIO: "Ổ đĩa đọc hoặc ghi bị lỗi",
}


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kho", description="Kho Thi đua: kho văn bản và phiếu tự kiểm của phường.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="LỆNH")

    command = commands.add_parser("init", help="tạo thư mục dữ liệu, cơ sở dữ liệu, tài khoản quản trị đầu tiên")
    command.add_argument("--admin", metavar="TÊN", help="tên đăng nhập của tài khoản quản trị đầu tiên")
    command.add_argument("--password-stdin", action="store_true", help="đọc mật khẩu từ đầu vào chuẩn")
    command.set_defaults(run=house.init)

    for name, run, words in (
        ("serve", serving.serve, "chạy máy chủ web và tiến trình nền"),
        ("demo", serving.demo, "chuẩn bị dữ liệu trình diễn rồi chạy"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("--host", default="127.0.0.1")
        command.add_argument("--port", type=int, default=8000)
        command.add_argument("--workers", type=int, default=8, metavar="N", help="số luồng trả lời cùng lúc")
        if name == "demo":
            command.add_argument("--prepare-only", action="store_true", help="chỉ chuẩn bị dữ liệu")
        command.set_defaults(run=run)

    command = commands.add_parser("worker", help="chỉ chạy tiến trình nền")
    command.add_argument("--until-stdin-closes", action="store_true", help=argparse.SUPPRESS)
    command.set_defaults(run=serving.worker)

    plan = commands.add_parser("plan", help="kế hoạch của phường").add_subparsers(dest="sub", required=True)
    command = plan.add_parser("import", help="đọc một kế hoạch; chỉ áp dụng khi có --apply")
    command.add_argument("file", type=Path)
    command.add_argument("--json", action="store_true")
    command.add_argument("--apply", action="store_true")
    command.set_defaults(run=content.plan_import)

    people = commands.add_parser("people", help="đơn vị, cụm, người, vai trò").add_subparsers(dest="sub", required=True)
    command = people.add_parser("import", help="nhập từ .xlsx hoặc .csv; chỉ ghi khi có --apply")
    command.add_argument("file", type=Path)
    command.add_argument("--apply", action="store_true")
    command.set_defaults(run=house.people_import)

    command = commands.add_parser("extract", help="đọc chữ của một tệp, hoặc đọc lại văn bản trong kho")
    command.add_argument("file", type=Path, nargs="?")
    command.add_argument("--again", metavar="MÃ|failed", help="đọc lại một văn bản, hoặc mọi văn bản chưa đọc được")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=content.extract_file)

    command = commands.add_parser("put", help="tải tệp lên như một người dùng")
    command.add_argument("files", type=Path, nargs="+", metavar="FILE")
    command.add_argument("--as", dest="user", required=True, metavar="NGƯỜI")
    command.add_argument("--kind", default="evidence")
    command.add_argument("--unit", metavar="ĐƠN VỊ")
    command.add_argument("--criterion", metavar="III.1.đ")
    command.add_argument("--year", type=int)
    command.set_defaults(run=content.put)

    command = commands.add_parser("consume", help="nhận tệp từ thư mục của máy quét, thư mục con là mã đơn vị")
    command.add_argument("folder", type=Path)
    command.add_argument("--as", dest="user", required=True, metavar="NGƯỜI")
    command.add_argument("--kind", default="other")
    command.add_argument("--year", type=int)
    command.add_argument("--once", action="store_true", help="xong những tệp đang có thì dừng")
    command.add_argument("--settle", type=float, default=5.0, metavar="GIÂY", help="tệp yên bao lâu thì coi là đủ")
    command.set_defaults(run=consuming.consume)

    command = commands.add_parser("search", help="tìm như một người dùng")
    command.add_argument("query")
    command.add_argument("--as", dest="user", required=True, metavar="NGƯỜI")
    command.add_argument("--json", action="store_true")
    command.add_argument("--limit", type=int, default=10)
    for name in ("kind", "unit", "criterion", "theme"):
        command.add_argument(f"--{name}")
    command.add_argument("--year", type=int)
    command.set_defaults(run=content.search_as)

    command = commands.add_parser("verify", help="kiểm tra kho, danh mục, chỉ mục, nhật ký")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=house.verify)

    command = commands.add_parser("reindex", help="lập lại chỉ mục từ cơ sở dữ liệu")
    command.set_defaults(run=house.reindex)

    command = commands.add_parser("sweep", help="dời những tệp không văn bản nào dùng vào thùng rác của kho")
    command.add_argument("--days", type=int, default=7, help="chỉ những tệp đã nằm yên hơn số ngày này")
    command.add_argument("--apply", action="store_true")
    command.add_argument("--force", action="store_true", help="kể cả khi hơn nửa kho sẽ bị dời")
    command.add_argument("--restore", metavar="SHA256", help="đưa một tệp từ thùng rác trở lại kho")
    command.set_defaults(run=house.sweep)

    command = commands.add_parser("rebuild", help="dựng lại danh mục từ các bản kê trong kho")
    command.set_defaults(run=house.rebuild)

    command = commands.add_parser("export", help="kết xuất hồ sơ thành gói BagIt trong một thư mục mới")
    command.add_argument("folder", type=Path, metavar="THƯ-MỤC")
    command.add_argument("--unit", metavar="ĐƠN VỊ", help="chỉ hồ sơ của đơn vị này")
    command.add_argument("--year", type=int, metavar="NĂM", help="chỉ hồ sơ của năm này")
    command.add_argument("--document", nargs="+", default=[], metavar="MÃ", help="chỉ những văn bản này")
    command.set_defaults(run=handing_over.export)

    command = commands.add_parser("import", help="nhập lại một gói BagIt do chương trình kết xuất")
    command.add_argument("folder", type=Path, metavar="THƯ-MỤC")
    command.add_argument("--check", action="store_true", help="chỉ kiểm tra gói và cho biết sẽ nhập gì")
    command.set_defaults(run=handing_over.take_back)

    command = commands.add_parser("backup", help="sao lưu tất cả vào một tệp, trong khi mọi người vẫn làm việc")
    command.add_argument("file", type=Path)
    command.set_defaults(run=handing_over.backup)

    command = commands.add_parser("restore", help="khôi phục một bản sao lưu vào thư mục dữ liệu còn trống")
    command.add_argument("file", type=Path)
    command.set_defaults(run=handing_over.restore)

    audit = commands.add_parser("audit", help="nhật ký").add_subparsers(dest="sub", required=True)
    command = audit.add_parser("export", help="kết xuất nhật ký thành JSON từng dòng")
    command.add_argument("file", type=Path)
    command.set_defaults(run=house.audit_export)

    scores = commands.add_parser("scores", help="điểm đã công bố").add_subparsers(dest="sub", required=True)
    command = scores.add_parser("verify", help="tính lại mọi tổng điểm đã công bố từ các mục")
    command.set_defaults(run=score_commands.verify)

    command = commands.add_parser("doctor", help="xem trên máy này cái gì chạy được")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=house.doctor)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    parsed = build_parser().parse_args(arguments)
    logs.configure()
    try:
        status = parsed.run(Settings.from_environment(), parsed)
        sys.stdout.flush()
    except (KhoError, ArchiveError) as error:
        return _fail(error.sentence)
    except (SettingsError, SearchError, WorkerRunning) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output left; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except SQLAlchemyError as error:
        return _fail(f"Cơ sở dữ liệu không dùng được: {_first_line(error)}")
    except OSError as error:
        said = OS_SENTENCES.get(error.errno or 0) or error.strerror or str(error)
        return _fail(f"{said}: {error.filename or ''}".rstrip(": "))
    except UnicodeDecodeError:
        return _fail("Nội dung đưa vào không phải là UTF-8.")
    return int(status)


def _first_line(error: SQLAlchemyError) -> str:
    """What the driver said; SQLAlchemy's own text adds the statement and a link."""
    cause = getattr(error, "orig", None) or error
    return (str(cause).strip().splitlines() or [type(cause).__name__])[0]


def _fail(sentence: str) -> int:
    sys.stderr.write(f"kho: {sentence}\n")
    return 1
