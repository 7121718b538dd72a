"""`kho`: read the command line, call the command, turn failures into one line and an exit code.

Ends 0 on success, 1 when the thing asked for failed (one line on stderr), 2 on wrong usage.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from archive.errors import ArchiveError
from search.errors import SearchError
from webapp import __version__
from webapp.commands import awards, consuming, content, handing_over, house, indicators, scores, serving
from webapp.commands.words import Commands
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


# As `kho --help` tells them: from making a house to looking after it.
ORDER = (
    "init serve demo worker plan people extract put consume search verify reindex sweep rebuild "
    "export import backup restore audit scores award indicators doctor"
).split()


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; each family of commands tells its own words (`add_commands` in `webapp/commands/`)."""
    parser = argparse.ArgumentParser(prog="kho", description="Kho Thi đua: kho văn bản và phiếu tự kiểm của phường.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = Commands()
    for family in (house, serving, content, consuming, handing_over, scores, awards, indicators):
        family.add_commands(commands)
    commands.fill(parser.add_subparsers(dest="command", required=True, metavar="LỆNH"), ORDER)
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
