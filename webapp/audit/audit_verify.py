"""Check an exported log: `python audit_verify.py FILE [HEAD]`. Standard library only.

Each line holds the canonical text of an event and its hash, SHA-256(0x00 || previous hash || text); the last line
holds the head. Give HEAD (64 hexadecimal digits, from a printed or stamped page) to compare with a head kept elsewhere.
Ends 0 when the log is whole, 1 otherwise.
"""

import hashlib
import json
import sys


def check(path: str, expected_head: str | None = None) -> list[str]:
    faults: list[str] = []
    previous, seq, head = "0" * 64, 0, None
    with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:  # noqa: PTH123
        for number, line in enumerate(file, start=1):
            try:
                entry = json.loads(line)
                if "head" in entry:
                    head = (int(entry["head"]["seq"]), str(entry["head"]["hash"]))
                    continue
                body, stated = str(entry["body"]), str(entry["hash"])
                found = int(json.loads(body)["seq"])
                made = hashlib.sha256(b"\x00" + bytes.fromhex(previous) + body.encode()).hexdigest()
            except (ValueError, KeyError, TypeError, RecursionError):
                faults.append(f"Dòng {number} không đọc được.")
                continue
            seq += 1
            if found != seq:
                faults.append(f"Dòng {number}: đáng lẽ là lượt ghi số {seq} nhưng lại là số {found}.")
                seq = found
            if made != stated:
                faults.append(f"Lượt ghi số {found} không khớp chuỗi băm.")
            previous = stated
    if head is None:
        faults.append("Thiếu dòng cuối ghi đầu chuỗi.")
    elif head != (seq, previous):
        faults.append("Đầu chuỗi không khớp lượt ghi cuối cùng.")
    if expected_head and expected_head.strip().lower() != previous:
        faults.append("Đầu chuỗi khác với đầu chuỗi đã lưu ở nơi khác.")
    if not faults:
        sys.stdout.write(f"Nguyên vẹn: {seq} lượt ghi, đầu chuỗi {previous}\n")
    return faults


def main() -> int:
    if len(sys.argv) not in (2, 3):
        sys.stderr.write("Cách dùng: python audit_verify.py FILE [HEAD]\n")
        return 2
    try:
        faults = check(*sys.argv[1:])
    except OSError as error:
        faults = [f"Không mở được tệp: {error}"]
    for fault in faults:
        sys.stderr.write(fault + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
