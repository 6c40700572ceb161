# SPDX-License-Identifier: MIT
"""Printed pages for the tests and measurements of text recognition: PDF documents of text in fonts that are only named, PDF documents
whose pages are pictures, and image files that no tool at hand writes."""
import struct
import unicodedata

FONTS = [b"<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/GBK-EUC-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/Song"
         b"/DW 1000/W[814 908 500]/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/FontDescriptor<</Type/FontDescriptor"
         b"/FontName/Song/Flags 4/FontBBox[0 -120 1000 880]/Ascent 880/Descent -120>>>>]>>",
         b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"]


def write(name, objects):
    out, at = b"%PDF-1.4\n", []
    for n, body in enumerate(objects, 1):
        at.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (n, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in at)
    out += b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(at) + 1, table, len(at) + 1, len(out))
    with open(name, "wb") as file:
        file.write(out)


def stream(body, keys=b""):
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (keys, len(body), body)


def text_content(lines):
    content = ["BT"]
    for x, y, size, text in lines:
        font, code = ("F0", "gbk") if any(c > "\u2000" for c in text) else ("F1", "cp1252")
        content.append(f"/{font} {size} Tf 1 0 0 1 {x} {842 - y} Tm <{text.encode(code).hex()}> Tj")
    return "\n".join(content + ["ET"]).encode()


def jpeg_size(data):
    at = 2
    while data[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
    height, width, components = struct.unpack(">HHB", data[at + 5:at + 10])
    return width, height, components


def pdf(name, pages):
    """Each page (A4) is a list of (x, y from the top, size, text), or the name of a JPEG file that fills it."""
    objects, kids = [b"<</Type/Catalog/Pages 2 0 R>>", b""] + FONTS, []
    for page in pages:
        things = b""
        if isinstance(page, str):
            with open(page, "rb") as file:
                data = file.read()
            keys = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/Filter/DCTDecode/ColorSpace/Device%b"
            width, height, components = jpeg_size(data)
            objects.append(stream(data, keys % (width, height, b"RGB" if components == 3 else b"Gray")))
            things = b"/XObject<</I %d 0 R>>" % len(objects)
        objects.append(stream(b"595 0 0 842 0 0 cm /I Do" if isinstance(page, str) else text_content(page)))
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F0 3 0 R/F1 4 0 R>>%b>>>>"
                       % (len(objects), things))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Kids[%b]/Count %d>>" % (b" ".join(kids), len(kids))
    write(name, objects)


def fits(text, width):
    """How many characters fit into so many wide ones; numbers and words are not broken."""
    used = 0
    for n, c in enumerate(text):
        used += 0.5 if c < "\u2000" else 1
        if used > width:
            while n > 1 and text[n - 1].isascii() and text[n].isascii():
                n -= 1
            return n
    return len(text)


def paragraph(x, y, text, width):
    """Lines as wide as so many wide characters, the first indented by two; and where the next paragraph begins."""
    lines, first = [], True
    while text:
        room = fits(text, width - 2 if first else width)
        lines.append((x + (22 if first else 0), y, 11, text[:room]))
        text, y, first = text[room:], y + 18, False
    return lines, y


def pgm(name):
    """Width, height and gray values of a PGM file."""
    with open(name, "rb") as file:
        head = [file.readline() for _ in range(3)]
        width, height = map(int, head[1].split())
        return width, height, file.read()


def bmp(name, width, height, gray):
    rows = b"".join(gray[y * width:(y + 1) * width].ljust((width + 3) // 4 * 4, b"\0") for y in reversed(range(height)))
    palette = b"".join(bytes((i, i, i, 0)) for i in range(256))
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 0, len(rows), 5906, 5906, 256, 0)
    start = 14 + len(head) + len(palette)
    with open(name, "wb") as file:
        file.write(b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + head + palette + rows)


def tiff(name, pictures):
    """A page each of (width, height, gray values), not compressed."""
    out = b"II*\0\0\0\0\0"
    link = 4
    for width, height, gray in pictures:
        tags = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, len(out)), (277, 3, 1),
                (278, 4, height), (279, 4, len(gray))]
        out += gray + b"\0" * (len(gray) % 2)
        out = out[:link] + struct.pack("<I", len(out)) + out[link + 4:]
        out += struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
        link = len(out)
        out += b"\0\0\0\0"
    with open(name, "wb") as file:
        file.write(out)


def wrong(wanted, got):
    """The share of wrong characters: without blanks, all forms of a character taken for the same."""
    a, b = ("".join(unicodedata.normalize("NFKC", text).split()) for text in (wanted, got))
    before = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
        before = row
    return before[-1] / len(a)
