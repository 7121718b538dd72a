"""RTF, read letter by letter with the font of each: other tools know neither fonts nor which letters repeat others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive.extract.legacy.decoding import Scheme, mark, scheme_of, settle
from archive.extract.legacy.tables import read_as_1252
from archive.extract.outcome import Reading, Refusal, split_pages
from archive.extract.process.limits import Limits
from archive.extract.status import Status
from archive.extract.text.plain import load

_TOKEN = re.compile(
    rb"\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\(?P<sign>[^a-zA-Z'])"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|(?P<rest>.)",
    re.DOTALL,
)
_DEEPEST = 500
_SKIPPED = frozenset(
    b"colortbl info pict object stylesheet shprslt nonshppict bkmkstart bkmkend pntxta pntxtb fldinst filetbl "
    b"annotation atnid atnauthor xe tc private rxe panose falt themedata datastore do".split()
)
_OPENED = frozenset(b"shpinst shptxt ud".split())  # behind \* and yet text
_HEADERS = frozenset(b"header headerl headerr headerf".split())
_FOOTERS = frozenset(b"footer footerl footerr footerf".split())
_NOTES = frozenset(b"footnote ftnsep ftnsepc aftnsep aftnsepc".split())
_MARKS = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"row": "\n", b"nestrow": "\n", b"page": "\f", b"tab": "\t",
    b"cell": "\t", b"nestcell": "\t", b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“",
    b"rdblquote": "”", b"bullet": "•", b"emspace": " ", b"enspace": " ", b"qmspace": " ",
}  # fmt: skip
_CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_CODEPAGES = frozenset({*_CHARSETS.values(), "cp437", "cp850", "utf-8"})


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """Headers, text, notes, footers; parted into pages at explicit breaks."""
    parser = _Parser()
    parser.feed(load(path, limits))
    text, warnings = settle(parser.text())
    if not parser.closed:
        if not text.strip():
            raise Refusal(Status.CORRUPT, "rtf: no text before its end")
        warnings.append("damaged")  # cut off: what came before the cut stands
    return Reading(split_pages(text), warnings)


@dataclass(frozen=True)
class _State:
    target: list[str]
    font: int | None = None
    hidden: bool = False
    skipped: bool = False
    fallback: int = 1  # letters that repeat a Unicode letter for older programs
    in_fonts: bool = False


@dataclass
class _Parser:
    closed: bool = False
    _main: list[str] = field(default_factory=list)
    _headers: list[list[str]] = field(default_factory=list)
    _after: list[list[str]] = field(default_factory=list)
    _codecs: dict[int, str] = field(default_factory=dict)
    _schemes: dict[int, Scheme | None] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)
    _codec: str = "cp1252"
    _default: int | None = None
    _bytes: bytearray = field(default_factory=bytearray)
    _repeated: int = 0
    _starred: bool = False

    def text(self) -> str:
        """All that is shown; each header and footer once."""
        parts = ["".join(part) for part in self._headers]
        after = ["".join(part) for part in self._after]
        kept = {part.strip(): None for part in parts if any(map(str.isalpha, part))}
        later = {part.strip(): None for part in after if any(map(str.isalpha, part))}
        whole = "\n".join([*kept, "".join(self._main), *later])
        # Letters beyond 16 bits are written as two halves.
        return whole.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def feed(self, content: bytes) -> None:
        self._state = _State(self._main)
        stack: list[_State] = []
        position = 0
        while (match := _TOKEN.match(content, position)) is not None:
            position = match.end()
            kind = match.lastgroup
            if kind == "brace":
                self._flush()
                self._repeated, self._starred = 0, False
                if match.group() == b"{":
                    if len(stack) >= _DEEPEST:
                        raise Refusal(Status.UNSAFE, "rtf: bottomless groups")
                    stack.append(self._state)
                elif not stack:
                    break
                else:
                    self._state = stack.pop()
                    if not stack:
                        self.closed = True
                        break
            elif kind in ("word", "number"):
                word, number = match["word"], match["number"]
                if word == b"bin":
                    position += max(int(number or 0), 0)
                else:
                    self._word(word, int(number) if number is not None else None)
            elif kind == "hex":
                self._letters(bytes([int(match["hex"], 16)]))
            elif kind == "sign":
                self._sign(match["sign"])
            elif kind == "text":
                self._letters(match["text"])
        self._flush()

    def _letters(self, content: bytes) -> None:
        if self._repeated:
            passed = min(self._repeated, len(content))
            self._repeated -= passed
            content = content[passed:]
        if self._state.skipped or self._state.hidden:
            return
        self._bytes += content

    def _flush(self) -> None:
        if not self._bytes:
            return
        content = bytes(self._bytes)
        self._bytes.clear()
        state = self._state
        if state.in_fonts:
            if state.font is not None:
                name = self._names.get(state.font, "") + content.decode("latin-1")
                self._names[state.font] = name
                self._schemes[state.font] = scheme_of(name.partition(";")[0].strip())
            return
        font = self._font()
        scheme = self._schemes.get(font)
        if scheme is not None:
            state.target.append(mark(read_as_1252(content), scheme))
        else:
            state.target.append(mark(content.decode(self._codecs.get(font, self._codec), "replace"), None))

    def _font(self) -> int:
        font = self._state.font if self._state.font is not None else self._default
        return font if font is not None else -1

    def _put(self, text: str, scheme: Scheme | None = None) -> None:
        self._flush()
        if not (self._state.skipped or self._state.hidden or self._state.in_fonts):
            self._state.target.append(mark(text, scheme))

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._starred = True
        elif self._repeated:
            self._repeated -= 1
        elif sign in b"\\{}":
            self._letters(sign)
        elif sign == b"~":
            self._put(" ")
        elif sign == b"_":
            self._put("-")
        elif sign == b"-":
            # The optional hyphen: its code is a letter in the old fonts.
            self._put("\u00ad", self._schemes.get(self._font()))
        elif sign in b"\r\n":
            self._put("\n")

    def _word(self, word: bytes, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word == b"u":
            self._put(_unicode(number or 0), self._schemes.get(self._font()))
            self._repeated = self._state.fallback
            return
        self._repeated = 0
        if word in _MARKS:
            self._put(_MARKS[word])
            return
        self._flush()
        state = self._state
        if word == b"f" and number is not None:
            self._state = replace(state, font=number)
        elif word == b"plain":
            self._state = replace(state, font=None, hidden=False)
        elif word == b"uc":
            self._state = replace(state, fallback=max(number if number is not None else 1, 0))
        elif word in (b"v", b"deleted"):
            self._state = replace(state, hidden=number != 0)
        elif word == b"fonttbl":
            self._state = replace(state, in_fonts=True)
        elif word == b"fcharset" and state.font is not None:
            self._codecs[state.font] = _CHARSETS.get(number or 0, self._codec) if number != 0 else self._codec
        elif word == b"deff":
            self._default = number
        elif word == b"ansicpg" and f"cp{number}" in _CODEPAGES:
            self._codec = f"cp{number}"
        elif word in (b"mac", b"pc", b"pca"):
            self._codec = {b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850"}[word]
        else:
            self._destination(word, starred=starred)

    def _destination(self, word: bytes, *, starred: bool) -> None:
        state = self._state
        if word in _HEADERS:
            header: list[str] = []
            self._headers.append(header)
            self._state = replace(state, target=header)
        elif word in _FOOTERS or word in _NOTES:
            notes: list[str] = []
            self._after.append(notes)
            self._state = replace(state, target=notes)
        elif word in _SKIPPED or (starred and word not in _OPENED):
            self._state = replace(state, skipped=True)


def _unicode(number: int) -> str:
    return chr(number % 0x1_0000)
