"""What a file is: by its first bytes, its structure and its name, in that order of trust."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from archive import naming
from archive.extract.containers import ole
from archive.extract.containers.package import Package
from archive.extract.outcome import Refusal
from archive.extract.process.limits import Limits
from archive.extract.status import Status
from archive.extract.text import encoding

HEAD = 8192


class Kind(StrEnum):
    """A structure some reader knows."""

    PDF = "pdf"
    DOCX = "docx"
    PPTX = "pptx"
    XLSX = "xlsx"
    ODT = "odt"
    ODS = "ods"
    ODP = "odp"
    DOC = "doc"
    XLS = "xls"
    PPT = "ppt"
    MAIL = "mail"
    OUTLOOK = "outlook"
    ZIP = "zip"
    SEVEN_ZIP = "7z"
    RAR = "rar"
    RTF = "rtf"
    HTML = "html"
    WEB_ARCHIVE = "web_archive"
    WORD_XML = "word_xml"
    SHEET_XML = "sheet_xml"
    FLAT_PACKAGE = "flat_package"
    XML = "xml"
    TEXT = "text"
    PNG = "png"
    JPEG = "jpeg"
    TIFF = "tiff"
    GIF = "gif"
    WEBP = "webp"
    HEIC = "heic"
    AVIF = "avif"


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
MEDIA_TYPES: dict[Kind, str] = {
    Kind.PDF: "application/pdf",
    Kind.DOCX: _OOXML + "wordprocessingml.document",
    Kind.PPTX: _OOXML + "presentationml.presentation",
    Kind.XLSX: _OOXML + "spreadsheetml.sheet",
    Kind.ODT: _ODF + "text",
    Kind.ODS: _ODF + "spreadsheet",
    Kind.ODP: _ODF + "presentation",
    Kind.DOC: "application/msword",
    Kind.XLS: "application/vnd.ms-excel",
    Kind.PPT: "application/vnd.ms-powerpoint",
    Kind.MAIL: "message/rfc822",
    Kind.OUTLOOK: "application/vnd.ms-outlook",
    Kind.ZIP: "application/zip",
    Kind.SEVEN_ZIP: "application/x-7z-compressed",
    Kind.RAR: "application/vnd.rar",
    Kind.RTF: "application/rtf",
    Kind.HTML: "text/html",
    Kind.WEB_ARCHIVE: "multipart/related",
    Kind.WORD_XML: "application/xml",
    Kind.SHEET_XML: "application/xml",
    Kind.FLAT_PACKAGE: "application/xml",
    Kind.XML: "application/xml",
    Kind.TEXT: "text/plain",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.TIFF: "image/tiff",
    Kind.GIF: "image/gif",
    Kind.WEBP: "image/webp",
    Kind.HEIC: "image/heic",
    Kind.AVIF: "image/avif",
}
_TEXT_TYPES = {"csv": "text/csv", "md": "text/markdown"}

# Extensions each structure may rightly carry; one of another row is a mismatch worth telling.
_EXTENSIONS: dict[Kind, frozenset[str]] = {
    Kind.PDF: frozenset({"pdf"}),
    Kind.DOCX: frozenset({"docx", "docm", "dotx", "dotm"}),
    Kind.PPTX: frozenset({"pptx", "pptm", "ppsx", "ppsm", "potx"}),
    Kind.XLSX: frozenset({"xlsx", "xlsm", "xltx", "xlsb"}),
    Kind.ODT: frozenset({"odt", "ott"}),
    Kind.ODS: frozenset({"ods", "ots"}),
    Kind.ODP: frozenset({"odp", "otp"}),
    Kind.DOC: frozenset({"doc", "dot"}),
    Kind.XLS: frozenset({"xls", "xlt"}),
    Kind.PPT: frozenset({"ppt", "pps", "pot"}),
    Kind.MAIL: frozenset({"eml", "mht", "mhtml"}),
    Kind.OUTLOOK: frozenset({"msg"}),
    Kind.ZIP: frozenset({"zip"}),
    Kind.SEVEN_ZIP: frozenset({"7z"}),
    Kind.RAR: frozenset({"rar"}),
    Kind.RTF: frozenset({"rtf", "doc"}),
    Kind.HTML: frozenset({"html", "htm", "xhtml"}),
    Kind.WEB_ARCHIVE: frozenset({"mht", "mhtml"}),
    Kind.WORD_XML: frozenset({"xml"}),
    Kind.SHEET_XML: frozenset({"xml"}),
    Kind.FLAT_PACKAGE: frozenset({"xml"}),
    Kind.XML: frozenset({"xml"}),
    Kind.TEXT: frozenset({"txt", "md", "csv", "tsv", "text", "log", "json", "xml", "ini", "yml", "yaml"}),
    Kind.PNG: frozenset({"png"}),
    Kind.JPEG: frozenset({"jpg", "jpeg", "jpe", "jfif"}),
    Kind.TIFF: frozenset({"tif", "tiff"}),
    Kind.GIF: frozenset({"gif"}),
    Kind.WEBP: frozenset({"webp"}),
    Kind.HEIC: frozenset({"heic", "heif", "hif"}),
    Kind.AVIF: frozenset({"avif"}),
}
# Kept and found by their names only; recordings, and signatures beside a file.
_UNREAD_ENDINGS = frozenset({"mp4", "mov", "mp3", "m4a", "p7s"})
_NOT_HANDED_IN = frozenset({"log", "ini", "yml", "yaml"})


def _endings(*kinds: Kind) -> frozenset[str]:
    return frozenset[str]().union(*(_EXTENSIONS[kind] for kind in kinds))


# The sorts of file people know, by ending: the one list behind search, forms and what is taken.
FAMILIES: dict[str, frozenset[str]] = {
    "pdf": _endings(Kind.PDF),
    "text": _endings(Kind.DOCX, Kind.DOC, Kind.ODT, Kind.RTF, Kind.HTML, Kind.WEB_ARCHIVE) | {"txt", "md"},
    "sheet": _endings(Kind.XLSX, Kind.XLS, Kind.ODS) | {"csv"},
    "slides": _endings(Kind.PPTX, Kind.PPT, Kind.ODP),
    "picture": _endings(Kind.PNG, Kind.JPEG, Kind.TIFF, Kind.GIF, Kind.WEBP, Kind.HEIC, Kind.AVIF),
    "archive": _endings(Kind.ZIP, Kind.SEVEN_ZIP, Kind.RAR),
    "recording": _UNREAD_ENDINGS - {"p7s"},
}
# What may be handed in: all that is read, and what is kept unread. Programs and scripts are not evidence.
ACCEPTED: frozenset[str] = (_endings(*Kind) | _UNREAD_ENDINGS) - _NOT_HANDED_IN
_WRITTEN_KINDS = frozenset(
    {
        Kind.TEXT, Kind.HTML, Kind.RTF, Kind.MAIL, Kind.WEB_ARCHIVE, Kind.WORD_XML, Kind.SHEET_XML, Kind.FLAT_PACKAGE,
        Kind.XML,
    }
)  # fmt: skip
_BINARY_KINDS = frozenset(Kind) - _WRITTEN_KINDS
_MAIL = re.compile(rb"(?:From [^\n]*\n)?[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]")
_MAIL_HEADER = re.compile(rb"^(From|To|Subject|Date|Message-ID|MIME-Version|Received):", re.IGNORECASE | re.MULTILINE)
# A page saved with its pictures has the headers of a letter, but nobody it was sent to.
_PAGE_PARTS = re.compile(
    rb"^Content-Type:[ \t]*(?:multipart/|text/html|application/xhtml)", re.IGNORECASE | re.MULTILINE
)
_SENT = re.compile(rb"^(?:To|Cc|Received|Message-ID|Return-Path|Delivered-To):", re.IGNORECASE | re.MULTILINE)
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_XML_ROOT = re.compile(rb"<([a-z_][\w.-]*:)?([a-z_][\w.-]*)")
_XML_PROLOGUE = re.compile(rb"(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_HTML_TAG = re.compile(
    rb"<(?:!doctype html|html|head|body|table|div|p|meta|style|title|center|font|span|h[1-6]|b|i|br|ul|ol|form|script|link)"
    rb"[\s/>]"
)
_PLAIN_ENDINGS = frozenset({"txt", "md", "text", "log"})  # may begin with a tag and yet be plain

_DANGEROUS_EXTENSIONS = frozenset(
    "exe dll com scr pif msi msp bat cmd ps1 psm1 vbs vbe js jse wsf wsh hta lnk cpl jar apk app sh reg chm scf url iso "
    "img vhd".split()
)
_DANGEROUS_STARTS = (b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"#!")
_SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
_RAR = b"Rar!\x1a\x07"
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_UNREAD_STARTS = (
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"RIFF",
    b"OggS",
    b"ID3",
    b"\x1aE\xdf\xa3",
)


@dataclass(frozen=True)
class Decision:
    """The structure to read, the media type to show, and warning codes."""

    kind: Kind
    media_type: str
    warnings: tuple[str, ...] = ()


def decide(path: Path, filename: str, limits: Limits) -> Decision:
    """The type of the file at `path`. Raises `Refusal` for what is dangerous, broken, locked or unknown."""
    extension = naming.extension(filename)
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if extension in _DANGEROUS_EXTENSIONS or head.startswith(_DANGEROUS_STARTS) or _is_windows_program(head):
        raise Refusal(Status.UNSAFE, "a program, or named like one")
    kind, warnings = _structure(path, head, extension, limits)
    if naming.has_direction_controls(filename):
        warnings.append("direction_controls")
    if extension and extension not in _EXTENSIONS[kind]:
        warnings.append("extension_mismatch")
    media_type = MEDIA_TYPES[kind]
    if kind is Kind.TEXT:
        media_type = _TEXT_TYPES.get(extension, media_type)
    return Decision(kind, media_type, tuple(warnings))


def _structure(path: Path, head: bytes, extension: str, limits: Limits) -> tuple[Kind, list[str]]:
    if b"%PDF-" in head[:1024]:
        return Kind.PDF, []
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zip_structure(path, extension, limits)
    if head.startswith(ole.MAGIC):
        return _ole_structure(path)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG, []
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG, []
    if head.startswith((b"II*\0", b"MM\0*")):
        return Kind.TIFF, []
    if head.startswith((b"GIF87a", b"GIF89a")):
        return Kind.GIF, []
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.WEBP, []
    if (kind := _telephone_picture(head)) is not None:
        return kind, []
    if head.startswith(b"{\\rtf"):
        return Kind.RTF, []
    if head.startswith(_SEVEN_ZIP):
        return Kind.SEVEN_ZIP, []
    if head.startswith(_RAR):
        return Kind.RAR, []
    if head.startswith(_UNREAD_STARTS) or (head.startswith(b"BM") and head[6:10] == b"\0\0\0\0"):
        raise Refusal(Status.UNSUPPORTED, "an archive, picture or recording no reader knows")
    return _text_structure(head, extension), []


def _telephone_picture(head: bytes) -> Kind | None:
    """HEIC or AVIF, by the brands in the first box: films begin with such a box too."""
    size = int.from_bytes(head[:4], "big")
    if head[4:8] != b"ftyp" or not 16 <= size <= len(head):
        return None
    brands = [head[8:12], *(head[start : start + 4] for start in range(16, size - 3, 4))]
    if _AVIF_BRANDS.intersection(brands):
        return Kind.AVIF
    if brands[0] in _HEIC_BRANDS or (brands[0] == b"mif1" and _HEIC_BRANDS.intersection(brands)):
        return Kind.HEIC
    raise Refusal(Status.UNSUPPORTED, "a film or a picture no reader knows")


def _is_windows_program(head: bytes) -> bool:
    # Text may begin with these two letters too, but has no zeros.
    return head.startswith(b"MZ") and b"\0" in head


def _zip_structure(path: Path, extension: str, limits: Limits) -> tuple[Kind, list[str]]:
    if extension in _EXTENSIONS[Kind.ZIP] and not _is_office(path):
        return Kind.ZIP, []
    with Package(path, limits) as package:
        warnings = ["macros"] if any(name.lower().endswith("vbaproject.bin") for name in package.names) else []
        if "mimetype" in package.names:
            declared = package.read("mimetype")[:200].decode("ascii", "replace").strip()
            for kind in (Kind.ODT, Kind.ODS, Kind.ODP):
                if declared.startswith(MEDIA_TYPES[kind]):
                    return kind, warnings
        if "[Content_Types].xml" in package.names:
            for folder, kind in (("word/", Kind.DOCX), ("xl/", Kind.XLSX), ("ppt/", Kind.PPTX)):
                if any(name.startswith(folder) for name in package.names):
                    return kind, warnings
    if not extension:
        return Kind.ZIP, []
    raise Refusal(Status.UNSUPPORTED, "a zip that is no office document")


def _is_office(path: Path) -> bool:
    """Whether a zip holds what office files begin with."""
    try:
        with zipfile.ZipFile(path) as container:
            names = {entry.filename for entry in container.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refusal(Status.CORRUPT, f"zip: {error}") from error
    return bool(names & {"[Content_Types].xml", "mimetype"})


def _ole_structure(path: Path) -> tuple[Kind, list[str]]:
    names = ole.stream_names(path)
    if "EncryptedPackage" in names:
        raise Refusal(Status.ENCRYPTED, "an encrypted Office file")
    warnings = ["macros"] if names & {"_VBA_PROJECT", "VBA"} else []
    if "WordDocument" in names:
        return Kind.DOC, warnings
    if names & {"Workbook", "Book"}:
        return Kind.XLS, warnings
    if "PowerPoint Document" in names:
        if "EncryptedSummary" in names:
            raise Refusal(Status.ENCRYPTED, "a presentation with a password")
        return Kind.PPT, warnings
    if "__properties_version1.0" in names:
        return Kind.OUTLOOK, []
    raise Refusal(Status.UNSUPPORTED, "a compound file of another program")


def _text_structure(head: bytes, extension: str) -> Kind:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or encoding.wide_encoding(head) is not None
    if not wide and b"\0" in head:
        named_kind = any(extension in _EXTENSIONS[kind] for kind in _BINARY_KINDS)
        raise Refusal(Status.CORRUPT if named_kind else Status.UNSUPPORTED, "neither text nor a known structure")
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if (marked := _markup(plain.lower(), extension)) is not None:
        return marked
    if _MAIL.match(plain):
        if _is_saved_page(plain, extension):
            return Kind.WEB_ARCHIVE
        if extension == "eml" or len(set(map(bytes.lower, _MAIL_HEADER.findall(plain)))) >= 3:
            return Kind.MAIL
    return Kind.HTML if extension in _EXTENSIONS[Kind.HTML] else Kind.TEXT


def _markup(start: bytes, extension: str) -> Kind | None:
    """What begins with a tag (`start` in small letters): pages, office files as XML, other XML."""
    if not start.startswith(b"<"):
        return None
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return Kind.HTML
    if b"<svg" in start[:1000]:
        raise Refusal(Status.UNSUPPORTED, "an SVG drawing")
    declared = start.startswith(b"<?xml")
    body = start[_XML_PROLOGUE.match(start).end() :]  # type: ignore[union-attr]  # it matches nothing too
    root = _XML_ROOT.match(body)
    if root is not None:
        if root[2] == b"workbook" and b"urn:schemas-microsoft-com:office:spreadsheet" in start:
            return Kind.SHEET_XML
        if root[2] == b"worddocument" and b"schemas.microsoft.com/office/word/2003/wordml" in start:
            return Kind.WORD_XML
        if root[2] == b"package" and b"schemas.microsoft.com/office/2006/xmlpackage" in start:
            return Kind.FLAT_PACKAGE
    if declared:
        return Kind.HTML if b"<html" in start else Kind.XML
    if _HTML_TAG.match(body):
        return None if extension in _PLAIN_ENDINGS else Kind.HTML
    # Elsewhere a sign at the beginning may be anything ("<10%").
    return Kind.XML if root is not None and (b"xmlns" in body or b"</" in body) and extension != "md" else None


def _is_saved_page(start: bytes, extension: str) -> bool:
    headers = _HEADERS_END.split(start, maxsplit=1)[0]
    return extension != "eml" and _PAGE_PARTS.search(headers) is not None and _SENT.search(headers) is None
