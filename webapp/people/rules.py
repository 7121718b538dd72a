"""Rules about names, passwords and locking. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta

MIN_PASSWORD = 10
MAX_PASSWORD = 200
FAILURES_TO_LOCK = 5
FAILURE_WINDOW = timedelta(minutes=15)
LOCK_TIME = timedelta(minutes=15)

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
_CODE = re.compile(r"[0-9A-ZĐ][0-9A-ZĐ._-]{0,15}")


def clean(text: str) -> str:
    """One line, NFC, without surplus white space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def username_fault(username: str) -> str | None:
    if _USERNAME.fullmatch(username):
        return None
    return "Tên đăng nhập gồm 2 đến 32 chữ thường không dấu, chữ số, dấu chấm, gạch ngang hoặc gạch dưới."


def unit_code_fault(code: str) -> str | None:
    if _CODE.fullmatch(code):
        return None
    return "Mã gồm 1 đến 16 chữ in hoa không dấu (được dùng Đ), chữ số, dấu chấm hoặc gạch ngang."


def password_fault(password: str, *, username: str, old: str | None = None) -> str | None:
    """A sentence saying why a new password cannot be taken, or None."""
    if len(password) < MIN_PASSWORD:
        return f"Mật khẩu cần ít nhất {MIN_PASSWORD} ký tự. Một câu ngắn dễ nhớ là tốt nhất."
    if len(password) > MAX_PASSWORD:
        return f"Mật khẩu dài tối đa {MAX_PASSWORD} ký tự."
    if old is not None and password == old:
        return "Mật khẩu mới phải khác mật khẩu cũ."
    # A name of two or three letters is in many a good sentence, and in first passwords made of words.
    if len(username) > 3 and username.lower() in password.lower():
        return "Mật khẩu không được chứa tên đăng nhập."
    if len(set(password)) < 5:
        return "Mật khẩu lặp lại quá ít ký tự, rất dễ đoán."
    return None


def after_failure(
    failures: int, first_failed_at: datetime | None, *, now: datetime
) -> tuple[int, datetime, datetime | None]:
    """(failures, start of the window, locked until) after one more wrong password."""
    if first_failed_at is None or now - first_failed_at > FAILURE_WINDOW:
        failures, first_failed_at = 0, now
    failures += 1
    return failures, first_failed_at, now + LOCK_TIME if failures >= FAILURES_TO_LOCK else None


def idle_limit(*, is_administrator: bool, minutes: int, minutes_admin: int) -> timedelta:
    return timedelta(minutes=minutes_admin if is_administrator else minutes)
