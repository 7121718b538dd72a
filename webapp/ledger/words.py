"""Actions and outcomes of the log in words."""

ACTIONS = {
    "session.sign-in": "đăng nhập",
    "session.sign-out": "đăng xuất",
    "session.sign-out-everywhere": "đăng xuất khỏi mọi thiết bị",
    "person.create": "tạo tài khoản",
    "person.update": "sửa thông tin người dùng",
    "person.close": "khóa tài khoản",
    "person.reopen": "mở lại tài khoản",
    "person.reset-password": "cấp lại mật khẩu",
    "person.change-password": "đổi mật khẩu",
    "grant.give": "giao vai trò",
    "grant.revoke": "thu hồi vai trò",
    "unit.save": "lưu đơn vị",
    "cluster.save": "lưu cụm, khối",
    "cluster.place": "xếp đơn vị vào cụm",
    "cluster.remove": "đưa đơn vị ra khỏi cụm",
    "plan.start-import": "tải kế hoạch lên để nhập",
    "plan.correct-import": "sửa phần đã đọc của kế hoạch",
    "plan.apply": "áp dụng kế hoạch",
    "coverage.map": "gắn đơn vị vào nhóm tiêu chí",
    "document.upload": "tải văn bản lên",
    "document.describe": "sửa thông tin văn bản",
    "document.fill-in": "điền số, ngày đọc được từ tệp",
    "document.submit": "trình văn bản",
    "document.read": "xem văn bản",
    "document:read": "xem văn bản",
    "document.download": "tải bản gốc về",
    "document.retry-reading": "yêu cầu đọc lại chữ",
    "document:revise": "sửa văn bản",
    "document:add": "thêm văn bản",
    "document:submit": "trình văn bản",
    "checklist.open": "lập phiếu tự kiểm",
    "checklist.answer": "ghi kết quả tiêu chí",
    "checklist.sub-items": "sửa mục con",
    "checklist.submit": "trình phiếu",
    "checklist.return": "trả lại phiếu",
    "checklist:read": "xem phiếu",
    "checklist:edit": "sửa phiếu",
    "checklist:submit": "trình phiếu",
    "checklist:return": "trả lại phiếu",
    "evidence.create": "lập minh chứng",
    "evidence.attach": "gắn minh chứng",
    "evidence.detach": "gỡ minh chứng",
    "evidence.confirm": "xác nhận đã xem lại minh chứng",
    "search.run": "tìm kiếm",
    "ledger.export": "kết xuất nhật ký",
}

OUTCOMES = {"done": "đã làm", "refused": "bị từ chối", "failed": "không thành"}

KINDS = {
    "document": "văn bản",
    "checklist": "phiếu tự kiểm",
    "unit": "đơn vị",
    "person": "người dùng",
    "session": "phiên làm việc",
    "grant": "vai trò",
    "cluster": "cụm, khối",
    "movement": "phong trào",
    "plan-import": "kế hoạch đang nhập",
    "search": "tìm kiếm",
    "page": "trang",
    "ledger": "nhật ký",
}

DETAILS = {
    "version": "phiên bản",
    "sha256": "SHA-256",
    "size": "kích thước (byte)",
    "criterion": "tiêu chí",
    "from": "từ",
    "to": "thành",
    "evidence": "minh chứng",
    "year": "năm",
    "role": "vai trò",
    "query": "câu tìm",
    "total": "số kết quả",
    "fields": "mục đã sửa",
    "number": "số, ký hiệu",
    "issued_on": "ngày ban hành",
}

FIELDS = {
    "title": "trích yếu",
    "number": "số, ký hiệu",
    "issued_on": "ngày ban hành",
    "issuer": "cơ quan ban hành",
    "signer": "người ký",
    "theme_id": "nội dung thi đua",
}


def fields_of(names: str) -> str:
    return ", ".join(FIELDS.get(name, name) for name in str(names).split(", "))
