"""Settings of one installation, read once from `KHO_*` and frozen."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SEARCH_ENGINES = ("auto", "whoosh", "tantivy", "postgresql")

_SMTP = re.compile(r"smtps?://([^\s/@]+@)?(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?/?")
_CLAMD = re.compile(r"unix:/.+|tcp:(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}")


class SettingsError(Exception):
    """A setting cannot be used; the message says which one and why, in Vietnamese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between installations. Sizes in bytes, durations in minutes."""

    data: Path
    database_url: str
    object_store: str
    search_engine: str
    timezone: ZoneInfo
    given_secret: str | None
    fixed_now: datetime | None
    max_upload: int
    secure_cookies: bool
    clamd: str = ""
    smtp: str = ""
    mail_from: str = ""
    public_url: str = ""
    idle_minutes: int = 30
    idle_minutes_admin: int = 15

    @property
    def index_path(self) -> Path:
        return self.data / "index"

    @property
    def previews_path(self) -> Path:
        """Page images: derived, may be thrown away."""
        return self.data / "previews"

    @property
    def trust_path(self) -> Path:
        """Root certificates, PEM or DER, whose signatures count as trusted."""
        return self.data / "trust"

    @property
    def secret_key(self) -> str:
        """The given one, or that of the data folder, made when first asked for: a mistyped folder is not created."""
        return self.given_secret or _kept_secret(self.data)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read `KHO_*` (names and defaults: docs/operations.md). Raises SettingsError."""
        env = os.environ if environ is None else environ
        data = Path(env.get("KHO_DATA") or "data").expanduser().resolve()
        engine = env.get("KHO_SEARCH") or "auto"
        if engine not in SEARCH_ENGINES:
            raise SettingsError(f"KHO_SEARCH phải là một trong: {', '.join(SEARCH_ENGINES)}.")
        if engine == "postgresql":
            raise SettingsError("KHO_SEARCH=postgresql chưa có; hãy dùng auto, tantivy hoặc whoosh.")
        queue = env.get("KHO_QUEUE") or "database"
        if queue != "database":
            raise SettingsError("KHO_QUEUE: hiện hàng đợi nằm trong cơ sở dữ liệu; hãy bỏ trống biến này.")
        try:
            timezone = ZoneInfo(env.get("KHO_TIMEZONE") or "Asia/Ho_Chi_Minh")
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise SettingsError("KHO_TIMEZONE không phải là một múi giờ.") from error
        return cls(
            data=data,
            database_url=env.get("KHO_DATABASE_URL") or f"sqlite:///{data / 'kho.sqlite3'}",
            object_store=env.get("KHO_OBJECT_STORE") or str(data),
            search_engine=engine,
            timezone=timezone,
            given_secret=env.get("KHO_SECRET_KEY") or None,
            fixed_now=_instant(env.get("KHO_NOW"), timezone),
            max_upload=_megabytes(env.get("KHO_MAX_UPLOAD_MB"), 200),
            secure_cookies=env.get("KHO_HTTPS") == "1",
            clamd=_scanner(env.get("KHO_CLAMD")),
            smtp=_mail_server(env.get("KHO_SMTP")),
            mail_from=_address(env.get("KHO_MAIL_FROM")),
            public_url=_public_url(env.get("KHO_PUBLIC_URL")),
        )


def _instant(text: str | None, timezone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError("KHO_NOW phải viết như 2026-11-22T08:00:00+07:00.") from error
    return value if value.tzinfo else value.replace(tzinfo=timezone)


def _megabytes(text: str | None, default: int) -> int:
    if not text:
        return default * 2**20
    if not text.isdecimal() or not 1 <= int(text) <= 4096:
        raise SettingsError("KHO_MAX_UPLOAD_MB phải là số nguyên từ 1 đến 4096.")
    return int(text) * 2**20


def _scanner(text: str | None) -> str:
    if text and not _CLAMD.fullmatch(text):
        raise SettingsError("KHO_CLAMD phải viết như unix:/run/clamav/clamd.ctl hoặc tcp:127.0.0.1:3310.")
    return text or ""


def _mail_server(text: str | None) -> str:
    if text and not _SMTP.fullmatch(text):
        raise SettingsError("KHO_SMTP phải viết như smtp://mail.phuong.gov.vn:25 hoặc smtps://tên:mật-khẩu@máy:465.")
    return text or ""


def _address(text: str | None) -> str:
    if text and not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", text):
        raise SettingsError("KHO_MAIL_FROM phải là một địa chỉ thư điện tử.")
    return text or "kho-thi-dua@localhost"


def _public_url(text: str | None) -> str:
    if text and not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", text):
        raise SettingsError("KHO_PUBLIC_URL phải viết như http://kho.phuong.gov.vn.")
    return text or ""


def _kept_secret(data: Path) -> str:
    """The signing key of this installation: made on first start, readable by its owner only."""
    path = data / "secret-key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True, mode=0o750)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was quicker
            return path.read_text(encoding="ascii").strip()
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
    return path.read_text(encoding="ascii").strip()
