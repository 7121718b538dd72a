"""The other half of the harmful files: old formats, text, mail, names, and what no reader knows; see hostile_samples."""

from __future__ import annotations

import base64
import random
import struct
import zlib
from functools import cache

TOKEN = "kho-evil-7c1d"
HACK = "<script>window.__hacked=1;document.title='hacked';alert(1)</script>"
Files = list[tuple[str, bytes]]


@cache
def zeros(size: int) -> bytes:
    return bytes(size)


class Others:
    """Methods for a maker that has ordinary files by ending, an address nobody may ask, and a source of noise."""

    good: dict[str, bytes]
    url: str
    random: random.Random

    def class_other_media(self) -> Files:
        head = b"\0\0\0\x18ftyp"
        return [
            ("a.heic", head + b"heicmif1" + self.random.randbytes(300)), ("a.avif", head + b"avifmif1" + zeros(300)),
            ("a.mp4", head + b"isom" + zeros(300)), ("a.ttf", b"\0\1\0\0\0\x10" + self.random.randbytes(300)),
            ("a.otf", b"OTTO" + self.random.randbytes(300)), ("a.woff2", b"wOF2" + zeros(300)), ("a.wmf", b"\xd7\xcd\xc6\x9a" + zeros(90)),
            ("a.emf", b"\1\0\0\0" + zeros(36) + b" EMF" + zeros(40)), ("a.psd", b"8BPS\0\1" + zeros(60)), ("a.7z", b"7z\xbc\xaf\x27\x1c" + zeros(60)),
            ("a.rar", b"Rar!\x1a\x07\1\0" + zeros(60)), ("a.gz", b"\x1f\x8b\x08" + zeros(60)), ("a.eps", b"%!PS-Adobe-3.0 EPSF\n(/etc/passwd) (r) file run\n"),
            ("a.ps", b"%!PS\n%pipe%touch /tmp/" + TOKEN.encode()), ("a.lnk", b"L\0\0\0\x01\x14\x02\0" + zeros(60)), ("a.swf", b"FWS\x09" + zeros(60)),
            ("a.class", b"\xca\xfe\xba\xbe" + zeros(60)), ("a.wasm", b"\0asm\1\0\0\0"), ("a.djvu", b"AT&TFORM" + zeros(60)),
        ]  # fmt: skip

    def class_ole(self) -> Files:
        made = []
        for number, (place, form, values) in enumerate(
            (
                (512 + 4, "<I", (1,)), (44, "<I", (2**30,)), (48, "<I", (0xFFFFFFF0,)), (30, "<H", (31,)), (68, "<II", (0, 2**31)),
                (60, "<II", (0, 2**30)), (512, "<I", (0,)), (76, "<I", (5000,)), (1024 + 76, "<I", (0,)), (1024 + 64, "<H", (0xFFFF,)),
            )
        ):  # fmt: skip
            for ending in ("doc", "xls"):
                content = bytearray(self.good[ending])
                struct.pack_into(form, content, place, *values)
                made.append((f"vong-{number}.{ending}", bytes(content)))
        return made

    def class_rtf(self) -> Files:
        return [
            ("sau.rtf", b"{\\rtf1 " + b"{" * 60_000 + b"x" + b"}" * 60_001), ("mo.rtf", b"{\\rtf1 " + b"{\\b " * 60_000),
            ("obj.rtf", b"{\\rtf1{\\object\\objemb\\objupdate{\\*\\objclass Package}{\\*\\objdata " + b"d0cf11e0a1b11ae1" * 900 + b"}}x}"),
            ("bin.rtf", b"{\\rtf1 \\bin2147483647 x}"), ("am.rtf", b"{\\rtf1 \\bin-5 \\u-99999999999999 \\fs" + b"9" * 500 + b" x}"),
            ("mau.rtf", b"{\\rtf1{\\*\\template " + self.url.encode() + b"} x}"),
            ("anh.rtf", b'{\\rtf1{\\field{\\*\\fldinst INCLUDEPICTURE "' + self.url.encode() + b'" \\\\d}} x}'),
            ("u.rtf", b"{\\rtf1 " + b"\\u7841?" * 200_000 + b"}"),
        ]  # fmt: skip

    def class_long_text(self) -> Files:
        return [
            ("dong.csv", b"a," * 3_000_000), ("dong.txt", b"x" * 8_000_000), ("ngoac.csv", b'"' * 500_001), ("xuong.txt", b"\n" * 3_000_000),
            ("to-hop.txt", ("a" + "\u0301" * 200_000).encode()), ("bidi.txt", ("\u202e\u2066chữ" * 20_000).encode()),
            ("utf16.txt", b"\xff\xfe" + b"\x00\xd8" * 50_000), ("hong.txt", b"\xff\xfe\xfd" * 50_000), ("nul.txt", zeros(100_000)),
            ("so.txt", b"1" * 200_000 + b"/KH-UBND"), ("ngay.txt", b"ngay 99 thang 99 nam 99999 " * 5000),
        ]  # fmt: skip

    def class_mail(self) -> Files:
        head = b"From: a@b.vn\r\nTo: c@d.vn\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        nested = b"hi"
        for n in range(300):
            mark = b"m%d" % n
            nested = (
                b"Content-Type: multipart/mixed; boundary="
                + mark
                + b"\r\n\r\n--"
                + mark
                + b"\r\n"
                + nested
                + b"\r\n--"
                + mark
                + b"--\r\n"
            )
        packed = base64.b64encode(self.good["zip"])
        return [
            ("long.eml", head + nested), ("nhieu.eml", head + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 30_000),
            ("tieu-de.eml", b"".join(b"X-%d: y\r\n" % n for n in range(50_000)) + head + b"\r\nx"), ("dai.eml", head[:-2] + b" " * 3_000_000 + b"\r\n\r\nx"),
            ("ten.eml", head + f'Content-Type: application/zip; name="../../{TOKEN}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'.encode() + packed),
            ("ma.eml", head + b"Content-Type: text/plain; charset=x-evil\r\n\r\nx\xff"), ("ngoai.eml", head + b'Content-Type: message/external-body; access-type=URL; URL="' + self.url.encode() + b'"\r\n\r\n'),
            ("html.eml", head + b"Content-Type: text/html\r\n\r\n" + HACK.encode()), ("rfc.eml", head + b"Content-Type: message/rfc822\r\n\r\n" * 2000),
        ]  # fmt: skip

    def class_naughty_names(self) -> Files:
        names = [
            "a\x00b.txt", "a\nb.txt", "a\r\nSet-Cookie: x.txt", "\u202etxt.exe", "\u202efdp.docx", "x" * 5000 + ".pdf", "../../etc/passwd", "..\\..\\x.txt",
            "CON", "NUL.txt", "-rf.pdf", "--help", "~root.txt", "$(reboot).txt", "`id`.txt", "a;b|c&d.txt", "%2e%2e%2fx.txt", "%s%n%x.txt", " ", ".", "..",
            "...", ".htaccess", "a.pdf ", "a.pdf.", "A\u030a.txt", "\ufeffa.txt", "😀.txt", "\ud83d.txt", "'\"><script>alert(1)<\\script>.txt", "a.p\u0501f", "file:///x.txt",
        ]  # fmt: skip
        return [(name, "chữ bình thường".encode()) for name in names] + [
            ("-" + "o" * 300 + ".pdf", self.good["pdf"]), ("\u202egnp.docx", self.good["docx"])
        ]  # fmt: skip

    def class_picture_sizes(self) -> Files:
        def png(width: int, height: int, data: bytes = b"") -> bytes:
            def chunk(kind: bytes, content: bytes) -> bytes:
                return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

            head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
            return (
                b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
            )

        def resized(ending: str, place: int, form: str, *values: int) -> bytes:
            content = bytearray(self.good[ending])
            struct.pack_into(form, content, place, *values)
            return bytes(content)

        jpeg = self.good["jpeg"].index(b"\xff\xc0") + 5
        return [
            ("to.png", png(100_000, 100_000)), ("to-nhat.png", png(2**31 - 1, 2**31 - 1)), ("khong.png", png(0, 10)),
            ("bom.png", png(7000, 7000, zeros(60_000_000))), ("to.jpg", resized("jpeg", jpeg, ">HH", 65535, 65535)),
            ("to.gif", resized("gif", 6, "<HH", 65535, 65535)), ("khong.gif", resized("gif", 6, "<HH", 0, 0)),
            ("dai.png", png(1, 40_000_000)), ("ngang.png", png(40_000_000, 1)),
            ("to.webp", resized("webp", 26, "<HH", 0x3FFF, 0x3FFF)),
        ]  # fmt: skip
