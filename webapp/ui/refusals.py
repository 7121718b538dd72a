"""What the server itself refuses before the application sees it: a body declared larger than anything we take."""

from __future__ import annotations

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask


class RefusalTask(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """An error answer in Vietnamese instead of waitress's English text."""

    limit_mb = 0

    @classmethod
    def install(cls, max_upload: int) -> None:
        cls.limit_mb = max_upload // 2**20
        HTTPChannel.error_task_class = cls

    def execute(self) -> None:
        error = self.request.error
        if error.code == 413:
            sentence = f"Mỗi lần gửi tối đa {self.limit_mb} MB. Chưa có gì được lưu; hãy chia nhỏ tệp."
        else:
            sentence = "Yêu cầu không đọc được."
        body = (
            '<!doctype html><html lang="vi"><meta charset="utf-8"><title>Chưa nhận được · Kho Thi đua</title>'
            f'<h1>Chưa nhận được</h1><p>{sentence}</p><p><a href="/">Về trang Việc của tôi</a></p></html>'
        ).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", "default-src 'none'"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"),
            ("Cache-Control", "no-store"),
        ]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)
